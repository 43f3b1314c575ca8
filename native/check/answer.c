/* Answers what it is asked, so that vectors and peers written in Python can judge a processor that Python does not run
 * on.
 *
 *     answer                    prints the implementations there are
 *     answer <implementation>   answers lines of "operation key iv data" in hexadecimal, "-" for none; 2 if refused
 *
 * Operations: sm3, hmac, and SM4's ecb, cbc, ctr, a d before the first two for decryption, mac0, mac1, mac2 for a
 * CBC-MAC with that padding, keyed0, keyed1, keyed2 for the same without a context; cmac and keyedc; gcm and dgcm,
 * where the IV is authenticated again beside the data and the tag stands behind it; kdf for as many bytes of key as data;
 * and million for a block encrypted so often. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/jk_internal.h"
#include "../include/jinka_host.h"

enum { ROOM = 1 << 16 };

static char line[3 * 2 * ROOM + 64];
static uint8_t key[ROOM], iv[ROOM], data[ROOM], out[ROOM];

static size_t bytes(uint8_t *to, const char *text)
{
    size_t n = 0;
    if (text == NULL || *text == '-')
        return 0;
    for (unsigned x; n < ROOM && sscanf(text + 2 * n, "%2x", &x) == 1; n++)
        to[n] = (uint8_t)x;
    return n;
}

static int million(const jk_sm4_ctx *ctx)
{
    int status = JK_OK;
    memcpy(out, data, 16);
    for (int i = 0; i < 1000000; i++)
        status |= jk_sm4_ecb_encrypt(ctx, out, 16, out, 16);
    return status;
}

static int gcm(int decrypt, size_t key_len, size_t iv_len, size_t n)
{
    jk_sm4_gcm_ctx ctx;
    const int status = jk_sm4_gcm_init(&ctx, key, key_len);
    return status | (decrypt ? jk_sm4_gcm_open(&ctx, out, n, data + n, 16, iv, iv_len, iv, iv_len, data, n)
                             : jk_sm4_gcm_seal(&ctx, out, n, out + n, 16, iv, iv_len, iv, iv_len, data, n));
}

static int cmac(size_t key_len, size_t n)
{
    jk_sm4_cmac_ctx ctx;
    const int status = jk_sm4_cmac_init(&ctx, key, key_len);
    return status | jk_sm4_cmac(&ctx, out, 16, data, n);
}

/* The length of the answer in `out`. */
static size_t answer(const char *what, size_t key_len, size_t iv_len, size_t n)
{
    jk_sm4_ctx ctx;
    const uint8_t *first = iv_len == 16 ? iv : NULL;
    size_t length = n;
    int status;
    if (strcmp(what, "sm3") == 0) {
        status = jk_sm3(out, length = 32, data, n);
    } else if (strcmp(what, "hmac") == 0) {
        status = jk_hmac_sm3(out, length = 32, key, key_len, data, n);
    } else if (strcmp(what, "kdf") == 0) {
        status = jk_sm3_kdf(out, n, data, n);
    } else if (strcmp(what, "cmac") == 0) {
        length = 16;
        status = cmac(key_len, n);
    } else if (strcmp(what, "keyedc") == 0) {
        status = jk_sm4_cmac_key(out, length = 16, key, key_len, data, n);
    } else if (strcmp(what, "gcm") == 0) {
        length = n + 16;
        status = gcm(0, key_len, iv_len, n);
    } else if (strcmp(what, "dgcm") == 0) {
        length = n - 16;
        status = gcm(1, key_len, iv_len, n - 16);
    } else if (strncmp(what, "keyed", 5) == 0) {
        status = jk_sm4_cbc_mac_key(out, length = 16, key, key_len, first, data, n, what[5] - '0');
    } else {
        status = jk_sm4_init(&ctx, key, key_len);
        if (strncmp(what, "mac", 3) == 0)
            status |= jk_sm4_cbc_mac(&ctx, first, out, length = 16, data, n, what[3] - '0');
        else if (strcmp(what, "ecb") == 0)
            status |= jk_sm4_ecb_encrypt(&ctx, out, n, data, n);
        else if (strcmp(what, "decb") == 0)
            status |= jk_sm4_ecb_decrypt(&ctx, out, n, data, n);
        else if (strcmp(what, "cbc") == 0)
            status |= jk_sm4_cbc_encrypt(&ctx, iv, out, n, data, n);
        else if (strcmp(what, "dcbc") == 0)
            status |= jk_sm4_cbc_decrypt(&ctx, iv, out, n, data, n);
        else if (strcmp(what, "ctr") == 0)
            status |= jk_sm4_ctr(&ctx, iv, out, n, data, n);
        else if (strcmp(what, "million") == 0)
            status |= million(&ctx);
        else
            status = JK_ERR_ARGUMENT;
    }
    if (status != JK_OK) {
        fprintf(stderr, "%s: %d\n", what, status);
        exit(1);
    }
    return length;
}

int main(int argc, char **argv)
{
    jk_ask_host();
    for (size_t i = 0; argc < 2 && jk_available(i) != NULL; i++)
        puts(jk_available(i));
    if (argc < 2)
        return 0;
    if (jk_init(argv[1]) != JK_OK)
        return 2;
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *what = strtok(line, " \n");
        const size_t key_len = bytes(key, strtok(NULL, " \n"));
        const size_t iv_len = bytes(iv, strtok(NULL, " \n"));
        const size_t n = bytes(data, strtok(NULL, " \n"));
        const size_t length = what != NULL ? answer(what, key_len, iv_len, n) : 0;
        for (size_t i = 0; i < length; i++)
            printf("%02x", out[i]);
        putchar('\n');
    }
    return 0;
}
