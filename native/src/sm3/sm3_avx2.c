/* GB/T 32905 (SM3) with AVX2 and BMI2: one message as sm3_stream.h has it, eight at a time as sm3_lanes.h. It has no table
 * and no data-dependent branch. */
#include "sm3_internal.h"

#ifdef JK_X86_64

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi2")))
#define FN static TARGET void
#define INLINE static inline __attribute__((target("avx2,bmi2"), always_inline)) void

#define XOR4(x, y, z) _mm_xor_si128(_mm_xor_si128(x, y), z)
#define ROTATE4(x, n) _mm_xor_si128(_mm_slli_epi32(x, n), _mm_srli_epi32(x, 32 - (n)))
/* x ^ (x <<< 15) ^ (x <<< 23) = x ^ (y <<< 15), y = x ^ (x <<< 8) */
static inline TARGET __m128i p1(__m128i x)
{
    const __m128i by8 = _mm_set_epi32(0x0e0d0c0f, 0x0a09080b, 0x06050407, 0x02010003);
    const __m128i y = _mm_xor_si128(x, _mm_shuffle_epi8(x, by8));
    return XOR4(x, _mm_slli_epi32(y, 15), _mm_srli_epi32(y, 17));
}
#define P1_4(x) p1(x)
/* P1(w <<< 15) is w rotated by 15, 30 and 38. The first word twice is 64 bits, whose shift is the word's rotation. */
#define WRAP4(w)                                                                                           \
    do {                                                                                                   \
        const __m128i z_ = _mm_shuffle_epi32(w, 0);                                                        \
        const __m128i y_ = XOR4(_mm_srli_epi64(z_, 17), _mm_srli_epi64(z_, 2), _mm_srli_epi64(z_, 26));    \
        w = _mm_xor_si128(w, _mm_slli_si128(y_, 12));                                                      \
    } while (0)
#include "sm3_stream.h"

#define V __m256i
#define SPLAT(x) _mm256_set1_epi32((int)(x))
#define ADD(x, y) _mm256_add_epi32(x, y)
#define XOR(x, y) _mm256_xor_si256(x, y)
#define AND(x, y) _mm256_and_si256(x, y)
#define OR(x, y) _mm256_or_si256(x, y)
#define ROTATE(x, n) XOR(_mm256_slli_epi32(x, n), _mm256_srli_epi32(x, 32 - (n)))
#define SHUFFLE(x, d, c, b, a) _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(_mm_set_epi32(d, c, b, a)))
#define BY8(x) SHUFFLE(x, 0x0e0d0c0f, 0x0a09080b, 0x06050407, 0x02010003)
#define SWAP(x) SHUFFLE(x, 0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203)
#define LOW(x, y) _mm256_unpacklo_epi32(x, y)
#define HIGH(x, y) _mm256_unpackhi_epi32(x, y)
#define LOW2(x, y) _mm256_unpacklo_epi64(x, y)
#define HIGH2(x, y) _mm256_unpackhi_epi64(x, y)
#define PART(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define EVERYWHERE(p) _mm256_broadcastsi128_si256(PART(p))
#define GATHER(p, i, at) _mm256_inserti128_si256(_mm256_castsi128_si256(PART((p)[i] + (at))), PART((p)[4 + (i)] + (at)), 1)
#define PUT(x, p, k) _mm_storeu_si128((__m128i *)(void *)(p), _mm256_extracti128_si256(x, k))
#define SCATTER(x, p, i, at)     \
    PUT(x, (p)[i] + (at), 0);    \
    PUT(x, (p)[4 + (i)] + (at), 1)

#define FF0(x, y, z) XOR(XOR(x, y), z)
#define GG0(x, y, z) XOR(XOR(x, y), z)
#define FF1(x, y, z) OR(AND(x, XOR(y, z)), AND(y, z))
#define GG1(x, y, z) XOR(AND(XOR(y, z), x), z)
/* x ^ (x <<< n) ^ (x <<< n + 8) */
#define P(x, n) XOR(x, ROTATE(XOR(x, BY8(x)), n))

#define ROUND(a, b, c, d, e, f, g, h, FF, GG, j)                                         \
    do {                                                                                 \
        const V a12_ = ROTATE(a, 12), wj_ = w[(j) % 16];                                 \
        const V ss1_ = ROTATE(ADD(ADD(a12_, SPLAT(JK_SM3_T(j))), e), 7);                 \
        d = ADD(ADD(ADD(d, XOR(wj_, w[((j) + 4) % 16])), FF(a, b, c)), XOR(ss1_, a12_)); \
        h = ADD(ADD(ADD(h, wj_), GG(e, f, g)), ss1_);                                    \
        b = ROTATE(b, 9);                                                                \
        f = ROTATE(f, 19);                                                               \
        h = P(h, 9);                                                                     \
    } while (0)

#define EXPAND(j)                                                                                           \
    do {                                                                                                    \
        const V t_ = XOR(XOR(w[(j) % 16], w[((j) + 7) % 16]), ROTATE(w[((j) + 13) % 16], 15));              \
        w[(j) % 16] = XOR(XOR(P(t_, 15), ROTATE(w[((j) + 3) % 16], 7)), w[((j) + 10) % 16]);                \
    } while (0)

#define STEP(a, b, c, d, e, f, g, h, FF, GG, j)  \
    ROUND(a, b, c, d, e, f, g, h, FF, GG, j);    \
    EXPAND(j)

#include "sm3_lanes.h"

const struct jk_sm3_ops jk_sm3_avx2 = {"avx2", compress, LANES, 3, digests};

#endif
