/* Range headers: the first byte of the input picks the file's size. */
#include "fuzz.h"
#include "web/file.h"

err fuzz_one(struct fuzz *f)
{
    static const i64 sizes[] = {0, 1, 10, 65536, INT64_MAX};
    if (f->input.len < 1) return OK;
    i64 size = sizes[(u8)f->input.data[0] % COUNT_OF(sizes)], first, last;
    if (range_parse(str_slice(f->input, 1, -1), size, &first, &last) == RANGE_PART) ASSERT(0 <= first && first <= last && last < size);
    (void)media_type(f->input);
    return OK;
}
