/* GB/T 32907 (SM4) with GFNI and AVX-512, cut by bytes: byte j of all blocks in register j, so that the linear map L of a
 * round needs no shuffle. Included for one JK_WIDTH after another (sm4_x86.h).
 *
 * Words are kept as check/sm4_affine.py explains, and each a mask beside its true value, which runs through the rounds so that
 * a round key is added with the last three terms of a sum and not by an instruction of its own: the masks of three words
 * that follow one another add up to the round key that their sum needs. Two sets of blocks take turns, because one waits for
 * itself; their words are in memory, only the sums in registers. */

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

#ifndef JK_SM4_SLICE_H
#define JK_SM4_SLICE_H

enum { SETS = 2 };

/* A function too long to have twice. */
#ifdef __clang__
#define ONCE __attribute__((noinline))
#else
#define ONCE __attribute__((noinline, noclone))
#endif

/* Bytes repeated four times: what a round adds, and the mask of the last word of the input. `last`: of the output. */
struct slice_keys {
    uint32_t round[32][4], first[4];
    __m128i last;
};

FN void slice_keys(struct slice_keys *keys, const uint32_t rk[32])
{
    const __m512i bytes = _mm512_set_epi32(0x0c0c0c0c, 0x0d0d0d0d, 0x0e0e0e0e, 0x0f0f0f0f, 0x08080808, 0x09090909, 0x0a0a0a0a,
                                           0x0b0b0b0b, 0x04040404, 0x05050505, 0x06060606, 0x07070707, 0x00000000, 0x01010101,
                                           0x02020202, 0x03030303);
    const __m128i turned = _mm_loadu_si128((const __m128i *)(const void *)turned_words);
    uint32_t k[32], mask[36] = {0};
    for (int i = 0; i < 32; i += 4) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(rk + i));
        _mm_storeu_si128((__m128i *)(void *)(k + i),
                         _mm_gf2p8affine_epi64_epi8(x, _mm_set1_epi64x(JK_BEFORE_MATRIX), JK_BEFORE_CONSTANT));
    }
    /* The first three words have none, nor has the last. */
    mask[3] = k[0];
    for (int i = 4; i < 35; i++) {
        uint32_t x = mask[i - 3] ^ k[i - 4] ^ k[i - 3];
        /* One by one: three at a time, as gcc 12 would, takes five times as long. */
        __asm__("" : "+r"(x));
        mask[i] = x;
    }
    for (int i = 0; i < 32; i++)
        k[i] = mask[i] ^ mask[i + 4];
    for (int i = 0; i < 32; i += 4) {
        const __m512i x = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(k + i)));
        _mm512_storeu_si512(keys->round[i], _mm512_shuffle_epi8(x, bytes));
    }
    _mm_storeu_si128((__m128i *)(void *)keys->first,
                     _mm_shuffle_epi8(_mm_cvtsi32_si128((int)mask[3]), _mm512_castsi512_si128(bytes)));
    const __m128i last = _mm_set_epi32((int)mask[32], (int)mask[33], (int)mask[34], 0);
    keys->last = _mm_gf2p8affine_epi64_epi8(_mm_shuffle_epi8(last, turned), _mm_set1_epi64x((long long)JK_BACK_MATRIX), 0);
    jk_wipe(k, sizeof k);
    jk_wipe(mask, sizeof mask);
}
#endif

/* Turns 16 registers of blocks into one for each byte, and back; block i of register m is then at 16 i + m. */
INLINE void NAMED(transpose)(V x[16])
{
    for (int pass = 0; pass < 4; pass++) {
        V y[16];
        for (int i = 0; i < 8; i++) {
            y[2 * i] = MM(unpacklo_epi8)(x[i], x[i + 8]);
            y[2 * i + 1] = MM(unpackhi_epi8)(x[i], x[i + 8]);
        }
        for (int i = 0; i < 16; i++)
            x[i] = y[i];
    }
}

INLINE V NAMED(every)(uint32_t x)
{
    return MM(set1_epi32)((int)x);
}

/* One round on one set. t: the sum that it inverts, and then the next round's; x: the oldest word, then the new one; after:
 * the word that was made after it. */
INLINE void NAMED(slice_round)(V t[4], V x[4], const V after[4], const uint32_t key[4])
{
    V a[4], c[4], y[4];
    for (int i = 0; i < 4; i++) {
        a[i] = MM(gf2p8affineinv_epi64_epi8)(t[i], EACH64(JK_MIX1_MATRIX), JK_MIX1_CONSTANT);
        c[i] = MM(gf2p8affineinv_epi64_epi8)(t[i], EACH64(JK_MIX3_MATRIX), 0);
    }
    for (int i = 0; i < 4; i++) {
        y[i] = XOR3(x[i], a[i], NAMED(every)(key[i]));
        y[i] = XOR3(y[i], a[(i + 1) % 4], a[(i + 2) % 4]);
    }
    for (int i = 0; i < 4; i++) {
        y[i] = XOR3(y[i], c[i], c[(i + 3) % 4]);
        t[i] = XOR3(t[i], after[i], y[i]);
        x[i] = y[i];
    }
}

INLINE void NAMED(slice_rounds)(V (*x)[4][4], const struct slice_keys *keys, const int sets)
{
    V t[SETS][4];
    const uint32_t(*k)[4] = keys->round;
    if (sets == 1) {
        for (int j = 0; j < 4; j++)
            t[0][j] = XOR3(x[0][1][j], x[0][2][j], x[0][3][j]);
        for (int i = 0; i < 32; i += 4)
            for (int r = 0; r < 4; r++)
                NAMED(slice_round)(t[0], x[0][r], x[0][(r + 1) % 4], *k++);
        return;
    }
    for (int s = 0; s < SETS; s++)
        for (int j = 0; j < 4; j++)
            t[s][j] = XOR3(x[s][1][j], x[s][2][j], x[s][3][j]);
    for (int i = 0; i < 32; i += 4)
        for (int r = 0; r < 4; r++, k++)
            for (int s = 0; s < SETS; s++)
                NAMED(slice_round)(t[s], x[s][r], x[s][(r + 1) % 4], *k);
}

/* Puts the words of a set in place. */
INLINE void NAMED(put)(V x[4][4], const V y[16], const struct slice_keys *keys)
{
    for (int i = 0; i < 16; i++)
        x[i / 4][i % 4] = i < 12 ? y[i] : SI(xor)(y[i], NAMED(every)(keys->first[i % 4]));
}

INLINE void NAMED(put_blocks)(V x[4][4], const uint8_t *in, const struct slice_keys *keys)
{
    V y[16];
    for (int i = 0; i < 16; i++)
        y[i] = SI(loadu)((const void *)(in + JK_WIDTH / 8 * i));
    NAMED(transpose)(y);
    for (int i = 0; i < 16; i++)
        y[i] = MM(gf2p8affine_epi64_epi8)(y[i], EACH64(JK_BEFORE_MATRIX), 0);
    NAMED(put)(x, y, keys);
}

/* Counter blocks need no transposition: only the last byte differs from lane to lane, and for the lanes where it overflows
 * the others are those of the counter 256 further on. */
INLINE void NAMED(put_counters)(V x[4][4], struct counter first, const struct slice_keys *keys)
{
    uint8_t here[16], on[16], steps[JK_WIDTH / 8];
    V y[16];
    for (int i = 0; i < JK_WIDTH / 8; i++)
        steps[i] = (uint8_t)(i % 16 * (JK_WIDTH / 128) + i / 16);
    const V start = MM(set1_epi8)((char)first.low);
    const V lanes = MM(add_epi8)(start, SI(loadu)((const void *)steps));
    put_counter(here, first);
    put_counter(on, later(first, 256));
    /* A mask would be a secret, and what a masked load does is not for secrets. */
    const V over = MM(movm_epi8)(MM(cmplt_epu8_mask)(lanes, start));
    for (int i = 0; i < 15; i++)
        y[i] = MM(ternarylogic_epi64)(MM(set1_epi8)((char)here[i]), over, MM(set1_epi8)((char)(here[i] ^ on[i])), 0x78);
    y[15] = lanes;
    for (int i = 0; i < 16; i++)
        y[i] = MM(gf2p8affine_epi64_epi8)(y[i], EACH64(JK_BEFORE_MATRIX), 0);
    NAMED(put)(x, y, keys);
}

/* `x`, then all of y but its last block. */
INLINE V NAMED(behind)(__m128i x, V y)
{
#if JK_WIDTH == 512
    return _mm512_alignr_epi64(y, _mm512_broadcast_i32x4(x), 6);
#else
    return _mm256_inserti128_si256(_mm256_castsi128_si256(x), _mm256_castsi256_si128(y), 1);
#endif
}

/* Writes the blocks of a set. With CTR and CBC something is added to them: `in`, or the block before, which is `before` for
 * the first, or in memory if that is null. `out` may be `in`: the last blocks go first, as each waits for one before it. */
INLINE void NAMED(take)(uint8_t *out, V x[4][4], const struct slice_keys *keys, const enum mode mode, const uint8_t *in,
                        const __m128i *before)
{
    const V last = EVERY16(&keys->last);
    V y[16];
    for (int i = 0; i < 16; i++)
        y[i] = MM(gf2p8affine_epi64_epi8)(x[3 - i / 4][i % 4], EACH64(JK_BACK_MATRIX), 0);
    NAMED(transpose)(y);
    for (int i = 15; i >= 0; i--) {
        const uint8_t *const at = in + JK_WIDTH / 8 * i;
        if (mode == ECB)
            y[i] = SI(xor)(y[i], last);
        else if (mode == CTR)
            y[i] = XOR3(y[i], last, SI(loadu)((const void *)at));
        else if (i == 0 && before != NULL)
            y[i] = XOR3(y[i], last, NAMED(behind)(*before, SI(loadu)((const void *)at)));
        else
            y[i] = XOR3(y[i], last, SI(loadu)((const void *)(at - 16)));
        SI(storeu)((void *)(out + JK_WIDTH / 8 * i), y[i]);
    }
}

/* One or two sets. `iv` is the counter, or the block before; it is only read. */
FN ONCE void NAMED(pass)(const struct slice_keys *keys, V (*x)[4][4], uint8_t *out, const uint8_t *in, const int sets,
                         const enum mode mode, const uint8_t *iv)
{
    enum { BYTES = 2 * JK_WIDTH };
    if (mode == CTR) {
        for (int s = 0; s < sets; s++)
            NAMED(put_counters)(x[s], later(counter_at(iv), BYTES / 16 * (uint64_t)s), keys);
    } else {
        for (int s = 0; s < sets; s++)
            NAMED(put_blocks)(x[s], in + BYTES * s, keys);
    }
    NAMED(slice_rounds)(x, keys, sets);
    if (mode == CBC) {
        const __m128i before = _mm_loadu_si128((const __m128i *)(const void *)iv);
        for (int s = sets - 1; s >= 0; s--)
            NAMED(take)(out + BYTES * s, x[s], keys, CBC, in + BYTES * s, s == 0 ? &before : NULL);
    } else {
        for (int s = 0; s < sets; s++)
            if (mode == CTR)
                NAMED(take)(out + BYTES * s, x[s], keys, CTR, in + BYTES * s, NULL);
            else
                NAMED(take)(out + BYTES * s, x[s], keys, ECB, in, NULL);
    }
}

#undef INLINE
#undef FN
