/* Constant time of DES, as ctime.c judges the other algorithms: under valgrind, with key and data declared uninitialised.
 * `./ctime_des portable` and the like; valgrind runs no AVX-512, which shares its S-boxes' form with the portable batch.
 *
 * Compiled with -DJK_PLANT_LEAK or -DJK_PLANT_BRANCH it looks a key byte up in a table, or branches on it: proof that the
 * check would notice. */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "../src/des/des_internal.h"

#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
static void planted(uint64_t rk[16], const uint8_t key[8])
{
    static const uint8_t table[256] = {7, 3, 9};
    jk_des_portable.schedule(rk, key);
#ifdef JK_PLANT_LEAK
    rk[0] ^= table[key[0]];
#else
    volatile uint64_t odd = 0;
    if (key[0] & 2)
        odd = 1;
    rk[0] ^= odd ^ table[9];
#endif
}
#endif

static const struct jk_des_ops *const implementations[] = {
    &jk_des_portable,
#ifdef JK_X86
    &jk_des_avx2,
#endif
};

enum { MANY = 300 };

int main(int argc, char **argv)
{
    static uint8_t keys[16 * MANY], text[11 * MANY], macs[8 * MANY], out[64], iv[8];
    jk_tdes_ctx ctx;

    if (argc != 2 || jk_init("portable") != JK_OK)
        return 2;
    jk_des_ops = NULL;
    for (size_t i = 0; i < sizeof implementations / sizeof *implementations; i++)
        if (strcmp(argv[1], implementations[i]->name) == 0)
            jk_des_ops = implementations[i];
    if (jk_des_ops == NULL || jk_self_test_des(jk_des_ops) != JK_OK)
        return 2;
    if (RUNNING_ON_VALGRIND == 0) {
        fputs("run me under valgrind\n", stderr);
        return 2;
    }
#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
    static struct jk_des_ops leaky;
    leaky = jk_des_portable;
    leaky.schedule = planted;
    jk_des_ops = &leaky;
#endif
    memset(keys, 1, sizeof keys);
    memset(text, 2, sizeof text);
    VALGRIND_MAKE_MEM_UNDEFINED(keys, sizeof keys);
    VALGRIND_MAKE_MEM_UNDEFINED(text, sizeof text);

    int status = jk_tdes_init(&ctx, keys, 16);
    status |= jk_tdes_ecb_encrypt(&ctx, out, 64, text, 64);
    status |= jk_tdes_ecb_decrypt(&ctx, out, 64, out, 64);
    status |= jk_tdes_cbc_encrypt(&ctx, iv, out, 64, text, 64);
    status |= jk_tdes_cbc_decrypt(&ctx, iv, out, 64, out, 64);
    status |= jk_tdes_cbc_mac(&ctx, NULL, out, 8, text, 61, JK_PAD_80);
    status |= jk_tdes_retail_mac(&ctx, NULL, out, 8, text, 61, JK_PAD_80);
    status |= jk_tdes_encrypt_block(out, 8, keys, 16, text, 8);
    status |= jk_tdes_retail_mac_key(out, 8, keys, 16, NULL, text, 24, JK_PAD_NONE);
    status |= jk_tdes_cbc_mac_batch(macs, sizeof macs, keys, sizeof keys, text, sizeof text, MANY, JK_PAD_80);
    status |= jk_tdes_retail_mac_batch(macs, sizeof macs, keys, sizeof keys, text, sizeof text, MANY, JK_PAD_80);
    status |= jk_tdes_purse_tac_batch(macs, 4 * 100, keys, 16, keys, 8 * 100, text, 11 * 100, 100);
    status |= jk_tdes_purse_mac_batch(macs, 4 * 100, keys, 16, keys, 8 * 100, keys, 8 * 100, text, 11 * 100, 100);
    jk_tdes_wipe(&ctx);
    for (size_t i = 0; i < 16; i++)
        status |= ctx.enc[0][i] != 0 || ctx.dec[1][i] != 0 || ctx.key[i] != 0;
    return status != 0;
}
