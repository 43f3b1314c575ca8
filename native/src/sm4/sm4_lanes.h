/* GB/T 32907 (SM4): CBC-MACs of many messages, each under its own key, with one byte of every message's block to a
 * register. Keys are scheduled and blocks encrypted by the same few instructions for all of them, and rotation of a word
 * by bytes is only another name for a register. Included once for each instruction set, with these defined:
 *   V, a register, which holds WAYS pieces of 16 bytes;  FN, INLINE: how a plain and an inlined function begins;
 *   XOR(a, b); XOR3(a, b, c), of which c comes last; UNPACK_LOW(a, b), UNPACK_HIGH(a, b) (by bytes, in each piece);
 *   EACH(byte), EACH4(word);
 *   LOAD(p), STORE(p, x); load_rows(p, step): WAYS pieces, `step` bytes apart;
 *   AFFINE(x, NAME): a map of sm4_maps.h;
 *   BESIDE, if the first block is encrypted beside the key schedule (sm4_beside.h);
 *   SETS, 2 if two registers of each kind are better worked on side by side, else 1;
 *   READY, a type, and ready(x): the inversion, so far as it is common to all maps after it;  MAP(ready, NAME).
 * Data is kept as ENTER maps it, words of keys as ENTER_KEY does. */
#include "sm4_maps.h"

enum { LANES = 16 * WAYS };

/* Byte i of row j <-> byte j of row i, where rows are pieces of 16 bytes; all WAYS side by side. Four times the same step:
 * each turns the eight bits of (row, byte) by one. */
INLINE void turn(V x[16])
{
    for (int step = 0; step < 4; step++) {
        V y[16];
        for (int i = 0; i < 8; i++) {
            y[2 * i] = UNPACK_LOW(x[i], x[i + 8]);
            y[2 * i + 1] = UNPACK_HIGH(x[i], x[i + 8]);
        }
        for (int i = 0; i < 16; i++)
            x[i] = y[i];
    }
}

/* n rows of 16 bytes, `step` apart, turned. What lies beyond `end` is not read, but anything. */
FN gather(V x[16], const uint8_t *from, size_t step, size_t n, const uint8_t *end)
{
    uint8_t rows[16 * LANES];
    if (n == LANES && step * (LANES - 1) + 16 <= (size_t)(end - from)) {
        V y[16];
        UNROLLED for (size_t i = 0; i < 16; i++)
            y[i] = load_rows(from + WAYS * i * step, step);
        turn(y);
        UNROLLED for (size_t i = 0; i < 16; i++)
            x[i] = y[i];
        return;
    }
    for (size_t i = 0; i < LANES; i++) {
        const uint8_t *const p = from + (i < n ? i : 0) * step;
        if (end - p >= 16) {
            jk_copy(rows + 16 * i, p, 16);
            continue;
        }
        for (size_t j = 0; j < 16; j++)
            rows[16 * i + j] = p + j < end ? p[j] : 0;
    }
    for (size_t i = 0; i < 16; i++)
        x[i] = LOAD(rows + 16 * WAYS * i);
    turn(x);
    jk_wipe(rows, sizeof rows);
}

/* a ^ L(S(t)) */
INLINE void mix(V a[4], const V t[4])
{
    READY s[4];
    V v[3];
    for (int j = 0; j < 4; j++)
        s[j] = ready(t[j]);
    for (int j = 0; j < 3; j++)
        v[j] = XOR(MAP(s[j], FAR), MAP(s[(j + 3) % 4], NEAR));
    const V three = XOR3(v[0], v[1], v[2]), all = XOR3(MAP(s[3], FAR), MAP(s[2], NEAR), three);
    a[3] = XOR(a[3], three);
    for (int j = 0; j < 3; j++)
        a[j] = XOR3(a[j], v[j], all);
}

/* a ^ L'(S(t)) */
INLINE void mix_key(V a[4], const V t[4])
{
    V even[4], odd[4];
    for (int j = 0; j < 4; j++) {
        const READY s = ready(t[j]);
        even[j] = MAP(s, KEY_EVEN);
        odd[j] = MAP(s, KEY_ODD);
    }
    for (int j = 0; j < 2; j++) {
        const V here = XOR(even[j], even[j + 2]), there = XOR(even[1 - j], even[3 - j]);
        const V p = AFFINE(here, KEY_EVEN2), q = AFFINE(there, KEY_EVEN3);
        for (int i = j; i < 4; i += 2)
            a[i] = XOR3(p, XOR3(a[i], even[i], odd[(i + 1) % 4]), q);
    }
}

/* Two rounds, which share a sum. */
INLINE void two_rounds(V a[4], V b[4], const V c[4], const V d[4], const V k[8])
{
    V s[4], t[4];
    for (int j = 0; j < 4; j++) {
        s[j] = XOR(c[j], d[j]);
        t[j] = XOR3(s[j], k[j], b[j]);
    }
    mix(a, t);
    for (int j = 0; j < 4; j++)
        t[j] = XOR3(s[j], k[4 + j], a[j]);
    mix(b, t);
}

INLINE void two_keys(V k[8], V a[4], V b[4], const V c[4], const V d[4], const uint32_t ck[2][4])
{
    V s[4], t[4];
    for (int j = 0; j < 4; j++) {
        s[j] = XOR(c[j], d[j]);
        t[j] = XOR3(s[j], EACH4(ck[0][j]), b[j]);
    }
    mix_key(a, t);
    for (int j = 0; j < 4; j++) {
        k[j] = a[j];
        t[j] = XOR3(s[j], EACH4(ck[1][j]), a[j]);
    }
    mix_key(b, t);
    for (int j = 0; j < 4; j++)
        k[4 + j] = b[j];
}

/* The words of a key as rounds take them. */
INLINE void enter_key(V words[16])
{
    for (int i = 0; i < 16; i++)
        words[i] = AFFINE(XOR(words[i], EACH((jk_sm4_fk[i / 4] >> (24 - 8 * (i % 4))) & 0xff)), ENTER_KEY);
}

#ifndef BESIDE
FN schedule_lanes(V k[128], const V key[16])
{
    V x[16];
    for (int i = 0; i < 16; i++)
        x[i] = key[i];
    enter_key(x);
    for (int i = 0; i < 32; i += 4) {
        two_keys(k + 4 * i, x, x + 4, x + 8, x + 12, sm4_lane_ck + i);
        two_keys(k + 4 * i + 8, x + 8, x + 12, x, x + 4, sm4_lane_ck + i + 2);
    }
}
#endif

/* Where byte i of a block is when the last round is done: the words are in reverse. */
#define REVERSED(i) ((i) % 4 + 12 - (i) / 4 * 4)

struct lanes {
    /* Four words of the key and then the 32 that are made of them, which are the round keys. */
    V block[16], state[16], words[16 + 128];
};

FN encrypt_lanes(struct lanes *w)
{
    const V *const k = w->words + 16;
    V x[16];
    for (int i = 0; i < 16; i++)
        x[i] = XOR(AFFINE(w->block[i], ENTER), w->state[REVERSED(i)]);
    for (int i = 0; i < 32; i += 4) {
        two_rounds(x, x + 4, x + 8, x + 12, k + 4 * i);
        two_rounds(x + 8, x + 12, x, x + 4, k + 4 * i + 8);
    }
    for (int i = 0; i < 16; i++)
        w->state[i] = x[i];
}

/* Two sets of messages: each waits for itself much of the time, which the other fills. */
FN encrypt_two(struct lanes w[2])
{
    V x[16], y[16];
    for (int i = 0; i < 16; i++) {
        x[i] = XOR(AFFINE(w[0].block[i], ENTER), w[0].state[REVERSED(i)]);
        y[i] = XOR(AFFINE(w[1].block[i], ENTER), w[1].state[REVERSED(i)]);
    }
    for (int i = 0; i < 32; i += 4) {
        two_rounds(x, x + 4, x + 8, x + 12, w[0].words + 16 + 4 * i);
        two_rounds(y, y + 4, y + 8, y + 12, w[1].words + 16 + 4 * i);
        two_rounds(x + 8, x + 12, x, x + 4, w[0].words + 16 + 4 * i + 8);
        two_rounds(y + 8, y + 12, y, y + 4, w[1].words + 16 + 4 * i + 8);
    }
    for (int i = 0; i < 16; i++) {
        w[0].state[i] = x[i];
        w[1].state[i] = y[i];
    }
}

FN store_lanes(uint8_t *out, const V state[16], size_t n)
{
    uint8_t rows[16 * LANES];
    V x[16];
    for (int i = 0; i < 16; i++)
        x[i] = AFFINE(state[REVERSED(i)], LEAVE);
    turn(x);
    uint8_t *const to = n == LANES ? out : rows;
    for (size_t i = 0; i < 16; i++)
        STORE(to + 16 * WAYS * i, x[i]);
    if (n == LANES)
        return;
    jk_copy(out, rows, 16 * n);
    jk_wipe(rows, sizeof rows);
}

#ifdef BESIDE
#include "sm4_beside.h"
#else
/* The key schedule and the first block. */
INLINE void encrypt_first(struct lanes *w)
{
    schedule_lanes(w->words + 16, w->words);
    encrypt_lanes(w);
}
#endif

INLINE void encrypt_sets(struct lanes *w, size_t sets, int first)
{
    for (size_t s = 0; first && s < sets; s++)
        encrypt_first(&w[s]);
    if (first)
        return;
    if (sets == 2)
        encrypt_two(w);
    else
        encrypt_lanes(w);
}

/* At most LANES of the messages, or twice as many; the last of all ends at `end`. */
FN pass(struct lanes *w, uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n,
        const uint8_t *end)
{
    const size_t rest = in_len % 16, sets = n > LANES ? 2 : 1, each = sets == 2 ? LANES : n;
    const int padded = padding == JK_PAD_80 || rest > 0 || in_len == 0;

    for (size_t s = 0; s < sets; s++) {
        gather(w[s].words, keys + 16 * LANES * s, 16, each, keys + 16 * n);
        for (size_t i = 0; i < 16; i++)
            w[s].state[i] = EACH(0);
    }
    for (size_t at = 0; at + 16 <= in_len; at += 16) {
        for (size_t s = 0; s < sets; s++)
            gather(w[s].block, in + in_len * LANES * s + at, in_len, each, end);
        encrypt_sets(w, sets, at == 0);
    }
    if (padded) {
        for (size_t s = 0; s < sets; s++) {
            if (rest > 0)
                gather(w[s].block, in + in_len * (LANES * s + 1) - rest, in_len, each, end);
            for (size_t i = rest; i < 16; i++)
                w[s].block[i] = EACH(i == rest && padding == JK_PAD_80 ? 0x80 : 0);
        }
        encrypt_sets(w, sets, in_len < 16);
    }
    for (size_t s = 0; s < sets; s++)
        store_lanes(out + 16 * LANES * s, w[s].state, each);
}

/* See struct jk_sm4_ops. */
static __attribute__((target(TARGETS))) size_t macs(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len,
                                                    int padding, size_t n)
{
    const uint8_t *const end = in + in_len * n;
    struct lanes w[2];
    size_t done = 0;
    for (size_t now; n - done >= WORTH; done += now) {
        now = n - done < LANES ? n - done : n - done < 2 * LANES || SETS == 1 ? LANES : 2 * LANES;
        pass(w, out + 16 * done, keys + 16 * done, in + in_len * done, in_len, padding, now, end);
    }
    if (n > LANES)
        jk_wipe(w, sizeof w);
    else if (n >= WORTH)
        jk_wipe(w, sizeof *w);
    return done;
}
