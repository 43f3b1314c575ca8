/* GB/T 32907 (SM4) with GFNI and AVX-512: the rounds of sm4_slice.h. Included by that, for each width.
 *
 * A round of one set is two halves, the inversions and their sum, and each half runs beside the other one of the other set:
 * inversions are for two of the processor's four units, and what waits for one another there does not fill them. What follows
 * one another here is what the processor can do at once; without the barriers gcc 12 would take it apart. The term of a sum
 * that comes last is the first of XOR3, the register that changes: VPTERNLOG waits a cycle less for that. */

/* What a set has in registers: t, what the next inversions take, of bytes 0 to 3; pair, of which t0 is the sum in two rounds;
 * between the halves, the parts of bytes 0 to 2, and both of byte 3. */
struct NAMED(sums) {
    V t0, t1, t2, t3, pair, v0, v1, v2, far3, near2;
};

/* The inversion and a map after it. The intrinsic would keep gcc 12 to half of the registers. */
INLINE V NAMED(far)(V x)
{
    V y;
    __asm__ volatile("vgf2p8affineinvqb %3, %2, %1, %0" : "=v"(y) : "v"(x), "v"(EACH64(JK_FAR_MATRIX)), "i"(JK_FAR_CONSTANT));
    return y;
}

INLINE V NAMED(near)(V x)
{
    V y;
    __asm__ volatile("vgf2p8affineinvqb %3, %2, %1, %0" : "=v"(y) : "v"(x), "v"(EACH64(JK_NEAR_MATRIX)), "i"(JK_NEAR_CONSTANT));
    return y;
}

/* Begins a round of g, if `begins`, with its keys of bytes 1 and 2; ends round r (modulo 4) of w, whose words are x, if `ends`,
 * with its keys of bytes 0 and 3. */
INLINE void NAMED(halves)(struct NAMED(sums) *g, V k1, V k2, struct NAMED(sums) *w, V x[4][4], const int r, V k0, V k3,
                          const int begins, const int ends)
{
    V *const a = x[r], *const b = x[(r + 1) % 4], *const c = x[(r + 2) % 4], *const d = x[(r + 3) % 4];
    const V t0 = g->t0, t1 = g->t1, t2 = g->t2, t3 = g->t3;
    V three, all, near, y0, y1, y2, y3;
    if (ends)
        three = XOR3(w->v0, w->v1, w->v2);
    if (begins) {
        g->v1 = NAMED(far)(t1);
        near = NAMED(near)(t0);
    }
    if (ends)
        y3 = XOR3(three, a[3], k3);
    if (begins)
        g->v1 = XOR3(near, g->v1, k1);
    if (ends)
        all = XOR3(three, w->far3, w->near2);
    if (begins) {
        g->v2 = NAMED(far)(t2);
        near = NAMED(near)(t1);
    }
    if (ends) {
        a[3] = y3;
        w->t3 = XOR3(y3, w->t3, b[3]);
        y0 = XOR3(all, w->v0, a[0]);
    }
    if (begins)
        g->v2 = XOR3(near, g->v2, k2);
    if (ends) {
        y1 = XOR3(all, w->v1, a[1]);
        y2 = XOR3(all, w->v2, a[2]);
    }
    if (begins) {
        g->v0 = NAMED(far)(t0);
        near = NAMED(near)(t3);
    }
    if (ends) {
        a[0] = y0;
        a[1] = y1;
        a[2] = y2;
        w->t1 = XOR3(y1, w->t1, b[1]);
        w->t2 = XOR3(y2, w->t2, b[2]);
    }
    if (begins)
        g->v0 = SI(xor)(g->v0, near);
    if (ends && r % 2 == 0) {
        w->t0 = XOR3(y0, w->pair, k0);
    } else if (ends) {
        w->pair = XOR3(y0, d[0], k0);
        w->t0 = SI(xor)(w->pair, c[0]);
    }
    if (begins) {
        g->far3 = NAMED(far)(t3);
        g->near2 = NAMED(near)(t2);
    }
    __asm__ volatile("" : : "r"(x) : "memory");
}

INLINE struct NAMED(sums) NAMED(first_sums)(V x[4][4], const uint32_t last_key[4])
{
    struct NAMED(sums) w;
    w.pair = XOR3(x[2][0], x[3][0], NAMED(every)(last_key[0]));
    w.t0 = SI(xor)(w.pair, x[1][0]);
    w.t1 = XOR3(x[1][1], x[2][1], x[3][1]);
    w.t2 = XOR3(x[1][2], x[2][2], x[3][2]);
    w.t3 = XOR3(x[1][3], x[2][3], x[3][3]);
    return w;
}

/* One set, which has nothing beside it. */
INLINE void NAMED(round)(struct NAMED(sums) *w, V x[4][4], const int r, const uint32_t key[4])
{
    const V k1 = NAMED(every)(key[1]), k2 = NAMED(every)(key[2]);
    NAMED(halves)(w, k1, k2, w, x, r, k1, k2, 1, 0);
    const V k0 = NAMED(every)(key[0]), k3 = NAMED(every)(key[3]);
    NAMED(halves)(w, k0, k3, w, x, r, k0, k3, 0, 1);
}

/* Round r of two sets, of which the first has begun, and begins the next of that. k1, k2: the keys that began it. */
INLINE void NAMED(two_rounds)(struct NAMED(sums) *v, struct NAMED(sums) *w, V *k1, V *k2, V (*x)[4][4], const int r,
                              const uint32_t key[4], const uint32_t next[4])
{
    const V k0 = NAMED(every)(key[0]), k3 = NAMED(every)(key[3]);
    NAMED(halves)(w, *k1, *k2, v, x[0], r, k0, k3, 1, 1);
    *k1 = NAMED(every)(next[1]);
    *k2 = NAMED(every)(next[2]);
    NAMED(halves)(v, *k1, *k2, w, x[1], r, k0, k3, 1, 1);
}

INLINE void NAMED(slice_rounds)(V (*x)[4][4], const struct slice_keys *keys, const int sets)
{
    const uint32_t(*k)[4] = keys->round, (*const end)[4] = k + 32;
    struct NAMED(sums) v = NAMED(first_sums)(x[0], k[31]), w;
    if (sets == 1) {
        for (; k < end; k += 4) {
            NAMED(round)(&v, x[0], 0, k[0]);
            NAMED(round)(&v, x[0], 1, k[1]);
            NAMED(round)(&v, x[0], 2, k[2]);
            NAMED(round)(&v, x[0], 3, k[3]);
        }
        return;
    }
    w = NAMED(first_sums)(x[1], k[31]);
    V k1 = NAMED(every)(k[0][1]), k2 = NAMED(every)(k[0][2]);
    NAMED(halves)(&v, k1, k2, &w, x[1], 0, k1, k2, 1, 0);
    for (; k < end; k += 4) {
        NAMED(two_rounds)(&v, &w, &k1, &k2, x, 0, k[0], k[1]);
        NAMED(two_rounds)(&v, &w, &k1, &k2, x, 1, k[1], k[2]);
        NAMED(two_rounds)(&v, &w, &k1, &k2, x, 2, k[2], k[3]);
        /* The last time there is no next; any key will do. */
        NAMED(two_rounds)(&v, &w, &k1, &k2, x, 3, k[3], k + 4 < end ? k[4] : k[0]);
    }
}
