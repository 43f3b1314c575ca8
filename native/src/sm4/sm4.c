/* GB/T 32907 (SM4): key contexts; GB/T 17964 (modes): ECB, CBC, CTR; ISO/IEC 9797-1 algorithm 1 (CBC-MAC).
 * Everything here works on whichever block functions pick.c has chosen. */
#include "../jk_internal.h"

enum { BLOCK = 16, BATCH = 16 };

const uint32_t jk_sm4_fk[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};

/* Byte j of word i is (4 i + j) * 7 mod 256. */
#define CK(i)                                                                                                \
    ((uint32_t)(28 * (i) & 255) << 24 | (uint32_t)((28 * (i) + 7) & 255) << 16                               \
     | (uint32_t)((28 * (i) + 14) & 255) << 8 | (uint32_t)((28 * (i) + 21) & 255))
#define CK8(i) CK(i), CK((i) + 1), CK((i) + 2), CK((i) + 3), CK((i) + 4), CK((i) + 5), CK((i) + 6), CK((i) + 7)

const uint32_t jk_sm4_ck[32] = {CK8(0), CK8(8), CK8(16), CK8(24)};

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
    jk_sm4_ops->blocks(ctx->enc, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_sm4_ecb_decrypt(const jk_sm4_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    jk_sm4_ops->blocks(ctx->dec, out, in, in_len / BLOCK);
    return JK_OK;
}

int jk_sm4_cbc_encrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len)
{
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    for (; in_len > 0; in_len -= BLOCK, in += BLOCK, out += BLOCK) {
        jk_xor(iv, iv, in, BLOCK);
        jk_sm4_ops->blocks(ctx->enc, iv, iv, 1);
        jk_copy(out, iv, BLOCK);
    }
    return JK_OK;
}

int jk_sm4_cbc_decrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len)
{
    uint8_t plain[BATCH * BLOCK], last[BLOCK];
    if (!whole(out_len, in_len))
        return JK_ERR_LENGTH;
    while (in_len > 0) {
        const size_t n = in_len < sizeof plain ? in_len : sizeof plain;
        jk_sm4_ops->blocks(ctx->dec, plain, in, n / BLOCK);
        jk_xor(plain, plain, iv, BLOCK);
        jk_xor(plain + BLOCK, plain + BLOCK, in, n - BLOCK);
        /* `out` may be `in`: the last block is saved before it is overwritten. */
        jk_copy(last, in + n - BLOCK, BLOCK);
        jk_copy(iv, last, BLOCK);
        jk_copy(out, plain, n);
        in += n;
        out += n;
        in_len -= n;
    }
    jk_wipe(plain, sizeof plain);
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
    jk_wipe(stream, sizeof stream);
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

/* Lengths are checked. Only the encrypting half of a context is needed, hence `rk`. */
static void mac(const uint32_t rk[32], const uint8_t *iv, uint8_t *out, const uint8_t *in, size_t in_len, int padding)
{
    uint8_t chain[BLOCK] = {0};
    const size_t rest = in_len % BLOCK;
    const int padded = padding == JK_PAD_80 || rest != 0 || in_len == 0;
    if (iv != NULL)
        jk_copy(chain, iv, BLOCK);
    for (size_t i = 0; i < in_len / BLOCK; i++, in += BLOCK) {
        jk_xor(chain, chain, in, BLOCK);
        jk_sm4_ops->blocks(rk, chain, chain, 1);
    }
    if (padded) {
        jk_xor(chain, chain, in, rest);
        chain[rest] ^= padding == JK_PAD_80 ? 0x80 : 0;
        jk_sm4_ops->blocks(rk, chain, chain, 1);
    }
    jk_copy(out, chain, BLOCK);
    jk_wipe(chain, sizeof chain);
}

int jk_sm4_cbc_mac(const jk_sm4_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                   size_t in_len, int padding)
{
    const int status = mac_lengths(out_len, in_len, padding);
    if (status == JK_OK)
        mac(ctx->enc, iv, out, in, in_len, padding);
    return status;
}

int jk_sm4_cbc_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                       const uint8_t *in, size_t in_len, int padding)
{
    uint32_t rk[32];
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    if (key_len != BLOCK)
        return JK_ERR_LENGTH;
    jk_sm4_ops->schedule(rk, key);
    mac(rk, iv, out, in, in_len, padding);
    jk_wipe(rk, sizeof rk);
    return JK_OK;
}

int jk_sm4_encrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                         size_t in_len)
{
    uint32_t rk[32];
    if (out_len != BLOCK || key_len != BLOCK || in_len != BLOCK)
        return JK_ERR_LENGTH;
    jk_sm4_ops->schedule(rk, key);
    jk_sm4_ops->blocks(rk, out, in, 1);
    jk_wipe(rk, sizeof rk);
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
