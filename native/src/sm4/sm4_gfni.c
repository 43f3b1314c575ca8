/* GB/T 32907 (SM4) with GFNI: two instructions are the S-box, an affine map into AES's field and an inversion there with
 * an affine map back (sm4_affine.h). Constant time: no table at all. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#include "sm4_affine.h"

#define JK_TARGET "gfni,ssse3,sse4.1"
#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

INLINE __m128i bytes(__m128i x)
{
    x = _mm_gf2p8affine_epi64_epi8(x, _mm_set1_epi64x((long long)JK_BEFORE_MATRIX), JK_BEFORE_CONSTANT);
    return _mm_gf2p8affineinv_epi64_epi8(x, _mm_set1_epi64x((long long)JK_AFTER_MATRIX), JK_AFTER_CONSTANT);
}

#define WORD(c, n) 4 * (c) + ((0 - (n)) & 3), 4 * (c) + ((1 - (n)) & 3), 4 * (c) + ((2 - (n)) & 3), 4 * (c) + ((3 - (n)) & 3)
#define ROTATED(x, n) _mm_shuffle_epi8(x, _mm_setr_epi8(WORD(0, n), WORD(1, n), WORD(2, n), WORD(3, n)))

/* a ^ L(b), L(b) = b ^ b<<<24 ^ (b ^ b<<<8 ^ b<<<16)<<<2. What is ready last is added last. */
INLINE __m128i add_transform(__m128i a, __m128i x)
{
    const __m128i b = bytes(x);
    const __m128i t = _mm_xor_si128(_mm_xor_si128(b, ROTATED(b, 1)), ROTATED(b, 2));
    const __m128i r = _mm_or_si128(_mm_slli_epi32(t, 2), _mm_srli_epi32(t, 30));
    return _mm_xor_si128(_mm_xor_si128(_mm_xor_si128(a, b), ROTATED(b, 3)), r);
}

#include "sm4_sse.h"

const struct jk_sm4_ops jk_sm4_gfni = {.name = "gfni", .schedule = schedule, .blocks = blocks, .macs = jk_sm4_macs_gfni};

#endif
