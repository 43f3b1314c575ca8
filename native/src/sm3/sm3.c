/* GB/T 32905 (SM3): padding and streaming; RFC 2104 (HMAC) over it. */
#include "../jk_internal.h"

enum { BLOCK = 64, DIGEST = 32 };

void jk_sm3_init(jk_sm3_ctx *ctx)
{
    static const uint32_t iv[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                   0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
    for (size_t i = 0; i < 8; i++)
        ctx->state[i] = iv[i];
    for (size_t i = 0; i < BLOCK; i++)
        ctx->block[i] = 0;
    ctx->length = 0;
}

void jk_sm3_update(jk_sm3_ctx *ctx, const uint8_t *in, size_t in_len)
{
    const size_t held = (size_t)(ctx->length % BLOCK);
    ctx->length += in_len;
    if (held != 0) {
        const size_t room = BLOCK - held;
        if (in_len < room) {
            jk_copy(ctx->block + held, in, in_len);
            return;
        }
        jk_copy(ctx->block + held, in, room);
        jk_sm3_ops->compress(ctx->state, ctx->block, 1);
        in += room;
        in_len -= room;
    }
    if (in_len >= BLOCK) {
        jk_sm3_ops->compress(ctx->state, in, in_len / BLOCK);
        in += in_len - in_len % BLOCK;
        in_len %= BLOCK;
    }
    jk_copy(ctx->block, in, in_len);
}

int jk_sm3_final(jk_sm3_ctx *ctx, uint8_t *out, size_t out_len)
{
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    const uint64_t bits = ctx->length * 8;
    size_t held = (size_t)(ctx->length % BLOCK);
    ctx->block[held++] = 0x80;
    if (held > BLOCK - 8) {
        while (held < BLOCK)
            ctx->block[held++] = 0;
        jk_sm3_ops->compress(ctx->state, ctx->block, 1);
        held = 0;
    }
    while (held < BLOCK - 8)
        ctx->block[held++] = 0;
    jk_store32(ctx->block + 56, (uint32_t)(bits >> 32));
    jk_store32(ctx->block + 60, (uint32_t)bits);
    jk_sm3_ops->compress(ctx->state, ctx->block, 1);
    for (size_t i = 0; i < 8; i++)
        jk_store32(out + 4 * i, ctx->state[i]);
    jk_wipe(ctx, sizeof *ctx);
    return JK_OK;
}

int jk_sm3(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    jk_sm3_ctx ctx;
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    jk_sm3_init(&ctx);
    jk_sm3_update(&ctx, in, in_len);
    return jk_sm3_final(&ctx, out, out_len);
}

void jk_hmac_sm3_init(jk_hmac_sm3_ctx *ctx, const uint8_t *key, size_t key_len)
{
    uint8_t pad[BLOCK] = {0};
    if (key_len > BLOCK)
        (void)jk_sm3(pad, DIGEST, key, key_len);
    else
        jk_copy(pad, key, key_len);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36;
    jk_sm3_init(&ctx->inner);
    jk_sm3_update(&ctx->inner, pad, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    jk_sm3_init(&ctx->outer);
    jk_sm3_update(&ctx->outer, pad, BLOCK);
    jk_wipe(pad, sizeof pad);
}

void jk_hmac_sm3_update(jk_hmac_sm3_ctx *ctx, const uint8_t *in, size_t in_len)
{
    jk_sm3_update(&ctx->inner, in, in_len);
}

int jk_hmac_sm3_final(jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len)
{
    uint8_t digest[DIGEST];
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    (void)jk_sm3_final(&ctx->inner, digest, DIGEST);
    jk_sm3_update(&ctx->outer, digest, DIGEST);
    jk_wipe(digest, sizeof digest);
    return jk_sm3_final(&ctx->outer, out, out_len);
}

int jk_hmac_sm3(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in, size_t in_len)
{
    jk_hmac_sm3_ctx ctx;
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    jk_hmac_sm3_init(&ctx, key, key_len);
    jk_hmac_sm3_update(&ctx, in, in_len);
    return jk_hmac_sm3_final(&ctx, out, out_len);
}
