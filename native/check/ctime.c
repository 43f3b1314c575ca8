/* Constant time, checked on the compiled code: valgrind's memcheck is told that keys and data are uninitialised, and
 * then complains of every branch and every address that depends on them. Run it as
 *
 *     valgrind --error-exitcode=1 ./ctime <implementation>
 *
 * Compiled with -DJK_PLANT_LEAK it runs a cipher that reads one table entry by a secret byte, or with
 * -DJK_PLANT_BRANCH one that branches on a secret bit: proof that the check would notice. */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "../src/sm4/sm4_internal.h"

#define SECRET(x) VALGRIND_MAKE_MEM_UNDEFINED(x, sizeof(x))
#define PUBLIC(x) VALGRIND_MAKE_MEM_DEFINED(x, sizeof(x))

#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
static const uint8_t table[256] = {1, 2, 3};

static void planted(const uint32_t rk[32], uint8_t *out, const uint8_t *in, size_t n)
{
#ifdef JK_PLANT_LEAK
    const uint8_t extra = table[in[0] ^ (rk[0] & 255)];
#else
    volatile uint8_t extra = 0;
    if (in[0] & 1)
        extra = table[1];
#endif
    jk_sm4_portable.blocks(rk, out, in, n);
    out[0] ^= extra;
}
#endif

int main(int argc, char **argv)
{
    /* Sixteen blocks and more for the widest path, an odd rest for the narrow ones. */
    static uint8_t data[16 * 37 + 5], out[sizeof data];
    static uint8_t keys[16 * 37], macs[sizeof keys], yes[37];
    uint8_t key[100], iv[16], mac[32];
    jk_hmac_sm3_ctx hmac;
    jk_sm4_ctx ctx;
    enum { WHOLE = sizeof data - 5, MANY = 37 };

    if (argc != 2)
        return 2;
#ifdef JK_GFNI_TWIN
    /* The CPU that valgrind shows has no GFNI, so jk_init would refuse; see gfni_twin.h. */
    jk_sm4_ops = strcmp(argv[1], "gfni") == 0 ? &jk_sm4_gfni : &jk_sm4_gfni256;
    if (strcmp(argv[1], jk_sm4_ops->name) != 0 || jk_self_test(&jk_sm3_portable, jk_sm4_ops) != JK_OK)
        return 2;
#else
    if (jk_init(argv[1]) != JK_OK)
        return 2;
#endif
    if (RUNNING_ON_VALGRIND == 0) {
        fputs("run me under valgrind\n", stderr);
        return 2;
    }
#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
    static struct jk_sm4_ops leaky;
    leaky = jk_sm4_portable;
    leaky.blocks = planted;
    jk_sm4_ops = &leaky;
#endif
    memset(key, 1, sizeof key);
    memset(data, 2, sizeof data);
    memset(iv, 3, sizeof iv);
    memset(keys, 4, sizeof keys);
    SECRET(key);
    SECRET(keys);
    SECRET(data);
    SECRET(iv);

    int status = jk_sm3(mac, 32, data, sizeof data);
    status |= jk_hmac_sm3(mac, 32, key, sizeof key, data, sizeof data);
    jk_hmac_sm3_init(&hmac, key, sizeof key);
    status |= jk_sm3_batch(out, 32 * 11, data, 45 * 11, 11);
    status |= jk_hmac_sm3_batch(&hmac, out, 32 * 4, data, 130 * 4, 4);
    jk_hmac_sm3_wipe(&hmac);
    status |= jk_sm4_init(&ctx, key, 16);
    status |= jk_sm4_ecb_encrypt(&ctx, out, WHOLE, data, WHOLE);
    status |= jk_sm4_ecb_decrypt(&ctx, out, WHOLE, out, WHOLE);
    status |= jk_sm4_cbc_encrypt(&ctx, iv, out, WHOLE, out, WHOLE);
    status |= jk_sm4_cbc_decrypt(&ctx, iv, out, WHOLE, out, WHOLE);
    status |= jk_sm4_ctr(&ctx, iv, out, sizeof out, out, sizeof out);
    status |= jk_sm4_cbc_mac(&ctx, iv, mac, 16, data, sizeof data, JK_PAD_80);
    status |= jk_sm4_cbc_mac_key(mac, 16, key, 16, NULL, data, WHOLE, JK_PAD_NONE);
    status |= jk_sm4_encrypt_block(mac, 16, key, 16, data, 16);
    status |= jk_sm4_decrypt_block(mac, 16, key, 16, data, 16);
    status |= jk_sm4_cbc_mac_batch(macs, sizeof macs, keys, sizeof keys, data, WHOLE, MANY, JK_PAD_NONE);
    status |= jk_sm4_cbc_mac_batch(macs, sizeof macs, keys, sizeof keys, data, 15 * MANY, MANY, JK_PAD_80);
    status |= jk_sm4_cbc_mac_verify_batch(yes, MANY, data, 4 * MANY, keys, sizeof keys, data, 15 * MANY, MANY, JK_PAD_80);
    status |= jk_sm4_purse_mac_batch(macs, 4 * MANY, key, 16, data, 8 * MANY, keys, 8 * MANY, data, 15 * MANY, MANY, 0);
    status |= jk_sm4_purse_tac_batch(macs, 4 * MANY, key, 16, data, 8 * MANY, data, 15 * MANY, MANY, JK_PURSE_FOLD_XOR);
    /* The answer of jk_equal is meant to be known; how long it takes is not. */
    int same = jk_equal(mac, key, sizeof mac);
    VALGRIND_MAKE_MEM_DEFINED(&same, sizeof same);
    jk_sm4_wipe(&ctx);
    /* Wiped means zeros, which are public again without our saying so. */
    for (size_t i = 0; i < 32; i++)
        status |= ctx.enc[i] != 0 || ctx.dec[i] != 0;
    return status != 0 || same;
}
