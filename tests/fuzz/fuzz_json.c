/* JSON bodies. */
#include "fuzz.h"
#include "web/form.h"

err fuzz_one(struct fuzz *f)
{
    struct form form = {0};
    if (form_json(&f->arena, f->input, &form) != OK) return OK;
    ASSERT(form.count <= FORM_FIELDS_MAX);
    for (struct form_field *at = form.first; at; at = at->next) ASSERT(utf8_valid(at->name) && utf8_valid(at->value));
    return OK;
}
