/* Known answers for one implementation of SM2's curve: GB/T 32918.5, annex A, the signature of "message digest". */
#include "sm2_curve.h"

static const uint64_t k[4] = {0x6d54b80deac1bc21, 0xef3cc1fa3cdbe4ce, 0x16680f3ad9c02dcc, 0x59276e27d506861a};
static const uint64_t k_g[2][4] = {{0x4f640ecd2e149a73, 0x415e2ede0e073c0f, 0x620432268e77feb6, 0x04ebfc718e8d1798},
                                   {0x283aff767e124df0, 0x64e6ee6a63094d99, 0x7b36daab8f950a3c, 0xe858f9d81e5430a5}};
static const uint64_t key[2][4] = {{0x6bb08ff356f35020, 0x72179fad1833fc07, 0x50dd7d161e4bc5c6, 0x09f9df311e5421a1},
                                   {0x6632f6072da9ad13, 0x0aed05fbf35e084a, 0x2dc6ea718cc1aa60, 0xccea490ce26775a5}};
static const uint64_t s[4] = {0x840b69c485bbc1aa, 0xbb9038fd1f7f42d4, 0x763182bc0d421ca1, 0xb1b6aa29df212fd8};
/* r + s */
static const uint64_t t[4] = {0x73fbf4683acda13a, 0xa2d133ca258ef4ea, 0x851c47cfeefd9e43, 0xa756e53127f3f43b};

static void put(jk_sm2_eight *to, size_t lane, const uint64_t from[4])
{
    for (size_t i = 0; i < 4; i++)
        to->word[i][lane] = from[i];
}

/* The same in lanes, the odd ones wrong: -k for k, whose x is the same; r + s and s changed over; r + s twice. `rest` is
 * k - t. */
static int lanes_answer(const struct jk_sm2_lanes *lanes, const uint64_t rest[4])
{
    struct jk_sm2_equations by_key, by_table;
    jk_sm2_eight scalars, x;
    uint64_t minus[4], difference = 0;
    unsigned unsure[2];

    jk_sub_mod(minus, (const uint64_t[4]){0}, k, jk_sm2_n);
    for (size_t i = 0; i < JK_SM2_LANES; i++) {
        put(&scalars, i, i & 1 ? minus : k);
        put(&by_key.x, i, key[0]);
        put(&by_key.y, i, key[1]);
        put(&by_key.s, i, i & 1 ? t : s);
        put(&by_key.t, i, i & 1 ? s : t);
        put(&by_key.wanted, i, k_g[0]);
    }
    by_table = by_key;
    for (size_t i = 0; i < JK_SM2_LANES; i++) {
        put(&by_table.s, i, i & 1 ? t : rest);
        put(&by_table.t, i, t);
    }
    lanes->base(&x, &scalars);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < JK_SM2_LANES; j++)
            difference |= x.word[i][j] ^ k_g[0][i];
    return difference == 0 && lanes->verify_var(&unsure[0], &by_key) == 0x55
           && lanes->verify_table_var(&unsure[1], jk_sm2_base, &by_table) == 0x55 && (unsure[0] | unsure[1]) == 0;
}

int jk_self_test_sm2(const struct jk_sm2_ops *ops)
{
    uint64_t x[4], y[4], rest[4], difference = 0;
    int good = 1;

    ops->base(x, y, k);
    for (size_t i = 0; i < 4; i++)
        difference |= (x[i] ^ k_g[0][i]) | (y[i] ^ k_g[1][i]);
    good &= difference == 0;
    good &= ops->on_curve(key[0], key[1]) == 1 && ops->on_curve(key[0], key[0]) == 0;
    good &= ops->verify_var(key[0], key[1], s, t, k_g[0]) == 1;
    good &= ops->verify_var(key[0], key[1], t, s, k_g[0]) == 0;
    /* (k - t) G + t G = k G: the base point in the place of the key, whose table is at hand. */
    jk_sub_mod(rest, k, t, jk_sm2_n);
    good &= ops->verify_table_var(jk_sm2_base, rest, t, k_g[0]) == 1;
    good &= ops->verify_table_var(jk_sm2_base, t, t, k_g[0]) == 0;
    if (ops->lanes != NULL)
        good &= lanes_answer(ops->lanes, rest);
    return good ? JK_OK : JK_ERR_SELF_TEST;
}
