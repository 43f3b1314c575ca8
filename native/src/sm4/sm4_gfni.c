/* GB/T 32907 (SM4) with GFNI, in registers of 128 bits. */
#include "../jk_internal.h"

#ifdef JK_X86

#define JK_TARGET "gfni,ssse3,sse4.1"
#define XOR3(a, b, c) SI(xor)(SI(xor)(a, b), c)
#define JK_WIDTH 128
#include "sm4_x86.h"
#include "sm4_by_gfni.h"
#include "sm4_copies.h"
#include "sm4_chain.h"
#include "sm4_keyed.h"
#include "sm4_words.h"

const struct jk_sm4_ops jk_sm4_gfni = {"gfni", schedule, blocks, chain, keyed, ctr, cbc_decrypt, jk_sm4_macs_gfni};

#endif
