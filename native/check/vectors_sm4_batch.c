/* SM4's batches, checked from C so that sanitizers and other processors can judge them: every buffer is a heap block of
 * exactly its size, every implementation must say of each message what it says of the message alone, refusals must leave
 * the output alone. Prints the implementations that passed. */
#include "contract.h"

#include "../src/sm4/sm4_internal.h"
#include "../include/jinka_host.h"

static void verified(const uint8_t *macs, size_t length, const uint8_t *keys, const uint8_t *in, size_t each, size_t n,
                     int padding)
{
    uint8_t *told = take(length * n, 9), *yes = take(n, 8);
    for (size_t i = 0; i < n; i++)
        memcpy(told + length * i, macs + 16 * i, length);
    told[length * (n / 2) + n % length] ^= 0x10;
    CHECK(jk_sm4_cbc_mac_verify_batch(yes, n, told, length * n, keys, 16 * n, in, each * n, n, padding) == JK_OK);
    for (size_t i = 0; i < n; i++)
        CHECK(yes[i] == (i != n / 2));
    give(told);
    give(yes);
}

static void macs(size_t n, size_t each)
{
    uint8_t *keys = take(16 * n, 5), *in = take(each * n, 6), *out = take(16 * n, 7), one[16];
    for (int padding = each % 16 == 0 && each > 0 ? JK_PAD_NONE : JK_PAD_ZEROS; padding <= JK_PAD_80; padding++) {
        CHECK(jk_sm4_cbc_mac_batch(out, 16 * n, keys, 16 * n, in, each * n, n, padding) == JK_OK);
        for (size_t i = 0; i < n; i++) {
            CHECK(jk_sm4_cbc_mac_key(one, 16, keys + 16 * i, 16, NULL, in + each * i, each, padding) == JK_OK);
            CHECK(memcmp(one, out + 16 * i, 16) == 0);
        }
        verified(out, 4 + (n + each) % 13, keys, in, each, n, padding);
    }
    give(keys);
    give(in);
    give(out);
}

static void four(uint8_t out[4], const uint8_t key[16], const uint8_t *in, size_t n, int sum)
{
    uint8_t mac[16];
    CHECK(jk_sm4_cbc_mac_key(mac, 16, key, 16, NULL, in, n, JK_PAD_80) == JK_OK);
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(sum ? mac[i] ^ mac[4 + i] ^ mac[8 + i] ^ mac[12 + i] : mac[i]);
}

static void purse(size_t n, size_t each, int reading)
{
    uint8_t *master = take(16, 1), *serials = take(8 * n, 2), *seeds = take(8 * n, 3), *in = take(each * n, 4);
    uint8_t *made = take(4 * n, 5), *tacs = take(4 * n, 6), block[16], card[16], session[16], want[4];
    CHECK(jk_sm4_purse_mac_batch(made, 4 * n, master, 16, serials, 8 * n, seeds, 8 * n, in, each * n, n, reading) == JK_OK);
    CHECK(jk_sm4_purse_tac_batch(tacs, 4 * n, master, 16, serials, 8 * n, in, each * n, n, reading) == JK_OK);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < 8; j++)
            block[8 + j] = (uint8_t)~(block[j] = serials[8 * i + j]);
        CHECK(jk_sm4_encrypt_block(card, 16, master, 16, block, 16) == JK_OK);
        for (size_t j = 0; j < 8; j++) {
            block[j] = seeds[8 * i + j];
            block[8 + j] = (uint8_t)(reading & JK_PURSE_SEED_NOT ? ~block[j] : j == 0 ? 0x80 : 0);
        }
        CHECK(jk_sm4_encrypt_block(session, 16, card, 16, block, 16) == JK_OK);
        four(want, session, in + each * i, each, reading & JK_PURSE_FOLD_XOR);
        CHECK(memcmp(want, made + 4 * i, 4) == 0);
        four(want, card, in + each * i, each, reading & JK_PURSE_FOLD_XOR);
        CHECK(memcmp(want, tacs + 4 * i, 4) == 0);
    }
    give(master);
    give(serials);
    give(seeds);
    give(in);
    give(made);
    give(tacs);
}

static void refusals(void)
{
    uint8_t in[64] = {0}, out[64];
    memset(out, 0x5a, sizeof out);
    CHECK(jk_sm4_cbc_mac_batch(out, 32, in, 32, in, 33, 2, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 32, in, 31, in, 32, 2, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 31, in, 32, in, 32, 2, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 32, in, 32, in, 34, 2, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 16, in, 16, in, 0, 1, JK_PAD_NONE) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 16, in, 16, in, 16, 1, 3) == JK_ERR_ARGUMENT);
    CHECK(jk_sm4_cbc_mac_batch(out, 0, in, 0, in, 1, 0, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_batch(out, 0, in, 0, in, 0, 0, JK_PAD_80) == JK_OK);
    CHECK(jk_sm4_cbc_mac_verify_batch(out, 1, in, 3, in, 16, in, 16, 1, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_verify_batch(out, 1, in, 17, in, 16, in, 16, 1, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_cbc_mac_verify_batch(out, 2, in, 4, in, 16, in, 16, 1, JK_PAD_80) == JK_ERR_LENGTH);
    CHECK(jk_sm4_purse_mac_batch(out, 4, in, 15, in, 8, in, 8, in, 8, 1, 0) == JK_ERR_LENGTH);
    CHECK(jk_sm4_purse_mac_batch(out, 4, in, 16, in, 8, in, 7, in, 8, 1, 0) == JK_ERR_LENGTH);
    CHECK(jk_sm4_purse_tac_batch(out, 4, in, 16, in, 7, in, 8, 1, 0) == JK_ERR_LENGTH);
    CHECK(jk_sm4_purse_tac_batch(out, 3, in, 16, in, 8, in, 8, 1, 0) == JK_ERR_LENGTH);
    CHECK(jk_sm4_purse_tac_batch(out, 4, in, 16, in, 8, in, 8, 1, 4) == JK_ERR_ARGUMENT);
    CHECK(is(out, 0x5a, sizeof out));
}

int main(void)
{
    jk_ask_host();
    for (size_t i = 0; (running = jk_available(i)) != NULL; i++) {
        CHECK(jk_init(running) == JK_OK);
        if (i > 0 && strcmp(jk_sm4_implementation(), running) != 0)
            continue;
        for (size_t n = 1; n <= 200; n++)
            macs(n, (n * 7 + 3) % 50);
        for (size_t each = 0; each < 100; each++)
            macs(1 + each * 5 % 140, each);
        macs(1100, 17);
        for (int reading = 0; reading < 4; reading++)
            for (size_t n = 1; n < 600; n += n < 20 ? 6 : 190)
                purse(n, n % 41, reading);
        refusals();
        puts(running);
    }
    return 0;
}
