/* GB/T 32907 (SM4) in 128-bit registers: four blocks side by side, one register for each of a block's four words.
 * Included once by an implementation that has defined
 *   JK_TARGET                     what the compiler may use, for __attribute__((target))
 *   __m128i bytes(__m128i)        the S-box on 16 bytes if all four words are equal; their order may change otherwise
 *   __m128i add_transform(__m128i a, __m128i x)    a ^ T(x), where T is L of the S-box, on four words
 * It gives `schedule` and `blocks`. One block takes the time of four: the latency is the same. */
#ifndef JK_SM4_SSE_H
#define JK_SM4_SSE_H

#define JK_FN static inline __attribute__((target(JK_TARGET), always_inline))

JK_FN __m128i left(__m128i x, int n)
{
    return _mm_or_si128(_mm_slli_epi32(x, n), _mm_srli_epi32(x, 32 - n));
}

JK_FN __m128i xor3(__m128i a, __m128i b, __m128i c)
{
    return _mm_xor_si128(_mm_xor_si128(a, b), c);
}

JK_FN __m128i swap_words(__m128i x)
{
    return _mm_shuffle_epi8(x, _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

JK_FN __m128i load(const uint8_t *p)
{
    return swap_words(_mm_loadu_si128((const __m128i *)(const void *)p));
}

JK_FN void store(uint8_t *p, __m128i x)
{
    _mm_storeu_si128((__m128i *)(void *)p, swap_words(x));
}

/* Four blocks <-> four registers of first, second, third, fourth words. */
JK_FN void transpose(__m128i x[4])
{
    const __m128i a = _mm_unpacklo_epi32(x[0], x[1]), b = _mm_unpacklo_epi32(x[2], x[3]);
    const __m128i c = _mm_unpackhi_epi32(x[0], x[1]), d = _mm_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm_unpacklo_epi64(a, b);
    x[1] = _mm_unpackhi_epi64(a, b);
    x[2] = _mm_unpacklo_epi64(c, d);
    x[3] = _mm_unpackhi_epi64(c, d);
}

JK_FN __m128i fresh(__m128i a, __m128i b, __m128i c, __m128i d, __m128i k)
{
    /* d is the word that was made last: it is added last. */
    return add_transform(a, _mm_xor_si128(xor3(b, c, k), d));
}

JK_FN __m128i round_key(const uint32_t *rk)
{
    return _mm_set1_epi32((int)*rk);
}

JK_FN void one(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    const __m128i block = load(in);
    __m128i x[4] = {_mm_shuffle_epi32(block, 0x00), _mm_shuffle_epi32(block, 0x55), _mm_shuffle_epi32(block, 0xaa),
                    _mm_shuffle_epi32(block, 0xff)};
    for (int i = 0; i < 32; i += 4)
        for (int j = 0; j < 4; j++)
            x[j] = fresh(x[j], x[(j + 1) % 4], x[(j + 2) % 4], x[(j + 3) % 4], round_key(rk + i + j));
    store(out, _mm_unpacklo_epi64(_mm_unpacklo_epi32(x[3], x[2]), _mm_unpacklo_epi32(x[1], x[0])));
}

/* `sets` times four blocks. A set waits for itself most of the time, which the others fill. Every caller's `sets` is a
 * constant, so that the loops unroll and the arrays become registers. */
JK_FN void fours(const uint32_t rk[32], uint8_t *out, const uint8_t *in, const int sets)
{
    __m128i x[4][4];
    for (int s = 0; s < sets; s++) {
        for (int i = 0; i < 4; i++)
            x[s][i] = load(in + 64 * s + 16 * i);
        transpose(x[s]);
    }
    for (int i = 0; i < 32; i += 4)
        for (int j = 0; j < 4; j++) {
            const __m128i k = round_key(rk + i + j);
            for (int s = 0; s < sets; s++)
                x[s][j] = fresh(x[s][j], x[s][(j + 1) % 4], x[s][(j + 2) % 4], x[s][(j + 3) % 4], k);
        }
    for (int s = 0; s < sets; s++) {
        __m128i y[4] = {x[s][3], x[s][2], x[s][1], x[s][0]};
        transpose(y);
        for (int i = 0; i < 4; i++)
            store(out + 64 * s + 16 * i, y[i]);
    }
}

static __attribute__((target(JK_TARGET))) void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    for (; n >= 16; n -= 16, in += 256, out += 256)
        fours(rk, out, in, 4);
    for (; n >= 8; n -= 8, in += 128, out += 128)
        fours(rk, out, in, 2);
    for (; n >= 4; n -= 4, in += 64, out += 64)
        fours(rk, out, in, 1);
    if (n == 1) {
        one(rk, out, in);
    } else if (n > 0) {
        uint8_t padded[64] = {0};
        jk_copy(padded, in, 16 * n);
        fours(rk, padded, padded, 1);
        jk_copy(out, padded, 16 * n);
        jk_wipe(padded, sizeof padded);
    }
}

static __attribute__((target(JK_TARGET))) void schedule(uint32_t rk[32], const uint8_t key[16])
{
    __m128i k[4];
    for (int i = 0; i < 4; i++)
        k[i] = _mm_set1_epi32((int)(jk_load32(key + 4 * i) ^ jk_sm4_fk[i]));
    for (int i = 0; i < 32; i += 4)
        for (int j = 0; j < 4; j++) {
            const __m128i b = bytes(_mm_xor_si128(
                xor3(k[(j + 1) % 4], k[(j + 2) % 4], round_key(jk_sm4_ck + i + j)), k[(j + 3) % 4]));
            k[j] = _mm_xor_si128(k[j], xor3(b, left(b, 13), left(b, 23)));
            rk[i + j] = (uint32_t)_mm_cvtsi128_si32(k[j]);
        }
    jk_wipe(k, sizeof k);
}

#endif
