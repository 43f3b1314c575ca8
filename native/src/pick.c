/* The one place that knows which implementations exist, worst first, and chooses among them. */
#include "jk_internal.h"

static const struct {
    unsigned needs;
    const struct jk_sm3_ops *ops;
} sm3_table[] = {
    {0, &jk_sm3_portable},
};

static const struct {
    unsigned needs;
    const struct jk_sm4_ops *ops;
} sm4_table[] = {
    {0, &jk_sm4_portable},
#ifdef JK_X86
    {JK_CPU_AESNI, &jk_sm4_aesni},
#endif
};

enum {
    SM3_COUNT = sizeof sm3_table / sizeof sm3_table[0],
    SM4_COUNT = sizeof sm4_table / sizeof sm4_table[0]
};

const struct jk_sm3_ops *jk_sm3_ops = &jk_sm3_portable;
const struct jk_sm4_ops *jk_sm4_ops = &jk_sm4_portable;

const char *jk_sm3_implementation(void)
{
    return jk_sm3_ops->name;
}

const char *jk_sm4_implementation(void)
{
    return jk_sm4_ops->name;
}

static int same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static int runs(unsigned needs)
{
    return (needs & ~jk_cpu_features()) == 0;
}

const char *jk_available(size_t i)
{
    for (size_t j = 0; j < SM4_COUNT; j++)
        if (runs(sm4_table[j].needs) && i-- == 0)
            return sm4_table[j].ops->name;
    return NULL;
}

int jk_init(const char *name)
{
    const int any = name == NULL || *name == 0;
    const struct jk_sm3_ops *sm3 = &jk_sm3_portable;
    const struct jk_sm4_ops *sm4 = &jk_sm4_portable;
    int known = any;

    for (size_t i = 0; i < SM3_COUNT; i++)
        if (runs(sm3_table[i].needs) && (any || same(name, sm3_table[i].ops->name))) {
            sm3 = sm3_table[i].ops;
            known = 1;
        }
    for (size_t i = 0; i < SM4_COUNT; i++)
        if (runs(sm4_table[i].needs) && (any || same(name, sm4_table[i].ops->name))) {
            sm4 = sm4_table[i].ops;
            known = 1;
        }
    if (!known)
        return JK_ERR_ARGUMENT;

    const int status = jk_self_test(sm3, sm4);
    if (status == JK_OK) {
        jk_sm3_ops = sm3;
        jk_sm4_ops = sm4;
    }
    return status;
}
