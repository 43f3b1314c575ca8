/* SM2's curve, eight at a time (sm2_lane.h): the group in Jacobian coordinates as sm2_point.h has it, without its cases.
 *
 * An addition of two points with one x, which those formulas do not cover, makes z zero, and zero it remains. So whoever
 * ends with z = 0 is at infinity or has met such a case: he is told to ask again one at a time. Signing never meets it. */
#include "sm2_curve.h"

#ifdef JK_X86_64

#include "sm2_lane.h"

/* Ready; x and y below 2.01 p, z below 3 p. */
typedef struct {
    number x, y, z;
} point;

/* With u = 3 (x + z^2) (x - z^2) and v = x y^2: x' = u^2 - 8 v, y' = u (4 v - x') - 8 y^4, z' = 2 y z. */
static TARGET void point_double(point *r, const point *a)
{
    const number yy = carried(squared(a->y)), zz = squared(a->z);
    const number sum = carried(plus(a->x, zz)), difference = settled(minus(a->x, zz));
    const number v4 = doubled(times(a->x, yy), 2);
    number u = times(sum, difference);
    u = carried(plus(plus(u, u), u));
    const wide yyyy = square(yy);
    const number x = settled(minus(squared(u), doubled(v4, 1)));
    const number z = times(a->y, a->z);
    r->x = x;
    r->y = settled(reduced(wide_minus(product(u, settled(minus(v4, x))), yyyy, 3)));
    r->z = carried(plus(z, z));
}

/* a + (x, y) in some lanes, for ready x and y; (x, y) itself in those that have nothing yet. */
static TARGET void point_add(point *a, const number *x, const number *y, const lanes *in_some, const lanes *in_first)
{
    const lanes some = *in_some, first = *in_first;
    const number zz = carried(squared(a->z));
    const number zzz = carried(times(zz, a->z));
    const number h = settled(minus(times(*x, zz), a->x));
    const number d = settled(minus(times(*y, zzz), a->y));
    const number hh = carried(squared(h));
    const number hhh = carried(times(hh, h)), v = times(a->x, hh);
    const number x3 = settled(minus(minus(squared(d), hhh), plus(v, v)));
    const number z3 = carried(times(a->z, h));
    const number y3 = settled(reduced(wide_minus(product(d, settled(minus(v, x3))), product(a->y, hhh), 0)));
    a->x = choose(first, *x, choose(some, x3, a->x));
    a->y = choose(first, *y, choose(some, y3, a->y));
    a->z = choose(first, constant(one), choose(some, z3, a->z));
}

static TARGET void multiply(number *r, const number *a, const number *b)
{
    *r = carried(times(*a, *b));
}

static TARGET void square_times(number *r, const number *a, int n)
{
    number t = *a;
    while (n-- > 0)
        t = carried(squared(t));
    *r = t;
}

/* Fermat: a^(p-2). Its bits are 31 ones, a zero, 128 ones, 32 zeros, 62 ones, 01. */
static TARGET void invert(number *r, const number *a)
{
    number x2, x4, x6, x30, x31, x32, t;

    square_times(&t, a, 1);
    multiply(&x2, &t, a);
    square_times(&t, &x2, 2);
    multiply(&x4, &t, &x2);
    square_times(&t, &x4, 2);
    multiply(&x6, &t, &x2);
    square_times(&t, &x6, 6);
    multiply(&t, &t, &x6);
    square_times(&x30, &t, 12);
    multiply(&x30, &x30, &t);
    square_times(&t, &x30, 6);
    multiply(&x30, &t, &x6);
    square_times(&t, &x30, 1);
    multiply(&x31, &t, a);
    square_times(&t, &x31, 1);
    multiply(&x32, &t, a);
    square_times(&t, &x31, 33);
    multiply(&t, &t, &x32);
    for (int i = 0; i < 3; i++) {
        square_times(&t, &t, 32);
        multiply(&t, &t, &x32);
    }
    square_times(&t, &t, 64);
    multiply(&t, &t, &x32);
    square_times(&t, &t, 30);
    multiply(&t, &t, &x30);
    square_times(&t, &t, 2);
    multiply(r, &t, a);
}

/* --- Digits --- */

/* The i-th signed digit of `width` bits, as `digit` in sm2_point.h: its size, and where it is below zero. */
INLINE vector digit(const jk_sm2_eight *k, int i, int width, lanes *below)
{
    const int from = width * i - 1, word = from < 0 ? 0 : from / 64, shift = from < 0 ? 0 : from % 64;
    const uint64_t ones = ((uint64_t)2 << width) - 1;
    vector x = _mm512_loadu_si512(k->word[word]);
    if (from < 0)
        x = _mm512_slli_epi64(x, 1);
    x = _mm512_srl_epi64(x, _mm_cvtsi32_si128(shift));
    if (shift + width + 1 > 64 && word < 3)
        x = _mm512_or_si512(x, _mm512_sll_epi64(_mm512_loadu_si512(k->word[word + 1]), _mm_cvtsi32_si128(64 - shift)));
    x = _mm512_and_si512(x, splat(ones));
    *below = negative(_mm512_sll_epi64(x, _mm_cvtsi32_si128(63 - width)));
    x = _mm512_xor_si512(x, _mm512_and_si512(*below, splat(ones)));
    return _mm512_srli_epi64(_mm512_add_epi64(x, splat(1)), 1);
}

/* Adds a table's entries, a word of all lanes to a vector: theirs is the digit of that size, below zero or not. */
INLINE void add_entries(point *sum, const vector words[8], vector size, lanes below, lanes *empty)
{
    const number x = settled(from_words(words)), y = settled(negate_where(below, from_words(words + 4)));
    const lanes some = negative(_mm512_sub_epi64(_mm512_setzero_si512(), size)), first = _mm512_and_si512(some, *empty);
    point_add(sum, &x, &y, &some, &first);
    *empty = _mm512_andnot_si512(some, *empty);
}

/* Entry number `which` of a row, counted from one; zeros for zero. Reads all of them. */
INLINE void select_entries(vector words[8], const uint64_t row[JK_SM2_ENTRIES][8], vector which)
{
    for (int i = 0; i < 8; i++)
        words[i] = _mm512_setzero_si512();
    for (int j = 0; j < JK_SM2_ENTRIES; j++) {
        /* Only zero minus one is below zero. */
        const lanes here = negative(_mm512_sub_epi64(_mm512_xor_si512(which, splat((uint64_t)j + 1)), splat(1)));
        for (int i = 0; i < 8; i++)
            words[i] = choose_words(here, splat(row[j][i]), words[i]);
    }
}

/* x of k G. That no addition here is of equal x says `base` in sm2_point.h, whose digits these are. */
static TARGET void base(jk_sm2_eight *x, const jk_sm2_eight *k)
{
    point sum = {constant(zero), constant(zero), constant(zero)};
    vector words[8];
    lanes below, empty = splat(~(uint64_t)0);

    for (int i = 0; i < JK_SM2_WINDOWS; i++) {
        const vector size = digit(k, i, JK_SM2_BITS, &below);
        select_entries(words, jk_sm2_base[i], size);
        add_entries(&sum, words, size, below, &empty);
    }
    invert(&sum.z, &sum.z);
    square_times(&sum.z, &sum.z, 1);
    multiply(&sum.x, &sum.x, &sum.z);
    to_words(words, sum.x, into_plain);
    for (int i = 0; i < 4; i++)
        _mm512_storeu_si512(x->word[i], words[i]);
    jk_wipe(&sum, sizeof sum);
    jk_wipe(words, sizeof words);
}

/* --- Verification: all is public --- */

/* The sum plus the multiples that the digits ask for: entry number `size` of a row for each lane, `step` entries apart, the
 * first of them at lane * `apart`. */
INLINE void add_multiples_var(point *sum, const uint64_t (*row)[8], size_t step, size_t apart, vector size, lanes below,
                              lanes *empty)
{
    uint64_t which[LANES];
    vector words[LANES];

    _mm512_storeu_si512(which, size);
    for (size_t lane = 0; lane < LANES; lane++)
        words[lane] = _mm512_loadu_si512(row[(which[lane] - (which[lane] != 0)) * step + lane * apart]);
    turn(words);
    add_entries(sum, words, size, below, empty);
}

static TARGET void add_digits_var(point *sum, const uint64_t (*table)[JK_SM2_ENTRIES][8], const jk_sm2_eight *k,
                                  lanes *empty)
{
    for (int i = 0; i < JK_SM2_WINDOWS; i++) {
        lanes below;
        const vector size = digit(k, i, JK_SM2_BITS, &below);
        add_multiples_var(sum, table[i], 1, 0, size, below, empty);
    }
}

static TARGET unsigned has_x_var(unsigned *unsure, const point *a, const jk_sm2_eight *wanted)
{
    const number zz = carried(squared(a->z));
    const number difference = settled(minus(times(from_plain(wanted), zz), a->x));
    *unsure = is_zero_var(a->z);
    return is_zero_var(difference) & ~*unsure;
}

static TARGET unsigned verify_table_var(unsigned *unsure, const uint64_t (*table)[JK_SM2_ENTRIES][8],
                                        const struct jk_sm2_equations *q)
{
    point sum = {constant(zero), constant(zero), constant(zero)};
    lanes empty = splat(~(uint64_t)0);
    add_digits_var(&sum, jk_sm2_base, &q->s, &empty);
    add_digits_var(&sum, table, &q->t, &empty);
    return has_x_var(unsure, &sum, &q->wanted);
}

/* Fifty-two signed digits of five bits. */
enum { KEY_BITS = 5, KEY_WINDOWS = 52, MULTIPLES = 1 << (KEY_BITS - 1) };

/* P, 2 P ... 16 P of each lane's key, as a table's entries, with one inversion for all. */
static TARGET void tabulate_var(uint64_t table[MULTIPLES * LANES][8], const struct jk_sm2_equations *q)
{
    point multiple[MULTIPLES];
    number product_of[MULTIPLES], all, z, zz;
    vector words[LANES];

    const number x = from_plain(&q->x), y = from_plain(&q->y);
    const lanes every = splat(~(uint64_t)0), none = splat(0);
    multiple[0] = (point){x, y, constant(one)};
    product_of[0] = multiple[0].z;
    for (int i = 1; i < MULTIPLES; i++) {
        if (i % 2 == 1) {
            point_double(&multiple[i], &multiple[i / 2]);
        } else {
            multiple[i] = multiple[i - 1];
            point_add(&multiple[i], &x, &y, &every, &none);
        }
        multiply(&product_of[i], &product_of[i - 1], &multiple[i].z);
    }
    invert(&all, &product_of[MULTIPLES - 1]);
    for (int i = MULTIPLES - 1; i >= 0; i--) {
        if (i == 0)
            z = all;
        else
            multiply(&z, &all, &product_of[i - 1]);
        multiply(&all, &all, &multiple[i].z);
        square_times(&zz, &z, 1);
        multiply(&z, &z, &zz);
        multiply(&multiple[i].x, &multiple[i].x, &zz);
        multiply(&multiple[i].y, &multiple[i].y, &z);
        to_words(words, multiple[i].x, into_table);
        to_words(words + 4, multiple[i].y, into_table);
        turn(words);
        for (int lane = 0; lane < LANES; lane++)
            _mm512_storeu_si512(table[i * LANES + lane], words[lane]);
    }
}

static TARGET unsigned verify_var(unsigned *unsure, const struct jk_sm2_equations *q)
{
    uint64_t table[MULTIPLES * LANES][8];
    point sum = {constant(zero), constant(zero), constant(zero)};
    lanes below, empty = splat(~(uint64_t)0);

    tabulate_var(table, q);
    for (int i = KEY_WINDOWS - 1; i >= 0; i--) {
        const vector size = digit(&q->t, i, KEY_BITS, &below);
        add_multiples_var(&sum, (const uint64_t(*)[8])table, LANES, 1, size, below, &empty);
        for (int j = 0; i > 0 && j < KEY_BITS; j++)
            point_double(&sum, &sum);
    }
    add_digits_var(&sum, jk_sm2_base, &q->s, &empty);
    return has_x_var(unsure, &sum, &q->wanted);
}

const struct jk_sm2_lanes jk_sm2_ifma_lanes = {base, verify_var, verify_table_var};

#endif
