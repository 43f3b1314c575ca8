/* Many short MACs at once: ISO/IEC 9797-1 algorithms 1 and 3 over DES, each message under its own key, and the chains of
 * derivations that an electronic purse puts before a MAC. */
#include "des_internal.h"

enum { BLOCK = 8, KEY = 16, TOGETHER = 512 };

/* The next n of a batch, one at a time where planes would be mostly empty. */
static void macs(uint8_t *out, const struct jk_des_batch *batch, size_t n)
{
    if (n >= jk_des_ops->worth) {
        jk_des_ops->macs(out, batch, n);
        return;
    }
    const int triple = batch->inner > 1 || batch->last > 1;
    jk_tdes_ctx ctx;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || batch->key_step != 0)
            (void)jk_tdes_init(&ctx, batch->keys + i * batch->key_step, triple ? KEY : BLOCK);
        if (batch->inner == batch->last)
            (void)jk_tdes_cbc_mac(&ctx, NULL, out + BLOCK * i, BLOCK, batch->in + i * batch->in_step, batch->in_len,
                                  batch->padding);
        else
            (void)jk_tdes_retail_mac(&ctx, NULL, out + BLOCK * i, BLOCK, batch->in + i * batch->in_step,
                                     batch->in_len, batch->padding);
    }
    if (n > 0)
        jk_tdes_wipe(&ctx);
}

/* The batch that the arguments describe, or an error. */
static int describe(struct jk_des_batch *batch, int retail, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                    size_t in_len, size_t n, int padding)
{
    if (padding != JK_PAD_NONE && padding != JK_PAD_ZEROS && padding != JK_PAD_80)
        return JK_ERR_ARGUMENT;
    if (n == 0)
        return keys_len == 0 && in_len == 0 ? JK_OK : JK_ERR_LENGTH;
    const size_t key_len = keys_len / n, each = in_len / n;
    if (keys_len % n != 0 || in_len % n != 0 || (key_len != KEY && (retail || key_len != BLOCK)))
        return JK_ERR_LENGTH;
    if (padding == JK_PAD_NONE && (each == 0 || each % BLOCK != 0))
        return JK_ERR_LENGTH;
    batch->keys = keys;
    batch->key_step = key_len;
    batch->in = jk_from(in);
    batch->in_step = batch->in_len = each;
    batch->padding = padding;
    batch->last = key_len == KEY ? 3 : 1;
    batch->inner = retail ? 1 : batch->last;
    batch->decrypt = 0;
    return JK_OK;
}

static int make(int retail, uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                size_t in_len, size_t n, int padding)
{
    struct jk_des_batch batch;
    const int status = describe(&batch, retail, keys, keys_len, in, in_len, n, padding);
    if (status != JK_OK)
        return status;
    if (out_len / BLOCK != n || out_len % BLOCK != 0)
        return JK_ERR_LENGTH;
    if (n > 0)
        macs(out, &batch, n);
    return JK_OK;
}

static int check(int retail, uint8_t *out, size_t out_len, const uint8_t *wanted, size_t wanted_len,
                 const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n, int padding)
{
    uint8_t got[TOGETHER * BLOCK];
    struct jk_des_batch batch;
    const int status = describe(&batch, retail, keys, keys_len, in, in_len, n, padding);
    if (status != JK_OK)
        return status;
    if (n == 0)
        return out_len == 0 && wanted_len == 0 ? JK_OK : JK_ERR_LENGTH;
    const size_t length = wanted_len / n;
    if (out_len != n || wanted_len % n != 0 || length < 4 || length > BLOCK)
        return JK_ERR_LENGTH;
    for (size_t done = 0; done < n; done += TOGETHER) {
        const size_t now = n - done < TOGETHER ? n - done : TOGETHER;
        macs(got, &batch, now);
        for (size_t i = 0; i < now; i++)
            out[done + i] = (uint8_t)jk_equal(got + BLOCK * i, wanted + length * (done + i), length);
        batch.keys += now * batch.key_step;
        batch.in += now * batch.in_step;
    }
    jk_wipe(got, sizeof got);
    return JK_OK;
}

int jk_tdes_cbc_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                          size_t in_len, size_t n, int padding)
{
    return make(0, out, out_len, keys, keys_len, in, in_len, n, padding);
}

int jk_tdes_retail_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                             size_t in_len, size_t n, int padding)
{
    return make(1, out, out_len, keys, keys_len, in, in_len, n, padding);
}

int jk_tdes_cbc_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *macs_in, size_t macs_len,
                                 const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                 int padding)
{
    return check(0, out, out_len, macs_in, macs_len, keys, keys_len, in, in_len, n, padding);
}

int jk_tdes_retail_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *macs_in, size_t macs_len,
                                    const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                    int padding)
{
    return check(1, out, out_len, macs_in, macs_len, keys, keys_len, in, in_len, n, padding);
}

/* --- purse --- */

/* The n card keys: halves 3DES(master; serial) and 3DES(master; NOT serial). `room` is 8 bytes for each. */
static void diversify(uint8_t *keys, uint8_t *room, const uint8_t *master, const uint8_t *serials, size_t n)
{
    struct jk_des_batch batch = {.keys = master, .in = serials, .in_step = BLOCK, .in_len = BLOCK,
                                 .padding = JK_PAD_NONE, .inner = 3, .last = 3};
    uint8_t other[TOGETHER * BLOCK];
    macs(room, &batch, n);
    for (size_t i = 0; i < BLOCK * n; i++)
        other[i] = (uint8_t)~serials[i];
    batch.in = other;
    macs(other, &batch, n);
    for (size_t i = 0; i < n; i++) {
        jk_copy(keys + KEY * i, room + BLOCK * i, BLOCK);
        jk_copy(keys + KEY * i + BLOCK, other + BLOCK * i, BLOCK);
    }
    jk_wipe(other, BLOCK * n);
}

static int purse(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len, const uint8_t *serials,
                 size_t serials_len, const uint8_t *seeds, const uint8_t *in, size_t in_len, size_t n)
{
    uint8_t keys[TOGETHER * KEY], eights[TOGETHER * BLOCK], result[TOGETHER * BLOCK];
    if (master_len != KEY || out_len / 4 != n || out_len % 4 != 0 || serials_len / BLOCK != n
        || serials_len % BLOCK != 0 || (n == 0 ? in_len != 0 : in_len % n != 0))
        return JK_ERR_LENGTH;
    for (size_t done = 0; done < n; done += TOGETHER) {
        const size_t now = n - done < TOGETHER ? n - done : TOGETHER;
        diversify(keys, eights, master, serials + BLOCK * done, now);
        if (seeds != NULL) {
            const struct jk_des_batch session = {.keys = keys, .key_step = KEY, .in = seeds + BLOCK * done,
                                                 .in_step = BLOCK, .in_len = BLOCK, .padding = JK_PAD_NONE,
                                                 .inner = 3, .last = 3};
            macs(eights, &session, now);
        } else {
            for (size_t i = 0; i < now; i++)
                jk_xor(eights + BLOCK * i, keys + KEY * i, keys + KEY * i + BLOCK, BLOCK);
        }
        const struct jk_des_batch last = {.keys = eights, .key_step = BLOCK, .in = jk_from(in) + in_len / n * done,
                                          .in_step = in_len / n, .in_len = in_len / n, .padding = JK_PAD_80,
                                          .inner = 1, .last = 1};
        macs(result, &last, now);
        for (size_t i = 0; i < now; i++)
            jk_copy(out + 4 * (done + i), result + BLOCK * i, 4);
        jk_wipe(keys, KEY * now);
        jk_wipe(eights, BLOCK * now);
        jk_wipe(result, BLOCK * now);
    }
    return JK_OK;
}

int jk_tdes_purse_mac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                            const uint8_t *serials, size_t serials_len, const uint8_t *seeds, size_t seeds_len,
                            const uint8_t *in, size_t in_len, size_t n)
{
    if (seeds_len / BLOCK != n || seeds_len % BLOCK != 0)
        return JK_ERR_LENGTH;
    /* No seeds at all is n = 0, where nothing looks at them. */
    return purse(out, out_len, master, master_len, serials, serials_len, seeds, in, in_len, n);
}

int jk_tdes_purse_tac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                            const uint8_t *serials, size_t serials_len, const uint8_t *in, size_t in_len, size_t n)
{
    return purse(out, out_len, master, master_len, serials, serials_len, NULL, in, in_len, n);
}
