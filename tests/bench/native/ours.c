/* Jinka's own calls. Compiled together with the core, as the Python extension is. */
#define _DEFAULT_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>

#include "../../../native/include/jinka.h"
#include "../../../native/include/jinka_host.h"
#include "peer.h"

static jk_sm4_ctx sm4;
static jk_sm4_gcm_ctx gcm;
static jk_tdes_ctx tdes;
static jk_sm2_key sm2_key;
static jk_sm2_signer signer;
static uint8_t public_keys[64][PUBLIC];
static uint8_t chain[16];

static int nothing(const struct work *w)
{
    (void)w;
    return 1;
}

static int sm4_prepare(const struct work *w)
{
    memset(chain, 0, sizeof chain);
    return jk_sm4_init(&sm4, w->key, 16) == JK_OK;
}

static void sm4_ecb(const struct work *w)
{
    jk_sm4_ecb_encrypt(&sm4, w->out, w->size, w->in, w->size);
}

static void sm4_block_key(const struct work *w)
{
    jk_sm4_encrypt_block(w->out, 16, w->key, 16, w->in, 16);
}

static void sm4_mac(const struct work *w)
{
    jk_sm4_cbc_mac(&sm4, NULL, w->out, 16, w->in, w->size, JK_PAD_NONE);
}

static void sm4_mac_key(const struct work *w)
{
    jk_sm4_cbc_mac_key(w->out, 16, w->key, 16, NULL, w->in, w->size, JK_PAD_NONE);
}

static void sm4_mac_batch(const struct work *w)
{
    jk_sm4_cbc_mac_batch(w->out, 16 * w->count, w->key, 16 * w->count, w->in, w->size * w->count, w->count, JK_PAD_NONE);
}

static void sm4_ctr(const struct work *w)
{
    jk_sm4_ctr(&sm4, chain, w->out, w->size, w->in, w->size);
}

static void sm4_cbc_decrypt(const struct work *w)
{
    jk_sm4_cbc_decrypt(&sm4, chain, w->out, w->size, w->in, w->size);
}

static int sm4_gcm_prepare(const struct work *w)
{
    return jk_sm4_gcm_init(&gcm, w->key, 16) == JK_OK;
}

static void sm4_gcm(const struct work *w)
{
    static const uint8_t iv[12];

    jk_sm4_gcm_seal(&gcm, w->out, w->size, w->out + w->size, 16, iv, sizeof iv, NULL, 0, w->in, w->size);
}

static void sm3(const struct work *w)
{
    jk_sm3(w->out, 32, w->in, w->size);
}

static void sm3_batch(const struct work *w)
{
    jk_sm3_batch(w->out, 32 * w->count, w->in, w->size * w->count, w->count);
}

/* --- SM2 --- */

static void sm2_verify(const struct work *w)
{
    w->out[0] = jk_sm2_verify_digest(w->key, PUBLIC, w->in, MESSAGE, second_column(w), SIGNATURE) == JK_OK;
}

static int sm2_key_prepare(const struct work *w)
{
    return jk_sm2_key_init(&sm2_key, w->key, PUBLIC) == JK_OK;
}

static void sm2_key_verify(const struct work *w)
{
    w->out[0] = jk_sm2_key_verify_digest(&sm2_key, w->in, MESSAGE, second_column(w), SIGNATURE) == JK_OK;
}

/* The batches of the peer digest the messages, so ours must here. */
static void sm2_verify_batch(const struct work *w)
{
    uint8_t digests[64][32];

    for (size_t i = 0; i < w->count; i++)
        jk_sm2_e(digests[i], 32, w->key + i * PUBLIC, PUBLIC, NULL, 0, w->in + i * MESSAGE, MESSAGE);
    jk_sm2_verify_batch(w->out, w->count, w->key, digests[0], second_column(w));
}

static void digest(uint8_t *out, const uint8_t *za, const uint8_t *message)
{
    jk_sm3_ctx ctx;

    jk_sm3_init(&ctx);
    jk_sm3_update(&ctx, za, 32);
    jk_sm3_update(&ctx, message, MESSAGE);
    jk_sm3_final(&ctx, out, 32);
}

static void sm2_key_verify_batch(const struct work *w)
{
    uint8_t digests[64][32];

    for (size_t i = 0; i < w->count; i++)
        digest(digests[i], sm2_key.za, w->in + i * MESSAGE);
    jk_sm2_key_verify_batch(&sm2_key, w->out, w->count, digests[0], second_column(w));
}

static int sm2_sign_prepare(const struct work *w)
{
    int good = jk_sm2_signer_init(&signer, w->key, PRIVATE) == JK_OK;

    for (size_t i = 0; i < w->count; i++)
        good &= jk_sm2_public_key(public_keys[i], PUBLIC, w->key + i * PRIVATE, PRIVATE) == JK_OK;
    return good;
}

/* The peers draw a nonce in every call. */
static void sm2_sign(const struct work *w)
{
    uint8_t nonce[NONCE], signature[SIGNATURE];

    w->out[0] = getrandom(nonce, NONCE, 0) == NONCE
                && jk_sm2_signer_sign_digest(&signer, signature, SIGNATURE, w->in, MESSAGE, nonce, NONCE) == JK_OK;
}

static void sm2_sign_batch(const struct work *w)
{
    uint8_t digests[64][32], made[64];

    for (size_t i = 0; i < w->count; i++)
        jk_sm2_e(digests[i], 32, public_keys[i], PUBLIC, NULL, 0, w->in + i * MESSAGE, MESSAGE);
    jk_sm2_sign_batch(made, w->out, w->count, w->key, digests[0], second_column(w));
}

static void sm2_sign_one_key(const struct work *w)
{
    uint8_t digests[64][32], made[64];

    for (size_t i = 0; i < w->count; i++)
        digest(digests[i], signer.za, w->in + i * MESSAGE);
    jk_sm2_signer_sign_batch(&signer, made, w->out, w->count, digests[0], second_column(w));
}

/* --- triple DES --- */

static int tdes_prepare(const struct work *w)
{
    return jk_tdes_init(&tdes, w->key, 16) == JK_OK;
}

static void tdes_mac(const struct work *w)
{
    jk_tdes_cbc_mac(&tdes, NULL, w->out, 8, w->in, w->size, JK_PAD_NONE);
}

static void tdes_mac_key(const struct work *w)
{
    jk_tdes_cbc_mac_key(w->out, 8, w->key, 16, NULL, w->in, w->size, JK_PAD_NONE);
}

static void retail_mac_key(const struct work *w)
{
    jk_tdes_retail_mac_key(w->out, 8, w->key, 16, NULL, w->in, w->size, JK_PAD_NONE);
}

static void tdes_mac_batch(const struct work *w)
{
    jk_tdes_cbc_mac_batch(w->out, 8 * w->count, w->key, 16 * w->count, w->in, w->size * w->count, w->count, JK_PAD_NONE);
}

static void retail_mac_batch(const struct work *w)
{
    jk_tdes_retail_mac_batch(w->out, 8 * w->count, w->key, 16 * w->count, w->in, w->size * w->count, w->count, JK_PAD_NONE);
}

static const struct call calls[] = {
    {"sm4_block", sm4_prepare, sm4_ecb},
    {"sm4_block_key", nothing, sm4_block_key},
    {"sm4_mac", sm4_prepare, sm4_mac},
    {"sm4_mac_key", nothing, sm4_mac_key},
    {"sm4_mac_batch", nothing, sm4_mac_batch},
    {"sm4_ecb", sm4_prepare, sm4_ecb},
    {"sm4_ctr", sm4_prepare, sm4_ctr},
    {"sm4_cbc_decrypt", sm4_prepare, sm4_cbc_decrypt},
    {"sm4_gcm", sm4_gcm_prepare, sm4_gcm},
    {"sm3", nothing, sm3},
    {"sm3_batch", nothing, sm3_batch},
    {"sm2_verify", nothing, sm2_verify},
    {"sm2_key_verify", sm2_key_prepare, sm2_key_verify},
    {"sm2_verify_batch", nothing, sm2_verify_batch},
    {"sm2_key_verify_batch", sm2_key_prepare, sm2_key_verify_batch},
    {"sm2_sign", sm2_sign_prepare, sm2_sign},
    {"sm2_sign_batch", sm2_sign_prepare, sm2_sign_batch},
    {"sm2_sign_one_key", sm2_sign_prepare, sm2_sign_one_key},
    {"tdes_mac", tdes_prepare, tdes_mac},
    {"tdes_mac_key", nothing, tdes_mac_key},
    {"retail_mac_key", nothing, retail_mac_key},
    {"tdes_mac_batch", nothing, tdes_mac_batch},
    {"retail_mac_batch", nothing, retail_mac_batch},
    {NULL, NULL, NULL},
};

/* `without` is the name of an implementation here; none for the best. */
__attribute__((visibility("default"))) const struct call *attach(const char *path, const char *without)
{
    (void)path;
    jk_ask_host();
    return jk_init(without) == JK_OK ? calls : NULL;
}

__attribute__((visibility("default"))) const char *label(void)
{
    return "Jinka";
}
