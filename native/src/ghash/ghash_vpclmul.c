/* GHASH with VPCLMULQDQ on registers of 512 bits, four blocks each. Long inputs run in four lanes, each its own Horner
 * scheme over every fourth block, sixteen blocks at a step; at the end the lanes are four blocks like any other. Constant
 * time: no table, no branch on data. */
#include "ghash.h"

#ifdef JK_X86

#include <immintrin.h>

#define TARGETS "avx512f,avx512bw,avx512vl,vpclmulqdq"
#define INLINE static inline __attribute__((target(TARGETS), always_inline))

/* Unreduced products of 256 bits, one in each lane: the middle counts from bit 64. */
struct sum {
    __m512i low, middle, high;
};

INLINE __m512i backwards(__m512i x)
{
    const __m128i order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

INLINE __m512i blocks(const uint8_t *p)
{
    return backwards(_mm512_loadu_si512((const void *)p));
}

INLINE __m512i in_every_lane(const uint64_t *power)
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)power));
}

INLINE __m512i xor3(__m512i a, __m512i b, __m512i c)
{
    return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

INLINE void add(struct sum *s, __m512i x, __m512i h)
{
    s->low = _mm512_xor_si512(s->low, _mm512_clmulepi64_epi128(x, h, 0x00));
    s->middle = xor3(s->middle, _mm512_clmulepi64_epi128(x, h, 0x01), _mm512_clmulepi64_epi128(x, h, 0x10));
    s->high = _mm512_xor_si512(s->high, _mm512_clmulepi64_epi128(x, h, 0x11));
}

/* Adds the multiple of the modulus that clears the lower word, and brings the upper word in its place. The modulus
 * without its ends is a number of 64 bits at bit 64. */
INLINE __m512i reduced(const struct sum *s)
{
    const __m512i modulus = _mm512_set1_epi64((long long)0xc200000000000000u);
    const __m512i low = _mm512_xor_si512(s->low, _mm512_bslli_epi128(s->middle, 8));
    const __m512i high = _mm512_xor_si512(s->high, _mm512_bsrli_epi128(s->middle, 8));
    const __m512i once = _mm512_xor_si512(_mm512_shuffle_epi32(low, 0x4e), _mm512_clmulepi64_epi128(low, modulus, 0x00));
    return xor3(high, _mm512_shuffle_epi32(once, 0x4e), _mm512_clmulepi64_epi128(once, modulus, 0x00));
}

INLINE struct sum nothing(void)
{
    return (struct sum){_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
}

/* The sum of the lanes, in the first. */
INLINE __m512i together(__m512i x)
{
    const __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
    return _mm512_zextsi128_si512(_mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
}

/* y, in the first lane, and the blocks of whole steps; 16 n bytes are left over. */
INLINE __m512i steps(const uint64_t powers[JK_GHASH_WORDS], __m512i y, const uint8_t *in, size_t n)
{
    const __m512i step = in_every_lane(powers), h12 = in_every_lane(powers + 2 * 4);
    const __m512i h8 = in_every_lane(powers + 2 * 8), h4 = in_every_lane(powers + 2 * 12);
    __m512i lanes = _mm512_setzero_si512();
    for (; n >= JK_GHASH_POWERS; n -= JK_GHASH_POWERS, in += 16 * JK_GHASH_POWERS) {
        struct sum s = nothing();
        add(&s, _mm512_xor_si512(y, blocks(in)), h12);
        add(&s, blocks(in + 64), h8);
        add(&s, blocks(in + 128), h4);
        /* Last, because it is ready last. */
        add(&s, lanes, step);
        lanes = _mm512_xor_si512(reduced(&s), blocks(in + 192));
        y = _mm512_setzero_si512();
    }
    struct sum s = nothing();
    add(&s, lanes, _mm512_loadu_si512((const void *)(powers + 2 * 12)));
    return together(reduced(&s));
}

/* y and n blocks, 1 to 15. */
INLINE __m512i rest(const uint64_t powers[JK_GHASH_WORDS], __m512i y, const uint8_t *in, size_t n)
{
    struct sum s = nothing();
    powers += JK_GHASH_WORDS - 2 * n;
    for (size_t i = 0; i < n; i += 4) {
        const unsigned words = n - i < 4 ? (1u << 2 * (n - i)) - 1 : 0xff;
        const __mmask8 there = (__mmask8)words;
        const __m512i x = backwards(_mm512_maskz_loadu_epi64(there, (const void *)(in + 16 * i)));
        add(&s, _mm512_xor_si512(x, y), _mm512_maskz_loadu_epi64(there, (const void *)(powers + 2 * i)));
        y = _mm512_setzero_si512();
    }
    return together(reduced(&s));
}

static __attribute__((target(TARGETS))) void update(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16],
                                                    const uint8_t *in, size_t n)
{
    const size_t left = n % JK_GHASH_POWERS;
    __m512i y = backwards(_mm512_zextsi128_si512(_mm_loadu_si128((const __m128i *)(const void *)hash)));
    if (n >= JK_GHASH_POWERS)
        y = steps(powers, y, in, n);
    if (left > 0)
        y = rest(powers, y, in + 16 * (n - left), left);
    _mm_storeu_si128((__m128i *)(void *)hash, _mm512_castsi512_si128(backwards(y)));
}

const struct jk_ghash_ops jk_ghash_vpclmul = {"vpclmul", jk_ghash_pclmul_powers, update};

#endif
