/* GB/T 32918.2: public keys, the digest that is signed, verification. All of it is public. */
#include "sm2_curve.h"

enum { COORDINATE = 32, KEY = 64, SIGNATURE = 64, DIGEST = 32, LONGEST_IDENT = 0xffff / 8 };

/* ENTL, the identifier in use where nothing else is agreed (GM/T 0009, 10), and a, b, xG, yG: what SM3 reads before the
 * key itself. */
static const uint8_t default_ident[16] = {'1', '2', '3', '4', '5', '6', '7', '8',
                                          '1', '2', '3', '4', '5', '6', '7', '8'};
static const uint8_t curve[128] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0};

/* The 64 bytes of a key of 64 or of 65 with 04 in front; null if the length or the first byte is another. */
static const uint8_t *coordinates(const uint8_t *public_key, size_t len)
{
    if (len == KEY + 1 && *public_key == 4)
        return public_key + 1;
    return len == KEY ? public_key : NULL;
}

static int key_length_is_wrong(size_t len)
{
    return len != KEY && len != KEY + 1;
}

/* Whether the bytes are a point of the curve, which then is (x, y). */
static int load_key(uint64_t x[4], uint64_t y[4], const uint8_t *public_key, size_t len)
{
    const uint8_t *key = coordinates(public_key, len);
    if (key == NULL)
        return 0;
    jk_load256(x, key);
    jk_load256(y, key + COORDINATE);
    return jk_sm2_ops->on_curve(x, y);
}

int jk_sm2_check_key(const uint8_t *public_key, size_t public_len)
{
    uint64_t x[4], y[4];
    if (key_length_is_wrong(public_len))
        return JK_ERR_LENGTH;
    return load_key(x, y, public_key, public_len) ? JK_OK : JK_ERR_KEY;
}

/* --- What is signed: e = SM3(ZA || message), ZA = SM3(ENTL || ident || a || b || xG || yG || x || y) --- */

int jk_sm2_ident_is_wrong(const uint8_t *ident, size_t len)
{
    return len > LONGEST_IDENT || (ident == NULL && len != 0);
}

static void za(uint8_t out[DIGEST], const uint8_t *key, const uint8_t *ident, size_t len)
{
    jk_sm3_ctx ctx;
    if (ident == NULL) {
        ident = default_ident;
        len = sizeof default_ident;
    }
    const uint8_t entl[2] = {(uint8_t)(len * 8 >> 8), (uint8_t)(len * 8)};
    jk_sm3_init(&ctx);
    jk_sm3_update(&ctx, entl, sizeof entl);
    jk_sm3_update(&ctx, ident, len);
    jk_sm3_update(&ctx, curve, sizeof curve);
    jk_sm3_update(&ctx, key, KEY);
    (void)jk_sm3_final(&ctx, out, DIGEST);
}

void jk_sm2_digest(uint8_t e[32], const uint8_t known_za[32], const uint8_t *key, const uint8_t *ident,
                   size_t ident_len, const uint8_t *in, size_t in_len)
{
    jk_sm3_ctx ctx;
    uint8_t made[DIGEST];
    const int is_default = ident == NULL || (ident_len == sizeof default_ident
                                             && jk_equal(ident, default_ident, sizeof default_ident));
    if (known_za == NULL || !is_default) {
        za(made, key, ident, ident_len);
        known_za = made;
    }
    jk_sm3_init(&ctx);
    jk_sm3_update(&ctx, known_za, DIGEST);
    jk_sm3_update(&ctx, in, in_len);
    (void)jk_sm3_final(&ctx, e, DIGEST);
}

int jk_sm2_za(uint8_t *out, size_t out_len, const uint8_t *public_key, size_t public_len, const uint8_t *ident,
              size_t ident_len)
{
    if (out_len != DIGEST || key_length_is_wrong(public_len) || jk_sm2_ident_is_wrong(ident, ident_len))
        return JK_ERR_LENGTH;
    const uint8_t *key = coordinates(public_key, public_len);
    if (key == NULL)
        return JK_ERR_KEY;
    za(out, key, ident, ident_len);
    return JK_OK;
}

int jk_sm2_e(uint8_t *out, size_t out_len, const uint8_t *public_key, size_t public_len, const uint8_t *ident,
             size_t ident_len, const uint8_t *in, size_t in_len)
{
    if (out_len != DIGEST || key_length_is_wrong(public_len) || jk_sm2_ident_is_wrong(ident, ident_len))
        return JK_ERR_LENGTH;
    const uint8_t *key = coordinates(public_key, public_len);
    if (key == NULL)
        return JK_ERR_KEY;
    jk_sm2_digest(out, NULL, key, ident, ident_len, in, in_len);
    return JK_OK;
}

/* --- Verification, 7.1 --- */

/* The numbers of the equation x(s G + t P) = wanted; 0 if r, s or t is out of range. */
static int load_signature(uint64_t s[4], uint64_t t[4], uint64_t wanted[4], const uint8_t *signature,
                          const uint8_t *digest)
{
    uint64_t r[4], e[4];
    jk_load256(r, signature);
    jk_load256(s, signature + COORDINATE);
    if (jk_zero_mask4(r) | jk_zero_mask4(s) | ~(jk_less_mask(r, jk_sm2_n) & jk_less_mask(s, jk_sm2_n)))
        return 0;
    jk_add_mod(t, r, s, jk_sm2_n);
    jk_load256(e, digest);
    jk_reduce_once(e, 0, e, jk_sm2_n);
    jk_sub_mod(wanted, r, e, jk_sm2_n);
    return jk_zero_mask4(t) == 0;
}

static int verify(const uint8_t *public_key, size_t public_len, const uint8_t *digest, const uint8_t *signature)
{
    uint64_t x[4], y[4], s[4], t[4], wanted[4];
    if (!load_key(x, y, public_key, public_len))
        return JK_ERR_KEY;
    if (!load_signature(s, t, wanted, signature, digest))
        return JK_ERR_VERIFY;
    return jk_sm2_ops->verify_var(x, y, s, t, wanted) ? JK_OK : JK_ERR_VERIFY;
}

static int key_verify(const jk_sm2_key *key, const uint8_t *digest, const uint8_t *signature)
{
    uint64_t s[4], t[4], wanted[4];
    if (!load_signature(s, t, wanted, signature, digest))
        return JK_ERR_VERIFY;
    return jk_sm2_ops->verify_table_var(key->table, s, t, wanted) ? JK_OK : JK_ERR_VERIFY;
}

int jk_sm2_verify_digest(const uint8_t *public_key, size_t public_len, const uint8_t *e, size_t e_len,
                         const uint8_t *signature, size_t signature_len)
{
    if (key_length_is_wrong(public_len) || e_len != DIGEST || signature_len != SIGNATURE)
        return JK_ERR_LENGTH;
    return verify(public_key, public_len, e, signature);
}

int jk_sm2_verify(const uint8_t *public_key, size_t public_len, const uint8_t *ident, size_t ident_len,
                  const uint8_t *in, size_t in_len, const uint8_t *signature, size_t signature_len)
{
    uint8_t e[DIGEST];
    if (signature_len != SIGNATURE)
        return JK_ERR_LENGTH;
    const int status = jk_sm2_e(e, DIGEST, public_key, public_len, ident, ident_len, in, in_len);
    return status != JK_OK ? status : verify(public_key, public_len, e, signature);
}


int jk_sm2_key_init(jk_sm2_key *key, const uint8_t *public_key, size_t public_len)
{
    uint64_t x[4], y[4];
    if (key_length_is_wrong(public_len))
        return JK_ERR_LENGTH;
    if (!load_key(x, y, public_key, public_len))
        return JK_ERR_KEY;
    jk_sm2_ops->tabulate_var(key->table, x, y);
    jk_store256(key->public_key, x);
    jk_store256(key->public_key + COORDINATE, y);
    za(key->za, key->public_key, NULL, 0);
    return JK_OK;
}

int jk_sm2_key_verify_digest(const jk_sm2_key *key, const uint8_t *e, size_t e_len, const uint8_t *signature,
                             size_t signature_len)
{
    if (e_len != DIGEST || signature_len != SIGNATURE)
        return JK_ERR_LENGTH;
    return key_verify(key, e, signature);
}

int jk_sm2_key_verify(const jk_sm2_key *key, const uint8_t *ident, size_t ident_len, const uint8_t *in, size_t in_len,
                      const uint8_t *signature, size_t signature_len)
{
    uint8_t e[DIGEST];
    if (signature_len != SIGNATURE || jk_sm2_ident_is_wrong(ident, ident_len))
        return JK_ERR_LENGTH;
    jk_sm2_digest(e, key->za, key->public_key, ident, ident_len, in, in_len);
    return key_verify(key, e, signature);
}

/* --- Many at once. `key` null: each signature by the key at its place in `public_keys` --- */

static int verify_one(const jk_sm2_key *key, const uint8_t *public_key, const uint8_t *digest, const uint8_t *signature)
{
    return (key == NULL ? verify(public_key, KEY, digest, signature) : key_verify(key, digest, signature)) == JK_OK;
}

/* p - n: a smaller number can stand for two values of x, of which the lanes try one. */
static const uint64_t p_minus_n[4] = {0xac440bf6c62abedc, 0x8dfc2093de39fad5};

/* n of them, as many as there are lanes or fewer. */
static void verify_lanes(const jk_sm2_key *key, uint8_t *valid, size_t n, const uint8_t *public_keys,
                         const uint8_t *digests, const uint8_t *signatures)
{
    const struct jk_sm2_lanes *lanes = jk_sm2_ops->lanes;
    struct jk_sm2_equations q = {{{{0}}}, {{{0}}}, {{{0}}}, {{{0}}}, {{{0}}}};
    uint64_t x[4] = {0}, y[4] = {0}, s[4], t[4], wanted[4];
    unsigned asked = 0, ambiguous = 0, unsure = 0;

    for (size_t i = 0; i < n; i++) {
        if (!(key != NULL || load_key(x, y, public_keys + KEY * i, KEY))
            || !load_signature(s, t, wanted, signatures + SIGNATURE * i, digests + DIGEST * i))
            continue;
        asked |= 1u << i;
        ambiguous |= (unsigned)jk_less_mask(wanted, p_minus_n) & 1u << i;
        for (size_t word = 0; word < 4; word++) {
            q.x.word[word][i] = x[word];
            q.y.word[word][i] = y[word];
            q.s.word[word][i] = s[word];
            q.t.word[word][i] = t[word];
            q.wanted.word[word][i] = wanted[word];
        }
    }
    const unsigned good = key == NULL ? lanes->verify_var(&unsure, &q)
                                      : lanes->verify_table_var(&unsure, key->table, &q);
    for (size_t i = 0; i < n; i++) {
        valid[i] = good & asked & 1u << i ? 1 : 0;
        if (valid[i] == 0 && ((unsure | ambiguous) & asked & 1u << i) != 0)
            valid[i] = (uint8_t)verify_one(key, public_keys + (key == NULL ? KEY * i : 0), digests + DIGEST * i,
                                           signatures + SIGNATURE * i);
    }
}

static void verify_many(const jk_sm2_key *key, uint8_t *valid, size_t n, const uint8_t *public_keys,
                        const uint8_t *digests, const uint8_t *signatures)
{
    /* Fewer take longer in lanes. */
    enum { WORTH = 3 };
    while (n > 0) {
        size_t now = 1;
        if (jk_sm2_ops->lanes != NULL && n >= WORTH) {
            now = n < JK_SM2_LANES ? n : JK_SM2_LANES;
            verify_lanes(key, valid, now, public_keys, digests, signatures);
        } else {
            *valid = (uint8_t)verify_one(key, public_keys, digests, signatures);
        }
        n -= now;
        valid += now;
        digests += DIGEST * now;
        signatures += SIGNATURE * now;
        if (key == NULL)
            public_keys += KEY * now;
    }
}

int jk_sm2_verify_batch(uint8_t *valid, size_t n, const uint8_t *public_keys, const uint8_t *digests,
                        const uint8_t *signatures)
{
    verify_many(NULL, valid, n, public_keys, digests, signatures);
    return JK_OK;
}

int jk_sm2_key_verify_batch(const jk_sm2_key *key, uint8_t *valid, size_t n, const uint8_t *digests,
                            const uint8_t *signatures)
{
    verify_many(key, valid, n, NULL, digests, signatures);
    return JK_OK;
}
