/* Known answers of SM4, run on an implementation before it is put to use: GB/T 32907 A.1; then every way that it has of its
 * own against that one block. */
#include "sm4_internal.h"

/* More than a full pass of the widest implementation, and an odd rest for the narrower ways. */
enum { MANY = 128 + 32 + 3 };

static void fill(uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
}

static int blocks_and_schedule(const struct jk_sm4_ops *ops, const uint8_t key[16], uint32_t enc[32], uint32_t dec[32])
{
    static const uint8_t cipher[16] = {0x68, 0x1e, 0xdf, 0x34, 0xd2, 0x06, 0x96, 0x5e,
                                       0x86, 0xb3, 0xe9, 0x4f, 0x53, 0x6e, 0x42, 0x46};
    uint8_t block[16], plain[16 * MANY], data[16 * MANY];
    int good = 1;

    ops->schedule(enc, key);
    for (size_t i = 0; i < 32; i++)
        dec[i] = enc[31 - i];
    ops->blocks(enc, block, key, 1);
    good &= jk_equal(block, cipher, 16);
    fill(plain, sizeof plain);
    ops->blocks(enc, data, plain, MANY);
    for (size_t i = 0; i < MANY; i++) {
        ops->blocks(enc, block, plain + 16 * i, 1);
        good &= jk_equal(block, data + 16 * i, 16);
    }
    ops->blocks(enc, block, plain, 1);
    ops->blocks(dec, data, data, 3);
    ops->blocks(dec, data + 48, data + 48, MANY - 3);
    return good & jk_equal(data, plain, sizeof data);
}

static int chains(const struct jk_sm4_ops *ops, const uint8_t key[16], const uint32_t enc[32], const uint32_t dec[32])
{
    uint8_t chain[16] = {1}, iv[16] = {1}, mac[16] = {1}, plain[16 * MANY], data[16 * MANY], block[16];
    size_t done;
    int good = 1;

    fill(plain, sizeof plain);
    jk_sm4_chain(ops, enc, chain, data, plain, MANY - 1, plain + 16 * (MANY - 1));
    for (size_t i = 0; i < MANY; i++) {
        jk_xor(block, i > 0 ? data + 16 * (i - 1) : iv, plain + 16 * i, 16);
        ops->blocks(enc, block, block, 1);
        good &= jk_equal(block, data + 16 * i, 16);
    }
    good &= jk_equal(block, chain, 16);
    jk_sm4_keyed(ops, key, mac, plain, MANY - 1, plain + 16 * (MANY - 1));
    good &= jk_equal(mac, chain, 16);
    if (ops->cbc_decrypt != NULL) {
        done = ops->cbc_decrypt(dec, iv, data, data, MANY);
        good &= jk_equal(data, plain, 16 * done);
    }
    if (ops->ctr != NULL) {
        /* Over the edge of the low half. */
        for (size_t i = 0; i < 16; i++)
            iv[i] = chain[i] = i < 8 ? 0 : i < 15 ? 0xff : 0xf0;
        done = ops->ctr(enc, iv, data, plain, MANY);
        for (size_t i = 0; i < done; i++) {
            ops->blocks(enc, block, chain, 1);
            jk_xor(block, block, plain + 16 * i, 16);
            good &= jk_equal(block, data + 16 * i, 16);
            jk_store64(chain, jk_load64(chain) + (jk_load64(chain + 8) + 1 == 0));
            jk_store64(chain + 8, jk_load64(chain + 8) + 1);
        }
        good &= jk_equal(iv, chain, 16);
    }
    return good;
}

/* Messages together against each alone. */
static int macs(const struct jk_sm4_ops *ops)
{
    enum { LENGTH = 37 };
    uint8_t keys[16 * MANY], text[LENGTH * MANY], out[16 * MANY], mac[16], last[16] = {[LENGTH % 16] = 0x80};
    int good = 1;
    if (ops->macs == NULL)
        return 1;
    fill(keys, sizeof keys);
    fill(text, sizeof text);
    const size_t done = ops->macs(out, keys, text, LENGTH, JK_PAD_80, MANY);
    for (size_t i = 0; i < done; i += 7) {
        for (size_t j = 0; j < 16; j++)
            mac[j] = 0;
        jk_copy(last, text + LENGTH * i + LENGTH / 16 * 16, LENGTH % 16);
        jk_sm4_keyed(ops, keys + 16 * i, mac, text + LENGTH * i, LENGTH / 16, last);
        good &= jk_equal(mac, out + 16 * i, 16);
    }
    return good;
}

int jk_sm4_answers(const struct jk_sm4_ops *ops)
{
    static const uint8_t key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    uint32_t enc[32], dec[32];
    return blocks_and_schedule(ops, key, enc, dec) & chains(ops, key, enc, dec) & macs(ops);
}
