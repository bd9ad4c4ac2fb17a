/* openapi.c -- the route tables as an OpenAPI 3.1 description and as a matrix of permissions. */
#include "web/json.h"

static const char *const method_name[METHOD_COUNT] = {"get", "post", "put", "delete"};

/* "/courses/:course" -> "/courses/{course}" */
static void put_path(struct buf *out, const char *path)
{
    bool open = false;
    for (const char *p = path; *p; p++) {
        if (open && *p == '/') {
            buf_char(out, '}');
            open = false;
        }
        if ((*p == ':' || *p == '*') && p > path && p[-1] == '/') {
            buf_char(out, '{');
            open = true;
        } else {
            buf_char(out, *p);
        }
    }
    if (open) buf_char(out, '}');
}

static void put_schema(struct buf *out, const struct shape *shape);

static void put_property(struct buf *out, const struct shape_field *f)
{
    static const char *const type[] = {[SHAPE_I64] = "integer", [SHAPE_ID] = "string", [SHAPE_F64] = "number", [SHAPE_STR] = "string", [SHAPE_BOOL] = "boolean",
                                       [SHAPE_INT] = "integer", [SHAPE_DAY] = "string", [SHAPE_TIME] = "string"};
    buf_format(out, "\"%s\":", f->name);
    if (f->type == SHAPE_OBJECT) put_schema(out, f->inner);
    else if (f->type == SHAPE_LIST) {
        BUF_LIT(out, "{\"type\":\"array\",\"items\":");
        put_schema(out, f->inner);
        BUF_LIT(out, "}");
    } else {
        bool maybe = f->null_offset != SIZE_MAX || f->type == SHAPE_STR;
        buf_format(out, maybe ? "{\"type\":[\"%s\",\"null\"]" : "{\"type\":\"%s\"", type[f->type]);
        if (f->type == SHAPE_DAY) BUF_LIT(out, ",\"format\":\"date\"");
        if (f->type == SHAPE_TIME) BUF_LIT(out, ",\"format\":\"date-time\"");
        BUF_LIT(out, "}");
    }
}

static void put_schema(struct buf *out, const struct shape *shape)
{
    buf_format(out, "{\"type\":\"object\",\"title\":\"%s\",\"properties\":{", shape->name);
    for (const struct shape_field *f = shape->field; f->type != SHAPE_END; f++) {
        if (f != shape->field) buf_char(out, ',');
        put_property(out, f);
    }
    BUF_LIT(out, "}}");
}

static void put_path_parameters(struct buf *out, const char *path, bool *any)
{
    str rest = str_slice(str_of(path), 1, -1), segment;
    while (rest.len && str_cut(&rest, '/', &segment)) {
        if (segment.len < 2 || (segment.data[0] != ':' && segment.data[0] != '*')) continue;
        buf_format(out, "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}", *any ? "," : "", STR_ARGS(str_slice(segment, 1, -1)));
        *any = true;
    }
}

static void put_input_schema(struct buf *out, const struct input *in)
{
    static const char *const type[] = {[IN_LINE] = "string", [IN_TEXT] = "string", [IN_I64] = "integer", [IN_ID] = "string", [IN_F64] = "number", [IN_DAY] = "string",
                                       [IN_FLAG] = "string", [IN_CHOICE] = "string", [IN_SECRET] = "string", [IN_FILE] = "string"};
    buf_format(out, "{\"type\":\"%s\"", type[in->type]);
    if (in->type == IN_DAY) BUF_LIT(out, ",\"format\":\"date\"");
    if ((in->type == IN_LINE || in->type == IN_TEXT) && in->max) buf_format(out, ",\"maxLength\":%lld", (long long)in->max);
    if (in->type == IN_I64 || in->type == IN_F64) buf_format(out, ",\"minimum\":%lld,\"maximum\":%lld", (long long)in->min, (long long)in->max);
    if (in->type == IN_CHOICE) {
        BUF_LIT(out, ",\"enum\":[");
        str rest = str_of(in->choices), word;
        for (bool first = true; str_cut(&rest, '|', &word); first = false) {
            if (!first) buf_char(out, ',');
            json_str(out, word);
        }
        BUF_LIT(out, "]");
    }
    BUF_LIT(out, "}");
}

static void put_query(struct buf *out, const struct input *in, bool *any)
{
    for (; in && in->type != IN_END; in++) {
        buf_format(out, "%s{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"schema\":", *any ? "," : "", in->name, in->required ? "true" : "false");
        put_input_schema(out, in);
        BUF_LIT(out, "}");
        *any = true;
    }
}

static void put_body(struct buf *out, const struct input *in)
{
    BUF_LIT(out, ",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{");
    for (const struct input *i = in; i && i->type != IN_END; i++) {
        if (i != in) buf_char(out, ',');
        buf_format(out, "\"%s\":", i->name);
        put_input_schema(out, i);
    }
    BUF_LIT(out, "}}}}}");
}

static void put_operation(struct buf *out, const struct route *r)
{
    bool any = false;
    buf_format(out, "\"%s\":{\"summary\":", method_name[r->method]);
    json_str(out, str_of(r->summary));
    buf_format(out, ",\"x-permission\":\"%s\",\"parameters\":[", r->permission);
    put_path_parameters(out, r->path, &any);
    if (r->method == GET) put_query(out, r->input, &any);
    BUF_LIT(out, "]");
    if (r->method != GET && r->input) put_body(out, r->input);
    BUF_LIT(out, ",\"responses\":{\"200\":{\"description\":\"OK\"");
    if (r->output) {
        BUF_LIT(out, ",\"content\":{\"application/json\":{\"schema\":");
        put_schema(out, r->output);
        BUF_LIT(out, "}}");
    }
    BUF_LIT(out, "},\"default\":{\"description\":\"{error, message, fields}\"}}}");
}

static bool path_seen(const struct route *const *tables, const struct route *upto)
{
    for (; *tables; tables++)
        for (const struct route *r = *tables; r->path; r++) {
            if (r == upto) return false;
            if (strcmp(r->path, upto->path) == 0) return true;
        }
    return false;
}

void routes_openapi(const struct route *const *tables, struct buf *out)
{
    bool first = true;
    BUF_LIT(out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"igot\",\"version\":\"" IGOT_VERSION "\"},\"paths\":{");
    for (const struct route *const *t = tables; *t; t++)
        for (const struct route *r = *t; r->path; r++) {
            if (path_seen(tables, r)) continue;
            if (!first) buf_char(out, ',');
            first = false;
            buf_char(out, '"');
            put_path(out, r->path);
            BUF_LIT(out, "\":{");
            bool inner = true;
            for (const struct route *const *u = tables; *u; u++)
                for (const struct route *s = *u; s->path; s++) {
                    if (strcmp(s->path, r->path) != 0) continue;
                    if (!inner) buf_char(out, ',');
                    inner = false;
                    put_operation(out, s);
                }
            BUF_LIT(out, "}");
        }
    BUF_LIT(out, "},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}},\"security\":[{\"token\":[]}]}\n");
}

void routes_matrix(const struct route *const *tables, struct buf *out)
{
    BUF_LIT(out, "| method | path | permission | what |\n| --- | --- | --- | --- |\n");
    for (; *tables; tables++)
        for (const struct route *r = *tables; r->path; r++)
            buf_format(out, "| %s | `%s` | %s | %s |\n", method_name[r->method], r->path, r->permission, r->summary);
}
