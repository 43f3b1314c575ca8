/* What this CPU can do, asked of the CPU itself. */
#include "jk_internal.h"

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
    const unsigned os = saved(c);
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return features;
    if (c & bit_GFNI)
        features |= JK_CPU_GFNI;
    if ((b & bit_BMI2) && (b & bit_ADX))
        features |= JK_CPU_ADX;
    if ((os & YMM) == YMM && (b & bit_AVX2))
        features |= JK_CPU_AVX2;
    const unsigned avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    if ((features & JK_CPU_AVX2) && (os & ZMM) == ZMM && (b & avx512) == avx512 && (c & bit_AVX512VBMI))
        features |= JK_CPU_AVX512;
    return features;
}

#else

unsigned jk_cpu_features(void)
{
    return 0;
}

#endif
