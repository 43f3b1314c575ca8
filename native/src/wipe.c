/* Overwriting secrets, and comparing them. */
#include "jk_internal.h"

void jk_wipe(void *p, size_t n)
{
#ifdef __GNUC__
    __builtin_memset(p, 0, n);
    /* The compiler must believe that somebody reads the zeros. */
    __asm__ volatile("" : : "r"(p) : "memory");
#else
    volatile unsigned char *bytes = p;
    while (n--)
        *bytes++ = 0;
#endif
}

int jk_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint64_t difference = 0;
    for (size_t i = 0; i < n; i++)
        difference |= (uint64_t)(a[i] ^ b[i]);
    /* 0..255 minus one: only 0 borrows into the top bit. */
    return (int)((jk_opaque64(difference) - 1) >> 63);
}
