/* GB/T 32907 (SM4) on x86, where each block waits for the one before it: key schedule, chains, and both at once. Included
 * once, after sm4_copies.h for 128 bits. */
#ifndef JK_SM4_CHAIN_H
#define JK_SM4_CHAIN_H

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

enum { BLOCK = 16 };

INLINE __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

INLINE void store(void *p, __m128i x)
{
    _mm_storeu_si128((__m128i *)p, x);
}

#ifndef JK_SM4_STEP_H
/* Round keys as all_rounds takes them: as they are. */
struct prepared {
    const uint32_t *rk;
};

INLINE void prepare(struct prepared *keys, const uint32_t rk[32])
{
    keys->rk = rk;
}

INLINE void discard(struct prepared *keys)
{
    (void)keys;
}

INLINE void all_rounds(struct copies_128 *s, const struct prepared *keys)
{
    rounds_128(s, keys->rk, 1);
}
#endif

/* The key schedule is a cipher with a linear map of its own, for which four matrices are needed, and with constants for round
 * keys; its words are round keys. */
INLINE void begin_keys(struct copies_128 *s, const uint8_t key[BLOCK])
{
    const __m128i fk = _mm_setr_epi8((char)0xa3, (char)0xb1, (char)0xba, (char)0xc6, 0x56, (char)0xaa, 0x33, 0x50, 0x67, 0x7d,
                                     (char)0x91, (char)0x97, (char)0xb2, 0x70, 0x22, (char)0xdc);
    const __m128i x = affine_128(_mm_xor_si128(load(key), fk));
    for (int j = 0; j < 4; j++)
        s->y[j] = word_128(x, j);
    begin_128(s, CK(0));
}

/* Makes round key i, in y[i % 4]. */
INLINE void step_keys(struct copies_128 *s, int i)
{
    __m128i *const y = s->y;
    const __m128i sum = XOR3(XOR3(y[i % 4], y[(i + 2) % 4], CK((i + 1) % 32)), s->t, s->q);
    __m128i m[4];
    key_mixes_128(s->t, m);
    s->q = _mm_xor_si128(sum, y[i % 4]);
    s->t = XOR3(ROTATED(m[1], 1), ROTATED(m[2], 2), sum);
    s->t = XOR3(s->t, ROTATED(m[3], 3), m[0]);
    y[i % 4] = _mm_xor_si128(s->t, s->q);
}

FN void schedule(uint32_t rk[32], const uint8_t key[BLOCK])
{
    const __m128i turned = load(turned_words);
    struct copies_128 s;
    begin_keys(&s, key);
    for (int i = 0; i < 32; i += 4) {
        for (int r = 0; r < 4; r++)
            step_keys(&s, i + r);
        const __m128i x = _mm_unpacklo_epi64(_mm_unpacklo_epi32(s.y[0], s.y[1]), _mm_unpacklo_epi32(s.y[2], s.y[3]));
        store(rk + i, _mm_shuffle_epi8(back_key_128(x), turned));
    }
}

/* A chain stays in the field, in copies: v[j] is word j of the value carried. What comes in is added there. */
INLINE void enter(struct copies_128 *s, const __m128i v[4], const uint8_t *in)
{
    const __m128i x = linear_128(load(in));
    for (int j = 0; j < 4; j++)
        s->y[j] = _mm_xor_si128(v[j], word_128(x, j));
}

INLINE void carry(__m128i v[4], const struct copies_128 *s)
{
    for (int j = 0; j < 4; j++)
        v[j] = s->y[3 - j];
}

FN void chain(const uint32_t rk[32], uint8_t iv[BLOCK], uint8_t *out, const uint8_t *in, size_t n, const uint8_t *last)
{
    struct prepared keys;
    struct copies_128 s;
    __m128i v[4];
    const __m128i x = linear_128(load(iv));
    prepare(&keys, rk);
    for (int j = 0; j < 4; j++)
        v[j] = s.y[3 - j] = word_128(x, j);
    for (; n > 0 || last != NULL; n--, in += BLOCK) {
        if (n == 0) {
            in = last;
            last = NULL;
            n = 1;
        }
        enter(&s, v, in);
        all_rounds(&s, &keys);
        carry(v, &s);
        if (out != NULL) {
            store(out, end_128(s.y));
            out += BLOCK;
        }
    }
    store(iv, end_128(s.y));
    discard(&keys);
}

INLINE void one(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    struct prepared keys;
    struct copies_128 s;
    const __m128i x = linear_128(load(in));
    prepare(&keys, rk);
    for (int j = 0; j < 4; j++)
        s.y[j] = word_128(x, j);
    all_rounds(&s, &keys);
    store(out, end_128(s.y));
    discard(&keys);
}

#undef INLINE
#undef FN

#endif
