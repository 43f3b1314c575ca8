/* What the implementations of SM4 for 64-bit Arm share. */
#ifndef JK_SM4_ARM_H
#define JK_SM4_ARM_H

#include <arm_neon.h>

#include "sm4_internal.h"

enum { BLOCK = 16 };

static inline uint32x4_t words(const uint8_t *block)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block)));
}

static inline void put_words(uint8_t *block, uint32x4_t x)
{
    vst1q_u8(block, vrev32q_u8(vreinterpretq_u8_u32(x)));
}

/* The words of a counter block. The carry into the high half is arithmetic: a counter may be secret. */
static inline uint32x4_t counted(uint64_t *high, uint64_t *low)
{
    const uint64x2_t x = vcombine_u64(vcreate_u64(*high), vcreate_u64(*low));
    const uint64_t next = jk_opaque64(*low + 1);
    *high += (*low & ~next) >> 63;
    *low = next;
    return vrev64q_u32(vreinterpretq_u32_u64(x));
}

#endif
