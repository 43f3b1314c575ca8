/* GB/T 32907 (SM4) with AES-NI: AESENCLAST inverts in AES's field, and nibble tables in registers do the affine maps on
 * either side (sm4_affine.h). Constant time: PSHUFB is no memory access. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#include "sm4_affine.h"

#define JK_TARGET "aes,ssse3,sse4.1"
#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

struct nibbles {
    uint8_t low[16], high[16];
};

static const struct nibbles before = {JK_BEFORE_LOW, JK_BEFORE_HIGH};
static const struct nibbles after = {JK_AFTER_AES_LOW, JK_AFTER_AES_HIGH};

INLINE __m128i affine(__m128i x, const struct nibbles *map)
{
    const __m128i nibble = _mm_set1_epi8(0x0f);
    const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)map->low);
    const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)map->high);
    return _mm_xor_si128(_mm_shuffle_epi8(low, _mm_and_si128(x, nibble)),
                         _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi32(x, 4), nibble)));
}

/* Leaves the bytes where AES's ShiftRows puts them: no change if all words are equal. */
INLINE __m128i bytes(__m128i x)
{
    x = affine(x, &before);
    x = _mm_aesenclast_si128(x, _mm_setzero_si128());
    return affine(x, &after);
}

/* Byte r of word c is found, after ShiftRows, in word c - r. WORD(c, n): word c put right and rotated left by n bytes. */
#define AT(c, r) (4 * (((c) - (r)) & 3) + (r))
#define WORD(c, n) AT(c, (0 - (n)) & 3), AT(c, (1 - (n)) & 3), AT(c, (2 - (n)) & 3), AT(c, (3 - (n)) & 3)
#define ROTATED(x, n) _mm_shuffle_epi8(x, _mm_setr_epi8(WORD(0, n), WORD(1, n), WORD(2, n), WORD(3, n)))

/* a ^ L(b), L(b) = b ^ b<<<24 ^ (b ^ b<<<8 ^ b<<<16)<<<2, with ShiftRows undone on the way. What is ready last is added last. */
INLINE __m128i add_transform(__m128i a, __m128i x)
{
    const __m128i s = bytes(x);
    const __m128i b = ROTATED(s, 0);
    const __m128i t = _mm_xor_si128(_mm_xor_si128(b, ROTATED(s, 1)), ROTATED(s, 2));
    const __m128i r = _mm_or_si128(_mm_slli_epi32(t, 2), _mm_srli_epi32(t, 30));
    return _mm_xor_si128(_mm_xor_si128(_mm_xor_si128(a, b), ROTATED(s, 3)), r);
}

#include "sm4_sse.h"

const struct jk_sm4_ops jk_sm4_aesni = {.name = "aesni", .schedule = schedule, .blocks = blocks, .macs = jk_sm4_macs_aesni};

#endif
