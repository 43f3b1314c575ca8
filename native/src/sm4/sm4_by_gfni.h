/* The maps of check/sm4_affine.py with GFNI, in registers of JK_WIDTH bits (sm4_x86.h): one instruction each. */
#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

/* Into the field, for words and for round keys, and back. */
INLINE V NAMED(linear)(V x)
{
    return MM(gf2p8affine_epi64_epi8)(x, EACH64(JK_BEFORE_MATRIX), 0);
}

INLINE V NAMED(affine)(V x)
{
    return MM(gf2p8affine_epi64_epi8)(x, EACH64(JK_BEFORE_MATRIX), JK_BEFORE_CONSTANT);
}

INLINE V NAMED(back)(V x)
{
    return MM(gf2p8affine_epi64_epi8)(x, EACH64(JK_BACK_MATRIX), 0);
}

INLINE V NAMED(back_key)(V x)
{
    return MM(gf2p8affine_epi64_epi8)(x, EACH64(JK_BACK_MATRIX), JK_BACK_CONSTANT);
}

/* mix_1 and mix_3 of the inverse. */
INLINE void NAMED(mixes)(V x, V *a, V *c)
{
    *a = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_MIX1_MATRIX), JK_MIX1_CONSTANT);
    *c = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_MIX3_MATRIX), 0);
}

/* The key schedule's four; those that are still to be moved first. */
INLINE void NAMED(key_mixes)(V x, V m[4])
{
    m[1] = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_KEY_MIX1_MATRIX), 0);
    m[2] = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_KEY_MIX2_MATRIX), 0);
    m[3] = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_KEY_MIX3_MATRIX), 0);
    m[0] = MM(gf2p8affineinv_epi64_epi8)(x, EACH64(JK_KEY_MIX0_MATRIX), JK_KEY_MIX0_CONSTANT);
}

#undef INLINE

#ifndef JK_SM4_BY_GFNI_H
#define JK_SM4_BY_GFNI_H

/* For sm4_copies.h: the r-th copy of a word is rotated left by r bytes. All four bytes that a byte of the sum needs are then in
 * the same place of one copy or another, and a shuffle of words, the fastest there is, brings them together. */
#define COPIES(a, b, c, d) {a, b, c, d, b, c, d, a, c, d, a, b, d, a, b, c}
#define ROTATED(x, n) MM(shuffle_epi32)(x, (n) == 1 ? 0x39 : (n) == 2 ? 0x4e : 0x93)
#define CK(i) EVERY16(linear_ck[i])

/* For sm4_words.h: words rotated left by n bytes. Nothing was out of place. */
#define WORD(w, n) 4 * (w) + (n), 4 * (w) + ((1 + (n)) & 3), 4 * (w) + ((2 + (n)) & 3), 4 * (w) + ((3 + (n)) & 3)
#define IN_PLACE 1

#endif
