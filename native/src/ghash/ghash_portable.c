/* GHASH in plain C and constant time: no table, the carry-less product comes from the processor's multiplication. Operands
 * are cut into four, each with one bit in four, so that carries run into the gaps; they cannot fill a gap below bit 64.
 * The upper half of a product is the lower half of the product of the reversed operands, reversed.
 *
 * A processor whose multiplication takes longer for larger numbers (Cortex-M3 and its like) breaks the promise. */
#include "ghash.h"

#define EVERY_FOURTH 0x1111111111111111u

static uint64_t multiply_low(uint64_t a, uint64_t b)
{
    uint64_t x[4], y[4], product = 0;
    for (unsigned i = 0; i < 4; i++) {
        x[i] = a & EVERY_FOURTH << i;
        y[i] = b & EVERY_FOURTH << i;
    }
    for (unsigned i = 0; i < 4; i++) {
        uint64_t z = 0;
        for (unsigned j = 0; j < 4; j++)
            z ^= x[j] * y[(i - j) & 3];
        product |= z & EVERY_FOURTH << i;
    }
    return product;
}

static uint64_t swap(uint64_t x, uint64_t mask, unsigned n)
{
    return (x & mask) << n | (x >> n & mask);
}

static uint64_t reversed(uint64_t x)
{
    x = swap(x, 0x5555555555555555u, 1);
    x = swap(x, 0x3333333333333333u, 2);
    x = swap(x, 0x0f0f0f0f0f0f0f0fu, 4);
    x = swap(x, 0x00ff00ff00ff00ffu, 8);
    x = swap(x, 0x0000ffff0000ffffu, 16);
    return x << 32 | x >> 32;
}

/* A factor, and the same reversed; each as halves and their sum (Karatsuba's product of halves). */
struct factor {
    uint64_t part[3], back[3];
};

static struct factor factor(uint64_t low, uint64_t high)
{
    const uint64_t l = reversed(low), h = reversed(high);
    return (struct factor){{low, high, low ^ high}, {l, h, l ^ h}};
}

/* One word of the modulus's multiple that clears `below`, added to the two words above it. */
static void fold(uint64_t below, uint64_t *next, uint64_t *after)
{
    *next ^= below << 63 ^ below << 62 ^ below << 57;
    *after ^= below ^ below >> 1 ^ below >> 2 ^ below >> 7;
}

static void multiply(uint64_t out[2], const struct factor *a, const struct factor *b)
{
    uint64_t low[3], high[3];
    for (size_t i = 0; i < 3; i++) {
        low[i] = multiply_low(a->part[i], b->part[i]);
        high[i] = reversed(multiply_low(a->back[i], b->back[i])) >> 1;
    }
    uint64_t v[4] = {low[0], high[0] ^ low[0] ^ low[1] ^ low[2], low[1] ^ high[0] ^ high[1] ^ high[2], high[1]};
    fold(v[0], &v[1], &v[2]);
    fold(v[1], &v[2], &v[3]);
    out[0] = v[2];
    out[1] = v[3];
}

static void powers(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16])
{
    uint64_t *power = powers + JK_GHASH_WORDS - 2;
    jk_ghash_key(power, h);
    struct factor key = factor(power[0], power[1]), last = key;
    for (; power != powers; power -= 2) {
        last = factor(power[0], power[1]);
        multiply(power - 2, &last, &key);
    }
    jk_wipe(&key, sizeof key);
    jk_wipe(&last, sizeof last);
}

static void update(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n)
{
    struct factor key = factor(powers[JK_GHASH_WORDS - 2], powers[JK_GHASH_WORDS - 1]), sum;
    uint64_t y[2] = {jk_load64(hash + 8), jk_load64(hash)};
    for (; n > 0; n--, in += 16) {
        sum = factor(y[0] ^ jk_load64(in + 8), y[1] ^ jk_load64(in));
        multiply(y, &sum, &key);
    }
    jk_store64(hash + 8, y[0]);
    jk_store64(hash, y[1]);
    jk_wipe(&key, sizeof key);
    jk_wipe(&sum, sizeof sum);
    jk_wipe(y, sizeof y);
}

const struct jk_ghash_ops jk_ghash_portable = {"portable", powers, update};
