/* A failed self-test must keep an implementation out. Linked with all of the core but selftest.c, whose place this takes
 * with a test that always fails. */
#include "../src/jk_internal.h"

int jk_self_test(const struct jk_sm3_ops *sm3, const struct jk_sm4_ops *sm4)
{
    (void)sm3;
    (void)sm4;
    return JK_ERR_SELF_TEST;
}

int main(void)
{
    static const struct jk_sm4_ops in_use = {"in use", NULL, NULL};
    jk_sm4_ops = &in_use;
    return jk_init(NULL) != JK_ERR_SELF_TEST || jk_sm4_ops != &in_use || jk_sm3_ops != &jk_sm3_portable;
}
