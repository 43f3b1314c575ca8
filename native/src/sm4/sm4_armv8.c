/* GB/T 32907 (SM4) with the SM4 instructions of Armv8.2: four rounds each, or four round keys. A block's words are the
 * lanes of one register, the eight registers of round keys stay where they are, and blocks that do not wait for one
 * another go side by side, since each instruction waits for the one before it. */
#include "../jk_internal.h"

#ifdef JK_ARM64_SM

#include "sm4_arm.h"

#define FN static JK_ARM64_SM
#define INLINE static inline __attribute__((always_inline)) JK_ARM64_SM

enum { SIDE = 8 };

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

const struct jk_sm4_ops jk_sm4_armv8 = {"armsm4", schedule, blocks};

#endif
