/* GB/T 32907 (SM4), 64 MACs side by side with AVX-512 (F, BW, VL) and GFNI: one instruction is the inversion with a linear
 * map after it. Constant time: no table at all. */
#include "sm4_internal.h"

#ifdef JK_X86

#include <immintrin.h>

#ifdef __clang__
#define TARGETS "avx512f,avx512bw,avx512vl,gfni"
#else
#define TARGETS "avx512f,avx512bw,avx512vl,gfni,prefer-vector-width=512"
#endif
#define FN static __attribute__((target(TARGETS), noinline)) void
#define INLINE static inline __attribute__((target(TARGETS), always_inline))

#define V __m512i
enum { WAYS = 4, WORTH = 4, SETS = 2 };

#define XOR(a, b) _mm512_xor_si512(a, b)
#define XOR3(a, b, c) xor3(a, b, c)
#define UNPACK_LOW(a, b) _mm512_unpacklo_epi8(a, b)
#define UNPACK_HIGH(a, b) _mm512_unpackhi_epi8(a, b)
#define EACH(byte) _mm512_set1_epi8((char)(byte))
#define EACH4(word) _mm512_set1_epi32((int)(word))
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, x) _mm512_storeu_si512(p, x)
#define MATRIX(name) _mm512_set1_epi64((long long)JK_##name##_MATRIX)
#define AFFINE(x, name) _mm512_gf2p8affine_epi64_epi8(x, MATRIX(name), JK_##name##_CONSTANT)
#define READY V
#define ready(x) (x)
#define MAP(x, name) _mm512_gf2p8affineinv_epi64_epi8(x, MATRIX(name), JK_##name##_CONSTANT)

/* As MAP, in this order, and with the matrix in memory: where keys and blocks are in registers at once, these are scarce. */
#define MAP_AT(value, name) \
    __extension__({ \
        static const uint64_t matrix_ = JK_##name##_MATRIX; \
        V result_; \
        __asm__ volatile("vgf2p8affineinvqb %[constant], %[matrix]%{1to8%}, %[x], %[result]" \
                         : [result] "=v"(result_) \
                         : [x] "v"(value), [matrix] "m"(matrix_), [constant] "i"(JK_##name##_CONSTANT)); \
        result_; \
    })

INLINE __m256i two_rows(const uint8_t *p, size_t step)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p)),
                                   _mm_loadu_si128((const __m128i *)(const void *)(p + step)), 1);
}

INLINE V load_rows(const uint8_t *p, size_t step)
{
    if (step == 16)
        return LOAD(p);
    return _mm512_inserti64x4(_mm512_castsi256_si512(two_rows(p, step)), two_rows(p + 2 * step, step), 1);
}

/* The last of three terms is the one that comes last: VPTERNLOG waits a cycle less for the register that it changes. */
INLINE V xor3(V a, V b, V c)
{
    __asm__("vpternlogq $0x96, %2, %1, %0" : "+v"(c) : "v"(b), "v"(a));
    return c;
}

/* In this order, the first coming last; and the third in memory, or a word of memory sixteen times. */
INLINE V xor3_at(V a, V b, const V *c)
{
    __asm__ volatile("vpternlogq $0x96, %2, %1, %0" : "+v"(a) : "v"(b), "m"(*c));
    return a;
}

INLINE V xor3_each4(V a, V b, const uint32_t *c)
{
    __asm__ volatile("vpternlogd $0x96, %2%{1to16%}, %1, %0" : "+v"(a) : "v"(b), "m"(*c));
    return a;
}

#define XOR3_AT(a, b, c) xor3_at(a, b, &(c))
#define XOR3_EACH4(a, b, c) xor3_each4(a, b, &(c))
#define BESIDE
#include "sm4_lanes.h"

size_t jk_sm4_macs_avx512(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    return macs(out, keys, in, in_len, padding, n);
}

#endif
