/* GHASH with PCLMULQDQ: eight products are added before one reduction. Constant time: no table, no branch on data. */
#include "ghash.h"

#ifdef JK_X86

#include <immintrin.h>

#define TARGET __attribute__((target("pclmul,ssse3")))
#define INLINE static inline __attribute__((target("pclmul,ssse3"), always_inline))

enum { TOGETHER = 8 };

/* Unreduced products: of the lower words, of the upper ones, and of the sums of both (Karatsuba). The multiplication is
 * what takes the time: three are a quarter less. */
struct sum {
    __m128i low, both, high;
};

INLINE __m128i block(const uint8_t *p)
{
    const __m128i backwards = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), backwards);
}

INLINE __m128i power(const uint64_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE __m128i swapped(__m128i x)
{
    return _mm_shuffle_epi32(x, 0x4e);
}

INLINE void add(struct sum *s, __m128i x, __m128i h)
{
    const __m128i x_both = _mm_xor_si128(x, swapped(x)), h_both = _mm_xor_si128(h, swapped(h));
    s->low = _mm_xor_si128(s->low, _mm_clmulepi64_si128(x, h, 0x00));
    s->both = _mm_xor_si128(s->both, _mm_clmulepi64_si128(x_both, h_both, 0x00));
    s->high = _mm_xor_si128(s->high, _mm_clmulepi64_si128(x, h, 0x11));
}

/* Adds the multiple of the modulus that clears the lower word, and brings the upper word in its place. The modulus
 * without its ends is a number of 64 bits at bit 64. */
INLINE __m128i fold(__m128i x)
{
    const __m128i modulus = _mm_set_epi32(0, 0, (int)0xc2000000, 0);
    return _mm_xor_si128(swapped(x), _mm_clmulepi64_si128(x, modulus, 0x00));
}

INLINE __m128i reduced(const struct sum *s)
{
    const __m128i middle = _mm_xor_si128(_mm_xor_si128(s->low, s->high), s->both);
    const __m128i low = _mm_xor_si128(s->low, _mm_slli_si128(middle, 8));
    const __m128i high = _mm_xor_si128(s->high, _mm_srli_si128(middle, 8));
    return _mm_xor_si128(high, fold(fold(low)));
}

INLINE struct sum nothing(void)
{
    return (struct sum){_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
}

/* y and n blocks, n at most all the powers there are. */
INLINE __m128i several(const uint64_t powers[JK_GHASH_WORDS], __m128i y, const uint8_t *in, size_t n)
{
    struct sum s = nothing();
    powers += JK_GHASH_WORDS - 2 * n;
    add(&s, _mm_xor_si128(y, block(in)), power(powers));
    for (size_t i = 1; i < n; i++)
        add(&s, block(in + 16 * i), power(powers + 2 * i));
    return reduced(&s);
}

/* Twice as many powers at each turn, independent of one another. */
TARGET void jk_ghash_pclmul_powers(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16])
{
    uint64_t *const end = powers + JK_GHASH_WORDS;
    jk_ghash_key(end - 2, h);
    for (size_t have = 1; have < JK_GHASH_POWERS; have *= 2)
        for (size_t i = 1; i <= have; i++) {
            struct sum s = nothing();
            add(&s, power(end - 2 * have), power(end - 2 * i));
            _mm_storeu_si128((__m128i *)(void *)(end - 2 * (have + i)), reduced(&s));
        }
}

static TARGET void update(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n)
{
    __m128i y = block(hash);
    for (; n >= TOGETHER; n -= TOGETHER, in += 16 * TOGETHER)
        y = several(powers, y, in, TOGETHER);
    if (n > 0)
        y = several(powers, y, in, n);
    _mm_storeu_si128((__m128i *)(void *)hash, y);
    _mm_storeu_si128((__m128i *)(void *)hash, block(hash));
}

const struct jk_ghash_ops jk_ghash_pclmul = {"pclmul", jk_ghash_pclmul_powers, update};

#endif
