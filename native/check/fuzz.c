/* Every public function with arguments from anywhere, under sanitizers: by libFuzzer (clang -fsanitize=fuzzer), which takes
 * the family of functions from JK_FUZZ and the implementation from JK_CPU; or, with -DJK_FUZZ_ALONE, by this program with so
 * many random inputs, of every family in turn:  ./fuzz <implementation> <inputs> [seed]
 * What is checked besides memory: a refusal has touched no output, what was encrypted comes back, pieces and batches make what
 * single calls make, signatures verify and spoilt ones do not. */
#include "fuzz.h"

enum { MOST = 512 };

static uint8_t *held[MOST];
static size_t holding;

uint8_t take(struct input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

size_t some(struct input *in, size_t most)
{
    const size_t high = take(in);
    return (high << 8 | take(in)) % (most + 1);
}

size_t mostly(struct input *in, size_t usual, size_t most)
{
    return some(in, take(in) % 16 == 15 ? most : usual);
}

size_t slip(struct input *in)
{
    return take(in) % 8 == 7;
}

uint8_t *room(size_t n)
{
    uint8_t *p = malloc(n);
    CHECK((p != NULL || n == 0) && holding < MOST);
    held[holding++] = p;
    if (n > 0)
        memset(p, 0xa5, n);
    return p;
}

uint8_t *bytes(struct input *in, size_t n)
{
    if (n == 0 && take(in) % 2)
        return NULL;
    uint8_t *p = room(n);
    const size_t left = n < in->n ? n : in->n;
    if (n > 0) {
        memcpy(p, in->p, left);
        memset(p + left, 0, n - left);
    }
    in->p += left;
    in->n -= left;
    return p;
}

int untouched(const uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (out[i] != 0xa5)
            return 0;
    return 1;
}

int same(const uint8_t *a, const uint8_t *b, size_t n)
{
    return n == 0 || memcmp(a, b, n) == 0;
}

static void names(struct input *in)
{
    char name[8] = {0};
    CHECK(jk_sm3_implementation() && jk_sm4_implementation() && jk_sm2_implementation());
    CHECK(jk_tdes_implementation() && jk_ghash_implementation());
    CHECK(strcmp(jk_available(0), "portable") == 0 && jk_available(some(in, 60000) + 100) == NULL);
    for (size_t i = 0; i + 1 < sizeof name; i++)
        name[i] = (char)(take(in) | 0x80);
    CHECK(jk_init(name) == JK_ERR_ARGUMENT);
    const size_t n = some(in, 100);
    uint8_t *a = bytes(in, n), *b = bytes(in, n);
    CHECK(jk_equal(a, b, n) == same(a, b, n));
    jk_wipe(a, n);
    for (size_t i = 0; i < n; i++)
        CHECK(a[i] == 0);
}

static const struct {
    const char *name;
    void (*run)(struct input *);
} families[] = {
    {"names", names},  {"sm3", fuzz_sm3},       {"sm4", fuzz_sm4}, {"modes", fuzz_modes},
    {"des", fuzz_des}, {"batch", fuzz_batches}, {"sm2", fuzz_sm2},
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static void run(size_t family, const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    families[family].run(&in);
    while (holding > 0)
        free(held[--holding]);
}

#ifdef JK_FUZZ_ALONE
int main(int argc, char **argv)
{
    static uint8_t data[4096];
    if (argc < 3)
        return 2;
    uint64_t state = 88172645463325252u ^ (argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
    jk_hwcaps(0);
    CHECK(jk_init(argv[1]) == JK_OK);
    for (unsigned long long left = strtoull(argv[2], NULL, 10); left > 0; left--) {
        size_t size = 0;
        for (size_t i = 0; i < sizeof data; i += 8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            memcpy(data + i, &state, 8);
            size = state % sizeof data;
        }
        run(left % FAMILIES, data, size);
    }
    return 0;
}
#else
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *name = getenv("JK_FUZZ");
    CHECK(name != NULL);
    while (chosen < FAMILIES && strcmp(families[chosen].name, name) != 0)
        chosen++;
    CHECK(chosen < FAMILIES);
    jk_hwcaps(0);
    CHECK(jk_init(getenv("JK_CPU")) == JK_OK);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run(chosen, data, size);
    return 0;
}
#endif
