/* What the implementations of SM4 for 64-bit Arm share. */
#ifndef JK_SM4_ARM_H
#define JK_SM4_ARM_H

#include <arm_neon.h>

#include "../jk_internal.h"

/* In front of a loop over an array that must become registers. */
#ifdef __clang__
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

enum { BLOCK = 16 };

static inline uint32x4_t words(const uint8_t *block)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block)));
}

static inline void put_words(uint8_t *block, uint32x4_t x)
{
    vst1q_u8(block, vrev32q_u8(vreinterpretq_u8_u32(x)));
}

#endif
