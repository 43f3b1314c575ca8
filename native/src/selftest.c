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

/* Different messages done together must be what the compression function makes of each: one block, and two. */
static int sm3_lanes_answer(const struct jk_sm3_ops *ops)
{
    enum { LANES = 16, LONGEST = 70 };
    uint8_t in[LANES * LONGEST], out[LANES * 32];
    jk_sm3_ctx ctx;
    uint32_t difference = 0;

    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 37 >> 3);
    for (size_t n = 5; n <= LONGEST; n += LONGEST - 5) {
        jk_sm3_init(&ctx);
        ops->digests(out, ctx.state, 0, in, n, LANES);
        for (size_t i = 0; i < LANES; i++) {
            uint8_t padded[128] = {0};
            const size_t blocks = n / 64 + 1;
            jk_copy(padded, in + i * n, n);
            padded[n] = 0x80;
            jk_store64(padded + 64 * blocks - 8, n * 8);
            jk_sm3_init(&ctx);
            ops->compress(ctx.state, padded, blocks);
            for (size_t j = 0; j < 8; j++)
                difference |= ctx.state[j] ^ jk_load32(out + 32 * i + 4 * j);
        }
    }
    return difference == 0;
}

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4)
{
    const int right = sm3_answers(sm3) && (sm3->digests == NULL || sm3_lanes_answer(sm3)) && jk_sm4_answers(sm4);
    return right ? JK_OK : JK_ERR_SELF_TEST;
}
