/* GB/T 32918.2, 6.1: signing. Constant-time in the private key and the nonce: an error is an arithmetic result, and the
 * output is blended, not skipped. */
#include "sm2_curve.h"

enum { NUMBER = 32, KEY = 64, SIGNATURE = 64, TOGETHER = 32 };

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

/* k, drawn from the key if `nonce` is null; all ones in the result if it is in range. */
static uint64_t load_nonce(uint64_t k[4], const uint64_t d[4], const uint8_t *digest, const uint8_t *nonce)
{
    if (nonce == NULL)
        derive_nonce(k, d, digest);
    else
        jk_load256(k, nonce);
    const uint64_t in_range = jk_less_mask(k, jk_sm2_n) & ~jk_zero_mask4(k);
    jk_reduce_once(k, 0, k, jk_sm2_n);
    return in_range;
}

/* s = (k - r d) / (1 + d) = (k + r) / (1 + d) - r, where x is that of k G and `inverse` 2^256 / (1 + d). All ones in
 * `usable` lets the result out, if there is one: all ones in the result. */
static uint64_t finish(uint8_t *out, uint64_t usable, const uint64_t inverse[4], const uint8_t *digest,
                       const uint64_t k[4], const uint64_t x[4])
{
    uint64_t e[4], r[4], s[4], sum[4];

    jk_reduce_once(r, 0, x, jk_sm2_n);
    jk_load256(e, digest);
    jk_reduce_once(e, 0, e, jk_sm2_n);
    jk_add_mod(r, e, r, jk_sm2_n);
    jk_add_mod(sum, r, k, jk_sm2_n);
    jk_order_multiply(s, inverse, sum);
    jk_sub_mod(s, s, r, jk_sm2_n);
    const uint64_t good = ~(jk_zero_mask4(r) | jk_zero_mask4(sum) | jk_zero_mask4(s));
    store_where(usable & good, out, r);
    store_where(usable & good, out + NUMBER, s);
    jk_wipe(sum, sizeof sum);
    return good;
}

static int sign(uint8_t *out, uint64_t usable, const uint64_t d[4], const uint64_t inverse[4], const uint8_t *digest,
                const uint8_t *nonce)
{
    uint64_t k[4], x[4], y[4];

    uint64_t good = load_nonce(k, d, digest, nonce);
    jk_sm2_ops->base(x, y, k);
    good &= finish(out, usable & good, inverse, digest, k, x);
    jk_wipe(k, sizeof k);
    jk_wipe(x, sizeof x);
    jk_wipe(y, sizeof y);
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

/* --- Many at once --- */

struct secret {
    uint64_t d[4], inverse[4];
    uint64_t usable; /* all ones for a private key, else zero */
};

/* x of k G for n numbers, as many as there are lanes or fewer. */
static void base_lanes(uint64_t x[][4], uint64_t k[][4], size_t n)
{
    /* Fewer take longer in lanes. */
    enum { WORTH = 3 };
    jk_sm2_eight from, to;
    uint64_t y[4];

    if (jk_sm2_ops->lanes == NULL || n < WORTH) {
        for (size_t i = 0; i < n; i++)
            jk_sm2_ops->base(x[i], y, k[i]);
        jk_wipe(y, sizeof y);
        return;
    }
    for (size_t i = 0; i < JK_SM2_LANES; i++)
        for (size_t word = 0; word < 4; word++)
            from.word[word][i] = k[i < n ? i : 0][word];
    jk_sm2_ops->lanes->base(&to, &from);
    for (size_t i = 0; i < n; i++)
        for (size_t word = 0; word < 4; word++)
            x[i][word] = to.word[word][i];
    jk_wipe(&from, sizeof from);
    jk_wipe(&to, sizeof to);
}

/* n signatures by secrets that are `step` apart, 1 or 0. */
static void sign_many(uint8_t *made, uint8_t *out, size_t n, const struct secret *by, size_t step, const uint8_t *digests,
                      const uint8_t *nonces)
{
    uint64_t k[JK_SM2_LANES][4], x[JK_SM2_LANES][4], good[JK_SM2_LANES];

    for (size_t done = 0; done < n; done += JK_SM2_LANES) {
        const size_t now = n - done < JK_SM2_LANES ? n - done : JK_SM2_LANES;
        for (size_t i = 0; i < now; i++)
            good[i] = by[step * (done + i)].usable
                      & load_nonce(k[i], by[step * (done + i)].d, digests + NUMBER * (done + i),
                                   nonces == NULL ? NULL : nonces + NUMBER * (done + i));
        base_lanes(x, k, now);
        for (size_t i = 0; i < now; i++) {
            good[i] &= finish(out + SIGNATURE * (done + i), good[i], by[step * (done + i)].inverse,
                              digests + NUMBER * (done + i), k[i], x[i]);
            made[done + i] = (uint8_t)(good[i] & 1);
        }
    }
    jk_wipe(k, sizeof k);
    jk_wipe(x, sizeof x);
}

int jk_sm2_signer_sign_batch(const jk_sm2_signer *signer, uint8_t *made, uint8_t *out, size_t n, const uint8_t *digests,
                             const uint8_t *nonces)
{
    struct secret by;
    jk_copy4(by.d, signer->d);
    jk_copy4(by.inverse, signer->inverse);
    by.usable = ~(uint64_t)0;
    sign_many(made, out, n, &by, 0, digests, nonces);
    jk_wipe(&by, sizeof by);
    return JK_OK;
}

/* n secrets with one inversion: of the product of all 1 + d, from which the others are divided again. One that is no
 * private key takes part as 1. */
static void load_secrets(struct secret *to, size_t n, const uint8_t *private_keys)
{
    uint64_t next[TOGETHER][4], products[TOGETHER][4], inverse[4];

    for (size_t i = 0; i < n; i++) {
        to[i].usable = load_private(to[i].d, next[i], private_keys + NUMBER * i);
        jk_choose4(next[i], to[i].usable, next[i], one);
        if (i == 0)
            jk_copy4(products[0], next[0]);
        else
            jk_order_multiply(products[i], products[i - 1], next[i]);
    }
    jk_order_invert(inverse, products[n - 1]);
    for (size_t i = n; i-- > 1;) {
        jk_order_multiply(to[i].inverse, inverse, products[i - 1]);
        jk_order_multiply(inverse, inverse, next[i]);
    }
    jk_copy4(to[0].inverse, inverse);
    jk_wipe(next, sizeof next);
    jk_wipe(products, sizeof products);
    jk_wipe(inverse, sizeof inverse);
}

int jk_sm2_sign_batch(uint8_t *made, uint8_t *out, size_t n, const uint8_t *private_keys, const uint8_t *digests,
                      const uint8_t *nonces)
{
    struct secret by[TOGETHER];
    for (size_t done = 0; done < n; done += TOGETHER) {
        const size_t now = n - done < TOGETHER ? n - done : TOGETHER;
        load_secrets(by, now, private_keys + NUMBER * done);
        sign_many(made + done, out + SIGNATURE * done, now, by, 1, digests + NUMBER * done,
                  nonces == NULL ? NULL : nonces + NUMBER * done);
    }
    jk_wipe(by, sizeof by);
    return JK_OK;
}
