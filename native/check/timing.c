/* Constant time, measured: does the time that a function takes tell two kinds of secrets apart? One is always the same,
 * the other always new; which comes next is drawn, so that whatever else the machine does falls on both alike. Prints, for
 * each function, the square of Welch's t over the samples below several cuts (a sample that was interrupted says nothing),
 * the worst of them, and by which share of the time the kinds differ. A square of 25 comes by chance; a leak's grows with
 * the number of samples. Both count: what lies in memory can move code without any branch by a cycle in a thousand.
 *
 *     ./timing <implementation> <samples>
 *
 * Compiled with -DJK_PLANT_LEAK it also times a comparison that stops at the first difference. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../include/jinka.h"

enum { CUTS = 6, ROOM = 64, AT_ONCE = 8 };

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t now(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#endif
}

/* `secret`: ROOM bytes, some of which are the key and the rest the message. */
typedef void measured(uint8_t *out, const uint8_t *secret);

static void sm4_block(uint8_t *out, const uint8_t *secret)
{
    (void)jk_sm4_encrypt_block(out, 16, secret, 16, secret + 16, 16);
}

static void sm4_mac(uint8_t *out, const uint8_t *secret)
{
    (void)jk_sm4_cbc_mac_key(out, 16, secret, 16, NULL, secret + 16, 48, JK_PAD_80);
}

static void sm4_bulk(uint8_t *out, const uint8_t *secret)
{
    static uint8_t data[16 * 80];
    jk_sm4_ctx ctx;
    memcpy(data, secret + 16, 48);
    (void)jk_sm4_init(&ctx, secret, 16);
    (void)jk_sm4_ecb_encrypt(&ctx, data, sizeof data, data, sizeof data);
    memcpy(out, data, 16);
}

static void sm4_gcm(uint8_t *out, const uint8_t *secret)
{
    jk_sm4_gcm_ctx ctx;
    (void)jk_sm4_gcm_init(&ctx, secret, 16);
    (void)jk_sm4_gcm_seal(&ctx, out, 32, out + 32, 16, secret + 16, 12, secret + 28, 4, secret + 32, 32);
    jk_sm4_gcm_wipe(&ctx);
}

static void sm3_digest(uint8_t *out, const uint8_t *secret)
{
    (void)jk_sm3(out, 32, secret, ROOM);
}

static void tdes_mac(uint8_t *out, const uint8_t *secret)
{
    (void)jk_tdes_cbc_mac_key(out, 8, secret, 16, NULL, secret + 16, 32, JK_PAD_NONE);
}

static void tdes_batch(uint8_t *out, const uint8_t *secret)
{
    uint8_t macs[8 * 2];
    (void)jk_tdes_retail_mac_batch(macs, 16, secret, 32, secret + 32, 32, 2, JK_PAD_NONE);
    memcpy(out, macs, 16);
}

static void sm2_sign(uint8_t *out, const uint8_t *secret)
{
    uint8_t key[32], nonce[32], signature[64];
    memcpy(key, secret, 32);
    memcpy(nonce, secret + 32, 32);
    key[0] &= 0x7f; /* below n */
    nonce[0] &= 0x7f;
    key[31] |= 1; /* not zero */
    nonce[31] |= 1;
    (void)jk_sm2_sign_digest(signature, 64, key, 32, secret, 32, nonce, 32);
    memcpy(out, signature, 32);
}

#ifdef JK_PLANT_LEAK
static void planted(uint8_t *out, const uint8_t *secret)
{
    static const uint8_t zeros[ROOM];
    size_t n = 0;
    while (n < ROOM && ((volatile const uint8_t *)secret)[n] == zeros[n])
        n++;
    out[0] = (uint8_t)n;
}
#endif

static const struct {
    const char *name;
    measured *function;
    unsigned each; /* one sample in so many: for what is slow */
} functions[] = {
    {"sm4_encrypt_block", sm4_block, 1}, {"sm4_cbc_mac_key", sm4_mac, 1}, {"sm4_ecb_encrypt", sm4_bulk, 4},
    {"sm4_gcm_seal", sm4_gcm, 4},        {"sm3", sm3_digest, 1},            {"tdes_cbc_mac_key", tdes_mac, 2},
    {"tdes_retail_mac_batch", tdes_batch, 16}, {"sm2_sign_digest", sm2_sign, 32},
#ifdef JK_PLANT_LEAK
    {"planted", planted, 1},
#endif
};

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

struct verdict {
    double square, share;
};

/* Of the samples of at most `cut`: the square of Welch's t, and the difference as a share of the time. */
static struct verdict welch(const uint64_t *times, const uint8_t *kinds, size_t n, uint64_t cut)
{
    const struct verdict none = {0, 0};
    double count[2] = {0, 0}, mean[2] = {0, 0}, square[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (times[i] > cut)
            continue;
        const int kind = kinds[i];
        const double from = (double)times[i] - mean[kind];
        count[kind]++;
        mean[kind] += from / count[kind];
        square[kind] += from * ((double)times[i] - mean[kind]);
    }
    if (count[0] < 100 || count[1] < 100)
        return none;
    const double apart = mean[0] > mean[1] ? mean[0] - mean[1] : mean[1] - mean[0];
    const double error = square[0] / (count[0] - 1) / count[0] + square[1] / (count[1] - 1) / count[1];
    return error > 0 ? (struct verdict){apart * apart / error, apart / mean[0]} : none;
}

static struct verdict judge(measured *function, size_t n)
{
    uint64_t *times = malloc(n * sizeof *times), *sorted = malloc(n * sizeof *sorted);
    uint8_t *kinds = malloc(n);
    uint8_t secret[AT_ONCE][ROOM], out[ROOM];
    struct verdict worst = {0, 0};
    if (times == NULL || sorted == NULL || kinds == NULL)
        exit(2);
    for (size_t i = 0; i < n; i++) {
        kinds[i] = draw() >> 40 & 1;
        /* The same work for both kinds before the clock starts. */
        for (size_t j = 0; j < AT_ONCE; j++)
            for (size_t k = 0; k < ROOM; k++)
                secret[j][k] = (uint8_t)(draw() >> 32) & (uint8_t)-kinds[i];
        const uint64_t begin = now();
        for (size_t j = 0; j < AT_ONCE; j++)
            function(out, secret[j]);
        times[i] = now() - begin;
    }
    memcpy(sorted, times, n * sizeof *times);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t cut = 0; cut < CUTS; cut++) {
        const struct verdict found = welch(times, kinds, n, sorted[n - 1 - (n - 1) * cut / (CUTS + 1)]);
        if (found.square > worst.square)
            worst = found;
    }
    free(times);
    free(sorted);
    free(kinds);
    return worst;
}

int main(int argc, char **argv)
{
    if (argc != 3 || jk_init(argv[1]) != JK_OK)
        return 2;
    const size_t samples = strtoul(argv[2], NULL, 10);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const struct verdict found = judge(functions[i].function, samples / functions[i].each);
        printf("%s %.1f %.6f\n", functions[i].name, found.square, found.share);
    }
    return 0;
}
