/* SM4 and its modes with arguments from anywhere. */
#include "fuzz.h"

static int padded(int padding, size_t n)
{
    return padding < 0 || padding > 2 ? JK_ERR_ARGUMENT : padding == JK_PAD_NONE && (n == 0 || n % 16) ? JK_ERR_LENGTH : JK_OK;
}

static void block(struct input *in)
{
    const size_t key_len = 16 + slip(in), n = 16 + slip(in), size = 16 + slip(in);
    uint8_t *key = bytes(in, key_len), *data = bytes(in, n), *out = room(size), *back = room(16);
    if (jk_sm4_encrypt_block(out, size, key, key_len, data, n) != JK_OK) {
        CHECK((key_len != 16 || n != 16 || size != 16) && untouched(out, size));
        CHECK(jk_sm4_decrypt_block(out, size, key, key_len, data, n) == JK_ERR_LENGTH && untouched(out, size));
        return;
    }
    CHECK(jk_sm4_decrypt_block(back, 16, key, 16, out, 16) == JK_OK && same(back, data, 16));
}

void fuzz_sm4(struct input *in)
{
    const size_t n = take(in) % 4 ? 16 * mostly(in, 8, 140) : mostly(in, 40, 300), size = n + slip(in), cut = n / 32 * 16;
    const int padding = take(in) % 5;
    uint8_t *key = bytes(in, 16), *first = bytes(in, 16), *data = bytes(in, n), *out = room(size), *back = room(n);
    uint8_t iv[16], mac[16], other[16];
    jk_sm4_ctx ctx;
    if (take(in) % 4 == 0) {
        block(in);
        return;
    }
    CHECK(jk_sm4_init(&ctx, key, 16 + slip(in)) == JK_OK || jk_sm4_init(&ctx, key, 16) == JK_OK);
    const int fits = size == n && n % 16 == 0;
    CHECK(jk_sm4_ecb_encrypt(&ctx, out, size, data, n) == (fits ? JK_OK : JK_ERR_LENGTH));
    if (fits) {
        CHECK(jk_sm4_ecb_decrypt(&ctx, out, size, out, n) == JK_OK && same(out, data, n));
        memcpy(iv, first, 16);
        CHECK(jk_sm4_cbc_encrypt(&ctx, iv, out, cut, data, cut) == JK_OK);
        CHECK(n == 0 || jk_sm4_cbc_encrypt(&ctx, iv, out + cut, n - cut, data + cut, n - cut) == JK_OK);
        if (n > 0) {
            CHECK(same(iv, out + n - 16, 16));
            CHECK(jk_sm4_cbc_mac(&ctx, first, mac, 16, data, n, JK_PAD_NONE) == JK_OK && same(mac, iv, 16));
        }
        memcpy(iv, first, 16);
        CHECK(jk_sm4_cbc_decrypt(&ctx, iv, back, n, out, n) == JK_OK && same(back, data, n));
    } else {
        CHECK(untouched(out, size));
        memcpy(iv, first, 16);
        CHECK(jk_sm4_cbc_encrypt(&ctx, iv, out, size, data, n) == JK_ERR_LENGTH && untouched(out, size));
        CHECK(jk_sm4_cbc_decrypt(&ctx, iv, out, size, data, n) == JK_ERR_LENGTH && untouched(out, size));
        CHECK(same(iv, first, 16));
    }
    memcpy(iv, first, 16);
    CHECK(jk_sm4_ctr(&ctx, iv, back, n, data, n) == JK_OK);
    memcpy(iv, first, 16);
    CHECK(jk_sm4_ctr(&ctx, iv, back, n, back, n) == JK_OK && same(back, data, n));
    const int status = jk_sm4_cbc_mac(&ctx, NULL, mac, 16, data, n, padding);
    CHECK(status == padded(padding, n));
    CHECK(jk_sm4_cbc_mac_key(other, 16, key, 16, NULL, data, n, padding) == status);
    CHECK(status != JK_OK || same(mac, other, 16));
    jk_sm4_wipe(&ctx);
}

static void cmac(struct input *in)
{
    const size_t n = mostly(in, 40, 200), size = 16 + slip(in);
    uint8_t *key = bytes(in, 16), *data = bytes(in, n), *out = room(size), other[16];
    jk_sm4_cmac_ctx ctx;
    CHECK(jk_sm4_cmac_init(&ctx, key, 15) == JK_ERR_LENGTH && jk_sm4_cmac_init(&ctx, key, 16) == JK_OK);
    if (jk_sm4_cmac(&ctx, out, size, data, n) != JK_OK)
        CHECK(size != 16 && untouched(out, size));
    else
        CHECK(jk_sm4_cmac_key(other, 16, key, 16, data, n) == JK_OK && same(out, other, 16));
    jk_sm4_cmac_wipe(&ctx);
}

void fuzz_modes(struct input *in)
{
    if (take(in) % 4 == 0) {
        cmac(in);
        return;
    }
    const size_t tag_len = some(in, 18), iv_len = take(in) % 2 ? 12 : mostly(in, 20, 70), aad_len = mostly(in, 30, 100);
    const size_t n = mostly(in, 100, 3000);
    uint8_t *key = bytes(in, 16), *iv = bytes(in, iv_len), *aad = bytes(in, aad_len), *data = bytes(in, n);
    uint8_t *out = room(n), *tag = room(tag_len), *back = room(n);
    jk_sm4_gcm_ctx ctx;
    CHECK(jk_sm4_gcm_init(&ctx, key, 17) == JK_ERR_LENGTH && jk_sm4_gcm_init(&ctx, key, 16) == JK_OK);
    const int status = jk_sm4_gcm_seal(&ctx, out, n, tag, tag_len, iv, iv_len, aad, aad_len, data, n);
    const int allowed = iv_len > 0 && (tag_len == 4 || tag_len == 8 || (tag_len >= 12 && tag_len <= 16));
    CHECK(status == (allowed ? JK_OK : JK_ERR_LENGTH));
    if (!allowed) {
        CHECK(untouched(out, n) && untouched(tag, tag_len));
    } else {
        const size_t at = some(in, tag_len - 1);
        const uint8_t bit = (uint8_t)(1 << take(in) % 8);
        tag[at] ^= bit;
        CHECK(jk_sm4_gcm_open(&ctx, back, n, tag, tag_len, iv, iv_len, aad, aad_len, out, n) == JK_ERR_VERIFY);
        CHECK(untouched(back, n));
        tag[at] ^= bit;
        CHECK(jk_sm4_gcm_open(&ctx, back, n, tag, tag_len, iv, iv_len, aad, aad_len, out, n) == JK_OK);
        CHECK(same(back, data, n));
    }
    jk_sm4_gcm_wipe(&ctx);
}
