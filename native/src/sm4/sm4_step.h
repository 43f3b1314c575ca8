/* GB/T 32907 (SM4) with GFNI and AVX-512: one block's rounds, one instruction after another as Zen 4 takes them best. Included
 * once, after sm4_copies.h for 128 bits and before sm4_chain.h.
 *
 * VPTERNLOG waits a cycle for the register that it changes, but two for those that it adds: of three terms, the last to come is
 * the one changed. The first sum therefore has no term of the same age as that one: mix_0, which is mix_1 + mix_3, comes from a
 * third inversion. So a round is an inversion (three cycles), a shuffle and two sums after one another: six cycles, of which
 * six and a half are reached. Round keys come from memory, since a shuffle for each takes the place of one that is urgent, and
 * half a cycle with it. */
#ifndef JK_SM4_STEP_H
#define JK_SM4_STEP_H

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))

/* Round keys in the field, each in copies. */
struct prepared {
    __m128i key[32];
};

INLINE void prepare(struct prepared *keys, const uint32_t rk[32])
{
    const __m512i matrix = _mm512_set1_epi64(JK_BEFORE_MATRIX), copies = _mm512_loadu_si512(words_of_keys);
    for (int i = 0; i < 32; i += 4) {
        const __m512i four = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(rk + i)));
        const __m512i affine = _mm512_gf2p8affine_epi64_epi8(four, matrix, JK_BEFORE_CONSTANT);
        _mm512_storeu_si512(&keys->key[i], _mm512_shuffle_epi8(affine, copies));
    }
}

INLINE void discard(struct prepared *keys)
{
    for (int i = 0; i < 32; i += 4)
        _mm512_storeu_si512(&keys->key[i], _mm512_setzero_si512());
    __asm__ volatile("" : : "r"(keys) : "memory");
}

/* As step_128; `key` is in memory. */
INLINE void step(struct copies_128 *s, int i, const __m128i *key)
{
    __m128i *const y = s->y;
    __m128i sum, a, b, c, t;
    __asm__ volatile("vgf2p8affineinvqb %[constant], %[mix1], %[t], %[a]\n\t"
                     "vgf2p8affineinvqb $0, %[mix3], %[t], %[c]\n\t"
                     "vgf2p8affineinvqb %[constant], %[mix0], %[t], %[b]\n\t"
                     "vpshufd $0x39, %[a], %[next]\n\t"
                     "vpshufd $0x4e, %[a], %[a]\n\t"
                     "vpshufd $0x93, %[c], %[c]\n\t"
                     "vmovdqa64 %[third], %[sum]\n\t"
                     "vpternlogq $0x96, %[key], %[first], %[sum]\n\t"
                     "vpternlogq $0x96, %[q], %[t], %[sum]\n\t"
                     "vpxorq %[sum], %[first], %[q]\n\t"
                     "vpternlogq $0x96, %[sum], %[b], %[next]\n\t"
                     "vpternlogq $0x96, %[c], %[a], %[next]\n\t"
                     "vpxorq %[next], %[q], %[first]"
                     : [a] "=&v"(a), [b] "=&v"(b), [c] "=&v"(c), [next] "=&v"(t), [sum] "=&v"(sum), [q] "+&v"(s->q),
                       [first] "+&v"(y[i % 4])
                     : [t] "v"(s->t), [third] "v"(y[(i + 2) % 4]), [key] "m"(*key),
                       [mix0] "v"(_mm_set1_epi64x(JK_MIX1_MATRIX ^ JK_MIX3_MATRIX)), [mix1] "v"(_mm_set1_epi64x(JK_MIX1_MATRIX)),
                       [mix3] "v"(_mm_set1_epi64x(JK_MIX3_MATRIX)), [constant] "i"(JK_MIX1_CONSTANT));
    s->t = t;
}

INLINE void all_rounds(struct copies_128 *s, const struct prepared *keys)
{
    begin_128(s, keys->key[0]);
    UNROLLED for (int i = 0; i < 32; i += 4)
        UNROLLED for (int r = 0; r < 4; r++)
            step(s, r, &keys->key[(i + r + 1) % 32]);
}

#undef INLINE

#endif
