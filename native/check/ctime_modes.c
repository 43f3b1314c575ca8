/* Constant time of GCM, CMAC and the key derivation, as ctime.c judges the other algorithms: under valgrind, with keys and
 * data declared uninitialised. `./ctime_modes portable` and `./ctime_modes pclmul`, with the portable SM4; valgrind runs no
 * AVX-512. Linked with -Wl,--wrap=jk_equal: whether a tag is right is meant to be known, how it was found is not.
 *
 * Compiled with -DJK_PLANT_LEAK it hashes with a table that the data addresses, with -DJK_PLANT_BRANCH it branches on the
 * key: proof that the check would notice. */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "../src/ghash/ghash.h"
#include "../src/sm4/sm4_internal.h"

#define SECRET(x) VALGRIND_MAKE_MEM_UNDEFINED(x, sizeof(x))

int __real_jk_equal(const uint8_t *a, const uint8_t *b, size_t n);
int __wrap_jk_equal(const uint8_t *a, const uint8_t *b, size_t n);

int __wrap_jk_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    int same = __real_jk_equal(a, b, n);
    VALGRIND_MAKE_MEM_DEFINED(&same, sizeof same);
    return same;
}

#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
static void planted(const uint64_t powers[JK_GHASH_WORDS], uint8_t hash[16], const uint8_t *in, size_t n)
{
    static const uint8_t table[16] = {4, 2, 1};
    jk_ghash_portable.update(powers, hash, in, n);
#ifdef JK_PLANT_LEAK
    hash[0] ^= table[hash[1] & 15];
#else
    volatile uint8_t reduce = table[9];
    if (powers[0] >> 63)
        reduce = 0xe1;
    hash[0] ^= reduce;
#endif
}
#endif

static const struct jk_ghash_ops *const implementations[] = {
    &jk_ghash_portable,
#ifdef JK_X86
    &jk_ghash_pclmul,
#endif
};

int main(int argc, char **argv)
{
    /* More than the head, a step of every width, an odd rest. */
    static uint8_t data[16 * 150 + 5], out[sizeof data], aad[77], iv[16], key[16], tag[16], mac[16], derived[70];
    jk_sm4_gcm_ctx gcm;
    jk_sm4_cmac_ctx cmac;

    if (argc != 2 || jk_init("portable") != JK_OK)
        return 2;
    jk_ghash_ops = NULL;
    for (size_t i = 0; i < sizeof implementations / sizeof *implementations; i++)
        if (strcmp(argv[1], implementations[i]->name) == 0)
            jk_ghash_ops = implementations[i];
    if (jk_ghash_ops == NULL || jk_self_test_ghash(jk_ghash_ops) != JK_OK)
        return 2;
    if (RUNNING_ON_VALGRIND == 0) {
        fputs("run me under valgrind\n", stderr);
        return 2;
    }
#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
    static struct jk_ghash_ops leaky;
    leaky = jk_ghash_portable;
    leaky.update = planted;
    jk_ghash_ops = &leaky;
#endif
    SECRET(key);
    SECRET(data);
    SECRET(aad);
    SECRET(iv);

    int status = jk_sm4_gcm_init(&gcm, key, 16);
    for (size_t iv_len = 12; iv_len <= 16; iv_len += 4) {
        status |= jk_sm4_gcm_seal(&gcm, out, sizeof data, tag, 16, iv, iv_len, aad, sizeof aad, data, sizeof data);
        status |= jk_sm4_gcm_open(&gcm, out, sizeof data, tag, 16, iv, iv_len, aad, sizeof aad, out, sizeof data);
        status |= jk_sm4_gcm_open(&gcm, out, 16, mac, 16, iv, iv_len, NULL, 0, data, 16) != JK_ERR_VERIFY;
    }
    status |= jk_sm4_cmac_init(&cmac, key, 16);
    status |= jk_sm4_cmac(&cmac, mac, 16, data, 160);
    status |= jk_sm4_cmac_key(mac, 16, key, 16, data, 161);
    status |= jk_sm4_cmac_key(mac, 16, key, 16, data, 5);
    status |= jk_sm3_kdf(derived, sizeof derived, data, 100);
    jk_sm4_gcm_wipe(&gcm);
    jk_sm4_cmac_wipe(&cmac);
    /* Wiped means zeros, which are public again without our saying so. */
    for (size_t i = 0; i < sizeof gcm; i++)
        status |= ((const uint8_t *)&gcm)[i];
    for (size_t i = 0; i < sizeof cmac; i++)
        status |= ((const uint8_t *)&cmac)[i];
    return status != 0;
}
