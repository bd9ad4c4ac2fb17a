/* fuzz.h -- what each target stands on: one input, one arena, inside a guard as the dispatcher's. */
#ifndef IGOT_FUZZ_H
#define IGOT_FUZZ_H

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz { struct arena arena; str input; };
err fuzz_one(struct fuzz *f); /* each target's */

static err fuzz_guarded(void *arg)
{
    return fuzz_one(arg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of the exact size, so that a step past its end is seen. */
    char *copy = size ? mem_alloc((isize)size) : NULL;
    if (size) memcpy(copy, data, size);
    struct fuzz f = {.input = str_n(copy, (isize)size)};
    arena_init(&f.arena, 64 << 20);
    (void)arena_guard(fuzz_guarded, &f);
    arena_clear(&f.arena);
    mem_free(copy);
    return 0;
}

#endif
