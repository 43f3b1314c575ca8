/* What this CPU can do, asked of the CPU itself. */
#include "jk_internal.h"

#ifdef JK_X86

#include <cpuid.h>

unsigned jk_cpu_features(void)
{
    unsigned a, b, c, d, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    /* Both implementations also use SSSE3 and SSE4.1. No CPU has the newer instructions without these, but a hypervisor
     * may mask them one by one. Registers of 128 bits need no question to the operating system. */
    if (!(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return 0;
    if (c & bit_AES)
        features |= JK_CPU_AESNI;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        if (c & bit_GFNI)
            features |= JK_CPU_GFNI;
        if ((b & bit_BMI2) && (b & bit_ADX))
            features |= JK_CPU_ADX;
    }
    return features;
}

#else

unsigned jk_cpu_features(void)
{
    return 0;
}

#endif
