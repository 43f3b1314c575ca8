/* Work of known size between marks, for whoever counts the instructions between two calls of `mark`:
 * tests/bench/arm.py does, by an emulator's log. Run it as
 *
 *     count [implementation [secret]]
 *
 * with keys and data made from `secret`, a number: the instructions must be the same ones for each. It prints a line for each
 * piece of work, "name units": the first is empty, and is what marking itself costs. Without an argument it prints the
 * implementations there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/ghash/ghash.h"
#include "../include/jinka_host.h"

enum { MANY = 64 };

__attribute__((noinline)) void mark(void)
{
    __asm__ volatile("");
}

static uint8_t data[64 * MANY], key[16 * MANY], out[64 * MANY], iv[16];
static int failed;

#define COUNT(name, units, work)              \
    do {                                      \
        mark();                               \
        failed |= (work) != JK_OK;            \
        mark();                               \
        printf("%s %d\n", name, (int)(units)); \
    } while (0)

/* In the place of the self-tests: the linker is told to. */
int __wrap_jk_self_test(void);
int __wrap_jk_self_test_sm2(void);
int __wrap_jk_self_test_des(void);
int __wrap_jk_self_test_ghash(void);

int __wrap_jk_self_test(void)
{
    return JK_OK;
}

int __wrap_jk_self_test_sm2(void)
{
    return JK_OK;
}

int __wrap_jk_self_test_des(void)
{
    return JK_OK;
}

int __wrap_jk_self_test_ghash(void)
{
    return JK_OK;
}

#ifdef JK_PLANT_BRANCH
/* Proof that a difference would be noticed. */
static int planted(void)
{
    if (data[0] & 1)
        jk_wipe(out, 16);
    return JK_OK;
}
#endif

static int compress(size_t n)
{
    static uint32_t state[8];
    jk_sm3_ops->compress(state, data, n);
    return JK_OK;
}

static int hash(const jk_sm4_gcm_ctx *ctx, size_t n)
{
    jk_ghash_ops->update(ctx->powers, iv, data, n);
    return JK_OK;
}

/* There and back, in place. */
static int seal(const jk_sm4_gcm_ctx *ctx, size_t iv_len, size_t n)
{
    const int status = jk_sm4_gcm_seal(ctx, out, n, out + n, 16, iv, iv_len, key, 13, data, n);
    return status | jk_sm4_gcm_open(ctx, out, n, out + n, 16, iv, iv_len, key, 13, out, n);
}

static __attribute__((noinline)) int work(void)
{
    static jk_sm4_ctx ctx;
    static jk_sm4_gcm_ctx gcm;
    COUNT("nothing", 1, 0);
    COUNT("SM3, a block of many", MANY, compress(MANY));
    COUNT("SM3, 32 bytes", 1, jk_sm3(out, 32, data, 32));
    COUNT("SM4, key schedule", 1, jk_sm4_init(&ctx, key, 16));
    COUNT("SM4, one block", 1, jk_sm4_ecb_encrypt(&ctx, out, 16, data, 16));
    COUNT("SM4, one of 4 blocks", 4, jk_sm4_ecb_encrypt(&ctx, out, 64, data, 64));
    COUNT("SM4, one of 64 blocks", MANY, jk_sm4_ecb_encrypt(&ctx, out, 16 * MANY, data, 16 * MANY));
    COUNT("SM4-CTR, one of 64 blocks", MANY, jk_sm4_ctr(&ctx, iv, out, 16 * MANY, data, 16 * MANY));
    COUNT("SM4-CBC, one of 64 blocks", MANY, jk_sm4_cbc_encrypt(&ctx, iv, out, 16 * MANY, data, 16 * MANY));
    COUNT("SM4-CBC back, one of 64 blocks", MANY, jk_sm4_cbc_decrypt(&ctx, iv, out, 16 * MANY, data, 16 * MANY));
    COUNT("SM4 CBC-MAC of 32 bytes", 1, jk_sm4_cbc_mac(&ctx, NULL, out, 16, data, 32, JK_PAD_NONE));
    COUNT("the same with its key", 1, jk_sm4_cbc_mac_key(out, 16, key, 16, NULL, data, 32, JK_PAD_NONE));
    COUNT("SM4 CMAC of 30 bytes with its key", 1, jk_sm4_cmac_key(out, 16, key, 16, data, 30));
    COUNT("GCM, key", 1, jk_sm4_gcm_init(&gcm, key, 16));
    COUNT("GHASH, one of 64 blocks", MANY, hash(&gcm, MANY));
    COUNT("GCM, 100 bytes, both ways", 1, seal(&gcm, 12, 100));
    COUNT("GCM, hashed IV, a byte of 1500, both ways", 1500, seal(&gcm, 16, 1500));
    COUNT("48 bytes of key", 1, jk_sm3_kdf(out, 48, data, 64));
#ifdef JK_PLANT_BRANCH
    COUNT("planted", 1, planted());
#endif
    return failed;
}

int main(int argc, char **argv)
{
    jk_ask_host();
    if (argc < 2) {
        for (size_t i = 0; jk_available(i) != NULL; i++)
            puts(jk_available(i));
        return 0;
    }
    if (jk_init(argv[1]) != JK_OK)
        return 2;
    uint32_t secret = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)((secret = secret * 1103515245u + 12345u) >> 16);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)((secret = secret * 1103515245u + 12345u) >> 16);
    memset(iv, secret >> 31 ? 0xff : 0, sizeof iv);
    /* How many instructions a memset takes depends on how its memory is aligned: here always the same, whatever the
     * length of the arguments that lie at the top of the stack. */
    volatile uint8_t *const aligned = __builtin_alloca(((uintptr_t)__builtin_alloca(1) & 63) + 1);
    aligned[0] = 0;
    return work();
}
