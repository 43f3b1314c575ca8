/* GB/T 32907 (SM4) on x86 where blocks are few and must be quick: a block in every 128 bits of a register. Included for one
 * JK_WIDTH after another, each time after sm4_x86.h and the maps (sm4_by_gfni.h or sm4_by_aes.h), with JK_TARGET what the
 * compiler may use and XOR3(a, b, c) the sum of three.
 *
 * A word fills its 128 bits with four copies, as the maps want it. The order of the sums is that of the times at which their
 * parts are ready. Only the first inversion is urgent: two at once may be given to one unit. */

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

#ifndef JK_SM4_COPIES_H
#define JK_SM4_COPIES_H
/* Word j of a block, and word j of four round keys as the CPU has them (last byte first), in copies. */
static const uint8_t words_of_block[4][16] = {COPIES(0, 1, 2, 3), COPIES(4, 5, 6, 7), COPIES(8, 9, 10, 11),
                                              COPIES(12, 13, 14, 15)};
static const uint8_t words_of_keys[4][16] = {COPIES(3, 2, 1, 0), COPIES(7, 6, 5, 4), COPIES(11, 10, 9, 8),
                                             COPIES(15, 14, 13, 12)};
#endif

/* t is what the next round's inversion takes: the sum of the last three words and a key. q is t without the last word. */
struct NAMED(copies) {
    V y[4], t, q;
};

INLINE V NAMED(word)(V x, int j)
{
    return MM(shuffle_epi8)(x, EVERY16(words_of_block[j]));
}

/* Four round keys, and one of the four. */
INLINE V NAMED(four_keys)(const uint32_t *rk)
{
    return NAMED(affine)(EVERY16(rk));
}

INLINE V NAMED(key)(V keys, int j)
{
    return MM(shuffle_epi8)(keys, EVERY16(words_of_keys[j]));
}

INLINE void NAMED(begin)(struct NAMED(copies) *s, V key)
{
    s->q = XOR3(s->y[1], s->y[2], key);
    s->t = SI(xor)(s->q, s->y[3]);
}

/* Makes the word that follows y[3], in the place of y[0]; i says which is y[0]. `key` is the next round's. */
INLINE void NAMED(step)(struct NAMED(copies) *s, int i, V key)
{
    V *const y = s->y;
    const V sum = XOR3(XOR3(y[i % 4], y[(i + 2) % 4], key), s->t, s->q);
    V a, c;
    NAMED(mixes)(s->t, &a, &c);
    s->q = SI(xor)(sum, y[i % 4]);
    s->t = XOR3(SI(xor)(sum, a), ROTATED(a, 1), c);
    s->t = XOR3(s->t, ROTATED(a, 2), ROTATED(c, 3));
    y[i % 4] = SI(xor)(s->t, s->q);
}

/* The blocks that the last four words are. */
INLINE V NAMED(end)(const V y[4])
{
    return NAMED(back)(MM(unpacklo_epi64)(MM(unpacklo_epi32)(y[3], y[2]), MM(unpacklo_epi32)(y[1], y[0])));
}

/* All rounds on `sets` registers of blocks, a constant. A set waits for itself most of the time, which others fill. */
INLINE void NAMED(rounds)(struct NAMED(copies) *s, const uint32_t rk[32], const int sets)
{
    V keys = NAMED(four_keys)(rk);
    for (int j = 0; j < sets; j++)
        NAMED(begin)(&s[j], NAMED(key)(keys, 0));
    int end = 32;
    /* Unrolled, one set is a little faster; several would be too long. */
    if (sets > 1)
        __asm__("" : "+r"(end));
    for (int i = 0; i < end; i += 4) {
        for (int r = 0; r < 3; r++)
            for (int j = 0; j < sets; j++)
                NAMED(step)(&s[j], r, NAMED(key)(keys, r + 1));
        if (i < 28)
            keys = NAMED(four_keys)(rk + i + 4);
        for (int j = 0; j < sets; j++)
            NAMED(step)(&s[j], 3, NAMED(key)(keys, 0));
    }
}

#undef INLINE
