/* officers_web.c -- lists of officers, for those entitled: of an organisation and all below it, or of those who report to the reader. */
#include "measure/measure_web.h"

#include "measure_html.h"
#include "measure_web_sql.h"
#include "org/org.h"

/* Up to SORTED_MAX officers any order will do; past that, by name, along the index. What a page costs grows with its number, so they end. */
enum { PER_PAGE = 50, SORTED_MAX = 20000, PAGES_MAX = 400, POSITIONS_MAX = 200 };

struct asked {
    i64 organisation, position, supervisor, here;
    str group, pattern, language;
    bool many, large;
};

static i64 order_of(str sort)
{
    static const char *const key[] = {"name", "position", "group", "met"};
    bool down = str_starts(sort, S("-"));
    str by = down ? str_slice(sort, 1, -1) : sort;
    for (int i = 0; i < 4; i++)
        if (str_eq(by, str_of(key[i]))) return down ? -(i + 1) : i + 1;
    return 1;
}

static err asked_of(struct request *rq, i64 organisation, struct asked *q)
{
    *q = (struct asked){.organisation = organisation,
                        .supervisor = organisation ? 0 : rq->user.officer,
                        .group = in_str(rq, "group"),
                        .language = str_of(lang_tag[rq->lang])};
    q->pattern = like_of(rq->arena, in_str(rq, "q"));
    if (!q->group.data) q->group = S("");
    (void)in_i64(rq, "position", &q->position);
    if (!organisation) return OK;
    struct measure_web_officers_here_row all, wanted;
    TRY(measure_web_sql_officers_here(rq->db, rq->arena, organisation, S(""), &all));
    TRY(measure_web_sql_officers_here(rq->db, rq->arena, organisation, q->group, &wanted));
    q->here = wanted.n;
    q->many = all.n > SORTED_MAX; /* sorting would have to read them all, whichever Group is wanted */
    q->large = q->many && !q->position;
    return OK;
}

/* ---- which officers are on this page ---- */

struct key {
    i64 officer, posting;
};
struct key_list {
    struct key *row;
    isize count;
    i64 total;
};

static err keys_by_name(struct request *rq, const struct asked *q, struct officers_view *v, struct key_list *out)
{
    struct measure_web_officers_by_name_rows rows;
    out->total = q->here;
    if (q->pattern.len) {
        struct measure_web_officers_found_row found;
        TRY(measure_web_sql_officers_found(rq->db, rq->arena, q->organisation, q->group, q->pattern, rq->today, &found));
        out->total = found.n;
    }
    i64 within = (i64)PAGES_MAX * PER_PAGE;
    v->cut = out->total > within;
    pager_of(rq, v->cut ? within : out->total, PER_PAGE, &v->pager);
    TRY(measure_web_sql_officers_by_name(rq->db, rq->arena, q->organisation, q->group, q->pattern, rq->today, PER_PAGE,
                                         (v->pager.page - 1) * PER_PAGE, &rows));
    out->row = ARENA_ARRAY(rq->arena, struct key, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) out->row[i] = (struct key){rows.row[i].officer, rows.row[i].posting};
    return OK;
}

static err keys_sorted(struct request *rq, const struct asked *q, struct officers_view *v, struct key_list *out)
{
    struct measure_web_officers_rows rows;
    i64 page = 1;
    (void)in_i64(rq, "page", &page);
    for (int tried = 0; tried < 2; tried++) { /* past the end no row says how many there are: back to the first page */
        TRY(measure_web_sql_officers(rq->db, rq->arena, q->organisation, q->position, q->supervisor, q->group, q->pattern, q->language,
                                     order_of(v->sort), rq->today, PER_PAGE, (page - 1) * PER_PAGE, &rows));
        if (rows.count || page == 1) break;
        page = 1;
    }
    out->total = rows.count ? rows.row[0].total : 0;
    pager_of(rq, out->total, PER_PAGE, &v->pager);
    v->pager.page = page;
    out->row = ARENA_ARRAY(rq->arena, struct key, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) out->row[i] = (struct key){rows.row[i].officer, rows.row[i].posting};
    return OK;
}

/* ---- the page ---- */

static err officer_lines(struct request *rq, const struct key_list *keys, struct officers_view *v)
{
    v->officers = ARENA_ARRAY(rq->arena, struct officer_line, keys->count);
    for (isize i = 0; i < keys->count; i++) {
        struct measure_web_officer_line_row r;
        TRY(measure_web_sql_officer_line(rq->db, rq->arena, keys->row[i].officer, keys->row[i].posting, str_of(lang_tag[rq->lang]), &r));
        v->officers[v->officers_count++] = (struct officer_line){.id = r.officer,
                                                                 .name = r.name,
                                                                 .group = r.grp,
                                                                 .position = r.position_name,
                                                                 .organisation = r.organisation_name,
                                                                 .organisation_id = r.organisation,
                                                                 .needed = r.needed,
                                                                 .met = r.met,
                                                                 .newest = r.newest,
                                                                 .newest_null = r.newest_null};
    }
    return OK;
}

static err choices_fill(struct request *rq, const struct asked *q, struct officers_view *v)
{
    static const char *const groups[] = {"", "A", "B", "C"};
    struct measure_web_positions_rows rows;
    v->groups = ARENA_ARRAY(rq->arena, struct choice, COUNT_OF(groups));
    for (isize i = 0; i < COUNT_OF(groups); i++)
        v->groups[v->groups_count++] = (struct choice){
            str_of(groups[i]), i ? tr_format(rq->arena, rq->lang, N_("Group {1}"), (struct fmt[]){lit(groups[i])}, 1) : tr(rq->lang, N_("Any Group")),
            str_eq(q->group, str_of(groups[i]))};
    TRY(measure_web_sql_positions(rq->db, rq->arena, q->organisation, q->supervisor, q->many, q->language, rq->today, POSITIONS_MAX, &rows));
    v->positions = ARENA_ARRAY(rq->arena, struct choice, rows.count + 1);
    v->positions[v->positions_count++] = (struct choice){S(""), tr(rq->lang, N_("Any position")), q->position == 0};
    for (isize i = 0; i < rows.count; i++)
        v->positions[v->positions_count++] =
            (struct choice){str_format(rq->arena, "%lld", (long long)rows.row[i].position), rows.row[i].name, rows.row[i].position == q->position};
    return OK;
}

static const struct sort_column columns[OFFICER_HEADS] = {
    {"name", N_("Name"), false, false},
    {"position", N_("Position"), false, false},
    {"group", N_("Group"), false, false},
    {"met", N_("Requirements met"), true, false},
};

static void links_fill(struct request *rq, const struct asked *q, struct officers_view *v)
{
    sort_heads(rq, columns, OFFICER_HEADS, v->sort, "", v->heads);
    for (int i = 0; q->large && i < OFFICER_HEADS; i++) v->heads[i].href = (str){0};
    str query = str_slice(base_without(rq, "page|sort|format"), rq->path.len + 1, -1);
    v->csv = str_format(rq->arena, "%.*s/export?%.*sformat=csv", STR_ARGS(rq->path), STR_ARGS(query));
    v->xlsx = str_format(rq->arena, "%.*s/export?%.*sformat=xlsx", STR_ARGS(rq->path), STR_ARGS(query));
}

static err officers_answer(struct request *rq, i64 organisation)
{
    struct asked q;
    struct key_list keys;
    struct organisation o = {0};
    TRY(asked_of(rq, organisation, &q));
    if (organisation) TRY(organisation_get(rq->db, rq->arena, rq->lang, organisation, &o));
    struct officers_view v = {.organisation = organisation,
                              .reports = !organisation,
                              .large = q.large,
                              .organisation_name = o.name,
                              .q = in_str(rq, "q"),
                              .group = q.group,
                              .path = rq->path};
    v.sort = in_str(rq, "sort");
    if (!v.sort.data || q.large) v.sort = S("name");
    if (organisation) TRY(crumbs_of(rq, organisation, &v.crumbs, &v.crumbs_count));
    TRY(q.large ? keys_by_name(rq, &q, &v, &keys) : keys_sorted(rq, &q, &v, &keys));
    v.total = keys.total;
    v.page = v.pager.page;
    v.pages = v.pager.pages;
    TRY(officer_lines(rq, &keys, &v));
    TRY(choices_fill(rq, &q, &v));
    links_fill(rq, &q, &v);
    if (request_is_part(rq)) return RESPOND_PART(rq, measure_officers_part, &v);
    return RESPOND(rq, tr(rq->lang, N_("Officers")), measure_officers_page, &v);
}

err officers_list(struct request *rq)
{
    return officers_answer(rq, rq->param[0]);
}

/* Where the reader's list is: her own organisation if her role covers it, else one that it covers; 0: her reports. */
static err own_organisation(struct request *rq, i64 *organisation)
{
    enum reach reach = user_reach(&rq->user, "organisation.officers");
    bool sees = false;
    *organisation = rq->user.organisation;
    if (reach < REACH_UNIT) *organisation = 0;
    if (reach < REACH_UNIT) return OK;
    if (*organisation) TRY(user_sees_organisation(rq->db, &rq->user, "organisation.officers", *organisation, &sees));
    for (int i = 0; i < rq->user.grants && !sees; i++) {
        *organisation = rq->user.grant[i].organisation;
        if (*organisation) TRY(user_sees_organisation(rq->db, &rq->user, "organisation.officers", *organisation, &sees));
    }
    if (sees) return OK;
    if (reach != REACH_ALL) return err_set(ERR_NOT_FOUND, N_("Your role names no organisation, so there is no list of officers for you. The person who manages roles can name one."));
    struct measure_web_root_row root;
    TRY(measure_web_sql_root(rq->db, rq->arena, &root, &sees));
    if (!sees) return err_set(ERR_NOT_FOUND, N_("There are no organisations yet. Import them first: igot import organisations FILE."));
    *organisation = root.id;
    return OK;
}

err officers_own(struct request *rq)
{
    i64 organisation;
    TRY(own_organisation(rq, &organisation));
    if (!organisation) return officers_answer(rq, 0);
    return respond_redirect(rq, "/organisations/%lld/officers", (long long)organisation);
}

/* ---- export ---- */

static const struct export_column export_columns[] = {
    {N_("Name"), EXPORT_TEXT},           {N_("Position"), EXPORT_TEXT},        {N_("Organisation"), EXPORT_TEXT},
    {N_("Group"), EXPORT_TEXT},          {N_("Requirements met"), EXPORT_INT}, {N_("Requirements"), EXPORT_INT},
    {N_("Newest evidence"), EXPORT_DAY},
};

static err export_one(void *arg, const struct measure_web_officers_export_row *r)
{
    const struct export_cell cell[] = {
        {.text = r->name}, {.text = r->position_name}, {.text = r->organisation_name},           {.text = r->grp},
        {.i = r->met},     {.i = r->needed},           {.i = r->newest, .null = r->newest_null},
    };
    return export_row(arg, cell);
}

err officers_export(struct request *rq)
{
    struct asked q;
    struct exporter *x;
    i64 organisation = rq->param[0];
    if (!organisation) TRY(own_organisation(rq, &organisation));
    TRY(asked_of(rq, organisation, &q));
    TRY(export_begin(rq, "officers", export_columns, COUNT_OF(export_columns), &x));
    TRY(measure_web_sql_officers_export(rq->db, organisation, q.position, q.supervisor, q.group, q.pattern, q.language, rq->today, export_one, x));
    return export_end(x);
}

static const struct shape_field officer_fields[] = {
    FIELD(SHAPE_ID, officer_line, id),
    FIELD(SHAPE_STR, officer_line, name),
    FIELD(SHAPE_STR, officer_line, group),
    FIELD(SHAPE_STR, officer_line, position),
    FIELD(SHAPE_STR, officer_line, organisation),
    FIELD(SHAPE_ID, officer_line, organisation_id),
    FIELD(SHAPE_I64, officer_line, needed),
    FIELD(SHAPE_I64, officer_line, met),
    FIELD_NULL(SHAPE_DAY, officer_line, newest),
    FIELD_END,
};
static const struct shape officer_shape = {"OfficerLine", sizeof(struct officer_line), officer_fields};
static const struct shape_field officers_fields[] = {
    FIELD(SHAPE_I64, officers_view, total),
    FIELD(SHAPE_I64, officers_view, page),
    FIELD(SHAPE_I64, officers_view, pages),
    FIELD_LIST(officers_view, officers, officers_count, &officer_shape),
    FIELD_END,
};
const struct shape officers_shape = {"Officers", sizeof(struct officers_view), officers_fields};
