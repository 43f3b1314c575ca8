/* GHASH with PMULL of Armv8. */
#include "ghash.h"

#ifdef JK_ARM64_PMULL

#include <arm_neon.h>

#define FN static JK_ARM64_PMULL
#define INLINE static inline __attribute__((always_inline)) JK_ARM64_PMULL

typedef uint64x2_t V;

INLINE V swapped(V x)
{
    return vextq_u64(x, x, 1);
}

INLINE V load(const uint64_t *p)
{
    return vld1q_u64(p);
}

INLINE void store(uint64_t *p, V x)
{
    vst1q_u64(p, x);
}

INLINE V block(const uint8_t *p)
{
    return swapped(vreinterpretq_u64_u8(vrev64q_u8(vld1q_u8(p))));
}

INLINE void put_block(uint8_t *p, V x)
{
    vst1q_u8(p, vrev64q_u8(vreinterpretq_u8_u64(swapped(x))));
}

INLINE V add(V a, V b)
{
    return veorq_u64(a, b);
}

INLINE V up(V x)
{
    return vextq_u64(vdupq_n_u64(0), x, 1);
}

INLINE V down(V x)
{
    return vextq_u64(x, vdupq_n_u64(0), 1);
}

INLINE V low(V a, V b)
{
    return vreinterpretq_u64_p128(vmull_p64((poly64_t)vgetq_lane_u64(a, 0), (poly64_t)vgetq_lane_u64(b, 0)));
}

INLINE V high(V a, V b)
{
    return vreinterpretq_u64_p128(vmull_high_p64(vreinterpretq_p64_u64(a), vreinterpretq_p64_u64(b)));
}

#include "ghash_narrow.h"

const struct jk_ghash_ops jk_ghash_pmull = {"pmull", powers, update};

#endif
