/* Many short MACs at once: ISO/IEC 9797-1 algorithm 1 with SM4, each message under its own key, and the chains of
 * derivations that an electronic purse puts before a MAC. */
#include "sm4_internal.h"

enum { BLOCK = 16, SERIAL = 8, TOGETHER = 512 };

static void macs(uint8_t *out, const uint8_t *keys, const uint8_t *in, size_t in_len, int padding, size_t n)
{
    in = jk_from(in);
    size_t i = jk_sm4_ops->macs == NULL ? 0 : jk_sm4_ops->macs(out, keys, in, in_len, padding, n);
    for (; i < n; i++)
        (void)jk_sm4_cbc_mac_key(out + BLOCK * i, BLOCK, keys + BLOCK * i, BLOCK, NULL, in + in_len * i, in_len, padding);
}

/* The length of one message, if the arguments fit together. */
static int describe(size_t *each, size_t keys_len, size_t in_len, size_t n, int padding)
{
    *each = 0;
    if (padding != JK_PAD_NONE && padding != JK_PAD_ZEROS && padding != JK_PAD_80)
        return JK_ERR_ARGUMENT;
    if (n == 0)
        return keys_len == 0 && in_len == 0 ? JK_OK : JK_ERR_LENGTH;
    *each = in_len / n;
    if (keys_len / BLOCK != n || keys_len % BLOCK != 0 || in_len % n != 0)
        return JK_ERR_LENGTH;
    return padding == JK_PAD_NONE && (*each == 0 || *each % BLOCK != 0) ? JK_ERR_LENGTH : JK_OK;
}

int jk_sm4_cbc_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                         size_t in_len, size_t n, int padding)
{
    size_t each;
    const int status = describe(&each, keys_len, in_len, n, padding);
    if (status != JK_OK)
        return status;
    if (out_len / BLOCK != n || out_len % BLOCK != 0)
        return JK_ERR_LENGTH;
    macs(out, keys, in, each, padding, n);
    return JK_OK;
}

/* jk_equal for 4 to 16 bytes: their first and last eight, or four, which may overlap. */
static uint8_t same(const uint8_t *a, const uint8_t *b, size_t n)
{
    const uint64_t difference = n < 8 ? (jk_load32(a) ^ jk_load32(b)) | (jk_load32(a + n - 4) ^ jk_load32(b + n - 4))
                                      : (jk_load64(a) ^ jk_load64(b)) | (jk_load64(a + n - 8) ^ jk_load64(b + n - 8));
    const uint64_t hidden = jk_opaque64(difference);
    return (uint8_t)(1 ^ (hidden | (0 - hidden)) >> 63);
}

int jk_sm4_cbc_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *wanted, size_t wanted_len,
                                const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                int padding)
{
    uint8_t got[TOGETHER * BLOCK];
    size_t each;
    const int status = describe(&each, keys_len, in_len, n, padding);
    if (status != JK_OK)
        return status;
    if (n == 0)
        return out_len == 0 && wanted_len == 0 ? JK_OK : JK_ERR_LENGTH;
    const size_t length = wanted_len / n;
    if (out_len != n || wanted_len % n != 0 || length < 4 || length > BLOCK)
        return JK_ERR_LENGTH;
    for (size_t done = 0; done < n; done += TOGETHER) {
        const size_t now = n - done < TOGETHER ? n - done : TOGETHER;
        macs(got, keys + BLOCK * done, jk_from(in) + each * done, each, padding, now);
        for (size_t i = 0; i < now; i++)
            out[done + i] = same(got + BLOCK * i, wanted + length * (done + i), length);
    }
    jk_wipe(got, n < TOGETHER ? BLOCK * n : sizeof got);
    return JK_OK;
}

/* --- purse --- */

/* A block of each eight bytes: they, and then NOT they or 80 00 ... */
static void widen(uint8_t *blocks, const uint8_t *eights, size_t n, int complement)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t left = jk_load64(eights + SERIAL * i);
        jk_store64(blocks + BLOCK * i, left);
        jk_store64(blocks + BLOCK * i + SERIAL, complement ? ~left : (uint64_t)0x80 << 56);
    }
}

/* Four bytes of each MAC. */
static void fold(uint8_t *out, const uint8_t *whole, size_t n, int sum)
{
    for (size_t i = 0; i < n; i++, whole += BLOCK) {
        uint32_t word = jk_load32(whole);
        if (sum)
            word ^= jk_load32(whole + 4) ^ jk_load32(whole + 8) ^ jk_load32(whole + 12);
        jk_store32(out + 4 * i, word);
    }
}

static int purse(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len, const uint8_t *serials,
                 size_t serials_len, const uint8_t *seeds, const uint8_t *in, size_t in_len, size_t n, int reading)
{
    uint8_t keys[TOGETHER * BLOCK], result[TOGETHER * BLOCK];
    jk_sm4_ctx ctx;
    if ((reading & ~(JK_PURSE_SEED_NOT | JK_PURSE_FOLD_XOR)) != 0)
        return JK_ERR_ARGUMENT;
    if (master_len != BLOCK || out_len / 4 != n || out_len % 4 != 0 || serials_len / SERIAL != n
        || serials_len % SERIAL != 0 || (n == 0 ? in_len != 0 : in_len % n != 0))
        return JK_ERR_LENGTH;
    (void)jk_sm4_init(&ctx, master, master_len);
    for (size_t done = 0; done < n; done += TOGETHER) {
        const size_t now = n - done < TOGETHER ? n - done : TOGETHER, each = in_len / n;
        widen(keys, serials + SERIAL * done, now, 1);
        (void)jk_sm4_ecb_encrypt(&ctx, keys, BLOCK * now, keys, BLOCK * now);
        if (seeds != NULL) {
            widen(result, seeds + SERIAL * done, now, reading & JK_PURSE_SEED_NOT);
            /* A CBC-MAC of one block is the block encrypted. */
            macs(result, keys, result, BLOCK, JK_PAD_NONE, now);
            jk_copy(keys, result, BLOCK * now);
        }
        macs(result, keys, jk_from(in) + each * done, each, JK_PAD_80, now);
        fold(out + 4 * done, result, now, reading & JK_PURSE_FOLD_XOR);
    }
    jk_sm4_wipe(&ctx);
    jk_wipe(keys, BLOCK * (n < TOGETHER ? n : TOGETHER));
    jk_wipe(result, BLOCK * (n < TOGETHER ? n : TOGETHER));
    return JK_OK;
}

int jk_sm4_purse_mac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                           const uint8_t *serials, size_t serials_len, const uint8_t *seeds, size_t seeds_len,
                           const uint8_t *in, size_t in_len, size_t n, int reading)
{
    if (seeds_len / SERIAL != n || seeds_len % SERIAL != 0)
        return JK_ERR_LENGTH;
    /* No seeds at all is n = 0, where nothing looks at them. */
    return purse(out, out_len, master, master_len, serials, serials_len, seeds, in, in_len, n, reading);
}

int jk_sm4_purse_tac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                           const uint8_t *serials, size_t serials_len, const uint8_t *in, size_t in_len, size_t n,
                           int reading)
{
    return purse(out, out_len, master, master_len, serials, serials_len, NULL, in, in_len, n, reading);
}
