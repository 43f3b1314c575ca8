/* DES, triple DES, and the batches of both ciphers, with arguments from anywhere. */
#include "fuzz.h"

/* So many of a batch at most are compared with single calls. */
enum { SINGLY = 8 };

static int padded(int padding, size_t n, size_t block)
{
    if (padding < 0 || padding > 2)
        return JK_ERR_ARGUMENT;
    return padding == JK_PAD_NONE && (n == 0 || n % block) ? JK_ERR_LENGTH : JK_OK;
}

void fuzz_des(struct input *in)
{
    const size_t key_len = take(in) % 2 ? 16 : 8, n = take(in) % 4 ? 8 * mostly(in, 4, 80) : mostly(in, 40, 200);
    const size_t size = n + slip(in);
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
    const size_t kind = take(in) % 3, block = kinds[kind].block, n = mostly(in, 4, 600), each = mostly(in, 24, 70);
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
    for (size_t i = some(in, n / SINGLY); i < n; i += 1 + n / SINGLY) {
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

struct purse {
    int with_sm4, tac, reading;
    size_t each;
    const uint8_t *master, *serials, *seeds, *data;
};

/* n of the purse's transactions from the i-th on. */
static int purse_of(const struct purse *p, uint8_t *out, size_t size, size_t i, size_t n)
{
    const uint8_t *s = n == 0 ? NULL : p->serials + 8 * i, *r = n == 0 ? NULL : p->seeds + 8 * i;
    const uint8_t *d = n == 0 ? NULL : p->data + p->each * i;
    const size_t len = p->each * n;
    if (p->with_sm4)
        return p->tac ? jk_sm4_purse_tac_batch(out, size, p->master, 16, s, 8 * n, d, len, n, p->reading)
                      : jk_sm4_purse_mac_batch(out, size, p->master, 16, s, 8 * n, r, 8 * n, d, len, n, p->reading);
    return p->tac ? jk_tdes_purse_tac_batch(out, size, p->master, 16, s, 8 * n, d, len, n)
                  : jk_tdes_purse_mac_batch(out, size, p->master, 16, s, 8 * n, r, 8 * n, d, len, n);
}

static void purse(struct input *in)
{
    const size_t n = mostly(in, 4, 600), size = 4 * n + slip(in);
    struct purse p = {.with_sm4 = take(in) % 2, .tac = take(in) % 2, .reading = take(in) % 4, .each = 1 + some(in, 40)};
    p.master = bytes(in, 16);
    p.serials = bytes(in, 8 * n);
    p.seeds = bytes(in, 8 * n);
    p.data = bytes(in, p.each * n);
    uint8_t *out = room(size), one[4];
    if (purse_of(&p, out, size, 0, n) != JK_OK) {
        CHECK(size != 4 * n && untouched(out, size));
        return;
    }
    CHECK(size == 4 * n);
    for (size_t i = some(in, n / SINGLY); i < n; i += 1 + n / SINGLY)
        CHECK(purse_of(&p, one, 4, i, 1) == JK_OK && same(one, out + 4 * i, 4));
}

void fuzz_batches(struct input *in)
{
    if (take(in) % 4)
        macs(in);
    else
        purse(in);
}
