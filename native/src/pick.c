/* The one place that knows which implementations exist, worst first, and chooses among them. */
#include "jk_internal.h"
#include "ghash/ghash.h"
#include "sm2/sm2_curve.h"
#include "sm4/sm4_internal.h"

/* Some implementations want more registers than a 32-bit program has. */
#ifdef JK_X86_64
#define IF_64(name) &jk_##name
#else
#define IF_64(name) NULL
#endif

/* A row is a name that jk_init takes. A null column leaves that algorithm to the rows above. The first row is the one
 * that every machine can run, and has no null. */
static const struct {
    const char *name;
    unsigned needs;
    const struct jk_sm3_ops *sm3;
    const struct jk_sm4_ops *sm4;
    const struct jk_sm2_ops *sm2;
    const struct jk_des_ops *des;
    const struct jk_ghash_ops *ghash;
} table[] = {
    {"portable", 0, &jk_sm3_portable, &jk_sm4_portable, &jk_sm2_portable, &jk_des_portable, &jk_ghash_portable},
#ifdef JK_X86_64
    {"adx", JK_CPU_ADX, NULL, NULL, &jk_sm2_adx, NULL, NULL},
    {"ifma", JK_CPU_ADX | JK_CPU_IFMA, NULL, NULL, &jk_sm2_ifma, NULL, NULL},
#endif
#ifdef JK_X86
    {"aesni", JK_CPU_AESNI, NULL, &jk_sm4_aesni, NULL, NULL, NULL},
    {"avx2", JK_CPU_AVX2 | JK_CPU_AESNI, IF_64(sm3_avx2), &jk_sm4_avx2, NULL, &jk_des_avx2, NULL},
    {"gfni", JK_CPU_GFNI, NULL, &jk_sm4_gfni, NULL, NULL, NULL},
    {"gfni256", JK_CPU_GFNI | JK_CPU_AVX2, NULL, &jk_sm4_gfni256, NULL, NULL, NULL},
    {"avx512", JK_CPU_AVX512 | JK_CPU_GFNI, IF_64(sm3_avx512), &jk_sm4_avx512, NULL, IF_64(des_avx512), NULL},
    {"pclmul", JK_CPU_PCLMUL, NULL, NULL, NULL, NULL, &jk_ghash_pclmul},
    {"vpclmul", JK_CPU_VPCLMUL, NULL, NULL, NULL, NULL, &jk_ghash_vpclmul},
#endif
#ifdef JK_ARM32
    {"neon", JK_CPU_NEON, NULL, &jk_sm4_neon32, NULL, NULL, NULL},
#endif
#ifdef JK_ARM64
    {"neon", 0, NULL, &jk_sm4_neon, NULL, NULL, NULL},
#endif
#ifdef JK_ARM64_PMULL
    {"pmull", JK_CPU_PMULL, NULL, NULL, NULL, NULL, &jk_ghash_pmull},
#endif
#ifdef JK_ARM64_SM
    {"armsm3", JK_CPU_ARMSM3, &jk_sm3_armv8, NULL, NULL, NULL, NULL},
    {"armsm4", JK_CPU_ARMSM4, NULL, &jk_sm4_armv8, NULL, NULL, NULL},
#endif
};

enum { ROWS = sizeof table / sizeof table[0] };

const struct jk_sm3_ops *jk_sm3_ops = &jk_sm3_portable;
const struct jk_sm4_ops *jk_sm4_ops = &jk_sm4_portable;
const struct jk_sm2_ops *jk_sm2_ops = &jk_sm2_portable;
const struct jk_des_ops *jk_des_ops = &jk_des_portable;
const struct jk_ghash_ops *jk_ghash_ops = &jk_ghash_portable;

const char *jk_sm3_implementation(void)
{
    return jk_sm3_ops->name;
}

const char *jk_sm4_implementation(void)
{
    return jk_sm4_ops->name;
}

const char *jk_sm2_implementation(void)
{
    return jk_sm2_ops->name;
}

const char *jk_tdes_implementation(void)
{
    return jk_des_ops->name;
}

const char *jk_ghash_implementation(void)
{
    return jk_ghash_ops->name;
}

/* Whether a name is one of those asked for. They have a + between them. */
static int among(const char *asked, const char *name)
{
    for (;;) {
        size_t i = 0;
        while (name[i] != 0 && asked[i] == name[i])
            i++;
        if (name[i] == 0 && (asked[i] == 0 || asked[i] == '+'))
            return 1;
        while (*asked != 0 && *asked != '+')
            asked++;
        if (*asked++ == 0)
            return 0;
    }
}

static size_t how_many(const char *asked)
{
    size_t n = 1;
    for (; *asked != 0; asked++)
        n += *asked == '+';
    return n;
}

static int runs(size_t row, unsigned features)
{
    return (table[row].needs & ~features) == 0;
}

const char *jk_available(size_t i)
{
    const unsigned features = jk_cpu_features();
    for (size_t row = 0; row < ROWS; row++)
        if (runs(row, features) && i-- == 0)
            return table[row].name;
    return NULL;
}

int jk_init(const char *name)
{
    const unsigned features = jk_cpu_features();
    const int best = name == NULL || *name == 0;
    const struct jk_sm3_ops *sm3 = table[0].sm3;
    const struct jk_sm4_ops *sm4 = table[0].sm4;
    const struct jk_sm2_ops *sm2 = table[0].sm2;
    const struct jk_des_ops *des = table[0].des;
    const struct jk_ghash_ops *ghash = table[0].ghash;
    size_t known = 0;

    for (size_t row = 0; row < ROWS; row++) {
        if (!runs(row, features) || !(best || among(name, table[row].name)))
            continue;
        known++;
        if (table[row].sm3 != NULL)
            sm3 = table[row].sm3;
        if (table[row].sm4 != NULL)
            sm4 = table[row].sm4;
        if (table[row].sm2 != NULL)
            sm2 = table[row].sm2;
        if (table[row].des != NULL)
            des = table[row].des;
        if (table[row].ghash != NULL)
            ghash = table[row].ghash;
    }
    if (!best && known != how_many(name))
        return JK_ERR_ARGUMENT;

    int status = jk_self_test(sm3, sm4);
    if (status == JK_OK)
        status = jk_self_test_sm2(sm2);
    if (status == JK_OK)
        status = jk_self_test_des(des);
    if (status == JK_OK)
        status = jk_self_test_ghash(ghash);
    if (status == JK_OK) {
        jk_sm3_ops = sm3;
        jk_sm4_ops = sm4;
        jk_sm2_ops = sm2;
        jk_des_ops = des;
        jk_ghash_ops = ghash;
    }
    return status;
}
