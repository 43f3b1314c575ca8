/* GB/T 32907 (SM4) in plain C and constant time: the S-box is a circuit, so there is no table that a key or a byte of
 * data could address.
 *
 * Few blocks: bit i of every byte of a word is brought to the byte's lowest place by one shift, so that eight shifts
 * make the circuit's eight planes, and one 64-bit plane serves two blocks. Only an eighth of each plane is used, but
 * there is no transposition in the way and a round is short.
 * Many blocks: sixteen at once, wholly transposed, every bit of each plane used. */
#include "sm4_internal.h"
#include "sm4_sbox.h"

#define EACH_BYTE 0x0101010101010101u
#define IN_WORD (JK_SM4_SBOX_IN * 0x01010101u)
#define OUT_WORD (JK_SM4_SBOX_OUT * 0x01010101u)

/* The S-box on eight bytes, without its two constants. */
static inline uint64_t substitute(uint64_t x)
{
    uint64_t q[8];
    for (unsigned i = 0; i < 8; i++)
        q[i] = x >> i;
    jk_sm4_sbox(q);
    uint64_t y = 0;
    for (unsigned i = 0; i < 8; i++)
        y |= (q[i] & EACH_BYTE) << i;
    return y;
}

static inline uint32_t mix(uint32_t b)
{
    return b ^ jk_rotl32(b, 2) ^ jk_rotl32(b, 10) ^ jk_rotl32(b, 18) ^ jk_rotl32(b, 24);
}

/* L of a word of equal bytes is those bytes rotated by 2, three times: the constant that S leaves out. */
#define OUT_MIXED jk_rotl32(OUT_WORD, 2)

static void schedule(uint32_t rk[32], const uint8_t key[16])
{
    uint32_t k[4];
    for (size_t i = 0; i < 4; i++)
        k[i] = jk_load32(key + 4 * i) ^ jk_sm4_fk[i];
    for (size_t i = 0; i < 32; i++) {
        const uint32_t x = k[(i + 1) % 4] ^ k[(i + 2) % 4] ^ k[(i + 3) % 4] ^ jk_sm4_ck[i];
        const uint32_t b = (uint32_t)substitute(x ^ IN_WORD) ^ OUT_WORD;
        rk[i] = k[i % 4] ^= b ^ jk_rotl32(b, 13) ^ jk_rotl32(b, 23);
    }
    jk_wipe(k, sizeof k);
}

/* Inlined where it is called once, it gets fewer registers. */
#ifdef __GNUC__
__attribute__((noinline))
#endif
static void one(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    uint32_t x[4];
    for (size_t i = 0; i < 4; i++)
        x[i] = jk_load32(in + 4 * i);
    for (size_t i = 0; i < 32; i++) {
        const uint32_t t = x[(i + 1) % 4] ^ x[(i + 2) % 4] ^ x[(i + 3) % 4] ^ (rk[i] ^ IN_WORD);
        x[i % 4] ^= OUT_MIXED ^ mix((uint32_t)substitute(t));
    }
    for (size_t i = 0; i < 4; i++)
        jk_store32(out + 4 * i, x[3 - i]);
    jk_wipe(x, sizeof x);
}

static void two(const uint32_t rk[32], uint8_t *out, const uint8_t *in)
{
    uint32_t x[4], y[4];
    for (size_t i = 0; i < 4; i++) {
        x[i] = jk_load32(in + 4 * i);
        y[i] = jk_load32(in + 16 + 4 * i);
    }
    for (size_t i = 0; i < 32; i++) {
        const uint32_t t = x[(i + 1) % 4] ^ x[(i + 2) % 4] ^ x[(i + 3) % 4] ^ (rk[i] ^ IN_WORD);
        const uint32_t u = y[(i + 1) % 4] ^ y[(i + 2) % 4] ^ y[(i + 3) % 4] ^ (rk[i] ^ IN_WORD);
        const uint64_t s = substitute((uint64_t)u << 32 | t);
        x[i % 4] ^= OUT_MIXED ^ mix((uint32_t)s);
        y[i % 4] ^= OUT_MIXED ^ mix((uint32_t)(s >> 32));
    }
    for (size_t i = 0; i < 4; i++) {
        jk_store32(out + 4 * i, x[3 - i]);
        jk_store32(out + 16 + 4 * i, y[3 - i]);
    }
    jk_wipe(x, sizeof x);
    jk_wipe(y, sizeof y);
}

/* --- sixteen blocks: bit 16 * lane + block of plane i is bit i of byte `lane` (0 the lowest) of that block's word --- */

enum { WIDE = 16 };

/* The bytes of a word, each into the low half of 16 bits. */
static inline uint64_t spread(uint32_t x)
{
    uint64_t s = x;
    s = (s | s << 16) & 0x0000ffff0000ffffu;
    return (s | s << 8) & 0x00ff00ff00ff00ffu;
}

static inline uint32_t gather(uint64_t s)
{
    s &= 0x00ff00ff00ff00ffu;
    s = (s | s >> 8) & 0x0000ffff0000ffffu;
    return (uint32_t)(s | s >> 16);
}

static inline void swap_bits(uint64_t *a, uint64_t *b, uint64_t mask, unsigned n)
{
    const uint64_t t = ((*a >> n) ^ *b) & mask;
    *b ^= t;
    *a ^= t << n;
}

/* Eight 8x8 bit matrices side by side: bit r of a byte in m[i] <-> bit i of that byte in m[r]. */
static inline void transpose(uint64_t m[8])
{
    for (unsigned i = 0; i < 8; i += 2)
        swap_bits(&m[i], &m[i + 1], 0x5555555555555555u, 1);
    for (unsigned i = 0; i < 8; i += 4)
        for (unsigned j = i; j < i + 2; j++)
            swap_bits(&m[j], &m[j + 2], 0x3333333333333333u, 2);
    for (unsigned i = 0; i < 4; i++)
        swap_bits(&m[i], &m[i + 4], 0x0f0f0f0f0f0f0f0fu, 4);
}

static inline uint64_t turn(uint64_t x, unsigned lanes)
{
    return x << 16 * lanes | x >> (64 - 16 * lanes);
}

/* A round key for all sixteen blocks: each of its bits, sixteen times. Not by multiplication, which on small processors
 * takes a time that depends on the operands. */
static inline void widen(uint64_t plane[8], uint32_t rk)
{
    const uint64_t s = spread(rk ^ IN_WORD);
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t bits = s >> i & 0x0001000100010001u;
        plane[i] = (bits << 16) - bits;
    }
}

static inline void wide_round(uint64_t a[8], const uint64_t b[8], const uint64_t c[8], const uint64_t d[8],
                              const uint64_t key[8])
{
    uint64_t q[8];
    for (unsigned i = 0; i < 8; i++)
        q[i] = b[i] ^ c[i] ^ d[i] ^ key[i];
    jk_sm4_sbox(q);
    /* L: rotation by 8 is a turn of lanes, by 2 a step of two planes that turns a lane where it wraps. So
     * b ^ b<<<24 ^ (b ^ b<<<8 ^ b<<<16)<<<2. The constant comes last. */
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t p = q[(i + 6) % 8];
        const uint64_t r = p ^ turn(p, 1) ^ turn(p, 2);
        a[i] ^= q[i] ^ turn(q[i], 3) ^ (i < 2 ? turn(r, 1) : r);
        a[i] ^= 0 - (uint64_t)(OUT_MIXED >> i & 1);
    }
}

static void wide(const uint64_t keys[32][8], uint8_t *out, const uint8_t *in)
{
    uint64_t x[4][8];
    for (size_t w = 0; w < 4; w++) {
        for (size_t r = 0; r < 8; r++)
            x[w][r] = spread(jk_load32(in + 16 * r + 4 * w)) | spread(jk_load32(in + 16 * (r + 8) + 4 * w)) << 8;
        transpose(x[w]);
    }
    for (size_t i = 0; i < 32; i += 4) {
        wide_round(x[0], x[1], x[2], x[3], keys[i]);
        wide_round(x[1], x[2], x[3], x[0], keys[i + 1]);
        wide_round(x[2], x[3], x[0], x[1], keys[i + 2]);
        wide_round(x[3], x[0], x[1], x[2], keys[i + 3]);
    }
    for (size_t w = 0; w < 4; w++) {
        transpose(x[3 - w]);
        for (size_t r = 0; r < 8; r++) {
            jk_store32(out + 16 * r + 4 * w, gather(x[3 - w][r]));
            jk_store32(out + 16 * (r + 8) + 4 * w, gather(x[3 - w][r] >> 8));
        }
    }
    jk_wipe(x, sizeof x);
}

/* The round keys of sixteen keys, ready for `wide`. Words of keys carry the S-box's constant: the sum of three does too. */
static void wide_schedule(uint64_t keys[32][8], const uint8_t *key)
{
    /* L' of a word of bytes OUT is the sum of those bytes, and of them rotated by 13 and 23. */
    const uint32_t out = OUT_WORD ^ jk_rotl32(OUT_WORD, 13) ^ jk_rotl32(OUT_WORD, 23);
    uint64_t k[4][8], ck[8], q[8];
    for (size_t w = 0; w < 4; w++) {
        const uint64_t fixed = spread(jk_sm4_fk[w] ^ IN_WORD);
        for (size_t r = 0; r < 8; r++)
            k[w][r] = (spread(jk_load32(key + 16 * r + 4 * w)) ^ fixed)
                      | (spread(jk_load32(key + 16 * (r + 8) + 4 * w)) ^ fixed) << 8;
        transpose(k[w]);
    }
    for (size_t i = 0; i < 32; i++) {
        uint64_t *const a = k[i % 4], *const b = k[(i + 1) % 4], *const c = k[(i + 2) % 4], *const d = k[(i + 3) % 4];
        widen(ck, jk_sm4_ck[i] ^ IN_WORD);
        for (size_t j = 0; j < 8; j++)
            q[j] = b[j] ^ c[j] ^ d[j] ^ ck[j];
        jk_sm4_sbox(q);
        for (unsigned j = 0; j < 8; j++) {
            const uint64_t by13 = turn(q[(j + 3) % 8], j < 5 ? 2 : 1), by23 = turn(q[(j + 1) % 8], j < 7 ? 3 : 2);
            keys[i][j] = a[j] ^= q[j] ^ by13 ^ by23 ^ (0 - (uint64_t)(out >> j & 1));
        }
    }
    jk_wipe(k, sizeof k);
    jk_wipe(q, sizeof q);
}

/* So many blocks are better done as sixteen. Two at once pay where a register has 64 bits. */
enum { TWO_PAY = sizeof(size_t) >= 8, WORTH = TWO_PAY ? 3 : 5 };

static void many(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    uint64_t keys[32][8];
    uint8_t padded[16 * WIDE] = {0};
    for (size_t i = 0; i < 32; i++)
        widen(keys[i], rk[i]);
    for (; n >= WIDE; n -= WIDE, in += 16 * WIDE, out += 16 * WIDE)
        wide(keys, out, in);
    if (n > 0) {
        jk_copy(padded, in, 16 * n);
        wide(keys, padded, padded);
        jk_copy(out, padded, 16 * n);
        jk_wipe(padded, sizeof padded);
    }
    jk_wipe(keys, sizeof keys);
}

static void blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    const size_t rest = n % WIDE, wider = rest >= WORTH ? n : n - rest;
    if (wider > 0)
        many(rk, out, in, wider);
    in += 16 * wider;
    out += 16 * wider;
    n -= wider;
    for (; n >= 2 && TWO_PAY; n -= 2, in += 32, out += 32)
        two(rk, out, in);
    for (; n > 0; n--, in += 16, out += 16)
        one(rk, out, in);
}

/* The block of a message at `at`, with its padding, added to `chain`. */
static void add_block(uint8_t chain[16], const uint8_t *in, size_t in_len, size_t at, int padding)
{
    const size_t rest = in_len - at < 16 ? in_len - at : 16;
    jk_xor(chain, chain, in + at, rest);
    if (padding == JK_PAD_80 && rest < 16)
        chain[rest] ^= 0x80;
}

/* So many messages are better done as sixteen. */
enum { MACS_PAY = 2 };

static size_t macs(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    struct {
        uint64_t keys[32][8];
        uint8_t chain[16 * WIDE];
    } w;
    size_t done = 0;
    for (size_t now; n - done >= MACS_PAY; done += now) {
        now = n - done < WIDE ? n - done : WIDE;
        jk_wipe(w.chain, sizeof w.chain);
        jk_copy(w.chain, keys + 16 * done, 16 * now);
        wide_schedule(w.keys, w.chain);
        jk_wipe(w.chain, sizeof w.chain);
        size_t at = 0;
        do {
            for (size_t i = 0; i < now; i++)
                add_block(w.chain + 16 * i, in + in_len * (done + i), in_len, at, padding);
            wide(w.keys, w.chain, w.chain);
            at += 16;
        } while (at < in_len || (at == in_len && padding == JK_PAD_80));
        jk_copy(out + 16 * done, w.chain, 16 * now);
    }
    if (done > 0)
        jk_wipe(&w, sizeof w);
    return done;
}

const struct jk_sm4_ops jk_sm4_portable = {.name = "portable", .schedule = schedule, .blocks = blocks, .macs = macs};
