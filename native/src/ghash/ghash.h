/* GHASH, the universal hash of GCM (NIST SP 800-38D, 6.4), in one form for all implementations.
 *
 * SP 800-38D numbers the bits of a block from the left. Read backwards, a block is a number of 128 bits in which bit i is
 * the factor of x^i, as carry-less multiplication wants it. The product of two such numbers then lacks a factor x, which
 * is put into the key, and with it the factor x^128 that a reduction from below leaves out (Montgomery's way; POLYVAL of
 * RFC 8452 is this hash). Modulus: x^128 + x^127 + x^126 + x^121 + 1. */
#ifndef JK_GHASH_H
#define JK_GHASH_H

#include "../jk_internal.h"

/* Powers of the key that a context holds, in words of 64 bits. */
enum { JK_GHASH_POWERS = 16, JK_GHASH_WORDS = 2 * JK_GHASH_POWERS };

struct jk_ghash_ops {
    const char *name;
    /* From the hash key `h`: the key to the powers 16, 15 ... 1, the lower word of each first. */
    void (*powers)(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16]);
    /* `hash` is a block as SP 800-38D writes it; n may be 0. */
    void (*update)(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n);
};

extern const struct jk_ghash_ops jk_ghash_portable;
#ifdef JK_X86
extern const struct jk_ghash_ops jk_ghash_pclmul;
extern const struct jk_ghash_ops jk_ghash_vpclmul;
/* The CPUs that have the wide instruction have the narrow one. */
void jk_ghash_pclmul_powers(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16]);
#endif
#ifdef JK_ARM64_PMULL
extern const struct jk_ghash_ops jk_ghash_pmull;
#endif

extern const struct jk_ghash_ops *jk_ghash_ops;

int jk_self_test_ghash(const struct jk_ghash_ops *ops);

/* x times the block `h` read backwards. The top bit decides nothing: it becomes a mask. */
static inline void jk_ghash_key(uint64_t key[2], const uint8_t h[16])
{
    const uint64_t high = jk_load64(h), low = jk_load64(h + 8);
    const uint64_t top = jk_opaque64(0 - (high >> 63));
    key[0] = (low << 1) ^ (top & 1);
    key[1] = (high << 1 | low >> 63) ^ (top & 0xc200000000000000u);
}

#endif
