/* Known answers, run on an implementation before it is put to use: GB/T 32905 A.1 (one block). */
#include "jk_internal.h"
#include "sm4/sm4_internal.h"

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

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4)
{
    return sm3_answers(sm3) && jk_sm4_answers(sm4) ? JK_OK : JK_ERR_SELF_TEST;
}
