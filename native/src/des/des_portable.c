/* FIPS 46-3 (DES) in plain C and constant time: no table is addressed by a key or by data.
 *
 * One block: the eight boxes side by side, a byte of one word for each. A box is a function of six bits, so five levels
 * of selection among constants find both values that the sixth bit then chooses between.
 * Many messages: on bit planes, 64 at a time (des_slice.h). */
#include "des_internal.h"
#include "des_key.h"
#include "des_word.h"

#define EACH_BYTE 0x0101010101010101u

void jk_des_schedule(uint64_t rk[16], const uint8_t key[8])
{
    for (size_t round = 0; round < 16; round++) {
        uint64_t x = 0;
        for (size_t box = 0; box < 8; box++)
            for (size_t i = 0; i < 6; i++) {
                const size_t at = 128 * i + 8 * round + box;
                /* 0 or a power of two, made 0 or 1. */
                const uint32_t bit = (uint32_t)(key[des_key_byte[at]] & des_key_mask[at]);
                x |= (uint64_t)((bit + 0xff) >> 8) << (8 * box + i);
            }
        rk[round] = x;
    }
}

static inline uint64_t choose(uint64_t mask, uint64_t one, uint64_t zero)
{
    return zero ^ (mask & (one ^ zero));
}

/* f(R, K), with R as four bits in each byte, at places 1 to 4. */
static inline uint64_t f(uint64_t r, uint64_t k)
{
    const uint64_t x = (r | ((r << 4 | r >> 60) & EACH_BYTE) | ((r >> 4 | r << 60) & (EACH_BYTE << 5))) ^ k;
    uint64_t y[16], bit = x & EACH_BYTE;
    uint64_t mask = (bit << 8) - bit;
    for (size_t i = 0; i < 16; i++)
        y[i] = des_tree[2 * i] ^ (mask & (des_tree[2 * i] ^ des_tree[2 * i + 1]));
    for (unsigned level = 1; level < 5; level++) {
        bit = x >> level & EACH_BYTE;
        mask = (bit << 8) - bit;
        for (size_t i = 0; i < 16u >> level; i++)
            y[i] = choose(mask, y[2 * i + 1], y[2 * i]);
    }
    bit = x >> 5 & EACH_BYTE;
    return des_permute(choose((bit << 4) - bit, y[0] >> 4, y[0]) & EACH_BYTE * 15);
}

/* Nibbles to bytes, at places 1 to 4. */
static inline uint64_t spread(uint32_t x)
{
    uint64_t s = x;
    s = (s | s << 16) & 0x0000ffff0000ffffu;
    s = (s | s << 8) & 0x00ff00ff00ff00ffu;
    return ((s | s << 4) & 0x0f0f0f0f0f0f0f0fu) << 1;
}

static inline uint32_t gather(uint64_t s)
{
    s = s >> 1 & 0x0f0f0f0f0f0f0f0fu;
    s = (s | s >> 4) & 0x00ff00ff00ff00ffu;
    s = (s | s >> 8) & 0x0000ffff0000ffffu;
    return (uint32_t)(s | s >> 16);
}

static uint64_t block(const uint64_t *const rounds[3], int steps, uint64_t in)
{
    uint32_t left, right;
    jk_des_initial(in, &left, &right);
    uint64_t l = spread(left), r = spread(right);
    for (int s = 0; s < steps; s++) {
        for (size_t i = 0; i < 16; i += 2) {
            l ^= f(r, rounds[s][i]);
            r ^= f(l, rounds[s][i + 1]);
        }
        const uint64_t t = l;
        l = r;
        r = t;
    }
    return jk_des_final(gather(l), gather(r));
}

static void run(const uint64_t *const rounds[3], int inner, int last, const struct jk_des_chain *chain, uint8_t *out,
                const uint8_t *in, size_t n)
{
    uint64_t state = chain == NULL ? 0 : *chain->state;
    for (; n > 0; n--, in += 8) {
        const int steps = n == 1 && (chain == NULL || !chain->tail) ? last : inner;
        state = block(rounds, steps, chain == NULL ? jk_load64(in) : state ^ jk_load64(in));
        if (out != NULL) {
            jk_store64(out, state);
            out += 8;
        }
    }
    if (chain != NULL) {
        if (chain->tail)
            state = block(rounds, last, state ^ chain->padded);
        *chain->state = state;
    }
}

/* --- 64 messages on planes --- */

#define V uint64_t
#define SPLAT(x) ((uint64_t)(x))
#define XOR(a, b) ((a) ^ (b))
#define AND(a, b) ((a) & (b))
#define OR(a, b) ((a) | (b))
#define ANDNOT(a, b) ((a) & ~(b))
#define SHL(a, n) ((a) << (n))
#define SHR(a, n) ((a) >> (n))
#define BOX static inline void
#define FN static void
#define SLICE(name) word_##name
#include "des_slice.h"

static void macs(uint8_t *out, const struct jk_des_batch *batch, size_t n)
{
    for (size_t first = 0; first < n; first += word_LANES)
        word_macs(out, batch, first, n - first < word_LANES ? n - first : word_LANES);
}

const struct jk_des_ops jk_des_portable = {"portable", 8, jk_des_schedule, run, macs};
