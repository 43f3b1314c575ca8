/* GB/T 32905 (SM3): the compression function (5.3) in plain C. It has no table and no data-dependent branch. */
#include "sm3_internal.h"

#define T4(j) JK_SM3_T(j), JK_SM3_T((j) + 1), JK_SM3_T((j) + 2), JK_SM3_T((j) + 3)
#define T16(j) T4(j), T4((j) + 4), T4((j) + 8), T4((j) + 12)

const uint32_t jk_sm3_constants[64] = {T16(0), T16(16), T16(32), T16(48)};

static inline uint32_t p0(uint32_t x)
{
    return x ^ jk_rotl32(x, 9) ^ jk_rotl32(x, 17);
}

static inline uint32_t p1(uint32_t x)
{
    return x ^ jk_rotl32(x, 15) ^ jk_rotl32(x, 23);
}

/* Rounds 0..15 use exclusive or in both places; later ones use majority and choice, written with the fewest gates. */
#define FF0(x, y, z) ((x) ^ (y) ^ (z))
#define GG0(x, y, z) ((x) ^ (y) ^ (z))
#define FF1(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define GG1(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

/* One round. The words are not moved: the caller names them in the rotated order instead. W[j+4] is wanted here for
 * W'[j] and is made just in time in a ring of 16 words. */
#define ROUND(a, b, c, d, e, f, g, h, FF, GG, j)                                         \
    do {                                                                                 \
        const uint32_t a12 = jk_rotl32(a, 12);                                           \
        const uint32_t ss1 = jk_rotl32(a12 + (e) + JK_SM3_T(j), 7);                             \
        const uint32_t wj = w[(j) % 16];                                                 \
        (d) += FF(a, b, c) + (ss1 ^ a12) + (wj ^ w[((j) + 4) % 16]);                     \
        (h) += GG(e, f, g) + ss1 + wj;                                                   \
        (b) = jk_rotl32(b, 9);                                                           \
        (f) = jk_rotl32(f, 19);                                                          \
        (h) = p0(h);                                                                     \
    } while (0)

/* The message word 16 + j, into the ring. */
#define EXPAND(j)                                                                        \
    (w[(j) % 16] = p1(w[(j) % 16] ^ w[((j) + 7) % 16] ^ jk_rotl32(w[((j) + 13) % 16], 15)) \
                   ^ jk_rotl32(w[((j) + 3) % 16], 7) ^ w[((j) + 10) % 16])

#define ROUNDS4(FF, GG, j)                                                               \
    ROUND(a, b, c, d, e, f, g, h, FF, GG, (j));                                          \
    ROUND(d, a, b, c, h, e, f, g, FF, GG, (j) + 1);                                      \
    ROUND(c, d, a, b, g, h, e, f, FF, GG, (j) + 2);                                      \
    ROUND(b, c, d, a, f, g, h, e, FF, GG, (j) + 3)

/* Rounds j..j+3 read W[j]..W[j+7]; the four words after them replace the four just used. */
#define STEP4(FF, GG, j)                                                                 \
    do {                                                                                 \
        ROUNDS4(FF, GG, j);                                                              \
        EXPAND(j);                                                                       \
        EXPAND((j) + 1);                                                                 \
        EXPAND((j) + 2);                                                                 \
        EXPAND((j) + 3);                                                                 \
    } while (0)

static void compress(uint32_t state[8], const uint8_t *blocks, size_t n)
{
    uint32_t w[16];

    for (; n > 0; n--, blocks += 64) {
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (size_t i = 0; i < 16; i++)
            w[i] = jk_load32(blocks + 4 * i);

        STEP4(FF0, GG0, 0);
        STEP4(FF0, GG0, 4);
        STEP4(FF0, GG0, 8);
        STEP4(FF0, GG0, 12);
        STEP4(FF1, GG1, 16);
        STEP4(FF1, GG1, 20);
        STEP4(FF1, GG1, 24);
        STEP4(FF1, GG1, 28);
        STEP4(FF1, GG1, 32);
        STEP4(FF1, GG1, 36);
        STEP4(FF1, GG1, 40);
        STEP4(FF1, GG1, 44);
        STEP4(FF1, GG1, 48);
        /* Words past 67 are never read. */
        ROUNDS4(FF1, GG1, 52);
        ROUNDS4(FF1, GG1, 56);
        ROUNDS4(FF1, GG1, 60);

        state[0] ^= a;
        state[1] ^= b;
        state[2] ^= c;
        state[3] ^= d;
        state[4] ^= e;
        state[5] ^= f;
        state[6] ^= g;
        state[7] ^= h;
    }
    jk_wipe(w, sizeof w);
}

const struct jk_sm3_ops jk_sm3_portable = {"portable", compress, 0, 0, NULL};
