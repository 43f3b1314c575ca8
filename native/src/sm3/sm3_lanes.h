/* SM3 (GB/T 32905) of many messages of one length, one in each 32-bit lane. Included once for each width, with these
 * defined:
 *   V, a vector of uint32_t; FN and INLINE, how a function and one within another begin; SPLAT(x); XOR AND OR;
 *   ROUND(a, b, c, d, e, f, g, h, FF, GG, j), a round that leaves the values where they are: the names are rotated instead;
 *   STEP, the same and then word 16 + j into the place of word j, in a ring `w` of sixteen; FF0 FF1 GG0 GG1, whatever they
 *   take;
 *   LOW HIGH LOW2 HIGH2, the halves of each 128 bits of two vectors interleaved, by 32 and by 64 bits;
 *   SWAP(x), the bytes of every lane in the opposite order;
 *   GATHER(p, i, at), whose 128 bits k are those at p[4 k + i] + at; SCATTER(x, p, i, at), which puts them there;
 *   EVERYWHERE(p), the 128 bits at p, again and again. */

enum { LANES = sizeof(V) / 4, BLOCK = 64, DIGEST = 32 };

/* The four words that each of four registers has in 128 bits become four registers with a word each. */
#define TURN(a, b, c, d)                                                           \
    do {                                                                           \
        const V p_ = LOW(a, b), q_ = LOW(c, d), r_ = HIGH(a, b), s_ = HIGH(c, d);  \
        a = LOW2(p_, q_);                                                          \
        b = HIGH2(p_, q_);                                                         \
        c = LOW2(r_, s_);                                                          \
        d = HIGH2(r_, s_);                                                         \
    } while (0)

#define FOUR(X, FF, GG, j)                           \
    do {                                             \
        X(a, b, c, d, e, f, g, h, FF, GG, (j));      \
        X(d, a, b, c, h, e, f, g, FF, GG, (j) + 1);  \
        X(c, d, a, b, g, h, e, f, FF, GG, (j) + 2);  \
        X(b, c, d, a, f, g, h, e, FF, GG, (j) + 3);  \
    } while (0)

/* What follows the last whole block of a message: `rest` bytes of it, then the padding, one block or two. */
struct tail {
    uint8_t keep[BLOCK]; /* ff where the message has a byte */
    uint8_t pad[2 * BLOCK];
    size_t rest;
    size_t length;
};

static void prepare(struct tail *tail, uint64_t before, size_t in_len)
{
    *tail = (struct tail){.rest = in_len % BLOCK, .length = BLOCK};
    if (tail->rest > BLOCK - 9)
        tail->length = 2 * BLOCK;
    for (size_t i = 0; i < tail->rest; i++)
        tail->keep[i] = 0xff;
    tail->pad[tail->rest] = 0x80;
    jk_store64(tail->pad + tail->length - 8, (before + in_len) * 8);
}

/* 64 bytes of every row as sixteen words; if `tail`, what is to be kept of them, and the padding. */
INLINE read(V w[16], const uint8_t *const row[LANES], const struct tail *tail)
{
    /* All of a row before the next: in rows that are a power of two apart one would drive the other out of the cache. */
    for (size_t i = 0; i < 4; i++)
        for (size_t q = 0; q < 4; q++)
            w[4 * q + i] = GATHER(row, i, 16 * q);
    for (size_t q = 0; q < 4; q++) {
        V *const x = w + 4 * q;
        if (tail != NULL)
            for (size_t i = 0; i < 4; i++)
                x[i] = OR(AND(x[i], EVERYWHERE(tail->keep + 16 * q)), EVERYWHERE(tail->pad + 16 * q));
        TURN(x[0], x[1], x[2], x[3]);
        for (size_t i = 0; i < 4; i++)
            x[i] = SWAP(x[i]);
    }
}

/* One block into the state: of the rows, or of the padding alone. */
__attribute__((noinline)) FN absorb(V state[8], const uint8_t *const row[LANES], const struct tail *tail,
                                    const uint8_t *padding)
{
    V w[16];
    if (padding != NULL)
        for (size_t i = 0; i < 16; i++)
            w[i] = SPLAT(jk_load32(padding + 4 * i));
    else
        read(w, row, tail);
    V a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];

    FOUR(STEP, FF0, GG0, 0);
    FOUR(STEP, FF0, GG0, 4);
    FOUR(STEP, FF0, GG0, 8);
    FOUR(STEP, FF0, GG0, 12);
    FOUR(STEP, FF1, GG1, 16);
    FOUR(STEP, FF1, GG1, 20);
    FOUR(STEP, FF1, GG1, 24);
    FOUR(STEP, FF1, GG1, 28);
    FOUR(STEP, FF1, GG1, 32);
    FOUR(STEP, FF1, GG1, 36);
    FOUR(STEP, FF1, GG1, 40);
    FOUR(STEP, FF1, GG1, 44);
    FOUR(STEP, FF1, GG1, 48);
    /* Words past 67 are never read. */
    FOUR(ROUND, FF1, GG1, 52);
    FOUR(ROUND, FF1, GG1, 56);
    FOUR(ROUND, FF1, GG1, 60);

    state[0] = XOR(state[0], a);
    state[1] = XOR(state[1], b);
    state[2] = XOR(state[2], c);
    state[3] = XOR(state[3], d);
    state[4] = XOR(state[4], e);
    state[5] = XOR(state[5], f);
    state[6] = XOR(state[6], g);
    state[7] = XOR(state[7], h);
}

INLINE write(V state[8], uint8_t *const row[LANES])
{
    for (size_t i = 0; i < 8; i++)
        state[i] = SWAP(state[i]);
    TURN(state[0], state[1], state[2], state[3]);
    TURN(state[4], state[5], state[6], state[7]);
    for (size_t i = 0; i < 4; i++) {
        SCATTER(state[i], row, i, 0);
        SCATTER(state[4 + i], row, i, 16);
    }
}

/* Lanes without a message repeat the last. Whole blocks are read, also at the end of a message: what follows it there is
 * the next one, and only rows with less than a block after them are moved to `spare` first. */
FN digests(uint8_t *out, const uint32_t start[8], uint64_t before, const uint8_t *in, size_t in_len, size_t n)
{
    uint8_t spare[LANES][BLOCK], unused[DIGEST];
    const uint8_t *row[LANES];
    uint8_t *to[LANES];
    const size_t whole = in_len - in_len % BLOCK;
    struct tail tail;
    V state[8];

    prepare(&tail, before, in_len);
    for (size_t first = 0; first < n; first += LANES) {
        for (size_t i = 0; i < LANES; i++) {
            const size_t message = first + i < n ? first + i : n - 1;
            row[i] = in + message * in_len;
            to[i] = first + i < n ? out + message * DIGEST : unused;
        }
        for (size_t i = 0; i < 8; i++)
            state[i] = SPLAT(start[i]);
        for (size_t at = 0; at < whole + tail.length; at += BLOCK) {
            if (at < whole) {
                absorb(state, row, NULL, NULL);
                for (size_t i = 0; i < LANES; i++)
                    row[i] += BLOCK;
            } else if (at < in_len) {
                /* The rows ascend: with the last, all of them have what is read. */
                for (size_t i = LANES; i-- > 0 && (size_t)(in + n * in_len - row[i]) < BLOCK;) {
                    jk_copy(spare[i], row[i], tail.rest);
                    row[i] = spare[i];
                }
                absorb(state, row, &tail, NULL);
            } else {
                absorb(state, row, NULL, tail.pad + (at - whole));
            }
        }
        write(state, to);
    }
    jk_wipe(spare, sizeof spare);
    jk_wipe(state, sizeof state);
}
