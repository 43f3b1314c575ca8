/* GB/T 32907 (SM4): the first block of sm4_lanes.h beside the key schedule, where there are 32 registers. Included by that, with
 * MAP_AT, XOR3_AT and XOR3_EACH4 defined as in sm4_macs_avx512.c.
 *
 * Either waits for itself much of the time, which the other fills. A round key is made while the block is in the round before;
 * what follows one another here is what the processor can do at once. */

struct word {
    V a, b, c, d;
};

/* Between the inversions of a block's round and their sum: the parts of three bytes, and both of the last byte. */
struct parts {
    V a, b, c, d0, d1;
};

/* What the next inversion takes, and what two of them share. */
struct sums {
    struct word next, shared;
};

/* Ends a round of the block, if `ends`, in `newest`, the oldest word until now; makes round key k, if `makes`; begins the next
 * round of the block with the key before that, if `begins`. `first` and `second` are the oldest words then; `odd`, whether k is;
 * `ck` is that of the round key after k. */
INLINE void beside(struct word *newest, const struct word *first, const struct word *second, struct parts *p, struct sums *block,
                   V *k, struct sums *key, const uint32_t ck[4], const int odd, const int ends, const int makes, const int begins)
{
    struct word even, other, y;
    V three, all, low, high, part[4];
    struct word *const t = &key->next, *const u = &block->next;
    if (makes) {
        even.a = MAP_AT(t->a, KEY_EVEN);
        other.a = MAP_AT(t->a, KEY_ODD);
    }
    if (ends)
        three = XOR3(p->b, p->a, p->c);
    if (makes) {
        even.b = MAP_AT(t->b, KEY_EVEN);
        other.b = MAP_AT(t->b, KEY_ODD);
    }
    if (ends) {
        all = XOR3(p->d1, p->d0, three);
        newest->d = XOR(newest->d, three);
    }
    if (makes) {
        even.c = MAP_AT(t->c, KEY_EVEN);
        other.c = MAP_AT(t->c, KEY_ODD);
    }
    if (ends) {
        newest->a = XOR3(newest->a, p->a, all);
        newest->b = XOR3(newest->b, p->b, all);
        newest->c = XOR3(newest->c, p->c, all);
    }
    if (makes) {
        even.d = MAP_AT(t->d, KEY_EVEN);
        other.d = MAP_AT(t->d, KEY_ODD);
    }
    if (begins && odd) {
        block->shared = (struct word){XOR(newest->a, second->a), XOR(newest->b, second->b), XOR(newest->c, second->c),
                                      XOR(newest->d, second->d)};
        *u = (struct word){XOR3_AT(block->shared.a, first->a, k[-4]), XOR3_AT(block->shared.b, first->b, k[-3]),
                           XOR3_AT(block->shared.c, first->c, k[-2]), XOR3_AT(block->shared.d, first->d, k[-1])};
    } else if (begins) {
        *u = (struct word){XOR3_AT(newest->a, block->shared.a, k[-4]), XOR3_AT(newest->b, block->shared.b, k[-3]),
                           XOR3_AT(newest->c, block->shared.c, k[-2]), XOR3_AT(newest->d, block->shared.d, k[-1])};
    }
    if (makes) {
        low = XOR(even.a, even.c);
        y.a = XOR3_AT(other.b, even.a, k[-16]);
    }
    if (begins)
        p->a = MAP_AT(u->a, FAR);
    if (makes) {
        high = XOR(even.b, even.d);
        y.b = XOR3_AT(other.c, even.b, k[-15]);
    }
    if (begins)
        p->a = XOR(p->a, MAP_AT(u->d, NEAR));
    if (makes) {
        part[0] = AFFINE(low, KEY_EVEN2);
        part[1] = AFFINE(high, KEY_EVEN3);
        y.c = XOR3_AT(other.d, even.c, k[-14]);
    }
    if (begins) {
        p->b = MAP_AT(u->b, FAR);
        p->b = XOR(p->b, MAP_AT(u->a, NEAR));
    }
    if (makes) {
        part[2] = AFFINE(high, KEY_EVEN2);
        part[3] = AFFINE(low, KEY_EVEN3);
        y.d = XOR3_AT(other.a, even.d, k[-13]);
        y.a = XOR3(part[1], part[0], y.a);
        y.c = XOR3(part[1], part[0], y.c);
    }
    if (begins) {
        p->c = MAP_AT(u->c, FAR);
        p->c = XOR(p->c, MAP_AT(u->b, NEAR));
    }
    if (makes) {
        y.b = XOR3(part[3], part[2], y.b);
        y.d = XOR3(part[3], part[2], y.d);
    }
    if (begins) {
        p->d0 = MAP_AT(u->d, FAR);
        p->d1 = MAP_AT(u->c, NEAR);
    }
    if (makes && odd) {
        key->shared = (struct word){XOR(y.a, k[-4]), XOR(y.b, k[-3]), XOR(y.c, k[-2]), XOR(y.d, k[-1])};
        *t = (struct word){XOR3_EACH4(key->shared.a, k[-8], ck[0]), XOR3_EACH4(key->shared.b, k[-7], ck[1]),
                           XOR3_EACH4(key->shared.c, k[-6], ck[2]), XOR3_EACH4(key->shared.d, k[-5], ck[3])};
    } else if (makes) {
        *t = (struct word){XOR3_EACH4(y.a, key->shared.a, ck[0]), XOR3_EACH4(y.b, key->shared.b, ck[1]),
                           XOR3_EACH4(y.c, key->shared.c, ck[2]), XOR3_EACH4(y.d, key->shared.d, ck[3])};
    }
    if (makes) {
        STORE(k, y.a);
        STORE(k + 1, y.b);
        STORE(k + 2, y.c);
        STORE(k + 3, y.d);
        __asm__ volatile("" : : "r"(k) : "memory");
    }
}

INLINE struct word enter_word(const struct lanes *w, int i)
{
    const V *const b = w->block + 4 * i, *const s = w->state + 12 - 4 * i;
    return (struct word){XOR(AFFINE(b[0], ENTER), s[0]), XOR(AFFINE(b[1], ENTER), s[1]), XOR(AFFINE(b[2], ENTER), s[2]),
                         XOR(AFFINE(b[3], ENTER), s[3])};
}

INLINE void leave_word(V state[16], struct word x, int i)
{
    V *const s = state + 4 * i;
    s[0] = x.a;
    s[1] = x.b;
    s[2] = x.c;
    s[3] = x.d;
}

FN encrypt_first(struct lanes *w)
{
    V *k = w->words + 16;
    enter_key(w->words);
    __asm__ volatile("" : : "r"(k) : "memory");
    struct word x0 = enter_word(w, 0), x1 = enter_word(w, 1), x2 = enter_word(w, 2), x3 = enter_word(w, 3);
    struct parts p;
    struct sums block, key;
    key.shared = (struct word){XOR(k[-8], k[-4]), XOR(k[-7], k[-3]), XOR(k[-6], k[-2]), XOR(k[-5], k[-1])};
    const uint32_t(*ck)[4] = sm4_lane_ck;
    key.next = (struct word){XOR3_EACH4(key.shared.a, k[-12], ck[0][0]), XOR3_EACH4(key.shared.b, k[-11], ck[0][1]),
                             XOR3_EACH4(key.shared.c, k[-10], ck[0][2]), XOR3_EACH4(key.shared.d, k[-9], ck[0][3])};
    beside(&x3, &x1, &x2, &p, &block, k, &key, ck[1], 0, 0, 1, 0);
    beside(&x3, &x1, &x2, &p, &block, k + 4, &key, ck[2], 1, 0, 1, 1);
    for (int i = 0; i < 28; i += 4) {
        k += 16;
        ck += 4;
        beside(&x0, &x2, &x3, &p, &block, k - 8, &key, ck[-1], 0, 1, 1, 1);
        beside(&x1, &x3, &x0, &p, &block, k - 4, &key, ck[0], 1, 1, 1, 1);
        beside(&x2, &x0, &x1, &p, &block, k, &key, ck[1], 0, 1, 1, 1);
        beside(&x3, &x1, &x2, &p, &block, k + 4, &key, ck[2], 1, 1, 1, 1);
    }
    beside(&x0, &x2, &x3, &p, &block, k + 8, &key, ck[3], 0, 1, 1, 1);
    beside(&x1, &x3, &x0, &p, &block, k + 12, &key, ck[3], 1, 1, 1, 1);
    beside(&x2, &x0, &x1, &p, &block, k + 16, &key, ck[3], 0, 1, 0, 1);
    beside(&x3, &x1, &x2, &p, &block, k + 16, &key, ck[3], 0, 1, 0, 0);
    leave_word(w->state, x0, 0);
    leave_word(w->state, x1, 1);
    leave_word(w->state, x2, 2);
    leave_word(w->state, x3, 3);
}
