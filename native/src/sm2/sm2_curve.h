/* What the files of SM2 share: the curve of GB/T 32918.5, one implementation's shape, arithmetic modulo the order. */
#ifndef JK_SM2_CURVE_H
#define JK_SM2_CURVE_H

#include "sm2_word.h"

/* A table for one base point B: entry [i][j] is (j + 1) * 64^i * B, affine, x then y, coordinates times 2^256 modulo p.
 * Forty-three signed digits of six bits, -32..32, write any number of 256 bits. */
enum { JK_SM2_WINDOWS = 43, JK_SM2_ENTRIES = 32, JK_SM2_BITS = 6 };
typedef uint64_t jk_sm2_table[JK_SM2_WINDOWS][JK_SM2_ENTRIES][8];

/* Eight numbers: word i of the j-th at [i][j]. */
enum { JK_SM2_LANES = 8 };
typedef struct {
    uint64_t word[4][JK_SM2_LANES];
} jk_sm2_eight;

/* Eight times: is there a point s * G + t * (x, y), whose x is `wanted` modulo n? */
struct jk_sm2_equations {
    jk_sm2_eight x, y, s, t, wanted;
};

/* What an implementation does eight at a time. A verification has a bit for each that is true; those of *unsure are to be
 * asked one at a time. The whole may be meaningless, but harmless, for numbers out of range. */
struct jk_sm2_lanes {
    /* x of k * G, as `base` below. */
    void (*base)(jk_sm2_eight *x, const jk_sm2_eight *k);
    unsigned (*verify_var)(unsigned *unsure, const struct jk_sm2_equations *q);
    /* With the key's table in place of x and y. */
    unsigned (*verify_table_var)(unsigned *unsure, const uint64_t (*table)[JK_SM2_ENTRIES][8],
                                 const struct jk_sm2_equations *q);
};

/* Numbers that cross this interface are plain, not times 2^256. Scalars are below the order. Functions whose names end
 * in _var take public values only: their time depends on them. */
struct jk_sm2_ops {
    const char *name;
    /* (x, y) = k * G, for 0 < k < n; of no meaning, but harmless, for other k. */
    void (*base)(uint64_t x[4], uint64_t y[4], const uint64_t k[4]);
    /* The coordinates are below p and satisfy the equation. */
    int (*on_curve)(const uint64_t x[4], const uint64_t y[4]);
    /* The key's table, for a point that is on the curve. */
    void (*tabulate_var)(uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t x[4], const uint64_t y[4]);
    /* Whether s * G + t * P is a point, not infinity, whose x is `wanted` modulo n. */
    int (*verify_var)(const uint64_t x[4], const uint64_t y[4], const uint64_t s[4], const uint64_t t[4],
                      const uint64_t wanted[4]);
    int (*verify_table_var)(const uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t s[4], const uint64_t t[4],
                            const uint64_t wanted[4]);
    const struct jk_sm2_lanes *lanes; /* null: one at a time */
};

int jk_self_test_sm2(const struct jk_sm2_ops *ops);

extern const struct jk_sm2_ops jk_sm2_portable;
#ifdef JK_X86_64
extern const struct jk_sm2_ops jk_sm2_adx;
extern const struct jk_sm2_ops jk_sm2_ifma; /* the same one at a time */
extern const struct jk_sm2_lanes jk_sm2_ifma_lanes;
#endif
extern const struct jk_sm2_ops *jk_sm2_ops;

/* The table of the base point G. */
extern const uint64_t jk_sm2_base[JK_SM2_WINDOWS][JK_SM2_ENTRIES][8];
/* G, 3 G ... 127 G, alike. */
extern const uint64_t jk_sm2_base_odd[64][8];

/* The prime and the order. */
extern const uint64_t jk_sm2_p[4];
extern const uint64_t jk_sm2_n[4];

/* a * b / 2^256, and 2^256 / a, modulo the order: the first of a quotient of the second kind is a plain product. */
void jk_order_multiply(uint64_t r[4], const uint64_t a[4], const uint64_t b[4]);
void jk_order_invert(uint64_t r[4], const uint64_t a[4]);
/* A number of 512 bits, low half first, modulo the order. */
void jk_order_reduce(uint64_t r[4], const uint64_t low[4], const uint64_t high[4]);

/* Whether the identifier is longer than its length can tell. */
int jk_sm2_ident_is_wrong(const uint8_t *ident, size_t len);
/* e of a message; `known_za`, if not null, is the key's ZA for the default identifier. */
void jk_sm2_digest(uint8_t e[32], const uint8_t known_za[32], const uint8_t *key, const uint8_t *ident,
                   size_t ident_len, const uint8_t *in, size_t in_len);

#endif
