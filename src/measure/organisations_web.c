/* organisations_web.c -- lists of organisations with their published figures: the ministries, a search, the units below one. */
#include "measure/measure_web.h"

#include "measure_html.h"
#include "measure_web_sql.h"
#include "org/org.h"

enum { PER_PAGE = 50 };

struct listing {
    i64 parent, day, least;
    str kind, q, sort;
    bool published;
    struct figure_line *line;
    isize count;
};

static void line_of_row(struct request *rq, const struct measure_web_organisations_row *r, i64 least, struct figure_line *out)
{
    struct figure f = {.organisation = r->id, .name = r->name};
    if (!r->officers_null) {
        f.officers = r->officers;
        f.required = r->required;
        f.assessed = r->assessed;
        f.met = r->met;
        f.suppressed = r->suppressed;
        measure_finish(&f, r->shortfall_micro, r->shortfall_sq_milli);
    }
    line_of(rq, &f, least, out);
    out->officers_null |= r->officers_null;
    if (r->officers_null) out->withheld = tr(rq->lang, N_("nobody here is on igot yet"));
    out->code = r->code;
    out->kind = r->kind;
    out->above = rq->param[0] ? S("") : r->above; /* on a page of what lies below one it would stand in every row */
}

/* One whose reach is a unit sees of the list what lies in it. */
static err within_reach(struct request *rq, i64 organisation, bool *sees)
{
    *sees = true;
    if (user_reach(&rq->user, "organisation.read") == REACH_ALL) return OK;
    return user_sees_organisation(rq->db, &rq->user, "organisation.read", organisation, sees);
}

static err listing_read(struct request *rq, struct listing *l)
{
    struct measure_web_published_row newest = {0};
    struct measure_web_organisations_rows rows;
    l->parent = rq->param[0];
    l->kind = in_str(rq, "kind");
    l->q = in_str(rq, "q");
    l->sort = in_str(rq, "sort");
    if (!l->sort.data) l->sort = S("name");
    if (!l->kind.data) l->kind = !l->parent && !l->q.data ? S("ministry") : S("");
    str kind = str_eq(l->kind, S("any")) ? S("") : l->kind;
    TRY(measure_web_sql_published(rq->db, rq->arena, &newest, &l->published));
    l->day = l->published ? newest.day : -1;
    l->least = (i64)constant_value("publish_min", l->published ? l->day : rq->today);
    TRY(measure_web_sql_organisations(rq->db, rq->arena, kind, l->parent, like_of(rq->arena, l->q), str_of(lang_tag[rq->lang]), l->day, &rows));
    l->line = ARENA_ARRAY(rq->arena, struct figure_line, rows.count);
    l->count = 0;
    for (isize i = 0; i < rows.count; i++) {
        bool sees;
        TRY(within_reach(rq, rows.row[i].id, &sees));
        if (sees) line_of_row(rq, &rows.row[i], l->least, &l->line[l->count++]);
    }
    lines_sort(l->line, l->count, l->sort);
    return OK;
}

err organisations_export(struct request *rq)
{
    struct listing l;
    TRY(listing_read(rq, &l));
    return lines_export(rq, "organisations", l.line, l.count, true);
}

/* ---- the page ---- */

static err kind_choices(struct request *rq, const struct listing *l, struct organisations_view *v)
{
    struct measure_web_kinds_rows rows;
    TRY(measure_web_sql_kinds(rq->db, rq->arena, l->parent, &rows));
    v->kinds = ARENA_ARRAY(rq->arena, struct choice, rows.count + 1);
    v->kinds[v->kinds_count++] = (struct choice){S("any"), tr(rq->lang, N_("Any kind")), l->kind.len == 0 || str_eq(l->kind, S("any"))};
    for (isize i = 0; i < rows.count; i++)
        v->kinds[v->kinds_count++] = (struct choice){rows.row[i].kind, kind_words(rq->lang, rows.row[i].kind), str_eq(rows.row[i].kind, l->kind)};
    return OK;
}

static const struct sort_column columns[ORGANISATION_HEADS] = {
    {"name", N_("Organisation"), false, false}, {"officers", N_("Officers"), true, true},
    {"assessed", N_("Assessed"), true, true},   {"met", N_("Met"), true, false},
    {"gap", N_("Mean gap"), true, true},
};

static err parent_fill(struct request *rq, struct organisations_view *v)
{
    struct organisation o;
    if (!v->parent) return OK;
    TRY(organisation_get(rq->db, rq->arena, rq->lang, v->parent, &o));
    v->parent_name = o.name;
    return crumbs_of(rq, v->parent, &v->crumbs, &v->crumbs_count);
}

err organisations_list(struct request *rq)
{
    struct listing l;
    TRY(listing_read(rq, &l));
    struct organisations_view v = {
        .parent = l.parent, .day = l.day, .least = l.least, .published = l.published, .q = l.q, .sort = l.sort, .path = rq->path, .total = l.count};
    TRY(parent_fill(rq, &v));
    TRY(kind_choices(rq, &l, &v));
    pager_of(rq, l.count, PER_PAGE, &v.pager);
    v.page = v.pager.page;
    v.pages = v.pager.pages;
    isize from = (isize)((v.page - 1) * PER_PAGE);
    v.organisations = l.line + from;
    v.organisations_count = l.count - from < PER_PAGE ? l.count - from : PER_PAGE;
    sort_heads(rq, columns, ORGANISATION_HEADS, l.sort, "", v.heads);
    str query = str_slice(base_without(rq, "page|format"), rq->path.len + 1, -1);
    v.csv = str_format(rq->arena, "%.*s/export?%.*sformat=csv", STR_ARGS(rq->path), STR_ARGS(query));
    v.xlsx = str_format(rq->arena, "%.*s/export?%.*sformat=xlsx", STR_ARGS(rq->path), STR_ARGS(query));
    if (l.kind.len && !str_eq(l.kind, S("any"))) v.any_kind = str_format(rq->arena, "%.*skind=any", STR_ARGS(base_without(rq, "kind|page")));
    if (request_is_part(rq)) return RESPOND_PART(rq, measure_organisations_part, &v);
    return RESPOND(rq, v.parent ? v.parent_name : tr(rq->lang, N_("Organisations")), measure_organisations_page, &v);
}

static const struct shape_field organisations_fields[] = {
    FIELD(SHAPE_BOOL, organisations_view, published),
    FIELD(SHAPE_DAY, organisations_view, day),
    FIELD(SHAPE_I64, organisations_view, least),
    FIELD(SHAPE_I64, organisations_view, total),
    FIELD(SHAPE_I64, organisations_view, page),
    FIELD(SHAPE_I64, organisations_view, pages),
    FIELD_LIST(organisations_view, organisations, organisations_count, &figure_line_shape),
    FIELD_END,
};
const struct shape organisations_shape = {"Organisations", sizeof(struct organisations_view), organisations_fields};
