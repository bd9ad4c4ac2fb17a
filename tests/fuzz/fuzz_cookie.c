/* The Cookie header. */
#include "fuzz.h"
#include "web/form.h"

err fuzz_one(struct fuzz *f)
{
    static const str names[] = {{"igot_session", 12}, {"a", 1}, {"", 0}};
    for (isize i = 0; i < COUNT_OF(names); i++) {
        str v = cookie_find(f->input, names[i]);
        ASSERT(!v.data || (v.data >= f->input.data && v.data + v.len <= f->input.data + f->input.len));
    }
    return OK;
}
