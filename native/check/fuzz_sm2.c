/* SM2 with arguments from anywhere: keys that are none, signatures by chance, and good ones with a bit spoilt. */
#include "fuzz.h"

enum { MOST = 11 };

static int is_verdict(int status)
{
    return status == JK_OK || status == JK_ERR_VERIFY || status == JK_ERR_KEY;
}

/* Whatever a signature is: the same verdict by every way of asking; by a prepared key too, if there is one. */
static int judged(const uint8_t *public_key, const jk_sm2_key *key, const uint8_t *e, const uint8_t *signature)
{
    uint8_t valid = 9;
    const int status = jk_sm2_verify_digest(public_key, 64, e, 32, signature, 64);
    CHECK(is_verdict(status) && (jk_sm2_check_key(public_key, 64) == JK_ERR_KEY) == (status == JK_ERR_KEY));
    CHECK(jk_sm2_verify_batch(&valid, 1, public_key, e, signature) == JK_OK && valid == (status == JK_OK));
    if (key != NULL) {
        CHECK(jk_sm2_key_verify_digest(key, e, 32, signature, 64) == status);
        CHECK(jk_sm2_key_verify_batch(key, &valid, 1, e, signature) == JK_OK && valid == (status == JK_OK));
    }
    return status;
}

static void strange(struct input *in)
{
    const size_t public_len = 63 + some(in, 3), signature_len = 63 + some(in, 2), ident_len = some(in, 40), n = some(in, 100);
    uint8_t *public_key = bytes(in, public_len), *signature = bytes(in, signature_len), *ident = bytes(in, ident_len);
    uint8_t *data = bytes(in, n), *z = room(32), *e = room(32);
    const int status = jk_sm2_verify(public_key, public_len, ident, ident_len, data, n, signature, signature_len);
    CHECK(is_verdict(status) || status == JK_ERR_LENGTH);
    CHECK(status != JK_OK || (public_len - 64 < 2 && signature_len == 64));
    const int known = jk_sm2_za(z, 32, public_key, public_len, ident, ident_len);
    CHECK(jk_sm2_e(e, 32, public_key, public_len, ident, ident_len, data, n) == known);
    CHECK(known == JK_OK || (untouched(z, 32) && untouched(e, 32)));
    if (public_len == 64 && signature_len == 64)
        (void)judged(public_key, NULL, data == NULL || n < 32 ? z : data, signature);
    static jk_sm2_key key;
    CHECK((jk_sm2_key_init(&key, public_key, public_len) == JK_OK) == (jk_sm2_check_key(public_key, public_len) == JK_OK));
}

static void many(struct input *in)
{
    const size_t n = mostly(in, 1, MOST);
    uint8_t *keys = bytes(in, 32 * n), *digests = bytes(in, 32 * n), *nonces = take(in) % 2 ? bytes(in, 32 * n) : NULL;
    uint8_t *made = room(n), *out = room(64 * n), *publics = room(64 * n), *valid = room(n), one[64];
    CHECK(jk_sm2_sign_batch(made, out, n, keys, digests, nonces) == JK_OK);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *nonce = nonces == NULL ? NULL : nonces + 32 * i;
        const int status = jk_sm2_sign_digest(one, 64, keys + 32 * i, 32, digests + 32 * i, 32, nonce, nonce ? 32 : 0);
        CHECK(made[i] == (status == JK_OK));
        CHECK(made[i] ? same(one, out + 64 * i, 64) : untouched(out + 64 * i, 64));
        if (jk_sm2_public_key(publics + 64 * i, 64, keys + 32 * i, 32) != JK_OK)
            CHECK(!made[i] && untouched(publics + 64 * i, 64));
    }
    const size_t bad = n == 0 ? 0 : some(in, n - 1);
    if (n > 0 && made[bad])
        out[64 * bad + some(in, 63)] ^= (uint8_t)(1 << take(in) % 8);
    CHECK(jk_sm2_verify_batch(valid, n, publics, digests, out) == JK_OK);
    for (size_t i = 0; i < n; i++)
        CHECK(valid[i] == (made[i] && i != bad));
}

static void by_one(struct input *in)
{
    const size_t n = mostly(in, 1, MOST), ident_len = some(in, 40), size = some(in, 100);
    uint8_t *private_key = bytes(in, 32), *digests = bytes(in, 32 * n), *nonce = bytes(in, 32), *ident = bytes(in, ident_len);
    uint8_t *data = bytes(in, size), *made = room(n), *out = room(64 * n), public_key[64], one[64], other[64];
    /* Preparing a key takes as long as ten signatures. */
    static jk_sm2_key room_for_key;
    const jk_sm2_key *key = take(in) % 8 ? NULL : &room_for_key;
    jk_sm2_signer signer;
    if (jk_sm2_signer_init(&signer, private_key, 32) != JK_OK) {
        CHECK(jk_sm2_public_key(public_key, 64, private_key, 32) == JK_ERR_KEY);
        return;
    }
    CHECK(jk_sm2_public_key(public_key, 64, private_key, 32) == JK_OK && same(public_key, signer.public_key, 64));
    CHECK(key == NULL || jk_sm2_key_init(&room_for_key, public_key, 64) == JK_OK);
    CHECK(jk_sm2_signer_sign_batch(&signer, made, out, n, digests, NULL) == JK_OK);
    for (size_t i = 0; i < n; i++) {
        CHECK(made[i] && jk_sm2_signer_sign_digest(&signer, one, 64, digests + 32 * i, 32, NULL, 0) == JK_OK);
        CHECK(same(one, out + 64 * i, 64) && judged(public_key, key, digests + 32 * i, one) == JK_OK);
    }
    const int status = jk_sm2_signer_sign(&signer, one, 64, ident, ident_len, data, size, nonce, 32);
    CHECK(jk_sm2_sign(other, 64, private_key, 32, ident, ident_len, data, size, nonce, 32) == status);
    if (status == JK_OK) {
        CHECK(same(one, other, 64) && jk_sm2_verify(public_key, 64, ident, ident_len, data, size, one, 64) == JK_OK);
        CHECK(key == NULL || jk_sm2_key_verify(key, ident, ident_len, data, size, one, 64) == JK_OK);
        one[some(in, 63)] ^= (uint8_t)(1 << take(in) % 8);
        CHECK(jk_sm2_verify(public_key, 64, ident, ident_len, data, size, one, 64) == JK_ERR_VERIFY);
        CHECK(key == NULL || jk_sm2_key_verify(key, ident, ident_len, data, size, one, 64) == JK_ERR_VERIFY);
    }
    jk_sm2_signer_wipe(&signer);
}

void fuzz_sm2(struct input *in)
{
    static void (*const parts[])(struct input *) = {strange, many, by_one};
    parts[take(in) % 3](in);
}
