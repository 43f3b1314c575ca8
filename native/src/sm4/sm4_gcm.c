/* NIST SP 800-38D (GCM) with SM4, as RFC 8998 uses it. The hash is ghash/'s, the counter mode sm4.c's. */
#include "../ghash/ghash.h"
#include "sm4_internal.h"

/* HEAD: bytes of key stream that are made at once, a block for the tag, then the first of the message's. CHUNK: bytes that are still in the cache next to
 * the processor when they are hashed after having been encrypted. */
enum { BLOCK = 16, HEAD = 64 * BLOCK, CHUNK = 8192, USUAL_IV = 12 };

/* One message on its way. */
struct message {
    uint8_t hash[BLOCK];
    uint8_t counter[BLOCK];
    uint8_t stream[HEAD];
    int hashed_counter;
};

static void hash(const jk_sm4_gcm_ctx *ctx, uint8_t sum[BLOCK], const uint8_t *in, size_t n)
{
    const size_t rest = n % BLOCK;
    jk_ghash_ops->update(ctx->powers, sum, in, n / BLOCK);
    if (rest > 0) {
        uint8_t padded[BLOCK] = {0};
        jk_copy(padded, in + n - rest, rest);
        jk_ghash_ops->update(ctx->powers, sum, padded, 1);
        jk_wipe(padded, sizeof padded);
    }
}

static void hash_lengths(const jk_sm4_gcm_ctx *ctx, uint8_t sum[BLOCK], size_t first, size_t second)
{
    uint8_t bits[BLOCK];
    jk_store64(bits, (uint64_t)first * 8);
    jk_store64(bits + 8, (uint64_t)second * 8);
    jk_ghash_ops->update(ctx->powers, sum, bits, 1);
}

/* The next n counter blocks. Only the last four bytes count. */
static void count(uint8_t counter[BLOCK], uint8_t *out, size_t n)
{
    const uint64_t high = jk_load64(counter), middle = (uint64_t)jk_load32(counter + 8) << 32;
    uint32_t low = jk_load32(counter + 12);
    for (; n > 0; n--, out += BLOCK) {
        jk_store64(out, high);
        jk_store64(out + 8, middle | low);
        low = (uint32_t)jk_opaque64(low + 1u);
    }
    jk_store32(counter + 12, low);
}

/* Counter mode with a counter of four bytes. One that begins at 1, after an IV of twelve bytes, does not wrap within a
 * message, and sm4.c's way does for it. A hashed one may wrap anywhere: since it is as secret as the key that hashed it,
 * the place must not show. */
static void crypt(const jk_sm4_gcm_ctx *ctx, struct message *m, uint8_t *out, const uint8_t *in, size_t n)
{
    if (!m->hashed_counter) {
        (void)jk_sm4_ctr(&ctx->sm4, m->counter, out, n, in, n);
        return;
    }
    uint8_t stream[HEAD];
    while (n > 0) {
        const size_t now = n < sizeof stream ? n : sizeof stream, begun = (now + BLOCK - 1) / BLOCK;
        count(m->counter, stream, begun);
        jk_sm4_ops->blocks(ctx->sm4.enc, stream, stream, begun);
        jk_xor(out, in, stream, now);
        in += now;
        out += now;
        n -= now;
    }
    jk_wipe(stream, sizeof stream);
}

/* Bytes of a message for which the head has key stream. */
static size_t in_head(size_t in_len)
{
    return in_len < HEAD - BLOCK ? in_len : HEAD - BLOCK;
}

/* What the IV and the length decide. The tag's block of key stream is made beside the message's first ones: for a short
 * message they take the time of one. */
static void begin(const jk_sm4_gcm_ctx *ctx, struct message *m, const uint8_t *iv, size_t iv_len, size_t in_len)
{
    static const uint8_t first[4] = {0, 0, 0, 1};
    jk_wipe(m, sizeof *m);
    m->hashed_counter = iv_len != USUAL_IV;
    if (m->hashed_counter) {
        hash(ctx, m->counter, iv, iv_len);
        hash_lengths(ctx, m->counter, 0, iv_len);
    } else {
        jk_copy(m->counter, iv, USUAL_IV);
        jk_copy(m->counter + USUAL_IV, first, 4);
    }
    crypt(ctx, m, m->stream, m->stream, BLOCK + in_head(in_len));
}

static void finish(const jk_sm4_gcm_ctx *ctx, struct message *m, size_t aad_len, size_t in_len)
{
    hash_lengths(ctx, m->hash, aad_len, in_len);
    jk_xor(m->hash, m->hash, m->stream, BLOCK);
}

static int permitted(size_t out_len, size_t tag_len, size_t iv_len, size_t aad_len, size_t in_len)
{
    const uint64_t iv = iv_len, aad = aad_len, text = in_len;
    const int tag = tag_len == 4 || tag_len == 8 || (tag_len >= 12 && tag_len <= 16);
    return tag && out_len == in_len && text <= ((uint64_t)1 << 36) - 32 && iv > 0 && iv >> 61 == 0 && aad >> 61 == 0;
}

int jk_sm4_gcm_init(jk_sm4_gcm_ctx *ctx, const uint8_t *key, size_t key_len)
{
    uint8_t h[BLOCK] = {0};
    const int status = jk_sm4_init(&ctx->sm4, key, key_len);
    if (status != JK_OK)
        return status;
    jk_sm4_ops->blocks(ctx->sm4.enc, h, h, 1);
    jk_ghash_ops->powers(ctx->powers, h);
    jk_wipe(h, sizeof h);
    return JK_OK;
}

void jk_sm4_gcm_wipe(jk_sm4_gcm_ctx *ctx)
{
    jk_wipe(ctx, sizeof *ctx);
}

int jk_sm4_gcm_seal(const jk_sm4_gcm_ctx *ctx, uint8_t *out, size_t out_len, uint8_t *tag, size_t tag_len,
                    const uint8_t *iv, size_t iv_len, const uint8_t *aad, size_t aad_len, const uint8_t *in,
                    size_t in_len)
{
    struct message m;
    if (!permitted(out_len, tag_len, iv_len, aad_len, in_len))
        return JK_ERR_LENGTH;
    begin(ctx, &m, iv, iv_len, in_len);
    hash(ctx, m.hash, aad, aad_len);
    size_t n = in_head(in_len);
    jk_xor(out, in, m.stream + BLOCK, n);
    for (size_t done = 0;;) {
        hash(ctx, m.hash, out + done, n);
        done += n;
        if (done == in_len)
            break;
        n = in_len - done < CHUNK ? in_len - done : CHUNK;
        crypt(ctx, &m, out + done, in + done, n);
    }
    finish(ctx, &m, aad_len, in_len);
    jk_copy(tag, m.hash, tag_len);
    jk_wipe(&m, sizeof m);
    return JK_OK;
}

int jk_sm4_gcm_open(const jk_sm4_gcm_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *tag, size_t tag_len,
                    const uint8_t *iv, size_t iv_len, const uint8_t *aad, size_t aad_len, const uint8_t *in,
                    size_t in_len)
{
    struct message m;
    if (!permitted(out_len, tag_len, iv_len, aad_len, in_len))
        return JK_ERR_LENGTH;
    begin(ctx, &m, iv, iv_len, in_len);
    hash(ctx, m.hash, aad, aad_len);
    hash(ctx, m.hash, in, in_len);
    finish(ctx, &m, aad_len, in_len);
    const int good = jk_equal(m.hash, tag, tag_len);
    if (good) {
        const size_t n = in_head(in_len);
        jk_xor(out, in, m.stream + BLOCK, n);
        crypt(ctx, &m, out + n, in + n, in_len - n);
    }
    jk_wipe(&m, sizeof m);
    return good ? JK_OK : JK_ERR_VERIFY;
}
