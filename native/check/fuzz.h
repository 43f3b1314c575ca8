/* What the fuzzed parts share: bytes taken from the input, blocks of memory of exactly the size asked for (so that the
 * address sanitizer sees one byte more), and the check that a refusal touched nothing. */
#ifndef JK_FUZZ_H
#define JK_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../include/jinka.h"

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                     \
        }                                                                                \
    } while (0)

/* The input, read from the front; zeros when it is used up. */
struct input {
    const uint8_t *p;
    size_t n;
};

uint8_t take(struct input *in);
/* 0 to most. */
size_t some(struct input *in, size_t most);
/* The same, but as a rule no more than `usual`: an input then costs little, and the paths for much are still reached. */
size_t mostly(struct input *in, size_t usual, size_t most);
/* One too many, once in eight times. */
size_t slip(struct input *in);
/* n bytes of the input, or the room for an answer; given back at the end of the input. Null for n = 0, once in two times. */
uint8_t *bytes(struct input *in, size_t n);
uint8_t *room(size_t n);
int untouched(const uint8_t *out, size_t n);
int same(const uint8_t *a, const uint8_t *b, size_t n);

void fuzz_sm3(struct input *in);
void fuzz_sm4(struct input *in);
void fuzz_modes(struct input *in);
void fuzz_des(struct input *in);
void fuzz_batches(struct input *in);
void fuzz_sm2(struct input *in);

#endif
