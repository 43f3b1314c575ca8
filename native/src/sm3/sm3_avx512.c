/* GB/T 32905 (SM3) with AVX-512 (F, BW, VL): as sm3_avx2.c, with rotations and any function of three bits in one
 * instruction, and sixteen messages at a time. */
#include "sm3_internal.h"

#ifdef JK_X86_64

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,bmi2")))
#define FN static TARGET void
#define INLINE static inline __attribute__((target("avx512f,avx512bw,avx512vl,bmi2"), always_inline)) void

#define XOR4(x, y, z) _mm_ternarylogic_epi32(x, y, z, 0x96)
#define ROTATE4(x, n) _mm_rol_epi32(x, n)
#define P1_4(x) XOR4(x, ROTATE4(x, 15), ROTATE4(x, 23))
#define WRAP4(w)                                                     \
    do {                                                             \
        const __m128i z_ = _mm_slli_si128(w, 12);                    \
        w = XOR4(w, ROTATE4(z_, 15), ROTATE4(z_, 30));               \
        w = _mm_xor_si128(w, ROTATE4(z_, 6));                        \
    } while (0)
#include "sm3_stream.h"

#define V __m512i
#define SPLAT(x) _mm512_set1_epi32((int)(x))
#define XOR(x, y) _mm512_xor_si512(x, y)
#define AND(x, y) _mm512_and_si512(x, y)
#define OR(x, y) _mm512_or_si512(x, y)
#define LOW(x, y) _mm512_unpacklo_epi32(x, y)
#define HIGH(x, y) _mm512_unpackhi_epi32(x, y)
#define LOW2(x, y) _mm512_unpacklo_epi64(x, y)
#define HIGH2(x, y) _mm512_unpackhi_epi64(x, y)
#define EVERYWHERE(p) _mm512_broadcast_i32x4(PART(p))
#define SWAP(x) _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(_mm_set_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203)))
#define PART(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define PUSH(x, p, k) _mm512_mask_broadcast_i32x4(x, (__mmask16)(0xf << 4 * (k)), PART(p))
#define GATHER(p, i, at)                                                                                \
    PUSH(PUSH(PUSH(_mm512_castsi128_si512(PART((p)[i] + (at))), (p)[4 + (i)] + (at), 1), (p)[8 + (i)] + (at), 2), \
         (p)[12 + (i)] + (at), 3)
#define PUT(x, p, k) _mm_storeu_si128((__m128i *)(void *)(p), _mm512_extracti32x4_epi32(x, k))
#define SCATTER(x, p, i, at)                \
    PUT(x, (p)[i] + (at), 0);               \
    PUT(x, (p)[4 + (i)] + (at), 1);         \
    PUT(x, (p)[8 + (i)] + (at), 2);         \
    PUT(x, (p)[12 + (i)] + (at), 3)

/* In assembly, because the compilers copy what a three-operand instruction would overwrite although its last use it is,
 * and with thirty registers in use then keep others in memory. Numbers are truth tables. */
#define XOR3 "$0x96"
#define FF0 XOR3
#define GG0 XOR3
#define FF1 "$0xe8"
#define GG1 "$0xe2"
/* A copy of b or f rotated is the new one, and the old one is free for the Boolean function. The order was found by
 * trying: rotations have half of the vector units, which the rest must leave to them. */
#define ROUND_CODE(FF, GG)                                \
    "vprold $19, %[f], %[f2]\n\t"                         \
    "vprold $9, %[b], %[b2]\n\t"                          \
    "vpternlogd " FF ", %[a], %[c], %[b]\n\t"             \
    "vpaddd %[b], %[d], %[d]\n\t"                         \
    "vpternlogd " GG ", %[g], %[e], %[f]\n\t"             \
    "vpaddd %[w], %[h], %[h]\n\t"                         \
    "vpaddd %[f], %[h], %[h]\n\t"                         \
    "vprold $12, %[a], %[t]\n\t"                          \
    "vpaddd %[k]%{1to16%}, %[t], %[s]\n\t"                \
    "vpaddd %[e], %[s], %[s]\n\t"                         \
    "vprold $7, %[s], %[s]\n\t"                           \
    "vpxord %[s], %[t], %[t]\n\t"                         \
    "vpxord %[w], %[w4], %[u]\n\t"                        \
    "vpaddd %[s], %[h], %[h]\n\t"                         \
    "vprold $17, %[h], %[q]\n\t"                          \
    "vpaddd %[u], %[d], %[d]\n\t"                         \
    "vprold $9, %[h], %[p]\n\t"                           \
    "vpternlogd " XOR3 ", %[p], %[q], %[h]\n\t"           \
    "vpaddd %[t], %[d], %[d]\n\t"

/* The same, and word 16 + j into the place of word j. */
#define STEP_CODE(FF, GG)                                 \
    "vprold $12, %[a], %[t]\n\t"                          \
    "vpxord %[w], %[w4], %[u]\n\t"                        \
    "vprold $9, %[b], %[b2]\n\t"                          \
    "vprold $19, %[f], %[f2]\n\t"                         \
    "vpaddd %[w], %[h], %[h]\n\t"                         \
    "vpaddd %[k]%{1to16%}, %[t], %[s]\n\t"                \
    "vpternlogd " GG ", %[g], %[e], %[f]\n\t"             \
    "vpaddd %[e], %[s], %[s]\n\t"                         \
    "vpternlogd " FF ", %[a], %[c], %[b]\n\t"             \
    "vpaddd %[u], %[d], %[d]\n\t"                         \
    "vpaddd %[b], %[d], %[d]\n\t"                         \
    "vpaddd %[f], %[h], %[h]\n\t"                         \
    "vprold $7, %[s], %[s]\n\t"                           \
    "vpaddd %[s], %[h], %[h]\n\t"                         \
    "vpxord %[s], %[t], %[t]\n\t"                         \
    "vprold $9, %[h], %[p]\n\t"                           \
    "vprold $17, %[h], %[q]\n\t"                          \
    "vpaddd %[t], %[d], %[d]\n\t"                         \
    "vprold $15, %[w13], %[u]\n\t"                        \
    "vpternlogd " XOR3 ", %[w7], %[u], %[w]\n\t"          \
    "vpternlogd " XOR3 ", %[p], %[q], %[h]\n\t"           \
    "vprold $23, %[w], %[q]\n\t"                          \
    "vprold $7, %[w3], %[t]\n\t"                          \
    "vprold $15, %[w], %[p]\n\t"                          \
    "vpternlogd " XOR3 ", %[p], %[q], %[w]\n\t"           \
    "vpternlogd " XOR3 ", %[w10], %[t], %[w]\n\t"

#define RUN(A, B, C, D, E, F, G, H, j, CODE)                                                                  \
    do {                                                                                                      \
        V b2_, f2_, t_, s_, u_, p_, q_;                                                                       \
        __asm__(CODE                                                                                          \
                : [b] "+&v"(B), [d] "+&v"(D), [f] "+&v"(F), [h] "+&v"(H), [w] "+&v"(w[(j) % 16]),             \
                  [b2] "=&v"(b2_), [f2] "=&v"(f2_), [t] "=&v"(t_), [s] "=&v"(s_), [u] "=&v"(u_),              \
                  [p] "=&v"(p_), [q] "=&v"(q_)                                                                \
                : [a] "v"(A), [c] "v"(C), [e] "v"(E), [g] "v"(G), [w3] "v"(w[((j) + 3) % 16]),                \
                  [w4] "v"(w[((j) + 4) % 16]), [w7] "v"(w[((j) + 7) % 16]), [w10] "v"(w[((j) + 10) % 16]),    \
                  [w13] "v"(w[((j) + 13) % 16]), [k] "m"(jk_sm3_constants[j]));                               \
        B = b2_;                                                                                              \
        F = f2_;                                                                                              \
    } while (0)
#define ROUND(A, B, C, D, E, F, G, H, FF, GG, j) RUN(A, B, C, D, E, F, G, H, j, ROUND_CODE(FF, GG))
#define STEP(A, B, C, D, E, F, G, H, FF, GG, j) RUN(A, B, C, D, E, F, G, H, j, STEP_CODE(FF, GG))

#include "sm3_lanes.h"

const struct jk_sm3_ops jk_sm3_avx512 = {"avx512", compress, LANES, 3, digests};

#endif
