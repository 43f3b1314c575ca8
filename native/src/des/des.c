/* DES and triple DES with two keys (FIPS 46-3; ISO/IEC 18033-3, annex A and 5.2): contexts, modes, MACs of ISO/IEC 9797-1
 * (algorithms 1 and 3), batches. Everything here works on whichever implementation pick.c has chosen. */
#include "des_internal.h"

enum { BLOCK = 8, KEY = 16, BATCH = 512 };

/* Which keys, in order of use, a step of a block takes. */
static void order(const jk_tdes_ctx *ctx, int decrypt, const uint64_t *rounds[3])
{
    rounds[0] = rounds[2] = decrypt ? ctx->dec[0] : ctx->enc[0];
    rounds[1] = decrypt ? ctx->enc[1] : ctx->dec[1];
}

int jk_tdes_init(jk_tdes_ctx *ctx, const uint8_t *key, size_t key_len)
{
    if (key_len != KEY && key_len != BLOCK)
        return JK_ERR_LENGTH;
    ctx->steps = key_len == KEY ? 3 : 1;
    for (size_t half = 0; half < 2; half++) {
        const uint8_t *const from = key + (key_len == KEY ? BLOCK * half : 0);
        jk_copy(ctx->key + BLOCK * half, from, BLOCK);
        jk_des_ops->schedule(ctx->enc[half], from);
        for (size_t i = 0; i < 16; i++)
            ctx->dec[half][i] = ctx->enc[half][15 - i];
    }
    return JK_OK;
}

void jk_tdes_wipe(jk_tdes_ctx *ctx)
{
    jk_wipe(ctx, sizeof *ctx);
}

static int whole(size_t out_len, size_t in_len)
{
    return out_len == in_len && in_len % BLOCK == 0;
}

static void ecb(const jk_tdes_ctx *ctx, int decrypt, uint8_t *out, const uint8_t *in, size_t n)
{
    if (n >= jk_des_ops->worth) {
        const struct jk_des_batch batch = {.keys = ctx->key, .in = in, .in_step = BLOCK, .in_len = BLOCK,
                                           .padding = JK_PAD_NONE, .inner = ctx->steps, .last = ctx->steps,
                                           .decrypt = decrypt};
        jk_des_ops->macs(out, &batch, n);
        return;
    }
    const uint64_t *rounds[3];
    order(ctx, decrypt, rounds);
    jk_des_ops->run(rounds, ctx->steps, ctx->steps, NULL, out, in, n);
}

int jk_tdes_ecb_encrypt(const jk_tdes_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    ecb(ctx, 0, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_tdes_ecb_decrypt(const jk_tdes_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    ecb(ctx, 1, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_tdes_cbc_encrypt(const jk_tdes_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                        size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    const uint64_t *rounds[3];
    uint64_t state = jk_load64(iv);
    const struct jk_des_chain chain = {&state, 0, 0};
    order(ctx, 0, rounds);
    jk_des_ops->run(rounds, ctx->steps, ctx->steps, &chain, out, in, in_len / BLOCK);
    jk_store64(iv, state);
    return JK_OK;
}

int jk_tdes_cbc_decrypt(const jk_tdes_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                        size_t in_len)
{
    uint8_t plain[BATCH * BLOCK];
    const size_t used = in_len < sizeof plain ? in_len : sizeof plain;
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    while (in_len > 0) {
        const size_t n = in_len < sizeof plain ? in_len : sizeof plain;
        ecb(ctx, 1, plain, in, n / BLOCK);
        jk_unchain(out, plain, iv, in, n, BLOCK);
        in += n;
        out += n;
        in_len -= n;
    }
    jk_wipe(plain, used);
    return JK_OK;
}

static int mac_lengths(size_t out_len, size_t in_len, int padding)
{
    if (padding != JK_PAD_NONE && padding != JK_PAD_ZEROS && padding != JK_PAD_80)
        return JK_ERR_ARGUMENT;
    if (out_len != BLOCK || (padding == JK_PAD_NONE && (in_len == 0 || in_len % BLOCK != 0)))
        return JK_ERR_LENGTH;
    return JK_OK;
}

/* `inner` of the three keys along the message, all that the context has at its end. */
static int mac(const jk_tdes_ctx *ctx, int inner, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
               size_t in_len, int padding)
{
    const size_t whole_blocks = in_len / BLOCK, rest = in_len % BLOCK;
    const uint64_t *rounds[3];
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    uint64_t state = iv == NULL ? 0 : jk_load64(iv);
    struct jk_des_chain chain = {&state, 0, jk_des_blocks(in_len, padding) > whole_blocks};
    if (chain.tail)
        chain.padded = jk_des_padded(jk_from(in) + BLOCK * whole_blocks, rest, padding);
    order(ctx, 0, rounds);
    jk_des_ops->run(rounds, inner, ctx->steps, &chain, NULL, in, whole_blocks);
    jk_store64(out, state);
    chain.padded = 0;
    return JK_OK;
}

int jk_tdes_cbc_mac(const jk_tdes_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                    size_t in_len, int padding)
{
    return mac(ctx, ctx->steps, iv, out, out_len, in, in_len, padding);
}

int jk_tdes_retail_mac(const jk_tdes_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len, int padding)
{
    return mac(ctx, 1, iv, out, out_len, in, in_len, padding);
}

static int block(int decrypt, uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                 size_t in_len)
{
    jk_tdes_ctx ctx;
    if (out_len != BLOCK || in_len != BLOCK || jk_tdes_init(&ctx, key, key_len) != JK_OK)
        return JK_ERR_LENGTH;
    ecb(&ctx, decrypt, out, in, 1);
    jk_tdes_wipe(&ctx);
    return JK_OK;
}

int jk_tdes_encrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                          size_t in_len)
{
    return block(0, out, out_len, key, key_len, in, in_len);
}

int jk_tdes_decrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                          size_t in_len)
{
    return block(1, out, out_len, key, key_len, in, in_len);
}

int jk_tdes_cbc_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                        const uint8_t *in, size_t in_len, int padding)
{
    jk_tdes_ctx ctx;
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    if (jk_tdes_init(&ctx, key, key_len) != JK_OK)
        return JK_ERR_LENGTH;
    (void)jk_tdes_cbc_mac(&ctx, iv, out, out_len, in, in_len, padding);
    jk_tdes_wipe(&ctx);
    return JK_OK;
}

int jk_tdes_retail_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                           const uint8_t *in, size_t in_len, int padding)
{
    jk_tdes_ctx ctx;
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    if (key_len != KEY)
        return JK_ERR_LENGTH;
    (void)jk_tdes_init(&ctx, key, key_len);
    (void)jk_tdes_retail_mac(&ctx, iv, out, out_len, in, in_len, padding);
    jk_tdes_wipe(&ctx);
    return JK_OK;
}
