/* What the implementations of SM4 for x86 share: names for registers of JK_WIDTH bits, which may be defined anew before
 * each inclusion, and tables. */
#include <immintrin.h>

#include "sm4_affine.h"
#include "sm4_internal.h"

#ifndef JK_SM4_X86_H
#define JK_SM4_X86_H

/* PSHUFB: the bytes of four words as the CPU has them <-> as a block has them. */
static const uint8_t turned_words[16] = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12};

/* The same for all of a block. */
static const uint8_t turned_block[16] = {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};

static const uint8_t linear_ck[32][16] = JK_LINEAR_CK;

enum mode { ECB, CTR, CBC };

/* Counters. A counter may be secret: the carry is arithmetic, and the compiler does not see where the step leads. */
struct counter {
    uint64_t high, low;
};

static inline struct counter counter_at(const uint8_t block[16])
{
    return (struct counter){jk_load64(block), jk_load64(block + 8)};
}

static inline void put_counter(uint8_t block[16], struct counter c)
{
    jk_store64(block, c.high);
    jk_store64(block + 8, c.low);
}

/* n on, at most 2^62. */
static inline struct counter later(struct counter c, uint64_t n)
{
    const uint64_t next = jk_opaque64(c.low + n);
    return (struct counter){c.high + ((c.low & ~next) >> 63), next};
}

/* The counter, or the block before, for what follows n blocks. Asked before anything is written: `out` may be `in`. */
static inline void proceed(uint8_t next[16], const uint8_t *iv, enum mode mode, const uint8_t *in, size_t n)
{
    if (mode == CTR) {
        put_counter(next, later(counter_at(iv), n));
    } else if (mode == CBC) {
        jk_copy(next, in + 16 * (n - 1), 16);
    }
}

#endif

#undef V
#undef MM
#undef SI
#undef NAMED
#undef EACH64
#undef EVERY16

/* V: the register. MM(op), SI(op): an intrinsic, without and with the register's width in its name. EVERY16: 16 bytes of
 * memory in every 128 bits. NAMED: an identifier of its own for each width. */
#if JK_WIDTH == 128
#define V __m128i
#define MM(op) _mm_##op
#define SI(op) _mm_##op##_si128
#define NAMED(name) name##_128
#define EACH64(x) _mm_set1_epi64x((long long)(x))
#define EVERY16(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#elif JK_WIDTH == 256
#define V __m256i
#define MM(op) _mm256_##op
#define SI(op) _mm256_##op##_si256
#define NAMED(name) name##_256
#define EACH64(x) _mm256_set1_epi64x((long long)(x))
#define EVERY16(p) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(p)))
#elif JK_WIDTH == 512
#define V __m512i
#define MM(op) _mm512_##op
#define SI(op) _mm512_##op##_si512
#define NAMED(name) name##_512
#define EACH64(x) _mm512_set1_epi64((long long)(x))
#define EVERY16(p) _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(p)))
#endif
