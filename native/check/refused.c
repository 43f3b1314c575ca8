/* A failed self-test must keep an implementation out. Linked with all of the core but the self-tests, whose place this
 * takes with tests of which one fails. */
#include "../src/jk_internal.h"
#include "../src/des/des_internal.h"
#include "../src/ghash/ghash.h"
#include "../src/sm2/sm2_curve.h"
#include "../src/sm4/sm4_internal.h"

enum { SM3_SM4, SM2, DES, GHASH, ALL };
static int fails;

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4)
{
    (void)sm3;
    (void)sm4;
    return fails == SM3_SM4 ? JK_ERR_SELF_TEST : JK_OK;
}

int jk_self_test_sm2(const struct jk_sm2_ops *ops)
{
    (void)ops;
    return fails == SM2 ? JK_ERR_SELF_TEST : JK_OK;
}

int jk_self_test_des(const struct jk_des_ops *ops)
{
    (void)ops;
    return fails == DES ? JK_ERR_SELF_TEST : JK_OK;
}

int jk_self_test_ghash(const struct jk_ghash_ops *ops)
{
    (void)ops;
    return fails == GHASH ? JK_ERR_SELF_TEST : JK_OK;
}

int main(void)
{
    static const struct jk_sm4_ops in_use = {.name = "in use"};
    int bad = 0;
    jk_sm4_ops = &in_use;
    for (fails = SM3_SM4; fails < ALL; fails++)
        bad |= jk_init(NULL) != JK_ERR_SELF_TEST || jk_sm4_ops != &in_use || jk_sm3_ops != &jk_sm3_portable
               || jk_sm2_ops != &jk_sm2_portable || jk_des_ops != &jk_des_portable
               || jk_ghash_ops != &jk_ghash_portable;
    return bad;
}
