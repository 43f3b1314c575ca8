/* The contract of GCM, CMAC and the key derivation, checked from C as vectors.c checks the rest: heap blocks of exactly
 * their size, unaligned, for the sanitizers; every implementation of GHASH and of SM4 against the first; in place and not;
 * refusals, and forged messages, leave the output alone. */
#include "contract.h"

#include "../src/ghash/ghash.h"
#include "../src/sm4/sm4_internal.h"
#include "../include/jinka_host.h"

static uint64_t sum; /* of all outputs */

static void add(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ p[i]) * 1099511628211u;
}

static void sealed_and_opened(const jk_sm4_gcm_ctx *ctx, size_t n, size_t aad_len, size_t iv_len, size_t tag_len)
{
    uint8_t *in = take(n, 1), *out = take(n, 2), *place = take(n, 1), *back = take(n, 3);
    uint8_t *iv = take(iv_len, 4), *aad = take(aad_len, 5), *tag = take(tag_len, 6), *tag2 = take(tag_len, 7);

    CHECK(jk_sm4_gcm_seal(ctx, out, n, tag, tag_len, iv, iv_len, aad, aad_len, in, n) == JK_OK);
    CHECK(jk_sm4_gcm_seal(ctx, place, n, tag2, tag_len, iv, iv_len, aad, aad_len, place, n) == JK_OK);
    CHECK(memcmp(out, place, n) == 0 && memcmp(tag, tag2, tag_len) == 0);
    add(out, n);
    add(tag, tag_len);
    CHECK(jk_sm4_gcm_open(ctx, back, n, tag, tag_len, iv, iv_len, aad, aad_len, out, n) == JK_OK);
    CHECK(memcmp(in, back, n) == 0);
    tag2[n % tag_len] ^= 0x10;
    memset(back, 0x5a, n);
    CHECK(jk_sm4_gcm_open(ctx, back, n, tag2, tag_len, iv, iv_len, aad, aad_len, out, n) == JK_ERR_VERIFY);
    CHECK(jk_sm4_gcm_open(ctx, place, n, tag2, tag_len, iv, iv_len, aad, aad_len, place, n) == JK_ERR_VERIFY);
    CHECK(is(back, 0x5a, n) && memcmp(out, place, n) == 0);
    CHECK(jk_sm4_gcm_open(ctx, place, n, tag, tag_len, iv, iv_len, aad, aad_len, place, n) == JK_OK);
    CHECK(memcmp(in, place, n) == 0);
    give(in);
    give(out);
    give(place);
    give(back);
    give(iv);
    give(aad);
    give(tag);
    give(tag2);
}

static void macs_and_keys(const jk_sm4_cmac_ctx *ctx, const uint8_t *key, size_t n)
{
    uint8_t *in = take(n, 8), *one = take(16, 9), *other = take(16, 10), *long_key = take(n, 11);
    CHECK(jk_sm4_cmac(ctx, one, 16, in, n) == JK_OK && jk_sm4_cmac_key(other, 16, key, 16, in, n) == JK_OK);
    CHECK(memcmp(one, other, 16) == 0);
    add(one, 16);
    CHECK(jk_sm3_kdf(long_key, n, in, n) == JK_OK && jk_sm3_kdf(in, n, in, n) == JK_OK);
    CHECK(memcmp(long_key, in, n) == 0);
    add(in, n);
    give(in);
    give(one);
    give(other);
    give(long_key);
}

static void refusals(jk_sm4_gcm_ctx *ctx, const jk_sm4_cmac_ctx *cmac)
{
    uint8_t in[16] = {0}, out[16], tag[16];
    jk_sm4_gcm_ctx gcm_unset;
    jk_sm4_cmac_ctx cmac_unset;
    memset(out, 0x5a, sizeof out);
    memset(tag, 0x5a, sizeof tag);
    memset(&gcm_unset, 0x5a, sizeof gcm_unset);
    memset(&cmac_unset, 0x5a, sizeof cmac_unset);

    for (size_t length = 0; length < 20; length++)
        if (length < 12 ? length != 4 && length != 8 : length > 16) {
            CHECK(jk_sm4_gcm_seal(ctx, out, 16, tag, length, in, 12, NULL, 0, in, 16) == JK_ERR_LENGTH);
            CHECK(jk_sm4_gcm_open(ctx, out, 16, tag, length, in, 12, NULL, 0, in, 16) == JK_ERR_LENGTH);
        }
    CHECK(jk_sm4_gcm_seal(ctx, out, 16, tag, 16, in, 0, NULL, 0, in, 16) == JK_ERR_LENGTH);
    CHECK(jk_sm4_gcm_seal(ctx, out, 15, tag, 16, in, 12, NULL, 0, in, 16) == JK_ERR_LENGTH);
    CHECK(jk_sm4_gcm_open(ctx, out, 16, tag, 16, in, 12, NULL, 0, in, 15) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cmac(cmac, out, 8, in, 16) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cmac_key(out, 16, in, 15, in, 16) == JK_ERR_LENGTH);
    CHECK(is(out, 0x5a, sizeof out) && is(tag, 0x5a, sizeof tag));
    CHECK(jk_sm4_gcm_init(&gcm_unset, in, 15) == JK_ERR_LENGTH && is(&gcm_unset, 0x5a, sizeof gcm_unset));
    CHECK(jk_sm4_cmac_init(&cmac_unset, in, 17) == JK_ERR_LENGTH && is(&cmac_unset, 0x5a, sizeof cmac_unset));
    CHECK(jk_sm4_gcm_seal(ctx, NULL, 0, tag, 16, in, 12, NULL, 0, NULL, 0) == JK_OK);
    CHECK(jk_sm4_gcm_open(ctx, NULL, 0, tag, 16, in, 12, NULL, 0, NULL, 0) == JK_OK);
    CHECK(jk_sm3_kdf(NULL, 0, in, 16) == JK_OK && jk_sm4_cmac(cmac, out, 16, NULL, 0) == JK_OK);
}

/* Right for one block and for the first of many. */
static void wrong_update(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n)
{
    jk_ghash_portable.update(powers, hash, in, n);
    hash[3] ^= n > 16;
}

static void wrong_powers(uint64_t powers[JK_GHASH_WORDS], const uint8_t h[16])
{
    jk_ghash_portable.powers(powers, h);
    powers[JK_GHASH_WORDS - 1] ^= 1u << 31;
}

static void self_test_bites(void)
{
    struct jk_ghash_ops ops = jk_ghash_portable;
    CHECK(jk_self_test_ghash(&ops) == JK_OK);
    ops.update = wrong_update;
    CHECK(jk_self_test_ghash(&ops) == JK_ERR_SELF_TEST);
    ops = jk_ghash_portable;
    ops.powers = wrong_powers;
    CHECK(jk_self_test_ghash(&ops) == JK_ERR_SELF_TEST);
}

int main(void)
{
    static const size_t longer[] = {495, 1007, 1008, 1009, 1023, 1024, 1025, 2048, 17400, 66577};
    uint8_t *key = take(16, 12);
    jk_sm4_gcm_ctx first, gcm;
    jk_sm4_cmac_ctx cmac;
    uint64_t expected = 0;

    jk_ask_host();
    CHECK(jk_init("portable") == JK_OK && jk_sm4_gcm_init(&first, key, 16) == JK_OK);
    self_test_bites();
    for (size_t i = 0; (running = jk_available(i)) != NULL; i++) {
        CHECK(jk_init(running) == JK_OK);
        if (strcmp(jk_ghash_implementation(), running) != 0 && strcmp(jk_sm4_implementation(), running) != 0)
            continue;
        sum = 0;
        /* Whoever made a context, any implementation can use it. */
        CHECK(jk_sm4_gcm_init(&gcm, key, 16) == JK_OK && memcmp(&gcm, &first, sizeof gcm) == 0);
        CHECK(jk_sm4_cmac_init(&cmac, key, 16) == JK_OK);
        for (size_t n = 0; n < 300; n++) {
            sealed_and_opened(&gcm, n, n * 5 % 40, 12, 12 + n % 5);
            macs_and_keys(&cmac, key, n);
        }
        for (size_t n = 0; n < 2 * sizeof longer / sizeof *longer; n++)
            sealed_and_opened(&gcm, longer[n / 2], 0, 12 + n % 2, 16);
        for (size_t n = 1; n < 300; n += n < 40 ? 1 : 27)
            sealed_and_opened(&gcm, 3 * n, n, n, n % 2 ? 4 : 8);
        refusals(&gcm, &cmac);
        jk_sm4_gcm_wipe(&gcm);
        jk_sm4_cmac_wipe(&cmac);
        CHECK(is(&gcm, 0, sizeof gcm) && is(&cmac, 0, sizeof cmac));
        if (i == 0)
            expected = sum;
        CHECK(sum == expected);
        puts(running);
    }
    give(key);
    return 0;
}
