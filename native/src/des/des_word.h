/* FIPS 46-3 (DES): the S-boxes on one word. Written by check/des_circuit.py; do not edit. */
#ifndef JK_DES_WORD_H
#define JK_DES_WORD_H

#include <stdint.h>

/* Byte i is box i, the low nibble for a last input bit of 0, the high one for 1; the index is the other five. */
static const uint64_t des_tree[32] = {
    0x8bb253b2dbd36f07u, 0x4e6829e1364dd0f1u, 0x357c60588124956cu, 0xf095de3f5f877c9fu,
    0x562fe917a06afa74u, 0x2983944a6ca1631bu, 0x0a4a076d1797a9a9u, 0xcf7068a3c97c056cu,
    0xb1d425217e0581dbu, 0x72bd4f9405d83e27u, 0x6ca9bcf624c94235u, 0x9506820993b2e9cau,
    0xed8196de05af16beu, 0x175ef327db168d84u, 0x9316ca8be8f27cc0u, 0x6ac91d50242bb259u,
    0xf40df8e94de0d4f1u, 0x8dd2c782fa3a1b38u, 0xa9c38b05b21d0e56u, 0x36af70fc81f4a1e3u,
    0xcf90347afa86274fu, 0x532ca1bd175ff8a5u, 0x70f5dec06c78509au, 0xac4a0b16b2c3c606u,
    0x12e74f94935beb18u, 0xe81b3a7ea0054742u, 0xd73e72afc9be3de3u, 0x0bf1e5c57e699a7du,
    0x285ba143363cb882u, 0xb4e75cd84de024deu, 0x4e681d3c5f41c32du, 0xd134b66be89e5fb0u
};

/* P: from a nibble in each byte to bits 1 to 4 of each byte. */
static inline uint64_t des_permute(uint64_t y)
{
    uint64_t r = 0;
    r |= (y << 9 | y >> 55) & 0x0000001010000000u;
    r |= (y << 12 | y >> 52) & 0x1000000000000000u;
    r |= (y << 16 | y >> 48) & 0x0202000000020000u;
    r |= (y << 17 | y >> 47) & 0x0000000002000200u;
    r |= (y << 24 | y >> 40) & 0x0004000400000800u;
    r |= (y << 28 | y >> 36) & 0x0000100000000010u;
    r |= (y << 33 | y >> 31) & 0x0000000208000008u;
    r |= (y << 35 | y >> 29) & 0x0000000000100000u;
    r |= (y << 41 | y >> 23) & 0x0410080000081002u;
    r |= (y << 46 | y >> 18) & 0x0000020000000000u;
    r |= (y << 56 | y >> 8) & 0x0800040800000400u;
    r |= (y << 57 | y >> 7) & 0x0000000000040004u;
    r |= (y << 58 | y >> 6) & 0x0008000004000000u;
    return r;
}

#endif
