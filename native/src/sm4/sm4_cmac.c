/* NIST SP 800-38B (CMAC), which is ISO/IEC 9797-1 algorithm 5, with SM4. */
#include "sm4_internal.h"

enum { BLOCK = 16 };

/* x times the block as a number of GF(2^128). The top bit decides nothing: it becomes a mask. */
static void twice(uint8_t out[BLOCK], const uint8_t in[BLOCK])
{
    const uint64_t high = jk_load64(in), low = jk_load64(in + 8);
    const uint64_t top = jk_opaque64(0 - (high >> 63));
    jk_store64(out, high << 1 | low >> 63);
    jk_store64(out + 8, low << 1 ^ (top & 0x87));
}

/* The last block, and what is added to it for being whole or for not being so; the number of blocks before it. */
static size_t last_block(uint8_t last[BLOCK], const uint8_t whole[BLOCK], const uint8_t padded[BLOCK], const uint8_t *in,
                         size_t in_len)
{
    const size_t before = in_len > 0 ? (in_len - 1) / BLOCK : 0, rest = in_len - BLOCK * before;
    jk_store64(last, 0);
    jk_store64(last + 8, 0);
    jk_copy(last, jk_from(in) + BLOCK * before, rest);
    if (rest < BLOCK)
        last[rest] = 0x80;
    jk_xor(last, last, rest < BLOCK ? padded : whole, BLOCK);
    return before;
}

int jk_sm4_cmac_init(jk_sm4_cmac_ctx *ctx, const uint8_t *key, size_t key_len)
{
    uint8_t zeros[BLOCK] = {0};
    const int status = jk_sm4_init(&ctx->sm4, key, key_len);
    if (status != JK_OK)
        return status;
    jk_sm4_ops->blocks(ctx->sm4.enc, zeros, zeros, 1);
    twice(ctx->whole, zeros);
    twice(ctx->padded, ctx->whole);
    jk_wipe(zeros, sizeof zeros);
    return JK_OK;
}

void jk_sm4_cmac_wipe(jk_sm4_cmac_ctx *ctx)
{
    jk_wipe(ctx, sizeof *ctx);
}

int jk_sm4_cmac(const jk_sm4_cmac_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    struct {
        uint8_t chain[BLOCK], last[BLOCK];
    } w = {{0}, {0}};
    if (out_len != BLOCK)
        return JK_ERR_LENGTH;
    const size_t before = last_block(w.last, ctx->whole, ctx->padded, in, in_len);
    jk_sm4_chain(jk_sm4_ops, ctx->sm4.enc, w.chain, NULL, in, before, w.last);
    jk_copy(out, w.chain, BLOCK);
    jk_wipe(&w, sizeof w);
    return JK_OK;
}

int jk_sm4_cmac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in, size_t in_len)
{
    struct {
        uint32_t rk[32];
        uint8_t chain[2][BLOCK], whole[BLOCK], padded[BLOCK], last[BLOCK];
    } w = {.chain = {{0}, {0}}};
    if (out_len != BLOCK || key_len != BLOCK)
        return JK_ERR_LENGTH;
    jk_sm4_ops->schedule(w.rk, key);
    /* The block of zeros that both additions come from is encrypted beside the first of the message, which begins the
     * chain: that takes no longer. */
    const size_t first = in_len > BLOCK;
    if (first)
        jk_copy(w.chain[1], in, BLOCK);
    jk_sm4_ops->blocks(w.rk, w.chain[0], w.chain[0], 1 + first);
    twice(w.whole, w.chain[0]);
    twice(w.padded, w.whole);
    const size_t before = last_block(w.last, w.whole, w.padded, in, in_len);
    jk_sm4_chain(jk_sm4_ops, w.rk, w.chain[1], NULL, first ? in + BLOCK : in, before - first, w.last);
    jk_copy(out, w.chain[1], BLOCK);
    jk_wipe(&w, sizeof w);
    return JK_OK;
}
