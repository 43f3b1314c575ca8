/* libgcrypt. */
#include "peer.h"

#define FUNCTIONS(X) \
    X(const char *, gcry_check_version, (const char *)) \
    X(unsigned, gcry_control, (int, ...)) \
    X(unsigned, gcry_cipher_open, (void **, int, int, unsigned)) \
    X(unsigned, gcry_cipher_setkey, (void *, const void *, size_t)) \
    X(unsigned, gcry_cipher_setiv, (void *, const void *, size_t)) \
    X(unsigned, gcry_cipher_setctr, (void *, const void *, size_t)) \
    X(unsigned, gcry_cipher_encrypt, (void *, void *, size_t, const void *, size_t)) \
    X(unsigned, gcry_cipher_decrypt, (void *, void *, size_t, const void *, size_t)) \
    X(unsigned, gcry_cipher_gettag, (void *, void *, size_t)) \
    X(void, gcry_md_hash_buffer, (int, void *, const void *, size_t))

LOADER(FUNCTIONS)

/* The numbers of its header. */
enum { DISABLE_SECMEM = 37, INITIALIZATION_FINISHED = 38, DISABLE_HWF = 63 };
enum { TDES = 2, SM4 = 318, SM3 = 326 };
enum { ECB = 1, CBC = 3, CTR = 6, GCM = 9, CBC_MAC = 8 };

static void *handle;
static uint8_t tdes_key[24];

static int opened(int algorithm, int mode, unsigned flags, const uint8_t *key, size_t n)
{
    return gcry_cipher_open(&handle, algorithm, mode, flags) == 0 && gcry_cipher_setkey(handle, key, n) == 0;
}

static int ecb(const struct work *w)
{
    return opened(SM4, ECB, 0, w->key, 16);
}

static int mac_prepare(const struct work *w)
{
    return opened(SM4, CBC, CBC_MAC, w->key, 16);
}

static int cbc(const struct work *w)
{
    return opened(SM4, CBC, 0, w->key, 16) && gcry_cipher_setiv(handle, NULL, 0) == 0;
}

static int ctr(const struct work *w)
{
    return opened(SM4, CTR, 0, w->key, 16) && gcry_cipher_setctr(handle, NULL, 0) == 0;
}

static int gcm(const struct work *w)
{
    return opened(SM4, GCM, 0, w->key, 16);
}

static void encrypt(const struct work *w)
{
    gcry_cipher_encrypt(handle, w->out, w->size, w->in, w->size);
}

static void encrypt_key(const struct work *w)
{
    gcry_cipher_setkey(handle, w->key, 16);
    gcry_cipher_encrypt(handle, w->out, w->size, w->in, w->size);
}

static void decrypt(const struct work *w)
{
    gcry_cipher_decrypt(handle, w->out, w->size, w->in, w->size);
}

/* A new initial value starts the chain again; the output is one block of 16, of triple DES 8. */
static void mac(const struct work *w)
{
    gcry_cipher_setiv(handle, NULL, 0);
    gcry_cipher_encrypt(handle, w->out, 16, w->in, w->size);
}

static void mac_key(const struct work *w)
{
    gcry_cipher_setkey(handle, w->key, 16);
    mac(w);
}

static void sealed(const struct work *w)
{
    static const uint8_t iv[12];

    gcry_cipher_setiv(handle, iv, sizeof iv);
    gcry_cipher_encrypt(handle, w->out, w->size, w->in, w->size);
    gcry_cipher_gettag(handle, w->out + w->size, 16);
}

static int sm3_prepare(const struct work *w)
{
    (void)w;
    return 1;
}

static void sm3(const struct work *w)
{
    gcry_md_hash_buffer(SM3, w->out, w->in, w->size);
}

static void tdes_keys(const struct work *w)
{
    memcpy(tdes_key, w->key, 16);
    memcpy(tdes_key + 16, w->key, 8);
}

static int tdes(const struct work *w)
{
    tdes_keys(w);
    return opened(TDES, CBC, CBC_MAC, tdes_key, 24);
}

static void tdes_mac(const struct work *w)
{
    gcry_cipher_setiv(handle, NULL, 0);
    gcry_cipher_encrypt(handle, w->out, 8, w->in, w->size);
}

static void tdes_mac_key(const struct work *w)
{
    tdes_keys(w);
    gcry_cipher_setkey(handle, tdes_key, 24);
    tdes_mac(w);
}

static const struct call calls[] = {
    {"sm4_block", ecb, encrypt},
    {"sm4_block_key", ecb, encrypt_key},
    {"sm4_mac", mac_prepare, mac},
    {"sm4_mac_key", mac_prepare, mac_key},
    {"sm4_ecb", ecb, encrypt},
    {"sm4_ctr", ctr, encrypt},
    {"sm4_cbc_decrypt", cbc, decrypt},
    {"sm4_gcm", gcm, sealed},
    {"sm3", sm3_prepare, sm3},
    {"tdes_mac", tdes, tdes_mac},
    {"tdes_mac_key", tdes, tdes_mac_key},
    {NULL, NULL, NULL},
};

static char name[64];

const struct call *attach(const char *path, const char *without)
{
    if (!load(path))
        return NULL;
    if (without != NULL)
        gcry_control(DISABLE_HWF, without, NULL);
    snprintf(name, sizeof name, "libgcrypt %s", gcry_check_version(NULL));
    gcry_control(DISABLE_SECMEM, 0);
    gcry_control(INITIALIZATION_FINISHED, 0);
    return calls;
}

const char *label(void)
{
    return name;
}
