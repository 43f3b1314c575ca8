/* GB/T 32907 (SM4), 16 MACs side by side with AES-NI. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#include "sm4_maps.h"

#define TARGETS "aes,ssse3,sse4.1"
#define FN static __attribute__((target(TARGETS), noinline)) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))
enum { WORTH = 2, SETS = 1 };

#include "sm4_lanes_sse.h"

#define AND(a, b) _mm_and_si128(a, b)
#define SHIFT4(x) _mm_srli_epi32(x, 4)
#define SHUFFLE(table, x) _mm_shuffle_epi8(table, x)
#define TABLE(p) LOAD(p)
#define aes(x) _mm_aesenclast_si128(x, _mm_setzero_si128())

#include "sm4_lanes_aes.h"

#include "sm4_lanes.h"

size_t jk_sm4_macs_aesni(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    return macs(out, keys, in, in_len, padding, n);
}

#endif
