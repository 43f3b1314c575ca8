/* The AVX-512 instructions of sm2_ifma.c spelt out, for tools that do not have them. Valgrind 3.19 does not, so
 * ctime_sm2.c includes this and then that file: all of it is checked but the instructions themselves, none of which has a
 * latency or an address that depends on a value. */
#ifndef JK_IFMA_TWIN_H
#define JK_IFMA_TWIN_H

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

/* In the place of the attributes that let the compiler use the real ones. */
#define TARGET
#define INLINE static

typedef struct {
    uint64_t w[8];
} twin;

#define TWIN(name, parameters, expression)                 \
    static __attribute__((noinline)) twin name parameters  \
    {                                                      \
        twin r;                                            \
        for (int i = 0; i < 8; i++)                        \
            r.w[i] = (expression);                         \
        return r;                                          \
    }
/* The 104 bits of a product of 52-bit numbers. */
__extension__ typedef unsigned __int128 twin_product;
static inline twin_product twin_times(uint64_t a, uint64_t b)
{
    const uint64_t ones = 0xfffffffffffff;
    return (twin_product)(a & ones) * (b & ones);
}

TWIN(twin_set, (long long x), (uint64_t)x)
TWIN(twin_add, (twin a, twin b), a.w[i] + b.w[i])
TWIN(twin_sub, (twin a, twin b), a.w[i] - b.w[i])
TWIN(twin_and, (twin a, twin b), a.w[i] & b.w[i])
TWIN(twin_or, (twin a, twin b), a.w[i] | b.w[i])
TWIN(twin_xor, (twin a, twin b), a.w[i] ^ b.w[i])
TWIN(twin_and_not, (twin a, twin b), ~a.w[i] & b.w[i])
TWIN(twin_left, (twin a, unsigned n), a.w[i] << n)
TWIN(twin_right, (twin a, unsigned n), a.w[i] >> n)
TWIN(twin_right_signed, (twin a, unsigned n), (a.w[i] >> n) | ((0 - (a.w[i] >> 63)) << (63 - n) << 1))
TWIN(twin_low, (twin t, twin a, twin b), t.w[i] + ((uint64_t)twin_times(a.w[i], b.w[i]) & 0xfffffffffffff))
TWIN(twin_high, (twin t, twin a, twin b), t.w[i] + (uint64_t)(twin_times(a.w[i], b.w[i]) >> 52))
TWIN(twin_choose, (twin m, twin a, twin b), (m.w[i] & a.w[i]) | (~m.w[i] & b.w[i]))
TWIN(twin_unpack, (twin a, twin b, int odd), i % 2 == 0 ? a.w[i + odd] : b.w[i - 1 + odd])
TWIN(twin_shuffle, (twin a, twin b, int pick), (i < 4 ? a : b).w[2 * (pick >> i / 2 * 2 & 3) + i % 2])
static inline uint8_t twin_equal(twin a, twin b)
{
    unsigned r = 0;
    for (int i = 0; i < 8; i++)
        r |= (unsigned)(a.w[i] == b.w[i]) << i;
    return (uint8_t)r;
}

static inline twin twin_load(const void *p)
{
    twin r;
    memcpy(&r, p, sizeof r);
    return r;
}

static inline void twin_store(void *p, twin a)
{
    memcpy(p, &a, sizeof a);
}

#define __m512i twin
#define _mm_cvtsi32_si128(n) ((unsigned)(n))
#define _mm512_setzero_si512() twin_set(0)
#define _mm512_set1_epi64 twin_set
#define _mm512_loadu_si512 twin_load
#define _mm512_storeu_si512 twin_store
#define _mm512_add_epi64 twin_add
#define _mm512_sub_epi64 twin_sub
#define _mm512_and_si512 twin_and
#define _mm512_or_si512 twin_or
#define _mm512_slli_epi64 twin_left
#define _mm512_sll_epi64 twin_left
#define _mm512_srli_epi64 twin_right
#define _mm512_srl_epi64 twin_right
#define _mm512_srai_epi64 twin_right_signed
#define _mm512_madd52lo_epu64 twin_low
#define _mm512_madd52hi_epu64 twin_high
#define _mm512_xor_si512 twin_xor
#define _mm512_andnot_si512 twin_and_not
/* Of all functions of three bits, the one that is used: number 0xca. */
#define _mm512_ternarylogic_epi64(m, a, b, number) twin_choose(m, a, b)
#define _mm512_unpacklo_epi64(a, b) twin_unpack(a, b, 0)
#define _mm512_unpackhi_epi64(a, b) twin_unpack(a, b, 1)
#define _mm512_shuffle_i64x2 twin_shuffle
#define _mm512_cmpeq_epi64_mask twin_equal

#endif
