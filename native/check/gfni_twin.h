/* The two GFNI instructions spelt in SSE2, for machines and tools that do not have them. Valgrind 3.19 does not, so the
 * constant-time check compiles sm4_gfni.c with `-include gfni_twin.h`: all of that file is then checked but the two
 * instructions themselves, which have no memory operand and one latency. */
#include <immintrin.h>
#include <stdint.h>

static inline __attribute__((always_inline)) __m128i twin_affine(__m128i x, __m128i matrix, int constant)
{
    const uint64_t rows = (uint64_t)_mm_cvtsi128_si64(matrix);
    __m128i result = _mm_set1_epi8((char)constant);
    for (int i = 0; i < 8; i++) {
        __m128i y = _mm_and_si128(x, _mm_set1_epi8((char)(rows >> 8 * (7 - i))));
        for (int shift = 4; shift > 0; shift /= 2)
            y = _mm_xor_si128(y, _mm_srli_epi64(y, shift));
        y = _mm_and_si128(y, _mm_set1_epi8(1));
        result = _mm_xor_si128(result, _mm_slli_epi64(y, i));
    }
    return result;
}

static inline __attribute__((always_inline)) __m128i twin_multiply(__m128i a, __m128i b)
{
    __m128i result = _mm_setzero_si128();
    for (int i = 0; i < 8; i++) {
        const __m128i bit = _mm_set1_epi8((char)(1 << i));
        result = _mm_xor_si128(result, _mm_and_si128(a, _mm_cmpeq_epi8(_mm_and_si128(b, bit), bit)));
        const __m128i overflow = _mm_cmpgt_epi8(_mm_setzero_si128(), a);
        a = _mm_xor_si128(_mm_add_epi8(a, a), _mm_and_si128(overflow, _mm_set1_epi8(0x1b)));
    }
    return result;
}

static inline __attribute__((always_inline)) __m128i twin_affine_inverse(__m128i x, __m128i matrix, int constant)
{
    /* x^254 is the product of x^2, x^4 ... x^128. */
    __m128i power = x, inverse = _mm_set1_epi8(1);
    for (int i = 0; i < 7; i++) {
        power = twin_multiply(power, power);
        inverse = twin_multiply(inverse, power);
    }
    return twin_affine(inverse, matrix, constant);
}

/* The wide instructions are these on either half. */
#define TWIN_WIDE(name, half)                                                                                       \
    static inline __attribute__((always_inline, target("avx2"))) __m256i name(__m256i x, __m256i matrix, int constant) \
    {                                                                                                               \
        const __m128i low = half(_mm256_castsi256_si128(x), _mm256_castsi256_si128(matrix), constant);              \
        const __m128i high = half(_mm256_extracti128_si256(x, 1), _mm256_extracti128_si256(matrix, 1), constant);    \
        return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);                                       \
    }
TWIN_WIDE(twin_wide_affine, twin_affine)
TWIN_WIDE(twin_wide_affine_inverse, twin_affine_inverse)

#undef _mm256_gf2p8affine_epi64_epi8
#undef _mm256_gf2p8affineinv_epi64_epi8
#define _mm256_gf2p8affine_epi64_epi8 twin_wide_affine
#define _mm256_gf2p8affineinv_epi64_epi8 twin_wide_affine_inverse
#undef _mm_gf2p8affine_epi64_epi8
#undef _mm_gf2p8affineinv_epi64_epi8
#define _mm_gf2p8affine_epi64_epi8 twin_affine
#define _mm_gf2p8affineinv_epi64_epi8 twin_affine_inverse
