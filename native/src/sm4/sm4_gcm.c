/* NIST SP 800-38D (GCM) with SM4, as RFC 8998 uses it. The hash is ghash/'s, the counter mode sm4.c's. */
#include "../ghash/ghash.h"
#include "sm4_internal.h"

/* BATCH: bytes for which SM4 is fastest. CHUNK: bytes that are still near the processor when they are hashed after having
 * been encrypted. */
enum { BLOCK = 16, BATCH = 64 * BLOCK, CHUNK = 64 * BATCH, USUAL_IV = 12 };

/* One message on its way. */
struct message {
    uint8_t hash[BLOCK];
    uint8_t counter[BLOCK];
    int hashed_counter;
    size_t tail; /* bytes at the message's end that no batch holds */
    /* The key stream that hides the hash in the tag, then that of the tail. */
    uint8_t stream[BLOCK + BATCH];
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

/* What comes last, and the block with both lengths. */
static void hash_end(const jk_sm4_gcm_ctx *ctx, uint8_t sum[BLOCK], const uint8_t *in, size_t n, size_t aad_len,
                     size_t in_len)
{
    const size_t rest = n % BLOCK, padded = rest > 0;
    uint8_t last[2 * BLOCK] = {0};
    jk_copy(last, in + n - rest, rest);
    jk_store64(last + BLOCK * padded, (uint64_t)aad_len * 8);
    jk_store64(last + BLOCK * padded + 8, (uint64_t)in_len * 8);
    jk_ghash_ops->update(ctx->powers, sum, in, n / BLOCK);
    jk_ghash_ops->update(ctx->powers, sum, last, 1 + padded);
    jk_wipe(last, sizeof last);
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

/* What the IV, the length and the additional data decide. The tag's block of key stream is made beside the tail's: together they take hardly
 * longer than one, and a short message is all tail. */
static void begin(const jk_sm4_gcm_ctx *ctx, struct message *m, const uint8_t *iv, size_t iv_len, const uint8_t *aad,
                  size_t aad_len, size_t in_len)
{
    uint8_t late[BLOCK];
    m->tail = in_len % BATCH;
    m->hashed_counter = iv_len != USUAL_IV;
    jk_store64(m->counter, 0);
    jk_store64(m->counter + 8, 1);
    if (m->hashed_counter) {
        m->counter[BLOCK - 1] = 0;
        hash_end(ctx, m->counter, iv, iv_len, 0, iv_len);
    } else {
        jk_copy(m->counter, iv, USUAL_IV);
    }
    count(m->counter, m->stream, 1);
    jk_copy(late, m->counter, BLOCK);
    jk_store32(late + 12, (uint32_t)(jk_load32(late + 12) + in_len / BATCH * (BATCH / BLOCK)));
    const size_t begun = (m->tail + BLOCK - 1) / BLOCK;
    count(late, m->stream + BLOCK, begun);
    jk_sm4_ops->blocks(ctx->sm4.enc, m->stream, m->stream, 1 + begun);
    jk_store64(m->hash, 0);
    jk_store64(m->hash + 8, 0);
    hash(ctx, m->hash, aad, aad_len);
    jk_wipe(late, sizeof late);
}

/* Counter mode with a counter of four bytes, for whole batches. One that begins at 1, after an IV of twelve bytes, does not
 * wrap within a message, and sm4.c's way does for it. A hashed one may wrap anywhere: since it is as secret as the key that
 * hashed it, the place must not show. */
static void crypt(const jk_sm4_gcm_ctx *ctx, struct message *m, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t stream[BATCH];
    if (!m->hashed_counter) {
        (void)jk_sm4_ctr(&ctx->sm4, m->counter, out, n, in, n);
        return;
    }
    for (; n > 0; n -= BATCH, in += BATCH, out += BATCH) {
        count(m->counter, stream, BATCH / BLOCK);
        jk_sm4_ops->blocks(ctx->sm4.enc, stream, stream, BATCH / BLOCK);
        jk_xor(out, in, stream, BATCH);
    }
    jk_wipe(stream, sizeof stream);
}

static void end(struct message *m)
{
    jk_wipe(m->hash, sizeof m->hash);
    jk_wipe(m->counter, sizeof m->counter);
    jk_wipe(m->stream, BLOCK + (m->tail + BLOCK - 1) / BLOCK * BLOCK);
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
    begin(ctx, &m, iv, iv_len, aad, aad_len, in_len);
    for (size_t left = in_len - m.tail, n; left > 0; left -= n, in += n, out += n) {
        n = left < CHUNK ? left : CHUNK;
        crypt(ctx, &m, out, in, n);
        hash(ctx, m.hash, out, n);
    }
    jk_xor(out, in, m.stream + BLOCK, m.tail);
    hash_end(ctx, m.hash, out, m.tail, aad_len, in_len);
    jk_xor(m.hash, m.hash, m.stream, BLOCK);
    jk_copy(tag, m.hash, tag_len);
    end(&m);
    return JK_OK;
}

int jk_sm4_gcm_open(const jk_sm4_gcm_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *tag, size_t tag_len,
                    const uint8_t *iv, size_t iv_len, const uint8_t *aad, size_t aad_len, const uint8_t *in,
                    size_t in_len)
{
    struct message m;
    if (!permitted(out_len, tag_len, iv_len, aad_len, in_len))
        return JK_ERR_LENGTH;
    begin(ctx, &m, iv, iv_len, aad, aad_len, in_len);
    hash_end(ctx, m.hash, in, in_len, aad_len, in_len);
    jk_xor(m.hash, m.hash, m.stream, BLOCK);
    const int good = jk_equal(m.hash, tag, tag_len);
    if (good) {
        const size_t whole = in_len - m.tail;
        crypt(ctx, &m, out, in, whole);
        jk_xor(out + whole, in + whole, m.stream + BLOCK, m.tail);
    }
    end(&m);
    return good ? JK_OK : JK_ERR_VERIFY;
}
