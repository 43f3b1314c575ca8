/* GB/T 32907 (SM4) with what every 64-bit Arm CPU has: the whole S-box is held in sixteen registers, where TBL and TBX
 * look it up. Constant time: these are no memory accesses. Four blocks side by side, one register for each of a block's
 * four words; a block by itself takes as many instructions as four. */
#include "../jk_internal.h"

#ifdef JK_ARM64

#include "sm4_arm.h"
#include "sm4_table.h"

#define INLINE static inline __attribute__((always_inline))

enum { MOST = 2 }; /* sets of four blocks side by side: one waits for itself most of the time, which another fills */

static const uint8_t table[256] = {JK_SM4_TABLE};

static const uint8_t turn_by_8[16] = {3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14};

/* x, of which the compiler must not know that it is a constant: it would take a register for each multiple of it. */
INLINE uint8x16_t hidden(uint8x16_t x)
{
    __asm__("" : "+w"(x));
    return x;
}

/* The box, a part's width, and a rotation of each word to the left by 8: as parameters, since gcc keeps a struct in
 * memory. */
#define BOX                                                                                          \
    uint8x16x4_t box0, uint8x16x4_t box1, uint8x16x4_t box2, uint8x16x4_t box3, uint8x16_t part, uint8x16_t turn
#define THE_BOX box0, box1, box2, box3, part, turn
#define LOAD_BOX                                                                                     \
    const uint8x16x4_t box0 = vld1q_u8_x4(table), box1 = vld1q_u8_x4(table + 64);                    \
    const uint8x16x4_t box2 = vld1q_u8_x4(table + 128), box3 = vld1q_u8_x4(table + 192);             \
    const uint8x16_t part = hidden(vdupq_n_u8(64)), turn = vld1q_u8(turn_by_8)

/* An index past a part's 64 leaves TBL's result 0, and TBX's as it was. */
INLINE uint32x4_t substitute(BOX, uint32x4_t x)
{
    (void)turn;
    uint8x16_t i = vreinterpretq_u8_u32(x);
    uint8x16_t s = vqtbl4q_u8(box0, i);
    i = vsubq_u8(i, part);
    s = vqtbx4q_u8(s, box1, i);
    i = vsubq_u8(i, part);
    s = vqtbx4q_u8(s, box2, i);
    i = vsubq_u8(i, part);
    return vreinterpretq_u32_u8(vqtbx4q_u8(s, box3, i));
}

INLINE uint32x4_t xor3(uint32x4_t a, uint32x4_t b, uint32x4_t c)
{
    return veorq_u32(veorq_u32(a, b), c);
}

INLINE uint32x4_t by16(uint32x4_t x)
{
    return vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(x)));
}

#define LEFT(x, n) vsriq_n_u32(vshlq_n_u32(x, n), x, 32 - (n))

/* a ^ T(x): T(x) = b ^ b<<<24 ^ (b ^ b<<<8 ^ b<<<16)<<<2 of b, the substituted x. */
INLINE uint32x4_t add_transform(BOX, uint32x4_t a, uint32x4_t x)
{
    const uint32x4_t b = substitute(THE_BOX, x);
    const uint32x4_t b8 = vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(b), turn));
    const uint32x4_t t = xor3(b, b8, by16(b));
    return veorq_u32(xor3(a, b, by16(b8)), LEFT(t, 2));
}

INLINE uint32x4_t fresh(BOX, uint32x4_t a, uint32x4_t b, uint32x4_t c, uint32x4_t d, uint32x4_t k)
{
    /* d is the word that was made last: it is added last. */
    return add_transform(THE_BOX, a, veorq_u32(xor3(b, c, k), d));
}

/* The same for a round key. */
INLINE uint32x4_t fresh_key(BOX, uint32x4_t a, uint32x4_t b, uint32x4_t c, uint32x4_t d, uint32x4_t k)
{
    const uint32x4_t s = substitute(THE_BOX, veorq_u32(xor3(b, c, k), d));
    return veorq_u32(xor3(a, s, LEFT(s, 13)), LEFT(s, 23));
}

/* Four blocks <-> four registers of first, second, third, fourth words. */
INLINE void transpose(uint32x4_t x[4])
{
    const uint64x2_t a = vreinterpretq_u64_u32(vtrn1q_u32(x[0], x[1]));
    const uint64x2_t b = vreinterpretq_u64_u32(vtrn2q_u32(x[0], x[1]));
    const uint64x2_t c = vreinterpretq_u64_u32(vtrn1q_u32(x[2], x[3]));
    const uint64x2_t d = vreinterpretq_u64_u32(vtrn2q_u32(x[2], x[3]));
    x[0] = vreinterpretq_u32_u64(vtrn1q_u64(a, c));
    x[1] = vreinterpretq_u32_u64(vtrn1q_u64(b, d));
    x[2] = vreinterpretq_u32_u64(vtrn2q_u64(a, c));
    x[3] = vreinterpretq_u32_u64(vtrn2q_u64(b, d));
}

/* The words of one block, each in a register. */
INLINE void spread(uint32x4_t x[4], uint32x4_t block)
{
    x[0] = vdupq_laneq_u32(block, 0);
    x[1] = vdupq_laneq_u32(block, 1);
    x[2] = vdupq_laneq_u32(block, 2);
    x[3] = vdupq_laneq_u32(block, 3);
}

/* A block, which is the last four words, last first. */
INLINE uint32x4_t gathered(const uint32x4_t x[4])
{
    const uint64x2_t high = vreinterpretq_u64_u32(vzip1q_u32(x[3], x[2]));
    return vreinterpretq_u32_u64(vzip1q_u64(high, vreinterpretq_u64_u32(vzip1q_u32(x[1], x[0]))));
}

/* Word j, the oldest, becomes the newest; it is a round key. */
#define KEY(k, j, ck)                                                                       \
    ((k)[j] = fresh_key(THE_BOX, (k)[j], (k)[((j) + 1) % 4], (k)[((j) + 2) % 4], (k)[((j) + 3) % 4], \
                        vdupq_laneq_u32(ck, j)))

/* Four rounds on `sets` times four blocks; the round keys may depend on the set s. */
#define FOUR_ROUNDS(x, sets, k0, k1, k2, k3)                                      \
    do {                                                                               \
        UNROLLED for (int s = 0; s < (sets); s++)                                      \
            x[s][0] = fresh(THE_BOX, x[s][0], x[s][1], x[s][2], x[s][3], k0);              \
        UNROLLED for (int s = 0; s < (sets); s++)                                      \
            x[s][1] = fresh(THE_BOX, x[s][1], x[s][2], x[s][3], x[s][0], k1);              \
        UNROLLED for (int s = 0; s < (sets); s++)                                      \
            x[s][2] = fresh(THE_BOX, x[s][2], x[s][3], x[s][0], x[s][1], k2);              \
        UNROLLED for (int s = 0; s < (sets); s++)                                      \
            x[s][3] = fresh(THE_BOX, x[s][3], x[s][0], x[s][1], x[s][2], k3);              \
    } while (0)

INLINE void rounds(BOX, uint32x4_t x[][4], const uint32_t rk[32], const int sets)
{
    for (int i = 0; i < 32; i += 4) {
        const uint32x4_t k = vld1q_u32(rk + i);
        FOUR_ROUNDS(x, sets, vdupq_laneq_u32(k, 0), vdupq_laneq_u32(k, 1), vdupq_laneq_u32(k, 2),
                    vdupq_laneq_u32(k, 3));
    }
}

INLINE uint32x4_t single(BOX, uint32x4_t block, const uint32_t rk[32])
{
    uint32x4_t x[1][4];
    spread(x[0], block);
    rounds(THE_BOX, x, rk, 1);
    return gathered(x[0]);
}

/* Every caller's `sets` is a constant. */
INLINE void fours(BOX, const uint32_t rk[32], uint8_t *out, const uint8_t *in, const int sets)
{
    uint32x4_t x[MOST][4];
    for (int s = 0; s < sets; s++) {
        for (int i = 0; i < 4; i++)
            x[s][i] = words(in + 64 * s + 16 * i);
        transpose(x[s]);
    }
    rounds(THE_BOX, x, rk, sets);
    for (int s = 0; s < sets; s++) {
        uint32x4_t y[4] = {x[s][3], x[s][2], x[s][1], x[s][0]};
        transpose(y);
        for (int i = 0; i < 4; i++)
            put_words(out + 64 * s + 16 * i, y[i]);
    }
}

static void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    LOAD_BOX;
    for (; n >= 8; n -= 8, in += 128, out += 128)
        fours(THE_BOX, rk, out, in, 2);
    if (n >= 4) {
        fours(THE_BOX, rk, out, in, 1);
        n -= 4;
        in += 64;
        out += 64;
    }
    if (n == 1) {
        put_words(out, single(THE_BOX, words(in), rk));
    } else if (n > 0) {
        uint8_t padded[64] = {0};
        jk_copy(padded, in, 16 * n);
        fours(THE_BOX, rk, padded, padded, 1);
        jk_copy(out, padded, 16 * n);
        jk_wipe(padded, sizeof padded);
    }
}

INLINE void prepare(BOX, uint32_t rk[32], const uint8_t key[BLOCK])
{
    uint32x4_t k[4];
    spread(k, veorq_u32(words(key), vld1q_u32(jk_sm4_fk)));
    for (int i = 0; i < 32; i += 4) {
        const uint32x4_t ck = vld1q_u32(jk_sm4_ck + i);
        vst1q_lane_u32(rk + i, KEY(k, 0, ck), 0);
        vst1q_lane_u32(rk + i + 1, KEY(k, 1, ck), 0);
        vst1q_lane_u32(rk + i + 2, KEY(k, 2, ck), 0);
        vst1q_lane_u32(rk + i + 3, KEY(k, 3, ck), 0);
    }
}

static void schedule(uint32_t rk[32], const uint8_t key[BLOCK])
{
    LOAD_BOX;
    prepare(THE_BOX, rk, key);
}

INLINE void chained(BOX, const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in,
                    size_t n, const uint8_t *last)
{
    uint32x4_t x = words(iv);
    /* One place for the rounds, so that `last` is just one block more. */
    for (n += last != NULL; n > 0; n--, in += BLOCK) {
        x = single(THE_BOX, veorq_u32(x, words(n == 1 && last != NULL ? last : in)), rk);
        if (out != NULL) {
            put_words(out, x);
            out += BLOCK;
        }
    }
    put_words(iv, x);
}

static void chain(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n,
                  const uint8_t *last)
{
    LOAD_BOX;
    chained(THE_BOX, rk, iv, out, in, n, last);
}

static void keyed(const uint8_t key[BLOCK], uint8_t iv[BLOCK], const uint8_t *in, size_t n, const uint8_t *last)
{
    LOAD_BOX;
    uint32_t rk[32];
    prepare(THE_BOX, rk, key);
    chained(THE_BOX, rk, iv, NULL, in, n, last);
    jk_wipe(rk, sizeof rk);
}

/* As many blocks as `sets` are full of, and the counter advanced by `n` of them. */
INLINE void stream(BOX, const uint32_t rk[32], uint8_t counter[BLOCK], uint8_t *out, const uint8_t *in,
                   const int sets)
{
    uint64_t high = jk_load64(counter), low = jk_load64(counter + 8);
    uint32x4_t x[MOST][4];
    for (int s = 0; s < sets; s++) {
        for (int i = 0; i < 4; i++)
            x[s][i] = counted(&high, &low);
        transpose(x[s]);
    }
    jk_store64(counter, high);
    jk_store64(counter + 8, low);
    rounds(THE_BOX, x, rk, sets);
    for (int s = 0; s < sets; s++) {
        uint32x4_t y[4] = {x[s][3], x[s][2], x[s][1], x[s][0]};
        transpose(y);
        for (int i = 0; i < 4; i++)
            vst1q_u8(out + 64 * s + 16 * i,
                     veorq_u8(vrev32q_u8(vreinterpretq_u8_u32(y[i])), vld1q_u8(in + 64 * s + 16 * i)));
    }
}

static size_t ctr(const uint32_t rk[32], uint8_t counter[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    LOAD_BOX;
    size_t left = n;
    for (; left >= 8; left -= 8, in += 128, out += 128)
        stream(THE_BOX, rk, counter, out, in, 2);
    for (; left >= 4; left -= 4, in += 64, out += 64)
        stream(THE_BOX, rk, counter, out, in, 1);
    return n - left;
}

const struct jk_sm4_ops jk_sm4_neon = {"neon", schedule, blocks, chain, keyed, ctr, NULL, NULL};

#endif
