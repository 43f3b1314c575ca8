/* Numbers of 256 bits as four words of 64, the least significant first, on machines of any width. No branch and no
 * address depends on a value. */
#ifndef JK_SM2_WORD_H
#define JK_SM2_WORD_H

#include "../jk_internal.h"

/* The low word of a * b + c + d, which never exceeds two words; the high word goes to *high. */
static inline uint64_t jk_multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t *high)
{
#ifdef __SIZEOF_INT128__
    __extension__ const unsigned __int128 x = (unsigned __int128)a * b + c + d;
    *high = (uint64_t)(x >> 64);
    return (uint64_t)x;
#else
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t low = a0 * b0 + (uint32_t)c + (uint32_t)d;
    const uint64_t left = a1 * b0 + (c >> 32) + (low >> 32);
    const uint64_t right = a0 * b1 + (d >> 32) + (uint32_t)left;
    *high = a1 * b1 + (left >> 32) + (right >> 32);
    return right << 32 | (uint32_t)low;
#endif
}

/* a + b + *carry; *carry is 0 or 1. */
static inline uint64_t jk_add_carry(uint64_t a, uint64_t b, uint64_t *carry)
{
#ifdef __SIZEOF_INT128__
    __extension__ const unsigned __int128 x = (unsigned __int128)a + b + *carry;
    *carry = (uint64_t)(x >> 64);
    return (uint64_t)x;
#else
    const uint64_t x = a + b, y = x + *carry;
    *carry = ((a & b) | ((a | b) & ~x)) >> 63 | ((x & ~y) >> 63);
    return y;
#endif
}

/* a - b - *borrow; *borrow is 0 or 1. */
static inline uint64_t jk_sub_borrow(uint64_t a, uint64_t b, uint64_t *borrow)
{
#ifdef __SIZEOF_INT128__
    __extension__ const unsigned __int128 x = (unsigned __int128)a - b - *borrow;
    *borrow = (uint64_t)(x >> 64) & 1;
    return (uint64_t)x;
#else
    const uint64_t x = a - b, y = x - *borrow;
    *borrow = ((~a & b) | ((~a | b) & x)) >> 63 | ((~x & y) >> 63);
    return y;
#endif
}

/* All ones if x is zero, else zero. */
static inline uint64_t jk_zero_mask(uint64_t x)
{
    x = jk_opaque64(x);
    return ((x | (0 - x)) >> 63) - 1;
}

static inline uint64_t jk_zero_mask4(const uint64_t a[4])
{
    return jk_zero_mask(a[0] | a[1] | a[2] | a[3]);
}

/* All ones if a < b. */
static inline uint64_t jk_less_mask(const uint64_t a[4], const uint64_t b[4])
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < 4; i++)
        (void)jk_sub_borrow(a[i], b[i], &borrow);
    return 0 - jk_opaque64(borrow);
}

/* r = a where the mask is ones, b where it is zero. */
static inline void jk_choose4(uint64_t r[4], uint64_t mask, const uint64_t a[4], const uint64_t b[4])
{
    for (size_t i = 0; i < 4; i++)
        r[i] = (a[i] & mask) | (b[i] & ~mask);
}

static inline void jk_copy4(uint64_t r[4], const uint64_t a[4])
{
    for (size_t i = 0; i < 4; i++)
        r[i] = a[i];
}

/* (top, a) modulo m, for a value below 2 m. */
static inline void jk_reduce_once(uint64_t r[4], uint64_t top, const uint64_t a[4], const uint64_t m[4])
{
    uint64_t less[4], borrow = 0;
    for (size_t i = 0; i < 4; i++)
        less[i] = jk_sub_borrow(a[i], m[i], &borrow);
    (void)jk_sub_borrow(top, 0, &borrow);
    jk_choose4(r, 0 - jk_opaque64(borrow), a, less);
}

static inline void jk_add_mod(uint64_t r[4], const uint64_t a[4], const uint64_t b[4], const uint64_t m[4])
{
    uint64_t sum[4], carry = 0;
    for (size_t i = 0; i < 4; i++)
        sum[i] = jk_add_carry(a[i], b[i], &carry);
    jk_reduce_once(r, carry, sum, m);
}

static inline void jk_sub_mod(uint64_t r[4], const uint64_t a[4], const uint64_t b[4], const uint64_t m[4])
{
    uint64_t borrow = 0, carry = 0;
    for (size_t i = 0; i < 4; i++)
        r[i] = jk_sub_borrow(a[i], b[i], &borrow);
    const uint64_t mask = 0 - jk_opaque64(borrow);
    for (size_t i = 0; i < 4; i++)
        r[i] = jk_add_carry(r[i], m[i] & mask, &carry);
}

static inline void jk_load256(uint64_t r[4], const uint8_t *p)
{
    for (size_t i = 0; i < 4; i++)
        r[i] = jk_load64(p + 8 * (3 - i));
}

static inline void jk_store256(uint8_t *p, const uint64_t a[4])
{
    for (size_t i = 0; i < 4; i++)
        jk_store64(p + 8 * (3 - i), a[i]);
}

#endif
