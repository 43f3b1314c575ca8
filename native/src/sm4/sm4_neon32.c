/* GB/T 32907 (SM4) with NEON on 32-bit Arm: VTBL and VTBX look up 32 bytes of the S-box at a time, and all eight parts are
 * gone through for every byte. Constant time: the parts are loaded in the same order always, and a look-up is no memory
 * access. Four blocks side by side, one register for each of a block's four words; a block by itself is looked up in half
 * as many instructions. */
#include "sm4_internal.h"

#ifdef JK_ARM32

#pragma GCC push_options
#pragma GCC target("fpu=neon")

#include <arm_neon.h>

#include "sm4_table.h"

#define INLINE static inline __attribute__((always_inline))

static const uint8_t table[256] __attribute__((aligned(32))) = {JK_SM4_TABLE};

/* An index past a part's 32 leaves VTBL's result 0, and VTBX's as it was. The two loads of a pair of parts take eight of
 * the double registers, which the intrinsics of gcc 12 would fill one by one. */
#define NEXT "vsub.i8 %q[x], %q[x], %q[part]\n\t"
#define LOW(how, part) how " %e[s], " part ", %e[x]\n\t"
#define BOTH(how, part) LOW(how, part) how " %f[s], " part ", %f[x]\n\t"
#define PAIR(first, WHICH)                                                                        \
    "vld1.8 {d16-d19}, [%[table] :256]!\n\tvld1.8 {d20-d23}, [%[table] :256]!\n\t"                \
    WHICH(first, "{d16-d19}") NEXT WHICH("vtbx.8", "{d20-d23}")
#define LOOK_UP(WHICH)                                                                            \
    PAIR("vtbl.8", WHICH) NEXT PAIR("vtbx.8", WHICH) NEXT PAIR("vtbx.8", WHICH) NEXT PAIR("vtbx.8", WHICH)

/* The first two words only, if `half`: the others are then not defined. */
INLINE uint32x4_t substitute(uint32x4_t x, const int half)
{
    const uint8x16_t part = vdupq_n_u8(32);
    const uint8_t *p = table;
    uint32x4_t s;
    if (half)
        __asm__(LOOK_UP(LOW)
                : [s] "=&w"(s), [x] "+w"(x), [table] "+r"(p)
                : [part] "w"(part), "m"(table)
                : "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23");
    else
        __asm__(LOOK_UP(BOTH)
                : [s] "=&w"(s), [x] "+w"(x), [table] "+r"(p)
                : [part] "w"(part), "m"(table)
                : "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23");
    return s;
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

/* a ^ T(b ^ c ^ d ^ k): T(x) = s ^ s<<<24 ^ (s ^ s<<<8 ^ s<<<16)<<<2 of s, the substituted x. */
INLINE uint32x4_t fresh(uint32x4_t a, uint32x4_t b, uint32x4_t c, uint32x4_t d, uint32x4_t k, const int half)
{
    const uint32x4_t s = substitute(veorq_u32(xor3(b, c, k), d), half);
    const uint32x4_t s8 = LEFT(s, 8);
    const uint32x4_t t = xor3(s, s8, by16(s));
    return veorq_u32(xor3(a, s, by16(s8)), LEFT(t, 2));
}

INLINE uint32x4_t fresh_key(uint32x4_t a, uint32x4_t b, uint32x4_t c, uint32x4_t d, uint32x4_t k)
{
    const uint32x4_t s = substitute(veorq_u32(xor3(b, c, k), d), 1);
    return veorq_u32(xor3(a, s, LEFT(s, 13)), LEFT(s, 23));
}

INLINE uint32x4_t words(const uint8_t *p)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

INLINE void put_words(uint8_t *p, uint32x4_t x)
{
    vst1q_u8(p, vrev32q_u8(vreinterpretq_u8_u32(x)));
}

INLINE void rounds(uint32x4_t x[4], const uint32_t rk[32], const int half)
{
    for (int i = 0; i < 32; i += 4) {
        x[0] = fresh(x[0], x[1], x[2], x[3], vld1q_dup_u32(rk + i), half);
        x[1] = fresh(x[1], x[2], x[3], x[0], vld1q_dup_u32(rk + i + 1), half);
        x[2] = fresh(x[2], x[3], x[0], x[1], vld1q_dup_u32(rk + i + 2), half);
        x[3] = fresh(x[3], x[0], x[1], x[2], vld1q_dup_u32(rk + i + 3), half);
    }
}

static void one(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    const uint32x4_t block = words(in);
    const uint32x2_t low = vget_low_u32(block), high = vget_high_u32(block);
    uint32x4_t x[4] = {vdupq_lane_u32(low, 0), vdupq_lane_u32(low, 1), vdupq_lane_u32(high, 0), vdupq_lane_u32(high, 1)};
    rounds(x, rk, 1);
    put_words(out, vcombine_u32(vzip_u32(vget_low_u32(x[3]), vget_low_u32(x[2])).val[0],
                                vzip_u32(vget_low_u32(x[1]), vget_low_u32(x[0])).val[0]));
}

/* Four blocks <-> four registers of first, second, third, fourth words. */
INLINE void transpose(uint32x4_t x[4])
{
    const uint32x4x2_t a = vtrnq_u32(x[0], x[1]), b = vtrnq_u32(x[2], x[3]);
    x[0] = vcombine_u32(vget_low_u32(a.val[0]), vget_low_u32(b.val[0]));
    x[1] = vcombine_u32(vget_low_u32(a.val[1]), vget_low_u32(b.val[1]));
    x[2] = vcombine_u32(vget_high_u32(a.val[0]), vget_high_u32(b.val[0]));
    x[3] = vcombine_u32(vget_high_u32(a.val[1]), vget_high_u32(b.val[1]));
}

static void four(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    uint32x4_t x[4];
    for (int i = 0; i < 4; i++)
        x[i] = words(in + 16 * i);
    transpose(x);
    rounds(x, rk, 0);
    uint32x4_t y[4] = {x[3], x[2], x[1], x[0]};
    transpose(y);
    for (int i = 0; i < 4; i++)
        put_words(out + 16 * i, y[i]);
}

static void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    for (; n >= 4; n -= 4, in += 64, out += 64)
        four(rk, out, in);
    if (n == 1) {
        one(rk, out, in);
    } else if (n > 0) {
        uint8_t padded[64] = {0};
        jk_copy(padded, in, 16 * n);
        four(rk, padded, padded);
        jk_copy(out, padded, 16 * n);
        jk_wipe(padded, sizeof padded);
    }
}

static void schedule(uint32_t rk[32], const uint8_t key[16])
{
    uint32x4_t k[4];
    for (int i = 0; i < 4; i++)
        k[i] = vdupq_n_u32(jk_load32(key + 4 * i) ^ jk_sm4_fk[i]);
    for (int i = 0; i < 32; i += 4)
        for (int j = 0; j < 4; j++) {
            const uint32x4_t ck = vld1q_dup_u32(jk_sm4_ck + i + j);
            k[j] = fresh_key(k[j], k[(j + 1) % 4], k[(j + 2) % 4], k[(j + 3) % 4], ck);
            vst1q_lane_u32(rk + i + j, k[j], 0);
        }
}

const struct jk_sm4_ops jk_sm4_neon32 = {.name = "neon", .schedule = schedule, .blocks = blocks};

#pragma GCC pop_options

#endif
