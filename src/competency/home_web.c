/* home_web.c -- the first page of the world, the first page of a person, and the pages about the platform itself. */
#include "competency/home_web.h"
#include "competency_html.h"
#include "competency_sql.h"

enum { STEPS_SHOWN = 3 };

/* ---- the one next step ---- */

static bool is_open(const struct hub_row *r)
{
    return !r->gap.met || r->unknown || r->indicative;
}

/* Rows stand in order of what matters: the first that leads somewhere; failing that, the first that is open. */
static struct hub_row *pick_now(struct home_view *v, struct hub_row *row, isize count, const struct next_step_list *steps)
{
    struct hub_row *first = NULL;
    for (isize i = 0; i < count; i++) {
        struct hub_row *r = &row[i];
        if (!is_open(r)) continue;
        if (!first) first = r;
        v->now_test = (r->unknown || r->indicative) && r->part.next_note.len > 0;
        if (v->now_test) return r;
        for (isize k = 0; k < steps->count; k++) {
            if (r->unknown || r->indicative || steps->row[k].competency != r->gap.competency) continue;
            v->step = &steps->row[k];
            return r;
        }
    }
    return first;
}

static err fill_gaps(struct request *rq, struct home_view *v)
{
    struct gap_list gaps;
    struct next_step_list steps = {0};
    struct hub_row *row;
    TRY(competency_gaps(rq->db, rq->arena, rq->lang, v->place.officer, rq->today, &gaps));
    TRY(learning_for_gaps(rq->db, rq->arena, rq->lang, &gaps, STEPS_SHOWN, &steps));
    TRY(hub_rows(rq, &gaps, &steps, true, S("/competencies"), &row));
    v->mapped = true;
    v->competencies = gaps.count;
    count_gaps(&gaps, &v->met, &v->below, &v->unknown);
    v->now = pick_now(v, row, gaps.count, &steps);
    if (v->now) v->now_href = v->step ? course_href(rq, v->step->course) : v->now->part.next_href;
    return OK;
}

/* ---- what else waits ---- */

static err fill_enrolments(struct request *rq, struct home_view *v)
{
    struct competency_enrolments_rows rows;
    TRY(competency_sql_enrolments(rq->db, rq->arena, v->place.officer, str_of(lang_tag[rq->lang]), &rows));
    v->enrolment = ARENA_ARRAY(rq->arena, struct enrolment_line, rows.count);
    v->enrolments = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct competency_enrolments_row *r = &rows.row[i];
        v->enrolment[i] = (struct enrolment_line){.course = r->course, .state = r->state, .modules = r->modules, .done = r->done, .title = r->title};
    }
    return OK;
}

static const char *notice_words(str kind)
{
    if (str_eq(kind, S("report.new"))) return N_("A report on a position waits for your answer");
    if (str_eq(kind, S("report.answered"))) return N_("Your report on your position was answered");
    if (str_eq(kind, S("result"))) return N_("A result was recorded for you");
    return NULL;
}

static err fill_notices(struct request *rq, struct home_view *v)
{
    struct competency_notices_rows rows;
    TRY(competency_sql_notices(rq->db, rq->arena, rq->user.account, NOTICES_SHOWN, &rows));
    v->notice = ARENA_ARRAY(rq->arena, struct notice_line, rows.count);
    v->notices = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct competency_notices_row *r = &rows.row[i];
        const char *words = notice_words(r->kind);
        v->notice[i] = (struct notice_line){.id = r->id, .created = r->created, .kind = r->kind, .title = words ? tr(rq->lang, words) : r->detail,
                                            .detail = words ? r->detail : (str){0}, .link = r->link, .seen = !r->seen_null};
        v->notices_new += r->seen_null;
        if (r->id > v->notices_until) v->notices_until = r->id;
    }
    return OK;
}

static err fill_queues(struct request *rq, struct home_view *v)
{
    v->answers = user_reach(&rq->user, "report.answer") != REACH_NONE;
    v->records = user_reach(&rq->user, "evidence.proctored") != REACH_NONE;
    if (!v->answers) return OK;
    struct competency_reports_count_row n;
    TRY(competency_sql_reports_count(rq->db, rq->arena, rq->user.account, rq->today, 0, 1, &n));
    v->reports_waiting = n.n;
    return OK;
}

err home(struct request *rq)
{
    struct home_view v = {.name = str_of(rq->user.name)};
    if (rq->user.officer) {
        err e = place_of(rq, rq->user.officer, &v.place);
        if (e != OK && e != ERR_NOT_FOUND) return e;
        v.placed = e == OK;
    }
    if (v.placed && v.place.map) TRY(fill_gaps(rq, &v));
    if (v.placed) TRY(fill_enrolments(rq, &v));
    TRY(fill_notices(rq, &v));
    TRY(fill_queues(rq, &v));
    return RESPOND(rq, tr(rq->lang, N_("Home")), competency_home_page, &v);
}

err notices_seen(struct request *rq)
{
    i64 until;
    if (!in_i64(rq, "until", &until)) return err_set(ERR_INVALID, N_("Go back to the first page and try again."));
    TRY(competency_sql_notices_seen(rq->db, rq->user.account, until, rq->now, NULL));
    return respond_redirect(rq, "/home");
}

/* ---- about the platform ---- */

static struct about_view about_of(void)
{
    return (struct about_view){.version = S(IGOT_VERSION), .licence = S("Apache-2.0")};
}

err landing(struct request *rq)
{
    if (rq->user.account) return respond_redirect(rq, "/home");
    struct about_view v = about_of();
    return RESPOND(rq, tr(rq->lang, N_("Learn what your work needs")), competency_landing_page, &v);
}

err about(struct request *rq)
{
    struct about_view v = about_of();
    return RESPOND(rq, tr(rq->lang, N_("About this platform")), competency_about_page, &v);
}

err more(struct request *rq)
{
    struct more_view v = {.user = &rq->user, .name = str_of(rq->user.name)};
    return RESPOND(rq, tr(rq->lang, N_("More")), competency_more_page, &v);
}

err styleguide(struct request *rq)
{
    struct about_view v = about_of();
    return RESPOND(rq, tr(rq->lang, N_("Parts of these pages")), competency_styleguide_page, &v);
}

/* ---- JSON ---- */

#define INNER(name, type, st, member) {name, type, offsetof(struct st, member), SIZE_MAX, NULL, 0}
#define LISTED(name, st, member, count, shape) {name, SHAPE_LIST, offsetof(struct st, member), SIZE_MAX, shape, offsetof(struct st, count)}

static const struct shape_field enrolment_fields[] = {
    FIELD(SHAPE_ID, enrolment_line, course), FIELD(SHAPE_STR, enrolment_line, title), FIELD(SHAPE_I64, enrolment_line, state),
    FIELD(SHAPE_I64, enrolment_line, modules), FIELD(SHAPE_I64, enrolment_line, done), FIELD_END};
static const struct shape enrolment_shape = {"Enrolment", sizeof(struct enrolment_line), enrolment_fields};

static const struct shape_field notice_fields[] = {
    FIELD(SHAPE_ID, notice_line, id), FIELD(SHAPE_STR, notice_line, kind), FIELD(SHAPE_STR, notice_line, title), FIELD(SHAPE_STR, notice_line, detail),
    FIELD(SHAPE_STR, notice_line, link), FIELD(SHAPE_TIME, notice_line, created), FIELD(SHAPE_BOOL, notice_line, seen), FIELD_END};
static const struct shape notice_shape = {"Notice", sizeof(struct notice_line), notice_fields};

static const struct shape_field home_fields[] = {
    FIELD(SHAPE_STR, home_view, name), FIELD_OBJECT(home_view, place, &place_shape), FIELD(SHAPE_I64, home_view, competencies), FIELD(SHAPE_I64, home_view, met),
    FIELD(SHAPE_I64, home_view, below), FIELD(SHAPE_I64, home_view, unknown), FIELD(SHAPE_STR, home_view, now_href), FIELD(SHAPE_I64, home_view, reports_waiting),
    LISTED("enrolments", home_view, enrolment, enrolments, &enrolment_shape), LISTED("notices", home_view, notice, notices, &notice_shape), FIELD_END};
const struct shape home_shape = {"Home", sizeof(struct home_view), home_fields};

static const struct shape_field about_fields[] = {FIELD(SHAPE_STR, about_view, version), FIELD(SHAPE_STR, about_view, licence), FIELD_END};
const struct shape about_shape = {"About", sizeof(struct about_view), about_fields};

static const struct shape_field more_fields[] = {FIELD(SHAPE_STR, more_view, name), FIELD_END};
const struct shape more_shape = {"More", sizeof(struct more_view), more_fields};
