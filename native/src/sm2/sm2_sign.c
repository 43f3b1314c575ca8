/* GB/T 32918.2, 6.1: signing. Constant-time in the private key and the nonce: an error is an arithmetic result, and the
 * output is blended, not skipped. */
#include "sm2_curve.h"

enum { NUMBER = 32, KEY = 64, SIGNATURE = 64 };

static const uint64_t one[4] = {1};

/* `error` where the mask is ones, else JK_OK. */
static int status_of(uint64_t mask, int error)
{
    return -(int)(jk_opaque64(mask) & (uint64_t)-error);
}

static void store_where(uint64_t mask, uint8_t *out, const uint64_t value[4])
{
    uint64_t old[4];
    jk_load256(old, out);
    jk_choose4(old, mask, value, old);
    jk_store256(out, old);
}

/* d from its bytes; all ones in the result if it is a private key: 1 .. n - 2. */
static uint64_t load_private(uint64_t d[4], uint64_t d_plus_one[4], const uint8_t *private_key)
{
    jk_load256(d, private_key);
    const uint64_t in_range = jk_less_mask(d, jk_sm2_n) & ~jk_zero_mask4(d);
    jk_reduce_once(d, 0, d, jk_sm2_n);
    jk_add_mod(d_plus_one, d, one, jk_sm2_n);
    return in_range & ~jk_zero_mask4(d_plus_one);
}

/* k modulo n from HMAC-SM3 over the digest, keyed with d: 512 bits, so that no remainder is likelier than another. */
static void derive_nonce(uint64_t k[4], const uint64_t d[4], const uint8_t *e)
{
    uint8_t key[NUMBER], half[NUMBER];
    uint64_t part[2][4];
    jk_hmac_sm3_ctx ctx;

    jk_store256(key, d);
    for (uint8_t i = 0; i < 2; i++) {
        jk_hmac_sm3_init(&ctx, key, NUMBER);
        jk_hmac_sm3_update(&ctx, &i, 1);
        jk_hmac_sm3_update(&ctx, e, NUMBER);
        (void)jk_hmac_sm3_final(&ctx, half, NUMBER);
        jk_load256(part[i], half);
    }
    jk_order_reduce(k, part[0], part[1]);
    jk_wipe(key, sizeof key);
    jk_wipe(half, sizeof half);
    jk_wipe(part, sizeof part);
}

/* s = (k - r d) / (1 + d) = (k + r) / (1 + d) - r; `inverse` is 2^256 / (1 + d). All ones in `usable` lets the result
 * out. */
static int sign(uint8_t *out, uint64_t usable, const uint64_t d[4], const uint64_t inverse[4], const uint8_t *digest,
                const uint8_t *nonce)
{
    uint64_t k[4], x[4], y[4], e[4], r[4], s[4], sum[4];

    if (nonce == NULL)
        derive_nonce(k, d, digest);
    else
        jk_load256(k, nonce);
    uint64_t good = jk_less_mask(k, jk_sm2_n) & ~jk_zero_mask4(k);
    jk_reduce_once(k, 0, k, jk_sm2_n);
    jk_sm2_ops->base(x, y, k);
    jk_reduce_once(x, 0, x, jk_sm2_n);
    jk_load256(e, digest);
    jk_reduce_once(e, 0, e, jk_sm2_n);
    jk_add_mod(r, e, x, jk_sm2_n);
    jk_add_mod(sum, r, k, jk_sm2_n);
    jk_order_multiply(s, inverse, sum);
    jk_sub_mod(s, s, r, jk_sm2_n);
    good &= ~(jk_zero_mask4(r) | jk_zero_mask4(sum) | jk_zero_mask4(s));
    store_where(usable & good, out, r);
    store_where(usable & good, out + NUMBER, s);
    jk_wipe(k, sizeof k);
    jk_wipe(x, sizeof x);
    jk_wipe(y, sizeof y);
    jk_wipe(sum, sizeof sum);
    return status_of(~good, JK_ERR_RETRY);
}

static int wrong_nonce(const uint8_t *nonce, size_t len)
{
    return len != (nonce == NULL ? 0 : NUMBER);
}

int jk_sm2_public_key(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len)
{
    uint64_t d[4], next[4], x[4], y[4];
    if (out_len != KEY || private_len != NUMBER)
        return JK_ERR_LENGTH;
    const uint64_t good = load_private(d, next, private_key);
    jk_sm2_ops->base(x, y, d);
    store_where(good, out, x);
    store_where(good, out + NUMBER, y);
    jk_wipe(d, sizeof d);
    jk_wipe(next, sizeof next);
    return status_of(~good, JK_ERR_KEY);
}

int jk_sm2_signer_init(jk_sm2_signer *signer, const uint8_t *private_key, size_t private_len)
{
    jk_sm2_signer made;
    uint64_t next[4], x[4], y[4];
    if (private_len != NUMBER)
        return JK_ERR_LENGTH;
    const uint64_t good = load_private(made.d, next, private_key);
    jk_order_invert(made.inverse, next);
    jk_sm2_ops->base(x, y, made.d);
    jk_store256(made.public_key, x);
    jk_store256(made.public_key + NUMBER, y);
    (void)jk_sm2_za(made.za, NUMBER, made.public_key, KEY, NULL, 0);
    uint8_t *to = (uint8_t *)signer;
    const uint8_t *from = (const uint8_t *)&made;
    for (size_t i = 0; i < sizeof made; i++)
        to[i] = (uint8_t)((from[i] & good) | (to[i] & ~good));
    jk_wipe(&made, sizeof made);
    jk_wipe(next, sizeof next);
    return status_of(~good, JK_ERR_KEY);
}

void jk_sm2_signer_wipe(jk_sm2_signer *signer)
{
    jk_wipe(signer, sizeof *signer);
}

int jk_sm2_signer_sign_digest(const jk_sm2_signer *signer, uint8_t *out, size_t out_len, const uint8_t *e, size_t e_len,
                              const uint8_t *nonce, size_t nonce_len)
{
    if (out_len != SIGNATURE || e_len != NUMBER || wrong_nonce(nonce, nonce_len))
        return JK_ERR_LENGTH;
    return sign(out, ~(uint64_t)0, signer->d, signer->inverse, e, nonce);
}

int jk_sm2_signer_sign(const jk_sm2_signer *signer, uint8_t *out, size_t out_len, const uint8_t *ident,
                       size_t ident_len, const uint8_t *in, size_t in_len, const uint8_t *nonce, size_t nonce_len)
{
    uint8_t e[NUMBER];
    if (out_len != SIGNATURE || wrong_nonce(nonce, nonce_len) || jk_sm2_ident_is_wrong(ident, ident_len))
        return JK_ERR_LENGTH;
    jk_sm2_digest(e, signer->za, signer->public_key, ident, ident_len, in, in_len);
    return sign(out, ~(uint64_t)0, signer->d, signer->inverse, e, nonce);
}

int jk_sm2_sign_digest(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len, const uint8_t *e,
                       size_t e_len, const uint8_t *nonce, size_t nonce_len)
{
    uint64_t d[4], next[4], inverse[4];
    if (out_len != SIGNATURE || private_len != NUMBER || e_len != NUMBER || wrong_nonce(nonce, nonce_len))
        return JK_ERR_LENGTH;
    const uint64_t good = load_private(d, next, private_key);
    jk_order_invert(inverse, next);
    const int status = sign(out, good, d, inverse, e, nonce);
    jk_wipe(d, sizeof d);
    jk_wipe(next, sizeof next);
    jk_wipe(inverse, sizeof inverse);
    /* A wrong key is told before a wrong nonce. */
    const int mask = -(int)(jk_opaque64(good) & 1);
    return (status & mask) | (JK_ERR_KEY & ~mask);
}

int jk_sm2_sign(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len, const uint8_t *ident,
                size_t ident_len, const uint8_t *in, size_t in_len, const uint8_t *nonce, size_t nonce_len)
{
    jk_sm2_signer signer = {{0}, {0}, {0}, {0}};
    uint8_t e[NUMBER];
    if (out_len != SIGNATURE || private_len != NUMBER || wrong_nonce(nonce, nonce_len)
        || jk_sm2_ident_is_wrong(ident, ident_len))
        return JK_ERR_LENGTH;
    const int key = jk_sm2_signer_init(&signer, private_key, private_len);
    const uint64_t good = jk_zero_mask((uint64_t)(int64_t)key);
    jk_sm2_digest(e, signer.za, signer.public_key, ident, ident_len, in, in_len);
    const int status = sign(out, good, signer.d, signer.inverse, e, nonce);
    jk_wipe(&signer, sizeof signer);
    const int mask = -(int)(jk_opaque64(good) & 1);
    return (status & mask) | (JK_ERR_KEY & ~mask);
}
