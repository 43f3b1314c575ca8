/* What this CPU can do, asked of the CPU itself. */
#include "jk_internal.h"

#ifdef JK_X86

#include <cpuid.h>

unsigned jk_cpu_features(void)
{
    unsigned a, b, c, d, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    /* The AES-NI code also uses SSSE3 shuffles and SSE4.1 inserts; no CPU has AES-NI without them, but a hypervisor may
     * mask them one by one. */
    if ((c & bit_AES) && (c & bit_SSSE3) && (c & bit_SSE4_1))
        features |= JK_CPU_AESNI;
    return features;
}

#else

unsigned jk_cpu_features(void)
{
    return 0;
}

#endif
