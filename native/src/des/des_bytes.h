/* DES on one block, in 32-byte vectors: a byte, 00 or FF, for each bit of a half block. All 32 bits of f are found at once:
 * byte n takes its box's six input bits from wherever they are (a byte shuffle with constant indices), three of them
 * select among eight constant bytes, the other three select a bit of that byte. Included once for each instruction set,
 * with these defined:
 *   FN, INLINE: how a plain and an inlined function begins;
 *   CONSTANTS: what a round wants in registers;
 *   ROUND(other, half, key), other ^= f(half, key), with a pointer to a struct round_key. Or, for round_of below:
 *   TAKE(v, i): the bytes of v in the order des_from[i];  TAKE_ARGUMENTS, TAKE_PASS: the constants for it;
 *   CHOOSE(mask, one, zero); PLACE(a, b, c) = a & (b ^ c). */
#include <immintrin.h>

#include "des_key.h"
#include "des_lane.h"

#define V __m256i
#define XOR(a, b) _mm256_xor_si256(a, b)
#define AND(a, b) _mm256_and_si256(a, b)
#define SAME(a, b) _mm256_cmpeq_epi8(a, b)
#define LOAD(p) _mm256_loadu_si256((const V *)(const void *)(p))

/* Round keys as a round wants them: 32 bytes for each thing that it XORs to. A bit of the half block enters one box or
 * two, but inputs 2 to 5 of all boxes see each bit once. So their key bits are XORed to the half itself, once, before it
 * is taken apart; inputs 0 and 1, which see what inputs 4 and 5 of the box before them see, also undo that. The half of
 * round n carries key n, and `other` turns what the other half carries, key n - 1, into n + 1. Outside the sixteen rounds
 * a half carries none: `first` puts it on the half that begins, `last` takes it off the half that ends. */
struct keys {
    V first, last;
    struct round_key {
        V in0, in1, other;
    } round[16];
};

FN schedule(uint64_t rk[16], const uint8_t key[8])
{
    uint64_t all;
    __builtin_memcpy(&all, key, 8);
    const V bytes = _mm256_set1_epi64x((long long)all);
    for (int part = 0; part < 4; part++) {
        V sum = _mm256_setzero_si256();
        for (int i = 0; i < 6; i++) {
            const V mask = LOAD(des_key_mask + 128 * i + 32 * part);
            const V bit = SAME(AND(_mm256_shuffle_epi8(bytes, LOAD(des_key_byte + 128 * i + 32 * part)), mask), mask);
            sum = _mm256_or_si256(sum, AND(bit, _mm256_set1_epi8((char)(1 << i))));
        }
        _mm256_storeu_si256((V *)(void *)(rk + 4 * part), sum);
    }
}

/* The key bits of inputs 2 to 5, each where the half block has its bit. */
INLINE V carried(V key)
{
    const V as = LOAD(des_seen_as);
    return SAME(AND(_mm256_shuffle_epi8(key, LOAD(des_seen_by)), as), as);
}

FN prepare(struct keys *keys, const uint64_t rk[16])
{
    const uint64_t low = 0x0303030303030303u;
    /* An input selects a bit of a byte by being AND-ed after an XOR with the bits in whose number it is 0. */
    const V select0 = _mm256_set1_epi16((short)0xaa55), select1 = _mm256_set1_epi32((int)0xcccc3333);
    keys->first = carried(_mm256_set1_epi64x((long long)rk[0]));
    keys->last = carried(_mm256_set1_epi64x((long long)rk[15]));
    for (size_t n = 0; n < 16; n++) {
        const uint64_t turn = (n > 0 ? rk[n - 1] : 0) ^ (n < 15 ? rk[n + 1] : 0);
        const uint64_t undo = rk[n] ^ (rk[n] << 8 | rk[n] >> 56) >> 4;
        const V both = _mm256_set1_epi64x((long long)((undo & low) | (turn & ~low)));
        const V box = _mm256_shuffle_epi8(both, LOAD(des_box_of));
        keys->round[n].in0 = _mm256_shuffle_epi8(select0, box);
        keys->round[n].in1 = _mm256_shuffle_epi8(select1, box);
        keys->round[n].other = carried(both);
    }
}

/* Each bit of a half as a byte. */
INLINE V widen(uint32_t half)
{
    const V at = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                                  2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const V mask = _mm256_set1_epi64x((long long)0x8040201008040201u);
    return SAME(AND(_mm256_shuffle_epi8(_mm256_set1_epi32((int)half), at), mask), mask);
}

INLINE uint32_t narrow(V half)
{
    return (uint32_t)_mm256_movemask_epi8(half);
}

#ifndef ROUND
/* The other half ^= f(half, key). The selected bit is compared with 0 only after the XOR. */
INLINE V round_of(V other, V half, const struct round_key *key, TAKE_ARGUMENTS)
{
#define ROW(q) LOAD(des_rows + 32 * (q))
    const V x3 = TAKE(half, 3), x0 = TAKE(half, 0), x4 = TAKE(half, 4);
    const V x1 = TAKE(half, 1), x5 = TAKE(half, 5), x2 = TAKE(half, 2);
    const V a = CHOOSE(x4, CHOOSE(x3, ROW(3), ROW(2)), CHOOSE(x3, ROW(1), ROW(0)));
    const V b = CHOOSE(x4, CHOOSE(x3, ROW(7), ROW(6)), CHOOSE(x3, ROW(5), ROW(4)));
    const V place = PLACE(PLACE(XOR(x0, key->in0), x1, key->in1), x2, _mm256_set1_epi8(0x0f));
    return SAME(PLACE(place, CHOOSE(x5, b, a), XOR(other, key->other)), _mm256_setzero_si256());
#undef ROW
}
#define ROUND(other, half, key) other = round_of(other, half, key, TAKE_PASS)
#endif

FN run(const uint64_t *const rounds[3], int inner, int last, const struct jk_des_chain *chain, uint8_t *out,
       const uint8_t *in, size_t n)
{
    struct keys keys[2];
    const int most = inner > last ? inner : last;
    const struct keys *const key[3] = {&keys[0], &keys[1], &keys[0]};
    V l = _mm256_setzero_si256(), r = l;
    CONSTANTS

    prepare(&keys[0], rounds[0]);
    if (most > 1)
        prepare(&keys[1], rounds[1]);
    if (chain != NULL) {
        uint32_t left, right;
        jk_des_initial(*chain->state, &left, &right);
        l = widen(left);
        r = widen(right);
    }
    const size_t blocks = n + (chain != NULL && chain->tail);
    for (size_t b = 0; b < blocks; b++) {
        uint32_t left, right;
        const int steps = b + 1 == blocks ? last : inner;
        jk_des_initial(b < n ? jk_load64(in + 8 * b) : chain->padded, &left, &right);
        if (chain == NULL)
            l = r = _mm256_setzero_si256();
        l = XOR(l, widen(left));
        r = XOR(r, widen(right));
        for (int s = 0; s < steps; s++) {
            const struct keys *const k = key[s];
            r = XOR(r, k->first);
            for (size_t i = 0; i < 16; i += 2) {
                ROUND(l, r, &k->round[i]);
                ROUND(r, l, &k->round[i + 1]);
            }
            const V t = XOR(l, k->last);
            l = r;
            r = t;
        }
        if (out != NULL)
            jk_store64(out + 8 * b, jk_des_final(narrow(l), narrow(r)));
    }
    if (chain != NULL)
        *chain->state = jk_des_final(narrow(l), narrow(r));
    jk_wipe(keys, sizeof keys);
}

#undef V
#undef XOR
#undef AND
