/* report_web.c -- the position and its map; "my position is wrong", from the report to its answer; which competencies are critical. */
#include "auth/auth.h"
#include "competency/competency_web.h"
#include "competency_html.h"
#include "competency_sql.h"

enum { REPORT_OPEN, REPORT_LOOKED_AT, REPORT_ACCEPTED, REPORT_DECLINED, EXPORT_CHUNK = 500, EXPORT_MEMORY = 16 << 20 };

static const char *const state_code[] = {"open", "looking", "accepted", "declined"};

const char *report_state_words(i64 state)
{
    static const char *const words[] = {N_("Waits for an answer"), N_("Being looked at"), N_("Accepted"), N_("Declined")};
    ASSERT(state >= REPORT_OPEN && state <= REPORT_DECLINED);
    return words[state];
}

/* -1: not one of them. */
static i64 state_of_code(str code)
{
    for (isize i = 0; i < COUNT_OF(state_code); i++)
        if (str_eq(code, str_of(state_code[i]))) return (i64)i;
    return -1;
}

/* ---- the position ---- */

static err fill_position(struct request *rq, struct position_view *v)
{
    TRY(place_of(rq, rq->user.officer, &v->place));
    struct map_line_list lines = {0};
    struct requirement_list needs = {0};
    if (v->place.map) {
        TRY(frac_map_lines(rq->db, rq->arena, rq->lang, v->place.map, 0, &lines));
        TRY(frac_requirements(rq->db, rq->arena, rq->lang, v->place.map, &needs));
    }
    v->line = lines.row;
    v->lines = lines.count;
    v->competencies = needs.count;
    for (isize i = 0; i < lines.count; i++) v->unreviewed += !lines.row[i].reviewed;
    struct competency_reports_own_rows rows;
    TRY(competency_sql_reports_own(rq->db, rq->arena, rq->user.officer, &rows));
    v->report = ARENA_ARRAY(rq->arena, struct report_line, rows.count);
    v->reports = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct competency_reports_own_row *r = &rows.row[i];
        v->report[i] = (struct report_line){.id = r->id, .state = r->state, .created = r->created, .changed = r->changed, .text = r->text,
                                            .state_title = tr(rq->lang, report_state_words(r->state))};
    }
    return OK;
}

err position_show(struct request *rq)
{
    if (!rq->user.officer) return err_set(ERR_NOT_FOUND, N_("Your account holds no position."));
    struct position_view v = {.text_error = form_error_of(rq, "text")};
    if (rq->route->method == POST) v.typed = in_raw(rq, "text");
    TRY(fill_position(rq, &v));
    return RESPOND(rq, tr(rq->lang, N_("Your position")), competency_position_page, &v);
}

/* The same words while they wait for an answer: a form sent twice. */
static err report_waiting(struct request *rq, i64 *id)
{
    struct competency_reports_own_rows rows;
    *id = 0;
    TRY(competency_sql_reports_own(rq->db, rq->arena, rq->user.officer, &rows));
    for (isize i = 0; i < rows.count; i++)
        if (rows.row[i].state == REPORT_OPEN && str_eq(rows.row[i].text, in_str(rq, "text"))) *id = rows.row[i].id;
    return OK;
}

err position_report_post(struct request *rq)
{
    if (!rq->user.officer) return err_set(ERR_NOT_FOUND, N_("Your account holds no position."));
    if (form_bad(rq)) return position_show(rq);
    struct place p;
    i64 id;
    TRY(report_waiting(rq, &id));
    if (id) return respond_redirect(rq, "/position/reports/%lld", (long long)id);
    TRY(place_of(rq, rq->user.officer, &p));
    id = id_new();
    TRY(competency_sql_report_add(rq->db, id, p.officer, p.position, p.organisation, in_str(rq, "text"), rq->now, NULL));
    str link = str_format(rq->arena, "/reports/%lld", (long long)id);
    TRY(competency_sql_notice_answerers(rq->db, id_new(), p.organisation, rq->today, id, p.position_name, link, rq->now, NULL));
    TRY(audit_add(rq->db, rq->user.account, "report.sent", id, (str){0}, rq->now));
    flash(rq, N_("Your report is with your capacity building unit. You can follow it here."));
    return respond_redirect(rq, "/position/reports/%lld", (long long)id);
}

/* ---- one report ---- */

static struct step step_made(struct request *rq, enum step_state state, const char *title, struct fmt *soft, const char *soft_msgid, int n)
{
    struct step s = {.state = state, .title = tr(rq->lang, title)};
    if (soft_msgid) s.soft = tr_format(rq->arena, rq->lang, soft_msgid, soft, n);
    return s;
}

static void fill_steps(struct request *rq, struct report_view *v)
{
    bool done = v->state >= REPORT_ACCEPTED;
    i64 due = day_of_ms(v->created) + REPORT_DAYS;
    struct step *s = ARENA_ARRAY(rq->arena, struct step, 4);
    s[0] = step_made(rq, STEP_DONE, v->own ? N_("Sent by you") : N_("Sent by the officer"), (struct fmt[]){when(v->created)}, "{1}", 1);
    s[1] = step_made(rq, v->state == REPORT_OPEN ? STEP_NOW : STEP_DONE, N_("With the capacity building unit"), (struct fmt[]){when(v->created)}, N_("Since {1}"), 1);
    s[2] = step_made(rq, v->state == REPORT_LOOKED_AT ? STEP_NOW : done ? STEP_DONE : STEP_LATER, N_("Being looked at"), NULL, NULL, 0);
    s[3] = step_made(rq, done ? STEP_DONE : STEP_LATER, N_("Answered"), NULL, NULL, 0);
    struct fmt by = FMT(v->answered_name.data ? v->answered_name : S("–"));
    if (v->state == REPORT_LOOKED_AT) s[2].soft = tr_format(rq->arena, rq->lang, N_("Since {1}, {2}"), (struct fmt[]){when(v->changed), by}, 2);
    if (done) s[3].soft = tr_format(rq->arena, rq->lang, N_("{1}, {2}: {3}"), (struct fmt[]){when(v->changed), by, FMT(v->state_title)}, 3);
    else s[3].soft = tr_format(rq->arena, rq->lang, N_("Expected by {1}"), (struct fmt[]){day_text(due)}, 1);
    if (!done && rq->today > due) s[v->state == REPORT_OPEN ? 1 : 2].due = tr_format(rq->arena, rq->lang, N_("It was expected by {1}."), (struct fmt[]){day_text(due)}, 1);
    v->steps = (struct step_list){s, 4};
}

static err fill_report(struct request *rq, struct report_view *v)
{
    struct competency_report_row r;
    bool found;
    TRY(competency_sql_report(rq->db, rq->arena, rq->param[0], str_of(lang_tag[rq->lang]), &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such report, or it lies outside what you may see."));
    *v = (struct report_view){.id = r.id, .officer = r.officer, .position = r.position, .organisation = r.organisation, .state = r.state, .created = r.created,
                              .changed = r.changed, .officer_name = r.officer_name, .position_name = r.position_name, .organisation_name = r.organisation_name,
                              .text = r.text, .answer = r.answer, .answered_name = r.answered_name, .own = r.officer == rq->user.officer,
                              .state_title = tr(rq->lang, report_state_words(r.state))};
    fill_steps(rq, v);
    return OK;
}

static err report_page(struct request *rq, struct report_view *v)
{
    return RESPOND(rq, tr(rq->lang, N_("Report on a position")), competency_report_page, v);
}

err report_own(struct request *rq)
{
    struct report_view v;
    TRY(fill_report(rq, &v));
    if (!v.own) return err_set(ERR_NOT_FOUND, N_("There is no such report, or it lies outside what you may see."));
    return report_page(rq, &v);
}

/* For those who answer: the report must lie in their part of the tree. */
static err fill_answerable(struct request *rq, struct report_view *v)
{
    bool sees;
    TRY(fill_report(rq, v));
    TRY(user_sees_organisation(rq->db, &rq->user, "report.answer", v->organisation, &sees));
    if (!sees) return err_set(ERR_NOT_FOUND, N_("There is no such report, or it lies outside what you may see."));
    v->own = false;
    v->may_answer = true;
    v->state_typed = str_of(state_code[v->state]);
    v->answer_typed = v->answer;
    return OK;
}

err report_show(struct request *rq)
{
    struct report_view v;
    TRY(fill_answerable(rq, &v));
    return report_page(rq, &v);
}

static void keep_typed(struct request *rq, struct report_view *v)
{
    v->state_typed = in_raw(rq, "state");
    v->answer_typed = in_raw(rq, "answer");
    v->state_error = form_error_of(rq, "state");
    v->answer_error = form_error_of(rq, "answer");
}

/* Both versions, one beside the other; sending again overrides what is stored. */
static err show_stale(struct request *rq, struct report_view *v)
{
    struct difference *d = ARENA_ARRAY(rq->arena, struct difference, 2);
    i64 typed = state_of_code(v->state_typed);
    difference_of(tr(rq->lang, N_("State")), v->state_title, tr(rq->lang, report_state_words(typed < 0 ? v->state : typed)), &d[0]);
    difference_of(tr(rq->lang, N_("Answer")), v->answer.data ? v->answer : S(""), v->answer_typed, &d[1]);
    v->difference = (struct difference_list){d, 2, tr(rq->lang, N_("Stored meanwhile")), tr(rq->lang, N_("What you wrote"))};
    v->stale = true;
    respond_status(rq, 409);
    return report_page(rq, v);
}

err report_answer_post(struct request *rq)
{
    struct report_view v;
    TRY(fill_answerable(rq, &v));
    keep_typed(rq, &v);
    if (form_bad(rq)) return report_page(rq, &v);
    i64 seen, changed, state = state_of_code(in_str(rq, "state"));
    if (!in_i64(rq, "changed", &seen)) seen = 0;
    if (seen != v.changed) return show_stale(rq, &v);
    i64 now = rq->now > v.changed ? rq->now : v.changed + 1; /* two answers within one millisecond are still two */
    TRY(competency_sql_report_answer(rq->db, v.id, state, in_str(rq, "answer"), rq->user.account, now, seen, &changed));
    if (changed == 0) return show_stale(rq, &v);
    str link = str_format(rq->arena, "/position/reports/%lld", (long long)v.id);
    TRY(competency_sql_notice_officer(rq->db, id_new(), v.officer, S("report.answered"), v.id, v.position_name, link, rq->now, NULL));
    TRY(audit_add(rq->db, rq->user.account, "report.answered", v.id, str_of(state_code[state]), rq->now));
    flash(rq, N_("Saved. The officer has been told."));
    return respond_redirect(rq, "/reports/%lld", (long long)v.id);
}

/* ---- the list ---- */

struct span { i64 low, high; };

static struct span span_of(str state)
{
    i64 one = state_of_code(state);
    if (str_eq(state, S("all"))) return (struct span){REPORT_OPEN, REPORT_DECLINED};
    if (one >= 0 && state.len) return (struct span){one, one};
    return (struct span){REPORT_OPEN, REPORT_LOOKED_AT};
}

static err fetch_reports(struct db *db, struct arena *a, const struct request *rq, struct span span, i64 most, i64 skip, struct report_line **out, isize *count)
{
    struct competency_reports_rows rows;
    TRY(competency_sql_reports(db, a, rq->user.account, rq->today, span.low, span.high, str_of(lang_tag[rq->lang]), most, skip, &rows));
    *out = ARENA_ARRAY(a, struct report_line, rows.count);
    *count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct competency_reports_row *r = &rows.row[i];
        (*out)[i] = (struct report_line){.id = r->id, .state = r->state, .created = r->created, .changed = r->changed, .text = r->text, .officer = r->officer,
                                         .officer_name = r->officer_name, .position_name = r->position_name, .organisation_name = r->organisation_name,
                                         .state_title = tr(rq->lang, report_state_words(r->state))};
    }
    return OK;
}

err reports_list(struct request *rq)
{
    struct reports_view v = {.state = in_str(rq, "state")};
    struct span span = span_of(v.state);
    struct competency_reports_count_row total;
    TRY(competency_sql_reports_count(rq->db, rq->arena, rq->user.account, rq->today, span.low, span.high, &total));
    pager_of(rq, total.n, REPORTS_PER_PAGE, &v.pager);
    v.total = total.n;
    v.page = v.pager.page;
    v.pages = v.pager.pages;
    v.csv = str_format(rq->arena, "/reports/export?state=%.*s", STR_ARGS(v.state));
    TRY(fetch_reports(rq->db, rq->arena, rq, span, REPORTS_PER_PAGE, (v.page - 1) * REPORTS_PER_PAGE, &v.report, &v.count));
    return RESPOND(rq, tr(rq->lang, N_("Reports on positions")), competency_reports_page, &v);
}

struct exporting { struct request *rq; struct db *db; struct arena arena; struct exporter *x; struct span span; };

static err export_all(void *arg)
{
    struct exporting *e = arg;
    isize count = EXPORT_CHUNK;
    for (i64 skip = 0; count == EXPORT_CHUNK; skip += count) {
        struct report_line *line;
        arena_reset(&e->arena);
        TRY(fetch_reports(e->db, &e->arena, e->rq, e->span, EXPORT_CHUNK, skip, &line, &count));
        for (isize i = 0; i < count; i++) {
            const struct report_line *r = &line[i];
            const struct export_cell cell[] = {{.i = day_of_ms(r->created)}, {.text = r->officer_name}, {.text = r->position_name}, {.text = r->organisation_name},
                                               {.text = r->state_title}, {.text = r->text}};
            TRY(export_row(e->x, cell));
        }
    }
    return OK;
}

err reports_csv(struct request *rq)
{
    static const struct export_column column[] = {{N_("Sent"), EXPORT_DAY}, {N_("Officer"), EXPORT_TEXT}, {N_("Position"), EXPORT_TEXT},
                                                  {N_("Organisation"), EXPORT_TEXT}, {N_("State"), EXPORT_TEXT}, {N_("Report"), EXPORT_TEXT}};
    struct exporting e = {.rq = rq, .span = span_of(in_str(rq, "state"))};
    TRY(export_begin(rq, "reports", column, COUNT_OF(column), &e.x));
    TRY(db_begin(rq->pool, DB_READ, &e.db));
    arena_init(&e.arena, EXPORT_MEMORY);
    err done = arena_guard(export_all, &e);
    db_rollback(e.db);
    arena_clear(&e.arena);
    TRY(done);
    return export_end(e.x);
}

/* ---- critical competencies ---- */

static err fill_critical(struct request *rq, struct critical_view *v)
{
    struct position p;
    struct requirement_list needs;
    bool sees;
    i64 map;
    TRY(frac_position(rq->db, rq->arena, rq->lang, rq->param[0], &p));
    TRY(user_sees_organisation(rq->db, &rq->user, "framework.critical", p.organisation, &sees));
    if (!sees) return err_set(ERR_NOT_FOUND, N_("There is no such page, or it lies outside what you may see."));
    TRY(frac_map(rq->db, p.id, rq->today, &map));
    TRY(frac_requirements(rq->db, rq->arena, rq->lang, map, &needs));
    *v = (struct critical_view){.position = p.id, .name = p.name, .lines = needs.count, .line = ARENA_ARRAY(rq->arena, struct critical_line, needs.count)};
    for (isize i = 0; i < needs.count; i++)
        v->line[i] = (struct critical_line){needs.row[i].competency, needs.row[i].name, needs.row[i].level, needs.row[i].critical};
    return OK;
}

static err critical_page(struct request *rq, struct critical_view *v)
{
    v->error = form_error_of(rq, "competency");
    return RESPOND(rq, tr(rq->lang, N_("Critical competencies")), competency_critical_page, v);
}

err critical_show(struct request *rq)
{
    struct critical_view v;
    TRY(fill_critical(rq, &v));
    return critical_page(rq, &v);
}

/* What was ticked, as it was ticked. */
static isize read_ticks(struct request *rq, i64 *id, isize most, struct critical_view *v)
{
    isize n = 0;
    str text;
    for (isize i = 0; i < v->lines; i++) v->line[i].critical = false;
    for (isize i = 0; in_many(rq, "competency", i, &text); i++) {
        i64 one;
        if (!str_to_i64(text, &one)) continue;
        for (isize k = 0; k < v->lines; k++)
            if (v->line[k].competency == one) v->line[k].critical = true;
        if (n < most) id[n++] = one;
    }
    return n;
}

err critical_post(struct request *rq)
{
    struct critical_view v;
    i64 id[CRITICAL_MAX + 1], map;
    TRY(fill_critical(rq, &v));
    isize n = read_ticks(rq, id, COUNT_OF(id), &v);
    if (n > CRITICAL_MAX) form_error(rq, "competency", N_("Mark at most five. Untick one first."));
    if (form_bad(rq)) return critical_page(rq, &v);
    /* Levels and sums stay as they are: what is critical changes the order of the hub, not what anybody can do. */
    TRY(frac_mark_critical(rq->db, rq->arena, v.position, id, n, rq->today, &map));
    TRY(audit_add(rq->db, rq->user.account, "position.critical", v.position, (str){0}, rq->now));
    flash(rq, N_("Saved as a new version of the position’s map, in force from today. Levels do not change; the order in which they are shown does."));
    return respond_redirect(rq, "/positions/%lld/critical", (long long)v.position);
}

/* ---- JSON ---- */

#define LISTED(name, st, member, count, shape) {name, SHAPE_LIST, offsetof(struct st, member), SIZE_MAX, shape, offsetof(struct st, count)}

static const struct shape_field line_fields[] = {
    FIELD(SHAPE_ID, map_line, role), FIELD(SHAPE_STR, map_line, role_name), FIELD(SHAPE_ID, map_line, activity), FIELD(SHAPE_STR, map_line, activity_name),
    FIELD(SHAPE_ID, map_line, competency), FIELD(SHAPE_STR, map_line, competency_name), FIELD(SHAPE_I64, map_line, level), FIELD(SHAPE_BOOL, map_line, critical),
    FIELD(SHAPE_BOOL, map_line, reviewed), FIELD_END};
static const struct shape line_shape = {"MapLine", sizeof(struct map_line), line_fields};

static const struct shape_field own_report_fields[] = {
    FIELD(SHAPE_ID, report_line, id), FIELD(SHAPE_STR, report_line, state_title), FIELD(SHAPE_TIME, report_line, created), FIELD(SHAPE_TIME, report_line, changed),
    FIELD(SHAPE_STR, report_line, text), FIELD(SHAPE_STR, report_line, officer_name), FIELD(SHAPE_STR, report_line, position_name),
    FIELD(SHAPE_STR, report_line, organisation_name), FIELD_END};
static const struct shape report_line_shape = {"ReportLine", sizeof(struct report_line), own_report_fields};

static const struct shape_field position_fields[] = {
    FIELD_OBJECT(position_view, place, &place_shape), FIELD(SHAPE_I64, position_view, competencies), FIELD(SHAPE_I64, position_view, unreviewed),
    LISTED("map", position_view, line, lines, &line_shape), LISTED("reports", position_view, report, reports, &report_line_shape), FIELD_END};
const struct shape position_shape = {"PositionMap", sizeof(struct position_view), position_fields};

static const struct shape_field report_fields[] = {
    FIELD(SHAPE_ID, report_view, id), FIELD(SHAPE_ID, report_view, officer), FIELD(SHAPE_STR, report_view, officer_name), FIELD(SHAPE_ID, report_view, position),
    FIELD(SHAPE_STR, report_view, position_name), FIELD(SHAPE_ID, report_view, organisation), FIELD(SHAPE_STR, report_view, organisation_name),
    FIELD(SHAPE_STR, report_view, text), FIELD(SHAPE_I64, report_view, state), FIELD(SHAPE_STR, report_view, state_title), FIELD(SHAPE_STR, report_view, answer),
    FIELD(SHAPE_STR, report_view, answered_name), FIELD(SHAPE_TIME, report_view, created), {"changed", SHAPE_ID, offsetof(struct report_view, changed), SIZE_MAX, NULL, 0},
    FIELD(SHAPE_BOOL, report_view, stale), FIELD_END};
const struct shape report_shape = {"PositionReport", sizeof(struct report_view), report_fields};

static const struct shape_field reports_fields[] = {
    FIELD(SHAPE_I64, reports_view, total), FIELD(SHAPE_I64, reports_view, page), FIELD(SHAPE_I64, reports_view, pages),
    LISTED("reports", reports_view, report, count, &report_line_shape), FIELD_END};
const struct shape reports_shape = {"PositionReports", sizeof(struct reports_view), reports_fields};

static const struct shape_field critical_line_fields[] = {
    FIELD(SHAPE_ID, critical_line, competency), FIELD(SHAPE_STR, critical_line, name), FIELD(SHAPE_I64, critical_line, level),
    FIELD(SHAPE_BOOL, critical_line, critical), FIELD_END};
static const struct shape critical_line_shape = {"CriticalLine", sizeof(struct critical_line), critical_line_fields};

static const struct shape_field critical_fields[] = {
    FIELD(SHAPE_ID, critical_view, position), FIELD(SHAPE_STR, critical_view, name), LISTED("competencies", critical_view, line, lines, &critical_line_shape), FIELD_END};
const struct shape critical_shape = {"CriticalCompetencies", sizeof(struct critical_view), critical_fields};
