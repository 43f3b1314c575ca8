/* GHASH with PCLMULQDQ. */
#include "ghash.h"

#ifdef JK_X86

#include <immintrin.h>

#define FN static __attribute__((target("pclmul,ssse3")))
#define INLINE static inline __attribute__((target("pclmul,ssse3"), always_inline))

typedef __m128i V;

INLINE V backwards(V x)
{
    return _mm_shuffle_epi8(x, _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

INLINE V load(const uint64_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE void store(uint64_t *p, V x)
{
    _mm_storeu_si128((__m128i *)(void *)p, x);
}

INLINE V block(const uint8_t *p)
{
    return backwards(_mm_loadu_si128((const __m128i *)(const void *)p));
}

INLINE void put_block(uint8_t *p, V x)
{
    _mm_storeu_si128((__m128i *)(void *)p, backwards(x));
}

INLINE V add(V a, V b)
{
    return _mm_xor_si128(a, b);
}

INLINE V swapped(V x)
{
    return _mm_shuffle_epi32(x, 0x4e);
}

INLINE V up(V x)
{
    return _mm_slli_si128(x, 8);
}

INLINE V down(V x)
{
    return _mm_srli_si128(x, 8);
}

INLINE V low(V a, V b)
{
    return _mm_clmulepi64_si128(a, b, 0x00);
}

INLINE V high(V a, V b)
{
    return _mm_clmulepi64_si128(a, b, 0x11);
}

#include "ghash_narrow.h"

void jk_ghash_pclmul_powers(uint64_t words[JK_GHASH_WORDS], const uint8_t h[16])
{
    powers(words, h);
}

const struct jk_ghash_ops jk_ghash_pclmul = {"pclmul", powers, update};

#endif
