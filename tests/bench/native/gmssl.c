/* GmSSL 3: its functions are called as they are, which is its API. */
#include "peer.h"

#define FUNCTIONS(X) \
    X(const char *, gmssl_version_str, (void)) \
    X(void, sm4_set_encrypt_key, (void *, const uint8_t *)) \
    X(void, sm4_set_decrypt_key, (void *, const uint8_t *)) \
    X(void, sm4_encrypt, (const void *, const uint8_t *, uint8_t *)) \
    X(void, sm4_encrypt_blocks, (const void *, const uint8_t *, size_t, uint8_t *)) \
    X(void, sm4_cbc_encrypt_blocks, (const void *, uint8_t *, const uint8_t *, size_t, uint8_t *)) \
    X(void, sm4_cbc_decrypt_blocks, (const void *, uint8_t *, const uint8_t *, size_t, uint8_t *)) \
    X(void, sm4_ctr_encrypt, (const void *, uint8_t *, const uint8_t *, size_t, uint8_t *)) \
    X(int, sm4_gcm_encrypt, (const void *, const uint8_t *, size_t, const uint8_t *, size_t, const uint8_t *, size_t, \
                             uint8_t *, size_t, uint8_t *)) \
    X(void, sm3_init, (void *)) \
    X(void, sm3_update, (void *, const uint8_t *, size_t)) \
    X(void, sm3_finish, (void *, uint8_t *)) \
    X(int, sm2_z256_point_from_bytes, (void *, const uint8_t *)) \
    X(void, sm2_z256_point_mul_pre_compute, (const void *, void *)) \
    X(void, sm2_z256_from_bytes, (uint64_t *, const uint8_t *)) \
    X(int, sm2_key_set_private_key, (void *, const uint64_t *)) \
    X(int, sm2_do_verify, (const void *, const uint8_t *, const void *)) \
    X(int, sm2_fast_verify, (const void *, const uint8_t *, const void *)) \
    X(int, sm2_do_sign, (const void *, const uint8_t *, void *)) \
    X(int, sm2_fast_sign_compute_key, (const void *, uint64_t *)) \
    X(int, sm2_fast_sign_pre_compute, (void *)) \
    X(int, sm2_fast_sign, (const uint64_t *, void *, const uint8_t *, void *))

LOADER(FUNCTIONS)

/* Room for its structures, with some to spare. */
static uint64_t sm4[64], digest[64];
static uint64_t sm2_key[64];       /* a point of twelve words, a number of four */
static uint64_t points[16 * 12];
static uint64_t prepared[32 * 8];  /* nonces, each with its point's x */
static uint64_t fast_private[4];
static uint8_t chain[16], scratch[512];

static int sm4_prepare(const struct work *w)
{
    memset(chain, 0, sizeof chain);
    sm4_set_encrypt_key(sm4, w->key);
    return 1;
}

static int sm4_decrypt_prepare(const struct work *w)
{
    memset(chain, 0, sizeof chain);
    sm4_set_decrypt_key(sm4, w->key);
    return 1;
}

static int mac_prepare(const struct work *w)
{
    return w->size <= sizeof scratch && sm4_prepare(w);
}

static void block(const struct work *w)
{
    sm4_encrypt(sm4, w->in, w->out);
}

static void block_key(const struct work *w)
{
    sm4_set_encrypt_key(sm4, w->key);
    sm4_encrypt(sm4, w->in, w->out);
}

static void ecb(const struct work *w)
{
    sm4_encrypt_blocks(sm4, w->in, w->size / 16, w->out);
}

/* The chaining value is the last block. */
static void mac(const struct work *w)
{
    uint8_t iv[16] = {0};

    sm4_cbc_encrypt_blocks(sm4, iv, w->in, w->size / 16, scratch);
    memcpy(w->out, iv, 16);
}

static void mac_key(const struct work *w)
{
    sm4_set_encrypt_key(sm4, w->key);
    mac(w);
}

static void ctr(const struct work *w)
{
    sm4_ctr_encrypt(sm4, chain, w->in, w->size, w->out);
}

static void cbc_decrypt(const struct work *w)
{
    sm4_cbc_decrypt_blocks(sm4, chain, w->in, w->size / 16, w->out);
}

static void sealed(const struct work *w)
{
    static const uint8_t iv[12];

    sm4_gcm_encrypt(sm4, iv, sizeof iv, NULL, 0, w->in, w->size, w->out, 16, w->out + w->size);
}

static int nothing(const struct work *w)
{
    (void)w;
    return 1;
}

static void sm3(const struct work *w)
{
    sm3_init(digest);
    sm3_update(digest, w->in, w->size);
    sm3_finish(digest, w->out);
}

static int verify_prepare(const struct work *w)
{
    if (sm2_z256_point_from_bytes(sm2_key, w->key) != 1)
        return 0;
    sm2_z256_point_mul_pre_compute(sm2_key, points);
    return 1;
}

static void verify(const struct work *w)
{
    w->out[0] = sm2_do_verify(sm2_key, w->in, second_column(w)) == 1;
}

static void key_verify(const struct work *w)
{
    w->out[0] = sm2_fast_verify(points, w->in, second_column(w)) == 1;
}

static int sign_prepare(const struct work *w)
{
    uint64_t d[4];

    sm2_z256_from_bytes(d, w->key);
    return sm2_key_set_private_key(sm2_key, d) == 1 && sm2_fast_sign_compute_key(sm2_key, fast_private) == 1;
}

static void sign(const struct work *w)
{
    w->out[0] = sm2_do_sign(sm2_key, w->in, scratch) == 1;
}

/* Thirty-two nonces prepared at once, each used for one signature: 32 messages are one call. */
static int sign_batch_prepare(const struct work *w)
{
    return w->count == 32 && sign_prepare(w);
}

static void sign_batch(const struct work *w)
{
    sm2_fast_sign_pre_compute(prepared);
    for (size_t i = 0; i < w->count; i++)
        w->out[0] = sm2_fast_sign(fast_private, prepared + 8 * i, w->in, scratch) == 1;
}

static const struct call calls[] = {
    {"sm4_block", sm4_prepare, block},
    {"sm4_block_key", sm4_prepare, block_key},
    {"sm4_mac", mac_prepare, mac},
    {"sm4_mac_key", mac_prepare, mac_key},
    {"sm4_ecb", sm4_prepare, ecb},
    {"sm4_ctr", sm4_prepare, ctr},
    {"sm4_cbc_decrypt", sm4_decrypt_prepare, cbc_decrypt},
    {"sm4_gcm", sm4_prepare, sealed},
    {"sm3", nothing, sm3},
    {"sm2_verify", verify_prepare, verify},
    {"sm2_key_verify", verify_prepare, key_verify},
    {"sm2_sign", sign_prepare, sign},
    {"sm2_sign_one_key", sign_batch_prepare, sign_batch},
    {NULL, NULL, NULL},
};

const struct call *attach(const char *path, const char *without)
{
    (void)without;
    return load(path) ? calls : NULL;
}

const char *label(void)
{
    return gmssl_version_str();
}
