/* DES's part of the contract of include/jinka.h, checked from C so that sanitizers and other processors can judge it:
 * every buffer is a heap block of exactly its size, every implementation must say what the portable one says, refusals
 * must leave the output alone. Prints the implementations that passed. */
#include "contract.h"

#include "../src/des/des_internal.h"

/* A sum over all that the round of checks produced: the same for every implementation. */
static uint64_t sum;

static void add(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum = sum * 0x100000001b3u + p[i];
}

static void standard_example(void)
{
    static const uint8_t key[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    static const uint8_t plain[8] = {0x4e, 0x6f, 0x77, 0x20, 0x69, 0x73, 0x20, 0x74};
    static const uint8_t cipher[8] = {0x3f, 0xa4, 0x0e, 0x8a, 0x98, 0x4d, 0x48, 0x15};
    uint8_t out[8];
    CHECK(jk_tdes_encrypt_block(out, 8, key, 8, plain, 8) == JK_OK && memcmp(out, cipher, 8) == 0);
    CHECK(jk_tdes_decrypt_block(out, 8, key, 8, cipher, 8) == JK_OK && memcmp(out, plain, 8) == 0);
}

static void modes(size_t key_len, size_t blocks)
{
    uint8_t *key = take(key_len, 1), *in = take(8 * blocks, 2), *out = take(8 * blocks, 3), *iv = take(8, 4), first[8];
    jk_tdes_ctx ctx;
    memcpy(first, iv, 8);
    CHECK(jk_tdes_init(&ctx, key, key_len) == JK_OK);
    CHECK(jk_tdes_ecb_encrypt(&ctx, out, 8 * blocks, in, 8 * blocks) == JK_OK);
    add(out, 8 * blocks);
    CHECK(jk_tdes_ecb_decrypt(&ctx, out, 8 * blocks, out, 8 * blocks) == JK_OK && memcmp(in, out, 8 * blocks) == 0);
    CHECK(jk_tdes_cbc_encrypt(&ctx, iv, out, 8 * blocks, in, 8 * blocks) == JK_OK);
    CHECK(blocks == 0 || memcmp(iv, out + 8 * blocks - 8, 8) == 0);
    add(out, 8 * blocks);
    memcpy(iv, first, 8);
    CHECK(jk_tdes_cbc_decrypt(&ctx, iv, out, 8 * blocks, out, 8 * blocks) == JK_OK && memcmp(in, out, 8 * blocks) == 0);
    jk_tdes_wipe(&ctx);
    give(key);
    give(in);
    give(out);
    give(iv);
}

static void macs(size_t n, size_t length)
{
    uint8_t *keys = take(16 * n, 5), *in = take(n * length, 6), *out = take(8 * n, 7), *yes = take(n, 8), one[8];
    for (int padding = length % 8 == 0 && length > 0 ? JK_PAD_NONE : JK_PAD_ZEROS; padding <= JK_PAD_80; padding++) {
        CHECK(jk_tdes_cbc_mac_batch(out, 8 * n, keys, 16 * n, in, n * length, n, padding) == JK_OK);
        for (size_t i = 0; i < n; i++) {
            CHECK(jk_tdes_cbc_mac_key(one, 8, keys + 16 * i, 16, NULL, in + i * length, length, padding) == JK_OK);
            CHECK(memcmp(one, out + 8 * i, 8) == 0);
        }
        add(out, 8 * n);
        CHECK(jk_tdes_retail_mac_batch(out, 8 * n, keys, 16 * n, in, n * length, n, padding) == JK_OK);
        for (size_t i = 0; i < n; i++) {
            CHECK(jk_tdes_retail_mac_key(one, 8, keys + 16 * i, 16, NULL, in + i * length, length, padding) == JK_OK);
            CHECK(memcmp(one, out + 8 * i, 8) == 0);
        }
        add(out, 8 * n);
        if (n > 0) {
            out[8 * n - 8] ^= 1;
            CHECK(jk_tdes_retail_mac_verify_batch(yes, n, out, 8 * n, keys, 16 * n, in, n * length, n, padding) == JK_OK);
            CHECK(is(yes, 1, n - 1) && yes[n - 1] == 0);
        }
    }
    CHECK(jk_tdes_purse_mac_batch(out, 4 * n, keys, 16, keys, 8 * n, keys, 8 * n, in, n * length, n) ==
          (n > 0 ? JK_OK : JK_ERR_LENGTH));
    give(keys);
    give(in);
    give(out);
    give(yes);
}

static void refusals(void)
{
    uint8_t key[24] = {0}, in[24] = {0}, out[24];
    memset(out, 0x5a, sizeof out);
    CHECK(jk_tdes_encrypt_block(out, 8, key, 24, in, 8) == JK_ERR_LENGTH);
    CHECK(jk_tdes_encrypt_block(out, 8, key, 16, in, 9) == JK_ERR_LENGTH);
    CHECK(jk_tdes_encrypt_block(out, 7, key, 16, in, 8) == JK_ERR_LENGTH);
    CHECK(jk_tdes_cbc_mac_key(out, 8, key, 16, NULL, in, 9, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_tdes_retail_mac_key(out, 8, key, 8, NULL, in, 8, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_tdes_cbc_mac_key(out, 8, key, 16, NULL, in, 8, 7) == JK_ERR_ARGUMENT);
    CHECK(is(out, 0x5a, sizeof out));
}

int main(void)
{
    uint64_t expected = 0;
    const char *name;
    for (size_t i = 0; (name = jk_available(i)) != NULL; i++) {
        running = name;
        CHECK(jk_init(name) == JK_OK);
        if (i > 0 && strcmp(jk_tdes_implementation(), name) != 0)
            continue;
        sum = 0;
        standard_example();
        for (size_t blocks = 0; blocks < 20; blocks++) {
            modes(8, blocks);
            modes(16, blocks);
        }
        for (size_t n = 1; n < 600; n += n < 20 ? 1 : 61)
            macs(n, n % 41);
        refusals();
        if (i == 0)
            expected = sum;
        CHECK(sum == expected);
        printf("%s\n", name);
    }
    return 0;
}
