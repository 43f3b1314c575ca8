/* GB/T 32907 (SM4) with GFNI and AVX-512, cut by bytes: byte j of all blocks in register j, so that the linear map L of a
 * round needs no shuffle. Included for one JK_WIDTH after another (sm4_x86.h).
 *
 * Words are kept as check/sm4_lanes.py explains, and each with a mask added to its true value. A round adds to the masks where
 * a sum has a term to spare, which costs no instruction, and so that those of three words that follow one another add up to
 * the round key that their sum needs. Bytes 1 to 3 can have that: what is added to the parts of L reaches several bytes, and
 * the mask of byte 0 is always the sum of those of bytes 1 and 2. Its round key, with these two added, goes into a sum that two
 * rounds share.
 *
 * Two sets of blocks take turns, because one waits for itself; their words are in memory, only the sums in registers. */

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

#ifndef JK_SM4_SLICE_H
#define JK_SM4_SLICE_H

#include "sm4_maps.h"

enum { SETS = 2 };

/* A function too long to have twice. */
#ifdef __clang__
#define ONCE __attribute__((noinline))
#else
#define ONCE __attribute__((noinline, noclone))
#endif

/* Bytes repeated four times: what a round adds, to the sum of byte 0 after it (the last one: to the first sum of all), to the
 * parts of bytes 1 and 2 and to byte 3; and the mask of the last word of the input. `last`: the masks of the output. */
struct slice_keys {
    uint32_t round[32][4], first[4];
    __m128i last;
};

INLINE __m512i xor3_512(__m512i a, __m512i b, __m512i c)
{
    return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* Words, the first byte of each now the sum of the next two. */
INLINE __m128i masks(__m128i x)
{
    const __m128i sum = _mm_xor_si128(_mm_slli_epi32(x, 8), _mm_slli_epi32(x, 16));
    return _mm_ternarylogic_epi32(_mm_set1_epi32(0x00ffffff), x, sum, 0xca);
}

/* 16 rounds. What words gain, `change`, comes from the parts: byte 1 from those of bytes 0 and 2, byte 2 from those of 0 and 1,
 * and byte 3 from all. `sum`: in its first byte, what the sum of byte 0 takes. */
INLINE void put_keys(uint32_t to[16][4], __m512i change, __m512i sum)
{
    const __m512i bytes = _mm512_set_epi32(0x0c0c0c0c, 0x0e0e0e0e, 0x0d0d0d0d, 0x0f0f0f0f, 0x08080808, 0x0a0a0a0a, 0x09090909,
                                           0x0b0b0b0b, 0x04040404, 0x06060606, 0x05050505, 0x07070707, 0x00000000, 0x02020202,
                                           0x01010101, 0x03030303);
    const __m512i all = xor3_512(change, _mm512_srli_epi32(change, 8), _mm512_srli_epi32(change, 16));
    const __m512i low = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0xff), all, change, 0xca);
    const __m512i x = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0x00ffffff), low, sum, 0xca);
    _mm512_storeu_si512(to[0], _mm512_shuffle_epi8(_mm512_shuffle_i32x4(x, x, 0x00), bytes));
    _mm512_storeu_si512(to[4], _mm512_shuffle_epi8(_mm512_shuffle_i32x4(x, x, 0x55), bytes));
    _mm512_storeu_si512(to[8], _mm512_shuffle_epi8(_mm512_shuffle_i32x4(x, x, 0xaa), bytes));
    _mm512_storeu_si512(to[12], _mm512_shuffle_epi8(_mm512_shuffle_i32x4(x, x, 0xff), bytes));
}

/* In the first byte of each word, the sum of its first three. */
INLINE __m512i sums_of_three(__m512i x)
{
    return xor3_512(x, _mm512_slli_epi32(x, 8), _mm512_slli_epi32(x, 16));
}

FN void slice_keys(struct slice_keys *keys, const uint32_t rk[32])
{
    const __m512i enter = _mm512_set1_epi64(JK_ENTER_KEY_MATRIX);
    const __m128i turned = _mm_loadu_si128((const __m128i *)(const void *)turned_words);
    const __m128i repeated = _mm_set_epi32(0x00000000, 0x01010101, 0x02020202, 0x03030303);
    const __m512i none = _mm512_setzero_si512();
    const __m512i x = _mm512_gf2p8affine_epi64_epi8(_mm512_loadu_si512(rk), enter, JK_ENTER_KEY_CONSTANT);
    const __m512i y = _mm512_gf2p8affine_epi64_epi8(_mm512_loadu_si512(rk + 16), enter, JK_ENTER_KEY_CONSTANT);

    /* What each mask, of words 3 to 34, adds to the third before it, and then the masks: sums of every third. */
    const __m512i add_x = _mm512_xor_si512(x, _mm512_alignr_epi32(x, none, 15));
    const __m512i add_y = _mm512_xor_si512(y, _mm512_alignr_epi32(y, x, 15));
    __m512i mask_x = add_x, mask_y = add_y;
    mask_y = _mm512_xor_si512(mask_y, _mm512_alignr_epi32(mask_y, mask_x, 16 - 3));
    mask_x = _mm512_xor_si512(mask_x, _mm512_alignr_epi32(mask_x, none, 16 - 3));
    mask_y = _mm512_xor_si512(mask_y, _mm512_alignr_epi32(mask_y, mask_x, 16 - 6));
    mask_x = _mm512_xor_si512(mask_x, _mm512_alignr_epi32(mask_x, none, 16 - 6));
    mask_y = _mm512_xor_si512(mask_y, _mm512_alignr_epi32(mask_y, mask_x, 16 - 12));
    mask_x = _mm512_xor_si512(mask_x, _mm512_alignr_epi32(mask_x, none, 16 - 12));
    mask_y = _mm512_xor_si512(mask_y, _mm512_alignr_epi32(mask_x, none, 32 - 24));

    const __m512i sum_x = sums_of_three(x), sum_y = sums_of_three(y);
    const __m512i after_x = _mm512_alignr_epi32(sum_y, sum_x, 1), after_y = _mm512_alignr_epi32(sum_x, sum_y, 1);
    put_keys(keys->round, xor3_512(mask_x, add_x, _mm512_alignr_epi32(mask_y, mask_x, 1)),
             _mm512_mask_xor_epi32(after_x, 0x5555, after_x, sum_x));
    put_keys(keys->round + 16, xor3_512(mask_y, add_y, _mm512_alignr_epi32(none, mask_y, 1)),
             _mm512_mask_xor_epi32(after_y, 0x5555, after_y, sum_y));

    const __m128i first = masks(_mm512_castsi512_si128(x));
    _mm_storeu_si128((__m128i *)(void *)keys->first, _mm_shuffle_epi8(first, repeated));
    const __m128i last = masks(_mm_maskz_shuffle_epi32(0x0e, _mm512_extracti32x4_epi32(mask_y, 3), 0x6c));
    keys->last = _mm_gf2p8affine_epi64_epi8(_mm_shuffle_epi8(last, turned), _mm_set1_epi64x((long long)JK_LEAVE_MATRIX), 0);
}
#endif

/* Turns 16 registers of blocks into one for each byte, and back; block i of register m is then at 16 i + m. */
INLINE void NAMED(transpose)(V x[16])
{
    UNROLLED for (int pass = 0; pass < 4; pass++) {
        V y[16];
        UNROLLED for (int i = 0; i < 8; i++) {
            y[2 * i] = MM(unpacklo_epi8)(x[i], x[i + 8]);
            y[2 * i + 1] = MM(unpackhi_epi8)(x[i], x[i + 8]);
        }
        UNROLLED for (int i = 0; i < 16; i++)
            x[i] = y[i];
    }
}

INLINE V NAMED(every)(uint32_t x)
{
    return MM(set1_epi32)((int)x);
}

#include "sm4_rounds.h"

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
        y[i] = MM(gf2p8affine_epi64_epi8)(y[i], EACH64(JK_ENTER_MATRIX), 0);
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
        y[i] = MM(gf2p8affine_epi64_epi8)(y[i], EACH64(JK_ENTER_MATRIX), 0);
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
        y[i] = MM(gf2p8affine_epi64_epi8)(x[3 - i / 4][i % 4], EACH64(JK_LEAVE_MATRIX), 0);
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
