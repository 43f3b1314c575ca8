/* What a timed call works on, and how a library's calls are offered. No #include, guard or macro: cffi reads this too. */

struct work {
    uint8_t *out;
    const uint8_t *in;   /* equal to `out` where the answer is to be the next call's input */
    const uint8_t *key;  /* one for each message */
    size_t size;         /* bytes of a message */
    size_t count;        /* messages */
};

struct call {
    const char *name;
    int (*prepare)(const struct work *w);   /* what is not timed: keys, contexts. 0: this library cannot */
    void (*once)(const struct work *w);
};

/* One library's calls, the last without a name; null if `path` does not load or is not that library. `without`: processor
 * features that it shall not use, by its own names, colons between them; null for all that there are. */
const struct call *attach(const char *path, const char *without);
/* Its name and version. */
const char *label(void);

/* Nanoseconds and core cycles of n calls, divided by n. No cycles, 0, where the length of a chain of multiplications is
 * not known. */
struct taken {
    double ns;
    double cycles;
};
struct taken sample(const struct call *call, const struct work *w, size_t n);
