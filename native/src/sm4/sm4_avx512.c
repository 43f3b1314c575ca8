/* GB/T 32907 (SM4) with GFNI and AVX-512 (F, BW, VL): one block and a chain with four copies of each word in a register
 * (sm4_copies.h), up to eight blocks the same way in wider registers, more blocks cut by bytes (sm4_slice.h). */
#include "../jk_internal.h"

#ifdef JK_X86

#define JK_TARGET "gfni,avx2,avx512f,avx512bw,avx512vl"
#define XOR3(a, b, c) MM(ternarylogic_epi64)(a, b, c, 0x96)

#define JK_WIDTH 128
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
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
#include "sm4_copies.h"
#include "sm4_slice.h"

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

/* In one register of 512 bits or two. */
enum { FEW = 4, TWICE = 8 };

/* n is at most 8 and at least 2. What is read and written of a lane without a block is masked. */
INLINE void few(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n, const int sets)
{
    struct lanes_512 s[2];
    const __mmask8 rest = (__mmask8)((1u << 2 * (n - FEW * (size_t)(sets - 1))) - 1);
    for (int i = 0; i < sets; i++) {
        const V x = linear_512(_mm512_maskz_loadu_epi64(i < sets - 1 ? 0xff : rest, in + 64 * i));
        for (int j = 0; j < 4; j++)
            s[i].y[j] = word_512(x, j);
    }
    rounds_512(s, rk, sets);
    for (int i = 0; i < sets; i++)
        _mm512_mask_storeu_epi64(out + 64 * i, i < sets - 1 ? 0xff : rest, end_512(s[i].y));
}

/* The words of the sets, whatever their width. */
union words {
    __m512i wide[SETS][4][4];
    __m256i narrow[SETS][4][4];
};

enum { WIDE = 128, NARROW = 64 };

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
            uint8_t filled[BLOCK * NARROW] = {0};
            jk_copy(filled, in, BLOCK * done);
            pass_256(&keys, x.narrow, filled, filled, done > NARROW / 2 ? SETS : 1, mode, iv);
            jk_copy(out, filled, BLOCK * done);
            jk_wipe(filled, sizeof filled);
        }
        if (mode != ECB)
            jk_copy(iv, next, BLOCK);
    }
    jk_wipe(&keys, sizeof keys);
    jk_wipe(x.narrow, sizeof x.narrow);
    if (n >= WIDE)
        jk_wipe(x.wide, sizeof x.wide);
}

FN void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 1)
        one(rk, out, in);
    else if (n > TWICE)
        many(rk, out, in, n, ECB, NULL);
    else if (n > FEW)
        few(rk, out, in, n, 2);
    else if (n > 1)
        few(rk, out, in, n, 1);
}

FN size_t ctr(const uint32_t rk[32], uint8_t counter[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n <= TWICE)
        return 0;
    many(rk, out, in, n, CTR, counter);
    return n;
}

FN size_t cbc_decrypt(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n <= TWICE)
        return 0;
    many(rk, out, in, n, CBC, iv);
    return n;
}

const struct jk_sm4_ops jk_sm4_avx512 = {"avx512", schedule, blocks, chain, keyed, ctr, cbc_decrypt, jk_sm4_macs_avx512};

#endif
