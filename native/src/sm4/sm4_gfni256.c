/* GB/T 32907 (SM4) with GFNI and AVX2. */
#include "../jk_internal.h"

#ifdef JK_X86

#define JK_TARGET "gfni,avx2"
#define XOR3(a, b, c) SI(xor)(SI(xor)(a, b), c)
#define JK_WIDTH 128
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
#include "sm4_chain.h"
#undef JK_WIDTH
#define JK_WIDTH 256
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
#include "sm4_pair.h"
#include "sm4_keyed.h"
#include "sm4_words.h"

const struct jk_sm4_ops jk_sm4_gfni256 = {"gfni256", schedule, blocks, chain, keyed, ctr, cbc_decrypt, jk_sm4_macs_gfni256};

#endif
