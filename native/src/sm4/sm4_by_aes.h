/* The maps of check/sm4_affine.py with AES-NI, in registers of JK_WIDTH bits (sm4_x86.h): AESENCLAST inverts, with AES's affine
 * map after it, and nibble tables in registers do the rest. PSHUFB is no memory access. */
#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

#ifndef JK_SM4_BY_AES_H
#define JK_SM4_BY_AES_H

/* f(x) = low[x & 15] ^ high[x >> 4] */
struct nibbles {
    uint8_t low[16], high[16];
};

static const struct nibbles linear = {JK_LINEAR_LOW, JK_LINEAR_HIGH}, affine = {JK_BEFORE_LOW, JK_BEFORE_HIGH};
static const struct nibbles back = {JK_BACK_LOW, JK_BACK_HIGH};
static const struct nibbles mix1 = {JK_AES_MIX1_LOW, JK_AES_MIX1_HIGH}, mix3 = {JK_AES_MIX3_LOW, JK_AES_MIX3_HIGH};
static const struct nibbles key_mix[4] = {{JK_AES_KEY_MIX0_LOW, JK_AES_KEY_MIX0_HIGH},
                                          {JK_AES_KEY_MIX1_LOW, JK_AES_KEY_MIX1_HIGH},
                                          {JK_AES_KEY_MIX2_LOW, JK_AES_KEY_MIX2_HIGH},
                                          {JK_AES_KEY_MIX3_LOW, JK_AES_KEY_MIX3_HIGH}};

/* For sm4_copies.h: all four copies of a word alike, which AESENCLAST's ShiftRows does not change. */
#define COPIES(a, b, c, d) {a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d}
#define ROTATED(x, n) MM(shuffle_epi8)(x, EVERY16(rotations[n]))
#define CK(i) MM(shuffle_epi32)(EVERY16(linear_ck[i]), 0)
static const uint8_t rotations[4][16] = {COPIES(0, 1, 2, 3), COPIES(1, 2, 3, 0), COPIES(2, 3, 0, 1), COPIES(3, 0, 1, 2)};

/* For sm4_words.h. Byte r of word w is found, after ShiftRows, in word w - r. WORD(w, n): word w put right and rotated left
 * by n bytes. */
#define AT(w, r) (4 * (((w) - (r)) & 3) + (r))
#define WORD(w, n) AT(w, (n) & 3), AT(w, (1 + (n)) & 3), AT(w, (2 + (n)) & 3), AT(w, (3 + (n)) & 3)
#define IN_PLACE 0

#endif

/* The nibbles of a register, and a map of them. */
struct NAMED(halves) {
    V low, high;
};

INLINE struct NAMED(halves) NAMED(split)(V x)
{
    const V nibble = MM(set1_epi8)(0x0f);
    return (struct NAMED(halves)){SI(and)(x, nibble), SI(and)(MM(srli_epi32)(x, 4), nibble)};
}

INLINE V NAMED(map)(struct NAMED(halves) x, const struct nibbles *f)
{
    return SI(xor)(MM(shuffle_epi8)(EVERY16(f->low), x.low), MM(shuffle_epi8)(EVERY16(f->high), x.high));
}

INLINE struct NAMED(halves) NAMED(inverted)(V x)
{
#if JK_WIDTH == 256
    const __m128i low = _mm_aesenclast_si128(_mm256_castsi256_si128(x), _mm_setzero_si128());
    const __m128i high = _mm_aesenclast_si128(_mm256_extracti128_si256(x, 1), _mm_setzero_si128());
    return NAMED(split)(_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1));
#else
    return NAMED(split)(_mm_aesenclast_si128(x, _mm_setzero_si128()));
#endif
}

/* Into the field, for words and for round keys, and back. */
INLINE V NAMED(linear)(V x)
{
    return NAMED(map)(NAMED(split)(x), &linear);
}

INLINE V NAMED(affine)(V x)
{
    return NAMED(map)(NAMED(split)(x), &affine);
}

INLINE V NAMED(back)(V x)
{
    return NAMED(map)(NAMED(split)(x), &back);
}

INLINE V NAMED(back_key)(V x)
{
    return SI(xor)(NAMED(back)(x), MM(set1_epi8)((char)JK_BACK_CONSTANT));
}

/* mix_1 and mix_3 of the inverse. */
INLINE void NAMED(mixes)(V x, V *a, V *c)
{
    const struct NAMED(halves) s = NAMED(inverted)(x);
    *a = NAMED(map)(s, &mix1);
    *c = NAMED(map)(s, &mix3);
}

/* The key schedule's four. */
INLINE void NAMED(key_mixes)(V x, V m[4])
{
    const struct NAMED(halves) s = NAMED(inverted)(x);
    for (int k = 0; k < 4; k++)
        m[k] = NAMED(map)(s, &key_mix[k]);
}

#undef INLINE
