/* Intel's isa-l_crypto: SM3 of many messages by its job manager. */
#include "peer.h"

struct context;

#define FUNCTIONS(X) \
    X(int, isal_sm3_ctx_mgr_init, (void *)) \
    X(int, isal_sm3_ctx_mgr_submit, (void *, struct context *, struct context **, const void *, uint32_t, int)) \
    X(int, isal_sm3_ctx_mgr_flush, (void *, struct context **))

LOADER(FUNCTIONS)

enum { ENTIRE = 3, COMPLETE = 4, MOST = 256 };

/* Its ISAL_SM3_HASH_CTX: a job, which begins with buffer and length and has the digest on the next line of the cache. */
struct context {
    _Alignas(64) uint8_t *buffer;
    uint64_t length;
    _Alignas(64) uint32_t digest[8];
    int job_status;
    void *job_data;
    _Alignas(64) int status;
    int error;
    uint8_t rest[256];
};

static _Alignas(64) uint8_t manager[4096];
static struct context contexts[MOST];

static int prepare(const struct work *w)
{
    return w->count <= MOST && isal_sm3_ctx_mgr_init(manager) == 0;
}

static void sm3_batch(const struct work *w)
{
    struct context *done = NULL;

    for (size_t i = 0; i < w->count; i++) {
        contexts[i].error = 0;
        contexts[i].status = COMPLETE;
        isal_sm3_ctx_mgr_submit(manager, &contexts[i], &done, w->in + i * w->size, (uint32_t)w->size, ENTIRE);
    }
    do
        isal_sm3_ctx_mgr_flush(manager, &done);
    while (done != NULL);
    for (size_t i = 0; i < w->count; i++)
        memcpy(w->out + i * 32, contexts[i].digest, 32);
}

static const struct call calls[] = {
    {"sm3_batch", prepare, sm3_batch},
    {NULL, NULL, NULL},
};

const struct call *attach(const char *path, const char *without)
{
    (void)without;
    return load(path) ? calls : NULL;
}

const char *label(void)
{
    return "isa-l_crypto";
}
