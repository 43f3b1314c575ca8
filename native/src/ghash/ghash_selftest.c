/* Known answer of GHASH, run on an implementation before it is put to use: the one-block example of GCM's definition
 * (McGrew and Viega, test case 2); then many blocks at once against one after the other. */
#include "ghash.h"

/* Every number of blocks up to a step of the widest implementation, then several steps and a rest. */
enum { STEP = JK_GHASH_POWERS, MANY = 3 * STEP - 1 };

int jk_self_test_ghash(const struct jk_ghash_ops *ops)
{
    static const uint8_t h[16] = {0x66, 0xe9, 0x4b, 0xd4, 0xef, 0x8a, 0x2c, 0x3b,
                                  0x88, 0x4c, 0xfa, 0x59, 0xca, 0x34, 0x2b, 0x2e};
    /* The ciphertext, and the lengths: none of the data that is only authenticated, 128 bits of this. */
    static const uint8_t text[32] = {0x03, 0x88, 0xda, 0xce, 0x60, 0xb6, 0xa3, 0x92, 0xf3, 0x28, 0xc2,
                                     0xb9, 0x71, 0xb2, 0xfe, 0x78, [31] = 0x80};
    static const uint8_t answer[16] = {0xf3, 0x8c, 0xbb, 0x1a, 0xd6, 0x92, 0x23, 0xdc,
                                       0xc3, 0x45, 0x7a, 0xe5, 0xb6, 0xb0, 0xf8, 0x85};
    uint64_t powers[JK_GHASH_WORDS];
    uint8_t hash[16] = {0}, many[16], single[16], data[16 * MANY];

    ops->powers(powers, h);
    ops->update(powers, hash, text, 2);
    int good = jk_equal(hash, answer, 16);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    jk_copy(single, hash, 16);
    for (size_t n = 0; n <= MANY; n++) {
        if (n <= STEP || n == MANY) {
            jk_copy(many, hash, 16);
            ops->update(powers, many, data, n);
            good &= jk_equal(many, single, 16);
        }
        if (n < MANY)
            ops->update(powers, single, data + 16 * n, 1);
    }
    return good ? JK_OK : JK_ERR_SELF_TEST;
}
