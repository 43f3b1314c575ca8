/* The compression function of SM3 (GB/T 32905, 5.3) on x86-64: rounds in the integer units (BMI2), message expansion
 * four words at a time in the vector units, which have nothing else to do. Included once for each vector extension, with
 * these defined:
 *   TARGET, what a function may use; XOR4(x, y, z) of 128 bits; ROTATE4(x, n), each of four words to the left;
 *   P1_4(x), the standard's P1 of each; WRAP4(w), which adds what the fourth word lacks (below). */

/* A round's critical path runs from one e to the next: an addition, a rotation, an addition, and P0. The rest is ordered
 * so that the processor finds something to do at every moment; the order was found by trying thousands. A rotated
 * copy of b or f is the new one, and the old one is free for the Boolean function.
 * Rounds 0 to 15: exclusive or in both places. */
#define EARLY                             \
    "rorxl $20, %[a], %[t]\n\t"           \
    "leal %c[k](%q[t]), %[s]\n\t"         \
    "rorxl $23, %[b], %[b2]\n\t"          \
    "addl %[e], %[s]\n\t"                 \
    "rorxl $13, %[f], %[f2]\n\t"          \
    "xorl %[g], %[f]\n\t"                 \
    "addl %[w], %[h]\n\t"                 \
    "xorl %[c], %[b]\n\t"                 \
    "xorl %[a], %[b]\n\t"                 \
    "xorl %[e], %[f]\n\t"                 \
    "addl %[b], %[d]\n\t"                 \
    "rorxl $25, %[s], %[s]\n\t"           \
    "addl %[f], %[h]\n\t"                 \
    "addl %[s], %[h]\n\t"                 \
    "xorl %[s], %[t]\n\t"                 \
    "addl %[x], %[d]\n\t"                 \
    "addl %[t], %[d]\n\t"                 \
    "rorxl $23, %[h], %[s]\n\t"           \
    "rorxl $15, %[h], %[t]\n\t"           \
    "xorl %[s], %[h]\n\t"                 \
    "xorl %[t], %[h]\n\t"

/* Later ones: majority as (a & (b ^ c)) + (b & c), choice as ((f ^ g) & e) ^ g. */
#define LATE                              \
    "rorxl $13, %[f], %[f2]\n\t"          \
    "rorxl $20, %[a], %[t]\n\t"           \
    "leal %c[k](%q[t]), %[s]\n\t"         \
    "xorl %[g], %[f]\n\t"                 \
    "movl %[b], %[u]\n\t"                 \
    "addl %[e], %[s]\n\t"                 \
    "rorxl $25, %[s], %[s]\n\t"           \
    "addl %[x], %[d]\n\t"                 \
    "xorl %[c], %[u]\n\t"                 \
    "addl %[w], %[h]\n\t"                 \
    "rorxl $23, %[b], %[b2]\n\t"          \
    "andl %[e], %[f]\n\t"                 \
    "xorl %[g], %[f]\n\t"                 \
    "andl %[c], %[b]\n\t"                 \
    "andl %[a], %[u]\n\t"                 \
    "addl %[u], %[d]\n\t"                 \
    "addl %[b], %[d]\n\t"                 \
    "addl %[f], %[h]\n\t"                 \
    "xorl %[s], %[t]\n\t"                 \
    "addl %[s], %[h]\n\t"                 \
    "addl %[t], %[d]\n\t"                 \
    "rorxl $23, %[h], %[s]\n\t"           \
    "rorxl $15, %[h], %[t]\n\t"           \
    "xorl %[s], %[h]\n\t"                 \
    "xorl %[t], %[h]\n\t"

#define SCALAR(A, B, C, D, E, F, G, H, CODE, j)                                                                 \
    do {                                                                                                        \
        uint32_t b2_, f2_, t_, s_, u_;                                                                          \
        __asm__ volatile(CODE                                                                                   \
                         : [b] "+&r"(B), [d] "+&r"(D), [f] "+&r"(F), [h] "+&r"(H), [b2] "=&r"(b2_),             \
                           [f2] "=&r"(f2_), [t] "=&r"(t_), [s] "=&r"(s_), [u] "=&r"(u_)                         \
                         : [a] "r"(A), [c] "r"(C), [e] "r"(E), [g] "r"(G), [w] "m"(words.w[(j) % 8]),           \
                           [x] "m"(words.x[(j) % 8]), [k] "i"((int32_t)JK_SM3_T(j))                             \
                         : "cc");                                                                               \
        B = b2_;                                                                                                \
        F = f2_;                                                                                                \
    } while (0)

#define SCALAR4(CODE, j)                                    \
    SCALAR(a, b, c, d, e, f, g, h, CODE, (j));              \
    SCALAR(d, a, b, c, h, e, f, g, CODE, (j) + 1);          \
    SCALAR(c, d, a, b, g, h, e, f, CODE, (j) + 2);          \
    SCALAR(b, c, d, a, f, g, h, e, CODE, (j) + 3)

/* Words j..j+3, and with them what goes into d: W'. Eight of each are wanted at a time. */
#define KEEP4(j, w0, w1)                                                                 \
    do {                                                                                 \
        _mm_store_si128((__m128i *)(void *)(words.w + (j) % 8), w0);                     \
        _mm_store_si128((__m128i *)(void *)(words.x + (j) % 8), _mm_xor_si128(w0, w1));  \
    } while (0)

/* The four words after these sixteen, in the place of the first. The last of them depends on the first of them, which
 * is 0 in the sum and comes afterwards: P1 is linear. */
#define EXPAND4(w0, w1, w2, w3)                                                                               \
    do {                                                                                                      \
        const __m128i t_ = XOR4(w0, _mm_alignr_epi8(w2, w1, 12), ROTATE4(_mm_srli_si128(w3, 4), 15));         \
        w0 = XOR4(P1_4(t_), ROTATE4(_mm_alignr_epi8(w1, w0, 12), 7), _mm_alignr_epi8(w3, w2, 8));             \
        WRAP4(w0);                                                                                            \
    } while (0)

/* Four rounds, and the words of sixteen rounds later. */
#define STEP4(CODE, j, w0, w1, w2, w3)                     \
    do {                                                   \
        KEEP4((j) + 4, w1, w2);                            \
        SCALAR4(CODE, j);                                  \
        EXPAND4(w0, w1, w2, w3);                           \
    } while (0)

#define STEP16(CODE, j)                                    \
    STEP4(CODE, j, w0, w1, w2, w3);                        \
    STEP4(CODE, (j) + 4, w1, w2, w3, w0);                  \
    STEP4(CODE, (j) + 8, w2, w3, w0, w1);                  \
    STEP4(CODE, (j) + 12, w3, w0, w1, w2)

#define READ4(p) _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p)), swap)

static TARGET void compress(uint32_t state[8], const uint8_t *blocks, size_t n)
{
    const __m128i swap = _mm_set_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
    struct {
        _Alignas(16) uint32_t w[8];
        uint32_t x[8];
    } words;
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

    for (; n > 0; n--, blocks += 64) {
        __m128i w0 = READ4(blocks), w1 = READ4(blocks + 16), w2 = READ4(blocks + 32), w3 = READ4(blocks + 48);

        KEEP4(0, w0, w1);
        STEP16(EARLY, 0);
        STEP16(LATE, 16);
        STEP16(LATE, 32);
        /* Words past 67 are never read. */
        STEP4(LATE, 48, w0, w1, w2, w3);
        KEEP4(56, w2, w3);
        SCALAR4(LATE, 52);
        KEEP4(60, w3, w0);
        SCALAR4(LATE, 56);
        SCALAR4(LATE, 60);

        a = state[0] ^= a;
        b = state[1] ^= b;
        c = state[2] ^= c;
        d = state[3] ^= d;
        e = state[4] ^= e;
        f = state[5] ^= f;
        g = state[6] ^= g;
        h = state[7] ^= h;
    }
    /* As jk_wipe, without a call. */
    _mm_store_si128((__m128i *)(void *)words.w, _mm_setzero_si128());
    _mm_store_si128((__m128i *)(void *)(words.w + 4), _mm_setzero_si128());
    _mm_store_si128((__m128i *)(void *)words.x, _mm_setzero_si128());
    _mm_store_si128((__m128i *)(void *)(words.x + 4), _mm_setzero_si128());
    __asm__ volatile("" : : "r"(&words) : "memory");
}
