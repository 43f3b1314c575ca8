/* FIPS 46-3 (DES): the S-boxes as circuits, 211 look-ups of three bits. Written by check/des_circuit.py; do not edit. */
#ifndef JK_DES_LUTS_H
#define JK_DES_LUTS_H

/* The includer defines V, BOX (how a function begins) and LUT(a, b, c, number), bit 4a+2b+c of the number. */

BOX des_box0(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a3, a5, a4, 0x86);
    const V t1 = LUT(a4, a0, a3, 0xe6);
    const V t2 = LUT(t1, t0, a5, 0x3c);
    const V t3 = LUT(a1, t0, t2, 0xca);
    const V t4 = LUT(a5, a0, a4, 0xf2);
    const V t5 = LUT(t4, a1, t1, 0x97);
    const V t6 = LUT(a0, a5, t3, 0x7a);
    const V t7 = LUT(t6, a1, t5, 0xd3);
    const V t8 = LUT(a3, t5, t7, 0xca);
    const V t9 = LUT(a2, t3, t8, 0xca);
    *o0 = XOR(*o0, t9);
    const V t10 = LUT(a1, a4, t5, 0xd6);
    const V t11 = LUT(t10, t6, t4, 0x7a);
    const V t12 = LUT(a3, a1, t8, 0x85);
    const V t13 = LUT(t11, t0, t8, 0x95);
    const V t14 = LUT(a5, t13, t12, 0xca);
    const V t15 = LUT(a2, t14, t11, 0xca);
    *o1 = XOR(*o1, t15);
    const V t16 = LUT(a2, t13, t9, 0x34);
    const V t17 = LUT(a2, t13, t5, 0xd2);
    const V t18 = LUT(a5, t17, t16, 0xca);
    const V t19 = LUT(t11, t16, t12, 0x42);
    const V t20 = LUT(t19, t17, t3, 0x69);
    const V t21 = LUT(a4, t18, t20, 0xca);
    *o3 = XOR(*o3, t21);
    const V t22 = LUT(t17, t0, t8, 0xc2);
    const V t23 = LUT(t22, t19, t1, 0xe9);
    const V t24 = LUT(t5, a4, t18, 0xb6);
    const V t25 = LUT(t24, t1, t15, 0x69);
    const V t26 = LUT(a5, t25, t23, 0xca);
    *o2 = XOR(*o2, t26);
}

BOX des_box1(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a5, a2, a1, 0x94);
    const V t1 = LUT(t0, a3, a4, 0x28);
    const V t2 = LUT(t1, a5, a1, 0x2c);
    const V t3 = LUT(t2, a2, t0, 0xc3);
    const V t4 = LUT(a0, t3, t1, 0xca);
    const V t5 = LUT(a1, t4, a3, 0x6c);
    const V t6 = LUT(t5, t0, a0, 0x4b);
    const V t7 = LUT(a4, t4, t6, 0xca);
    *o0 = XOR(*o0, t7);
    const V t8 = LUT(a4, a0, a3, 0x69);
    const V t9 = LUT(a0, a2, a4, 0x16);
    const V t10 = LUT(t9, t2, t8, 0xb4);
    const V t11 = LUT(a1, t10, t8, 0xca);
    const V t12 = LUT(a4, a1, t4, 0x54);
    const V t13 = LUT(t12, a2, t8, 0xa9);
    const V t14 = LUT(a5, t13, t11, 0xca);
    *o1 = XOR(*o1, t14);
    const V t15 = LUT(t9, t1, t10, 0xa4);
    const V t16 = LUT(t8, t1, a2, 0x3a);
    const V t17 = LUT(a3, t15, t16, 0xca);
    const V t18 = LUT(t14, a3, t3, 0x28);
    const V t19 = LUT(t13, t16, t1, 0x4b);
    const V t20 = LUT(a0, t19, t18, 0xca);
    const V t21 = LUT(a1, t20, t17, 0xca);
    *o2 = XOR(*o2, t21);
    const V t22 = LUT(t2, t14, t20, 0xe9);
    const V t23 = LUT(a2, a5, a0, 0xe1);
    const V t24 = LUT(a1, t23, t22, 0xca);
    const V t25 = LUT(a1, t14, t7, 0xd6);
    const V t26 = LUT(t25, t5, t23, 0x4b);
    const V t27 = LUT(a4, t24, t26, 0xca);
    *o3 = XOR(*o3, t27);
}

BOX des_box2(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a4, a3, a2, 0xac);
    const V t1 = LUT(t0, a5, a1, 0x96);
    const V t2 = LUT(t0, a3, t1, 0x84);
    const V t3 = LUT(t2, a2, a4, 0x69);
    const V t4 = LUT(t3, a2, a5, 0x60);
    const V t5 = LUT(t4, a3, a0, 0x82);
    const V t6 = LUT(a1, t5, t3, 0xca);
    const V t7 = LUT(a0, t6, t1, 0xca);
    *o3 = XOR(*o3, t7);
    const V t8 = LUT(a5, t3, a3, 0x8a);
    const V t9 = LUT(t8, t1, a0, 0x69);
    const V t10 = LUT(t0, a5, t9, 0x95);
    const V t11 = LUT(a4, t1, t4, 0x4a);
    const V t12 = LUT(t11, a3, t9, 0x94);
    const V t13 = LUT(a0, t10, t12, 0xca);
    const V t14 = LUT(a2, t9, t13, 0xca);
    *o1 = XOR(*o1, t14);
    const V t15 = LUT(t7, t0, t9, 0x64);
    const V t16 = LUT(t15, t2, t3, 0x2d);
    const V t17 = LUT(t15, t1, t12, 0x36);
    const V t18 = LUT(t16, t13, t2, 0xe5);
    const V t19 = LUT(a4, t17, t18, 0xca);
    const V t20 = LUT(a1, t16, t19, 0xca);
    *o0 = XOR(*o0, t20);
    const V t21 = LUT(a3, t13, t1, 0x4e);
    const V t22 = LUT(a2, t7, t18, 0xd2);
    const V t23 = LUT(a4, t21, t22, 0xca);
    const V t24 = LUT(t0, t7, t12, 0xd6);
    const V t25 = LUT(t24, t8, t20, 0xe5);
    const V t26 = LUT(a1, t25, t23, 0xca);
    *o2 = XOR(*o2, t26);
}

BOX des_box3(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a4, a3, a2, 0xc3);
    const V t1 = LUT(a2, a4, t0, 0xb4);
    const V t2 = LUT(a1, t0, t1, 0xca);
    const V t3 = LUT(a4, t1, a1, 0x92);
    const V t4 = LUT(t3, a2, t2, 0xc7);
    const V t5 = LUT(a0, t2, t4, 0xca);
    const V t6 = LUT(t0, t1, a1, 0x6e);
    const V t7 = LUT(t6, a3, t4, 0x96);
    const V t8 = LUT(t4, t7, a4, 0x29);
    const V t9 = LUT(a0, t8, t7, 0xca);
    const V t10 = LUT(a5, t9, t5, 0xca);
    *o1 = XOR(*o1, t10);
    const V t11 = LUT(t0, t2, a1, 0x43);
    const V t12 = LUT(t1, t8, t3, 0xc6);
    const V t13 = LUT(t12, t4, t7, 0x4a);
    const V t14 = LUT(a0, t13, t11, 0xca);
    const V t15 = LUT(t9, a4, t13, 0x46);
    const V t16 = LUT(t15, t6, a0, 0x79);
    const V t17 = LUT(a5, t14, t16, 0xca);
    *o2 = XOR(*o2, t17);
    const V t18 = LUT(t9, t5, a5, 0x8d);
    *o0 = XOR(*o0, t18);
    const V t19 = LUT(t16, a5, t14, 0xd1);
    *o3 = XOR(*o3, t19);
}

BOX des_box4(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a5, a2, a3, 0x3d);
    const V t1 = LUT(a3, a2, a5, 0xc6);
    const V t2 = LUT(a0, t1, t0, 0xca);
    const V t3 = LUT(a0, a5, t0, 0xf4);
    const V t4 = LUT(t3, a3, a1, 0x28);
    const V t5 = LUT(a1, t4, t2, 0xca);
    const V t6 = LUT(a1, t1, t0, 0x3c);
    const V t7 = LUT(t6, t3, t5, 0x2c);
    const V t8 = LUT(a4, t7, t5, 0xca);
    *o2 = XOR(*o2, t8);
    const V t9 = LUT(a3, t7, a0, 0x82);
    const V t10 = LUT(t9, t4, t1, 0x56);
    const V t11 = LUT(a0, t6, t10, 0x18);
    const V t12 = LUT(t11, t0, t1, 0x78);
    const V t13 = LUT(a5, t12, t10, 0xca);
    const V t14 = LUT(t1, t5, t12, 0x16);
    const V t15 = LUT(t14, t13, t0, 0x87);
    const V t16 = LUT(a4, t15, t13, 0xca);
    *o3 = XOR(*o3, t16);
    const V t17 = LUT(t10, t11, a3, 0x74);
    const V t18 = LUT(t17, t4, t0, 0xa9);
    const V t19 = LUT(t1, a2, a0, 0x26);
    const V t20 = LUT(t19, t14, t18, 0x25);
    const V t21 = LUT(a4, t20, t18, 0xca);
    *o1 = XOR(*o1, t21);
    const V t22 = LUT(t20, t5, t14, 0x1c);
    const V t23 = LUT(t22, a1, t17, 0x49);
    const V t24 = LUT(a2, t23, t22, 0xca);
    const V t25 = LUT(a1, a0, t16, 0xe4);
    const V t26 = LUT(t25, t21, t8, 0x96);
    const V t27 = LUT(a4, t26, t24, 0xca);
    *o0 = XOR(*o0, t27);
}

BOX des_box5(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a2, a0, a1, 0x64);
    const V t1 = LUT(t0, a3, a4, 0x41);
    const V t2 = LUT(a0, a1, a3, 0x24);
    const V t3 = LUT(t2, a2, t0, 0x83);
    const V t4 = LUT(a4, t3, t1, 0xca);
    const V t5 = LUT(a2, a0, t1, 0x59);
    const V t6 = LUT(a1, a0, t4, 0x5e);
    const V t7 = LUT(t6, a3, t5, 0x96);
    const V t8 = LUT(a4, t7, t5, 0xca);
    const V t9 = LUT(a5, t4, t8, 0xca);
    *o2 = XOR(*o2, t9);
    const V t10 = LUT(a4, a3, a0, 0x69);
    const V t11 = LUT(a4, a1, t10, 0x63);
    const V t12 = LUT(a2, t10, t11, 0xca);
    const V t13 = LUT(t3, t5, t4, 0x16);
    const V t14 = LUT(t13, t12, t8, 0xa7);
    const V t15 = LUT(a5, t14, t12, 0xca);
    *o0 = XOR(*o0, t15);
    const V t16 = LUT(t6, a5, t14, 0x94);
    const V t17 = LUT(t16, a4, t0, 0x69);
    const V t18 = LUT(a4, t17, a5, 0x36);
    const V t19 = LUT(t18, t6, t10, 0x4f);
    const V t20 = LUT(a0, t17, t19, 0xca);
    *o3 = XOR(*o3, t20);
    const V t21 = LUT(t16, t14, t20, 0xb4);
    const V t22 = LUT(t21, t5, t3, 0xe1);
    const V t23 = LUT(t13, t22, t0, 0x6c);
    const V t24 = LUT(t23, t6, t15, 0xe1);
    const V t25 = LUT(a3, t22, t24, 0xca);
    *o1 = XOR(*o1, t25);
}

BOX des_box6(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a4, a5, a1, 0x60);
    const V t1 = LUT(t0, a3, a2, 0x5c);
    const V t2 = LUT(a1, a5, a2, 0xd2);
    const V t3 = LUT(t2, t1, a4, 0x14);
    const V t4 = LUT(a4, t1, t3, 0xca);
    const V t5 = LUT(t1, a5, a2, 0x64);
    const V t6 = LUT(t5, a4, a3, 0x96);
    const V t7 = LUT(a4, t5, t2, 0x9e);
    const V t8 = LUT(a1, t6, t7, 0xca);
    const V t9 = LUT(a0, t4, t8, 0xca);
    *o0 = XOR(*o0, t9);
    const V t10 = LUT(t4, a2, a0, 0x96);
    const V t11 = LUT(t10, t6, t8, 0x1e);
    const V t12 = LUT(t3, t8, a3, 0x96);
    const V t13 = LUT(t12, t4, a2, 0x79);
    const V t14 = LUT(t8, a3, t3, 0xe1);
    const V t15 = LUT(a0, t14, t13, 0xca);
    const V t16 = LUT(a5, t15, t11, 0xca);
    *o3 = XOR(*o3, t16);
    const V t17 = LUT(a4, t7, t9, 0xd4);
    const V t18 = LUT(t17, t1, a3, 0x85);
    const V t19 = LUT(a3, a2, a1, 0x8a);
    const V t20 = LUT(t19, t8, a5, 0x6c);
    const V t21 = LUT(a0, t20, t18, 0xca);
    *o1 = XOR(*o1, t21);
    const V t22 = LUT(a5, t2, a4, 0xc6);
    const V t23 = LUT(t7, t11, t2, 0x1b);
    const V t24 = LUT(a3, t23, t22, 0xca);
    const V t25 = LUT(t15, t22, t5, 0xe2);
    const V t26 = LUT(t25, t2, a3, 0x96);
    const V t27 = LUT(a0, t26, t24, 0xca);
    *o2 = XOR(*o2, t27);
}

BOX des_box7(V a0, V a1, V a2, V a3, V a4, V a5, V *o0, V *o1, V *o2, V *o3)
{
    const V t0 = LUT(a3, a4, a0, 0xe6);
    const V t1 = LUT(a0, t0, a3, 0x4a);
    const V t2 = LUT(a2, t0, t1, 0xca);
    const V t3 = LUT(a2, a0, t0, 0x1c);
    const V t4 = LUT(t3, a3, a4, 0xd2);
    const V t5 = LUT(a1, t2, t4, 0xca);
    const V t6 = LUT(a4, a1, t3, 0xe6);
    const V t7 = LUT(t6, t1, t0, 0xd2);
    const V t8 = LUT(a5, t5, t7, 0xca);
    *o2 = XOR(*o2, t8);
    const V t9 = LUT(a1, t2, t7, 0xa8);
    const V t10 = LUT(t9, a2, t0, 0xc3);
    const V t11 = LUT(a2, t5, t1, 0x5c);
    const V t12 = LUT(t11, a4, a3, 0x82);
    const V t13 = LUT(a3, t12, t10, 0xca);
    const V t14 = LUT(t10, a1, t4, 0x98);
    const V t15 = LUT(t14, t2, t12, 0x16);
    const V t16 = LUT(a5, t13, t15, 0xca);
    *o3 = XOR(*o3, t16);
    const V t17 = LUT(t13, t2, t11, 0x2e);
    const V t18 = LUT(t17, t15, a5, 0x27);
    const V t19 = LUT(t3, a1, a3, 0xbc);
    const V t20 = LUT(t19, a5, t18, 0xa9);
    const V t21 = LUT(a0, t20, t18, 0xca);
    *o0 = XOR(*o0, t21);
    const V t22 = LUT(t10, t8, t2, 0x42);
    const V t23 = LUT(t22, t12, a5, 0xa9);
    const V t24 = LUT(a0, a5, t10, 0x2c);
    const V t25 = LUT(t24, a4, t7, 0x69);
    const V t26 = LUT(a1, t25, t23, 0xca);
    *o1 = XOR(*o1, t26);
}

#endif
