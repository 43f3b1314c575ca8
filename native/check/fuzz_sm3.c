/* SM3, HMAC-SM3 and the key derivation with arguments from anywhere. */
#include "fuzz.h"

static void digest(struct input *in)
{
    const size_t n = mostly(in, 140, 400), cut = some(in, n), size = 32 + slip(in);
    uint8_t *data = bytes(in, n), *out = room(size), *pieces = room(32);
    jk_sm3_ctx ctx;
    if (jk_sm3(out, size, data, n) != JK_OK) {
        CHECK(size != 32 && untouched(out, size));
        return;
    }
    CHECK(size == 32);
    jk_sm3_init(&ctx);
    jk_sm3_update(&ctx, data, cut);
    jk_sm3_update(&ctx, cut == n ? NULL : data + cut, n - cut);
    CHECK(jk_sm3_final(&ctx, pieces, 31) == JK_ERR_LENGTH && untouched(pieces, 32));
    CHECK(jk_sm3_final(&ctx, pieces, 32) == JK_OK && same(out, pieces, 32));
}

static void batch(struct input *in)
{
    const size_t count = mostly(in, 9, 40), each = mostly(in, 70, 140), wrong = slip(in), size = 32 * count + slip(in);
    uint8_t *data = bytes(in, count * each + wrong), *out = room(size), one[32];
    const int status = jk_sm3_batch(out, size, data, count * each + wrong, count);
    if (status != JK_OK) {
        CHECK(status == JK_ERR_LENGTH && untouched(out, size));
        return;
    }
    CHECK(size == 32 * count);
    const size_t whole = count == 0 ? 0 : (count * each + wrong) / count;
    for (size_t i = 0; i < count; i++)
        CHECK(jk_sm3(one, 32, whole == 0 ? NULL : data + i * whole, whole) == JK_OK && same(out + 32 * i, one, 32));
}

static void hmac(struct input *in)
{
    const size_t key_len = mostly(in, 70, 150), n = mostly(in, 100, 300), cut = some(in, n), size = 32 + slip(in);
    const size_t count = some(in, 20);
    uint8_t *key = bytes(in, key_len), *data = bytes(in, n), *out = room(size), *pieces = room(32), *many = room(32 * count);
    jk_hmac_sm3_ctx ctx;
    if (jk_hmac_sm3(out, size, key, key_len, data, n) != JK_OK) {
        CHECK(size != 32 && untouched(out, size));
        return;
    }
    jk_hmac_sm3_init(&ctx, key, key_len);
    CHECK(jk_hmac_sm3_mac(&ctx, pieces, 32, data, n) == JK_OK && same(out, pieces, 32));
    if (count > 0 && n % count == 0) {
        CHECK(jk_hmac_sm3_batch(&ctx, many, 32 * count, data, n, count) == JK_OK);
        CHECK(jk_hmac_sm3_mac(&ctx, pieces, 32, n == 0 ? NULL : data + n - n / count, n / count) == JK_OK);
        CHECK(same(many + 32 * (count - 1), pieces, 32));
    } else {
        CHECK(jk_hmac_sm3_batch(&ctx, many, 32 * count, data, n, count) == (n == 0 ? JK_OK : JK_ERR_LENGTH));
    }
    jk_hmac_sm3_update(&ctx, data, cut);
    jk_hmac_sm3_update(&ctx, cut == n ? NULL : data + cut, n - cut);
    if (n > 0)
        CHECK(jk_hmac_sm3_mac(&ctx, pieces, 32, data, n) == JK_ERR_ARGUMENT);
    CHECK(jk_hmac_sm3_final(&ctx, pieces, 32) == JK_OK && same(out, pieces, 32));
    jk_hmac_sm3_wipe(&ctx);
}

static void derive(struct input *in)
{
    const size_t n = mostly(in, 70, 200), size = mostly(in, 100, 300), less = some(in, size);
    uint8_t *z = bytes(in, n), *out = room(size), *shorter = room(less);
    CHECK(jk_sm3_kdf(out, size, z, n) == JK_OK && jk_sm3_kdf(shorter, less, z, n) == JK_OK && same(out, shorter, less));
}

void fuzz_sm3(struct input *in)
{
    static void (*const parts[])(struct input *) = {digest, batch, hmac, derive};
    parts[take(in) % 4](in);
}
