/* Constant time of SM2's signing, as ctime.c judges the other algorithms: under valgrind, with the private key and the
 * nonce declared uninitialised. `./ctime_sm2 portable` and the like; the CPU that valgrind shows has no ADX,
 * although it runs the instructions, so the implementation is set by hand.
 *
 * Compiled with -DJK_PLANT_LEAK or -DJK_PLANT_BRANCH it multiplies by a table entry chosen by the secret, or skips zero
 * digits: proof that the check would notice. */
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "../src/sm2/sm2_curve.h"

#ifdef JK_X86_64
#include "ifma_twin.h"
#define jk_sm2_ifma_lanes twin_lanes
extern const struct jk_sm2_lanes twin_lanes;
#include "../src/sm2/sm2_ifma.c"
#endif

#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
static void planted(uint64_t x[4], uint64_t y[4], const uint64_t k[4])
{
    jk_sm2_portable.base(x, y, k);
#ifdef JK_PLANT_LEAK
    x[0] ^= jk_sm2_base[0][k[0] & 31][0];
#else
    volatile uint64_t digits = 0;
    if (k[0] & 63)
        digits = 1;
    x[0] ^= digits;
#endif
}
#endif

int main(int argc, char **argv)
{
    enum { MANY = 9 };
    uint8_t d[32], nonce[32], e[32], out[64];
    uint8_t keys[32 * MANY], nonces[32 * MANY], digests[32 * MANY], outs[64 * MANY], made[2][MANY];
    jk_sm2_signer signer;

    if (argc != 2 || jk_init("portable") != JK_OK)
        return 2;
    static struct jk_sm2_ops chosen;
    chosen = jk_sm2_portable;
#ifdef JK_X86_64
    if (strcmp(argv[1], "portable") != 0)
        chosen = jk_sm2_adx;
    if (strcmp(argv[1], "ifma") == 0)
        chosen.lanes = &twin_lanes;
#endif
    jk_sm2_ops = &chosen;
    if (jk_self_test_sm2(jk_sm2_ops) != JK_OK)
        return 2;
    if (RUNNING_ON_VALGRIND == 0) {
        fputs("run me under valgrind\n", stderr);
        return 2;
    }
#if defined(JK_PLANT_LEAK) || defined(JK_PLANT_BRANCH)
    chosen.base = planted;
#endif
    memset(d, 1, sizeof d);
    memset(nonce, 2, sizeof nonce);
    memset(e, 3, sizeof e);
    memset(out, 0, sizeof out);
    memset(keys, 4, sizeof keys);
    memset(nonces, 5, sizeof nonces);
    memset(digests, 6, sizeof digests);
    memset(outs, 0, sizeof outs);
    VALGRIND_MAKE_MEM_UNDEFINED(d, sizeof d);
    VALGRIND_MAKE_MEM_UNDEFINED(nonce, sizeof nonce);
    VALGRIND_MAKE_MEM_UNDEFINED(keys, sizeof keys);
    VALGRIND_MAKE_MEM_UNDEFINED(nonces, sizeof nonces);

    int status = jk_sm2_public_key(out, 64, d, 32);
    status |= jk_sm2_signer_init(&signer, d, 32);
    status |= jk_sm2_signer_sign_digest(&signer, out, 64, e, 32, nonce, 32);
    status |= jk_sm2_signer_sign_digest(&signer, out, 64, e, 32, NULL, 0);
    status |= jk_sm2_signer_sign(&signer, out, 64, NULL, 0, e, 32, nonce, 32);
    status |= jk_sm2_sign_digest(out, 64, d, 32, e, 32, nonce, 32);
    status |= jk_sm2_sign(out, 64, d, 32, NULL, 0, e, 32, nonce, 32);
    status |= jk_sm2_signer_sign_batch(&signer, made[0], outs, MANY, digests, nonces);
    status |= jk_sm2_sign_batch(made[1], outs, MANY, keys, digests, NULL);
    /* Whether it worked is meant to be known. */
    VALGRIND_MAKE_MEM_DEFINED(&status, sizeof status);
    VALGRIND_MAKE_MEM_DEFINED(made, sizeof made);
    for (size_t i = 0; i < MANY; i++)
        status |= made[0][i] != 1 || made[1][i] != 1;
    jk_sm2_signer_wipe(&signer);
    for (size_t i = 0; i < 4; i++)
        status |= signer.d[i] != 0 || signer.inverse[i] != 0;
    return status != 0;
}
