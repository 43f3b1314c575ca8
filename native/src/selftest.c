/* Known answers, run on an implementation before it is put to use: GB/T 32905 A.1 (one block), GB/T 32907 A.1. */
#include "jk_internal.h"

static int sm3_answers(const struct jk_sm3_ops *ops)
{
    /* "abc" with its padding, so that the compression function is tested without the streaming code around it. */
    static const uint32_t digest[8] = {0x66c7f0f4, 0x62eeedd9, 0xd1f2d46b, 0xdc10e4e2,
                                       0x4167c487, 0x5cf2f7a2, 0x297da02b, 0x8f4ba8e0};
    uint8_t block[128] = {'a', 'b', 'c', 0x80, [63] = 24};
    jk_sm3_ctx ctx, twice;
    uint32_t difference = 0;

    jk_sm3_init(&ctx);
    ops->compress(ctx.state, block, 1);
    for (size_t i = 0; i < 8; i++)
        difference |= ctx.state[i] ^ digest[i];
    /* A call with two blocks must be two calls with one. */
    jk_copy(block + 64, block, 64);
    twice = ctx;
    ops->compress(ctx.state, block, 2);
    ops->compress(twice.state, block, 1);
    ops->compress(twice.state, block + 64, 1);
    for (size_t i = 0; i < 8; i++)
        difference |= ctx.state[i] ^ twice.state[i];
    return difference == 0;
}

static int sm4_answers(const struct jk_sm4_ops *ops)
{
    static const uint8_t key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    static const uint8_t cipher[16] = {0x68, 0x1e, 0xdf, 0x34, 0xd2, 0x06, 0x96, 0x5e,
                                       0x86, 0xb3, 0xe9, 0x4f, 0x53, 0x6e, 0x42, 0x46};
    /* Enough blocks to enter every width that an implementation has. */
    enum { MANY = 16 * 2 + 3 };
    uint32_t enc[32], dec[32];
    uint8_t block[16], data[16 * MANY];
    int good = 1;

    ops->schedule(enc, key);
    for (size_t i = 0; i < 32; i++)
        dec[i] = enc[31 - i];
    ops->blocks(enc, block, key, 1);
    good &= jk_equal(block, cipher, 16);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    ops->blocks(enc, data, data, MANY);
    for (size_t i = 0; i < MANY; i++) {
        for (size_t j = 0; j < 16; j++)
            block[j] = (uint8_t)((16 * i + j) * 7 + (16 * i + j) / 256);
        ops->blocks(enc, block, block, 1);
        good &= jk_equal(block, data + 16 * i, 16);
    }
    ops->blocks(dec, data, data, MANY);
    for (size_t i = 0; i < sizeof data; i++)
        good &= data[i] == (uint8_t)(i * 7 + i / 256);
    return good;
}

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4)
{
    return sm3_answers(sm3) && sm4_answers(sm4) ? JK_OK : JK_ERR_SELF_TEST;
}
