/* Markdown: nothing that runs comes out of it. */
#include "fuzz.h"
#include "web/markdown.h"

err fuzz_one(struct fuzz *f)
{
    if (!utf8_valid(f->input)) return OK; /* it never reaches the renderer */
    struct safe_html h = markdown(&f->arena, f->input);
    str low = str_lower(&f->arena, h.markup);
    ASSERT(str_find(low, S("<script")) < 0 && str_find(low, S("href=\"javascript:")) < 0 && str_find(low, S("src=\"data:")) < 0 && str_find(low, S("<iframe")) < 0);
    return OK;
}
