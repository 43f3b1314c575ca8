/* DES on bit planes: each plane holds one bit of as many messages as it is wide, so that gates work on all of them, each
 * under its own key. Included once for each width, with these defined:
 *   V, a vector of uint64_t; SPLAT(x); XOR AND OR; SHL SHR (by a constant, in each uint64_t);
 *   BOX, FN: how an inlined and how a plain function begins;
 *   LUT(a, b, c, number), or ANDNOT(a, b) = a & ~b where there is no such instruction;
 *   SLICE(name), which makes the names of this width. */
#include "des_round.h"

enum { SLICE(GROUPS) = sizeof(V) / 8, SLICE(LANES) = 64 * SLICE(GROUPS) };

#ifdef LUT
#include "des_luts.h"
#define CALL(box, a, b, c, d, e, f, w, x, y, z) box(a, b, c, d, e, f, w, x, y, z);
#else
#include "des_gates.h"
#define CALL(box, a, b, c, d, e, f, w, x, y, z) box(a, b, c, d, e, f, ones, w, x, y, z);
#endif
#define IN(a, b) XOR(a, b)

/* One message or key to a row; the same memory as planes after turning. */
union SLICE(rows) {
    uint64_t row[64 * sizeof(V) / 8];
    V plane[64];
};

#define SWAP(a, b, mask, n)                                       \
    do {                                                          \
        const V t_ = AND(XOR(SHR(a, n), b), SPLAT(mask));         \
        b = XOR(b, t_);                                           \
        a = XOR(a, SHL(t_, n));                                   \
    } while (0)

#define SWAP8(m, s, n, mask)                                      \
    do {                                                          \
        for (int i_ = 0; i_ < 8; i_++)                            \
            if ((i_ & (s)) == 0)                                  \
                SWAP(m[i_], m[i_ + (s)], mask, n);                \
    } while (0)

/* Every 64 x 64 square of bits turned over its diagonal; twice is nothing. */
FN SLICE(turn)(V m[64])
{
    V x[8];
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++)
            x[j] = m[i + 8 * j];
        SWAP8(x, 4, 32, 0x00000000ffffffffu);
        SWAP8(x, 2, 16, 0x0000ffff0000ffffu);
        SWAP8(x, 1, 8, 0x00ff00ff00ff00ffu);
        for (int j = 0; j < 8; j++)
            m[i + 8 * j] = x[j];
    }
    for (int i = 0; i < 64; i += 8) {
        for (int j = 0; j < 8; j++)
            x[j] = m[i + j];
        SWAP8(x, 4, 4, 0x0f0f0f0f0f0f0f0fu);
        SWAP8(x, 2, 2, 0x3333333333333333u);
        SWAP8(x, 1, 1, 0x5555555555555555u);
        for (int j = 0; j < 8; j++)
            m[i + j] = x[j];
    }
}

/* Sixteen rounds. l and r come and go as the standard's halves, the last exchange not made. */
FN SLICE(des)(V *l, V *r, const V *key, int backwards)
{
#ifndef LUT
    const V ones = SPLAT(~(uint64_t)0);
#endif
    for (int i = 0; i < 16; i += 2) {
        const V *k = key + des_shifts[backwards ? 15 - i : i];
        JK_DES_ROUND(l, r, k, IN, CALL)
        k = key + des_shifts[backwards ? 14 - i : i + 1];
        JK_DES_ROUND(r, l, k, IN, CALL)
    }
}

FN SLICE(load_key)(V key[112], union SLICE(rows) *rows, const uint8_t *from, size_t step, size_t n)
{
    jk_des_rows(rows->row, SLICE(LANES), from, step, n);
    SLICE(turn)(rows->plane);
    for (int i = 0; i < 56; i++) {
        const V bit = rows->plane[des_pc1[i] ^ 56];
        const int at = i < 28 ? i : i + 28;
        key[at] = key[at + 28] = bit;
    }
}

/* At most LANES of the batch's messages, from `first` on. */
FN SLICE(macs)(uint8_t *out, const struct jk_des_batch *batch, size_t first, size_t n)
{
    V key[2][112], left[32], right[32];
    V *l = left, *r = right;
    union SLICE(rows) rows;
    const size_t blocks = jk_des_blocks(batch->in_len, batch->padding);

    SLICE(load_key)(key[0], &rows, batch->keys + first * batch->key_step, batch->key_step, n);
    if (batch->inner > 1 || batch->last > 1)
        SLICE(load_key)(key[1], &rows, batch->keys + first * batch->key_step + 8, batch->key_step, n);
    for (int i = 0; i < 32; i++)
        left[i] = right[i] = SPLAT(0);
    for (size_t block = 0; block < blocks; block++) {
        jk_des_message_rows(rows.row, SLICE(LANES), batch, first, n, block);
        SLICE(turn)(rows.plane);
        for (int q = 0; q < 4; q++)
            for (int m = 0; m < 8; m++) {
                l[8 * q + m] = XOR(l[8 * q + m], rows.plane[8 * m + 6 - 2 * q]);
                r[8 * q + m] = XOR(r[8 * q + m], rows.plane[8 * m + 7 - 2 * q]);
            }
        const int steps = block + 1 == blocks ? batch->last : batch->inner;
        for (int s = 0; s < steps; s++) {
            SLICE(des)(l, r, key[s & 1], (s & 1) != batch->decrypt);
            V *const t = l;
            l = r;
            r = t;
        }
    }
    for (int q = 0; q < 4; q++)
        for (int m = 0; m < 8; m++) {
            rows.plane[8 * m + 6 - 2 * q] = l[8 * q + m];
            rows.plane[8 * m + 7 - 2 * q] = r[8 * q + m];
        }
    SLICE(turn)(rows.plane);
    for (size_t i = 0; i < n; i++)
        jk_store64(out + 8 * (first + i), rows.row[i]);
    jk_wipe(key, sizeof key);
    jk_wipe(left, sizeof left);
    jk_wipe(right, sizeof right);
    jk_wipe(&rows, sizeof rows);
}
