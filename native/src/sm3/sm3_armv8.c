/* GB/T 32905 (SM3) with the SM3 instructions of Armv8.2: SS1 and the two halves of a round are an instruction each,
 * four words of message expansion two. No table is addressed and nothing branches on data. */
#include "sm3_internal.h"

#ifdef JK_ARM64_SM

#include <arm_neon.h>

#define INLINE static inline __attribute__((always_inline)) JK_ARM64_SM

/* The instructions want the first word of the state in the highest lane. */
INLINE uint32x4_t turned(uint32x4_t x)
{
    x = vrev64q_u32(x);
    return vextq_u32(x, x, 2);
}

/* SS1 reads the highest lanes only. */
#define ROUND(X, ab, ef, t, plus, w, i)                                     \
    do {                                                                    \
        const uint32x4_t ss1 = vsm3ss1q_u32(ab, ef, vdupq_laneq_u32(t, i)); \
        ab = vsm3tt1##X##q_u32(ab, ss1, plus, i);                           \
        ef = vsm3tt2##X##q_u32(ef, ss1, w, i);                              \
    } while (0)

/* Rounds j..j+3; w0 holds words j..j+3, w1 the next four. */
#define ROUNDS(X, j, w0, w1)                                 \
    do {                                                     \
        const uint32x4_t t = vld1q_u32(jk_sm3_constants + (j));     \
        const uint32x4_t plus = veorq_u32(w0, w1);           \
        ROUND(X, ab, ef, t, plus, w0, 0);                    \
        ROUND(X, ab, ef, t, plus, w0, 1);                    \
        ROUND(X, ab, ef, t, plus, w0, 2);                    \
        ROUND(X, ab, ef, t, plus, w0, 3);                    \
    } while (0)

/* The four words after these sixteen. */
INLINE uint32x4_t expanded(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2, uint32x4_t w3)
{
    const uint32x4_t part = vsm3partw1q_u32(vextq_u32(w1, w2, 3), w0, w3);
    return vsm3partw2q_u32(part, vextq_u32(w2, w3, 2), vextq_u32(w0, w1, 3));
}

#define STEP(X, j, w0, w1, w2, w3)         \
    do {                                   \
        ROUNDS(X, j, w0, w1);              \
        w0 = expanded(w0, w1, w2, w3);     \
    } while (0)

#define STEP4(X, j)                        \
    do {                                   \
        STEP(X, j, w0, w1, w2, w3);        \
        STEP(X, (j) + 4, w1, w2, w3, w0);  \
        STEP(X, (j) + 8, w2, w3, w0, w1);  \
        STEP(X, (j) + 12, w3, w0, w1, w2); \
    } while (0)

INLINE uint32x4_t words(const uint8_t *p)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

static JK_ARM64_SM void compress(uint32_t state[8], const uint8_t *blocks, size_t n)
{
    uint32x4_t ab = turned(vld1q_u32(state)), ef = turned(vld1q_u32(state + 4));

    for (; n > 0; n--, blocks += 64) {
        const uint32x4_t ab0 = ab, ef0 = ef;
        uint32x4_t w0 = words(blocks), w1 = words(blocks + 16), w2 = words(blocks + 32), w3 = words(blocks + 48);

        STEP4(a, 0);
        STEP4(b, 16);
        STEP4(b, 32);
        /* Words past 67 are never read. */
        STEP(b, 48, w0, w1, w2, w3);
        ROUNDS(b, 52, w1, w2);
        ROUNDS(b, 56, w2, w3);
        ROUNDS(b, 60, w3, w0);

        ab = veorq_u32(ab, ab0);
        ef = veorq_u32(ef, ef0);
    }
    vst1q_u32(state, turned(ab));
    vst1q_u32(state + 4, turned(ef));
}

const struct jk_sm3_ops jk_sm3_armv8 = {"armsm3", compress, 0, 0, NULL};

#endif
