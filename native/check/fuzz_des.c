/* DES, triple DES, and the batches of both ciphers, with arguments from anywhere. */
#include "fuzz.h"

static int padded(int padding, size_t n, size_t block)
{
    if (padding < 0 || padding > 2)
        return JK_ERR_ARGUMENT;
    return padding == JK_PAD_NONE && (n == 0 || n % block) ? JK_ERR_LENGTH : JK_OK;
}

void fuzz_tdes(struct input *in)
{
    const size_t key_len = take(in) % 2 ? 16 : 8, n = take(in) % 4 ? 8 * some(in, 80) : some(in, 200), size = n + slip(in);
    const int padding = take(in) % 5;
    uint8_t *key = bytes(in, key_len), *first = bytes(in, 8), *data = bytes(in, n), *out = room(size), *back = room(n);
    uint8_t iv[8], mac[8], other[8];
    jk_tdes_ctx ctx;
    CHECK(jk_tdes_init(&ctx, key, 7) == JK_ERR_LENGTH && jk_tdes_init(&ctx, key, key_len) == JK_OK);
    if (size == n && n % 8 == 0) {
        CHECK(jk_tdes_ecb_encrypt(&ctx, out, n, data, n) == JK_OK);
        CHECK(jk_tdes_ecb_decrypt(&ctx, back, n, out, n) == JK_OK && same(back, data, n));
        if (n > 0) {
            CHECK(jk_tdes_encrypt_block(mac, 8, key, key_len, data, 8) == JK_OK && same(mac, out, 8));
            CHECK(jk_tdes_decrypt_block(other, 8, key, key_len, mac, 8) == JK_OK && same(other, data, 8));
        }
        memcpy(iv, first, 8);
        CHECK(jk_tdes_cbc_encrypt(&ctx, iv, out, n, data, n) == JK_OK && (n == 0 || same(iv, out + n - 8, 8)));
        memcpy(iv, first, 8);
        CHECK(jk_tdes_cbc_decrypt(&ctx, iv, out, n, out, n) == JK_OK && same(out, data, n));
    } else {
        memcpy(iv, first, 8);
        CHECK(jk_tdes_ecb_encrypt(&ctx, out, size, data, n) == JK_ERR_LENGTH);
        CHECK(jk_tdes_ecb_decrypt(&ctx, out, size, data, n) == JK_ERR_LENGTH);
        CHECK(jk_tdes_cbc_encrypt(&ctx, iv, out, size, data, n) == JK_ERR_LENGTH);
        CHECK(jk_tdes_cbc_decrypt(&ctx, iv, out, size, data, n) == JK_ERR_LENGTH);
        CHECK(untouched(out, size) && same(iv, first, 8));
    }
    const int status = padded(padding, n, 8);
    CHECK(jk_tdes_cbc_mac(&ctx, first, mac, 8, data, n, padding) == status);
    CHECK(jk_tdes_cbc_mac_key(other, 8, key, key_len, first, data, n, padding) == status);
    CHECK(status != JK_OK || same(mac, other, 8));
    CHECK(jk_tdes_retail_mac(&ctx, NULL, mac, 8, data, n, padding) == status);
    if (key_len == 16)
        CHECK(jk_tdes_retail_mac_key(other, 8, key, 16, NULL, data, n, padding) == status);
    CHECK(status != JK_OK || key_len != 16 || same(mac, other, 8));
    jk_tdes_wipe(&ctx);
}

typedef int batch(uint8_t *, size_t, const uint8_t *, size_t, const uint8_t *, size_t, size_t, int);
typedef int verify(uint8_t *, size_t, const uint8_t *, size_t, const uint8_t *, size_t, const uint8_t *, size_t, size_t, int);
typedef int single(uint8_t *, size_t, const uint8_t *, size_t, const uint8_t *, const uint8_t *, size_t, int);

static const struct {
    batch *macs;
    verify *check;
    single *one;
    size_t block;
} kinds[] = {
    {jk_sm4_cbc_mac_batch, jk_sm4_cbc_mac_verify_batch, jk_sm4_cbc_mac_key, 16},
    {jk_tdes_cbc_mac_batch, jk_tdes_cbc_mac_verify_batch, jk_tdes_cbc_mac_key, 8},
    {jk_tdes_retail_mac_batch, jk_tdes_retail_mac_verify_batch, jk_tdes_retail_mac_key, 8},
};

static void macs(struct input *in)
{
    const size_t kind = take(in) % 3, block = kinds[kind].block, n = some(in, 150), each = some(in, 70);
    const size_t wrong = slip(in), size = block * n + slip(in), part = 4 + some(in, block - 4);
    const int padding = take(in) % 4;
    uint8_t *keys = bytes(in, 16 * n), *data = bytes(in, each * n + wrong), *out = room(size), *shown = room(n), one[16];
    const int status = kinds[kind].macs(out, size, keys, 16 * n, data, each * n + wrong, n, padding);
    if (status != JK_OK) {
        CHECK(untouched(out, size));
        return;
    }
    CHECK(size == block * n);
    const size_t whole = n == 0 ? 0 : (each * n + wrong) / n;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *message = whole == 0 ? NULL : data + whole * i;
        CHECK(kinds[kind].one(one, block, keys + 16 * i, 16, NULL, message, whole, padding) == JK_OK);
        CHECK(same(one, out + block * i, block));
    }
    uint8_t *told = room(part * n);
    for (size_t i = 0; i < n; i++)
        memcpy(told + part * i, out + block * i, part);
    const size_t bad = n == 0 ? 0 : some(in, n - 1);
    if (n > 0)
        told[part * bad + some(in, part - 1)] ^= (uint8_t)(1 << take(in) % 8);
    CHECK(kinds[kind].check(shown, n, told, part * n, keys, 16 * n, data, each * n + wrong, n, padding) == JK_OK);
    for (size_t i = 0; i < n; i++)
        CHECK(shown[i] == (i != bad));
}

/* A purse's batch is what batches of one make. */
static void purse(struct input *in)
{
    const size_t n = some(in, 80), each = 1 + some(in, 60), size = 4 * n + slip(in);
    const int with_sm4 = take(in) % 2, tac = take(in) % 2, reading = take(in) % 4;
    uint8_t *master = bytes(in, 16), *serials = bytes(in, 8 * n), *seeds = bytes(in, 8 * n), *data = bytes(in, each * n);
    uint8_t *out = room(size), one[4];
    for (size_t i = 0; i <= n; i++) {
        /* First all of them, then each alone. */
        const size_t from = i == 0 ? 0 : i - 1, m = i == 0 ? n : 1, put = i == 0 ? size : 4;
        uint8_t *to = i == 0 ? out : one;
        const uint8_t *s = n == 0 ? serials : serials + 8 * from, *r = n == 0 ? seeds : seeds + 8 * from;
        const uint8_t *d = n == 0 ? data : data + each * from;
        const int status =
            with_sm4 ? tac ? jk_sm4_purse_tac_batch(to, put, master, 16, s, 8 * m, d, each * m, m, reading)
                           : jk_sm4_purse_mac_batch(to, put, master, 16, s, 8 * m, r, 8 * m, d, each * m, m, reading)
            : tac    ? jk_tdes_purse_tac_batch(to, put, master, 16, s, 8 * m, d, each * m, m)
                     : jk_tdes_purse_mac_batch(to, put, master, 16, s, 8 * m, r, 8 * m, d, each * m, m);
        if (status != JK_OK) {
            CHECK(i == 0 && size != 4 * n && untouched(out, size));
            return;
        }
        CHECK(i == 0 || same(one, out + 4 * from, 4));
    }
}

void fuzz_batches(struct input *in)
{
    if (take(in) % 4)
        macs(in);
    else
        purse(in);
}
