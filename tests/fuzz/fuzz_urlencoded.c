/* Query strings and forms. */
#include "fuzz.h"
#include "web/form.h"

err fuzz_one(struct fuzz *f)
{
    struct form form = {0};
    if (form_urlencoded(&f->arena, f->input, &form) != OK) return OK;
    ASSERT(form.count <= FORM_FIELDS_MAX);
    for (struct form_field *at = form.first; at; at = at->next) {
        ASSERT(at->name.len <= FORM_NAME_MAX && utf8_valid(at->name) && utf8_valid(at->value));
        ASSERT(form_find(&form, at->name, 0));
    }
    static const struct input shape[] = {{"a", IN_LINE, true, 1, 10, NULL, "m"}, {"b", IN_I64, false, 0, 9, NULL, "m"}, {"c", IN_DAY, false, 0, 0, NULL, "m"}, {"d", IN_CHOICE, false, 0, 0, "x|y", "m"},
                                         {"e", IN_F64, false, 0, 1, NULL, "m"}, {"f", IN_TEXT, false, 0, 100, NULL, "m"}, {"g", IN_ID, false, 0, 0, NULL, "m"}, {"h", IN_FLAG, false, 0, 0, NULL, "m"}, INPUT_END};
    struct form_fault_list faults = {0};
    form_check(&f->arena, &form, shape, &faults);
    return OK;
}
