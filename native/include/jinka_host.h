/* For programs with an operating system under them, after jinka.h: what a freestanding core cannot ask for itself. */
#ifndef JINKA_HOST_H
#define JINKA_HOST_H

#if defined(__linux__) && (defined(__aarch64__) || defined(__arm__))
#include <sys/auxv.h>
#endif

/* Call it before jk_init. */
static inline void jk_ask_host(void)
{
#if defined(__linux__) && (defined(__aarch64__) || defined(__arm__))
    jk_hwcaps(getauxval(AT_HWCAP));
#endif
}

#endif
