/* form.h -- fields from a query, a form, a multipart body or a JSON object. Parsers of outside bytes: bounded, pure, fuzzed. */
#ifndef IGOT_FORM_H
#define IGOT_FORM_H

#include "web/web.h"

enum { FORM_FIELDS_MAX = 512, FORM_NAME_MAX = 128, FORM_JSON_MAX = 1 << 20 };

struct form_field {
    str name, value;
    str filename, type; /* of a file; filename.data NULL otherwise */
    struct form_field *next;
};
struct form { struct form_field *first, *last; int count; };

/* Each adds to `f`; ERR_INVALID on bad encoding or UTF-8, ERR_TOO_LARGE past the limits. Values live in the arena or in `body`. */
err form_urlencoded(struct arena *a, str body, struct form *f) MUST_USE;
err form_multipart(struct arena *a, str body, str content_type, struct form *f) MUST_USE;
err form_json(struct arena *a, str body, struct form *f) MUST_USE; /* a flat object; arrays give several fields of one name */
const struct form_field *form_find(const struct form *f, str name, isize nth);

/* %XX and, if `plus`, '+'. ERR_INVALID if malformed, holds a NUL, or is not UTF-8. */
err percent_decode(struct arena *a, str s, bool plus, str *out) MUST_USE;
/* The value of one cookie in a Cookie header; null str if absent or malformed. */
str cookie_find(str header, str name);

/* Checks the fields against the shape; returns the number of faults written (at most `max`). */
struct form_fault_list { struct form_fault fault[64]; isize count; };
void form_check(struct arena *a, struct form *f, const struct input *shape, struct form_fault_list *out);

#endif
