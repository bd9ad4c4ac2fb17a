/* hub_web.c -- /competencies: what the position needs beside what the evidence says, for oneself and, read-only, for those entitled. */
#include <pthread.h>

#include "assessment/assessment.h"
#include "competency/competency_web.h"
#include "competency_html.h"
#include "competency_sql.h"

enum { STEPS_SHOWN = 3, KEPT_SLOTS = 1024, KEPT_MS = 60000 };

static const f64 z90 = 1.6448536269514722;

/* ---- small things ---- */

str kind_title(struct request *rq, i64 kind)
{
    static const char *const title[] = {"", N_("Behavioural"), N_("Functional"), N_("Domain")};
    ASSERT(kind >= KIND_BEHAVIOURAL && kind <= KIND_DOMAIN);
    return tr(rq->lang, title[kind]);
}

str course_href(struct request *rq, i64 course)
{
    return str_format(rq->arena, "/courses/%lld", (long long)course);
}

struct track track_of(i64 status, f64 mean, f64 se, i64 need, bool met, bool own)
{
    enum track_state state = status == LEVEL_NOT_ASSESSED ? TRACK_UNKNOWN : status == LEVEL_INDICATIVE ? TRACK_INDICATIVE : TRACK_KNOWN;
    return (struct track){.state = state, .need = need, .mean = mean, .low = level_shown(mean - z90 * se), .high = level_shown(mean + z90 * se), .met = met, .own = own};
}

/* ---- what every page asks and seldom changes is kept for a minute, in memory ---- */

struct kept { i64 key, at, a, b; };
static struct kept diagnostics[KEPT_SLOTS], sizes[KEPT_SLOTS];
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

/* Ids made in one millisecond differ in their low bits only, those of different ones hardly there: all bits are mixed. */
static struct kept *kept_slot(struct kept *table, i64 key)
{
    return &table[((u64)key * 0x9E3779B97F4A7C15u) >> 54 & (KEPT_SLOTS - 1)];
}

static bool kept_find(const struct request *rq, struct kept *table, i64 key, struct kept *out)
{
    pthread_mutex_lock(&kept_lock);
    *out = *kept_slot(table, key);
    pthread_mutex_unlock(&kept_lock);
    return out->key == key && rq->now >= out->at && rq->now - out->at < KEPT_MS;
}

static void keep(struct kept *table, const struct kept *k)
{
    pthread_mutex_lock(&kept_lock);
    *kept_slot(table, k->key) = *k;
    pthread_mutex_unlock(&kept_lock);
}

err diagnostic_known(struct request *rq, i64 competency, bool *has)
{
    struct kept k;
    if (!kept_find(rq, diagnostics, competency, &k)) {
        TRY(assessment_has_diagnostic(rq->db, competency, has));
        k = (struct kept){competency, rq->now, *has, 0};
        keep(diagnostics, &k);
    }
    *has = k.a != 0;
    return OK;
}

/* A version of a map never changes. */
static err map_size(struct request *rq, i64 map, i64 *roles, i64 *activities)
{
    struct kept k;
    if (!kept_find(rq, sizes, map, &k)) {
        struct competency_map_size_row size;
        TRY(competency_sql_map_size(rq->db, rq->arena, map, &size));
        k = (struct kept){map, rq->now, size.roles, size.activities};
        keep(sizes, &k);
    }
    *roles = k.a;
    *activities = k.b;
    return OK;
}

err place_of(struct request *rq, i64 officer, struct place *out)
{
    struct competency_place_row r;
    bool found;
    TRY(competency_sql_place(rq->db, rq->arena, officer, rq->today, str_of(lang_tag[rq->lang]), &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("This officer holds no position today, so it is not known what is required."));
    *out = (struct place){.officer = officer, .position = r.position, .organisation = r.organisation, .map = r.map_null ? 0 : r.map, .officer_name = r.officer_name,
                          .grp = r.grp, .position_name = r.position_name, .organisation_name = r.organisation_name};
    if (!out->map) return OK;
    return map_size(rq, out->map, &out->roles, &out->activities);
}

/* ---- rows ---- */

static bool is_known(const struct gap *g)
{
    return g->status != LEVEL_NOT_ASSESSED && g->status != LEVEL_INDICATIVE;
}

void count_gaps(const struct gap_list *gaps, i64 *met, i64 *below, i64 *unknown)
{
    *met = *below = *unknown = 0;
    for (isize i = 0; i < gaps->count; i++) {
        const struct gap *g = &gaps->row[i];
        if (!is_known(g)) ++*unknown;
        else if (g->met) ++*met;
        else ++*below;
    }
}

static const struct next_step *step_for(const struct next_step_list *steps, i64 competency)
{
    for (isize i = 0; i < steps->count; i++)
        if (steps->row[i].competency == competency) return &steps->row[i];
    return NULL;
}

static err next_of_row(struct request *rq, const struct next_step_list *steps, struct hub_row *r)
{
    struct gap_part *p = &r->part;
    const struct gap *g = &r->gap;
    const struct next_step *step = step_for(steps, g->competency);
    if (!is_known(g)) {
        bool has;
        TRY(diagnostic_known(rq, g->competency, &has));
        p->next_href = str_format(rq->arena, "%.*s#measure", STR_ARGS(p->href));
        p->next_label = tr(rq->lang, has ? N_("Take the short test") : N_("See how it can be measured"));
        if (has) p->next_note = tr_format(rq->arena, rq->lang, N_("{1} questions, {2} min"), (struct fmt[]){FMT(num(DIAGNOSTIC_QUESTIONS)), FMT(num(DIAGNOSTIC_MINUTES))}, 2);
    } else if (step) {
        r->next_course = step->course;
        r->next_gain = step->gain;
        r->next_course_null = false;
        p->next_href = course_href(rq, step->course);
        p->next_label = step->title;
        p->next_note = tr_format(rq->arena, rq->lang, N_("{1}, closes about {2}"), (struct fmt[]){FMT(duration(step->minutes)), FMT(dec1(step->gain))}, 2);
    } else if (!g->met) {
        p->next_href = str_format(rq->arena, "%.*s#next", STR_ARGS(p->href));
        p->next_label = tr(rq->lang, N_("See what closes it"));
    }
    return OK;
}

static void fill_row(struct request *rq, const struct gap *g, bool own, str base, struct hub_row *r)
{
    static const char *const kind[] = {"", "behavioural", "functional", "domain"};
    static const char *const status[] = {"not_assessed", "indicative", "provisional", "confirmed"};
    *r = (struct hub_row){.gap = *g, .unknown = g->status == LEVEL_NOT_ASSESSED, .indicative = g->status == LEVEL_INDICATIVE, .kind = str_of(kind[g->kind]),
                          .status = str_of(status[g->status]), .newest_null = g->newest < 0, .next_course_null = true};
    r->part = (struct gap_part){.href = str_format(rq->arena, "%.*s/%lld", STR_ARGS(base), (long long)g->competency), .name = g->name, .shortfall = g->shortfall,
                                .critical = g->critical, .disagree = g->disagree, .fading = g->fading, .newest = g->newest, .trend = g->trend,
                                .trend_since = g->trend_since, .trend_null = g->trend_null};
    r->part.track = track_of(g->status, g->mean, g->se, g->required, g->met, own);
    r->low = r->part.track.low;
    r->high = r->part.track.high;
}

err hub_rows(struct request *rq, const struct gap_list *gaps, const struct next_step_list *steps, bool own, str base, struct hub_row **out)
{
    *out = ARENA_ARRAY(rq->arena, struct hub_row, gaps->count);
    for (isize i = 0; i < gaps->count; i++) {
        fill_row(rq, &gaps->row[i], own, base, &(*out)[i]);
        if (own) TRY(next_of_row(rq, steps, &(*out)[i]));
    }
    return OK;
}

/* ---- groups ---- */

static struct hub_group *new_group(struct hub_view *v, struct arena *a, str title)
{
    struct hub_group *g = &v->group[v->groups++];
    *g = (struct hub_group){title, ARENA_ARRAY(a, isize, v->count), 0};
    return g;
}

/* A kind stands where its first row does, so that what matters most is at the top. */
static void group_by_kind(struct request *rq, struct hub_view *v)
{
    struct hub_group *of[KIND_DOMAIN + 1] = {0};
    v->group = ARENA_ARRAY(rq->arena, struct hub_group, KIND_DOMAIN);
    for (isize i = 0; i < v->count; i++) {
        i64 kind = v->row[i].gap.kind;
        if (!of[kind]) of[kind] = new_group(v, rq->arena, kind_title(rq, kind));
        of[kind]->row[of[kind]->count++] = i;
    }
}

static void group_by_nothing(struct request *rq, struct hub_view *v)
{
    v->group = ARENA_ARRAY(rq->arena, struct hub_group, 1);
    struct hub_group *all = new_group(v, rq->arena, tr(rq->lang, N_("What matters most")));
    for (isize i = 0; i < v->count; i++) all->row[all->count++] = i;
}

static bool role_needs(const struct competency_map_roles_rows *pairs, i64 role, i64 competency)
{
    for (isize i = 0; i < pairs->count; i++)
        if (pairs->row[i].role == role && pairs->row[i].competency == competency) return true;
    return false;
}

static int by_role_name(const void *x, const void *y)
{
    const struct competency_map_roles_row *a = x, *b = y;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a->role > b->role) - (a->role < b->role);
}

static err group_by_role(struct request *rq, struct hub_view *v)
{
    struct competency_map_roles_rows pairs;
    TRY(competency_sql_map_roles(rq->db, rq->arena, v->place.map, str_of(lang_tag[rq->lang]), &pairs));
    if (pairs.count) qsort(pairs.row, (size_t)pairs.count, sizeof *pairs.row, by_role_name);
    v->group = ARENA_ARRAY(rq->arena, struct hub_group, pairs.count);
    for (isize i = 0; i < pairs.count; i++) {
        if (i && pairs.row[i].role == pairs.row[i - 1].role) continue;
        struct hub_group *g = new_group(v, rq->arena, pairs.row[i].name);
        for (isize k = 0; k < v->count; k++)
            if (role_needs(&pairs, pairs.row[i].role, v->row[k].gap.competency)) g->row[g->count++] = k;
    }
    return OK;
}

/* ---- the page ---- */

static void summarise(struct hub_view *v, const struct gap_list *gaps)
{
    f64 most = .05;
    bool bank = false;
    count_gaps(gaps, &v->met, &v->below, &v->unknown);
    v->competencies = gaps->count;
    for (isize i = 0; i < v->count; i++) {
        const struct hub_row *r = &v->row[i];
        bool known = is_known(&r->gap);
        if (known && !r->gap.met && r->gap.shortfall > most) {
            most = r->gap.shortfall;
            v->largest = r->gap.name;
        }
        if (r->gap.critical && (!known || r->gap.fading)) v->critical_open++;
        /* What to measure first: rows are in order of what matters; one with a short test goes before one without. */
        bool test = r->part.next_note.len > 0;
        if (known || (v->measure_href.data && (bank || !test))) continue;
        v->measure_href = r->part.next_href;
        v->measure_name = r->gap.name;
        bank = test;
    }
}

static err fill_hub(struct request *rq, struct hub_view *v)
{
    struct gap_list gaps = {0};
    struct next_step_list steps = {0};
    TRY(competency_gaps(rq->db, rq->arena, rq->lang, v->place.officer, rq->today, &gaps));
    if (v->own) TRY(learning_for_gaps(rq->db, rq->arena, rq->lang, &gaps, STEPS_SHOWN, &steps));
    v->mapped = true;
    v->count = gaps.count;
    TRY(hub_rows(rq, &gaps, &steps, v->own, v->base, &v->row));
    summarise(v, &gaps);
    if (v->order == ORDER_ROLE) return group_by_role(rq, v);
    if (v->order == ORDER_KIND) group_by_kind(rq, v);
    else group_by_nothing(rq, v);
    return OK;
}

static enum hub_order order_of(struct request *rq)
{
    str order = in_str(rq, "order");
    return str_eq(order, S("matters")) ? ORDER_MATTERS : str_eq(order, S("role")) ? ORDER_ROLE : ORDER_KIND;
}

static err show_hub(struct request *rq, i64 officer, bool own, str base)
{
    struct hub_view v = {.own = own, .base = base, .as_of = rq->today, .order = order_of(rq)};
    TRY(place_of(rq, officer, &v.place));
    if (v.place.map) TRY(fill_hub(rq, &v));
    str title = own ? tr(rq->lang, N_("Your competencies"))
                    : tr_format(rq->arena, rq->lang, N_("Competencies of {1}"), (struct fmt[]){FMT(v.place.officer_name)}, 1);
    return RESPOND(rq, title, competency_hub_page, &v);
}

err hub_own(struct request *rq)
{
    if (!rq->user.officer) return err_set(ERR_NOT_FOUND, N_("Your account holds no position, so no competencies are required of you."));
    return show_hub(rq, rq->user.officer, true, S("/competencies"));
}

err hub_officer(struct request *rq)
{
    return show_hub(rq, rq->param[0], false, str_format(rq->arena, "/officers/%lld/competencies", (long long)rq->param[0]));
}

/* ---- JSON ---- */

#define INNER(name, type, st, member) {name, type, offsetof(struct st, member), SIZE_MAX, NULL, 0}
#define INNER_NULL(name, type, st, member, null) {name, type, offsetof(struct st, member), offsetof(struct st, null), NULL, 0}

static const struct shape_field place_fields[] = {
    FIELD(SHAPE_ID, place, officer), FIELD(SHAPE_STR, place, officer_name), FIELD(SHAPE_STR, place, grp), FIELD(SHAPE_ID, place, position),
    FIELD(SHAPE_STR, place, position_name), FIELD(SHAPE_ID, place, organisation), FIELD(SHAPE_STR, place, organisation_name), FIELD(SHAPE_I64, place, roles),
    FIELD(SHAPE_I64, place, activities), FIELD_END};
const struct shape place_shape = {"Place", sizeof(struct place), place_fields};

static const struct shape_field row_fields[] = {
    INNER("competency", SHAPE_ID, hub_row, gap.competency), INNER("code", SHAPE_STR, hub_row, gap.code), INNER("name", SHAPE_STR, hub_row, gap.name),
    FIELD(SHAPE_STR, hub_row, kind), INNER("required", SHAPE_I64, hub_row, gap.required), INNER("critical", SHAPE_BOOL, hub_row, gap.critical),
    FIELD(SHAPE_STR, hub_row, status), INNER_NULL("mean", SHAPE_F64, hub_row, gap.mean, unknown), INNER_NULL("se", SHAPE_F64, hub_row, gap.se, unknown),
    INNER_NULL("low", SHAPE_F64, hub_row, low, unknown), INNER_NULL("high", SHAPE_F64, hub_row, high, unknown),
    INNER_NULL("shortfall", SHAPE_F64, hub_row, gap.shortfall, unknown), INNER_NULL("awarded", SHAPE_I64, hub_row, gap.awarded, unknown),
    INNER("met", SHAPE_BOOL, hub_row, gap.met), INNER("disagree", SHAPE_BOOL, hub_row, gap.disagree),
    INNER_NULL("newest", SHAPE_DAY, hub_row, gap.newest, newest_null), INNER("fading", SHAPE_BOOL, hub_row, gap.fading),
    INNER_NULL("trend", SHAPE_F64, hub_row, gap.trend, gap.trend_null), INNER_NULL("trend_since", SHAPE_DAY, hub_row, gap.trend_since, gap.trend_null),
    FIELD_NULL(SHAPE_ID, hub_row, next_course), INNER_NULL("next_gain", SHAPE_F64, hub_row, next_gain, next_course_null),
    INNER("next_href", SHAPE_STR, hub_row, part.next_href), INNER("next_label", SHAPE_STR, hub_row, part.next_label), FIELD_END};
static const struct shape row_shape = {"Gap", sizeof(struct hub_row), row_fields};

static const struct shape_field hub_fields[] = {
    FIELD_OBJECT(hub_view, place, &place_shape), FIELD(SHAPE_BOOL, hub_view, mapped), FIELD(SHAPE_DAY, hub_view, as_of), FIELD(SHAPE_I64, hub_view, competencies),
    FIELD(SHAPE_I64, hub_view, met), FIELD(SHAPE_I64, hub_view, below), FIELD(SHAPE_I64, hub_view, unknown), FIELD(SHAPE_I64, hub_view, critical_open),
    {"gaps", SHAPE_LIST, offsetof(struct hub_view, row), SIZE_MAX, &row_shape, offsetof(struct hub_view, count)}, FIELD_END};
const struct shape hub_shape = {"CompetencyHub", sizeof(struct hub_view), hub_fields};
