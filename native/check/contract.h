/* What the checks of the contract share: heap blocks of exactly the size asked for, and the end at the first that is wrong. */
#ifndef JK_CONTRACT_H
#define JK_CONTRACT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The implementation being checked. */
static const char *running = "start";

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, running, #condition);  \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

/* n bytes that a sanitizer guards on both sides; one spare byte in front makes them unaligned. Inlined, its loop draws a
 * wrong warning from one compiler. */
static __attribute__((noinline)) uint8_t *take(size_t n, unsigned seed)
{
    uint8_t *p = malloc(n + 1);
    CHECK(p != NULL);
    for (size_t i = 0; i < n; i++)
        p[1 + i] = (uint8_t)((seed = seed * 1103515245u + 12345u) >> 16);
    return p + 1;
}

static void give(uint8_t *p)
{
    free(p - 1);
}

static int is(const void *p, int byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const uint8_t *)p)[i] != byte)
            return 0;
    return 1;
}

#endif
