/* GHASH with VPCLMULQDQ on registers of 512 bits, four blocks each. Long inputs run in four lanes, each its own Horner
 * scheme over every fourth block, sixteen blocks at a step; at the end the lanes are four blocks like any other. Constant
 * time: no table, no branch on data. */
#include "ghash.h"

#ifdef JK_X86

#include <immintrin.h>

#define TARGETS "avx512f,avx512bw,avx512vl,vpclmulqdq"
#define INLINE static inline __attribute__((target(TARGETS), always_inline))

/* Unreduced products, one in each lane: of the lower words, of the upper ones, and of the sums of both (Karatsuba). The
 * multiplication is what takes the time: three are a quarter less. */
struct sum {
    __m512i low, both, high;
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

INLINE __m512i swapped(__m512i x)
{
    return _mm512_shuffle_epi32(x, 0x4e);
}

INLINE struct sum product(__m512i x, __m512i h)
{
    const __m512i x_both = _mm512_xor_si512(x, swapped(x)), h_both = _mm512_xor_si512(h, swapped(h));
    return (struct sum){_mm512_clmulepi64_epi128(x, h, 0x00), _mm512_clmulepi64_epi128(x_both, h_both, 0x00),
                        _mm512_clmulepi64_epi128(x, h, 0x11)};
}

INLINE struct sum plus(struct sum a, struct sum b)
{
    return (struct sum){_mm512_xor_si512(a.low, b.low), _mm512_xor_si512(a.both, b.both),
                        _mm512_xor_si512(a.high, b.high)};
}

INLINE struct sum plus2(struct sum a, struct sum b, struct sum c)
{
    return (struct sum){xor3(a.low, b.low, c.low), xor3(a.both, b.both, c.both), xor3(a.high, b.high, c.high)};
}

/* Adds the multiple of the modulus that clears the lower word, and brings the upper word in its place. The modulus
 * without its ends is a number of 64 bits at bit 64. */
INLINE __m512i reduced(struct sum s)
{
    const __m512i modulus = _mm512_set1_epi64((long long)0xc200000000000000u);
    const __m512i middle = xor3(s.low, s.both, s.high);
    const __m512i low = _mm512_xor_si512(s.low, _mm512_bslli_epi128(middle, 8));
    const __m512i high = _mm512_xor_si512(s.high, _mm512_bsrli_epi128(middle, 8));
    const __m512i once = _mm512_xor_si512(swapped(low), _mm512_clmulepi64_epi128(low, modulus, 0x00));
    return xor3(high, swapped(once), _mm512_clmulepi64_epi128(once, modulus, 0x00));
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
        const struct sum first = product(_mm512_xor_si512(y, blocks(in)), h12);
        const struct sum others = plus2(first, product(blocks(in + 64), h8), product(blocks(in + 128), h4));
        /* What is ready last is added last. */
        lanes = _mm512_xor_si512(reduced(plus(others, product(lanes, step))), blocks(in + 192));
        y = _mm512_setzero_si512();
    }
    return together(reduced(product(lanes, _mm512_loadu_si512((const void *)(powers + 2 * 12)))));
}

/* y and n blocks, 1 to 15. */
INLINE __m512i rest(const uint64_t powers[JK_GHASH_WORDS], __m512i y, const uint8_t *in, size_t n)
{
    struct sum s = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    powers += JK_GHASH_WORDS - 2 * n;
    for (size_t i = 0; i < n; i += 4) {
        const unsigned words = n - i < 4 ? (1u << 2 * (n - i)) - 1 : 0xff;
        const __mmask8 there = (__mmask8)words;
        const __m512i x = backwards(_mm512_maskz_loadu_epi64(there, (const void *)(in + 16 * i)));
        const __m512i h = _mm512_maskz_loadu_epi64(there, (const void *)(powers + 2 * i));
        s = plus(s, product(_mm512_xor_si512(x, y), h));
        y = _mm512_setzero_si512();
    }
    return together(reduced(s));
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
