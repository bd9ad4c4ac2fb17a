#include "assessment/assessment.h"

#include "assessment/draw.h"
#include "assessment_sql.h"
#include "competency/competency.h"
#include "learning/learning.h"
#include "measure/measure.h"

enum { MINUTE_MS = 60000, DIAGNOSTIC_HIGHEST = 4 };

/* ---- starting ---- */

struct plan { str kind, language; i64 officer, course, competency, target, number; isize want; i64 minutes; };

static err bank(struct db *db, struct arena *a, const struct plan *p, struct draw_item **item, isize *count)
{
    if (p->course) {
        struct assessment_bank_of_course_rows rows;
        TRY(assessment_sql_bank_of_course(db, a, p->officer, p->course, p->target, &rows));
        *item = ARENA_ARRAY(a, struct draw_item, rows.count);
        *count = rows.count;
        for (isize i = 0; i < rows.count; i++) (*item)[i] = (struct draw_item){rows.row[i].id, rows.row[i].level, rows.row[i].seen > 0};
        return OK;
    }
    struct assessment_bank_of_competency_rows rows;
    TRY(assessment_sql_bank_of_competency(db, a, p->officer, p->competency, DIAGNOSTIC_HIGHEST, p->language, &rows));
    *item = ARENA_ARRAY(a, struct draw_item, rows.count);
    *count = rows.count;
    for (isize i = 0; i < rows.count; i++) (*item)[i] = (struct draw_item){rows.row[i].id, rows.row[i].level, rows.row[i].seen > 0};
    return OK;
}

/* Draws and stores it. The seed is the attempt's id: the same attempt could be drawn again. */
static err start(struct db *db, struct arena *a, struct plan *p, i64 now, i64 *attempt)
{
    struct draw_item *item;
    isize count;
    i64 id = id_new(), unseen = 0, levels = 0;
    TRY(bank(db, a, p, &item, &count));
    if (count < TEST_LEAST) return err_set(ERR_NOT_FOUND, N_("There are not yet enough questions for this test."));
    isize *pick = ARENA_ARRAY(a, isize, p->want);
    isize n = draw_test(a, item, count, p->want, (u64)id, pick);
    for (isize i = 0; i < n; i++) {
        unseen += !item[pick[i]].seen;
        levels += item[pick[i]].level;
    }
    if (!p->course) p->target = (2 * levels + n) / (2 * n); /* the mean level, rounded; the evidence uses it unrounded */
    TRY(assessment_sql_attempt_add(db, p->officer, id, p->kind, p->course ? &p->course : NULL, p->competency, p->target, p->number, now, now + p->minutes * MINUTE_MS, n, unseen, NULL));
    struct rng r = {(u64)id ^ 0x6F7074696F6E73}; /* a stream of its own */
    for (isize i = 0; i < n; i++) TRY(assessment_sql_item_add(db, p->officer, id, i + 1, item[pick[i]].id, draw_order(&r), NULL));
    *attempt = id;
    return OK;
}

/* An open attempt is gone on with; one whose time is over is closed as it stands, so that walking away from a test is not a way out of it. */
static err resume(struct db *db, struct arena *a, i64 officer, i64 id, i64 now, bool *resumed)
{
    struct attempt t;
    TRY(assessment_attempt(db, a, officer, id, &t));
    *resumed = attempt_open(&t, now);
    return *resumed ? OK : assessment_submit(db, a, officer, id, now);
}

err assessment_course_test(struct db *db, struct arena *a, i64 officer, i64 course, i64 now, i64 *attempt)
{
    struct enrolment e;
    struct assessment_open_test_row open;
    struct assessment_main_competency_row main;
    struct assessment_tests_before_row before;
    bool found, resumed = false;
    TRY(learning_enrolment(db, a, officer, course, &e));
    if (e.state == ENROLMENT_NONE || e.state == ENROLMENT_LEFT) return err_set(ERR_INVALID, N_("Enrol in this course first."));
    if (e.finished < e.modules) return err_set(ERR_INVALID, N_("The test opens when all modules of the course are finished."));
    TRY(assessment_sql_open_test(db, a, officer, course, &open, &found));
    *attempt = found ? open.id : 0;
    if (found) TRY(resume(db, a, officer, open.id, now, &resumed));
    if (resumed) return OK;
    TRY(assessment_sql_main_competency(db, a, course, &main, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There are not yet enough questions for this test."));
    TRY(assessment_sql_tests_before(db, a, officer, course, &before));
    struct plan p = {.kind = S("course_test"), .officer = officer, .course = course, .competency = main.competency, .target = main.exit, .number = before.n + 1,
                     .want = TEST_QUESTIONS, .minutes = TEST_MINUTES};
    return start(db, a, &p, now, attempt);
}

err assessment_diagnostic(struct db *db, struct arena *a, enum lang lang, i64 officer, i64 competency, i64 now, i64 *attempt)
{
    struct assessment_open_diagnostic_row open;
    struct assessment_diagnostics_before_row before;
    bool found, resumed = false;
    TRY(assessment_sql_open_diagnostic(db, a, officer, competency, &open, &found));
    *attempt = found ? open.id : 0;
    if (found) TRY(resume(db, a, officer, open.id, now, &resumed));
    if (resumed) return OK;
    TRY(assessment_sql_diagnostics_before(db, a, officer, competency, &before));
    if (!before.newest_null && day_of_ms(now) - day_of_ms(before.newest) < DIAGNOSTIC_REST_DAYS)
        return err_set(ERR_INVALID, N_("You took this short test less than 30 days ago. Its result counts; you can take it again 30 days after you took it."));
    struct plan p = {.kind = S("diagnostic"), .language = str_of(lang_tag[lang]), .officer = officer, .competency = competency, .number = before.n + 1,
                     .want = DIAGNOSTIC_QUESTIONS, .minutes = DIAGNOSTIC_MINUTES};
    return start(db, a, &p, now, attempt);
}

err assessment_has_diagnostic(struct db *db, i64 competency, bool *has)
{
    struct arena none; /* a row of one number takes nothing from it */
    struct assessment_bank_most_row most;
    bool found;
    arena_init(&none, 1 << 10);
    err e = assessment_sql_bank_most(db, &none, competency, DIAGNOSTIC_HIGHEST, &most, &found);
    arena_clear(&none);
    *has = e == OK && found && most.n >= DIAGNOSTIC_QUESTIONS;
    return e;
}

/* ---- reading ---- */

err assessment_attempt(struct db *db, struct arena *a, i64 officer, i64 attempt, struct attempt *out)
{
    struct assessment_attempt_row r;
    bool found;
    TRY(assessment_sql_attempt(db, a, officer, attempt, &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such test of yours."));
    *out = (struct attempt){.id = attempt, .course = r.course_null ? 0 : r.course, .competency = r.competency, .target = r.target, .number = r.number,
                            .started = r.started, .deadline = r.deadline, .questions = r.questions, .answered = r.answered, .correct = r.correct_null ? 0 : r.correct,
                            .unseen = r.unseen, .submitted = r.submitted_null ? 0 : r.submitted, .evidence = r.evidence_null ? 0 : r.evidence, .kind = r.kind};
    return OK;
}

bool attempt_open(const struct attempt *t, i64 now)
{
    return !t->submitted && now <= t->deadline + TEST_GRACE_MS;
}

bool attempt_passed(const struct attempt *t)
{
    return t->submitted && t->correct * 100 >= TEST_PASS_PERCENT * t->questions;
}

err assessment_questions(struct db *db, struct arena *a, i64 officer, i64 attempt, struct question_list *out)
{
    struct assessment_questions_rows rows;
    TRY(assessment_sql_questions(db, a, officer, attempt, &rows));
    out->row = ARENA_ARRAY(a, struct question, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct assessment_questions_row *r = &rows.row[i];
        const str stored[OPTIONS] = {r->option_a, r->option_b, r->option_c, r->option_d};
        struct question *q = &out->row[i];
        *q = (struct question){.seq = r->seq, .item = r->item, .level = r->level, .stem = r->stem, .rationale = r->rationale, .language = r->language,
                               .chosen = r->answer_null ? -1 : order_place(r->shuffle, (int)r->answer), .right = order_place(r->shuffle, (int)r->correct)};
        for (int k = 0; k < OPTIONS; k++) q->option[k] = stored[order_at(r->shuffle, k)];
    }
    return OK;
}

/* ---- answering ---- */

err assessment_answer(struct db *db, struct arena *a, i64 officer, i64 attempt, i64 seq, i64 answer, i64 now)
{
    struct attempt t;
    struct assessment_shuffle_row row;
    bool found;
    TRY(assessment_attempt(db, a, officer, attempt, &t));
    if (t.submitted) return err_set(ERR_CONFLICT, N_("This test has been submitted, so answers can no longer change."));
    if (!attempt_open(&t, now)) return err_set(ERR_CONFLICT, N_("The time for this test is over. The answers saved before count; submit it to see the result."));
    if (answer < 0 || answer >= OPTIONS) return err_set(ERR_INVALID, N_("Choose one of the four answers."));
    TRY(assessment_sql_shuffle(db, a, officer, attempt, seq, &row, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("This test has no such question."));
    return assessment_sql_answer(db, officer, attempt, seq, order_at(row.shuffle, (int)answer), now, NULL);
}

/* ---- scoring ---- */

/* The piece that a retake would replace; 0: none. */
static err live_record(struct db *db, struct arena *a, i64 officer, const struct attempt *t, i64 *live)
{
    *live = 0;
    if (t->course) return evidence_live_of_source(db, a, officer, t->competency, t->course, live);
    struct assessment_diagnostic_live_rows rows;
    struct evidence_line_list lines;
    TRY(assessment_sql_diagnostic_live(db, a, officer, t->competency, &rows));
    if (rows.count == 0) return OK;
    TRY(evidence_of(db, a, officer, t->competency, &lines));
    for (isize i = 0; i < rows.count; i++)
        for (isize k = 0; k < lines.count; k++)
            if (lines.row[k].id == rows.row[i].evidence && lines.row[k].state == EVIDENCE_COUNTING) *live = lines.row[k].id;
    return OK;
}

/* Completed for the first time: the event comes before the evidence, which then counts as taken after it. */
static err first_pass(struct db *db, struct arena *a, i64 officer, const struct attempt *t, i64 now)
{
    struct enrolment e;
    bool counted;
    TRY(learning_enrolment(db, a, officer, t->course, &e));
    if (e.state == ENROLMENT_COMPLETED || e.finished < e.modules) return OK;
    TRY(competency_learning_event(db, a, officer, t->competency, day_of_ms(now), t->course, now, &counted));
    return learning_test_done(db, officer, t->course, true, now);
}

static err record(struct db *db, struct arena *a, i64 officer, const struct attempt *t, f64 target, i64 now, i64 *evidence)
{
    f64 y, variance;
    i64 live;
    TRY(live_record(db, a, officer, t, &live));
    bool fresh = (f64)t->unseen >= constant_value("quiz_unseen", day_of_ms(now)) * (f64)t->questions;
    bool practice = !fresh && (live || t->number > 1);
    if (live && !practice) TRY(competency_withdraw(db, a, officer, live, EVIDENCE_REPLACED, now));
    struct quiz_constants k = constants_quiz(day_of_ms(now));
    quiz_evidence(&k, (int)t->questions, (int)t->correct, OPTIONS, target, (int)t->number, &y, &variance);
    i64 answered_by = now < t->deadline ? now : t->deadline; /* handed in late, the answers are no younger than the deadline */
    struct evidence_new n = {.officer = officer, .competency = t->competency, .class = CLASS_C, .kind = t->kind, .y = y, .variance = variance, .day = day_of_ms(answered_by),
                             .source = t->course ? t->course : t->id, .practice = practice};
    return competency_record(db, a, &n, now, evidence);
}

err assessment_submit(struct db *db, struct arena *a, i64 officer, i64 attempt, i64 now)
{
    struct attempt t;
    struct assessment_score_row score;
    i64 evidence = 0, changed;
    TRY(assessment_attempt(db, a, officer, attempt, &t));
    if (t.submitted) return err_set(ERR_CONFLICT, N_("This test has already been submitted."));
    TRY(assessment_sql_score(db, a, officer, attempt, &score));
    t.correct = score.correct;
    t.submitted = now;
    if (t.course && score.answered && attempt_passed(&t)) TRY(first_pass(db, a, officer, &t, now));
    f64 target = t.course ? (f64)t.target : (f64)score.level_sum / (f64)t.questions;
    if (score.answered) TRY(record(db, a, officer, &t, target, now, &evidence));
    TRY(assessment_sql_submit(db, officer, attempt, now, t.correct, evidence ? &evidence : NULL, &changed));
    return changed == 1 ? OK : err_set(ERR_CONFLICT, N_("This test has already been submitted."));
}
