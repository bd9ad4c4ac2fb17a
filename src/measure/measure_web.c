/* measure_web.c -- an organisation's page; and the table of routes. */
#include "measure/measure_web.h"

#include "measure_html.h"
#include "measure_web_sql.h"
#include "org/org.h"

enum { COMPETENCIES_PER_PAGE = 20, CHILDREN_SHOWN = 25 };

/* ---- what the page is made of ---- */

err crumbs_of(struct request *rq, i64 organisation, struct crumb **out, isize *count)
{
    struct organisation_list path;
    TRY(organisation_path(rq->db, rq->arena, rq->lang, organisation, &path));
    *out = ARENA_ARRAY(rq->arena, struct crumb, path.count);
    *count = path.count - 1; /* not itself */
    for (isize i = 0; i < *count; i++) (*out)[i] = (struct crumb){path.row[i].id, path.row[i].name};
    return OK;
}

static struct figure_line *lines_of(struct request *rq, const struct figure_list *list, i64 least)
{
    struct figure_line *line = ARENA_ARRAY(rq->arena, struct figure_line, list->count);
    for (isize i = 0; i < list->count; i++) line_of(rq, &list->row[i], least, &line[i]);
    return line;
}

static err group_lines(struct request *rq, i64 organisation, i64 least, struct figure_line **out, isize *count)
{
    struct figure_list list;
    TRY(measure_by_group(rq->db, rq->arena, organisation, &list));
    *out = lines_of(rq, &list, least);
    *count = list.count;
    for (isize i = 0; i < list.count; i++) {
        (*out)[i].id = 0;
        (*out)[i].code = list.row[i].grp;
        (*out)[i].name = tr_format(rq->arena, rq->lang, N_("Group {1}"), (struct fmt[]){fmt_str(list.row[i].grp)}, 1);
    }
    return OK;
}

static str sort_of(struct request *rq, const char *otherwise)
{
    str by = in_str(rq, "sort");
    return by.data ? by : str_of(otherwise);
}

static err competency_lines(struct request *rq, i64 organisation, i64 least, struct figure_line **out, isize *count)
{
    struct figure_list list;
    TRY(measure_by_competency(rq->db, rq->arena, rq->lang, organisation, &list));
    *out = lines_of(rq, &list, least);
    *count = list.count;
    lines_sort(*out, *count, sort_of(rq, "-gap"));
    return OK;
}

/* ---- chart ---- */

/* The axis ends at a whole level, so that pages of one list are rarely drawn to different scales. */
static f64 axis_end(const struct figure_line *line, isize count)
{
    f64 most = 0;
    for (isize i = 0; i < count; i++)
        if (!line[i].unknown && line[i].gap_high > most) most = line[i].gap_high;
    return most <= 1 ? 1 : most <= 2 ? 2 : 4;
}

static f64 at_axis(f64 gap, f64 end)
{
    f64 x = floor(gap / end * 1000 + .5) / 10;
    return x > 100 ? 100 : x;
}

static void chart_of(struct request *rq, const struct organisation_view *v, struct chart *out)
{
    f64 end = axis_end(v->competencies, v->competencies_count);
    struct chart_row *row = ARENA_ARRAY(rq->arena, struct chart_row, v->competencies_count);
    struct fmt *axis = ARENA_ARRAY(rq->arena, struct fmt, 5);
    isize n = 0;
    for (isize i = 0; i < v->competencies_count; i++) {
        const struct figure_line *l = &v->competencies[i];
        if (!l->unknown) row[n++] = (struct chart_row){l->name, at_axis(l->gap, end), at_axis(l->gap_low, end), at_axis(l->gap_high, end), false};
    }
    for (int i = 0; i < 5; i++) axis[i] = dec(end * i / 4, end < 2 ? 2 : end < 4 ? 1 : 0);
    *out = (struct chart){.row = row, .count = n, .axis = axis, .mean_null = v->total.unknown};
    if (!v->total.unknown) out->mean = at_axis(v->total.gap, end);
    out->caption =
        v->total.unknown
            ? tr(rq->lang,
                 N_("Mean gap in levels, with the range in which the true figure lies nine times in ten. The table below holds the same figures."))
            : tr_format(rq->arena, rq->lang,
                        N_("Mean gap in levels, with the range in which the true figure lies nine times in ten. The dashed line is the whole "
                           "organisation, {1}. The table below holds the same figures."),
                        (struct fmt[]){dec(v->total.gap, 2)}, 1);
}

/* ---- the page ---- */

static const struct sort_column competency_columns[COMPETENCY_HEADS] = {
    {"name", N_("Competency"), false, false}, {"officers", N_("Officers who need it"), true, true},
    {"assessed", N_("Assessed"), true, true}, {"met", N_("Met"), true, false},
    {"gap", N_("Mean gap"), true, true},
};

static err posts_fill(struct request *rq, struct organisation_view *v)
{
    struct measure_web_posts_row row;
    TRY(measure_web_sql_posts(rq->db, rq->arena, v->id, rq->today, &row));
    v->positions = row.positions;
    v->mapped = row.mapped;
    v->sanctioned = row.sanctioned;
    v->filled = row.filled;
    v->vacant = row.sanctioned - row.filled;
    v->post_needs = row.post_needs;
    return OK;
}

static void competencies_page(struct request *rq, struct organisation_view *v)
{
    v->competencies_all = v->competencies_count;
    pager_of(rq, v->competencies_all, COMPETENCIES_PER_PAGE, &v->pager);
    isize from = request_wants_json(rq) ? 0 : (isize)((v->pager.page - 1) * COMPETENCIES_PER_PAGE); /* programs get them all */
    v->competencies += from;
    v->competencies_count -= from;
    if (v->competencies_count > COMPETENCIES_PER_PAGE && !request_wants_json(rq)) v->competencies_count = COMPETENCIES_PER_PAGE;
    sort_heads(rq, competency_columns, COMPETENCY_HEADS, sort_of(rq, "-gap"), "#competencies", v->heads);
    chart_of(rq, v, &v->chart);
}

static err children_fill(struct request *rq, struct organisation_view *v)
{
    struct figure_list list;
    TRY(measure_by_child(rq->db, rq->arena, rq->lang, v->id, &list));
    v->children = lines_of(rq, &list, v->least);
    v->children_all = v->children_count = list.count;
    lines_sort(v->children, v->children_count, S("-gap"));
    if (v->children_count > CHILDREN_SHOWN) v->children_count = CHILDREN_SHOWN;
    return OK;
}

static err figures_fill(struct request *rq, struct organisation_view *v)
{
    struct measure_web_published_row newest;
    struct figure total;
    TRY(measure_web_sql_published(rq->db, rq->arena, &newest, &v->published));
    if (!v->published) return OK;
    v->day = newest.day;
    i64 day = 0;
    err e = measure_total(rq->db, rq->arena, v->id, &total, &day);
    v->here = e == OK && day == newest.day;
    if (!v->here) return e == ERR_NOT_FOUND ? OK : e;
    v->least = (i64)constant_value("publish_min", v->day);
    line_of(rq, &total, v->least, &v->total);
    v->sum = fmt_text(rq->arena, rq->lang, dec(v->total.gap * (f64)v->total.assessed, 1));
    v->least_words = least_words(rq, v->least);
    TRY(group_lines(rq, v->id, v->least, &v->groups, &v->groups_count));
    TRY(competency_lines(rq, v->id, v->least, &v->competencies, &v->competencies_count));
    competencies_page(rq, v);
    return children_fill(rq, v);
}

static err organisation_show(struct request *rq)
{
    struct organisation o;
    TRY(organisation_get(rq->db, rq->arena, rq->lang, rq->param[0], &o));
    struct organisation_view v = {.id = o.id, .code = o.code, .kind = o.kind, .name = o.name, .kind_words = kind_words(rq->lang, o.kind)};
    TRY(crumbs_of(rq, o.id, &v.crumbs, &v.crumbs_count));
    TRY(posts_fill(rq, &v));
    TRY(figures_fill(rq, &v));
    if (user_reach(&rq->user, "organisation.officers") != REACH_NONE)
        TRY(user_sees_organisation(rq->db, &rq->user, "organisation.officers", o.id, &v.sees_officers));
    return RESPOND(rq, v.name, measure_organisation_page, &v);
}

/* ---- exports of its tables ---- */

static err least_of(struct request *rq, i64 *least)
{
    struct measure_web_published_row newest;
    bool published;
    TRY(measure_web_sql_published(rq->db, rq->arena, &newest, &published));
    *least = (i64)constant_value("publish_min", published ? newest.day : rq->today);
    return OK;
}

static err competencies_export(struct request *rq)
{
    struct figure_line *line;
    isize count;
    i64 least;
    TRY(least_of(rq, &least));
    TRY(competency_lines(rq, rq->param[0], least, &line, &count));
    return lines_export(rq, "competencies", line, count, false);
}

static err groups_export(struct request *rq)
{
    struct figure_line *line;
    isize count;
    i64 least;
    TRY(least_of(rq, &least));
    TRY(group_lines(rq, rq->param[0], least, &line, &count));
    return lines_export(rq, "groups", line, count, false);
}

/* ---- shapes ---- */

static const struct shape_field crumb_fields[] = {FIELD(SHAPE_ID, crumb, id), FIELD(SHAPE_STR, crumb, name), FIELD_END};
static const struct shape crumb_shape = {"Above", sizeof(struct crumb), crumb_fields};

static const struct shape_field organisation_fields[] = {
    FIELD(SHAPE_ID, organisation_view, id),
    FIELD(SHAPE_STR, organisation_view, code),
    FIELD(SHAPE_STR, organisation_view, kind),
    FIELD(SHAPE_STR, organisation_view, name),
    FIELD_LIST(organisation_view, crumbs, crumbs_count, &crumb_shape),
    FIELD(SHAPE_BOOL, organisation_view, published),
    FIELD(SHAPE_BOOL, organisation_view, here),
    FIELD(SHAPE_DAY, organisation_view, day),
    FIELD(SHAPE_I64, organisation_view, least),
    FIELD(SHAPE_I64, organisation_view, positions),
    FIELD(SHAPE_I64, organisation_view, mapped),
    FIELD(SHAPE_I64, organisation_view, sanctioned), FIELD(SHAPE_I64, organisation_view, post_needs),
    FIELD(SHAPE_I64, organisation_view, filled),
    FIELD(SHAPE_I64, organisation_view, vacant),
    FIELD_OBJECT(organisation_view, total, &figure_line_shape),
    FIELD_LIST(organisation_view, children, children_count, &figure_line_shape),
    FIELD_LIST(organisation_view, groups, groups_count, &figure_line_shape),
    FIELD_LIST(organisation_view, competencies, competencies_count, &figure_line_shape),
    FIELD_END,
};
const struct shape organisation_shape = {"Organisation", sizeof(struct organisation_view), organisation_fields};

/* ---- routes ---- */

#define PAGE                                                                                                                                         \
    {                                                                                                                                                \
        "page", IN_I64, false, 1, 1000000, NULL, N_("A page is a number from 1.")                                                                    \
    }
#define FORMAT                                                                                                                                       \
    {                                                                                                                                                \
        "format", IN_CHOICE, false, 0, 0, "csv|xlsx", N_("Ask for csv or xlsx.")                                                                     \
    }
#define WORDS                                                                                                                                        \
    {                                                                                                                                                \
        "q", IN_LINE, false, 0, 100, NULL, N_("Use at most 100 letters.")                                                                            \
    }
#define KIND                                                                                                                                         \
    {                                                                                                                                                \
        "kind", IN_LINE, false, 0, 40, NULL, N_("Choose a kind from the list.")                                                                      \
    }
#define FIGURE_SORT                                                                                                                                  \
    {                                                                                                                                                \
        "sort", IN_CHOICE, false, 0, 0, "name|-name|officers|-officers|assessed|-assessed|met|-met|gap|-gap", N_("Choose a column of the table.")    \
    }
#define OFFICER_FILTER                                                                                                                               \
    {"group", IN_CHOICE, false, 0, 0, "A|B|C", N_("A Group is A, B or C.")},                                                                         \
    {                                                                                                                                                \
        "position", IN_ID, false, 0, 0, NULL, N_("Choose a position from the list.")                                                                 \
    }
static const struct input organisation_in[] = {FIGURE_SORT, PAGE, INPUT_END};
static const struct input figures_export_in[] = {FIGURE_SORT, FORMAT, INPUT_END};
static const struct input organisations_in[] = {WORDS, KIND, FIGURE_SORT, PAGE, INPUT_END};
static const struct input organisations_export_in[] = {WORDS, KIND, FIGURE_SORT, FORMAT, INPUT_END};
static const struct input officers_in[] = {
    WORDS,
    OFFICER_FILTER,
    {"sort", IN_CHOICE, false, 0, 0, "name|-name|position|-position|group|-group|met|-met", N_("Choose a column of the table.")},
    PAGE,
    INPUT_END};
static const struct input officers_export_in[] = {WORDS, OFFICER_FILTER, FORMAT, INPUT_END};
static const struct input format_in[] = {FORMAT, INPUT_END};
static const struct input constant_in[] = {{"value", IN_F64, true, -1000, 100000, NULL, N_("Enter a number, with a point before its decimals.")},
                                           {"reason_en", IN_TEXT, true, 10, 1000, NULL, N_("Say in English why, in 10 to 1,000 letters.")},
                                           {"reason_hi", IN_TEXT, true, 10, 1000, NULL, N_("Say in Hindi why, in 10 to 1,000 letters.")},
                                           {"from", IN_DAY, true, 0, 0, NULL, N_("Enter the first day, like 2026-12-01.")},
                                           {"seen", IN_I64, false, 0, INT64_MAX, NULL, N_("Open the form again.")},
                                           {"confirmed", IN_FLAG, false, 0, 0, NULL, NULL},
                                           {"back", IN_FLAG, false, 0, 0, NULL, NULL},
                                           {"csrf", IN_LINE, false, 0, 100, NULL, NULL},
                                           INPUT_END};

const struct route measure_routes[] = {
    {READ, GET, "/organisations", "organisation.read", organisations_list, organisations_in, &organisations_shape,
     "Organisations with their published figures; ministries unless a kind is chosen."},
    {READ, GET, "/organisations/export", "organisation.read", organisations_export, organisations_export_in, NULL, "The same as CSV or XLSX."},
    {READ, GET, "/organisations/:organisation", "organisation.read", organisation_show, organisation_in, &organisation_shape,
     "One organisation's published figures, by unit, Group and competency."},
    {READ, GET, "/organisations/:organisation/units", "organisation.read", organisations_list, organisations_in, &organisations_shape,
     "The organisations just below it."},
    {READ, GET, "/organisations/:organisation/units/export", "organisation.read", organisations_export, organisations_export_in, NULL,
     "The same as CSV or XLSX."},
    {READ, GET, "/organisations/:organisation/groups/export", "organisation.read", groups_export, format_in, NULL,
     "Figures by Group as CSV or XLSX."},
    {READ, GET, "/organisations/:organisation/competencies/export", "organisation.read", competencies_export, figures_export_in, NULL,
     "Figures by competency as CSV or XLSX."},
    {READ, GET, "/organisations/:organisation/officers", "organisation.officers", officers_list, officers_in, &officers_shape,
     "Officers of the organisation and all below it."},
    {READ, GET, "/organisations/:organisation/officers/export", "organisation.officers", officers_export, officers_export_in, NULL,
     "The same as CSV or XLSX."},
    {READ, GET, "/officers", "organisation.officers", officers_own, officers_in, &officers_shape,
     "Those who report to the reader, or a redirect to her organisation's officers."},
    {READ, GET, "/officers/export", "organisation.officers", officers_export, officers_export_in, NULL,
     "Those who report to the reader as CSV or XLSX."},
    {READ, GET, "/constants", SIGNED_IN, constants_list, NULL, &constants_shape, "The constants of the methods, with their reasons and history."},
    {READ, GET, "/constants/export", SIGNED_IN, constants_export, format_in, NULL, "Every version of every constant as CSV or XLSX."},
    {READ, GET, "/constants/*name", SIGNED_IN, constant_show, NULL, &constant_shape, "One constant with its history."},
    {LONG, POST, "/constants/*name", "constants.write", constant_post, constant_in, NULL,
     "A new value from a day to come; confirmed=1 does it, without it the answer says what would change."},
    ROUTE_END,
};
