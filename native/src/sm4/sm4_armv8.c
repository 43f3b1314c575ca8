/* GB/T 32907 (SM4) with the SM4 instructions of Armv8.2: four rounds each, or four round keys. A block's words are the
 * lanes of one register, the eight registers of round keys stay where they are, and blocks that do not wait for one
 * another go side by side, since each instruction waits for the one before it. */
#include "../jk_internal.h"

#ifdef JK_ARM64_SM

#include "sm4_arm.h"

#define FN static JK_ARM64_SM
#define INLINE static inline __attribute__((always_inline)) JK_ARM64_SM

enum { SIDE = 8 };

/* The words that the last round leaves, in the order of a block: last first. */
INLINE uint32x4_t turned(uint32x4_t x)
{
    x = vrev64q_u32(x);
    return vextq_u32(x, x, 2);
}

INLINE uint8x16_t bytes(uint32x4_t x)
{
    const uint8x16_t y = vrev64q_u8(vreinterpretq_u8_u32(x));
    return vextq_u8(y, y, 8);
}

INLINE void load(uint32x4_t keys[8], const uint32_t rk[32])
{
    UNROLLED for (int i = 0; i < 8; i++)
        keys[i] = vld1q_u32(rk + 4 * i);
}

INLINE void prepare(uint32x4_t keys[8], const uint8_t key[BLOCK])
{
    uint32x4_t k = veorq_u32(words(key), vld1q_u32(jk_sm4_fk));
    UNROLLED for (int i = 0; i < 8; i++)
        keys[i] = k = vsm4ekeyq_u32(k, vld1q_u32(jk_sm4_ck + 4 * i));
}

INLINE uint32x4_t rounds(uint32x4_t x, const uint32x4_t keys[8])
{
    UNROLLED for (int i = 0; i < 8; i++)
        x = vsm4eq_u32(x, keys[i]);
    return x;
}

/* n blocks of words side by side; n is a constant. */
INLINE void rounds_of(uint32x4_t *x, const uint32x4_t keys[8], const int n)
{
    UNROLLED for (int i = 0; i < 8; i++)
        UNROLLED for (int j = 0; j < n; j++)
            x[j] = vsm4eq_u32(x[j], keys[i]);
}

FN void schedule(uint32_t rk[32], const uint8_t key[BLOCK])
{
    uint32x4_t keys[8];
    prepare(keys, key);
    UNROLLED for (int i = 0; i < 8; i++)
        vst1q_u32(rk + 4 * i, keys[i]);
}

INLINE void several(const uint32x4_t keys[8], uint8_t *out, const uint8_t *in, const int n)
{
    uint32x4_t x[SIDE];
    UNROLLED for (int j = 0; j < n; j++)
        x[j] = words(in + BLOCK * j);
    rounds_of(x, keys, n);
    UNROLLED for (int j = 0; j < n; j++)
        vst1q_u8(out + BLOCK * j, bytes(x[j]));
}

FN void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    uint32x4_t keys[8];
    load(keys, rk);
    for (; n >= SIDE; n -= SIDE, in += SIDE * BLOCK, out += SIDE * BLOCK)
        several(keys, out, in, SIDE);
    if (n & 4) {
        several(keys, out, in, 4);
        in += 4 * BLOCK;
        out += 4 * BLOCK;
    }
    if (n & 2) {
        several(keys, out, in, 2);
        in += 2 * BLOCK;
        out += 2 * BLOCK;
    }
    if (n & 1)
        several(keys, out, in, 1);
}

/* The chain is kept as words: the bytes of a block are put in order once, where they come in. */
INLINE void chained(const uint32x4_t keys[8], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n,
                    const uint8_t *last)
{
    uint32x4_t x = words(iv);
    for (; n > 0; n--, in += BLOCK) {
        x = turned(rounds(veorq_u32(x, words(in)), keys));
        if (out != NULL) {
            put_words(out, x);
            out += BLOCK;
        }
    }
    if (last != NULL) {
        x = turned(rounds(veorq_u32(x, words(last)), keys));
        if (out != NULL)
            put_words(out, x);
    }
    put_words(iv, x);
}

FN void chain(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n, const uint8_t *last)
{
    uint32x4_t keys[8];
    load(keys, rk);
    chained(keys, iv, out, in, n, last);
}

FN void keyed(const uint8_t key[BLOCK], uint8_t iv[BLOCK], const uint8_t *in, size_t n, const uint8_t *last)
{
    uint32x4_t keys[8];
    prepare(keys, key);
    chained(keys, iv, NULL, in, n, last);
}

INLINE void stream(const uint32x4_t keys[8], uint64_t *high, uint64_t *low, uint8_t *out, const uint8_t *in,
                   const int n)
{
    uint32x4_t x[SIDE];
    UNROLLED for (int j = 0; j < n; j++)
        x[j] = counted(high, low);
    rounds_of(x, keys, n);
    UNROLLED for (int j = 0; j < n; j++)
        vst1q_u8(out + BLOCK * j, veorq_u8(bytes(x[j]), vld1q_u8(in + BLOCK * j)));
}

FN size_t ctr(const uint32_t rk[32], uint8_t counter[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    uint32x4_t keys[8];
    load(keys, rk);
    uint64_t high = jk_load64(counter), low = jk_load64(counter + 8);
    size_t left = n;
    for (; left >= SIDE; left -= SIDE, in += SIDE * BLOCK, out += SIDE * BLOCK)
        stream(keys, &high, &low, out, in, SIDE);
    for (; left > 0; left--, in += BLOCK, out += BLOCK)
        stream(keys, &high, &low, out, in, 1);
    jk_store64(counter, high);
    jk_store64(counter + 8, low);
    return n;
}

/* `before` is the ciphertext block before these; `out` may be `in`, so all are read before one is written. */
INLINE uint8x16_t unchained(const uint32x4_t keys[8], uint8x16_t before, uint8_t *out, const uint8_t *in, const int n)
{
    uint8x16_t c[SIDE];
    uint32x4_t x[SIDE];
    UNROLLED for (int j = 0; j < n; j++) {
        c[j] = vld1q_u8(in + BLOCK * j);
        x[j] = vreinterpretq_u32_u8(vrev32q_u8(c[j]));
    }
    rounds_of(x, keys, n);
    UNROLLED for (int j = 0; j < n; j++)
        vst1q_u8(out + BLOCK * j, veorq_u8(bytes(x[j]), j > 0 ? c[j - 1] : before));
    return c[n - 1];
}

FN size_t cbc_decrypt(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    uint32x4_t keys[8];
    load(keys, rk);
    uint8x16_t before = vld1q_u8(iv);
    size_t left = n;
    for (; left >= SIDE; left -= SIDE, in += SIDE * BLOCK, out += SIDE * BLOCK)
        before = unchained(keys, before, out, in, SIDE);
    for (; left > 0; left--, in += BLOCK, out += BLOCK)
        before = unchained(keys, before, out, in, 1);
    vst1q_u8(iv, before);
    return n;
}

const struct jk_sm4_ops jk_sm4_armv8 = {"armsm4", schedule, blocks, chain, keyed, ctr, cbc_decrypt, NULL};

#endif
