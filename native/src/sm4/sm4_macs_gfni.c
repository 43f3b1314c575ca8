/* GB/T 32907 (SM4), 16 MACs side by side with GFNI: one instruction is the inversion with a linear map after it. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#define TARGETS "gfni,ssse3,sse4.1"
#define FN static __attribute__((target(TARGETS), noinline)) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))
enum { WORTH = 2, SETS = 1 };

#include "sm4_lanes_sse.h"

#define MATRIX(name) _mm_set1_epi64x((long long)JK_##name##_MATRIX)
#define AFFINE(x, name) _mm_gf2p8affine_epi64_epi8(x, MATRIX(name), JK_##name##_CONSTANT)
#define READY V
#define ready(x) (x)
#define MAP(x, name) _mm_gf2p8affineinv_epi64_epi8(x, MATRIX(name), JK_##name##_CONSTANT)

#include "sm4_lanes.h"

size_t jk_sm4_macs_gfni(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    return macs(out, keys, in, in_len, padding, n);
}

#endif
