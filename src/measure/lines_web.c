/* lines_web.c -- published figures as lines of a page, of the JSON face and of an export. What is withheld does not get into a line. */
#include "measure/measure_web.h"

/* ---- shape ---- */

#define SHOWN(type, member)                                                                                                                          \
    {                                                                                                                                                \
#member, type, offsetof(struct figure_line, member), offsetof(struct figure_line, hidden), NULL, 0                                           \
    }
#define KNOWN(type, member)                                                                                                                          \
    {                                                                                                                                                \
#member, type, offsetof(struct figure_line, member), offsetof(struct figure_line, unknown), NULL, 0                                          \
    }
static const struct shape_field figure_line_fields[] = {
    FIELD(SHAPE_ID, figure_line, id),
    FIELD(SHAPE_STR, figure_line, code),
    FIELD(SHAPE_STR, figure_line, kind),
    FIELD(SHAPE_STR, figure_line, name),
    FIELD_NULL(SHAPE_I64, figure_line, officers),
    SHOWN(SHAPE_I64, required),
    SHOWN(SHAPE_I64, assessed),
    KNOWN(SHAPE_I64, met),
    SHOWN(SHAPE_F64, assessed_share),
    SHOWN(SHAPE_F64, assessed_low),
    SHOWN(SHAPE_F64, assessed_high),
    KNOWN(SHAPE_F64, met_share),
    KNOWN(SHAPE_F64, met_low),
    KNOWN(SHAPE_F64, met_high),
    KNOWN(SHAPE_F64, gap),
    KNOWN(SHAPE_F64, gap_low),
    KNOWN(SHAPE_F64, gap_high),
    FIELD(SHAPE_STR, figure_line, withheld),
    FIELD_END,
};
const struct shape figure_line_shape = {"FigureLine", sizeof(struct figure_line), figure_line_fields};

/* ---- lines ---- */

str least_words(struct request *rq, i64 least)
{
    return tr_format(rq->arena, rq->lang, N_("fewer than {1} people"), (struct fmt[]){num(least)}, 1);
}

static str withheld_words(struct request *rq, const struct figure *f, i64 least)
{
    if (f->suppressed == SUPPRESS_SMALL) return least_words(rq, least);
    if (f->suppressed) return tr(rq->lang, N_("withheld so that a smaller group cannot be worked out"));
    if (f->required == 0) return tr(rq->lang, N_("no framework yet"));
    return (str){0};
}

void line_of(struct request *rq, const struct figure *f, i64 least, struct figure_line *out)
{
    *out = (struct figure_line){
        .id = f->competency ? f->competency : f->organisation, .name = f->name, .officers = f->officers, .withheld = withheld_words(rq, f, least)};
    if (f->competency) out->officers = f->required; /* of a competency: those who need it */
    out->hidden = out->withheld.data != NULL;
    if (f->suppressed) { /* how many officers there are would say which blank is empty */
        out->officers = 0;
        out->officers_null = true;
    }
    out->unknown = out->hidden || f->assessed == 0;
    if (out->hidden) return;
    out->required = f->required;
    out->assessed = f->assessed;
    out->assessed_share = f->assessed_share;
    measure_wilson(f->assessed, f->required, &out->assessed_low, &out->assessed_high);
    if (out->unknown) return;
    out->met = f->met;
    out->met_share = f->met_share;
    out->met_low = f->met_low;
    out->met_high = f->met_high;
    out->gap = f->gap;
    out->gap_low = f->gap_low;
    out->gap_high = f->gap_high;
}

int places_for(f64 width, int usual)
{
    return width < 2 * pow(10, -usual) ? usual + 1 : usual;
}

str kind_words(enum lang lang, str kind)
{
    static const char *const words[][2] = {
        {"government", N_("Government")},
        {"ministry", N_("Ministry")},
        {"department", N_("Department")},
        {"attached", N_("Attached office")},
        {"subordinate", N_("Subordinate office")},
        {"statutory", N_("Statutory body")},
        {"institute", N_("Institute")},
        {"office", N_("Office")},
        {"state", N_("State or Union Territory")},
    };
    for (isize i = 0; i < COUNT_OF(words); i++)
        if (str_eq(kind, str_of(words[i][0]))) return tr(lang, words[i][1]);
    return kind;
}

/* ---- order ---- */

struct order {
    str by;
    bool down;
};

static int compare_f64(f64 a, f64 b)
{
    return (a > b) - (a < b);
}

static int compare_lines(const void *pa, const void *pb, void *arg)
{
    const struct figure_line *a = pa, *b = pb;
    const struct order *o = arg;
    int c = 0;
    bool last_a = false, last_b = false;
    if (str_eq(o->by, S("officers"))) {
        last_a = a->officers_null;
        last_b = b->officers_null;
        c = (a->officers > b->officers) - (a->officers < b->officers);
    } else if (str_eq(o->by, S("assessed"))) {
        last_a = a->hidden;
        last_b = b->hidden;
        c = compare_f64(a->assessed_share, b->assessed_share);
    } else if (!str_eq(o->by, S("name"))) {
        last_a = a->unknown;
        last_b = b->unknown;
        c = str_eq(o->by, S("met")) ? compare_f64(a->met_share, b->met_share) : compare_f64(a->gap, b->gap);
    } else {
        c = str_cmp(a->name, b->name);
    }
    if (last_a != last_b) return last_a ? 1 : -1;
    if (c && !last_a) return o->down ? -c : c;
    c = str_cmp(a->name, b->name);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

void lines_sort(struct figure_line *line, isize count, str by)
{
    struct order o = {by, str_starts(by, S("-"))};
    if (o.down) o.by = str_slice(by, 1, -1);
    if (count > 1) qsort_r(line, (size_t)count, sizeof *line, compare_lines, &o);
}

/* ---- export ---- */

enum { UNIT_COLUMNS = 3 };
static const struct export_column columns[] = {
    {N_("Code"), EXPORT_TEXT},    {N_("Kind"), EXPORT_TEXT},          {N_("Above it"), EXPORT_TEXT},       {N_("Name"), EXPORT_TEXT},
    {N_("Officers"), EXPORT_INT}, {N_("Requirements"), EXPORT_INT},   {N_("Assessed"), EXPORT_INT},        {N_("Share assessed"), EXPORT_NUM},
    {N_("Met"), EXPORT_INT},      {N_("Share met"), EXPORT_NUM},      {N_("Share met, from"), EXPORT_NUM}, {N_("Share met, to"), EXPORT_NUM},
    {N_("Mean gap"), EXPORT_NUM}, {N_("Mean gap, from"), EXPORT_NUM}, {N_("Mean gap, to"), EXPORT_NUM},    {N_("Withheld"), EXPORT_TEXT},
};

static f64 rounded(f64 x)
{
    return floor(x * 10000 + .5) / 10000;
}

err lines_export(struct request *rq, const char *filename, const struct figure_line *line, isize count, bool unit)
{
    struct exporter *x;
    int skip = unit ? 0 : UNIT_COLUMNS;
    TRY(export_begin(rq, filename, columns + skip, (int)COUNT_OF(columns) - skip, &x));
    for (isize i = 0; i < count; i++) {
        const struct figure_line *l = &line[i];
        const struct export_cell cell[] = {
            {.text = l->code},
            {.text = l->kind.data ? kind_words(rq->lang, l->kind) : l->kind},
            {.text = l->above},
            {.text = l->name},
            {.i = l->officers, .null = l->officers_null},
            {.i = l->required, .null = l->hidden},
            {.i = l->assessed, .null = l->hidden},
            {.f = rounded(l->assessed_share), .null = l->hidden},
            {.i = l->met, .null = l->unknown},
            {.f = rounded(l->met_share), .null = l->unknown},
            {.f = rounded(l->met_low), .null = l->unknown},
            {.f = rounded(l->met_high), .null = l->unknown},
            {.f = rounded(l->gap), .null = l->unknown},
            {.f = rounded(l->gap_low), .null = l->unknown},
            {.f = rounded(l->gap_high), .null = l->unknown},
            {.text = l->withheld},
        };
        TRY(export_row(x, cell + skip));
    }
    return export_end(x);
}

/* ---- heads, addresses, search ---- */

static bool is_field(str pair, const char *fields)
{
    str name = pair, rest = str_of(fields), one;
    str_cut(&pair, '=', &name);
    while (str_cut(&rest, '|', &one))
        if (str_eq(one, name)) return true;
    return false;
}

str base_without(struct request *rq, const char *fields)
{
    str base = str_format(rq->arena, "%.*s?", STR_ARGS(rq->path)), rest = rq->query, pair;
    while (str_cut(&rest, '&', &pair))
        if (pair.len && !is_field(pair, fields)) base = str_format(rq->arena, "%.*s%.*s&", STR_ARGS(base), STR_ARGS(pair));
    return base;
}

void sort_heads(struct request *rq, const struct sort_column *column, int count, str by, const char *fragment, struct sort_head *out)
{
    str base = base_without(rq, "sort|page");
    bool down = str_starts(by, S("-"));
    str key = down ? str_slice(by, 1, -1) : by;
    for (int i = 0; i < count; i++) {
        bool this_one = str_eq(key, str_of(column[i].key));
        bool next_down = this_one ? !down : column[i].down;
        out[i] = (struct sort_head){
            .label = tr(rq->lang, column[i].label), .number = column[i].number, .direction = this_one ? (down ? "descending" : "ascending") : NULL};
        out[i].href = str_format(rq->arena, "%.*ssort=%s%s%s", STR_ARGS(base), next_down ? "-" : "", column[i].key, fragment);
    }
}

str like_of(struct arena *a, str q)
{
    q = str_lower(a, str_trim(q));
    if (!q.len) return S("");
    char *to = arena_alloc(a, 2 * q.len + 2, 1);
    isize n = 0;
    to[n++] = '%';
    for (isize i = 0; i < q.len; i++) {
        if (q.data[i] == '%' || q.data[i] == '_' || q.data[i] == '!') to[n++] = '!';
        to[n++] = q.data[i];
    }
    to[n++] = '%';
    return str_n(to, n);
}
