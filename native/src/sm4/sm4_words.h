/* GB/T 32907 (SM4) on x86 cut by words: word j of several blocks in register j. Included for one JK_WIDTH, once, after
 * sm4_x86.h and the maps (sm4_by_gfni.h or sm4_by_aes.h), with JK_TARGET what the compiler may use. A set is as many blocks as
 * four registers hold; two take turns, because one waits for itself. */
#ifndef JK_SM4_WORDS_H
#define JK_SM4_WORDS_H

#define INLINE static inline __attribute__((target(JK_TARGET), always_inline))
#define FN static __attribute__((target(JK_TARGET)))

enum { WIDTH = JK_WIDTH / 8, SET = 4 * WIDTH, SETS = 2 };

/* PSHUFB: bytes put in place and words rotated left by n bytes; for 256 bits, twice. */
#define PLACE(n) {WORD(0, n), WORD(1, n), WORD(2, n), WORD(3, n), WORD(0, n), WORD(1, n), WORD(2, n), WORD(3, n)}
static const uint8_t places[4][32] __attribute__((aligned(32))) = {PLACE(0), PLACE(1), PLACE(2), PLACE(3)};

/* Not left to the compiler, which would keep the places in registers that the words need. */
INLINE V placed(V x, int n)
{
    const V *const place = (const V *)(const void *)places[n];
#if JK_WIDTH == 256
    __asm__("vpshufb %2, %1, %0" : "=x"(x) : "x"(x), "m"(*place));
#else
    __asm__("pshufb %1, %0" : "+x"(x) : "m"(*place));
#endif
    return x;
}

/* x, added up here: the compiler may otherwise change the order of sums, and what is ready last would not come last. */
INLINE V now(V x)
{
    __asm__("" : "+x"(x));
    return x;
}

/* Turns four registers of blocks into one for each word, and back. */
INLINE void transpose(V x[4])
{
    const V a = MM(unpacklo_epi32)(x[0], x[1]), b = MM(unpacklo_epi32)(x[2], x[3]);
    const V c = MM(unpackhi_epi32)(x[0], x[1]), d = MM(unpackhi_epi32)(x[2], x[3]);
    x[0] = MM(unpacklo_epi64)(a, b);
    x[1] = MM(unpackhi_epi64)(a, b);
    x[2] = MM(unpacklo_epi64)(c, d);
    x[3] = MM(unpackhi_epi64)(c, d);
}

/* Round keys in the field, their bytes in the order of a block's. */
FN void word_keys(uint32_t keys[32], const uint32_t rk[32])
{
    const V turned = EVERY16(turned_words);
    for (int i = 0; i < 32; i += WIDTH / 4) {
        const V words = SI(loadu)((const V *)(const void *)(rk + i));
        SI(storeu)((V *)(void *)(keys + i), MM(shuffle_epi8)(NAMED(affine)(words), turned));
    }
}

INLINE void word_rounds(V x[SETS][4], const uint32_t keys[32], const int sets)
{
    for (int i = 0; i < 32; i += 4)
        UNROLLED for (int r = 0; r < 4; r++) {
            const V key = MM(set1_epi32)((int)keys[i + r]);
            UNROLLED for (int s = 0; s < sets; s++) {
                const V sum = now(SI(xor)(SI(xor)(x[s][(r + 1) % 4], key), x[s][(r + 2) % 4]));
                V a, c;
                NAMED(mixes)(SI(xor)(sum, x[s][(r + 3) % 4]), &a, &c);
                const V own = SI(xor)(a, c), near = now(SI(xor)(x[s][r], IN_PLACE ? own : placed(own, 0)));
                const V far = now(SI(xor)(placed(a, 2), placed(c, 3)));
                x[s][r] = SI(xor)(now(SI(xor)(near, placed(a, 1))), far);
            }
        }
}

#if JK_WIDTH == 256
#define HIGHER(x) _mm256_bslli_epi128(x, 8)
#else
#define HIGHER(x) _mm_bslli_si128(x, 8)
#endif

/* A register of counter blocks, from block n on: numbers of 128 bits, the low half first, with an arithmetic carry; then
 * turned. */
INLINE V counters(struct counter c, int n)
{
    const V turned = EVERY16(turned_block);
#if JK_WIDTH == 256
    const V start = _mm256_broadcastsi128_si256(_mm_set_epi64x((long long)c.high, (long long)c.low));
    const V sum = _mm256_add_epi64(start, _mm256_set_epi64x(0, n + 1, 0, n));
#else
    const V start = _mm_set_epi64x((long long)c.high, (long long)c.low), sum = _mm_add_epi64(start, _mm_set_epi64x(0, n));
#endif
    const V carry = MM(srli_epi64)(SI(andnot)(sum, start), 63);
    return MM(shuffle_epi8)(MM(add_epi64)(sum, HIGHER(carry)), turned);
}

/* `x`, then all of y but its last block. */
INLINE V behind(__m128i x, V y)
{
#if JK_WIDTH == 256
    return _mm256_inserti128_si256(_mm256_castsi128_si256(x), _mm256_castsi256_si128(y), 1);
#else
    (void)y;
    return x;
#endif
}

/* `sets` and `mode` are constants. `iv` is the counter, or the block before; it is only read. `out` may be `in`: with CBC, the
 * last blocks go first, as each waits for one before it. */
INLINE void pass(const uint32_t keys[32], uint8_t *out, const uint8_t *in, const int sets, const enum mode mode,
                 const uint8_t *iv)
{
    V x[SETS][4];
    UNROLLED for (int s = 0; s < sets; s++) {
        UNROLLED for (int i = 0; i < 4; i++)
            x[s][i] = NAMED(linear)(mode == CTR ? counters(counter_at(iv), (SET * s + WIDTH * i) / 16)
                                                : SI(loadu)((const V *)(const void *)(in + SET * s + WIDTH * i)));
        transpose(x[s]);
    }
    word_rounds(x, keys, sets);
    UNROLLED for (int s = sets - 1; s >= 0; s--) {
        V y[4] = {x[s][3], x[s][2], x[s][1], x[s][0]};
        transpose(y);
        UNROLLED for (int i = 3; i >= 0; i--) {
            const uint8_t *const at = in + SET * s + WIDTH * i;
            V z = NAMED(back)(y[i]);
            if (mode == CTR)
                z = SI(xor)(z, SI(loadu)((const V *)(const void *)at));
            else if (mode == CBC && s == 0 && i == 0)
                z = SI(xor)(z, behind(_mm_loadu_si128((const __m128i *)(const void *)iv),
                                      SI(loadu)((const V *)(const void *)at)));
            else if (mode == CBC)
                z = SI(xor)(z, SI(loadu)((const V *)(const void *)(at - 16)));
            SI(storeu)((V *)(void *)(out + SET * s + WIDTH * i), z);
        }
    }
}

/* All of n blocks. The last set is filled up. */
INLINE void in_mode(const uint32_t rk[32], uint8_t *out, const uint8_t *in, const size_t n, const enum mode mode, uint8_t *iv)
{
    uint32_t keys[32];
    uint8_t next[16] = {0};
    word_keys(keys, rk);
    for (size_t left = n, done; left > 0; left -= done, in += 16 * done, out += 16 * done) {
        done = left >= SETS * SET / 16 ? SETS * SET / 16 : left >= SET / 16 ? SET / 16 : left;
        proceed(next, iv, mode, in, done);
        if (done == SETS * SET / 16) {
            pass(keys, out, in, SETS, mode, iv);
        } else if (done == SET / 16) {
            pass(keys, out, in, 1, mode, iv);
        } else {
            uint8_t filled[SET] = {0};
            jk_copy(filled, in, 16 * done);
            pass(keys, filled, filled, 1, mode, iv);
            jk_copy(out, filled, 16 * done);
            jk_wipe(filled, sizeof filled);
        }
        if (mode != ECB)
            jk_copy(iv, next, sizeof next);
    }
    jk_wipe(keys, sizeof keys);
}

FN void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 1)
        one(rk, out, in);
    else
        in_mode(rk, out, in, n, ECB, NULL);
}

FN size_t ctr(const uint32_t rk[32], uint8_t counter[16], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n < SET / 16)
        return 0;
    in_mode(rk, out, in, n, CTR, counter);
    return n;
}

FN size_t cbc_decrypt(const uint32_t rk[32], uint8_t iv[16], uint8_t *out, const uint8_t *in, size_t n)
{
    if (n < SET / 16)
        return 0;
    in_mode(rk, out, in, n, CBC, iv);
    return n;
}

#undef INLINE
#undef FN

#endif
