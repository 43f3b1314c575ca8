/* FIPS 46-3 (DES) with AVX-512 (F, BW, VL, VBMI): as des_avx2.c, with any function of three bits in one instruction, any
 * shuffle of 32 bytes in another, all constants in registers, and planes of 512. */
#include "des_internal.h"

#ifdef JK_X86_64

#ifdef __clang__
#define TARGETS "avx512f,avx512bw,avx512vl,avx512vbmi"
#else
#define TARGETS "avx512f,avx512bw,avx512vl,avx512vbmi,prefer-vector-width=512"
#endif
#define FN static __attribute__((target(TARGETS))) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))

#define CONSTANTS                                                                                         \
    V from[6], row[8];                                                                                    \
    for (int i = 0; i < 6; i++)                                                                           \
        from[i] = LOAD(des_from + 32 * i);                                                                \
    for (int i = 0; i < 8; i++)                                                                           \
        row[i] = LOAD(des_rows + 32 * i);                                                                 \
    const V low = _mm256_set1_epi8(0x0f), zero = _mm256_setzero_si256();

/* round_of of des_bytes.h: 19 operations, of which nine cycles' worth wait for one another. In assembly for the order, which
 * was found by trying: Zen 4 chooses the unit of an instruction long before its operands are there, so that what could run
 * at once often does not. This order takes eleven cycles, those of compilers took twelve to nineteen. The numbers are truth
 * tables: the last operand chooses between the two before it; the first does between the two after it; the last AND the
 * XOR of the others. */
#define CHOSEN "$0xca"
#define CHOOSE "$0xd8"
#define PLACE "$0x60"
#define ROUND_CODE                                     \
    "vpermb %[r], %[f3], %[x3]\n\t"                    \
    "vpermb %[r], %[f0], %[x0]\n\t"                    \
    "vpermb %[r], %[f4], %[x4]\n\t"                    \
    "vpermb %[r], %[f1], %[x1]\n\t"                    \
    "vpermb %[r], %[f5], %[x5]\n\t"                    \
    "vpxor (%[k]), %[x0], %[x0]\n\t"                   \
    "vmovdqa64 %[x3], %[y1]\n\t"                       \
    "vpternlogq " CHOSEN ", %[r2], %[r3], %[y1]\n\t"   \
    "vpermb %[r], %[f2], %[x2]\n\t"                    \
    "vmovdqa64 %[x3], %[y3]\n\t"                       \
    "vpternlogq " CHOSEN ", %[r6], %[r7], %[y3]\n\t"   \
    "vmovdqa64 %[x3], %[y2]\n\t"                       \
    "vpternlogq " CHOSEN ", %[r4], %[r5], %[y2]\n\t"   \
    "vpternlogq " CHOSEN ", %[r0], %[r1], %[x3]\n\t"   \
    "vpternlogq " CHOOSE ", %[x4], %[y1], %[x3]\n\t"   \
    "vpxor 64(%[k]), %[l], %[l]\n\t"                   \
    "vpternlogq " CHOOSE ", %[x4], %[y3], %[y2]\n\t"   \
    "vpternlogq " PLACE ", 32(%[k]), %[x1], %[x0]\n\t" \
    "vpternlogq " CHOOSE ", %[x5], %[y2], %[x3]\n\t"   \
    "vpternlogq " PLACE ", %[low], %[x2], %[x0]\n\t"   \
    "vpternlogq " PLACE ", %[x3], %[l], %[x0]\n\t"     \
    "vpcmpeqb %[zero], %[x0], %[l]"

#define ROUND(other, half, key)                                                                               \
    do {                                                                                                      \
        V x0, x1, x2, x3, x4, x5, y1, y2, y3;                                                                 \
        __asm__(ROUND_CODE                                                                                    \
                : [l] "+x"(other), [x0] "=&x"(x0), [x1] "=&v"(x1), [x2] "=&v"(x2), [x3] "=&v"(x3),            \
                  [x4] "=&v"(x4), [x5] "=&v"(x5), [y1] "=&v"(y1), [y2] "=&v"(y2), [y3] "=&v"(y3)              \
                : [r] "v"(half), [f0] "v"(from[0]), [f1] "v"(from[1]), [f2] "v"(from[2]), [f3] "v"(from[3]),  \
                  [f4] "v"(from[4]), [f5] "v"(from[5]), [r0] "v"(row[0]), [r1] "v"(row[1]), [r2] "v"(row[2]), \
                  [r3] "v"(row[3]), [r4] "v"(row[4]), [r5] "v"(row[5]), [r6] "v"(row[6]), [r7] "v"(row[7]),   \
                  [low] "v"(low), [zero] "x"(zero), [k] "r"(key), "m"(*(key)));                               \
    } while (0)

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
