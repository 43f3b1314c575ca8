/* GHASH with carry-less multiplication in registers of 128 bits: eight products are added before one reduction. Constant time:
 * no table, no branch on data. Included once by an implementation that has defined
 *   FN, INLINE                          for a function, and for one that is always inlined: what the compiler may use
 *   V                                   a register; as two words, the lower first:
 *   load(const uint64_t *), store       the words as they are
 *   block(const uint8_t *)              sixteen bytes, read backwards; put_block is its inverse
 *   add(a, b), swapped(x)               sum; the words exchanged
 *   up(x), down(x)                      the lower word as the upper one, the upper one as the lower one; zero beside it
 *   low(a, b), high(a, b)               the products of the lower and of the upper words
 * It gives `powers` and `update`. */
#ifndef JK_GHASH_NARROW_H
#define JK_GHASH_NARROW_H

enum { TOGETHER = 8 };

/* Unreduced products: of the lower words, of the upper ones, and of the sums of both (Karatsuba). The multiplication is
 * what takes the time: three are a quarter less. */
struct sum {
    V low, both, high;
};

INLINE struct sum product(V x, V h)
{
    return (struct sum){low(x, h), low(add(x, swapped(x)), add(h, swapped(h))), high(x, h)};
}

INLINE struct sum plus(struct sum a, struct sum b)
{
    return (struct sum){add(a.low, b.low), add(a.both, b.both), add(a.high, b.high)};
}

/* Adds the multiple of the modulus that clears the lower word, and brings the upper word in its place. The modulus
 * without its ends is a number of 64 bits at bit 64. */
INLINE V fold(V x)
{
    static const uint64_t modulus[2] = {0xc200000000000000u, 0};
    return add(swapped(x), low(x, load(modulus)));
}

INLINE V reduced(struct sum s)
{
    const V middle = add(add(s.low, s.high), s.both);
    return add(add(s.high, down(middle)), fold(fold(add(s.low, up(middle)))));
}

/* y and n blocks, 1 to as many as there are powers. */
INLINE V several(const uint64_t powers[JK_GHASH_WORDS], V y, const uint8_t *in, size_t n)
{
    powers += JK_GHASH_WORDS - 2 * n;
    struct sum s = product(add(y, block(in)), load(powers));
    for (size_t i = 1; i < n; i++)
        s = plus(s, product(block(in + 16 * i), load(powers + 2 * i)));
    return reduced(s);
}

/* Twice as many at each turn, independent of one another. */
FN void powers(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16])
{
    uint64_t *const end = powers + JK_GHASH_WORDS;
    jk_ghash_key(end - 2, h);
    for (size_t have = 1; have < JK_GHASH_POWERS; have *= 2)
        for (size_t i = 1; i <= have; i++)
            store(end - 2 * (have + i), reduced(product(load(end - 2 * have), load(end - 2 * i))));
}

FN void update(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n)
{
    V y = block(hash);
    for (; n >= TOGETHER; n -= TOGETHER, in += 16 * TOGETHER)
        y = several(powers, y, in, TOGETHER);
    if (n > 0)
        y = several(powers, y, in, n);
    put_block(hash, y);
}

#endif
