/* GB/T 32907 (SM4), 6.2: the S-box as a circuit. Written by check/sm4_circuit.py; do not edit.
 * 121 gates, 18 deep. q[i] holds bit i of every byte; afterwards q = S(q ^ IN) ^ OUT. */
#ifndef JK_SM4_SBOX_H
#define JK_SM4_SBOX_H

#include <stdint.h>

#define JK_SM4_SBOX_IN 0x75u
#define JK_SM4_SBOX_OUT 0xd3u

static inline void jk_sm4_sbox(uint64_t q[8])
{
    const uint64_t t0 = q[0] ^ q[6];
    const uint64_t t1 = q[1] ^ q[5];
    const uint64_t t2 = q[5] ^ q[7];
    const uint64_t t3 = q[2] ^ q[4];
    const uint64_t t4 = q[3] ^ q[6];
    const uint64_t t5 = q[1] ^ t0;
    const uint64_t t6 = q[2] ^ t1;
    const uint64_t t7 = q[4] ^ t1;
    const uint64_t t8 = q[4] ^ t0;
    const uint64_t t9 = q[3] ^ q[4];
    const uint64_t t10 = q[1] ^ q[7];
    const uint64_t t11 = t0 ^ t3;
    const uint64_t t12 = t2 ^ t3;
    const uint64_t t13 = t1 ^ t4;
    const uint64_t t14 = q[2] ^ t2;
    const uint64_t t15 = t2 ^ t4;
    const uint64_t t16 = q[6] ^ t3;
    const uint64_t t17 = q[2] ^ t5;
    const uint64_t t18 = q[6] ^ t7;
    const uint64_t t19 = q[5] ^ t8;
    const uint64_t t20 = t0 ^ t6;
    const uint64_t t21 = q[3] ^ t12;
    const uint64_t t22 = t8 | t10;
    const uint64_t t23 = q[2] & t15;
    const uint64_t t24 = t11 & t13;
    const uint64_t t25 = t11 | t13;
    const uint64_t t26 = t6 | t19;
    const uint64_t t27 = t5 | t16;
    const uint64_t t28 = t7 | t18;
    const uint64_t t29 = q[5] & t14;
    const uint64_t t30 = q[5] | t14;
    const uint64_t t31 = t17 | t21;
    const uint64_t t32 = t9 & t20;
    const uint64_t t33 = t9 | t20;
    const uint64_t t34 = t27 ^ t30;
    const uint64_t t35 = t24 ^ t30;
    const uint64_t t36 = t23 ^ t30;
    const uint64_t t37 = t26 ^ t29;
    const uint64_t t38 = t32 ^ t34;
    const uint64_t t39 = t28 ^ t31;
    const uint64_t t40 = t22 ^ t31;
    const uint64_t t41 = t25 ^ t36;
    const uint64_t t42 = t33 ^ t41;
    const uint64_t t43 = t28 ^ t38;
    const uint64_t t44 = t37 ^ t39;
    const uint64_t t45 = t35 ^ t40;
    const uint64_t t46 = t42 ^ t45;
    const uint64_t t47 = t43 ^ t44;
    const uint64_t t48 = t46 & t47;
    const uint64_t t49 = t42 | t43;
    const uint64_t t50 = t48 ^ t49;
    const uint64_t t51 = t46 | t47;
    const uint64_t t52 = t44 & t45;
    const uint64_t t53 = t51 ^ t52;
    const uint64_t t54 = t50 ^ t53;
    const uint64_t t55 = t43 & t53;
    const uint64_t t56 = t44 & t50;
    const uint64_t t57 = t47 & t54;
    const uint64_t t58 = t56 ^ t57;
    const uint64_t t59 = t55 ^ t57;
    const uint64_t t60 = t55 ^ t56;
    const uint64_t t61 = t42 & t53;
    const uint64_t t62 = t45 & t50;
    const uint64_t t63 = t46 & t54;
    const uint64_t t64 = t62 ^ t63;
    const uint64_t t65 = t61 ^ t63;
    const uint64_t t66 = t61 ^ t62;
    const uint64_t t67 = t58 ^ t64;
    const uint64_t t68 = t59 ^ t65;
    const uint64_t t69 = t60 ^ t66;
    const uint64_t t70 = t8 & t58;
    const uint64_t t71 = q[2] & t59;
    const uint64_t t72 = t11 & t60;
    const uint64_t t73 = t19 & t64;
    const uint64_t t74 = t5 & t65;
    const uint64_t t75 = t7 & t66;
    const uint64_t t76 = q[5] & t67;
    const uint64_t t77 = t17 & t68;
    const uint64_t t78 = t20 & t69;
    const uint64_t t79 = t10 & t58;
    const uint64_t t80 = t15 & t59;
    const uint64_t t81 = t13 & t60;
    const uint64_t t82 = t6 & t64;
    const uint64_t t83 = t16 & t65;
    const uint64_t t84 = t18 & t66;
    const uint64_t t85 = t14 & t67;
    const uint64_t t86 = t21 & t68;
    const uint64_t t87 = t9 & t69;
    const uint64_t t88 = t82 ^ t83;
    const uint64_t t89 = t73 ^ t88;
    const uint64_t t90 = t79 ^ t81;
    const uint64_t t91 = t71 ^ t74;
    const uint64_t t92 = t76 ^ t77;
    const uint64_t t93 = t86 ^ t91;
    const uint64_t t94 = t87 ^ t89;
    const uint64_t t95 = t74 ^ t78;
    const uint64_t t96 = t85 ^ t90;
    const uint64_t t97 = t72 ^ t93;
    const uint64_t t98 = t92 ^ t94;
    const uint64_t t99 = t72 ^ t84;
    const uint64_t t100 = t75 ^ t81;
    const uint64_t t101 = t70 ^ t99;
    const uint64_t t102 = t79 ^ t80;
    const uint64_t t103 = t80 ^ t100;
    const uint64_t t104 = t75 ^ t95;
    const uint64_t t105 = t77 ^ t102;
    const uint64_t t106 = t85 ^ t88;
    const uint64_t t107 = t82 ^ t101;
    const uint64_t t108 = t89 ^ t95;
    const uint64_t t109 = t90 ^ t92;
    const uint64_t t110 = t70 ^ t93;
    const uint64_t t111 = t86 ^ t96;
    const uint64_t t112 = t76 ^ t104;
    const uint64_t t113 = t75 ^ t96;
    const uint64_t t114 = t103 ^ t106;
    const uint64_t t115 = t105 ^ t108;
    const uint64_t t116 = t97 ^ t114;
    const uint64_t t117 = t94 ^ t110;
    const uint64_t t118 = t107 ^ t109;
    const uint64_t t119 = t97 ^ t98;
    const uint64_t t120 = t98 ^ t113;

    q[0] = t111;
    q[1] = t118;
    q[2] = t120;
    q[3] = t116;
    q[4] = t115;
    q[5] = t117;
    q[6] = t112;
    q[7] = t119;
}

#endif
