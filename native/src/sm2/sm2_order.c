/* Arithmetic modulo the order n of SM2's group (GB/T 32918.5), by Montgomery's method with 2^256; constant-time. */
#include "sm2_curve.h"

const uint64_t jk_sm2_p[4] = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff, 0xfffffffeffffffff};
const uint64_t jk_sm2_n[4] = {0x53bbf40939d54123, 0x7203df6b21c6052b, 0xffffffffffffffff, 0xfffffffeffffffff};

/* -1 / n modulo 2^64, and 2^512 modulo n. */
static const uint64_t inverse = 0x327f9e8872350975;
static const uint64_t square[4] = {0x901192af7c114f20, 0x3464504ade6fa2fa, 0x620fc84c3affe0d4, 0x1eb5e412a22b3d3b};

void jk_order_multiply(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t t[6] = {0};
    for (size_t i = 0; i < 4; i++) {
        uint64_t high = 0, carry = 0;
        for (size_t j = 0; j < 4; j++)
            t[j] = jk_multiply_add(a[j], b[i], t[j], high, &high);
        t[4] = jk_add_carry(t[4], high, &carry);
        t[5] = carry;
        const uint64_t m = t[0] * inverse;
        (void)jk_multiply_add(m, jk_sm2_n[0], t[0], 0, &high);
        for (size_t j = 1; j < 4; j++)
            t[j - 1] = jk_multiply_add(m, jk_sm2_n[j], t[j], high, &high);
        carry = 0;
        t[3] = jk_add_carry(t[4], high, &carry);
        t[4] = t[5] + carry;
    }
    jk_reduce_once(r, t[4], t, jk_sm2_n);
    jk_wipe(t, sizeof t);
}

/* Fermat: a^(n-2), four bits of the public exponent at a time. */
void jk_order_invert(uint64_t r[4], const uint64_t a[4])
{
    uint64_t power[16][4], x[4];
    const uint64_t one[4] = {1};

    jk_order_multiply(power[0], square, one);
    jk_order_multiply(power[1], square, a);
    for (size_t i = 2; i < 16; i++)
        jk_order_multiply(power[i], power[i - 1], power[1]);
    jk_copy4(x, power[0]);
    for (size_t i = 64; i-- > 0;) {
        const uint64_t exponent = jk_sm2_n[i / 16] - (i / 16 == 0 ? 2 : 0);
        for (size_t j = 0; j < 4; j++)
            jk_order_multiply(x, x, x);
        jk_order_multiply(x, x, power[exponent >> 4 * (i % 16) & 15]);
    }
    jk_copy4(r, x);
    jk_wipe(power, sizeof power);
    jk_wipe(x, sizeof x);
}

void jk_order_reduce(uint64_t r[4], const uint64_t low[4], const uint64_t high[4])
{
    uint64_t x[4], y[4];
    jk_reduce_once(x, 0, high, jk_sm2_n);
    jk_order_multiply(x, x, square);
    jk_reduce_once(y, 0, low, jk_sm2_n);
    jk_add_mod(r, x, y, jk_sm2_n);
    jk_wipe(x, sizeof x);
    jk_wipe(y, sizeof y);
}
