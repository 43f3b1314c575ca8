/* Eight numbers modulo SM2's prime at once, with AVX-512 IFMA: five limbs of 52 bits, each a vector of eight 64-bit words,
 * in Montgomery's form with 2^260. No branch and no address depends on a value.
 *
 * A number is `ready`, to be multiplied, when its limbs are below 2^52: it is then below 2^260, about 16 p. It is `loose`
 * when its limbs are signed and below 2^62 in size and itself below 2^263: a product, and sums and differences of a few.
 * A product of two ready numbers a and b lies from 0 to a b / 2^260 + p. */
#ifndef JK_SM2_LANE_H
#define JK_SM2_LANE_H

#include <immintrin.h>

#include "sm2_curve.h"

#ifndef TARGET /* check/ifma_twin.h has its own */
#define TARGET __attribute__((target("avx512f,avx512ifma")))
#define INLINE static inline TARGET __attribute__((always_inline))
#endif

enum { LIMBS = 5, LIMB = 52, LANES = JK_SM2_LANES };

typedef __m512i vector;
/* All ones in the chosen lanes, zero in the others. Not a mask register: with that the compiler masks a load, which might
 * take another time when nothing is loaded. */
typedef vector lanes;

typedef struct {
    vector v[LIMBS];
} number;

typedef struct {
    vector v[2 * LIMBS];
} wide;

static const uint64_t prime[LIMBS] = {0xfffffffffffff, 0xff00000000fff, 0xfffffffffffff, 0xfffffffffffff, 0xfffffffeffff};
static const uint64_t zero[LIMBS] = {0};
/* Montgomery's 1; and factors: what `from_words` makes of a plain number into Montgomery's form; that form into a plain
 * number, or into a table's. 2^260, 2^516, 1, 2^256 modulo p. */
static const uint64_t one[LIMBS] = {0x10, 0xffffffff0000, 0, 0, 0x100000};
static const uint64_t into_form[LIMBS] = {0x2000000030, 0x2ffffffff0000, 0x10000000, 0x20000000100, 0x400000};
static const uint64_t into_plain[LIMBS] = {1};
static const uint64_t into_table[LIMBS] = {1, 0xffffffff000, 0, 0, 0x10000};

INLINE vector splat(uint64_t x)
{
    return _mm512_set1_epi64((long long)x);
}

INLINE vector low(vector x)
{
    return _mm512_and_si512(x, splat(0xfffffffffffff));
}

INLINE number constant(const uint64_t x[LIMBS])
{
    number r;
    for (int i = 0; i < LIMBS; i++)
        r.v[i] = splat(x[i]);
    return r;
}

/* Loose. */
INLINE number plus(number a, number b)
{
    for (int i = 0; i < LIMBS; i++)
        a.v[i] = _mm512_add_epi64(a.v[i], b.v[i]);
    return a;
}

INLINE number minus(number a, number b)
{
    for (int i = 0; i < LIMBS; i++)
        a.v[i] = _mm512_sub_epi64(a.v[i], b.v[i]);
    return a;
}

INLINE number doubled(number a, unsigned times)
{
    for (int i = 0; i < LIMBS; i++)
        a.v[i] = _mm512_slli_epi64(a.v[i], times);
    return a;
}

INLINE number negate_where(lanes where, number a)
{
    for (int i = 0; i < LIMBS; i++)
        a.v[i] = _mm512_sub_epi64(_mm512_xor_si512(a.v[i], where), where);
    return a;
}

/* a in those lanes, b in the others. */
INLINE vector choose_words(lanes where, vector a, vector b)
{
    return _mm512_ternarylogic_epi64(where, a, b, 0xca);
}

INLINE number choose(lanes where, number a, number b)
{
    for (int i = 0; i < LIMBS; i++)
        a.v[i] = choose_words(where, a.v[i], b.v[i]);
    return a;
}

/* Where a signed word is below zero. */
INLINE lanes negative(vector a)
{
    return _mm512_srai_epi64(a, 63);
}

/* A loose number that is from 0 to 2^260, ready. */
INLINE number carried(number a)
{
    for (int i = 0; i + 1 < LIMBS; i++) {
        a.v[i + 1] = _mm512_add_epi64(a.v[i + 1], _mm512_srai_epi64(a.v[i], LIMB));
        a.v[i] = low(a.v[i]);
    }
    return a;
}

/* Any loose number, ready and below 2.01 p. What stands from bit 256 upwards, less one so that the rest cannot be
 * negative, is h; h 2^256 = h (2^224 + 2^96 - 2^64 + 1). */
INLINE number settled(number a)
{
    const vector h = _mm512_add_epi64(_mm512_srai_epi64(a.v[4], 48), splat(~(uint64_t)0));
    const vector rest = _mm512_or_si512(_mm512_and_si512(a.v[4], splat(0xffffffffffff)), splat((uint64_t)1 << 48));
    a.v[0] = _mm512_add_epi64(a.v[0], h);
    a.v[1] = _mm512_add_epi64(a.v[1], _mm512_sub_epi64(_mm512_slli_epi64(h, 44), _mm512_slli_epi64(h, 12)));
    a.v[4] = _mm512_add_epi64(rest, _mm512_slli_epi64(h, 16));
    return carried(a);
}

INLINE wide product(number a, number b)
{
    wide t;
    for (int i = 0; i < 2 * LIMBS; i++)
        t.v[i] = _mm512_setzero_si512();
    for (int i = 0; i < LIMBS; i++) {
        for (int j = 0; j < LIMBS; j++)
            t.v[i + j] = _mm512_madd52lo_epu64(t.v[i + j], a.v[j], b.v[i]);
        for (int j = 0; j < LIMBS; j++)
            t.v[i + j + 1] = _mm512_madd52hi_epu64(t.v[i + j + 1], a.v[j], b.v[i]);
    }
    return t;
}

INLINE wide square(number a)
{
    wide t;
    for (int i = 0; i < 2 * LIMBS; i++)
        t.v[i] = _mm512_setzero_si512();
    for (int i = 0; i < LIMBS; i++)
        for (int j = i + 1; j < LIMBS; j++) {
            t.v[i + j] = _mm512_madd52lo_epu64(t.v[i + j], a.v[i], a.v[j]);
            t.v[i + j + 1] = _mm512_madd52hi_epu64(t.v[i + j + 1], a.v[i], a.v[j]);
        }
    for (int i = 1; i + 1 < 2 * LIMBS; i++)
        t.v[i] = _mm512_add_epi64(t.v[i], t.v[i]);
    for (int i = 0; i < LIMBS; i++) {
        t.v[2 * i] = _mm512_madd52lo_epu64(t.v[2 * i], a.v[i], a.v[i]);
        t.v[2 * i + 1] = _mm512_madd52hi_epu64(t.v[2 * i + 1], a.v[i], a.v[i]);
    }
    return t;
}

/* a - 2^times b. */
INLINE wide wide_minus(wide a, wide b, unsigned times)
{
    for (int i = 0; i < 2 * LIMBS; i++)
        a.v[i] = _mm512_sub_epi64(a.v[i], _mm512_slli_epi64(b.v[i], times));
    return a;
}

/* t / 2^260, loose. p is -1 modulo 2^52, so that Montgomery's factor for a limb m is m itself; and
 * p = -1 + (2^52 - 2^44 + 2^12) 2^52 - 2^104 + (2^48 - 2^16) 2^208. */
INLINE number reduced(wide t)
{
    const vector second = splat(0xff00000001000), last = splat(0xffffffff0000);
    number r;
    for (int i = 0; i < LIMBS; i++) {
        const vector m = t.v[i];
        t.v[i + 1] = _mm512_madd52lo_epu64(t.v[i + 1], m, second);
        t.v[i + 2] = _mm512_sub_epi64(_mm512_madd52hi_epu64(t.v[i + 2], m, second), low(m));
        t.v[i + 4] = _mm512_madd52lo_epu64(t.v[i + 4], m, last);
        t.v[i + 5] = _mm512_madd52hi_epu64(t.v[i + 5], m, last);
        t.v[i + 1] = _mm512_add_epi64(t.v[i + 1], _mm512_srai_epi64(m, LIMB));
    }
    for (int i = 0; i < LIMBS; i++)
        r.v[i] = t.v[LIMBS + i];
    return r;
}

/* Loose; carried() makes them ready. */
INLINE number times(number a, number b)
{
    return reduced(product(a, b));
}

INLINE number squared(number a)
{
    return reduced(square(a));
}

/* A ready number below 2 p, modulo p. */
INLINE number canonical(number a)
{
    const number less = carried(minus(a, constant(prime)));
    return choose(negative(less.v[4]), a, less);
}

/* --- To and from words of 64 bits, the i-th of eight numbers in w[i] --- */

/* Sixteen times the number, ready. Of a table's entry, which is in Montgomery's form with 2^256, that is the entry itself;
 * of a plain number, `into_form` does the rest. */
INLINE number from_words(const vector w[4])
{
    number r;
    r.v[0] = low(_mm512_slli_epi64(w[0], 4));
    r.v[1] = low(_mm512_or_si512(_mm512_srli_epi64(w[0], 48), _mm512_slli_epi64(w[1], 16)));
    r.v[2] = low(_mm512_or_si512(_mm512_srli_epi64(w[1], 36), _mm512_slli_epi64(w[2], 28)));
    r.v[3] = low(_mm512_or_si512(_mm512_srli_epi64(w[2], 24), _mm512_slli_epi64(w[3], 40)));
    r.v[4] = _mm512_srli_epi64(w[3], 12);
    return r;
}

INLINE number from_plain(const jk_sm2_eight *a)
{
    vector w[4];
    for (int i = 0; i < 4; i++)
        w[i] = _mm512_loadu_si512(a->word[i]);
    return carried(times(from_words(w), constant(into_form)));
}

/* a * factor / 2^260 modulo p, for a ready number below 3 p: with `into_plain` the plain number, with `into_table` what a
 * table has. */
INLINE void to_words(vector w[4], number a, const uint64_t factor[LIMBS])
{
    const number r = canonical(carried(times(a, constant(factor))));
    w[0] = _mm512_or_si512(r.v[0], _mm512_slli_epi64(r.v[1], 52));
    w[1] = _mm512_or_si512(_mm512_srli_epi64(r.v[1], 12), _mm512_slli_epi64(r.v[2], 40));
    w[2] = _mm512_or_si512(_mm512_srli_epi64(r.v[2], 24), _mm512_slli_epi64(r.v[3], 28));
    w[3] = _mm512_or_si512(_mm512_srli_epi64(r.v[3], 36), _mm512_slli_epi64(r.v[4], 16));
}

/* Whether a ready number below 3 p is a multiple of p: a bit for each. */
INLINE unsigned is_zero_var(number a)
{
    vector w[4];
    to_words(w, a, into_plain);
    const vector any = _mm512_or_si512(_mm512_or_si512(w[0], w[1]), _mm512_or_si512(w[2], w[3]));
    return _mm512_cmpeq_epi64_mask(any, _mm512_setzero_si512());
}

/* Eight rows of eight words, turned over the diagonal. */
INLINE void turn(vector m[8])
{
    vector a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = _mm512_unpacklo_epi64(m[i], m[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi64(m[i], m[i + 1]);
    }
    /* a[i], i even: words 0 2 4 6 of rows i and i + 1; b: words 0 4 and 2 6 of four rows. */
    for (int i = 0; i < 2; i++)
        for (int half = 0; half < 8; half += 4) {
            b[half + i] = _mm512_shuffle_i64x2(a[half + i], a[half + 2 + i], 0x88);
            b[half + 2 + i] = _mm512_shuffle_i64x2(a[half + i], a[half + 2 + i], 0xdd);
        }
    for (int i = 0; i < 4; i++) {
        m[i] = _mm512_shuffle_i64x2(b[i], b[4 + i], 0x88);
        m[4 + i] = _mm512_shuffle_i64x2(b[i], b[4 + i], 0xdd);
    }
}

#endif
