/* A stored level: what unpacks packs to the same bytes. */
#include "competency/level_math.h"
#include "fuzz.h"

err fuzz_one(struct fuzz *f)
{
    struct level_sums s;
    struct level_reading r;
    u8 out[LEVEL_SUMS_BYTES];
    if (level_unpack(f->input, &s) != OK) return OK;
    isize n = level_pack(&s, out);
    ASSERT(n == f->input.len && memcmp(out, f->input.data, (size_t)n) == 0);
    level_read(&level_constants_default, &s, 2500, &r);
    ASSERT(isfinite(r.mean) && isfinite(r.se) && r.awarded >= 0 && r.awarded <= 5);
    return OK;
}
