/* ISO/IEC 9797-1 algorithm 1 (CBC-MAC) with SM4. */
#include "sm4_internal.h"

enum { BLOCK = 16 };

static int mac_lengths(size_t out_len, size_t in_len, int padding)
{
    if (padding != JK_PAD_NONE && padding != JK_PAD_ZEROS && padding != JK_PAD_80)
        return JK_ERR_ARGUMENT;
    if (out_len != BLOCK || (padding == JK_PAD_NONE && (in_len == 0 || in_len % BLOCK != 0)))
        return JK_ERR_LENGTH;
    return JK_OK;
}

/* The block that padding makes, if it makes one: then `block`, else null. */
static const uint8_t *padded(uint8_t block[BLOCK], const uint8_t *in, size_t in_len, int padding)
{
    const size_t rest = in_len % BLOCK;
    if (padding != JK_PAD_80 && rest == 0 && in_len > 0)
        return NULL;
    jk_store64(block, 0);
    jk_store64(block + 8, 0);
    jk_copy(block, jk_from(in) + in_len - rest, rest);
    block[rest] |= padding == JK_PAD_80 ? 0x80 : 0;
    return block;
}

/* In one piece: it is read in one piece soon after. */
static void begin(uint8_t chain[BLOCK], const uint8_t *iv)
{
    static const uint8_t zeros[BLOCK];
    jk_copy(chain, iv == NULL ? zeros : iv, BLOCK);
}

int jk_sm4_cbc_mac(const jk_sm4_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                   size_t in_len, int padding)
{
    struct {
        uint8_t chain[BLOCK], last[BLOCK];
    } w;
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    begin(w.chain, iv);
    jk_sm4_chain(jk_sm4_ops, ctx->enc, w.chain, NULL, in, in_len / BLOCK, padded(w.last, in, in_len, padding));
    jk_copy(out, w.chain, BLOCK);
    jk_wipe(&w, sizeof w);
    return JK_OK;
}

int jk_sm4_cbc_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                       const uint8_t *in, size_t in_len, int padding)
{
    struct {
        uint8_t chain[BLOCK], last[BLOCK];
    } w;
    const int status = mac_lengths(out_len, in_len, padding);
    if (status != JK_OK)
        return status;
    if (key_len != BLOCK)
        return JK_ERR_LENGTH;
    begin(w.chain, iv);
    jk_sm4_keyed(jk_sm4_ops, key, w.chain, in, in_len / BLOCK, padded(w.last, in, in_len, padding));
    jk_copy(out, w.chain, BLOCK);
    jk_wipe(&w, sizeof w);
    return JK_OK;
}
