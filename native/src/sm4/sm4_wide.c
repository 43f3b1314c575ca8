/* Implementations of SM4 that are others with more messages side by side: one message gains nothing from width. */
#include "sm4_internal.h"

#ifdef JK_X86

static void aesni_schedule(uint32_t rk[32], const uint8_t key[16])
{
    jk_sm4_aesni.schedule(rk, key);
}

static void aesni_blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    jk_sm4_aesni.blocks(rk, out, in, n);
}

static void gfni_schedule(uint32_t rk[32], const uint8_t key[16])
{
    jk_sm4_gfni.schedule(rk, key);
}

static void gfni_blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    jk_sm4_gfni.blocks(rk, out, in, n);
}

const struct jk_sm4_ops jk_sm4_avx2 = {
    .name = "avx2", .schedule = aesni_schedule, .blocks = aesni_blocks, .macs = jk_sm4_macs_avx2};
const struct jk_sm4_ops jk_sm4_gfni256 = {
    .name = "gfni256", .schedule = gfni_schedule, .blocks = gfni_blocks, .macs = jk_sm4_macs_gfni256};
const struct jk_sm4_ops jk_sm4_avx512 = {
    .name = "avx512", .schedule = gfni_schedule, .blocks = gfni_blocks, .macs = jk_sm4_macs_avx512};

#endif
