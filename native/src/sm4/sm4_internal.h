/* What the files of SM4 share. */
#ifndef JK_SM4_INTERNAL_H
#define JK_SM4_INTERNAL_H

#include "../jk_internal.h"

/* `rk` are plain round keys in every implementation, so that a context survives a change of implementation. A member that
 * is null is done without: sm4.c has another way. */
struct jk_sm4_ops {
    const char *name;
    void (*schedule)(uint32_t rk[32], const uint8_t key[16]);
    void (*blocks)(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n);
    /* CBC encryption of n blocks and then, unless null, of `last`; `iv` is replaced. `out` is null for a MAC. */
    void (*chain)(const uint32_t rk[32], uint8_t iv[16], uint8_t *out, const uint8_t *in, size_t n, const uint8_t *last);
    /* The same for a MAC of at least one block, under a key that is not kept. */
    void (*keyed)(const uint8_t key[16], uint8_t iv[16], const uint8_t *in, size_t n, const uint8_t *last);
    /* CTR, and CBC decryption with the reversed keys, of as many of n blocks as is worth while; that number. The counter
     * and `iv` are advanced by as much. `out` may be `in`. */
    size_t (*ctr)(const uint32_t rk[32], uint8_t counter[16], uint8_t *out, const uint8_t *in, size_t n);
    size_t (*cbc_decrypt)(const uint32_t rk[32], uint8_t iv[16], uint8_t *out, const uint8_t *in, size_t n);
    /* CBC-MACs of as many of n messages as are better done together; that number. Each has 16 bytes of `keys` and in_len
     * of `in`, which must suit the padding. */
    size_t (*macs)(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);
};

/* Members of that name. */
size_t jk_sm4_macs_aesni(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);
size_t jk_sm4_macs_avx2(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);
size_t jk_sm4_macs_gfni(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);
size_t jk_sm4_macs_gfni256(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);
size_t jk_sm4_macs_avx512(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n);

/* With an implementation that need not be the chosen one. As the members of the same names, without a null. */
void jk_sm4_chain(const struct jk_sm4_ops *ops, const uint32_t rk[32], uint8_t iv[16], uint8_t *out, const uint8_t *in,
                  size_t n, const uint8_t *last);
void jk_sm4_keyed(const struct jk_sm4_ops *ops, const uint8_t key[16], uint8_t iv[16], const uint8_t *in, size_t n,
                  const uint8_t *last);

int jk_sm4_answers(const struct jk_sm4_ops *ops);

/* In front of a loop over an array that must become registers. */
#ifdef __clang__
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

/* SM4's constants, GB/T 32907, 7.3. */
extern const uint32_t jk_sm4_fk[4];
extern const uint32_t jk_sm4_ck[32];

#endif
