/* What the files of DES share. */
#ifndef JK_DES_INTERNAL_H
#define JK_DES_INTERNAL_H

#include "../jk_internal.h"

/* Two bit matrices: bit i of byte j <-> bit j of byte i. */
static inline uint64_t jk_des_square(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & 0x00aa00aa00aa00aau;
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & 0x0000cccc0000ccccu;
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & 0x00000000f0f0f0f0u;
    return x ^ t ^ t << 28;
}

/* The initial permutation: of a block read as a big-endian number into halves whose bit 0 is the standard's bit 1. Turned,
 * byte b of the block holds its bits b; the even ones make L and the odd ones R. */
static inline void jk_des_initial(uint64_t block, uint32_t *l, uint32_t *r)
{
    const uint64_t x = jk_des_square(block);
    *l = (uint32_t)(x >> 48 & 0xff) | (uint32_t)(x >> 32 & 0xff) << 8 | (uint32_t)(x >> 16 & 0xff) << 16
         | (uint32_t)(x & 0xff) << 24;
    *r = (uint32_t)(x >> 56 & 0xff) | (uint32_t)(x >> 40 & 0xff) << 8 | (uint32_t)(x >> 24 & 0xff) << 16
         | (uint32_t)(x >> 8 & 0xff) << 24;
}

static inline uint64_t jk_des_final(uint32_t l, uint32_t r)
{
    return jk_des_square((uint64_t)(l & 0xff) << 48 | (uint64_t)(l >> 8 & 0xff) << 32 | (uint64_t)(l >> 16 & 0xff) << 16
                         | (uint64_t)(l >> 24) | (uint64_t)(r & 0xff) << 56 | (uint64_t)(r >> 8 & 0xff) << 40
                         | (uint64_t)(r >> 16 & 0xff) << 24 | (uint64_t)(r >> 24) << 8);
}

static inline size_t jk_des_blocks(size_t in_len, int padding)
{
    return padding == JK_PAD_NONE ? in_len / 8
           : padding == JK_PAD_80 ? in_len / 8 + 1
           : in_len == 0          ? 1
                                  : (in_len + 7) / 8;
}

/* The last block, padded; `rest` of its bytes are given. */
static inline uint64_t jk_des_padded(const uint8_t *in, size_t rest, int padding)
{
    uint64_t x = padding == JK_PAD_80 ? (uint64_t)0x80 << (56 - 8 * rest) : 0;
    for (size_t i = 0; i < rest; i++)
        x |= (uint64_t)in[i] << (56 - 8 * i);
    return x;
}

/* n rows of eight bytes, `step` apart; zeros after them. */
static inline void jk_des_rows(uint64_t *row, size_t lanes, const uint8_t *from, size_t step, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] = jk_load64(from + i * step);
    for (size_t i = n; i < lanes; i++)
        row[i] = 0;
}

/* One block of each message of a batch. */
static inline void jk_des_message_rows(uint64_t *row, size_t lanes, const struct jk_des_batch *batch, size_t first,
                                       size_t n, size_t block)
{
    const uint8_t *from = batch->in + first * batch->in_step + 8 * block;
    if (8 * block + 8 <= batch->in_len) {
        jk_des_rows(row, lanes, from, batch->in_step, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        row[i] = jk_des_padded(from + i * batch->in_step, batch->in_len - 8 * block, batch->padding);
    for (size_t i = n; i < lanes; i++)
        row[i] = 0;
}

#endif
