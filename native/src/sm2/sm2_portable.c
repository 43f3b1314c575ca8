/* SM2's curve in C for any machine; constant-time, but for the functions that say otherwise.
 *
 * p = 2^256 - 2^224 - 2^96 + 2^64 - 1 is -1 modulo 2^64, so that Montgomery's factor for a word is the word itself, and
 * its multiples of p are shifts. */
#include "sm2_curve.h"

/* (t, top) = ((t, top) + t[0] * p) / 2^64 */
static inline uint64_t fold(uint64_t t[4], uint64_t top)
{
    const uint64_t m = t[0], low = m << 32, high = m >> 32;
    uint64_t v[4], borrow = 0, carry = 0;

    /* m * (2^192 - 2^160 - 2^32 + 1) */
    v[0] = jk_sub_borrow(m, low, &borrow);
    v[1] = jk_sub_borrow(0, high, &borrow);
    v[2] = jk_sub_borrow(0, low, &borrow);
    v[3] = jk_sub_borrow(m, high, &borrow);
    t[0] = jk_add_carry(t[1], v[0], &carry);
    t[1] = jk_add_carry(t[2], v[1], &carry);
    t[2] = jk_add_carry(t[3], v[2], &carry);
    t[3] = jk_add_carry(top, v[3], &carry);
    return carry;
}

static void field_multiply(uint64_t r[4], const uint64_t a[4], const uint64_t x[4])
{
    uint64_t t[4] = {0}, top = 0;

    for (size_t i = 0; i < 4; i++) {
        uint64_t high = 0, carry = 0;
        for (size_t j = 0; j < 4; j++)
            t[j] = jk_multiply_add(a[j], x[i], t[j], high, &high);
        high = jk_add_carry(high, top, &carry);
        top = fold(t, high) + carry;
    }
    jk_reduce_once(r, top, t, jk_sm2_p);
}

static inline void field_square(uint64_t r[4], const uint64_t a[4])
{
    field_multiply(r, a, a);
}

static inline void field_add(uint64_t r[4], const uint64_t a[4], const uint64_t x[4])
{
    jk_add_mod(r, a, x, jk_sm2_p);
}

static inline void field_sub(uint64_t r[4], const uint64_t a[4], const uint64_t x[4])
{
    jk_sub_mod(r, a, x, jk_sm2_p);
}

/* Half of a, or of a + p, whichever is even. */
static inline void field_halve(uint64_t r[4], const uint64_t a[4])
{
    const uint64_t odd = 0 - jk_opaque64(a[0] & 1);
    uint64_t t[4], carry = 0;
    for (size_t i = 0; i < 4; i++)
        t[i] = jk_add_carry(a[i], jk_sm2_p[i] & odd, &carry);
    for (size_t i = 0; i < 3; i++)
        r[i] = t[i] >> 1 | t[i + 1] << 63;
    r[3] = t[3] >> 1 | carry << 63;
}

/* Entry number `which` of a row, counted from one; zeros for zero. Reads all of them. */
static void select_entry(uint64_t entry[8], const uint64_t row[JK_SM2_ENTRIES][8], uint64_t which)
{
    for (size_t i = 0; i < 8; i++)
        entry[i] = 0;
    for (uint64_t j = 0; j < JK_SM2_ENTRIES; j++) {
        const uint64_t mask = jk_zero_mask(which ^ (j + 1));
        for (size_t i = 0; i < 8; i++)
            entry[i] |= row[j][i] & mask;
    }
}

#include "sm2_point.h"

const struct jk_sm2_ops jk_sm2_portable = {"portable", base, on_curve, tabulate_var, verify_var, verify_table_var,
                                           NULL};
