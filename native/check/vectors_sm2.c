/* SM2's part of the contract of include/jinka.h, checked from C so that sanitizers and other processors can judge it:
 * every buffer is a heap block of exactly its size, every implementation must say what the portable one says, refusals
 * must leave the output alone. Prints the implementations that passed. */
#include "contract.h"

#include "../src/sm2/sm2_curve.h"

enum { ROUNDS = 6 };

/* What the portable code answers, round by round. */
static uint8_t expected_keys[ROUNDS][64], expected_signatures[ROUNDS][64];
static jk_sm2_key expected_tables[2];

static void standard_example(void)
{
    static const uint8_t private_key[32] = {0x39, 0x45, 0x20, 0x8f, 0x7b, 0x21, 0x44, 0xb1, 0x3f, 0x36, 0xe3,
                                            0x8a, 0xc6, 0xd3, 0x9f, 0x95, 0x88, 0x93, 0x93, 0x69, 0x28, 0x60,
                                            0xb5, 0x1a, 0x42, 0xfb, 0x81, 0xef, 0x4d, 0xf7, 0xc5, 0xb8};
    static const uint8_t nonce[32] = {0x59, 0x27, 0x6e, 0x27, 0xd5, 0x06, 0x86, 0x1a, 0x16, 0x68, 0x0f,
                                      0x3a, 0xd9, 0xc0, 0x2d, 0xcc, 0xef, 0x3c, 0xc1, 0xfa, 0x3c, 0xdb,
                                      0xe4, 0xce, 0x6d, 0x54, 0xb8, 0x0d, 0xea, 0xc1, 0xbc, 0x21};
    static const uint8_t signature[64] = {
        0xf5, 0xa0, 0x3b, 0x06, 0x48, 0xd2, 0xc4, 0x63, 0x0e, 0xea, 0xc5, 0x13, 0xe1, 0xbb, 0x81, 0xa1,
        0x59, 0x44, 0xda, 0x38, 0x27, 0xd5, 0xb7, 0x41, 0x43, 0xac, 0x7e, 0xac, 0xee, 0xe7, 0x20, 0xb3,
        0xb1, 0xb6, 0xaa, 0x29, 0xdf, 0x21, 0x2f, 0xd8, 0x76, 0x31, 0x82, 0xbc, 0x0d, 0x42, 0x1c, 0xa1,
        0xbb, 0x90, 0x38, 0xfd, 0x1f, 0x7f, 0x42, 0xd4, 0x84, 0x0b, 0x69, 0xc4, 0x85, 0xbb, 0xc1, 0xaa};
    uint8_t out[64];
    CHECK(jk_sm2_sign(out, 64, private_key, 32, NULL, 0, (const uint8_t *)"message digest", 14, nonce, 32) == JK_OK);
    CHECK(memcmp(out, signature, 64) == 0);
}

static void one_round(unsigned i, int first)
{
    uint8_t *d = take(32, 7 * i + 1), *nonce = take(32, 7 * i + 2), *e = take(32, 7 * i + 3);
    uint8_t *message = take(i * 31, i);
    uint8_t *key = take(65, 0), *rs = take(64, 0), *again = take(64, 0), *ident = take(i, 9), *za = take(32, 0);
    jk_sm2_signer signer;

    /* Heads of ones and of zeros, and stripes. */
    memset(d, i == 1 ? 0xff : i == 2 ? 0 : d[0], i == 1 ? 3 : i == 2 ? 20 : 1);
    memset(nonce, i == 3 ? 0xff : nonce[0], i == 3 ? 3 : 1);
    if (i == 4)
        memset(e, 0xff, 32);
    key[0] = 4;
    CHECK(jk_sm2_public_key(key + 1, 64, d, 32) == JK_OK && jk_sm2_check_key(key + 1, 64) == JK_OK);
    CHECK(jk_sm2_check_key(key, 65) == JK_OK);
    CHECK(jk_sm2_sign_digest(rs, 64, d, 32, e, 32, nonce, 32) == JK_OK);
    if (first) {
        memcpy(expected_keys[i], key + 1, 64);
        memcpy(expected_signatures[i], rs, 64);
    }
    CHECK(memcmp(expected_keys[i], key + 1, 64) == 0 && memcmp(expected_signatures[i], rs, 64) == 0);
    CHECK(jk_sm2_verify_digest(key, 65, e, 32, rs, 64) == JK_OK);

    CHECK(jk_sm2_signer_init(&signer, d, 32) == JK_OK && memcmp(signer.public_key, key + 1, 64) == 0);
    CHECK(jk_sm2_signer_sign_digest(&signer, again, 64, e, 32, nonce, 32) == JK_OK && memcmp(rs, again, 64) == 0);
    /* A message by every way of signing and verifying; without a nonce too. */
    CHECK(jk_sm2_signer_sign(&signer, rs, 64, ident, i, message, i * 31, NULL, 0) == JK_OK);
    CHECK(jk_sm2_sign(again, 64, d, 32, ident, i, message, i * 31, NULL, 0) == JK_OK && memcmp(rs, again, 64) == 0);
    CHECK(jk_sm2_verify(key, 65, ident, i, message, i * 31, rs, 64) == JK_OK);
    CHECK(jk_sm2_verify(key, 65, NULL, 0, message, i * 31, rs, 64) == JK_ERR_VERIFY);
    CHECK(jk_sm2_za(za, 32, key, 65, NULL, 0) == JK_OK && memcmp(za, signer.za, 32) == 0);
    jk_sm2_signer_wipe(&signer);
    CHECK(is((const uint8_t *)&signer, 0, sizeof signer));
    if (i < 2) {
        jk_sm2_key *prepared = malloc(sizeof *prepared);
        CHECK(prepared != NULL && jk_sm2_key_init(prepared, key, 65) == JK_OK);
        if (first)
            expected_tables[i] = *prepared;
        CHECK(memcmp(&expected_tables[i], prepared, sizeof *prepared) == 0);
        CHECK(jk_sm2_key_verify(prepared, ident, i, message, i * 31, rs, 64) == JK_OK);
        rs[i]++;
        CHECK(jk_sm2_key_verify(prepared, ident, i, message, i * 31, rs, 64) == JK_ERR_VERIFY);
        CHECK(jk_sm2_key_verify_digest(prepared, e, 32, expected_signatures[i], 64) == JK_OK);
        free(prepared);
    }
    give(d);
    give(nonce);
    give(e);
    give(message);
    give(key);
    give(rs);
    give(again);
    give(ident);
    give(za);
}

/* As many as an implementation takes at once, and an end; every third is wrong. */
static void batches(void)
{
    enum { MANY = 19 };
    uint8_t *keys = take(64 * MANY, 1), *digests = take(32 * MANY, 2), *rs = take(64 * MANY, 3), *valid = take(MANY, 4);
    uint8_t d[32];

    for (size_t i = 0; i < MANY; i++) {
        memset(d, (int)i + 1, 32);
        CHECK(jk_sm2_public_key(keys + 64 * i, 64, d, 32) == JK_OK);
        CHECK(jk_sm2_sign_digest(rs + 64 * i, 64, d, 32, digests + 32 * i, 32, NULL, 0) == JK_OK);
        if (i % 3 == 2)
            (i % 2 ? keys + 64 * i : rs + 64 * i)[i]++;
    }
    for (size_t n = 0; n <= MANY; n += n < 10 ? 1 : 3) {
        memset(valid, 0x5a, MANY);
        CHECK(jk_sm2_verify_batch(valid, n, keys, digests, rs) == JK_OK);
        for (size_t i = 0; i < MANY; i++)
            CHECK(valid[i] == (i < n ? i % 3 != 2 : 0x5a));
    }
    /* By one key: only its own is good. */
    jk_sm2_key *prepared = malloc(sizeof *prepared);
    CHECK(prepared != NULL && jk_sm2_key_init(prepared, keys + 64 * 9, 64) == JK_OK);
    CHECK(jk_sm2_key_verify_batch(prepared, valid, MANY, digests, rs) == JK_OK);
    for (size_t i = 0; i < MANY; i++)
        CHECK(valid[i] == (i == 9));
    free(prepared);
    give(keys);
    give(digests);
    give(rs);
    give(valid);
}

/* What an addition in lanes cannot do is told, and the rest goes on: a sum that meets itself or its opposite on the way,
 * by a key that is the base point. */
static void exceptions(void)
{
    static const struct {
        uint64_t s, t; /* s G + t G; s may stand for n - s */
        int minus, unsure;
    } cases[JK_SM2_LANES] = {{5, 5, 0, 1}, {5, 6, 0, 0}, {5, 5, 1, 1}, {6, 5, 1, 0},
                             {32, 32, 0, 1}, {33, 1, 0, 0}, {1, 1, 1, 1}, {64, 1, 0, 0}};
    struct jk_sm2_equations q;
    uint64_t scalar[4], sum[4], x[4], y[4];
    unsigned expected = 0, unsure, unsure_of_key;

    if (jk_sm2_ops->lanes == NULL)
        return;
    memset(&q, 0, sizeof q);
    jk_sm2_portable.base(x, y, (const uint64_t[4]){1});
    for (size_t i = 0; i < JK_SM2_LANES; i++) {
        uint64_t wanted[4], unused[4];
        memcpy(scalar, (const uint64_t[4]){cases[i].s}, sizeof scalar);
        if (cases[i].minus)
            jk_sub_mod(scalar, (const uint64_t[4]){0}, scalar, jk_sm2_n);
        jk_add_mod(sum, scalar, (const uint64_t[4]){cases[i].t}, jk_sm2_n);
        jk_sm2_portable.base(wanted, unused, sum);
        for (size_t word = 0; word < 4; word++) {
            q.x.word[word][i] = x[word];
            q.y.word[word][i] = y[word];
            q.s.word[word][i] = scalar[word];
            q.wanted.word[word][i] = wanted[word];
        }
        q.t.word[0][i] = cases[i].t;
        expected |= (unsigned)cases[i].unsure << i;
    }
    CHECK(jk_sm2_ops->lanes->verify_table_var(&unsure, jk_sm2_base, &q) == (~expected & 0xff));
    CHECK(unsure == expected);
    const unsigned good = jk_sm2_ops->lanes->verify_var(&unsure_of_key, &q);
    CHECK((good & unsure_of_key) == 0 && (good | unsure_of_key) == 0xff && (unsure_of_key & expected) == expected);
}

/* Of many: every one as it is made singly, and where none is made the place left alone. */
static void many_signatures(void)
{
    enum { MANY = 40 };
    static const size_t lengths[] = {0, 1, 2, 3, 8, 11, 33, MANY};
    uint8_t *keys = take(32 * MANY, 1), *digests = take(32 * MANY, 2), *nonces = take(32 * MANY, 3);
    uint8_t *out = take(64 * MANY, 4), *made = take(MANY, 5), single[MANY][64];
    jk_sm2_signer signer;
    int status[MANY];

    for (size_t i = 0; i < MANY; i++) {
        keys[32 * i] = nonces[32 * i] = 0x7f;
        if (i % 11 == 3)
            memset(keys + 32 * i, i & 1 ? 0 : 0xff, 32);
        if (i % 11 == 4)
            memset(nonces + 32 * i, i & 1 ? 0 : 0xff, 32);
    }
    CHECK(jk_sm2_signer_init(&signer, keys, 32) == JK_OK);
    for (int way = 0; way < 4; way++) {
        const int own_keys = way & 2, given = way & 1;
        for (size_t i = 0; i < MANY; i++) {
            memset(single[i], 0x5a, 64);
            status[i] = jk_sm2_sign_digest(single[i], 64, own_keys ? keys + 32 * i : keys, 32, digests + 32 * i, 32,
                                           given ? nonces + 32 * i : NULL, given ? 32 : 0);
        }
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
            const size_t n = lengths[j];
            memset(out, 0x5a, 64 * MANY);
            memset(made, 0x5a, MANY);
            if (own_keys)
                CHECK(jk_sm2_sign_batch(made, out, n, keys, digests, given ? nonces : NULL) == JK_OK);
            else
                CHECK(jk_sm2_signer_sign_batch(&signer, made, out, n, digests, given ? nonces : NULL) == JK_OK);
            for (size_t i = 0; i < n; i++)
                CHECK(made[i] == (status[i] == JK_OK) && memcmp(out + 64 * i, single[i], 64) == 0);
            CHECK(is(made + n, 0x5a, MANY - n) && is(out + 64 * n, 0x5a, 64 * (MANY - n)));
        }
    }
    jk_sm2_signer_wipe(&signer);
    give(keys);
    give(digests);
    give(nonces);
    give(out);
    give(made);
}

static void refusals(void)
{
    static jk_sm2_key key;
    uint8_t out[65], in[65] = {0}, good[65] = {1, 2, 3}, big[32];
    jk_sm2_signer signer;

    memset(out, 0x5a, sizeof out);
    memset(&key, 0x5a, sizeof key);
    memset(&signer, 0x5a, sizeof signer);
    memset(big, 0xff, sizeof big);
    CHECK(jk_sm2_public_key(out, 63, good, 32) == JK_ERR_LENGTH);
    CHECK(jk_sm2_public_key(out, 64, good, 31) == JK_ERR_LENGTH);
    CHECK(jk_sm2_public_key(out, 64, in, 32) == JK_ERR_KEY && jk_sm2_public_key(out, 64, big, 32) == JK_ERR_KEY);
    CHECK(jk_sm2_check_key(in, 63) == JK_ERR_LENGTH && jk_sm2_check_key(in, 64) == JK_ERR_KEY);
    CHECK(jk_sm2_check_key(in, 65) == JK_ERR_KEY);
    CHECK(jk_sm2_za(out, 31, in, 64, NULL, 0) == JK_ERR_LENGTH && jk_sm2_za(out, 32, in, 65, NULL, 0) == JK_ERR_KEY);
    CHECK(jk_sm2_za(out, 32, in, 64, in, 8192) == JK_ERR_LENGTH);
    CHECK(jk_sm2_za(out, 32, in, 64, NULL, 1) == JK_ERR_LENGTH);
    CHECK(jk_sm2_e(out, 32, in, 66, NULL, 0, in, 1) == JK_ERR_LENGTH);
    CHECK(jk_sm2_verify(in, 64, NULL, 0, in, 1, in, 63) == JK_ERR_LENGTH);
    CHECK(jk_sm2_verify(in, 64, NULL, 0, in, 1, in, 64) == JK_ERR_KEY);
    CHECK(jk_sm2_verify_digest(in, 64, in, 31, in, 64) == JK_ERR_LENGTH);
    CHECK(jk_sm2_key_init(&key, in, 62) == JK_ERR_LENGTH && jk_sm2_key_init(&key, in, 64) == JK_ERR_KEY);
    CHECK(is((const uint8_t *)&key, 0x5a, sizeof key));
    CHECK(jk_sm2_key_verify_digest(&key, in, 32, in, 65) == JK_ERR_LENGTH);
    CHECK(jk_sm2_signer_init(&signer, good, 33) == JK_ERR_LENGTH && jk_sm2_signer_init(&signer, in, 32) == JK_ERR_KEY);
    CHECK(jk_sm2_signer_init(&signer, big, 32) == JK_ERR_KEY && is((const uint8_t *)&signer, 0x5a, sizeof signer));
    CHECK(jk_sm2_sign(out, 64, in, 32, NULL, 0, in, 1, good, 32) == JK_ERR_KEY);
    CHECK(jk_sm2_sign(out, 64, good, 32, NULL, 0, in, 1, in, 32) == JK_ERR_RETRY);
    CHECK(jk_sm2_sign(out, 64, good, 32, NULL, 0, in, 1, good, 31) == JK_ERR_LENGTH);
    CHECK(jk_sm2_sign(out, 64, good, 32, in, 8192, in, 1, good, 32) == JK_ERR_LENGTH);
    CHECK(jk_sm2_sign_digest(out, 64, big, 32, in, 32, good, 32) == JK_ERR_KEY);
    CHECK(jk_sm2_sign_digest(out, 64, good, 32, in, 32, big, 32) == JK_ERR_RETRY);
    CHECK(jk_sm2_sign_digest(out, 65, good, 32, in, 32, good, 32) == JK_ERR_LENGTH);
    CHECK(jk_sm2_sign_digest(out, 64, good, 32, in, 32, NULL, 32) == JK_ERR_LENGTH);
    CHECK(is(out, 0x5a, sizeof out));
}

/* A machine that computes wrongly must be noticed. */
static void wrong_base(uint64_t x[4], uint64_t y[4], const uint64_t k[4])
{
    jk_sm2_portable.base(x, y, k);
    y[3] ^= 1;
}

static int always(const uint64_t x[4], const uint64_t y[4], const uint64_t s[4], const uint64_t t[4],
                  const uint64_t wanted[4])
{
    (void)x, (void)y, (void)s, (void)t, (void)wanted;
    return 1;
}

static int never(const uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t s[4], const uint64_t t[4],
                 const uint64_t wanted[4])
{
    (void)table, (void)s, (void)t, (void)wanted;
    return 0;
}

static void self_test_bites(void)
{
    struct jk_sm2_ops wrong = jk_sm2_portable;
    CHECK(jk_self_test_sm2(&wrong) == JK_OK);
    wrong.base = wrong_base;
    CHECK(jk_self_test_sm2(&wrong) == JK_ERR_SELF_TEST);
    wrong = jk_sm2_portable;
    wrong.verify_var = always;
    CHECK(jk_self_test_sm2(&wrong) == JK_ERR_SELF_TEST);
    wrong = jk_sm2_portable;
    wrong.verify_table_var = never;
    CHECK(jk_self_test_sm2(&wrong) == JK_ERR_SELF_TEST);
}

int main(void)
{
    running = "start";
    self_test_bites();
    for (size_t i = 0; (running = jk_available(i)) != NULL; i++) {
        CHECK(jk_init(running) == JK_OK);
        if (i != 0 && strcmp(jk_sm2_implementation(), running) != 0)
            continue;
        standard_example();
        for (unsigned round = 0; round < ROUNDS; round++)
            one_round(round, i == 0);
        batches();
        exceptions();
        many_signatures();
        refusals();
        puts(running);
    }
    return 0;
}
