/* GB/T 32905 (SM3): padding and streaming; RFC 2104 (HMAC) over it. */
#include "../jk_internal.h"

enum { BLOCK = 64, DIGEST = 32 };

/* 4.1 */
static const uint32_t iv[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                               0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};

void jk_sm3_init(jk_sm3_ctx *ctx)
{
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

/* The end of a message of `length` bytes: its last n, fewer than a block, and the padding (5.2). */
static void finish(uint32_t state[8], uint64_t length, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t last[2 * BLOCK] = {0};
    const size_t blocks = n < BLOCK - 8 ? 1 : 2;
    jk_copy(last, in, n);
    last[n] = 0x80;
    jk_store64(last + blocks * BLOCK - 8, length * 8);
    jk_sm3_ops->compress(state, last, blocks);
    for (size_t i = 0; i < 8; i++)
        jk_store32(out + 4 * i, state[i]);
    jk_wipe(last, sizeof last);
}

int jk_sm3_final(jk_sm3_ctx *ctx, uint8_t *out, size_t out_len)
{
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    finish(ctx->state, ctx->length, out, ctx->block, (size_t)(ctx->length % BLOCK));
    jk_wipe(ctx, sizeof *ctx);
    return JK_OK;
}

/* The digest of a message whose first `before` bytes, whole blocks, have led to the state `start`. */
static void digest(uint8_t *out, const uint32_t start[8], uint64_t before, const uint8_t *in, size_t in_len)
{
    uint32_t state[8];
    const size_t rest = in_len % BLOCK;
    for (size_t i = 0; i < 8; i++)
        state[i] = start[i];
    if (in_len >= BLOCK)
        jk_sm3_ops->compress(state, in, in_len / BLOCK);
    finish(state, before + in_len, out, rest != 0 ? in + (in_len - rest) : in, rest);
    jk_wipe(state, sizeof state);
}

static void digests(uint8_t *out, const uint32_t start[8], uint64_t before, const uint8_t *in, size_t in_len, size_t n)
{
    const struct jk_sm3_ops *const ops = jk_sm3_ops;
    size_t together = 0;
    in = jk_from(in);
    if (ops->lanes != 0)
        together = n % ops->lanes < ops->worth ? n - n % ops->lanes : n;
    if (together != 0)
        ops->digests(out, start, before, in, in_len, together);
    for (size_t i = together; i < n; i++)
        digest(out + i * DIGEST, start, before, in + i * in_len, in_len);
}

/* Whether n answers fit `out` exactly, and n messages of one length `in`. */
static int fits(size_t out_len, size_t in_len, size_t n)
{
    return out_len % DIGEST == 0 && out_len / DIGEST == n && (n != 0 ? in_len % n == 0 : in_len == 0);
}

int jk_sm3(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    digest(out, iv, 0, in, in_len);
    return JK_OK;
}

int jk_sm3_batch(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len, size_t n)
{
    if (!fits(out_len, in_len, n))
        return JK_ERR_LENGTH;
    if (n != 0)
        digests(out, iv, 0, in, in_len / n, n);
    return JK_OK;
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
    uint8_t inner[DIGEST];
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    (void)jk_sm3_final(&ctx->inner, inner, DIGEST);
    digest(out, ctx->outer.state, BLOCK, inner, DIGEST);
    jk_wipe(inner, sizeof inner);
    jk_hmac_sm3_wipe(ctx);
    return JK_OK;
}

void jk_hmac_sm3_wipe(jk_hmac_sm3_ctx *ctx)
{
    jk_wipe(ctx, sizeof *ctx);
}

int jk_hmac_sm3_batch(const jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len,
                      size_t n)
{
    enum { MANY = 64 };
    uint8_t inner[MANY * DIGEST];
    if (!fits(out_len, in_len, n))
        return JK_ERR_LENGTH;
    if (ctx->inner.length != BLOCK)
        return JK_ERR_ARGUMENT;
    const size_t each = n != 0 ? in_len / n : 0;
    for (size_t done = 0; done < n; done += MANY) {
        const size_t now = n - done < MANY ? n - done : MANY;
        digests(inner, ctx->inner.state, BLOCK, jk_from(in) + done * each, each, now);
        digests(out + done * DIGEST, ctx->outer.state, BLOCK, inner, DIGEST, now);
    }
    jk_wipe(inner, sizeof inner);
    return JK_OK;
}

int jk_hmac_sm3_mac(const jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    return jk_hmac_sm3_batch(ctx, out, out_len, in, in_len, 1);
}

int jk_hmac_sm3(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in, size_t in_len)
{
    jk_hmac_sm3_ctx ctx;
    if (out_len != DIGEST)
        return JK_ERR_LENGTH;
    jk_hmac_sm3_init(&ctx, key, key_len);
    const int status = jk_hmac_sm3_mac(&ctx, out, out_len, in, in_len);
    jk_hmac_sm3_wipe(&ctx);
    return status;
}
