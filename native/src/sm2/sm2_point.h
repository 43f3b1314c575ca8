/* The group of SM2's curve, y^2 = x^3 - 3 x + b, in Jacobian coordinates (x / z^2, y / z^3; z = 0 is infinity), and the
 * functions of struct jk_sm2_ops. An implementation defines field_multiply, field_square, field_add, field_sub,
 * field_halve and select_entry, and then includes this file, so that the compiler can inline them.
 *
 * Field elements are below p, times 2^256 (Montgomery's form); a result may lie where an operand is. */

typedef struct {
    uint64_t x[4], y[4], z[4];
} point;

/* A point with the powers of z that every addition of it needs. */
typedef struct {
    point p;
    uint64_t zz[4], zzz[4];
} addend;

static const uint64_t one[4] = {0x0000000000000001, 0x00000000ffffffff, 0x0000000000000000, 0x0000000100000000};
static const uint64_t square_of_one[4] = {0x0000000200000003, 0x00000002ffffffff, 0x0000000100000001,
                                          0x0000000400000002};
static const uint64_t b[4] = {0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8};

static int is_zero_var(const uint64_t a[4])
{
    return (a[0] | a[1] | a[2] | a[3]) == 0;
}

static void field_square_times(uint64_t r[4], const uint64_t a[4], int n)
{
    field_square(r, a);
    while (--n > 0)
        field_square(r, r);
}

/* Fermat: a^(p-2). Its bits are 31 ones, a zero, 128 ones, 32 zeros, 62 ones, 01. */
static void field_invert(uint64_t r[4], const uint64_t a[4])
{
    uint64_t x3[4], x30[4], x32[4], t[4];

    field_square(t, a);
    field_multiply(t, t, a);
    field_square(t, t);
    field_multiply(x3, t, a);
    field_square_times(t, x3, 3);
    field_multiply(t, t, x3);
    field_square_times(x30, t, 6);
    field_multiply(t, t, x30);
    field_square_times(t, t, 3);
    field_multiply(t, t, x3);
    field_square_times(x30, t, 15);
    field_multiply(x30, x30, t);
    field_square(t, x30);
    field_multiply(t, t, a);
    field_square(x32, t);
    field_multiply(x32, x32, a);
    field_square_times(t, t, 33);
    field_multiply(t, t, x32);
    for (int i = 0; i < 3; i++) {
        field_square_times(t, t, 32);
        field_multiply(t, t, x32);
    }
    field_square_times(t, t, 64);
    field_multiply(t, t, x32);
    field_square_times(t, t, 30);
    field_multiply(t, t, x30);
    field_square_times(t, t, 2);
    field_multiply(r, t, a);
    jk_wipe(x3, sizeof x3);
    jk_wipe(x30, sizeof x30);
    jk_wipe(x32, sizeof x32);
    jk_wipe(t, sizeof t);
}

/* Infinity remains infinity. No point of this curve has y = 0: the order of the group is odd. The textbook's result
 * with z halved: with m = 3 (x + z^2) (x - z^2) / 2 and t = x y^2, x' = m^2 - 2 t, y' = m (t - x') - y^4, z' = y z. */
static void point_double(point *r, const point *a)
{
    uint64_t m[4], t[4], zz[4], yy[4];

    field_square(zz, a->z);
    field_square(yy, a->y);
    field_multiply(r->z, a->z, a->y);
    field_add(m, a->x, zz);
    field_sub(t, a->x, zz);
    field_multiply(m, m, t);
    field_halve(t, m);
    field_add(m, m, t);
    field_multiply(t, yy, a->x);
    field_square(yy, yy);
    field_square(zz, m);
    field_sub(zz, zz, t);
    field_sub(r->x, zz, t);
    field_sub(t, t, r->x);
    field_multiply(t, t, m);
    field_sub(r->y, t, yy);
}

/* The part that all additions share, with u = x1 z2^2, s = y1 z2^3, h = x2 z1^2 - u, d = y2 z1^3 - s. */
static inline void point_finish(point *r, const uint64_t u[4], const uint64_t s[4], const uint64_t h[4],
                                const uint64_t d[4])
{
    uint64_t hh[4], hhh[4], v[4], t[4];

    field_square(hh, h);
    field_multiply(hhh, hh, h);
    field_multiply(v, u, hh);
    field_multiply(hh, s, hhh);
    field_square(t, d);
    field_sub(t, t, hhh);
    field_sub(t, t, v);
    field_sub(t, t, v);
    jk_copy4(r->x, t);
    field_sub(v, v, t);
    field_multiply(v, v, d);
    field_sub(r->y, v, hh);
}

/* a + (x, y), meaningless if one is infinity or both have the same x. */
static inline void point_add_distinct(point *r, const point *a, const uint64_t x[4], const uint64_t y[4])
{
    uint64_t h[4], d[4], zz[4];

    field_square(zz, a->z);
    field_multiply(h, x, zz);
    field_sub(h, h, a->x);
    field_multiply(zz, zz, a->z);
    field_multiply(d, y, zz);
    field_sub(d, d, a->y);
    field_multiply(r->z, h, a->z);
    point_finish(r, a->x, a->y, h, d);
}

static void point_set(point *r, const uint64_t x[4], const uint64_t y[4])
{
    jk_copy4(r->x, x);
    jk_copy4(r->y, y);
    jk_copy4(r->z, one);
}

/* What is left of an addition of equal x: a double, or infinity. */
static void point_add_equal_var(point *r, const point *a, const uint64_t d[4])
{
    if (is_zero_var(d))
        point_double(r, a);
    else
        jk_copy4(r->z, (const uint64_t[4]){0});
}

static void point_add_affine_var(point *a, const uint64_t x[4], const uint64_t y[4])
{
    uint64_t h[4], d[4], zz[4];

    if (is_zero_var(a->z)) {
        point_set(a, x, y);
        return;
    }
    field_square(zz, a->z);
    field_multiply(h, x, zz);
    field_sub(h, h, a->x);
    field_multiply(zz, zz, a->z);
    field_multiply(d, y, zz);
    field_sub(d, d, a->y);
    if (is_zero_var(h)) {
        point_add_equal_var(a, a, d);
        return;
    }
    field_multiply(a->z, h, a->z);
    point_finish(a, a->x, a->y, h, d);
}

/* Adds c, or its negative, which differs in y only. */
static void point_add_var(point *a, const addend *c, int negative)
{
    uint64_t h[4], d[4], u[4], s[4], zz[4], y[4];

    jk_copy4(y, c->p.y);
    if (negative)
        field_sub(y, (const uint64_t[4]){0}, y);
    if (is_zero_var(a->z)) {
        *a = c->p;
        jk_copy4(a->y, y);
        return;
    }
    field_square(zz, a->z);
    field_multiply(u, a->x, c->zz);
    field_multiply(h, c->p.x, zz);
    field_sub(h, h, u);
    field_multiply(zz, zz, a->z);
    field_multiply(s, a->y, c->zzz);
    field_multiply(d, y, zz);
    field_sub(d, d, s);
    if (is_zero_var(h)) {
        point_add_equal_var(a, a, d);
        return;
    }
    field_multiply(zz, a->z, c->p.z);
    field_multiply(a->z, h, zz);
    point_finish(a, u, s, h, d);
}

static void point_complete(addend *a)
{
    field_square(a->zz, a->p.z);
    field_multiply(a->zzz, a->zz, a->p.z);
}

/* Bits from, from + 1 ... of k, `width` of them; zeros above bit 255, and one zero below bit 0. */
static inline uint64_t bits(const uint64_t k[4], int from, int width)
{
    if (from < 0)
        return k[0] << 1 & ((1u << width) - 1);
    const int word = from / 64, shift = from % 64;
    uint64_t x = k[word] >> shift;
    if (shift + width > 64 && word < 3)
        x |= k[word + 1] << (64 - shift);
    return x & ((1u << width) - 1);
}

/* The i-th signed digit of k: its size, 0..32, and all ones in *negative if it is below zero. Each digit looks at one
 * bit of the window below: a window whose top bit is set counts as itself minus 64. */
static inline uint64_t digit(const uint64_t k[4], int i, uint64_t *negative)
{
    const uint64_t window = bits(k, JK_SM2_BITS * i - 1, JK_SM2_BITS + 1);
    const uint64_t mask = 0 - jk_opaque64(window >> JK_SM2_BITS);
    const uint64_t size = ((window ^ mask) & ((2u << JK_SM2_BITS) - 1)) + 1;
    *negative = mask;
    return size >> 1;
}

/* Sums the digits from the lowest. An addend is never plus or minus the sum so far: below digit i that is less than
 * 0.51 * 64^i in size, and the highest digit could only reach it modulo n from a k above n. */
static void base(uint64_t x[4], uint64_t y[4], const uint64_t k[4])
{
    point sum = {{0}, {0}, {0}}, next;
    uint64_t entry[8], minus[4], negative, scalar[4];
    static const uint64_t zero[4] = {0}, plain[4] = {1};

    jk_copy4(scalar, k);
    for (int i = 0; i < JK_SM2_WINDOWS; i++) {
        const uint64_t size = digit(scalar, i, &negative);
        select_entry(entry, jk_sm2_base[i], size);
        field_sub(minus, zero, entry + 4);
        jk_choose4(entry + 4, negative, minus, entry + 4);
        point_add_distinct(&next, &sum, entry, entry + 4);
        const uint64_t first = jk_zero_mask4(sum.z), none = jk_zero_mask(size);
        jk_choose4(next.x, first, entry, next.x);
        jk_choose4(next.y, first, entry + 4, next.y);
        jk_choose4(next.z, first, one, next.z);
        jk_choose4(sum.x, none, sum.x, next.x);
        jk_choose4(sum.y, none, sum.y, next.y);
        jk_choose4(sum.z, none, sum.z, next.z);
    }
    field_invert(sum.z, sum.z);
    field_square(minus, sum.z);
    field_multiply(x, sum.x, minus);
    field_multiply(x, x, plain);
    field_multiply(minus, minus, sum.z);
    field_multiply(y, sum.y, minus);
    field_multiply(y, y, plain);
    jk_wipe(&sum, sizeof sum);
    jk_wipe(&next, sizeof next);
    jk_wipe(entry, sizeof entry);
    jk_wipe(minus, sizeof minus);
    jk_wipe(scalar, sizeof scalar);
}

static int on_curve(const uint64_t x[4], const uint64_t y[4])
{
    uint64_t u[4], v[4], t[4];

    const uint64_t in_range = jk_less_mask(x, jk_sm2_p) & jk_less_mask(y, jk_sm2_p);
    jk_reduce_once(u, 0, x, jk_sm2_p);
    jk_reduce_once(v, 0, y, jk_sm2_p);
    field_multiply(u, u, square_of_one);
    field_multiply(v, v, square_of_one);
    field_square(t, u);
    for (int i = 0; i < 3; i++)
        field_sub(t, t, one);
    field_multiply(t, t, u);
    field_add(t, t, b);
    field_square(v, v);
    field_sub(t, t, v);
    return (int)(in_range & jk_zero_mask4(t) & 1);
}

/* Thirty-three multiples of a base at a time, the last the base of the next row, with one inversion for all of them. */
static void tabulate_var(uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t x[4], const uint64_t y[4])
{
    point row[JK_SM2_ENTRIES + 1];
    uint64_t product[JK_SM2_ENTRIES + 1][4], base_x[4], base_y[4], all[4], z[4], zz[4];

    field_multiply(base_x, x, square_of_one);
    field_multiply(base_y, y, square_of_one);
    for (int i = 0; i < JK_SM2_WINDOWS; i++) {
        point_set(&row[0], base_x, base_y);
        point_double(&row[1], &row[0]);
        for (int j = 2; j < JK_SM2_ENTRIES; j++) {
            row[j] = row[j - 1];
            point_add_affine_var(&row[j], base_x, base_y);
        }
        point_double(&row[JK_SM2_ENTRIES], &row[JK_SM2_ENTRIES - 1]);
        jk_copy4(product[0], row[0].z);
        for (int j = 1; j <= JK_SM2_ENTRIES; j++)
            field_multiply(product[j], product[j - 1], row[j].z);
        field_invert(all, product[JK_SM2_ENTRIES]);
        for (int j = JK_SM2_ENTRIES; j >= 0; j--) {
            if (j == 0)
                jk_copy4(z, all);
            else
                field_multiply(z, all, product[j - 1]);
            field_multiply(all, all, row[j].z);
            field_square(zz, z);
            field_multiply(z, z, zz);
            uint64_t *to_x = j == JK_SM2_ENTRIES ? base_x : table[i][j];
            uint64_t *to_y = j == JK_SM2_ENTRIES ? base_y : table[i][j] + 4;
            field_multiply(to_x, row[j].x, zz);
            field_multiply(to_y, row[j].y, z);
        }
    }
}

/* Whether the point's x, modulo n, is `wanted`: x is `wanted` itself or, rarely possible, `wanted` + n. */
static int has_x_var(const point *a, const uint64_t wanted[4])
{
    uint64_t x[4], zz[4], t[4], carry = 0;

    if (is_zero_var(a->z))
        return 0;
    field_square(zz, a->z);
    field_multiply(t, wanted, square_of_one);
    field_multiply(t, t, zz);
    field_sub(t, t, a->x);
    if (is_zero_var(t))
        return 1;
    for (size_t i = 0; i < 4; i++)
        x[i] = jk_add_carry(wanted[i], jk_sm2_n[i], &carry);
    if (carry != 0 || jk_less_mask(x, jk_sm2_p) == 0)
        return 0;
    field_multiply(t, x, square_of_one);
    field_multiply(t, t, zz);
    field_sub(t, t, a->x);
    return is_zero_var(t);
}

static void add_digits_var(point *sum, const uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t k[4])
{
    uint64_t negative, minus[4];

    for (int i = 0; i < JK_SM2_WINDOWS; i++) {
        const uint64_t size = digit(k, i, &negative);
        if (size == 0)
            continue;
        const uint64_t *entry = table[i][size - 1], *y = entry + 4;
        if (negative) {
            field_sub(minus, (const uint64_t[4]){0}, y);
            y = minus;
        }
        point_add_affine_var(sum, entry, y);
    }
}

static int verify_table_var(const uint64_t (*table)[JK_SM2_ENTRIES][8], const uint64_t s[4], const uint64_t t[4],
                            const uint64_t wanted[4])
{
    point sum = {{0}, {0}, {0}};
    add_digits_var(&sum, jk_sm2_base, s);
    add_digits_var(&sum, table, t);
    return has_x_var(&sum, wanted);
}

/* Digits are odd or zero, below 2^(width-1) in size, and any `width` in a row have at most one that is not zero. */
enum { LENGTH = 257, KEY_WIDTH = 5, BASE_WIDTH = 8 };

static void recode_var(int8_t digits[LENGTH], const uint64_t k[4], int width)
{
    int carry = 0;
    for (int i = 0; i < LENGTH; i++)
        digits[i] = 0;
    for (int i = 0; i < LENGTH;) {
        if ((i < 256 ? (int)bits(k, i, 1) : 0) == carry) {
            i++;
            continue;
        }
        const int window = (i < 256 ? (int)bits(k, i, width) : 0) + carry;
        carry = window >> (width - 1);
        digits[i] = (int8_t)(window - (carry << width));
        i += width;
    }
}

static int verify_var(const uint64_t x[4], const uint64_t y[4], const uint64_t s[4], const uint64_t t[4],
                      const uint64_t wanted[4])
{
    /* P, 3 P ... 15 P */
    enum { ODD = 1 << (KEY_WIDTH - 2) };
    addend odd[ODD], twice;
    int8_t of_base[LENGTH], of_key[LENGTH];
    point sum = {{0}, {0}, {0}};
    uint64_t minus[4];

    field_multiply(odd[0].p.x, x, square_of_one);
    field_multiply(odd[0].p.y, y, square_of_one);
    jk_copy4(odd[0].p.z, one);
    point_complete(&odd[0]);
    point_double(&twice.p, &odd[0].p);
    point_complete(&twice);
    for (int i = 1; i < ODD; i++) {
        odd[i].p = odd[i - 1].p;
        point_add_var(&odd[i].p, &twice, 0);
        point_complete(&odd[i]);
    }
    recode_var(of_base, s, BASE_WIDTH);
    recode_var(of_key, t, KEY_WIDTH);
    int i = LENGTH - 1;
    while (i >= 0 && of_base[i] == 0 && of_key[i] == 0)
        i--;
    for (; i >= 0; i--) {
        point_double(&sum, &sum);
        if (of_key[i] > 0)
            point_add_var(&sum, &odd[of_key[i] / 2], 0);
        else if (of_key[i] < 0)
            point_add_var(&sum, &odd[-of_key[i] / 2], 1);
        if (of_base[i] > 0) {
            const uint64_t *entry = jk_sm2_base_odd[of_base[i] / 2];
            point_add_affine_var(&sum, entry, entry + 4);
        } else if (of_base[i] < 0) {
            const uint64_t *entry = jk_sm2_base_odd[-of_base[i] / 2];
            field_sub(minus, (const uint64_t[4]){0}, entry + 4);
            point_add_affine_var(&sum, entry, minus);
        }
    }
    return has_x_var(&sum, wanted);
}
