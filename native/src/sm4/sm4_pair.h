/* GB/T 32907 (SM4) with GFNI, a key schedule and a block under it side by side: the block in the lower half of a register,
 * three rounds behind the key in the upper half. Both halves are what sm4_copies.h makes of them, with matrices of their own.
 * Included once, after sm4_copies.h for 128 and 256 bits and sm4_chain.h, while JK_WIDTH is 256. */
#ifndef JK_SM4_PAIR_H
#define JK_SM4_PAIR_H

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

enum { AHEAD = 3 };

#define BOTH(low, high) _mm256_set_epi64x((long long)(high), (long long)(high), (long long)(low), (long long)(low))

/* A round of either; `key` is for the next. */
INLINE void step_pair(struct copies_256 *s, int i, __m256i key)
{
    __m256i *const y = s->y;
    const __m256i constants = BOTH(0x0101010101010101u * JK_MIX1_CONSTANT, 0x0101010101010101u * JK_KEY_MIX0_CONSTANT);
    const __m256i sum = XOR3(XOR3(y[i % 4], y[(i + 2) % 4], key), s->t, s->q);
    const __m256i b = _mm256_gf2p8affineinv_epi64_epi8(s->t, BOTH(JK_MIX1_MATRIX, JK_KEY_MIX1_MATRIX), 0);
    const __m256i c = _mm256_gf2p8affineinv_epi64_epi8(s->t, BOTH(JK_MIX1_MATRIX, JK_KEY_MIX2_MATRIX), 0);
    const __m256i a = _mm256_gf2p8affineinv_epi64_epi8(s->t, BOTH(JK_MIX1_MATRIX ^ JK_MIX3_MATRIX, JK_KEY_MIX0_MATRIX), 0);
    const __m256i d = _mm256_gf2p8affineinv_epi64_epi8(s->t, BOTH(JK_MIX3_MATRIX, JK_KEY_MIX3_MATRIX), 0);
    s->q = _mm256_xor_si256(sum, y[i % 4]);
    s->t = XOR3(XOR3(sum, ROTATED(b, 1), ROTATED(c, 2)), ROTATED(d, 3), _mm256_xor_si256(a, constants));
    y[i % 4] = _mm256_xor_si256(s->t, s->q);
}

/* The block in `s`, which is not begun; `kept`, unless null, receives the round keys. */
INLINE void first(struct copies_128 *s, const uint8_t key[16], __m128i *kept)
{
    struct copies_128 k;
    struct copies_256 both;
    begin_keys(&k, key);
    for (int i = 0; i < AHEAD; i++)
        step_keys(&k, i);
    begin_128(s, k.y[0]);
    for (int i = 0; i < 4; i++)
        both.y[i] = _mm256_set_m128i(k.y[(i + AHEAD) % 4], s->y[i]);
    both.t = _mm256_set_m128i(k.t, s->t);
    both.q = _mm256_set_m128i(k.q, s->q);
    for (int i = 0; kept != NULL && i < AHEAD; i++)
        kept[i] = k.y[i];
    for (int i = 0; i < 32; i += 4)
        for (int r = 0; r < 4; r++) {
            const __m256i ck = CK((i + r + AHEAD + 1) % 32);
            step_pair(&both, r, _mm256_permute2x128_si256(both.y[(r + 2) % 4], ck, 0x21));
            if (kept != NULL && i + r + AHEAD < 32)
                kept[i + r + AHEAD] = _mm256_extracti128_si256(both.y[r], 1);
        }
    for (int i = 0; i < 4; i++)
        s->y[i] = _mm256_castsi256_si128(both.y[i]);
}

#undef INLINE

#endif
