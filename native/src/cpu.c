/* What this CPU can do: asked of the CPU itself, or, where only the operating system may ask, told by jk_hwcaps. */
#include "jk_internal.h"

#if defined(JK_ARM64) || defined(JK_ARM32)
static uint64_t told;
#endif

void jk_hwcaps(uint64_t bits)
{
#if defined(JK_ARM64) || defined(JK_ARM32)
    told = bits;
#else
    (void)bits;
#endif
}

#ifdef JK_X86

#include <cpuid.h>

/* The registers that the operating system saves and restores: bits of XCR0. */
static unsigned saved(unsigned c)
{
    unsigned low = 0, high;
    if (c & bit_OSXSAVE)
        __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

unsigned jk_cpu_features(void)
{
    enum { YMM = 0x06, ZMM = 0xe6 };
    unsigned a, b, c, d, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    /* The narrow implementations also use SSSE3 and SSE4.1. No CPU has the newer instructions without these, but a hypervisor
     * may mask them one by one. Registers of 128 bits need no question to the operating system. */
    if (!(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return 0;
    if (c & bit_AES)
        features |= JK_CPU_AESNI;
    if (c & bit_PCLMUL)
        features |= JK_CPU_PCLMUL;
    const unsigned os = saved(c);
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return features;
    if (c & bit_GFNI)
        features |= JK_CPU_GFNI;
    if ((b & bit_BMI2) && (b & bit_ADX))
        features |= JK_CPU_ADX;
    /* SM3's also have BMI2, as does every CPU that has AVX2. */
    if ((os & YMM) == YMM && (b & bit_AVX2) && (b & bit_BMI2))
        features |= JK_CPU_AVX2;
    const unsigned avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    if ((features & JK_CPU_AVX2) && (os & ZMM) == ZMM && (b & avx512) == avx512 && (c & bit_AVX512VBMI))
        features |= JK_CPU_AVX512;
    if ((features & JK_CPU_AVX512) && (features & JK_CPU_PCLMUL) && (c & bit_VPCLMULQDQ))
        features |= JK_CPU_VPCLMUL;
    if ((os & ZMM) == ZMM && (b & bit_AVX512F) && (b & bit_AVX512IFMA))
        features |= JK_CPU_IFMA;
    return features;
}

#elif defined(JK_ARM64)

/* An Arm CPU answers only to privileged code: elsewhere the question itself may be an illegal instruction. Bits of
 * Linux's AT_HWCAP; what the compiler may use everywhere needs no question. */
unsigned jk_cpu_features(void)
{
    enum { PMULL = 1 << 4, CRC32 = 1 << 7, ATOMICS = 1 << 8, ASIMDRDM = 1 << 12, SM3 = 1 << 18, SM4 = 1 << 19 };
    unsigned features = 0;
    /* The compiler is given all of Armv8.2 with them. No CPU has SM3 or SM4 without it, but a hypervisor may mask one
     * by one. */
    const uint64_t base = CRC32 | ATOMICS | ASIMDRDM;
    if ((told & base) == base && (told & SM3))
        features |= JK_CPU_ARMSM3;
    if ((told & base) == base && (told & SM4))
        features |= JK_CPU_ARMSM4;
    if (told & PMULL)
        features |= JK_CPU_PMULL;
#if defined(__ARM_FEATURE_AES) || defined(__ARM_FEATURE_CRYPTO)
    features |= JK_CPU_PMULL;
#endif
#if defined(__ARM_FEATURE_SM3) && defined(__ARM_FEATURE_SM4)
    features |= JK_CPU_ARMSM3 | JK_CPU_ARMSM4;
#endif
    return features;
}

#elif defined(JK_ARM32)

unsigned jk_cpu_features(void)
{
    enum { NEON = 1 << 12 };
#ifdef __ARM_NEON
    return JK_CPU_NEON;
#else
    return told & NEON ? JK_CPU_NEON : 0;
#endif
}

#else

unsigned jk_cpu_features(void)
{
    return 0;
}

#endif
