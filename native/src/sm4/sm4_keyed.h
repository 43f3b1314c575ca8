/* GB/T 32907 (SM4) on x86: a chain under a key that is not kept. Included once, after sm4_chain.h, and after sm4_pair.h if
 * that is used. */
#ifndef JK_SM4_KEYED_H
#define JK_SM4_KEYED_H

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

#ifndef JK_SM4_PAIR_H
/* A block a round behind its keys: the block in `s`, which is not begun; `kept`, unless null, receives the round keys. */
INLINE void first(struct copies_128 *s, const uint8_t key[BLOCK], __m128i *kept)
{
    struct copies_128 k;
    begin_keys(&k, key);
    step_keys(&k, 0);
    begin_128(s, k.y[0]);
    for (int i = 0; i < 32; i += 4)
        for (int r = 0; r < 4; r++) {
            if (kept != NULL)
                kept[i + r] = k.y[r];
            step_keys(&k, i + r + 1);
            step_128(s, r, k.y[(r + 1) % 4]);
        }
}

#endif

FN void keyed(const uint8_t key[BLOCK], uint8_t iv[BLOCK], const uint8_t *in, size_t n, const uint8_t *last)
{
    struct copies_128 s;
    __m128i v[4], kept[32];
    const __m128i x = linear_128(load(iv));
    for (int j = 0; j < 4; j++)
        v[j] = word_128(x, j);
    if (n == 0) {
        in = last;
        last = NULL;
        n = 1;
    }
    enter(&s, v, in);
    if (n == 1 && last == NULL) {
        first(&s, key, NULL);
    } else {
        first(&s, key, kept);
        for (n--, in += BLOCK; n > 0 || last != NULL; n--, in += BLOCK) {
            if (n == 0) {
                in = last;
                last = NULL;
                n = 1;
            }
            carry(v, &s);
            enter(&s, v, in);
            begin_128(&s, kept[0]);
            for (int i = 0; i < 32; i += 4)
                for (int r = 0; r < 4; r++)
                    step_128(&s, r, kept[(i + r + 1) % 32]);
        }
        jk_wipe(kept, sizeof kept);
    }
    store(iv, end_128(s.y));
}

#undef INLINE
#undef FN

#endif
