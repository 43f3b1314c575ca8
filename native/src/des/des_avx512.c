/* FIPS 46-3 (DES) with AVX-512 (F, BW, VL, VBMI): as des_avx2.c, with any function of three bits in one instruction, any
 * shuffle of 32 bytes in another, and planes of 512. */
#include "des_internal.h"

#ifdef JK_X86

#ifdef __clang__
#define TARGETS "avx512f,avx512bw,avx512vl,avx512vbmi"
#else
#define TARGETS "avx512f,avx512bw,avx512vl,avx512vbmi,prefer-vector-width=512"
#endif
#define FN static __attribute__((target(TARGETS))) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))

#define TAKE_PREPARE                                                                                      \
    V from[6];                                                                                            \
    for (int i = 0; i < 6; i++)                                                                           \
        from[i] = LOAD(des_from + 32 * i);
#define TAKE_ARGUMENTS const V from[6]
#define TAKE_PASS from
#define TAKE(v, i) _mm256_permutexvar_epi8(from[i], v)
#define PLACE(a, b, c) _mm256_ternarylogic_epi64(a, b, c, 0x60)
#define CHOOSE(mask, one, zero) _mm256_ternarylogic_epi64(mask, one, zero, 0xca)
#include "des_bytes.h"

#define SLICE(name) zmm_##name
#define V __m512i
#define SPLAT(x) _mm512_set1_epi64((long long)(x))
#define XOR(a, b) _mm512_xor_si512(a, b)
#define AND(a, b) _mm512_and_si512(a, b)
#define SHL(a, n) _mm512_slli_epi64(a, n)
#define SHR(a, n) _mm512_srli_epi64(a, n)
#define LUT(a, b, c, number) _mm512_ternarylogic_epi64(a, b, c, number)
#define BOX INLINE void
#include "des_slice.h"

static void macs(uint8_t *out, const struct jk_des_batch *batch, size_t n)
{
    for (size_t first = 0; first < n; first += zmm_LANES)
        zmm_macs(out, batch, first, n - first < zmm_LANES ? n - first : zmm_LANES);
}

const struct jk_des_ops jk_des_avx512 = {"avx512", 16, schedule, run, macs};

#endif
