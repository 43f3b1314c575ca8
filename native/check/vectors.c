/* The contract of include/jinka.h, checked from C so that sanitizers can watch: every buffer is a heap block of exactly
 * its size, every implementation runs, every length up to a few blocks past the widest path. Known answers are
 * tests/native's; here one implementation is compared with another, one way of calling with another, and refusals are
 * checked to leave the output alone. Exit status 0 and no output from the sanitizers is a pass. */
#include "contract.h"

#include "../src/sm4/sm4_internal.h"
#include "../include/jinka_host.h"

enum { LONGEST = 16 * 201 };

static void sm3_in_pieces(size_t n)
{
    uint8_t *data = take(n, 1), *whole = take(32, 2), *pieces = take(32, 3);
    jk_sm3_ctx ctx, twin;

    CHECK(jk_sm3(whole, 32, data, n) == JK_OK);
    for (size_t cut = 0; cut <= n; cut += 1 + n / 9) {
        jk_sm3_init(&ctx);
        jk_sm3_update(&ctx, data, cut);
        twin = ctx;
        jk_sm3_update(&ctx, data + cut, n - cut);
        CHECK(jk_sm3_final(&ctx, pieces, 32) == JK_OK && memcmp(whole, pieces, 32) == 0);
        CHECK(is((const uint8_t *)&ctx, 0, sizeof ctx));
        jk_sm3_update(&twin, data + cut, n - cut);
        CHECK(jk_sm3_final(&twin, pieces, 32) == JK_OK && memcmp(whole, pieces, 32) == 0);
    }
    CHECK(jk_hmac_sm3(whole, 32, data, n, data, n) == JK_OK);
    give(data);
    give(whole);
    give(pieces);
}

/* A batch is its messages one by one, however many they are and however long, and so is one under a prepared key. */
static void sm3_batch(size_t n, size_t len)
{
    uint8_t *data = take(n * len, 11), *together = take(n * 32, 12), *one = take(32, 13), *macs = take(n * 32, 14);
    jk_hmac_sm3_ctx key;

    CHECK(jk_sm3_batch(together, n * 32, data, n * len, n) == JK_OK);
    jk_hmac_sm3_init(&key, data, n * len);
    CHECK(jk_hmac_sm3_batch(&key, macs, n * 32, data, n * len, n) == JK_OK);
    for (size_t i = 0; i < n; i++) {
        CHECK(jk_sm3(one, 32, data + i * len, len) == JK_OK && memcmp(one, together + i * 32, 32) == 0);
        CHECK(jk_hmac_sm3(one, 32, data, n * len, data + i * len, len) == JK_OK && memcmp(one, macs + i * 32, 32) == 0);
        CHECK(jk_hmac_sm3_mac(&key, one, 32, data + i * len, len) == JK_OK && memcmp(one, macs + i * 32, 32) == 0);
    }
    CHECK(jk_sm3_batch(together, n * 32 + 1, data, n * len, n) == JK_ERR_LENGTH);
    if (n > 1)
        CHECK(jk_sm3_batch(together, n * 32, data, n * len + 1, n) == JK_ERR_LENGTH);
    jk_hmac_sm3_wipe(&key);
    CHECK(is((const uint8_t *)&key, 0, sizeof key));
    give(data);
    give(together);
    give(one);
    give(macs);
}

/* Out of place and in place must agree, and the inverse must return. */
static void sm4_modes(const jk_sm4_ctx *ctx, size_t n)
{
    uint8_t *in = take(n, 4), *out = take(n, 5), *place = take(n, 4), *iv = take(16, 6), *iv2 = take(16, 6);

    CHECK(jk_sm4_ctr(ctx, iv, out, n, in, n) == JK_OK && jk_sm4_ctr(ctx, iv2, place, n, place, n) == JK_OK);
    CHECK(memcmp(out, place, n) == 0 && memcmp(iv, iv2, 16) == 0);
    if (n % 16 == 0) {
        uint8_t *mac = take(16, 7);
        memcpy(place, in, n);
        CHECK(jk_sm4_ecb_encrypt(ctx, out, n, in, n) == JK_OK && jk_sm4_ecb_encrypt(ctx, place, n, place, n) == JK_OK);
        CHECK(memcmp(out, place, n) == 0);
        CHECK(jk_sm4_ecb_decrypt(ctx, place, n, place, n) == JK_OK && memcmp(in, place, n) == 0);

        memset(iv, 9, 16);
        memset(iv2, 9, 16);
        CHECK(jk_sm4_cbc_encrypt(ctx, iv, out, n, in, n) == JK_OK);
        CHECK(jk_sm4_cbc_encrypt(ctx, iv2, place, n, place, n) == JK_OK && memcmp(out, place, n) == 0);
        memset(iv2, 9, 16);
        CHECK(jk_sm4_cbc_decrypt(ctx, iv2, place, n, place, n) == JK_OK && memcmp(in, place, n) == 0);
        CHECK(memcmp(iv, iv2, 16) == 0);
        memset(iv2, 9, 16);
        if (n > 0)
            CHECK(jk_sm4_cbc_mac(ctx, iv2, mac, 16, in, n, JK_PAD_NONE) == JK_OK && memcmp(mac, iv, 16) == 0);
        give(mac);
    }
    CHECK(jk_sm4_cbc_mac(ctx, NULL, iv, 16, in, n, JK_PAD_ZEROS) == JK_OK);
    CHECK(jk_sm4_cbc_mac(ctx, NULL, iv, 16, in, n, JK_PAD_80) == JK_OK);
    give(in);
    give(out);
    give(place);
    give(iv);
    give(iv2);
}

static void refusals(const jk_sm4_ctx *ctx)
{
    uint8_t out[64], iv[16], in[64] = {0};
    jk_sm4_ctx unset;
    memset(out, 0x5a, sizeof out);
    memset(iv, 0x5a, sizeof iv);
    memset(&unset, 0x5a, sizeof unset);

    CHECK(jk_sm3(out, 31, in, 1) == JK_ERR_LENGTH && jk_hmac_sm3(out, 33, in, 1, in, 1) == JK_ERR_LENGTH);
    CHECK(jk_sm3_batch(out, 0, in, 1, 0) == JK_ERR_LENGTH && jk_sm3_batch(out, 33, in, 1, 1) == JK_ERR_LENGTH);
    jk_hmac_sm3_ctx key;
    jk_hmac_sm3_init(&key, in, 1);
    CHECK(jk_hmac_sm3_mac(&key, out, 31, in, 1) == JK_ERR_LENGTH);
    jk_hmac_sm3_update(&key, in, 1);
    CHECK(jk_hmac_sm3_mac(&key, out, 32, in, 1) == JK_ERR_ARGUMENT);
    CHECK(jk_sm4_init(&unset, in, 15) == JK_ERR_LENGTH);
    CHECK(is((const uint8_t *)&unset, 0x5a, sizeof unset));
    CHECK(jk_sm4_ecb_encrypt(ctx, out, 15, in, 15) == JK_ERR_LENGTH);
    CHECK(jk_sm4_ecb_decrypt(ctx, out, 32, in, 16) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_encrypt(ctx, iv, out, 16, in, 32) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_decrypt(ctx, iv, out, 17, in, 17) == JK_ERR_LENGTH);
    CHECK(jk_sm4_ctr(ctx, iv, out, 2, in, 3) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac(ctx, NULL, out, 16, in, 0, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac(ctx, NULL, out, 16, in, 17, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac(ctx, NULL, out, 8, in, 16, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac(ctx, NULL, out, 16, in, 16, 3) == JK_ERR_ARGUMENT);
    CHECK(jk_sm4_cbc_mac_key(out, 16, in, 17, NULL, in, 16, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_encrypt_block(out, 16, in, 8, in, 16) == JK_ERR_LENGTH);
    CHECK(jk_sm4_decrypt_block(out, 16, in, 16, in, 32) == JK_ERR_LENGTH);
    CHECK(is(out, 0x5a, sizeof out) && is(iv, 0x5a, sizeof iv));
}

/* A machine that computes wrongly must be noticed, and must not replace what works. */
static void wrong_compress(uint32_t state[8], const uint8_t *blocks, size_t n)
{
    jk_sm3_portable.compress(state, blocks, n);
    state[7] ^= 1;
}

static void wrong_digests(uint8_t *out, const uint32_t start[8], uint64_t before, const uint8_t *in, size_t in_len,
                          size_t n)
{
    (void)start;
    (void)before;
    CHECK(jk_sm3_batch(out, 32 * n, in, in_len * n, n) == JK_OK);
    /* Two messages confused. */
    if (n > 1)
        memcpy(out, out + 32, 32);
}

static void wrong_blocks(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
    jk_sm4_portable.blocks(rk, out, in, n);
    /* Right for one block and for the first of many. */
    if (n > 1)
        out[16 * n - 1] ^= 0x80;
}

static void self_test_bites(void)
{
    const struct jk_sm3_ops sm3 = {"wrong", wrong_compress, 0, 0, NULL};
    const struct jk_sm3_ops lanes = {"wrong", jk_sm3_portable.compress, 16, 1, wrong_digests};
    const struct jk_sm4_ops sm4 = {.name = "wrong", .schedule = jk_sm4_portable.schedule, .blocks = wrong_blocks};
    CHECK(jk_self_test(&jk_sm3_portable, &jk_sm4_portable) == JK_OK);
    CHECK(jk_self_test(&sm3, &jk_sm4_portable) == JK_ERR_SELF_TEST);
    CHECK(jk_self_test(&lanes, &jk_sm4_portable) == JK_ERR_SELF_TEST);
    CHECK(jk_self_test(&jk_sm3_portable, &sm4) == JK_ERR_SELF_TEST);
}

int main(void)
{
    static uint8_t expected[LONGEST], got[LONGEST];
    uint8_t *key = take(16, 8), *data = take(LONGEST, 9);
    jk_sm4_ctx portable, ctx;

    running = "start";
    jk_ask_host();
    CHECK(jk_init("nonsense") == JK_ERR_ARGUMENT && jk_init("portable") == JK_OK);
    CHECK(jk_sm4_init(&portable, key, 16) == JK_OK);
    CHECK(jk_sm4_ecb_encrypt(&portable, expected, LONGEST, data, LONGEST) == JK_OK);
    self_test_bites();
    for (size_t i = 0; (running = jk_available(i)) != NULL; i++) {
        CHECK(jk_init(running) == JK_OK);
        CHECK(strcmp(jk_sm4_implementation(), running) == 0 || strcmp(jk_sm2_implementation(), running) == 0
              || strcmp(jk_sm3_implementation(), running) == 0 || strcmp(jk_tdes_implementation(), running) == 0
              || strcmp(jk_ghash_implementation(), running) == 0);
        CHECK(jk_sm4_init(&ctx, key, 16) == JK_OK && memcmp(&ctx, &portable, sizeof ctx) == 0);
        CHECK(jk_sm4_ecb_encrypt(&ctx, got, LONGEST, data, LONGEST) == JK_OK);
        CHECK(memcmp(got, expected, LONGEST) == 0);
        for (size_t n = 0; n <= LONGEST; n += n < 300 ? 1 : 61) {
            sm3_in_pieces(n);
            sm4_modes(&ctx, n);
        }
        for (size_t n = 0; n <= LONGEST; n += 16)
            sm4_modes(&ctx, n);
        for (size_t n = 0; n <= 70; n++)
            sm3_batch(n, n * 37 % 150);
        for (size_t len = 0; len <= 300; len++)
            sm3_batch(len % 37, len);
        refusals(&ctx);
        puts(running);
    }
    give(key);
    give(data);
    return 0;
}
