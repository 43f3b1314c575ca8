/* DES on one block, in 32-byte vectors: a byte, 00 or FF, for each bit of a half block. All 32 bits of f are found at once:
 * byte n takes its box's six input bits from wherever they are (a byte shuffle with constant indices), three of them
 * select among eight constant bytes, the other three select a bit of that byte. Included once for each instruction set,
 * with these defined:
 *   FN, INLINE: how a plain and an inlined function begins;
 *   TAKE(v, i): the bytes of v in the order des_from[i];  TAKE_PREPARE: the constants it wants;
 *   XOR3(a, b, c); CHOOSE(mask, one, zero). */
#include <immintrin.h>

#include "des_key.h"
#include "des_lane.h"

#define V __m256i
#define XOR(a, b) _mm256_xor_si256(a, b)
#define AND(a, b) _mm256_and_si256(a, b)
#define SAME(a, b) _mm256_cmpeq_epi8(a, b)
#define LOAD(p) _mm256_loadu_si256((const V *)(const void *)(p))

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

/* What a round XORs to the six inputs. The first three inputs select a bit of a byte by being AND-ed after an XOR with the
 * bits in whose number they are 0, which is added here. And f comes out inverted: so the halves are inverted, by turns two
 * rounds yes and two rounds no, which is undone here. */
FN prepare(V k[16 * 6], const uint64_t rounds[16])
{
    const V box = LOAD(des_box_of);
    static const uint8_t zero_bits[6] = {0x55, 0x33, 0x0f, 0, 0, 0};
    for (int round = 0; round < 16; round++) {
        const V bytes = _mm256_shuffle_epi8(_mm256_set1_epi64x((long long)rounds[round]), box);
        const int inverted = ((round + 1) & 2) != 0 ? 0xff : 0;
        for (int i = 0; i < 6; i++) {
            const V mask = _mm256_set1_epi8((char)(1 << i));
            k[6 * round + i] = XOR(SAME(AND(bytes, mask), mask), _mm256_set1_epi8((char)(zero_bits[i] ^ inverted)));
        }
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

/* NOT f of the six inputs. */
INLINE V boxes(const V x[6])
{
#define ROW(q) LOAD(des_rows + 32 * (q))
    const V place = AND(AND(x[0], x[1]), x[2]);
    const V a = CHOOSE(x[4], CHOOSE(x[3], ROW(3), ROW(2)), CHOOSE(x[3], ROW(1), ROW(0)));
    const V b = CHOOSE(x[4], CHOOSE(x[3], ROW(7), ROW(6)), CHOOSE(x[3], ROW(5), ROW(4)));
    return SAME(AND(CHOOSE(x[5], b, a), place), _mm256_setzero_si256());
#undef ROW
}

/* The six arrangements of each half are carried along, so that the next round's inputs are one shuffle and one XOR away. */
INLINE void round_of(V to[6], V *half, V x[6], const V other[6], const V *next, TAKE_ARGUMENTS)
{
    const V g = boxes(x);
    (void)other;
    *half = XOR(*half, g);
    for (int i = 0; i < 6; i++) {
        const V t = TAKE(g, i);
        x[i] = XOR3(to[i], t, next[i]);
        to[i] = XOR(to[i], t);
    }
}

FN run(const uint64_t *const rounds[3], int inner, int last, const struct jk_des_chain *chain, uint8_t *out,
       const uint8_t *in, size_t n)
{
    /* One entry past the end: the last round prepares inputs that nobody uses. */
    V keys[2][17 * 6];
    const int most = inner > last ? inner : last;
    const V *key[3] = {keys[0], keys[1], keys[0]};
    V l = _mm256_setzero_si256(), r = l;
    TAKE_PREPARE

    prepare(keys[0], rounds[0]);
    if (most > 1)
        prepare(keys[1], rounds[1]);
    for (int i = 0; i < 6; i++)
        keys[0][96 + i] = keys[1][96 + i] = l;
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
        V la[6], ra[6];
        for (int i = 0; i < 6; i++) {
            la[i] = TAKE(l, i);
            ra[i] = TAKE(r, i);
        }
        for (int s = 0; s < steps; s++) {
            const V *k = key[s];
            V x[6];
            for (int i = 0; i < 6; i++)
                x[i] = XOR(ra[i], k[i]);
            for (int round = 0; round < 16; round += 2, k += 12) {
                round_of(la, &l, x, ra, k + 6, TAKE_PASS);
                round_of(ra, &r, x, la, k + 12, TAKE_PASS);
            }
            V t = l;
            l = r;
            r = t;
            for (int i = 0; i < 6; i++) {
                t = la[i];
                la[i] = ra[i];
                ra[i] = t;
            }
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
