#include "web/form.h"

#include <jansson.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static err bad_encoding(void)
{
    return err_set(ERR_INVALID, N_("This address or form is not valid UTF-8 text. Nothing was changed."));
}

err percent_decode(struct arena *a, str s, bool plus, str *out)
{
    char *to = arena_alloc(a, s.len, 1);
    isize n = 0;
    for (isize i = 0; i < s.len; i++) {
        char c = s.data[i];
        if (c == '+' && plus) c = ' ';
        else if (c == '%') {
            if (i + 2 >= s.len) return bad_encoding();
            int high = hex_digit(s.data[i + 1]), low = hex_digit(s.data[i + 2]);
            if (high < 0 || low < 0) return bad_encoding();
            c = (char)(high << 4 | low);
            i += 2;
        }
        to[n++] = c;
    }
    *out = str_n(to, n);
    return utf8_valid(*out) ? OK : bad_encoding();
}

static err form_add(struct arena *a, struct form *f, struct form_field field)
{
    if (f->count >= FORM_FIELDS_MAX || field.name.len > FORM_NAME_MAX)
        return err_set(ERR_TOO_LARGE, N_("This form has more fields than any of ours."));
    struct form_field *p = ARENA_NEW(a, struct form_field);
    *p = field;
    if (f->last) f->last->next = p;
    else f->first = p;
    f->last = p;
    f->count++;
    return OK;
}

err form_urlencoded(struct arena *a, str body, struct form *f)
{
    str pair;
    while (str_cut(&body, '&', &pair)) {
        if (pair.len == 0) continue;
        str value = pair, name;
        str_cut(&value, '=', &name);
        struct form_field field = {0};
        TRY(percent_decode(a, name, true, &field.name));
        TRY(percent_decode(a, value.data ? value : S(""), true, &field.value));
        TRY(form_add(a, f, field));
    }
    return OK;
}

/* ---- multipart/form-data (RFC 7578) ---- */

/* The parameter `name` of a header value such as: form-data; name="a"; filename="b.csv" */
static str header_parameter(struct arena *a, str header, str name)
{
    str part;
    while (str_cut(&header, ';', &part)) {
        str value = part, key;
        str_cut(&value, '=', &key);
        if (!value.data || !str_eq_nocase(str_trim(key), name)) continue;
        value = str_trim(value);
        if (value.len < 2 || value.data[0] != '"') return value;
        char *to = arena_alloc(a, value.len, 1);
        isize n = 0;
        for (isize i = 1; i < value.len && value.data[i] != '"'; i++) {
            if (value.data[i] == '\\' && i + 1 < value.len) i++;
            to[n++] = value.data[i];
        }
        return str_n(to, n);
    }
    return (str){0};
}

static err multipart_part(struct arena *a, str part, struct form *f)
{
    isize split = str_find(part, S("\r\n\r\n"));
    if (split < 0) return err_set(ERR_INVALID, N_("This upload is not well formed."));
    str headers = str_slice(part, 0, split), line;
    struct form_field field = {.value = str_slice(part, split + 4, -1)};
    while (str_cut(&headers, '\n', &line)) {
        line = str_trim(line);
        str value = line, key;
        str_cut(&value, ':', &key);
        if (!value.data) continue;
        if (str_eq_nocase(key, S("content-disposition"))) {
            field.name = header_parameter(a, value, S("name"));
            field.filename = header_parameter(a, value, S("filename"));
        } else if (str_eq_nocase(key, S("content-type"))) {
            field.type = str_trim(value);
        }
    }
    if (!field.name.data || !utf8_valid(field.name) || !utf8_valid(field.filename)) return bad_encoding();
    if (!field.filename.data && !utf8_valid(field.value)) return bad_encoding();
    return form_add(a, f, field);
}

err form_multipart(struct arena *a, str body, str content_type, struct form *f)
{
    str boundary = header_parameter(a, content_type, S("boundary"));
    if (boundary.len == 0 || boundary.len > 70) return err_set(ERR_INVALID, N_("This upload is not well formed."));
    str mark = str_format(a, "\r\n--%.*s", STR_ARGS(boundary));
    str first = str_slice(mark, 2, -1);
    if (!str_starts(body, first)) return err_set(ERR_INVALID, N_("This upload is not well formed."));
    str rest = str_slice(body, first.len, -1);
    while (!str_starts(rest, S("--"))) {
        if (!str_starts(rest, S("\r\n"))) return err_set(ERR_INVALID, N_("This upload is not well formed."));
        rest = str_slice(rest, 2, -1);
        isize end = str_find(rest, mark);
        if (end < 0) return err_set(ERR_INVALID, N_("This upload is not complete. Send it again."));
        TRY(multipart_part(a, str_slice(rest, 0, end), f));
        rest = str_slice(rest, end + mark.len, -1);
    }
    return OK;
}

/* ---- JSON ---- */

static err json_field(struct arena *a, struct form *f, str name, const json_t *v)
{
    struct form_field field = {.name = name};
    if (json_is_string(v)) field.value = str_dup(a, str_n(json_string_value(v), (isize)json_string_length(v)));
    else if (json_is_integer(v)) field.value = str_format(a, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v)) field.value = str_format(a, "%.17g", json_real_value(v));
    else if (json_is_boolean(v)) field.value = json_is_true(v) ? S("yes") : S("");
    else if (json_is_null(v)) return OK;
    else return err_set(ERR_INVALID, N_("This request's JSON must be one flat object of texts, numbers and lists of them."));
    return form_add(a, f, field);
}

static err json_fields(struct arena *a, struct form *f, json_t *root)
{
    const char *key;
    json_t *v;
    if (!json_is_object(root)) return err_set(ERR_INVALID, N_("This request's JSON must be one flat object of texts, numbers and lists of them."));
    json_object_foreach(root, key, v)
    {
        str name = str_dup(a, str_of(key));
        if (!json_is_array(v)) {
            TRY(json_field(a, f, name, v));
            continue;
        }
        for (size_t i = 0; i < json_array_size(v); i++) TRY(json_field(a, f, name, json_array_get(v, i)));
    }
    return OK;
}

err form_json(struct arena *a, str body, struct form *f)
{
    json_error_t fault;
    if (body.len > FORM_JSON_MAX) return err_set(ERR_TOO_LARGE, N_("This request's JSON is too large.")); /* parsed, it takes fifty times its length */
    json_t *root = json_loadb(body.data ? body.data : "", (size_t)body.len, JSON_REJECT_DUPLICATES, &fault);
    if (!root) return err_detail(ERR_INVALID, N_("This request's body is not valid JSON."), "%s", fault.text);
    /* jansson's memory is not the arena's: an arena that ends here must not leave past the release. */
    err e = a->limit - a->used < 8 * body.len + 65536 ? err_set(ERR_TOO_LARGE, N_("This request's JSON is too large.")) : json_fields(a, f, root);
    json_decref(root);
    return e;
}

const struct form_field *form_find(const struct form *f, str name, isize nth)
{
    for (const struct form_field *p = f->first; p; p = p->next)
        if (str_eq(p->name, name) && nth-- == 0) return p;
    return NULL;
}

str cookie_find(str header, str name)
{
    str pair;
    while (str_cut(&header, ';', &pair)) {
        str value = str_trim(pair), key;
        str_cut(&value, '=', &key);
        if (value.data && str_eq(key, name)) return value;
    }
    return (str){0};
}

/* ---- checking against a shape ---- */

static bool has_control(str s, bool lines)
{
    for (isize i = 0; i < s.len; i++) {
        u8 c = (u8)s.data[i];
        if ((c < 0x20 && !(lines && (c == '\n' || c == '\t' || c == '\r'))) || c == 0x7F) return true;
    }
    return false;
}

static bool is_choice(str value, const char *choices)
{
    str rest = str_of(choices), word;
    while (str_cut(&rest, '|', &word))
        if (str_eq(word, value)) return true;
    return false;
}

static bool value_fits(const struct input *in, str v)
{
    i64 n;
    f64 x;
    switch (in->type) {
    case IN_LINE:
    case IN_TEXT: return !has_control(v, in->type == IN_TEXT) && utf8_count(v) >= in->min && (in->max == 0 || utf8_count(v) <= in->max);
    case IN_SECRET: return utf8_count(v) >= in->min && v.len <= 1024;
    case IN_I64: return str_to_i64(v, &n) && n >= in->min && n <= in->max;
    case IN_ID: return str_to_i64(v, &n) && n > 0;
    case IN_F64: return str_to_f64(v, &x) && x >= (f64)in->min && x <= (f64)in->max;
    case IN_DAY: return day_parse(v, &n);
    case IN_FLAG: return true;
    case IN_CHOICE: return is_choice(v, in->choices);
    case IN_FILE: return in->max == 0 || v.len <= in->max;
    case IN_END: break;
    }
    return false;
}

void form_check(struct arena *a, struct form *f, const struct input *shape, struct form_fault_list *out)
{
    UNUSED(a);
    for (const struct input *in = shape; in && in->type != IN_END; in++) {
        bool any = false, good = true;
        for (struct form_field *p = f->first; p; p = p->next) {
            if (!str_eq(p->name, str_of(in->name))) continue;
            if (in->type != IN_SECRET && in->type != IN_FILE) p->value = str_trim(p->value);
            if (p->value.len == 0) continue;
            any = true;
            good = good && value_fits(in, p->value);
        }
        if ((good && (any || !in->required)) || out->count == COUNT_OF(out->fault)) continue;
        out->fault[out->count++] = (struct form_fault){in->name, in->message ? in->message : N_("Enter this.")};
    }
}
