/* results_web.c -- results of proctored tests, recorded by an assessor: form, check before recording, withdrawal. */
#include "assessment/assessment_web.h"
#include "assessment_html.h"
#include "assessment_sql.h"
#include "auth/auth.h"
#include "competency/competency.h"

enum { REFERENCE_LEAST = 3, REFERENCE_MOST = 200, NAME_LEAST = 2, NAME_MOST = 100 };

static const f64 level_least = .5, level_most = 5.5, se_least = .1, se_most = 1.5;

static const char bad_level[] = N_("Enter a level from 0.5 to 5.5, for example 3.2.");
static const char bad_se[] = N_("Enter the standard error that the test reports, from 0.1 to 1.5.");
static const char bad_day[] = N_("Enter the day of the test, today or earlier, for example 2026-11-23.");
static const char bad_reference[] = N_("Enter the test's reference: 3 to 200 characters.");
static const char bad_competency[] = N_("Choose the competency that was tested.");

/* ---- whom ---- */

/* Some part of the name, the pattern's own signs taken as letters. */
static str pattern_of(struct arena *a, str q)
{
    str low = str_lower(a, q);
    char *to = arena_alloc(a, 2 * low.len + 2, 1);
    isize n = 0;
    to[n++] = '%';
    for (isize i = 0; i < low.len; i++) {
        if (low.data[i] == '%' || low.data[i] == '_' || low.data[i] == '!') to[n++] = '!';
        to[n++] = low.data[i];
    }
    to[n++] = '%';
    return str_n(to, n);
}

static err search(struct request *rq, struct results_view *v)
{
    struct assessment_officers_like_rows rows;
    i64 id;
    v->searched = true;
    v->found = ARENA_ARRAY(rq->arena, struct officer_view, 20);
    if (str_to_i64(v->q, &id)) {
        struct assessment_officer_row r;
        bool found, sees;
        TRY(user_sees_officer(rq->db, &rq->user, rq->route->permission, id, &sees));
        TRY(assessment_sql_officer(rq->db, rq->arena, id, rq->today, str_of(lang_tag[rq->lang]), &r, &found));
        if (found && sees) v->found[v->founds++] = (struct officer_view){r.officer, r.name, r.position, r.organisation};
        return OK;
    }
    TRY(assessment_sql_officers_like(rq->db, rq->arena, pattern_of(rq->arena, v->q), rq->today, str_of(lang_tag[rq->lang]), &rows));
    for (isize i = 0; i < rows.count && i < 20; i++) {
        const struct assessment_officers_like_row *r = &rows.row[i];
        bool sees;
        TRY(user_sees_officer(rq->db, &rq->user, rq->route->permission, r->officer, &sees));
        if (sees) v->found[v->founds++] = (struct officer_view){r->officer, r->name, r->position, r->organisation};
    }
    return OK;
}

static err choose_officer(struct request *rq, i64 officer, struct results_view *v)
{
    struct assessment_officer_row r;
    bool found, sees;
    TRY(user_sees_officer(rq->db, &rq->user, rq->route->permission, officer, &sees));
    if (!sees) return err_set(ERR_NOT_FOUND, N_("There is no such officer, or she lies outside what you may see."));
    TRY(assessment_sql_officer(rq->db, rq->arena, officer, rq->today, str_of(lang_tag[rq->lang]), &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("This officer holds no position today."));
    v->officer = (struct officer_view){r.officer, r.name, r.position, r.organisation};
    v->chosen = true;
    return OK;
}

/* ---- the form ---- */

static err choices(struct request *rq, struct results_view *v)
{
    struct assessment_competencies_rows rows;
    TRY(assessment_sql_competencies(rq->db, rq->arena, v->officer.officer, rq->today, str_of(lang_tag[rq->lang]), &rows));
    v->competency = ARENA_ARRAY(rq->arena, struct competency_choice, rows.count);
    for (int needed = 1; needed >= 0; needed--) /* what her position needs stands first */
        for (isize i = 0; i < rows.count; i++) {
            const struct assessment_competencies_row *r = &rows.row[i];
            if ((r->required > 0) != (needed == 1)) continue;
            bool chosen = r->id == v->competency_id;
            if (chosen) v->competency_name = r->name;
            v->competency[v->competencies++] = (struct competency_choice){r->id, r->required, r->name, chosen};
        }
    return OK;
}

static struct field field_of(struct request *rq, const char *id, const char *label, const char *hint)
{
    return (struct field){.id = id, .label = tr(rq->lang, label), .hint = hint ? tr(rq->lang, hint) : (str){0}, .error = form_error_of(rq, id)};
}

static void fields(struct request *rq, struct results_view *v)
{
    v->f_competency = field_of(rq, "competency", N_("Competency"), NULL);
    v->f_level = field_of(rq, "level", N_("Level that the test reports"), N_("From 0.5 to 5.5, one decimal is enough"));
    v->f_se = field_of(rq, "se", N_("Its standard error"), N_("As the test reports it, from 0.1 to 1.5"));
    v->f_day = field_of(rq, "day", N_("Day of the test"), N_("For example 2026-11-23"));
    v->f_reference = field_of(rq, "reference", N_("Reference of the test"), N_("The number or name under which its papers are kept"));
}

static err recorded(struct request *rq, struct results_view *v)
{
    struct assessment_recorded_rows rows;
    TRY(assessment_sql_recorded(rq->db, rq->arena, rq->user.account, str_of(lang_tag[rq->lang]), &rows));
    v->recorded = ARENA_ARRAY(rq->arena, struct recorded_view, rows.count);
    v->recordeds = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct assessment_recorded_row *r = &rows.row[i];
        v->recorded[i] = (struct recorded_view){.officer = r->officer, .day = r->day, .created = r->created, .evidence = str_format(rq->arena, "%lld", (long long)r->evidence),
                                                .officer_name = r->officer_name, .competency_name = r->competency_name, .note = r->note, .level = (f64)r->level_milli / 1000,
                                                .se = sqrt(r->variance), .counting = r->state == EVIDENCE_COUNTING};
    }
    return OK;
}

static err show(struct request *rq, struct results_view *v)
{
    fields(rq, v);
    if (v->chosen) TRY(choices(rq, v));
    TRY(recorded(rq, v));
    return RESPOND(rq, tr(rq->lang, N_("Record results")), assessment_results_page, v);
}

err results_get(struct request *rq)
{
    i64 officer;
    struct results_view v = {.q = in_str(rq, "q"), .day = day_iso(rq->arena, rq->today)};
    if (in_i64(rq, "officer", &officer)) TRY(choose_officer(rq, officer, &v));
    else if (v.q.data) TRY(search(rq, &v));
    return show(rq, &v);
}

/* ---- recording ---- */

static void read_values(struct request *rq, struct results_view *v)
{
    v->level = in_raw(rq, "level");
    v->se = in_raw(rq, "se");
    v->day = in_raw(rq, "day");
    v->reference = in_raw(rq, "reference");
    in_i64(rq, "competency", &v->competency_id);
    if (!form_error_of(rq, "level") && !(in_f64(rq, "level", &v->level_value) && v->level_value >= level_least && v->level_value <= level_most)) form_error(rq, "level", bad_level);
    if (!form_error_of(rq, "se") && !(in_f64(rq, "se", &v->se_value) && v->se_value >= se_least && v->se_value <= se_most)) form_error(rq, "se", bad_se);
    if (!form_error_of(rq, "day") && !(in_i64(rq, "day", &v->day_value) && v->day_value >= 0 && v->day_value <= rq->today)) form_error(rq, "day", bad_day);
}

static err store(struct request *rq, const struct results_view *v)
{
    i64 evidence;
    struct evidence_new n = {.officer = v->officer.officer, .competency = v->competency_id, .class = CLASS_P, .kind = S("proctored"), .y = v->level_value,
                             .variance = v->se_value * v->se_value, .day = v->day_value, .recorded_by = rq->user.account, .note = v->reference};
    TRY(competency_record(rq->db, rq->arena, &n, rq->now, &evidence));
    return audit_add(rq->db, rq->user.account, "evidence.record", v->officer.officer,
                     str_format(rq->arena, "evidence %lld, competency %lld, level %.3f, se %.3f, day %.*s, reference %.*s", (long long)evidence, (long long)v->competency_id,
                                v->level_value, v->se_value, STR_ARGS(day_iso(rq->arena, v->day_value)), STR_ARGS(v->reference)), rq->now);
}

static err is_recorded(struct request *rq, const struct results_view *v, bool *is)
{
    struct assessment_recorded_same_rows rows;
    TRY(assessment_sql_recorded_same(rq->db, rq->arena, v->officer.officer, v->competency_id, v->day_value, (i64)floor(1000 * v->level_value + .5), v->reference, &rows));
    *is = rows.count > 0;
    return OK;
}

err results_post(struct request *rq)
{
    i64 officer;
    struct results_view v = {0};
    if (!in_i64(rq, "officer", &officer)) return err_set(ERR_NOT_FOUND, N_("There is no such officer, or she lies outside what you may see."));
    TRY(choose_officer(rq, officer, &v));
    if (officer == rq->user.officer) return err_set(ERR_DENIED, N_("Nobody records a result of her own. Ask another assessor."));
    read_values(rq, &v);
    TRY(choices(rq, &v));
    if (!v.competency_name.data && !form_error_of(rq, "competency")) form_error(rq, "competency", bad_competency);
    v.competencies = 0; /* show fills them again */
    if (form_bad(rq) && request_wants_json(rq)) return err_set(ERR_INVALID, N_("Some of what was sent is not as it should be."));
    if (form_bad(rq)) return show(rq, &v);
    if (!in_flag(rq, "confirmed") && request_wants_json(rq)) return err_set(ERR_INVALID, N_("Check the result and send it again with confirmed=1."));
    if (!in_flag(rq, "confirmed")) {
        assessment_results_check_html(page_begin(rq, tr(rq->lang, N_("Check before recording"))), &v);
        return page_end(rq);
    }
    bool again;
    TRY(is_recorded(rq, &v, &again));
    if (again) {
        flash(rq, N_("This result was recorded before. It counts once."));
        return respond_redirect(rq, "/results");
    }
    TRY(store(rq, &v));
    flash(rq, N_("The result is recorded. The officer's level has moved; the organisation's figures follow with tomorrow's snapshot."));
    return respond_redirect(rq, "/results");
}

/* ---- withdrawing ---- */

err results_withdraw(struct request *rq)
{
    i64 officer = rq->param[0], evidence;
    struct assessment_recorded_one_row r;
    bool found = false;
    if (str_to_i64(rq->param_name[1], &evidence)) TRY(assessment_sql_recorded_one(rq->db, rq->arena, officer, evidence, rq->user.account, &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such result that you recorded."));
    if (!in_flag(rq, "confirmed") && !request_wants_json(rq)) {
        struct results_view v = {.level_value = (f64)r.level_milli / 1000, .se_value = sqrt(r.variance), .day_value = r.day, .reference = r.note, .competency_id = r.competency,
                                 .q = rq->param_name[1]};
        TRY(choose_officer(rq, officer, &v));
        TRY(choices(rq, &v));
        assessment_results_withdraw_html(page_begin(rq, tr(rq->lang, N_("Withdraw this result?"))), &v);
        return page_end(rq);
    }
    TRY(competency_withdraw(rq->db, rq->arena, officer, evidence, EVIDENCE_WITHDRAWN, rq->now));
    TRY(audit_add(rq->db, rq->user.account, "evidence.withdraw", officer, str_format(rq->arena, "evidence %lld, competency %lld", (long long)evidence, (long long)r.competency), rq->now));
    flash(rq, N_("The result is withdrawn. The officer's level is as if it had not been recorded; both stay in the log."));
    return respond_redirect(rq, "/results");
}

/* ---- shapes and input ---- */

static const struct shape_field officer_fields[] = {
    FIELD(SHAPE_ID, officer_view, officer), FIELD(SHAPE_STR, officer_view, name), FIELD(SHAPE_STR, officer_view, position), FIELD(SHAPE_STR, officer_view, organisation), FIELD_END};
static const struct shape officer_shape = {"officer_found", sizeof(struct officer_view), officer_fields};
static const struct shape_field competency_fields[] = {
    FIELD(SHAPE_ID, competency_choice, id), FIELD(SHAPE_STR, competency_choice, name), FIELD(SHAPE_I64, competency_choice, required), FIELD_END};
static const struct shape competency_shape = {"competency_choice", sizeof(struct competency_choice), competency_fields};
static const struct shape_field recorded_fields[] = {
    FIELD(SHAPE_ID, recorded_view, officer), FIELD(SHAPE_STR, recorded_view, evidence), FIELD(SHAPE_STR, recorded_view, officer_name),
    FIELD(SHAPE_STR, recorded_view, competency_name), FIELD(SHAPE_F64, recorded_view, level), FIELD(SHAPE_F64, recorded_view, se), FIELD(SHAPE_DAY, recorded_view, day),
    FIELD(SHAPE_TIME, recorded_view, created), FIELD(SHAPE_STR, recorded_view, note), FIELD(SHAPE_BOOL, recorded_view, counting), FIELD_END};
static const struct shape recorded_shape = {"recorded_result", sizeof(struct recorded_view), recorded_fields};
static const struct shape_field results_fields[] = {
    FIELD_LIST(results_view, found, founds, &officer_shape), FIELD_LIST(results_view, competency, competencies, &competency_shape),
    FIELD_LIST(results_view, recorded, recordeds, &recorded_shape), FIELD_END};
const struct shape results_shape = {"results", sizeof(struct results_view), results_fields};

const struct input results_query[] = {
    {"q", IN_LINE, false, NAME_LEAST, NAME_MOST, NULL, N_("Enter at least two letters of the name, or the officer's number.")},
    {"officer", IN_ID, false, 0, 0, NULL, N_("Choose an officer from the list.")},
    INPUT_END};
const struct input results_input[] = {
    {"officer", IN_ID, true, 0, 0, NULL, N_("Choose an officer from the list.")},
    {"competency", IN_ID, true, 0, 0, NULL, bad_competency},
    {"level", IN_F64, true, 0, 6, NULL, bad_level},
    {"se", IN_F64, true, 0, 2, NULL, bad_se},
    {"day", IN_DAY, true, 0, 0, NULL, bad_day},
    {"reference", IN_LINE, true, REFERENCE_LEAST, REFERENCE_MOST, NULL, bad_reference},
    {"confirmed", IN_FLAG, false, 0, 0, NULL, NULL},
    INPUT_END};
const struct input withdraw_input[] = {{"confirmed", IN_FLAG, false, 0, 0, NULL, NULL}, INPUT_END};
