/* libcrypto of OpenSSL 3 and later, and of its descendants: the EVP functions with reused contexts, DES by its own. */
#include "peer.h"

#define FUNCTIONS(X) \
    X(const char *, OpenSSL_version, (int)) \
    X(void *, EVP_CIPHER_fetch, (void *, const char *, const char *)) \
    X(void *, EVP_CIPHER_CTX_new, (void)) \
    X(int, EVP_CIPHER_CTX_set_padding, (void *, int)) \
    X(int, EVP_CIPHER_CTX_ctrl, (void *, int, int, void *)) \
    X(int, EVP_EncryptInit_ex, (void *, const void *, void *, const uint8_t *, const uint8_t *)) \
    X(int, EVP_EncryptUpdate, (void *, uint8_t *, int *, const uint8_t *, int)) \
    X(int, EVP_EncryptFinal_ex, (void *, uint8_t *, int *)) \
    X(int, EVP_DecryptInit_ex, (void *, const void *, void *, const uint8_t *, const uint8_t *)) \
    X(int, EVP_DecryptUpdate, (void *, uint8_t *, int *, const uint8_t *, int)) \
    X(void *, EVP_MD_fetch, (void *, const char *, const char *)) \
    X(void *, EVP_MD_CTX_new, (void)) \
    X(int, EVP_DigestInit_ex2, (void *, const void *, const void *)) \
    X(int, EVP_DigestUpdate, (void *, const void *, size_t)) \
    X(int, EVP_DigestFinal_ex, (void *, uint8_t *, unsigned *)) \
    X(void *, d2i_AutoPrivateKey, (void *, const uint8_t **, long)) \
    X(void *, d2i_PUBKEY, (void *, const uint8_t **, long)) \
    X(void *, EVP_PKEY_CTX_new, (void *, void *)) \
    X(int, EVP_PKEY_sign_init, (void *)) \
    X(int, EVP_PKEY_sign, (void *, uint8_t *, size_t *, const uint8_t *, size_t)) \
    X(int, EVP_PKEY_verify_init, (void *)) \
    X(int, EVP_PKEY_verify, (void *, const uint8_t *, size_t, const uint8_t *, size_t)) \
    X(void, DES_set_key_unchecked, (const uint8_t *, void *)) \
    X(void, DES_ecb_encrypt, (const uint8_t *, uint8_t *, const void *, int)) \
    X(uint32_t, DES_cbc_cksum, (const uint8_t *, uint8_t *, long, const void *, const uint8_t *)) \
    X(void, DES_ede3_cbc_encrypt, (const uint8_t *, uint8_t *, long, const void *, const void *, const void *, uint8_t *, int))

LOADER(FUNCTIONS)

enum { GET_TAG = 0x10 /* EVP_CTRL_AEAD_GET_TAG */ };

static void *cipher_ctx, *md_ctx, *pkey_ctx;
static void *md;
static uint8_t scratch[512];
static const uint8_t zeros[16];

/* A DES_key_schedule: sixteen rounds of two words. */
struct schedule {
    uint32_t words[32];
};
static struct schedule first, second;

static int cipher(const char *name, const struct work *w, int decrypt)
{
    void *found = EVP_CIPHER_fetch(NULL, name, NULL);

    if (found == NULL)
        return 0;
    cipher_ctx = EVP_CIPHER_CTX_new();
    if ((decrypt ? EVP_DecryptInit_ex : EVP_EncryptInit_ex)(cipher_ctx, found, NULL, w->key, zeros) != 1)
        return 0;
    EVP_CIPHER_CTX_set_padding(cipher_ctx, 0);
    return 1;
}

static int ecb(const struct work *w)
{
    return cipher("SM4-ECB", w, 0);
}

static int cbc(const struct work *w)
{
    return w->size <= sizeof scratch && cipher("SM4-CBC", w, 0);
}

static int cbc_decrypt(const struct work *w)
{
    return cipher("SM4-CBC", w, 1);
}

static int ctr(const struct work *w)
{
    return cipher("SM4-CTR", w, 0);
}

static int gcm(const struct work *w)
{
    return cipher("SM4-GCM", w, 0);
}

static void encrypt(const struct work *w)
{
    int n;
    EVP_EncryptUpdate(cipher_ctx, w->out, &n, w->in, (int)w->size);
}

static void decrypt(const struct work *w)
{
    int n;
    EVP_DecryptUpdate(cipher_ctx, w->out, &n, w->in, (int)w->size);
}

static void encrypt_key(const struct work *w)
{
    int n;
    EVP_EncryptInit_ex(cipher_ctx, NULL, NULL, w->key, NULL);
    EVP_EncryptUpdate(cipher_ctx, w->out, &n, w->in, (int)w->size);
}

static void mac_under(const uint8_t *key, const struct work *w)
{
    int n;
    EVP_EncryptInit_ex(cipher_ctx, NULL, NULL, key, zeros);
    EVP_EncryptUpdate(cipher_ctx, scratch, &n, w->in, (int)w->size);
    memcpy(w->out, scratch + w->size - 16, 16);
}

static void mac(const struct work *w)
{
    mac_under(NULL, w);
}

static void mac_key(const struct work *w)
{
    mac_under(w->key, w);
}

static void sealed(const struct work *w)
{
    int n;
    EVP_EncryptInit_ex(cipher_ctx, NULL, NULL, NULL, zeros);
    EVP_EncryptUpdate(cipher_ctx, w->out, &n, w->in, (int)w->size);
    EVP_EncryptFinal_ex(cipher_ctx, scratch, &n);
    EVP_CIPHER_CTX_ctrl(cipher_ctx, GET_TAG, 16, w->out + w->size);
}

static int sm3_prepare(const struct work *w)
{
    (void)w;
    md = EVP_MD_fetch(NULL, "SM3", NULL);
    md_ctx = EVP_MD_CTX_new();
    return md != NULL;
}

static void sm3(const struct work *w)
{
    EVP_DigestInit_ex2(md_ctx, md, NULL);
    EVP_DigestUpdate(md_ctx, w->in, w->size);
    EVP_DigestFinal_ex(md_ctx, w->out, NULL);
}

/* --- SM2: keys and signatures are DER there, made of ours here --- */

static size_t integer(uint8_t *out, const uint8_t *number)
{
    size_t n = 32;

    while (n > 1 && *number == 0) {
        number++;
        n--;
    }
    const size_t zero = *number >> 7;
    out[0] = 2;
    out[1] = (uint8_t)(n + zero);
    out[2] = 0;
    memcpy(out + 2 + zero, number, n);
    return 2 + zero + n;
}

static uint8_t der[80];
static size_t der_len;

static int verify_prepare(const struct work *w)
{
    static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2,    1, 6,
                                   8,    0x2A, 0x81, 0x1C, 0xCF, 0x55, 1,    0x82, 0x2D, 3,    0x42, 0, 4};
    const uint8_t *at = memcpy(scratch, head, sizeof head);

    memcpy(scratch + sizeof head, w->key, PUBLIC);
    void *key = d2i_PUBKEY(NULL, &at, sizeof head + PUBLIC);
    pkey_ctx = EVP_PKEY_CTX_new(key, NULL);
    der_len = 2 + integer(der + 2, second_column(w));
    der_len += integer(der + der_len, second_column(w) + 32);
    der[0] = 0x30;
    der[1] = (uint8_t)(der_len - 2);
    return key != NULL && EVP_PKEY_verify_init(pkey_ctx) == 1;
}

static void verify(const struct work *w)
{
    w->out[0] = EVP_PKEY_verify(pkey_ctx, der, der_len, w->in, MESSAGE) == 1;
}

static int sign_prepare(const struct work *w)
{
    static const uint8_t head[] = {0x30, 0x31, 2, 1, 1, 4, 0x20};
    static const uint8_t tail[] = {0xA0, 10, 6, 8, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D};
    const uint8_t *at = memcpy(scratch, head, sizeof head);

    memcpy(scratch + sizeof head, w->key, PRIVATE);
    memcpy(scratch + sizeof head + PRIVATE, tail, sizeof tail);
    void *key = d2i_AutoPrivateKey(NULL, &at, sizeof head + PRIVATE + sizeof tail);
    pkey_ctx = EVP_PKEY_CTX_new(key, NULL);
    return key != NULL && EVP_PKEY_sign_init(pkey_ctx) == 1;
}

static void sign(const struct work *w)
{
    size_t n = sizeof scratch;
    w->out[0] = EVP_PKEY_sign(pkey_ctx, scratch, &n, w->in, MESSAGE) == 1;
}

/* --- DES --- */

static int des(const struct work *w)
{
    DES_set_key_unchecked(w->key, &first);
    DES_set_key_unchecked(w->key + 8, &second);
    return w->size <= sizeof scratch;
}

static void tdes_mac(const struct work *w)
{
    uint8_t iv[8] = {0};

    DES_ede3_cbc_encrypt(w->in, scratch, (long)w->size, &first, &second, &first, iv, 1);
    memcpy(w->out, iv, 8);
}

static void tdes_mac_key(const struct work *w)
{
    des(w);
    tdes_mac(w);
}

static void retail_mac_key(const struct work *w)
{
    des(w);
    DES_cbc_cksum(w->in, w->out, (long)w->size, &first, zeros);
    DES_ecb_encrypt(w->out, w->out, &second, 0);
    DES_ecb_encrypt(w->out, w->out, &first, 1);
}

static const struct call calls[] = {
    {"sm4_block", ecb, encrypt},
    {"sm4_block_key", ecb, encrypt_key},
    {"sm4_mac", cbc, mac},
    {"sm4_mac_key", cbc, mac_key},
    {"sm4_ecb", ecb, encrypt},
    {"sm4_ctr", ctr, encrypt},
    {"sm4_cbc_decrypt", cbc_decrypt, decrypt},
    {"sm4_gcm", gcm, sealed},
    {"sm3", sm3_prepare, sm3},
    {"sm2_verify", verify_prepare, verify},
    {"sm2_sign", sign_prepare, sign},
    {"tdes_mac", des, tdes_mac},
    {"tdes_mac_key", des, tdes_mac_key},
    {"retail_mac_key", des, retail_mac_key},
    {NULL, NULL, NULL},
};

const struct call *attach(const char *path, const char *without)
{
    (void)without;
    return load(path) ? calls : NULL;
}

/* Two words of "OpenSSL 3.0.2 15 Mar 2022 (Library: ...)"; Tongsuo calls itself so too, and has another name at 11. */
const char *label(void)
{
    static char name[64];
    char product[32], version[32];

    for (int of = 11; of >= 0; of -= 11)
        if (sscanf(OpenSSL_version(of), "%31s %31s", product, version) == 2 && *version >= '0' && *version <= '9') {
            snprintf(name, sizeof name, "%s %s", product, version);
            break;
        }
    return name;
}
