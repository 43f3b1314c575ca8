/* Looks for small circuits of four functions of six bits, by recursive halving with reuse of every gate already made, as
 * is usual since Kwan, "Reducing the Gate Count of Bitslice DES" (2000). Random restarts until the time is up; each
 * improvement is printed, and check/des_circuit.py takes the last and proves it.
 *
 *     cc -O3 -march=native des_search.c -o des_search
 *     ./des_search gate|lut <seconds> <seed> <four truth tables, hexadecimal>
 *
 * `gate` may use AND, OR, XOR and AND-NOT; `lut` any function of three bits, which AVX-512 has as one instruction. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t tt; /* a function of the six inputs: its value at input x is bit x */

enum { MOST = 96 };
struct gate {
    char op; /* & | ^, - is a & ~b, L a look-up of three bits */
    uint8_t a, b, c, imm;
};
struct state {
    int n; /* the first six are the inputs; with `gate` the seventh is all ones, for want of an inverter */
    tt value[MOST];
    struct gate gate[MOST];
};

static const tt inputs[6] = {0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
                             0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000};
static int luts;
static int limit; /* a state that reaches so many nodes is not worth finishing */
static uint64_t seed;
static double deadline;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tt look(tt a, tt b, tt c, int imm)
{
    tt r = 0;
    for (int v = 0; v < 8; v++)
        if (imm >> v & 1)
            r |= (v & 4 ? a : ~a) & (v & 2 ? b : ~b) & (v & 1 ? c : ~c);
    return r;
}

static int add(struct state *s, char op, int a, int b, int c, int imm)
{
    const tt x = s->value[a], y = s->value[b];
    tt v = 0;
    switch (op) {
    case '&': v = x & y; break;
    case '|': v = x | y; break;
    case '^': v = x ^ y; break;
    case '-': v = x & ~y; break;
    default: v = look(x, y, s->value[c], imm);
    }
    for (int i = 0; i < s->n; i++)
        if (s->value[i] == v)
            return i;
    if (s->n >= limit || s->n >= MOST)
        return -1;
    s->value[s->n] = v;
    s->gate[s->n] = (struct gate){op, (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)imm};
    return s->n++;
}

static tt apply(int op, tt x, tt y)
{
    return op == 0 ? (x & y) : op == 1 ? (x | y) : op == 2 ? (x ^ y) : op == 3 ? (x & ~y) : (y & ~x);
}

static int add2(struct state *s, int op, int a, int b)
{
    return op == 4 ? add(s, '-', b, a, 0, 0) : add(s, "&|^-"[op], a, b, 0, 0);
}

static void shuffled(uint8_t *order, int n)
{
    for (int i = 0; i < n; i++) {
        const int j = (int)draw((uint32_t)i + 1);
        order[i] = order[j];
        order[j] = (uint8_t)i;
    }
}

/* One look-up of three nodes that is right where it matters. */
static int one_lut(struct state *s, tt one, tt zero, const uint8_t *order)
{
    for (int i = 2; i < s->n; i++)
        for (int j = 1; j < i; j++) {
            const tt a = s->value[order[i]], b = s->value[order[j]];
            const tt q[4] = {~a & ~b, ~a & b, a & ~b, a & b};
            for (int k = 0; k < j; k++) {
                const tt c = s->value[order[k]];
                int imm = 0, bad = 0;
                for (int v = 0; v < 8 && !bad; v++) {
                    const tt cell = q[v >> 1] & (v & 1 ? c : ~c);
                    if (cell & one) {
                        bad = (cell & zero) != 0;
                        imm |= 1 << v;
                    }
                }
                if (!bad)
                    return add(s, 'L', order[i], order[j], order[k], imm);
            }
        }
    return -1;
}

/* Two look-ups in a chain, five nodes: the inner one must tell apart what the outer two nodes do not. */
static int split(struct state *s, const int *p, const tt *cell1, const tt *cell0)
{
    static const uint8_t pick[10][5] = {{0, 1, 2, 3, 4}, {0, 1, 3, 2, 4}, {0, 1, 4, 2, 3}, {0, 2, 3, 1, 4},
                                        {0, 2, 4, 1, 3}, {0, 3, 4, 1, 2}, {1, 2, 3, 0, 4}, {1, 2, 4, 0, 3},
                                        {1, 3, 4, 0, 2}, {2, 3, 4, 0, 1}};
    const int first = (int)draw(10);
    for (int t = 0; t < 10; t++) {
        const uint8_t *w = pick[(t + first) % 10];
        uint8_t conflict[8] = {0};
        for (int de = 0; de < 4; de++) {
            int ones = 0, zeros = 0;
            for (int v = 0; v < 8; v++) {
                const int at = (v >> 2 & 1) << w[0] | (v >> 1 & 1) << w[1] | (v & 1) << w[2] | (de >> 1) << w[3]
                               | (de & 1) << w[4];
                ones |= (cell1[at] != 0) << v;
                zeros |= (cell0[at] != 0) << v;
            }
            for (int v = 0; v < 8; v++) {
                if (ones >> v & 1)
                    conflict[v] |= (uint8_t)zeros;
                if (zeros >> v & 1)
                    conflict[v] |= (uint8_t)ones;
            }
        }
        int colour = 0, done = 0, bad = 0;
        for (int start = 0; start < 8 && !bad; start++) {
            if (done >> start & 1)
                continue;
            int stack[64], top = 0;
            stack[top++] = start;
            done |= 1 << start;
            while (top > 0 && !bad) {
                const int v = stack[--top];
                for (int u = 0; u < 8; u++)
                    if (conflict[v] >> u & 1) {
                        if (done >> u & 1) {
                            bad |= (colour >> u & 1) == (colour >> v & 1);
                        } else {
                            done |= 1 << u;
                            colour |= (~(colour >> v) & 1) << u;
                            stack[top++] = u;
                        }
                    }
            }
        }
        if (bad)
            continue;
        int imm = 0;
        for (int v = 0; v < 8; v++)
            for (int de = 0; de < 4; de++) {
                const int at = (v >> 2 & 1) << w[0] | (v >> 1 & 1) << w[1] | (v & 1) << w[2] | (de >> 1) << w[3]
                               | (de & 1) << w[4];
                if (cell1[at])
                    imm |= 1 << ((colour >> v & 1) << 2 | de);
            }
        const int inner = add(s, 'L', p[w[0]], p[w[1]], p[w[2]], colour);
        return inner < 0 ? -1 : add(s, 'L', inner, p[w[3]], p[w[4]], imm);
    }
    return -1;
}

static int two_luts(struct state *s, tt one, tt zero, const uint8_t *order)
{
    int p[5];
    tt c1[32], c0[32];
    const int n = s->n;
    for (int i = 4; i < n; i++)
        for (int j = 3; j < i; j++)
            for (int k = 2; k < j; k++) {
                p[0] = order[i], p[1] = order[j], p[2] = order[k];
                tt oct[8];
                int open = 0;
                for (int v = 0; v < 8; v++) {
                    oct[v] = (v & 1 ? s->value[p[0]] : ~s->value[p[0]]) & (v & 2 ? s->value[p[1]] : ~s->value[p[1]])
                             & (v & 4 ? s->value[p[2]] : ~s->value[p[2]]);
                    open += (oct[v] & one) != 0 && (oct[v] & zero) != 0;
                }
                for (int l = 1; l < k; l++) {
                    const tt d = s->value[order[l]];
                    for (int m = 0; m < l; m++) {
                        const tt e = s->value[order[m]];
                        int bad = 0;
                        for (int v = 0; v < 32 && !bad; v++) {
                            const tt cell = oct[v & 7] & (v & 8 ? d : ~d) & (v & 16 ? e : ~e);
                            c1[v] = cell & one;
                            c0[v] = cell & zero;
                            bad = c1[v] != 0 && c0[v] != 0;
                        }
                        if (bad)
                            continue;
                        p[3] = order[l], p[4] = order[m];
                        const int found = split(s, p, c1, c0);
                        if (found >= 0 || s->n >= limit)
                            return found;
                    }
                }
            }
    return -1;
}

static int one_gate(struct state *s, tt one, tt zero, const uint8_t *order)
{
    for (int i = 1; i < s->n; i++)
        for (int j = 0; j < i; j++)
            for (int op = 0; op < 5; op++) {
                const tt v = apply(op, s->value[order[i]], s->value[order[j]]);
                if ((v & zero) == 0 && (~v & one) == 0)
                    return add2(s, op, order[i], order[j]);
            }
    return -1;
}

static int two_gates(struct state *s, tt one, tt zero, const uint8_t *order)
{
    for (int i = 1; i < s->n; i++)
        for (int j = 0; j < i; j++)
            for (int op = 0; op < 5; op++) {
                const tt x = apply(op, s->value[order[i]], s->value[order[j]]);
                for (int k = 0; k < s->n; k++) {
                    const tt y = s->value[order[k]];
                    for (int o = 0; o < 5; o++) {
                        const tt v = apply(o, x, y);
                        if ((v & zero) == 0 && (~v & one) == 0) {
                            const int inner = add2(s, op, order[i], order[j]);
                            return inner < 0 ? -1 : add2(s, o, inner, order[k]);
                        }
                    }
                }
            }
    return -1;
}

/* A node that equals `target` wherever `mask` is set; -1 if the limit is in the way. `used` inputs have been split on. */
static int make(struct state *s, tt target, tt mask, int used, int depth)
{
    const tt one = target & mask, zero = ~target & mask;
    uint8_t order[MOST];
    int found;
    for (int i = s->n - 1; i >= 0; i--)
        if ((s->value[i] & zero) == 0 && (~s->value[i] & one) == 0)
            return i;
    if (s->n >= limit)
        return -1;
    shuffled(order, s->n);
    if (!luts) {
        if ((found = one_gate(s, one, zero, order)) >= 0)
            return found;
        if (s->n + 1 >= limit)
            return -1;
        if ((found = two_gates(s, one, zero, order)) >= 0)
            return found;
    } else {
        if ((found = one_lut(s, one, zero, order)) >= 0)
            return found;
        if (s->n + 1 >= limit)
            return -1;
        if ((found = two_luts(s, one, zero, order)) >= 0)
            return found;
    }
    if (s->n + 2 >= limit || now() > deadline)
        return -1;

    struct state best;
    int best_node = -1, tries = depth == 0 ? (luts ? 6 : 3) : depth == 1 ? 2 : 1;
    uint8_t bits[6];
    shuffled(bits, 6);
    const int saved = limit;
    for (int i = 0; i < 6 && tries > 0; i++) {
        const int b = bits[i];
        if (used >> b & 1)
            continue;
        tries--;
        const int ways = luts ? 2 : 3, only = depth > 0 ? (int)draw((uint32_t)ways) : -1;
        for (int way = 0; way < ways; way++) {
            if (only >= 0 && way != only)
                continue;
            struct state t = *s;
            const tt x = inputs[b];
            const int flip = way & 1; /* way 2 is way 0 with the correction inverted */
            const tt half = flip ? x : ~x; /* made first */
            int node;
            const int f = make(&t, target, mask & half, used | 1 << b, depth + 1);
            if (f < 0)
                continue;
            if (luts) {
                const int g = make(&t, target, mask & ~half, used | 1 << b, depth + 1);
                if (g < 0)
                    continue;
                /* x ? high : low */
                node = add(&t, 'L', b, flip ? f : g, flip ? g : f, 0xca);
            } else if (way < 2) {
                /* f right on `half`; elsewhere XOR what is missing. */
                const int g = make(&t, target ^ t.value[f], mask & ~half, used | 1 << b, depth + 1);
                if (g < 0)
                    continue;
                const int h = add(&t, flip ? '-' : '&', g, b, 0, 0);
                node = h < 0 ? -1 : add(&t, '^', f, h, 0, 0);
            } else {
                /* The correction comes inverted, and is zero on `half`. */
                const int g = make(&t, ~(target ^ t.value[f]), mask & ~half, used | 1 << b, depth + 1);
                if (g < 0)
                    continue;
                const int h = add(&t, '-', b, g, 0, 0);
                node = h < 0 ? -1 : add(&t, '^', f, h, 0, 0);
            }
            if (node < 0 || ((t.value[node] ^ target) & mask) != 0)
                continue;
            if (best_node < 0 || t.n < best.n) {
                best = t;
                best_node = node;
                limit = t.n; /* only shorter ones are of interest now */
            }
        }
    }
    limit = saved;
    if (best_node >= 0)
        *s = best;
    return best_node;
}

static void print(const struct state *s, const int *out)
{
    const int given = luts ? 6 : 7;
    printf("%d", s->n - given);
    for (int i = given; i < s->n; i++) {
        const struct gate *g = &s->gate[i];
        if (g->op == 'L')
            printf(" %d,%d,%d:%02x", g->a, g->b, g->c, g->imm);
        else
            printf(" %d%c%d", g->a, g->op, g->b);
    }
    printf(" > %d %d %d %d\n", out[0], out[1], out[2], out[3]);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    tt target[4];
    if (argc != 8)
        return 2;
    luts = strcmp(argv[1], "lut") == 0;
    const double end = now() + atof(argv[2]);
    seed = strtoull(argv[3], NULL, 0) * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 4; i++)
        target[i] = strtoull(argv[4 + i], NULL, 16);
    int best = MOST;
    while (now() < end) {
        struct state s = {.n = luts ? 6 : 7};
        uint8_t order[4];
        int out[4], i;
        memcpy(s.value, inputs, sizeof inputs);
        if (!luts)
            s.value[6] = ~(tt)0;
        shuffled(order, 4);
        limit = best - 1;
        /* One unlucky try must not eat the time of all. */
        deadline = now() + 20;
        for (i = 0; i < 4; i++)
            if ((out[order[i]] = make(&s, target[order[i]], ~(tt)0, 0, 0)) < 0)
                break;
        if (i == 4 && s.n < best) {
            best = s.n;
            print(&s, out);
        }
    }
    return 0;
}
