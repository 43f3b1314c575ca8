/* GB/T 32907 (SM4) with AES-NI and AVX2. */
#include "../jk_internal.h"

#ifdef JK_X86

#define JK_TARGET "aes,avx2"
#define XOR3(a, b, c) SI(xor)(SI(xor)(a, b), c)
#define JK_WIDTH 128
#include "sm4_x86.h"
#include "sm4_by_aes.h"
#include "sm4_copies.h"
#include "sm4_chain.h"
#include "sm4_keyed.h"
#undef JK_WIDTH
#define JK_WIDTH 256
#include "sm4_x86.h"
#include "sm4_by_aes.h"
#include "sm4_words.h"

const struct jk_sm4_ops jk_sm4_avx2 = {"avx2", schedule, blocks, chain, keyed, ctr, cbc_decrypt, jk_sm4_macs_avx2};

#endif
