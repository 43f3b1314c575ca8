/* SM2's curve on x86-64 with MULX (BMI2) and ADCX, ADOX (ADX): a multiplication that keeps its flags alive, and two
 * chains of carries at once. Constant-time, but for the functions that say otherwise.
 *
 * Written in assembly because compilers break chains of carries. p is -1 modulo 2^64, so that Montgomery's factor for a
 * word is the word itself; m p / 2^64 = m (2^192 - 2^160 - 2^32 + 1) rounded up, all shifts. */
#include "sm2_curve.h"

#ifdef JK_X86_64

#include <emmintrin.h>

#define INLINE static inline __attribute__((always_inline))

/* The words of p that are not all ones. */
static const uint64_t p1 = 0xffffffff00000000, p3 = 0xfffffffeffffffff;

/* (t1 t2 t3 t4, and a carry that takes the place of t0) = (t0 .. t4 + t0 p) / 2^64 */
#define FOLD(t0, t1, t2, t3, t4)                   \
    "mov " t0 ", %[lo]\n\tshl $32, %[lo]\n\t"      \
    "mov " t0 ", %[hi]\n\tshr $32, %[hi]\n\t"      \
    "add " t0 ", " t1 "\n\tadc $0, " t2 "\n\t"     \
    "adc $0, " t3 "\n\tadc " t0 ", " t4 "\n\t"     \
    "mov $0, " t0 "\n\tadc $0, " t0 "\n\t"         \
    "sub %[lo], " t1 "\n\tsbb %[hi], " t2 "\n\t"   \
    "sbb %[lo], " t3 "\n\tsbb %[hi], " t4 "\n\t"   \
    "sbb $0, " t0 "\n\t"

/* t0 .. t4 += a * the i-th word of x, in two chains of carries. */
#define ROW(i, t0, t1, t2, t3, t4)                                                                         \
    "mov " i "(%[x]), %%rdx\n\txor %[zero], %[zero]\n\t"                                                   \
    "mulx (%[a]), %[lo], %[hi]\n\tadcx %[lo], " t0 "\n\tadox %[hi], " t1 "\n\t"                            \
    "mulx 8(%[a]), %[lo], %[hi]\n\tadcx %[lo], " t1 "\n\tadox %[hi], " t2 "\n\t"                           \
    "mulx 16(%[a]), %[lo], %[hi]\n\tadcx %[lo], " t2 "\n\tadox %[hi], " t3 "\n\t"                          \
    "mulx 24(%[a]), %[lo], %[hi]\n\tadcx %[lo], " t3 "\n\tadox %[hi], " t4 "\n\tadcx %[zero], " t4 "\n\t"

/* r = (t0 .. t3, top) modulo p, in u0 .. u3 on the way. */
#define REDUCE(t0, t1, t2, t3, top, u0, u1, u2, u3)                                          \
    "mov " t0 ", " u0 "\n\tmov " t1 ", " u1 "\n\tmov " t2 ", " u2 "\n\tmov " t3 ", " u3 "\n\t" \
    "sub $-1, " u0 "\n\tsbb %[p1], " u1 "\n\tsbb $-1, " u2 "\n\tsbb %[p3], " u3 "\n\t"       \
    "sbb $0, " top "\n\t"                                                                    \
    "cmovc " t0 ", " u0 "\n\tcmovc " t1 ", " u1 "\n\tcmovc " t2 ", " u2 "\n\tcmovc " t3 ", " u3 "\n\t" \
    "mov " u0 ", (%[r])\n\tmov " u1 ", 8(%[r])\n\tmov " u2 ", 16(%[r])\n\tmov " u3 ", 24(%[r])\n\t"

INLINE void field_multiply(uint64_t *r, const uint64_t *a, const uint64_t *x)
{
    uint64_t t0, t1, t2, t3, t4, lo, hi, zero;
    __asm__ volatile(
        "mov (%[x]), %%rdx\n\t"
        "mulx (%[a]), %[t0], %[t1]\n\t"
        "mulx 8(%[a]), %[lo], %[t2]\n\tadd %[lo], %[t1]\n\t"
        "mulx 16(%[a]), %[lo], %[t3]\n\tadc %[lo], %[t2]\n\t"
        "mulx 24(%[a]), %[lo], %[t4]\n\tadc %[lo], %[t3]\n\tadc $0, %[t4]\n\t"
        FOLD("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[t4]")
        ROW("8", "%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]")
        FOLD("%[t1]", "%[t2]", "%[t3]", "%[t4]", "%[t0]")
        ROW("16", "%[t2]", "%[t3]", "%[t4]", "%[t0]", "%[t1]")
        FOLD("%[t2]", "%[t3]", "%[t4]", "%[t0]", "%[t1]")
        ROW("24", "%[t3]", "%[t4]", "%[t0]", "%[t1]", "%[t2]")
        FOLD("%[t3]", "%[t4]", "%[t0]", "%[t1]", "%[t2]")
        REDUCE("%[t4]", "%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[lo]", "%[hi]", "%[zero]", "%%rdx")
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [lo] "=&r"(lo),
          [hi] "=&r"(hi), [zero] "=&r"(zero)
        : [r] "r"(r), [a] "r"(a), [x] "r"(x), [p1] "m"(p1), [p3] "m"(p3)
        : "rdx", "cc", "memory");
}

/* As FOLD where the four words and p * t0 / 2^64 fit in four. */
#define FOLD4(t0, t1, t2, t3)                      \
    "mov " t0 ", %[lo]\n\tshl $32, %[lo]\n\t"      \
    "mov " t0 ", %[hi]\n\tshr $32, %[hi]\n\t"      \
    "add " t0 ", " t1 "\n\tadc $0, " t2 "\n\t"     \
    "adc $0, " t3 "\n\tadc $0, " t0 "\n\t"         \
    "sub %[lo], " t1 "\n\tsbb %[hi], " t2 "\n\t"   \
    "sbb %[lo], " t3 "\n\tsbb %[hi], " t0 "\n\t"

INLINE void field_square(uint64_t *r, const uint64_t *a)
{
    uint64_t t0, t1, t2, t3, t4, t5, t6, lo, hi;
    __asm__ volatile(
        "mov (%[a]), %%rdx\n\t"
        "mulx 8(%[a]), %[t1], %[t2]\n\t"
        "mulx 16(%[a]), %[lo], %[t3]\n\tadd %[lo], %[t2]\n\t"
        "mulx 24(%[a]), %[lo], %[t4]\n\tadc %[lo], %[t3]\n\tadc $0, %[t4]\n\t"
        "mov 8(%[a]), %%rdx\n\txor %[t6], %[t6]\n\t"
        "mulx 16(%[a]), %[lo], %[hi]\n\tadcx %[lo], %[t3]\n\tadox %[hi], %[t4]\n\t"
        "mulx 24(%[a]), %[lo], %[t5]\n\tadcx %[lo], %[t4]\n\tadox %[t6], %[t5]\n\tadcx %[t6], %[t5]\n\t"
        "mov 16(%[a]), %%rdx\n\t"
        "mulx 24(%[a]), %[lo], %[t6]\n\tadd %[lo], %[t5]\n\tadc $0, %[t6]\n\t"
        "xor %[lo], %[lo]\n\tmov (%[a]), %%rdx\n\t"
        "mulx %%rdx, %[t0], %[hi]\n\tadcx %[t1], %[t1]\n\tadox %[hi], %[t1]\n\tmov 8(%[a]), %%rdx\n\t"
        "mulx %%rdx, %[lo], %[hi]\n\tadcx %[t2], %[t2]\n\tadox %[lo], %[t2]\n\t"
        "adcx %[t3], %[t3]\n\tadox %[hi], %[t3]\n\tmov 16(%[a]), %%rdx\n\t"
        "mulx %%rdx, %[lo], %[hi]\n\tadcx %[t4], %[t4]\n\tadox %[lo], %[t4]\n\t"
        "adcx %[t5], %[t5]\n\tadox %[hi], %[t5]\n\tmov 24(%[a]), %%rdx\n\t"
        "mulx %%rdx, %[lo], %[hi]\n\tadcx %[t6], %[t6]\n\tadox %[lo], %[t6]\n\t"
        "mov $0, %%edx\n\tadcx %%rdx, %%rdx\n\tadox %[hi], %%rdx\n\t"
        FOLD4("%[t0]", "%[t1]", "%[t2]", "%[t3]")
        FOLD4("%[t1]", "%[t2]", "%[t3]", "%[t0]")
        FOLD4("%[t2]", "%[t3]", "%[t0]", "%[t1]")
        FOLD4("%[t3]", "%[t0]", "%[t1]", "%[t2]")
        "xor %k[lo], %k[lo]\n\t"
        "add %[t4], %[t0]\n\tadc %[t5], %[t1]\n\tadc %[t6], %[t2]\n\tadc %%rdx, %[t3]\n\tadc $0, %[lo]\n\t"
        REDUCE("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[lo]", "%[t4]", "%[t5]", "%[t6]", "%%rdx")
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [t5] "=&r"(t5),
          [t6] "=&r"(t6), [lo] "=&r"(lo), [hi] "=&r"(hi)
        : [r] "r"(r), [a] "r"(a), [p1] "m"(p1), [p3] "m"(p3)
        : "rdx", "cc", "memory");
}

INLINE void field_add(uint64_t *r, const uint64_t *a, const uint64_t *x)
{
    uint64_t t0, t1, t2, t3, u0, u1, u2, u3, top;
    __asm__ volatile(
        "mov (%[a]), %[t0]\n\tmov 8(%[a]), %[t1]\n\tmov 16(%[a]), %[t2]\n\tmov 24(%[a]), %[t3]\n\t"
        "xor %k[top], %k[top]\n\t"
        "add (%[x]), %[t0]\n\tadc 8(%[x]), %[t1]\n\tadc 16(%[x]), %[t2]\n\tadc 24(%[x]), %[t3]\n\tadc $0, %[top]\n\t"
        REDUCE("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[top]", "%[u0]", "%[u1]", "%[u2]", "%[u3]")
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [u0] "=&r"(u0), [u1] "=&r"(u1),
          [u2] "=&r"(u2), [u3] "=&r"(u3), [top] "=&r"(top)
        : [r] "r"(r), [a] "r"(a), [x] "r"(x), [p1] "m"(p1), [p3] "m"(p3)
        : "cc", "memory");
}

INLINE void field_sub(uint64_t *r, const uint64_t *a, const uint64_t *x)
{
    uint64_t t0, t1, t2, t3, m0, m1, m3;
    __asm__ volatile(
        "mov (%[a]), %[t0]\n\tmov 8(%[a]), %[t1]\n\tmov 16(%[a]), %[t2]\n\tmov 24(%[a]), %[t3]\n\t"
        "sub (%[x]), %[t0]\n\tsbb 8(%[x]), %[t1]\n\tsbb 16(%[x]), %[t2]\n\tsbb 24(%[x]), %[t3]\n\t"
        "sbb %[m0], %[m0]\n\t"
        "mov %[m0], %[m1]\n\tshl $32, %[m1]\n\tmov %[m0], %[m3]\n\tbtr $32, %[m3]\n\t"
        "add %[m0], %[t0]\n\tadc %[m1], %[t1]\n\tadc %[m0], %[t2]\n\tadc %[m3], %[t3]\n\t"
        "mov %[t0], (%[r])\n\tmov %[t1], 8(%[r])\n\tmov %[t2], 16(%[r])\n\tmov %[t3], 24(%[r])\n\t"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [m0] "=&r"(m0), [m1] "=&r"(m1),
          [m3] "=&r"(m3)
        : [r] "r"(r), [a] "r"(a), [x] "r"(x)
        : "cc", "memory");
}

/* Half of a, or of a + p, whichever is even. */
INLINE void field_halve(uint64_t *r, const uint64_t *a)
{
    uint64_t t0, t1, t2, t3, m0, m1, m3;
    __asm__ volatile(
        "mov (%[a]), %[t0]\n\tmov 8(%[a]), %[t1]\n\tmov 16(%[a]), %[t2]\n\tmov 24(%[a]), %[t3]\n\t"
        "mov %[t0], %[m0]\n\tand $1, %[m0]\n\tneg %[m0]\n\t"
        "mov %[m0], %[m1]\n\tshl $32, %[m1]\n\tmov %[m0], %[m3]\n\tbtr $32, %[m3]\n\t"
        "add %[m0], %[t0]\n\tadc %[m1], %[t1]\n\tadc %[m0], %[t2]\n\tadc %[m3], %[t3]\n\t"
        "rcr $1, %[t3]\n\trcr $1, %[t2]\n\trcr $1, %[t1]\n\trcr $1, %[t0]\n\t"
        "mov %[t0], (%[r])\n\tmov %[t1], 8(%[r])\n\tmov %[t2], 16(%[r])\n\tmov %[t3], 24(%[r])\n\t"
        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [m0] "=&r"(m0), [m1] "=&r"(m1),
          [m3] "=&r"(m3)
        : [r] "r"(r), [a] "r"(a)
        : "cc", "memory");
}

/* Entry number `which` of a row, counted from one; zeros for zero. Reads all of them. */
static void select_entry(uint64_t entry[8], const uint64_t row[JK_SM2_ENTRIES][8], uint64_t which)
{
    const __m128i wanted = _mm_set1_epi32((int)which), step = _mm_set1_epi32(1);
    __m128i a = _mm_setzero_si128(), e = a, c = a, d = a, count = a;
    for (size_t j = 0; j < JK_SM2_ENTRIES; j++) {
        const __m128i *from = (const __m128i *)(const void *)row[j];
        count = _mm_add_epi32(count, step);
        const __m128i mask = _mm_cmpeq_epi32(count, wanted);
        a = _mm_or_si128(a, _mm_and_si128(mask, _mm_loadu_si128(from)));
        e = _mm_or_si128(e, _mm_and_si128(mask, _mm_loadu_si128(from + 1)));
        c = _mm_or_si128(c, _mm_and_si128(mask, _mm_loadu_si128(from + 2)));
        d = _mm_or_si128(d, _mm_and_si128(mask, _mm_loadu_si128(from + 3)));
    }
    __m128i *to = (__m128i *)(void *)entry;
    _mm_storeu_si128(to, a);
    _mm_storeu_si128(to + 1, e);
    _mm_storeu_si128(to + 2, c);
    _mm_storeu_si128(to + 3, d);
}

#include "sm2_point.h"

const struct jk_sm2_ops jk_sm2_adx = {"adx", base, on_curve, tabulate_var, verify_var, verify_table_var, NULL};
const struct jk_sm2_ops jk_sm2_ifma = {"ifma",     base, on_curve, tabulate_var, verify_var, verify_table_var,
                                       &jk_sm2_ifma_lanes};

#endif
