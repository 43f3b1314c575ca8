/* GB/T 32907 (SM4): key contexts; GB/T 17964 (modes): ECB, CBC, CTR; and one MAC's way through an
 * implementation that may lack a way of its own. Everything here works on whichever functions pick.c has chosen. */
#include "sm4_internal.h"

enum { BLOCK = 16, BATCH = 64 };

const uint32_t jk_sm4_fk[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};

/* Byte j of word i is (4 i + j) * 7 mod 256. */
#define CK(i)                                                                                                \
    ((uint32_t)(28 * (i) & 255) << 24 | (uint32_t)((28 * (i) + 7) & 255) << 16                               \
     | (uint32_t)((28 * (i) + 14) & 255) << 8 | (uint32_t)((28 * (i) + 21) & 255))
#define CK8(i) CK(i), CK((i) + 1), CK((i) + 2), CK((i) + 3), CK((i) + 4), CK((i) + 5), CK((i) + 6), CK((i) + 7)

const uint32_t jk_sm4_ck[32] = {CK8(0), CK8(8), CK8(16), CK8(24)};

void jk_sm4_chain(const struct jk_sm4_ops *ops, const uint32_t rk[32], uint8_t iv[16], uint8_t *out, const uint8_t *in,
                  size_t n, const uint8_t *last)
{
    if (ops->chain != NULL) {
        ops->chain(rk, iv, out, in, n, last);
        return;
    }
    for (; n > 0 || last != NULL; n--, in += BLOCK) {
        if (n == 0) {
            in = last;
            last = NULL;
            n = 1;
        }
        jk_xor(iv, iv, in, BLOCK);
        ops->blocks(rk, iv, iv, 1);
        if (out != NULL) {
            jk_copy(out, iv, BLOCK);
            out += BLOCK;
        }
    }
}

void jk_sm4_keyed(const struct jk_sm4_ops *ops, const uint8_t key[16], uint8_t iv[16], const uint8_t *in, size_t n,
                  const uint8_t *last)
{
    uint32_t rk[32];
    if (ops->keyed != NULL) {
        ops->keyed(key, iv, in, n, last);
        return;
    }
    ops->schedule(rk, key);
    jk_sm4_chain(ops, rk, iv, NULL, in, n, last);
    jk_wipe(rk, sizeof rk);
}

int jk_sm4_init(jk_sm4_ctx *ctx, const uint8_t *key, size_t key_len)
{
    if (key_len != BLOCK)
        return JK_ERR_LENGTH;
    jk_sm4_ops->schedule(ctx->enc, key);
    for (size_t i = 0; i < 32; i++)
        ctx->dec[i] = ctx->enc[31 - i];
    return JK_OK;
}

void jk_sm4_wipe(jk_sm4_ctx *ctx)
{
    jk_wipe(ctx, sizeof *ctx);
}

static int whole(size_t out_len, size_t in_len)
{
    return out_len == in_len && in_len % BLOCK == 0;
}

int jk_sm4_ecb_encrypt(const jk_sm4_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    if (in_len > 0)
        jk_sm4_ops->blocks(ctx->enc, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_sm4_ecb_decrypt(const jk_sm4_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    if (in_len > 0)
        jk_sm4_ops->blocks(ctx->dec, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_sm4_cbc_encrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    jk_sm4_chain(jk_sm4_ops, ctx->enc, iv, out, in, in_len / BLOCK, NULL);
    return JK_OK;
}

int jk_sm4_cbc_decrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len)
{
    uint8_t plain[BATCH * BLOCK];
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    if (in_len > 0 && jk_sm4_ops->cbc_decrypt != NULL) {
        const size_t done = BLOCK * jk_sm4_ops->cbc_decrypt(ctx->dec, iv, out, in, in_len / BLOCK);
        in += done;
        out += done;
        in_len -= done;
    }
    const size_t used = in_len < sizeof plain ? in_len : sizeof plain;
    while (in_len > 0) {
        const size_t n = in_len < sizeof plain ? in_len : sizeof plain;
        jk_sm4_ops->blocks(ctx->dec, plain, in, n / BLOCK);
        jk_unchain(out, plain, iv, in, n, BLOCK);
        in += n;
        out += n;
        in_len -= n;
    }
    jk_wipe(plain, used);
    return JK_OK;
}

/* The next `n` counter blocks. A counter may be secret, so the carry is arithmetic, and the step is hidden from the
 * compiler: gcc 12 would use it to count the loop, a branch on a secret (harmless, but the check could not know). */
static void count(uint8_t counter[BLOCK], uint8_t *out, size_t n)
{
    uint64_t high = jk_load64(counter), low = jk_load64(counter + 8);
    for (; n > 0; n--, out += BLOCK) {
        jk_store64(out, high);
        jk_store64(out + 8, low);
        const uint64_t next = jk_opaque64(low + 1);
        high += (low & ~next) >> 63;
        low = next;
    }
    jk_store64(counter, high);
    jk_store64(counter + 8, low);
}

int jk_sm4_ctr(const jk_sm4_ctx *ctx, uint8_t *counter, uint8_t *out, size_t out_len, const uint8_t *in,
               size_t in_len)
{
    uint8_t stream[BATCH * BLOCK];
    if (out_len != in_len)
        return JK_ERR_LENGTH;
    if (in_len > 0 && jk_sm4_ops->ctr != NULL) {
        const size_t done = BLOCK * jk_sm4_ops->ctr(ctx->enc, counter, out, in, in_len / BLOCK);
        in += done;
        out += done;
        in_len -= done;
    }
    const size_t used = in_len < sizeof stream ? (in_len + BLOCK - 1) / BLOCK * BLOCK : sizeof stream;
    while (in_len > 0) {
        const size_t n = in_len < sizeof stream ? in_len : sizeof stream;
        const size_t begun = (n + BLOCK - 1) / BLOCK;
        count(counter, stream, begun);
        jk_sm4_ops->blocks(ctx->enc, stream, stream, begun);
        jk_xor(out, in, stream, n);
        in += n;
        out += n;
        in_len -= n;
    }
    jk_wipe(stream, used);
    return JK_OK;
}

int jk_sm4_encrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                         size_t in_len)
{
    uint8_t block[BLOCK] = {0};
    if (out_len != BLOCK || key_len != BLOCK || in_len != BLOCK)
        return JK_ERR_LENGTH;
    /* A chain of one block that starts at zero. */
    jk_sm4_keyed(jk_sm4_ops, key, block, in, 1, NULL);
    jk_copy(out, block, BLOCK);
    return JK_OK;
}

int jk_sm4_decrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                         size_t in_len)
{
    jk_sm4_ctx ctx;
    if (out_len != BLOCK || key_len != BLOCK || in_len != BLOCK)
        return JK_ERR_LENGTH;
    (void)jk_sm4_init(&ctx, key, key_len);
    jk_sm4_ops->blocks(ctx.dec, out, in, 1);
    jk_sm4_wipe(&ctx);
    return JK_OK;
}
