/* Uploads. The first line of the input is the Content-Type. */
#include "fuzz.h"
#include "web/form.h"

err fuzz_one(struct fuzz *f)
{
    struct form form = {0};
    str rest = f->input, type;
    if (!str_cut(&rest, '\n', &type) || !rest.data) return OK;
    if (form_multipart(&f->arena, rest, type, &form) != OK) return OK;
    for (struct form_field *at = form.first; at; at = at->next) ASSERT(utf8_valid(at->name) && (at->filename.data || utf8_valid(at->value)));
    return OK;
}
