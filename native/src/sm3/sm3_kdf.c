/* GB/T 32918.3, 5.4.3, and 32918.4, 5.4.3: the key derivation function of SM2, with SM3. */
#include "../jk_internal.h"

enum { DIGEST = 32 };

int jk_sm3_kdf(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len)
{
    jk_sm3_ctx shared, ctx;
    uint8_t counter[4], digest[DIGEST];
    const uint64_t length = out_len;
    if (length > (uint64_t)DIGEST * UINT32_MAX)
        return JK_ERR_LENGTH;
    jk_sm3_init(&shared);
    jk_sm3_update(&shared, in, in_len);
    for (uint32_t i = 1; out_len > 0; i++) {
        const size_t n = out_len < DIGEST ? out_len : DIGEST;
        ctx = shared;
        jk_store32(counter, i);
        jk_sm3_update(&ctx, counter, sizeof counter);
        (void)jk_sm3_final(&ctx, digest, DIGEST);
        jk_copy(out, digest, n);
        out += n;
        out_len -= n;
    }
    jk_wipe(&shared, sizeof shared);
    jk_wipe(digest, sizeof digest);
    return JK_OK;
}
