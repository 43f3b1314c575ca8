/* What the files of the peers share: their functions are found at run time, so no header of theirs is needed. */
#ifndef JK_BENCH_PEER_H
#define JK_BENCH_PEER_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "work.h"

/* A list of X(result, name, (arguments)) is turned into pointers, and into the code that fills them. */
#define DECLARE(result, name, arguments) static result(*name) arguments;
#define FIND(result, name, arguments) \
    *(void **)&name = dlsym(library, #name); \
    found += name != NULL; \
    wanted++;

/* All of `functions` from the library at `path`: 1 if there. */
#define LOADER(functions) \
    functions(DECLARE) \
    static int load(const char *path) \
    { \
        int found = 0, wanted = 0; \
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); \
        if (library == NULL) \
            return 0; \
        functions(FIND) \
        return found == wanted; \
    }

/* SM2 work is columns: `key` has public keys of 64 bytes or private ones of 32; `in` digests or messages of 32 bytes,
 * then signatures of 64 or nonces of 32. */
enum { PUBLIC = 64, PRIVATE = 32, MESSAGE = 32, SIGNATURE = 64, NONCE = 32 };

static inline const uint8_t *second_column(const struct work *w)
{
    return w->in + w->count * MESSAGE;
}

#endif
