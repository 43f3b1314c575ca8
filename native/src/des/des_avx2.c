/* FIPS 46-3 (DES) with AVX2: one block on bytes (des_bytes.h), many on planes of 256 (des_slice.h). Constant time: what is
 * looked up is looked up by shuffles, whose indices are constants. */
#include "des_internal.h"

#ifdef JK_X86

#define TARGET __attribute__((target("avx2")))
#define FN static TARGET void
#define INLINE static inline __attribute__((target("avx2"), always_inline))

/* A shuffle within sixteen bytes, of both halves in turn: an index that is not in the half has its top bit set. */
#define CONSTANTS                                                                                         \
    V low[6], high[6];                                                                                    \
    for (int i = 0; i < 6; i++) {                                                                         \
        low[i] = _mm256_add_epi8(LOAD(des_from + 32 * i), _mm256_set1_epi8(0x70));                        \
        high[i] = _mm256_sub_epi8(LOAD(des_from + 32 * i), _mm256_set1_epi8(0x10));                       \
    }
#define TAKE_ARGUMENTS const V low[6], const V high[6]
#define TAKE_PASS low, high
#define TAKE(v, i)                                                                                        \
    _mm256_or_si256(_mm256_shuffle_epi8(_mm256_permute4x64_epi64(v, 0x44), low[i]),                       \
                    _mm256_shuffle_epi8(_mm256_permute4x64_epi64(v, 0xee), high[i]))
#define PLACE(a, b, c) AND(a, XOR(b, c))
#define CHOOSE(mask, one, zero) XOR(zero, AND(mask, XOR(one, zero)))
#include "des_bytes.h"

#define V __m256i
#define SPLAT(x) _mm256_set1_epi64x((long long)(x))
#define XOR(a, b) _mm256_xor_si256(a, b)
#define AND(a, b) _mm256_and_si256(a, b)
#define OR(a, b) _mm256_or_si256(a, b)
#define ANDNOT(a, b) _mm256_andnot_si256(b, a)
#define SHL(a, n) _mm256_slli_epi64(a, n)
#define SHR(a, n) _mm256_srli_epi64(a, n)
#define BOX INLINE void
#define SLICE(name) ymm_##name
#include "des_slice.h"

static void macs(uint8_t *out, const struct jk_des_batch *batch, size_t n)
{
    for (size_t first = 0; first < n; first += ymm_LANES)
        ymm_macs(out, batch, first, n - first < ymm_LANES ? n - first : ymm_LANES);
}

const struct jk_des_ops jk_des_avx2 = {"avx2", 8, schedule, run, macs};

#endif
