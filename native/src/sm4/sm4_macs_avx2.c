/* GB/T 32907 (SM4), 32 MACs side by side with AES-NI and AVX2. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#include "sm4_maps.h"

#define TARGETS "aes,avx2"
#define FN static __attribute__((target(TARGETS), noinline)) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))
enum { WORTH = 4, SETS = 1 };

#include "sm4_lanes_avx2.h"

#define AND(a, b) _mm256_and_si256(a, b)
#define SHIFT4(x) _mm256_srli_epi32(x, 4)
#define SHUFFLE(table, x) _mm256_shuffle_epi8(table, x)
#define TABLE(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(p)))

INLINE V aes(V x)
{
    const __m128i zero = _mm_setzero_si128();
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_aesenclast_si128(_mm256_castsi256_si128(x), zero)),
                                   _mm_aesenclast_si128(_mm256_extracti128_si256(x, 1), zero), 1);
}

#include "sm4_lanes_aes.h"

#include "sm4_lanes.h"

size_t jk_sm4_macs_avx2(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    return macs(out, keys, in, in_len, padding, n);
}

#endif
