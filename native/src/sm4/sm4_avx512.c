/* GB/T 32907 (SM4) with GFNI and AVX-512 (F, BW, VL): one block and a chain with four copies of each word in a register
 * (sm4_copies.h, sm4_step.h), up to eight blocks the same way in wider registers, more blocks cut by bytes (sm4_slice.h). */
#include "../jk_internal.h"

#ifdef JK_X86

#define JK_TARGET "gfni,avx2,avx512f,avx512bw,avx512vl"
#define XOR3(a, b, c) MM(ternarylogic_epi64)(a, b, c, 0x96)

#define JK_WIDTH 128
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
#include "sm4_step.h"
#include "sm4_chain.h"
#undef JK_WIDTH
#define JK_WIDTH 256
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
#include "sm4_pair.h"
#include "sm4_keyed.h"
#include "sm4_slice.h"
#undef JK_WIDTH
#define JK_WIDTH 512
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_slice.h"

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

/* 2 to 8 blocks, two in a register; `sets` registers, a constant. Of the last, what lies beyond the blocks is masked. */
INLINE void few(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n, const int sets)
{
    struct copies_256 s[4];
    const __mmask8 rest = n % 2 == 0 ? 0x0f : 0x03;
    for (int i = 0; i < sets; i++) {
        const __m256i x = linear_256(_mm256_maskz_loadu_epi64(i < sets - 1 ? 0x0f : rest, in + 32 * i));
        for (int j = 0; j < 4; j++)
            s[i].y[j] = word_256(x, j);
    }
    rounds_256(s, rk, sets);
    for (int i = 0; i < sets; i++)
        _mm256_mask_storeu_epi64(out + 32 * i, i < sets - 1 ? 0x0f : rest, end_256(s[i].y));
}

/* The words of the sets, whatever their width. */
union words {
    __m512i wide[SETS][4][4];
    __m256i narrow[SETS][4][4];
};

enum { WIDE = 128, NARROW = 64, FEW = 8 };

/* jk_wipe and jk_copy for a kilobyte or two, in whole blocks: "rep stos" and "rep movs", which the compiler would make of
 * these, take hundreds of cycles to begin. */
INLINE void wipe(void *p, size_t n)
{
    uint8_t *to = p;
    for (const uint8_t *const end = to + n; to < end; to += 32) {
        _mm256_storeu_si256((__m256i *)(void *)to, _mm256_setzero_si256());
        __asm__ volatile("" : "+r"(to) : : "memory");
    }
}

INLINE void copy(uint8_t *out, const uint8_t *in, size_t blocks)
{
    for (; blocks > 0; blocks--, in += BLOCK, out += BLOCK) {
        store(out, load(in));
        __asm__("" : "+r"(out));
    }
}

/* All of n blocks. The last pass is filled up. */
FN void many(const uint32_t rk[32], uint8_t *out, const uint8_t *in, const size_t n, const enum mode mode, uint8_t iv[BLOCK])
{
    struct slice_keys keys;
    union words x;
    uint8_t next[BLOCK] = {0};
    slice_keys(&keys, rk);
    for (size_t left = n, done; left > 0; left -= done, in += BLOCK * done, out += BLOCK * done) {
        done = left >= WIDE ? WIDE : left >= NARROW ? NARROW : left;
        proceed(next, iv, mode, in, done);
        if (done == WIDE) {
            pass_512(&keys, x.wide, out, in, SETS, mode, iv);
        } else if (done == NARROW) {
            pass_256(&keys, x.narrow, out, in, SETS, mode, iv);
        } else {
            uint8_t filled[BLOCK * NARROW];
            wipe(filled, sizeof filled);
            copy(filled, in, done);
            pass_256(&keys, x.narrow, filled, filled, done > NARROW / 2 ? SETS : 1, mode, iv);
            copy(out, filled, done);
            wipe(filled, sizeof filled);
        }
        if (mode != ECB)
            jk_copy(iv, next, BLOCK);
    }
    wipe(&keys, sizeof keys);
    wipe(&x, sizeof x.narrow);
    if (n >= WIDE)
        wipe(x.wide[1], sizeof x.wide[1]);
}

FN void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 1)
        one(rk, out, in);
    else if (n > FEW)
        many(rk, out, in, n, ECB, NULL);
    else if (n > 6)
        few(rk, out, in, n, 4);
    else if (n > 4)
        few(rk, out, in, n, 3);
    else if (n > 2)
        few(rk, out, in, n, 2);
    else if (n > 0)
        few(rk, out, in, n, 1);
}

FN size_t ctr(const uint32_t rk[32], uint8_t counter[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n <= FEW)
        return 0;
    many(rk, out, in, n, CTR, counter);
    return n;
}

FN size_t cbc_decrypt(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n <= FEW)
        return 0;
    many(rk, out, in, n, CBC, iv);
    return n;
}

const struct jk_sm4_ops jk_sm4_avx512 = {"avx512", schedule, blocks, chain, keyed, ctr, cbc_decrypt, jk_sm4_macs_avx512};

#endif
