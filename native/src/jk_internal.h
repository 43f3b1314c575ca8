/* What the files of the core share and no user sees. */
#ifndef JK_INTERNAL_H
#define JK_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "../include/jinka.h"

/* One implementation of an algorithm. */
struct jk_sm3_ops {
    const char *name;
    void (*compress)(uint32_t state[8], const uint8_t *blocks, size_t n);
    /* n messages of in_len bytes, one after the other, each continuing from `start`, the state after `before` bytes
     * (whole blocks): `lanes` of them at a time, of which `worth` suffice to make it worthwhile. 0, 0 and null: none. */
    size_t lanes;
    size_t worth;
    void (*digests)(uint8_t *out, const uint32_t start[8], uint64_t before, const uint8_t *in, size_t in_len, size_t n);
};

struct jk_sm4_ops; /* sm4/sm4_internal.h */

/* A chain of DES blocks: the value carried, and if `tail` a padded block that follows those of the call. */
struct jk_des_chain {
    uint64_t *state;
    uint64_t padded;
    int tail;
};

/* Independent messages of in_len bytes, the i-th at in + i * in_step under the key at keys + i * key_step. `inner` and
 * `last`: 1 for DES, 3 for triple DES, within the message and on its last block. */
struct jk_des_batch {
    const uint8_t *keys;
    size_t key_step;
    const uint8_t *in;
    size_t in_step;
    size_t in_len;
    int padding;
    int inner;
    int last;
    int decrypt; /* each step the other way, for blocks by themselves */
};

/* Round keys are the standard's, six bits in each byte of a word: the lowest byte is the first box, the lowest bit its
 * first input. */
struct jk_des_ops {
    const char *name;
    size_t worth; /* so many messages are better done together */
    void (*schedule)(uint64_t rk[16], const uint8_t key[8]);
    /* `inner` of the three keys, in order of use, on every block, `last` of them on the last. Without a chain the blocks
     * are independent. `out` may be null. */
    void (*run)(const uint64_t *const rounds[3], int inner, int last, const struct jk_des_chain *chain, uint8_t *out,
                const uint8_t *in, size_t n);
    void (*macs)(uint8_t *out, const struct jk_des_batch *batch, size_t n);
};

void jk_des_schedule(uint64_t rk[16], const uint8_t key[8]);
extern const struct jk_des_ops jk_des_portable;
extern const struct jk_des_ops *jk_des_ops;

extern const struct jk_sm3_ops jk_sm3_portable;
extern const struct jk_sm4_ops jk_sm4_portable;

/* Which families of implementations this build contains; whether the CPU can run one is asked at run time.
 * JK_PORTABLE_ONLY leaves all of them out. */
#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__) && !defined(JK_PORTABLE_ONLY)
#define JK_X86 1
extern const struct jk_sm4_ops jk_sm4_aesni;
extern const struct jk_sm4_ops jk_sm4_gfni;
extern const struct jk_sm4_ops jk_sm4_avx2;
extern const struct jk_sm4_ops jk_sm4_gfni256;
extern const struct jk_sm4_ops jk_sm4_avx512;
extern const struct jk_des_ops jk_des_avx2;
#ifdef __x86_64__
#define JK_X86_64 1
extern const struct jk_des_ops jk_des_avx512;
extern const struct jk_sm3_ops jk_sm3_avx2;
extern const struct jk_sm3_ops jk_sm3_avx512;
#endif
#endif

#if defined(__arm__) && __ARM_ARCH >= 7 && defined(__ARM_FP) && defined(__GNUC__) && !defined(__clang__) \
    && !defined(__ARM_BIG_ENDIAN) && !defined(JK_PORTABLE_ONLY)
#define JK_ARM32 1
extern const struct jk_sm4_ops jk_sm4_neon32;
#endif
#if defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN) \
    && !defined(JK_PORTABLE_ONLY)
#define JK_ARM64 1
extern const struct jk_sm4_ops jk_sm4_neon;
/* What a function with the instructions for SM3 and SM4 needs, if the compiler can. */
#if defined(__ARM_FEATURE_SM3) && defined(__ARM_FEATURE_SM4)
#define JK_ARM64_SM
#elif !defined(__clang__) && __GNUC__ >= 8
#define JK_ARM64_SM __attribute__((target("arch=armv8.2-a+sm4")))
#endif
#ifdef JK_ARM64_SM
extern const struct jk_sm3_ops jk_sm3_armv8;
extern const struct jk_sm4_ops jk_sm4_armv8;
#endif
/* The same for carry-less multiplication. */
#if defined(__ARM_FEATURE_AES) || defined(__ARM_FEATURE_CRYPTO)
#define JK_ARM64_PMULL
#elif !defined(__clang__) && __GNUC__ >= 8
#define JK_ARM64_PMULL __attribute__((target("+crypto")))
#endif
#endif

/* In use now; never null. Written by jk_init only. */
extern const struct jk_sm3_ops *jk_sm3_ops;
extern const struct jk_sm4_ops *jk_sm4_ops;

/* The bits of jk_cpu_features(). */
enum { JK_CPU_AESNI = 1, JK_CPU_GFNI = 2, JK_CPU_AVX2 = 4, JK_CPU_AVX512 = 8 /* F, BW, VL, VBMI */, JK_CPU_ADX = 16 };
enum { JK_CPU_PCLMUL = 32, JK_CPU_VPCLMUL = 64 /* with AVX512 */, JK_CPU_IFMA = 128 /* and AVX512F */ };
enum { JK_CPU_ARMSM3 = 0x100, JK_CPU_ARMSM4 = 0x200, JK_CPU_NEON = 0x400 /* 32-bit Arm's */, JK_CPU_PMULL = 0x800 };
unsigned jk_cpu_features(void);

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4);
int jk_self_test_des(const struct jk_des_ops *des);

static inline uint32_t jk_load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void jk_store32(uint8_t *p, uint32_t x)
{
    p[0] = (uint8_t)(x >> 24);
    p[1] = (uint8_t)(x >> 16);
    p[2] = (uint8_t)(x >> 8);
    p[3] = (uint8_t)x;
}

static inline uint64_t jk_load64(const uint8_t *p)
{
    return (uint64_t)jk_load32(p) << 32 | jk_load32(p + 4);
}

static inline void jk_store64(uint8_t *p, uint64_t x)
{
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Of the other way gcc 12 makes 16 bytes put together one by one where two of these stand side by side. */
    x = __builtin_bswap64(x);
    __builtin_memcpy(p, &x, sizeof x);
#else
    jk_store32(p, (uint32_t)(x >> 32));
    jk_store32(p + 4, (uint32_t)x);
#endif
}

static inline uint32_t jk_rotl32(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

/* x, of which the compiler must not know where it came from. */
static inline uint64_t jk_opaque64(uint64_t x)
{
#ifdef __GNUC__
    __asm__("" : "+r"(x));
    return x;
#else
    volatile uint64_t hidden = x;
    return hidden;
#endif
}

/* A message of no bytes may be null, to which C does not let even zero be added. */
static inline const uint8_t *jk_from(const uint8_t *in)
{
    static const uint8_t nothing[1];
    return in != NULL ? in : nothing;
}

static inline void jk_xor(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] ^ b[i];
}

static inline void jk_copy(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[i];
}

/* What CBC does after the blocks of `in` were decrypted to `plain`. `out` may be `in`. */
static inline void jk_unchain(uint8_t *out, uint8_t *plain, uint8_t *iv, const uint8_t *in, size_t n, size_t block)
{
    jk_xor(plain, plain, iv, block);
    jk_xor(plain + block, plain + block, in, n - block);
    jk_copy(iv, in + n - block, block);
    jk_copy(out, plain, n);
}

#endif
