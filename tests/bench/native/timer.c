/* The timing loop. */
#define _POSIX_C_SOURCE 199309L
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "work.h"

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Core cycles in a nanosecond, now: the time stamp counter runs at another, constant rate. Each multiplication of the chain
 * waits three cycles for the last, on every x86 of the past fifteen years; the fastest of some chains was not interrupted. */
static double rate(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    enum { CHAINS = 8, LINKS = 600, LATENCY = 3 };
    double best = 0;

    for (int chain = 0; chain < CHAINS; chain++) {
        uint64_t x = 3;
        const double begin = now(CLOCK_MONOTONIC);
        for (int i = 0; i < LINKS / 6; i++)
            __asm__ volatile("imul %0, %0\n imul %0, %0\n imul %0, %0\n imul %0, %0\n imul %0, %0\n imul %0, %0" : "+r"(x));
        const double found = LINKS * LATENCY / (now(CLOCK_MONOTONIC) - begin);
        if (found > best)
            best = found;
    }
    return best;
#else
    return 0;
#endif
}

struct taken sample(const struct call *call, const struct work *w, size_t n)
{
    void (*const once)(const struct work *) = call->once;
    const double cycles = rate();
    /* This thread's time: others run while a long sample is taken. */
    const double begin = now(CLOCK_THREAD_CPUTIME_ID);

    for (size_t i = 0; i < n; i++)
        once(w);
    const double ns = (now(CLOCK_THREAD_CPUTIME_ID) - begin) / (double)n;
    const struct taken taken = {ns, ns * cycles};
    return taken;
}
