/* json.c -- structs to JSON by their shapes. Ids are strings: they pass 2^53. */
#include "web/json.h"

static void put_escaped(struct buf *out, str s)
{
    isize from = 0;
    for (isize i = 0; i < s.len; i++) {
        u8 c = (u8)s.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_put(out, s.data + from, i - from);
        if (c == '"' || c == '\\') buf_format(out, "\\%c", c);
        else if (c == '\n') BUF_LIT(out, "\\n");
        else buf_format(out, "\\u%04x", c);
        from = i + 1;
    }
    buf_put(out, s.data + from, s.len - from);
}

void json_str(struct buf *out, str s)
{
    if (!s.data) {
        BUF_LIT(out, "null");
        return;
    }
    buf_char(out, '"');
    put_escaped(out, s);
    buf_char(out, '"');
}

void json_f64(struct buf *out, f64 x)
{
    if (isfinite(x)) buf_format(out, "%.10g", x);
    else BUF_LIT(out, "null");
}

static void put_field(struct buf *out, struct arena *a, const struct shape_field *f, const char *at)
{
    const char *p = at + f->offset;
    if (f->null_offset != SIZE_MAX && *(const bool *)(at + f->null_offset)) {
        BUF_LIT(out, "null");
        return;
    }
    switch (f->type) {
    case SHAPE_I64: buf_i64(out, *(const i64 *)p); break;
    case SHAPE_INT: buf_i64(out, *(const int *)p); break;
    case SHAPE_ID: buf_format(out, "\"%lld\"", (long long)*(const i64 *)p); break;
    case SHAPE_F64: json_f64(out, *(const f64 *)p); break;
    case SHAPE_STR: json_str(out, *(const str *)p); break;
    case SHAPE_BOOL: buf_str(out, *(const bool *)p ? S("true") : S("false")); break;
    case SHAPE_DAY: json_str(out, day_iso(a, *(const i64 *)p)); break;
    case SHAPE_TIME: json_str(out, ms_iso(a, *(const i64 *)p)); break;
    case SHAPE_OBJECT: json_object(out, a, f->inner, p); break;
    case SHAPE_LIST: {
        isize count = *(const isize *)(at + f->count_offset);
        const char *row = *(const char *const *)p;
        buf_char(out, '[');
        for (isize i = 0; i < count; i++) {
            if (i) buf_char(out, ',');
            json_object(out, a, f->inner, row + (size_t)i * f->inner->size);
        }
        buf_char(out, ']');
        break;
    }
    case SHAPE_END: break;
    }
}

void json_object(struct buf *out, struct arena *a, const struct shape *shape, const void *data)
{
    buf_char(out, '{');
    for (const struct shape_field *f = shape->field; f->type != SHAPE_END; f++) {
        if (f != shape->field) buf_char(out, ',');
        buf_format(out, "\"%s\":", f->name);
        put_field(out, a, f, data);
    }
    buf_char(out, '}');
}
