/* Intel's crypto_mb: many independent inputs at once, one in each lane of a vector. */
#include "peer.h"

#define FUNCTIONS(X) \
    X(uint64_t, mbx_sm4_set_key_mb16, (void *, const uint8_t *const *)) \
    X(uint64_t, mbx_sm4_encrypt_cbc_mb16, (uint8_t *const *, const uint8_t *const *, const int *, const void *, \
                                           const uint8_t *const *)) \
    X(uint64_t, mbx_sm3_msg_digest_mb16, (const uint8_t *const *, const int *, uint8_t *const *)) \
    X(uint32_t, mbx_sm2_ecpublic_key_mb8, (uint64_t *const *, uint64_t *const *, uint64_t *const *, \
                                           const uint64_t *const *, uint8_t *)) \
    X(uint32_t, mbx_sm2_ecdsa_sign_mb8, (uint8_t *const *, uint8_t *const *, const uint8_t *const *, const int *, \
                                         const uint8_t *const *, const int *, const uint64_t *const *, \
                                         const uint64_t *const *, const uint64_t *const *, const uint64_t *const *, \
                                         const uint64_t *const *, uint8_t *)) \
    X(uint32_t, mbx_sm2_ecdsa_verify_mb8, (const uint8_t *const *, const uint8_t *const *, const uint8_t *const *, \
                                           const int *, const uint8_t *const *, const int *, const uint64_t *const *, \
                                           const uint64_t *const *, const uint64_t *const *, uint8_t *))

LOADER(FUNCTIONS)

enum { LANES = 16, SM2_LANES = 8, MOST = 64, LONGEST = 256 };

static _Alignas(64) uint32_t schedule[32][LANES];
static _Alignas(64) uint8_t scratch[LANES][LONGEST];
static const uint8_t zeros[16];
static int sizes[LANES];

/* SM2 numbers are words here, the lowest first. */
struct number {
    uint64_t words[4];
};
static struct number x[MOST], y[MOST], secret[MOST], nonce[MOST];
static const uint8_t *ident[SM2_LANES];
static int ident_len[SM2_LANES], message_len[SM2_LANES];

static struct number number(const uint8_t *bytes)
{
    struct number n = {{0}};

    for (size_t i = 0; i < 32; i++)
        n.words[3 - i / 8] = n.words[3 - i / 8] << 8 | bytes[i];
    return n;
}

static int lanes(const struct work *w)
{
    for (size_t i = 0; i < LANES; i++)
        sizes[i] = (int)w->size;
    return w->count % LANES == 0;
}

static int mac_prepare(const struct work *w)
{
    return w->size <= LONGEST && lanes(w);
}

static void mac_batch(const struct work *w)
{
    const uint8_t *keys[LANES], *in[LANES], *ivs[LANES];
    uint8_t *out[LANES];

    for (size_t i = 0; i < w->count; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            keys[j] = w->key + (i + j) * 16;
            in[j] = w->in + (i + j) * w->size;
            out[j] = scratch[j];
            ivs[j] = zeros;
        }
        mbx_sm4_set_key_mb16(schedule, keys);
        mbx_sm4_encrypt_cbc_mb16(out, in, sizes, schedule, ivs);
        for (size_t j = 0; j < LANES; j++)
            memcpy(w->out + (i + j) * 16, scratch[j] + w->size - 16, 16);
    }
}

static void sm3_batch(const struct work *w)
{
    const uint8_t *in[LANES];
    uint8_t *out[LANES];

    for (size_t i = 0; i < w->count; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            in[j] = w->in + (i + j) * w->size;
            out[j] = w->out + (i + j) * 32;
        }
        mbx_sm3_msg_digest_mb16(in, sizes, out);
    }
}

static int sm2_prepare(const struct work *w)
{
    for (size_t i = 0; i < SM2_LANES; i++) {
        ident[i] = (const uint8_t *)"1234567812345678";
        ident_len[i] = 16;
        message_len[i] = MESSAGE;
    }
    return w->count % SM2_LANES == 0 && w->count <= MOST;
}

static int verify_prepare(const struct work *w)
{
    if (!sm2_prepare(w))
        return 0;
    for (size_t i = 0; i < w->count; i++) {
        x[i] = number(w->key + i * PUBLIC);
        y[i] = number(w->key + i * PUBLIC + 32);
    }
    return 1;
}

static void verify_batch(const struct work *w)
{
    const uint8_t *r[SM2_LANES], *s[SM2_LANES], *messages[SM2_LANES];
    const uint64_t *px[SM2_LANES], *py[SM2_LANES];

    for (size_t i = 0; i < w->count; i += SM2_LANES) {
        for (size_t j = 0; j < SM2_LANES; j++) {
            messages[j] = w->in + (i + j) * MESSAGE;
            r[j] = second_column(w) + (i + j) * SIGNATURE;
            s[j] = r[j] + 32;
            px[j] = x[i + j].words;
            py[j] = y[i + j].words;
        }
        const uint32_t status = mbx_sm2_ecdsa_verify_mb8(r, s, ident, ident_len, messages, message_len, px, py, NULL, NULL);
        for (size_t j = 0; j < SM2_LANES; j++)
            w->out[i + j] = (status >> 4 * j & 15) == 0;
    }
}

/* The caller hands over the public keys too; they are made here of the private ones. */
static int sign_prepare(const struct work *w)
{
    if (!sm2_prepare(w))
        return 0;
    for (size_t i = 0; i < w->count; i += SM2_LANES) {
        const uint64_t *d[SM2_LANES];
        uint64_t *px[SM2_LANES], *py[SM2_LANES];
        for (size_t j = 0; j < SM2_LANES; j++) {
            secret[i + j] = number(w->key + (i + j) * PRIVATE);
            nonce[i + j] = number(second_column(w) + (i + j) * NONCE);
            d[j] = secret[i + j].words;
            px[j] = x[i + j].words;
            py[j] = y[i + j].words;
        }
        if (mbx_sm2_ecpublic_key_mb8(px, py, NULL, d, NULL) != 0)
            return 0;
    }
    return 1;
}

static void sign_batch(const struct work *w)
{
    uint8_t *r[SM2_LANES], *s[SM2_LANES];
    const uint8_t *messages[SM2_LANES];
    const uint64_t *px[SM2_LANES], *py[SM2_LANES], *d[SM2_LANES], *k[SM2_LANES];

    for (size_t i = 0; i < w->count; i += SM2_LANES) {
        for (size_t j = 0; j < SM2_LANES; j++) {
            messages[j] = w->in + (i + j) * MESSAGE;
            r[j] = w->out + (i + j) * SIGNATURE;
            s[j] = r[j] + 32;
            px[j] = x[i + j].words;
            py[j] = y[i + j].words;
            d[j] = secret[i + j].words;
            k[j] = nonce[i + j].words;
        }
        mbx_sm2_ecdsa_sign_mb8(r, s, ident, ident_len, messages, message_len, k, d, px, py, NULL, NULL);
    }
}

static const struct call calls[] = {
    {"sm4_mac_batch", mac_prepare, mac_batch},
    {"sm3_batch", lanes, sm3_batch},
    {"sm2_verify_batch", verify_prepare, verify_batch},
    {"sm2_sign_batch", sign_prepare, sign_batch},
    {NULL, NULL, NULL},
};

const struct call *attach(const char *path, const char *without)
{
    (void)without;
    return load(path) ? calls : NULL;
}

const char *label(void)
{
    return "crypto_mb";
}
