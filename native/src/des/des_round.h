/* FIPS 46-3 (DES): one round on bit planes. Written by check/des_circuit.py; do not edit. */
#ifndef JK_DES_ROUND_H
#define JK_DES_ROUND_H

/* l ^= f(r, k): 32 planes each. k[i] is bit i of the key's half C turned to this round, k[56 + i] of D: both
 * halves stand in memory twice, so that a turn is a step of the pointer. IN(r, k) is their XOR. */

#define JK_DES_ROUND(l, r, k, IN, CALL)                                                            \
    CALL(des_box0, IN(r[31], k[13]), IN(r[0], k[16]), IN(r[1], k[10]), \
         IN(r[2], k[23]), IN(r[3], k[0]), IN(r[4], k[4]), \
         &l[8], &l[16], &l[22], &l[30]) \
    CALL(des_box1, IN(r[3], k[2]), IN(r[4], k[27]), IN(r[5], k[14]), \
         IN(r[6], k[5]), IN(r[7], k[20]), IN(r[8], k[9]), \
         &l[12], &l[27], &l[1], &l[17]) \
    CALL(des_box2, IN(r[7], k[22]), IN(r[8], k[18]), IN(r[9], k[11]), \
         IN(r[10], k[3]), IN(r[11], k[25]), IN(r[12], k[7]), \
         &l[23], &l[15], &l[29], &l[5]) \
    CALL(des_box3, IN(r[11], k[15]), IN(r[12], k[6]), IN(r[13], k[26]), \
         IN(r[14], k[19]), IN(r[15], k[12]), IN(r[16], k[1]), \
         &l[25], &l[19], &l[9], &l[0]) \
    CALL(des_box4, IN(r[15], k[68]), IN(r[16], k[79]), IN(r[17], k[58]), \
         IN(r[18], k[64]), IN(r[19], k[74]), IN(r[20], k[82]), \
         &l[7], &l[13], &l[24], &l[2]) \
    CALL(des_box5, IN(r[19], k[57]), IN(r[20], k[67]), IN(r[21], k[78]), \
         IN(r[22], k[72]), IN(r[23], k[60]), IN(r[24], k[75]), \
         &l[3], &l[28], &l[10], &l[18]) \
    CALL(des_box6, IN(r[23], k[71]), IN(r[24], k[76]), IN(r[25], k[66]), \
         IN(r[26], k[83]), IN(r[27], k[61]), IN(r[28], k[80]), \
         &l[31], &l[11], &l[21], &l[6]) \
    CALL(des_box7, IN(r[27], k[73]), IN(r[28], k[69]), IN(r[29], k[77]), \
         IN(r[30], k[63]), IN(r[31], k[56]), IN(r[0], k[59]), \
         &l[4], &l[26], &l[14], &l[20])

/* How far C and D are turned in each round. */
static const unsigned char des_shifts[16] = {
    0x01, 0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x0f, 0x11, 0x13, 0x15, 0x17, 0x19, 0x1b, 0x00
};

/* Where bit i of C (i < 28) and of D comes from: byte * 8 + bit, lowest bit 0. */
static const unsigned char des_pc1[56] = {
    0x3f, 0x37, 0x2f, 0x27, 0x1f, 0x17, 0x0f, 0x07, 0x3e, 0x36, 0x2e, 0x26, 0x1e, 0x16, 0x0e, 0x06,
    0x3d, 0x35, 0x2d, 0x25, 0x1d, 0x15, 0x0d, 0x05, 0x3c, 0x34, 0x2c, 0x24, 0x39, 0x31, 0x29, 0x21,
    0x19, 0x11, 0x09, 0x01, 0x3a, 0x32, 0x2a, 0x22, 0x1a, 0x12, 0x0a, 0x02, 0x3b, 0x33, 0x2b, 0x23,
    0x1b, 0x13, 0x0b, 0x03, 0x1c, 0x14, 0x0c, 0x04
};

#endif
