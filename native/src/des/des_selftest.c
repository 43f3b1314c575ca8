/* Known answers, run on an implementation of DES before it is put to use: FIPS 81, table B1, first block; there and back
 * under two keys; then messages together against the same messages one by one. */
#include "des_internal.h"

/* Enough messages to enter every width that an implementation has, and a ragged end. */
enum { MANY = 512 + 256 + 64 + 3 };

int jk_self_test_des(const struct jk_des_ops *ops)
{
    static const uint8_t key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                    0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01};
    static const uint8_t plain[8] = {0x4e, 0x6f, 0x77, 0x20, 0x69, 0x73, 0x20, 0x74};
    static const uint8_t single[8] = {0x3f, 0xa4, 0x0e, 0x8a, 0x98, 0x4d, 0x48, 0x15};
    uint64_t enc[2][16], dec[2][16], state;
    uint8_t in[8], block[8], many[8 * MANY];
    int good = 1;

    for (size_t half = 0; half < 2; half++) {
        ops->schedule(enc[half], key + 8 * half);
        for (size_t i = 0; i < 16; i++)
            dec[half][i] = enc[half][15 - i];
    }
    const uint64_t *const forth[3] = {enc[0], dec[1], enc[0]};
    const uint64_t *const back[3] = {dec[0], enc[1], dec[0]};
    ops->run(forth, 1, 1, NULL, block, plain, 1);
    good &= jk_equal(block, single, 8);
    ops->run(forth, 3, 3, NULL, block, plain, 1);
    good &= !jk_equal(block, plain, 8);
    ops->run(back, 3, 3, NULL, block, block, 1);
    good &= jk_equal(block, plain, 8);

    /* The i-th message is i and its padding, under the key that begins at the i-th byte of what looks like noise. */
    static const struct jk_des_batch shape = {.key_step = 1, .in_step = 1, .in_len = 11, .padding = JK_PAD_80,
                                              .inner = 1, .last = 3};
    uint8_t noise[MANY + 16], text[MANY + 11];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)(i * i * 31 + i * 7 + i / 256);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 13 + i / 200);
    struct jk_des_batch batch = shape;
    batch.keys = noise;
    batch.in = text;
    ops->macs(many, &batch, MANY);
    for (size_t i = 0; i < MANY; i += 37) {
        ops->schedule(enc[0], noise + i);
        ops->schedule(enc[1], noise + i + 8);
        for (size_t j = 0; j < 16; j++)
            dec[1][j] = enc[1][15 - j];
        state = 0;
        const struct jk_des_chain chain = {&state, jk_des_padded(text + i + 8, 3, JK_PAD_80), 1};
        ops->run(forth, 1, 3, &chain, NULL, text + i, 1);
        jk_store64(in, state);
        good &= jk_equal(in, many + 8 * i, 8);
    }
    return good ? JK_OK : JK_ERR_SELF_TEST;
}
