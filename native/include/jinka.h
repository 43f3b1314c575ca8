/* Jinka's native core: SM3 (GB/T 32905) with HMAC (RFC 2104) and key derivation, SM4 (GB/T 32907) with its
 * modes, CMAC and GCM, SM2 signatures (GB/T 32918.2), DES and two-key triple DES (FIPS 46-3, ISO/IEC 18033-3) with their modes.
 *
 * This text is also the cdef that cffi reads, so it has no #include, no guard and no macro. A C program includes
 * <stddef.h> and <stdint.h> first and this file once.
 *
 * Contract of every function that returns int:
 * - JK_OK, or a negative error. An error is found before any output byte is written: the output is untouched.
 * - Arguments run (context, out, out_len, in, in_len). `out_len` is the room in `out` and must be exactly what the
 *   function produces; a wrong length is JK_ERR_LENGTH, not a truncated result.
 * - `in` may be null only where its length is 0. `out` may be equal to `in` but must not overlap it otherwise.
 * - Time depends on lengths only, never on keys or data; where all arguments are public (SM2's public keys and
 *   verification) it may depend on them, and the comment says so. Nothing is allocated. A context is plain memory: it may
 *   be copied by assignment, and belongs to one thread at a time while it is written.
 */

enum {
    JK_OK = 0,
    JK_ERR_LENGTH = -1,    /* a length is not the one that the function's comment asks for */
    JK_ERR_ARGUMENT = -2,  /* an unknown padding, or an implementation name that this CPU cannot run */
    JK_ERR_SELF_TEST = -3  /* a known answer came out wrong: broken build or broken machine; use nothing */
};

/* Errors of SM2; GCM has the second. */
enum {
    JK_ERR_KEY = -10,    /* a public key that is no point of the curve, or a private key out of range */
    JK_ERR_VERIFY = -11, /* the signature, or the tag, is not one of this key for this message */
    JK_ERR_RETRY = -12   /* the nonce makes no signature (chance 2^-32): call again with another */
};

/* On Arm only the operating system may ask the CPU what it can do. Give its answer, getauxval(AT_HWCAP) on Linux, before
 * jk_init; jinka_host.h does. Without it, or with 0, the core keeps to what every CPU of the family has. Elsewhere ignored. */
void jk_hwcaps(uint64_t bits);

/* Choose implementations and run the known-answer tests on the chosen ones. Call it once, before other threads use
 * the library. `name` null or "": the fastest for this CPU. Otherwise the implementation of that name wherever an
 * algorithm has one, the portable one elsewhere; JK_ERR_ARGUMENT if no algorithm has it on this CPU. Several names are
 * joined by +, "gfni+pclmul": of two for one algorithm, the better. Until a call succeeds everything runs on the portable
 * code, untested. */
int jk_init(const char *name);

/* Names of the implementations in use. */
const char *jk_sm3_implementation(void);
const char *jk_sm4_implementation(void);
const char *jk_sm2_implementation(void);
const char *jk_tdes_implementation(void);
const char *jk_ghash_implementation(void);

/* The i-th name that jk_init accepts on this CPU, best last; null past the end. The first is "portable". */
const char *jk_available(size_t i);

/* Overwrite n bytes in a way that the compiler cannot leave out. */
void jk_wipe(void *p, size_t n);

/* 1 if the n bytes are equal, else 0, in time that depends on n only: for comparing MACs. */
int jk_equal(const uint8_t *a, const uint8_t *b, size_t n);

/* --- SM3: 32-byte digest of any number of bytes --- */

typedef struct {
    uint32_t state[8];
    uint64_t length;    /* bytes so far */
    uint8_t block[64];  /* the last length % 64 of them */
} jk_sm3_ctx;

void jk_sm3_init(jk_sm3_ctx *ctx);
void jk_sm3_update(jk_sm3_ctx *ctx, const uint8_t *in, size_t in_len);
/* out_len 32. The context is wiped; initialise it before using it again. */
int jk_sm3_final(jk_sm3_ctx *ctx, uint8_t *out, size_t out_len);
int jk_sm3(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
/* n messages of one length, one after the other in `in`: in_len a multiple of n, out_len 32 n. */
int jk_sm3_batch(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len, size_t n);

/* --- HMAC-SM3: key of any length, out_len 32 --- */

typedef struct {
    jk_sm3_ctx inner;
    jk_sm3_ctx outer;
} jk_hmac_sm3_ctx;

void jk_hmac_sm3_init(jk_hmac_sm3_ctx *ctx, const uint8_t *key, size_t key_len);
void jk_hmac_sm3_update(jk_hmac_sm3_ctx *ctx, const uint8_t *in, size_t in_len);
/* The context is wiped. */
int jk_hmac_sm3_final(jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len);
int jk_hmac_sm3(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in, size_t in_len);

/* A context just initialised is a key prepared for many messages: these only read it (JK_ERR_ARGUMENT if it has been
 * updated) and save half of the work for a short message. Batch as jk_sm3_batch. Wipe it when the key has served. */
int jk_hmac_sm3_mac(const jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
int jk_hmac_sm3_batch(const jk_hmac_sm3_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len,
                      size_t n);
void jk_hmac_sm3_wipe(jk_hmac_sm3_ctx *ctx);

/* --- The key derivation of GB/T 32918.3, 5.4.3, and 32918.4, 5.4.3 --- */

/* SM3(in || 1), SM3(in || 2) ... with counters of four bytes, as many bytes as `out` has room for: at most 32 (2^32 - 1). */
int jk_sm3_kdf(uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);

/* --- SM4: 16-byte key, 16-byte block --- */

typedef struct {
    uint32_t enc[32];  /* round keys as the standard numbers them */
    uint32_t dec[32];  /* the same, last first */
} jk_sm4_ctx;

/* key_len 16. Wipe the context with jk_sm4_wipe when the key has served. */
int jk_sm4_init(jk_sm4_ctx *ctx, const uint8_t *key, size_t key_len);
void jk_sm4_wipe(jk_sm4_ctx *ctx);

/* Any number of whole blocks; out_len = in_len. One block is the plain block cipher. */
int jk_sm4_ecb_encrypt(const jk_sm4_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
int jk_sm4_ecb_decrypt(const jk_sm4_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);

/* As ECB. `iv` is 16 bytes and is replaced by the last ciphertext block, so that a message can come in pieces. */
int jk_sm4_cbc_encrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len);
int jk_sm4_cbc_decrypt(const jk_sm4_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len);

/* Any number of bytes; encrypts and decrypts. `counter` is 16 bytes, big-endian, and advances by one for every block
 * begun: only a piece of whole blocks can be followed by another. */
int jk_sm4_ctr(const jk_sm4_ctx *ctx, uint8_t *counter, uint8_t *out, size_t out_len, const uint8_t *in,
               size_t in_len);

enum {
    JK_PAD_NONE = 0,   /* whole blocks, at least one */
    JK_PAD_ZEROS = 1,  /* ISO/IEC 9797-1 method 1: 00 up to a block, nothing if already whole; empty is one block */
    JK_PAD_80 = 2      /* ISO/IEC 9797-1 method 2: always 80, then 00 up to a block */
};

/* CBC-MAC, untruncated: out_len 16. `iv` is 16 bytes, or null for zeros; it is only read. Sound only for messages of
 * one length or with a length inside, as ISO/IEC 9797-1 says of algorithm 1. */
int jk_sm4_cbc_mac(const jk_sm4_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                   size_t in_len, int padding);

/* The same with the key in the call: schedule, work, wipe. `out` 16, key 16; a block is 16. */
int jk_sm4_encrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                         size_t in_len);
int jk_sm4_decrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                         size_t in_len);
int jk_sm4_cbc_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                       const uint8_t *in, size_t in_len, int padding);

/* n messages of one length, one after the other in `in`, each under its own key: keys_len is 16 n, in_len a multiple of n,
 * out_len 16 n. Initial value zero. */
int jk_sm4_cbc_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                         size_t in_len, size_t n, int padding);

/* The same, compared with the leftmost bytes that `macs` has of each, 4 to 16: macs_len is n times that. out_len n: 1 where
 * they are equal, else 0. */
int jk_sm4_cbc_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *macs, size_t macs_len,
                                const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                int padding);

/* Electronic purse with SM4, n transactions at once; out_len 4 n. No published text settles how: this is one reading, after
 * the purse with triple DES, and the two points that cards are said to answer differently are bits of `reading`.
 * - The key of a card is SM4(master; serial || NOT serial), of its eight-byte serial number.
 * - MAC (MAC1, MAC2): CBC-MAC, padding method 2, under the session key SM4(card key; seed || 80 00 00 00 00 00 00 00); a
 *   seed is eight bytes, as with triple DES. With JK_PURSE_SEED_NOT the right half is NOT seed.
 * - TAC: the same under the card key itself.
 * - Four bytes of the MAC are the leftmost. With JK_PURSE_FOLD_XOR they are the sum of its four words. */
enum { JK_PURSE_SEED_NOT = 1, JK_PURSE_FOLD_XOR = 2 };

int jk_sm4_purse_mac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                           const uint8_t *serials, size_t serials_len, const uint8_t *seeds, size_t seeds_len,
                           const uint8_t *in, size_t in_len, size_t n, int reading);
int jk_sm4_purse_tac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                           const uint8_t *serials, size_t serials_len, const uint8_t *in, size_t in_len, size_t n,
                           int reading);

/* --- CMAC (NIST SP 800-38B; ISO/IEC 9797-1, algorithm 5) with SM4: out_len 16, untruncated; `in` of any length --- */

typedef struct {
    jk_sm4_ctx sm4;
    uint8_t whole[16];   /* added to a last block that is whole */
    uint8_t padded[16];  /* and to one that padding completes */
} jk_sm4_cmac_ctx;

/* key_len 16. Wipe the context with jk_sm4_cmac_wipe when the key has served. */
int jk_sm4_cmac_init(jk_sm4_cmac_ctx *ctx, const uint8_t *key, size_t key_len);
void jk_sm4_cmac_wipe(jk_sm4_cmac_ctx *ctx);
int jk_sm4_cmac(const jk_sm4_cmac_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
/* The same with the key in the call. */
int jk_sm4_cmac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in, size_t in_len);

/* --- GCM (NIST SP 800-38D) with SM4, as in RFC 8998: confidentiality and authenticity in one ---
 *
 * `iv` is 12 bytes in every protocol with SM4; other lengths, from 1, are hashed to a block. No IV may serve twice under one
 * key: two messages with one IV give away both texts and the key of the tags. `aad` is authenticated only. tag_len is 12 to
 * 16, or 4 or 8 where SP 800-38D, appendix C, permits so short a tag. A message has at most 2^36 - 32 bytes; `aad` and `iv`
 * less than 2^61 each. Otherwise JK_ERR_LENGTH. */

typedef struct {
    jk_sm4_ctx sm4;
    uint64_t powers[32]; /* of the key that hashes */
} jk_sm4_gcm_ctx;

/* key_len 16. Wipe the context with jk_sm4_gcm_wipe when the key has served. */
int jk_sm4_gcm_init(jk_sm4_gcm_ctx *ctx, const uint8_t *key, size_t key_len);
void jk_sm4_gcm_wipe(jk_sm4_gcm_ctx *ctx);

/* Encrypt and tag; out_len = in_len. */
int jk_sm4_gcm_seal(const jk_sm4_gcm_ctx *ctx, uint8_t *out, size_t out_len, uint8_t *tag, size_t tag_len,
                    const uint8_t *iv, size_t iv_len, const uint8_t *aad, size_t aad_len, const uint8_t *in,
                    size_t in_len);
/* Check the tag, then decrypt. JK_ERR_VERIFY if it is not the message's: the output is untouched. */
int jk_sm4_gcm_open(const jk_sm4_gcm_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *tag, size_t tag_len,
                    const uint8_t *iv, size_t iv_len, const uint8_t *aad, size_t aad_len, const uint8_t *in,
                    size_t in_len);

/* --- SM2 signatures (GB/T 32918.2) on the recommended curve (GB/T 32918.5), with SM3 ---
 *
 * Numbers are 32 bytes, big-endian. A private key is one number, 1 to n - 2. A public key is 64 bytes, x and y, or 65
 * with 04 in front. A signature is 64 bytes, r and s. The identifier takes part in the digest that is signed; it has at
 * most 8191 bytes; null stands for the one in general use, the sixteen characters 1234567812345678.
 */

/* out_len 64. JK_ERR_KEY. */
int jk_sm2_public_key(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len);
/* JK_OK or JK_ERR_KEY. Time depends on the key. */
int jk_sm2_check_key(const uint8_t *public_key, size_t public_len);

/* GB/T 32918.2, 5.5: ZA = SM3(bits of ident || ident || a || b || G || public key), out_len 32; and 6.1, A1 and A2:
 * e = SM3(ZA || in), out_len 32. Whether the key is on the curve is not asked; JK_ERR_KEY only for 65 bytes not
 * beginning 04. */
int jk_sm2_za(uint8_t *out, size_t out_len, const uint8_t *public_key, size_t public_len, const uint8_t *ident,
              size_t ident_len);
int jk_sm2_e(uint8_t *out, size_t out_len, const uint8_t *public_key, size_t public_len, const uint8_t *ident,
             size_t ident_len, const uint8_t *in, size_t in_len);

/* JK_OK if `signature` is valid, else JK_ERR_VERIFY; JK_ERR_KEY if the key is no point of the curve. `e` is 32 bytes.
 * Time depends on all of the arguments: they are public. */
int jk_sm2_verify(const uint8_t *public_key, size_t public_len, const uint8_t *ident, size_t ident_len,
                  const uint8_t *in, size_t in_len, const uint8_t *signature, size_t signature_len);
int jk_sm2_verify_digest(const uint8_t *public_key, size_t public_len, const uint8_t *e, size_t e_len,
                         const uint8_t *signature, size_t signature_len);

/* n signatures by n keys: valid[i] becomes 1 or 0. Keys are 64 bytes each, digests e 32, signatures 64, one after the
 * other. Time depends on all of them. */
int jk_sm2_verify_batch(uint8_t *valid, size_t n, const uint8_t *public_keys, const uint8_t *digests,
                        const uint8_t *signatures);

/* A public key prepared for many verifications, each then several times as fast: 88 KB of multiples. It depends on
 * nothing but the key, is only read afterwards, and may be shared between threads. */
typedef struct {
    uint64_t table[43][32][8];
    uint8_t public_key[64];
    uint8_t za[32];  /* for the identifier in general use */
} jk_sm2_key;

/* JK_ERR_KEY if the key is no point of the curve. */
int jk_sm2_key_init(jk_sm2_key *key, const uint8_t *public_key, size_t public_len);
/* As the functions without `key`. */
int jk_sm2_key_verify(const jk_sm2_key *key, const uint8_t *ident, size_t ident_len, const uint8_t *in, size_t in_len,
                      const uint8_t *signature, size_t signature_len);
int jk_sm2_key_verify_digest(const jk_sm2_key *key, const uint8_t *e, size_t e_len, const uint8_t *signature,
                             size_t signature_len);
int jk_sm2_key_verify_batch(const jk_sm2_key *key, uint8_t *valid, size_t n, const uint8_t *digests,
                            const uint8_t *signatures);

/* Signing: out_len 64, `e` 32 bytes. `nonce` is 32 bytes from a good random generator, used for this call only and told
 * to nobody: two signatures with one nonce give the private key away, and so do a few dozen with guessable bits. Null,
 * with length 0, derives it from the private key and the digest by HMAC-SM3, for hosts that have no generator.
 * JK_ERR_RETRY refuses a nonce; JK_ERR_KEY a private key. */
int jk_sm2_sign(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len, const uint8_t *ident,
                size_t ident_len, const uint8_t *in, size_t in_len, const uint8_t *nonce, size_t nonce_len);
int jk_sm2_sign_digest(uint8_t *out, size_t out_len, const uint8_t *private_key, size_t private_len, const uint8_t *e,
                       size_t e_len, const uint8_t *nonce, size_t nonce_len);

/* A private key prepared for many signatures. Wipe it with jk_sm2_signer_wipe when it has served. */
typedef struct {
    uint64_t d[4];
    uint64_t inverse[4];  /* of 1 + d */
    uint8_t public_key[64];
    uint8_t za[32];  /* for the identifier in general use */
} jk_sm2_signer;

int jk_sm2_signer_init(jk_sm2_signer *signer, const uint8_t *private_key, size_t private_len);
void jk_sm2_signer_wipe(jk_sm2_signer *signer);
int jk_sm2_signer_sign(const jk_sm2_signer *signer, uint8_t *out, size_t out_len, const uint8_t *ident,
                       size_t ident_len, const uint8_t *in, size_t in_len, const uint8_t *nonce, size_t nonce_len);
int jk_sm2_signer_sign_digest(const jk_sm2_signer *signer, uint8_t *out, size_t out_len, const uint8_t *e, size_t e_len,
                              const uint8_t *nonce, size_t nonce_len);

/* n signatures, one after the other, by one key and by n private keys of 32 bytes each. Digests and nonces are 32 bytes each;
 * null instead of the nonces derives all of them. made[i] becomes 1, or 0 where the key is none or the nonce makes no
 * signature, and then the place of that signature is left alone. */
int jk_sm2_signer_sign_batch(const jk_sm2_signer *signer, uint8_t *made, uint8_t *out, size_t n, const uint8_t *digests,
                             const uint8_t *nonces);
int jk_sm2_sign_batch(uint8_t *made, uint8_t *out, size_t n, const uint8_t *private_keys, const uint8_t *digests,
                      const uint8_t *nonces);

/* --- DES and triple DES: 8-byte key (DES) or 16-byte key (encrypt, decrypt, encrypt under K1 K2 K1), 8-byte block ---
 *
 * Parity bits of a key are ignored. */

typedef struct {
    uint64_t enc[2][16];  /* round keys of both halves, six bits in each byte, the first box in the lowest */
    uint64_t dec[2][16];  /* the same, last first */
    uint8_t key[16];
    int steps;            /* DES operations for a block: 1 or 3 */
} jk_tdes_ctx;

/* key_len 8 or 16. Wipe the context with jk_tdes_wipe when the key has served. */
int jk_tdes_init(jk_tdes_ctx *ctx, const uint8_t *key, size_t key_len);
void jk_tdes_wipe(jk_tdes_ctx *ctx);

/* Any number of whole blocks; out_len = in_len. */
int jk_tdes_ecb_encrypt(const jk_tdes_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);
int jk_tdes_ecb_decrypt(const jk_tdes_ctx *ctx, uint8_t *out, size_t out_len, const uint8_t *in, size_t in_len);

/* As ECB. `iv` is 8 bytes and is replaced by the last ciphertext block. */
int jk_tdes_cbc_encrypt(const jk_tdes_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                        size_t in_len);
int jk_tdes_cbc_decrypt(const jk_tdes_ctx *ctx, uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                        size_t in_len);

/* ISO/IEC 9797-1 algorithm 1 (CBC-MAC) and algorithm 3 (the retail MAC: DES under K1 along the message, then decrypted
 * under K2 and encrypted under K1), untruncated: out_len 8. `iv` is 8 bytes, or null for zeros. With an 8-byte key both
 * are the CBC-MAC with DES. */
int jk_tdes_cbc_mac(const jk_tdes_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                    size_t in_len, int padding);
int jk_tdes_retail_mac(const jk_tdes_ctx *ctx, const uint8_t *iv, uint8_t *out, size_t out_len, const uint8_t *in,
                       size_t in_len, int padding);

/* The same with the key in the call; 16 bytes of it for the retail MAC. */
int jk_tdes_encrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                          size_t in_len);
int jk_tdes_decrypt_block(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *in,
                          size_t in_len);
int jk_tdes_cbc_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                        const uint8_t *in, size_t in_len, int padding);
int jk_tdes_retail_mac_key(uint8_t *out, size_t out_len, const uint8_t *key, size_t key_len, const uint8_t *iv,
                           const uint8_t *in, size_t in_len, int padding);

/* n messages of one length, one after the other in `in`, each under its own key: keys_len is 16 n (or, for the CBC-MAC,
 * 8 n), in_len a multiple of n, out_len 8 n. Initial value zero. */
int jk_tdes_cbc_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                          size_t in_len, size_t n, int padding);
int jk_tdes_retail_mac_batch(uint8_t *out, size_t out_len, const uint8_t *keys, size_t keys_len, const uint8_t *in,
                             size_t in_len, size_t n, int padding);

/* The same, compared with the leftmost bytes that `macs` has of each, 4 to 8: macs_len is n times that. out_len n: 1 where
 * they are equal, else 0. */
int jk_tdes_cbc_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *macs, size_t macs_len,
                                 const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                 int padding);
int jk_tdes_retail_mac_verify_batch(uint8_t *out, size_t out_len, const uint8_t *macs, size_t macs_len,
                                    const uint8_t *keys, size_t keys_len, const uint8_t *in, size_t in_len, size_t n,
                                    int padding);

/* PBOC electronic purse, n transactions at once; out_len 4 n, the leftmost four bytes of a CBC-MAC with DES, padding
 * method 2. The key of a card comes from `master` (16 bytes) and the card's eight-byte serial number: halves
 * 3DES(master; serial) and 3DES(master; NOT serial).
 * - MAC (MAC1, MAC2): under the session key, 3DES(card key; seed). A seed is eight bytes: random number, transaction
 *   counter, and the low half of the terminal's, or 80 00.
 * - TAC: under the XOR of the card key's halves. */
int jk_tdes_purse_mac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                            const uint8_t *serials, size_t serials_len, const uint8_t *seeds, size_t seeds_len,
                            const uint8_t *in, size_t in_len, size_t n);
int jk_tdes_purse_tac_batch(uint8_t *out, size_t out_len, const uint8_t *master, size_t master_len,
                            const uint8_t *serials, size_t serials_len, const uint8_t *in, size_t in_len, size_t n);
