/* assessment_test.c -- drawing, answering, scoring; what a test moves and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "assessment/draw.h"
#include "assessment/item_import.h"
#include "learning/test_course.h"
#include "assessment_sql.h"
#include "learning_sql.h"

enum { BANK = 40 };

static int make(void **state)
{
    UNUSED(state);
    if (course_make("assessment_test")) return -1;
    struct db *db = world_begin(DB_WRITE);
    for (int i = 0; i < BANK; i++) {
        enum put what;
        i64 id;
        struct item_in in = {.code = str_format(A, "q.%d", i), .language = S("en"), .stem = str_format(A, "Question %d?", i), .course = w.course, .rationale = S("Because."),
                             .competency = w.competency[i >= 36], .level = 1 + i % 4, .answer = i % 4};
        for (int k = 0; k < 4; k++) in.option[k] = str_format(A, k == i % 4 ? "right %d" : "wrong %d", k);
        assert_ok(item_import(db, A, &in, &id, &what));
    }
    assert_ok(learning_enrol(db, A, w.officer[0], w.course, w.now));
    assert_ok(db_commit(db));
    return 0;
}

static struct db *studied(void)
{
    struct db *db = world_begin(DB_WRITE);
    for (int i = 0; i < 2; i++) course_study(db, w.officer[0], w.module[i]);
    return db;
}

/* Answers `right` questions rightly and the others wrongly. */
static void answer_all(struct db *db, i64 attempt, int right)
{
    struct question_list q;
    assert_ok(assessment_questions(db, A, w.officer[0], attempt, &q));
    for (isize i = 0; i < q.count; i++) {
        i64 place = i < right ? q.row[i].right : (q.row[i].right + 1) % 4;
        assert_ok(assessment_answer(db, A, w.officer[0], attempt, q.row[i].seq, place, w.now));
    }
}

static i64 take_test(struct db *db, int right)
{
    i64 attempt;
    assert_ok(assessment_course_test(db, A, w.officer[0], w.course, w.now, &attempt));
    answer_all(db, attempt, right);
    w.now += MINUTE;
    assert_ok(assessment_submit(db, A, w.officer[0], attempt, w.now));
    return attempt;
}

static struct level_reading level_of(struct db *db, i64 competency)
{
    struct level_reading r;
    struct level_sums sums;
    assert_ok(competency_level(db, A, w.officer[0], competency, day_of_ms(w.now), &r, &sums));
    return r;
}

static i64 state_of(struct db *db, i64 evidence)
{
    struct evidence_line_list lines;
    assert_ok(evidence_of(db, A, w.officer[0], w.competency[0], &lines));
    for (isize i = 0; i < lines.count; i++)
        if (lines.row[i].id == evidence) return lines.row[i].state;
    return 0;
}

static void drawing(void **state)
{
    UNUSED(state);
    struct draw_item item[30];
    isize pick[20], again[20], other[20], level[6] = {0};
    bool seen[30] = {false};
    for (int i = 0; i < 30; i++) item[i] = (struct draw_item){100 + i, 1 + i % 3, i < 12};
    assert_int_equal(draw_test(A, item, 30, 15, 7, pick), 15);
    for (int i = 0; i < 15; i++) {
        assert_false(seen[pick[i]]); /* none twice */
        seen[pick[i]] = true;
        assert_false(item[pick[i]].seen); /* 18 are unseen: they come first */
        level[item[pick[i]].level]++;
    }
    assert_true(level[1] == 5 && level[2] == 5 && level[3] == 5);
    assert_int_equal(draw_test(A, item, 30, 20, 7, pick), 20);
    assert_int_equal(draw_test(A, item, 30, 20, 7, again), 20);
    assert_memory_equal(pick, again, sizeof pick);
    assert_int_equal(draw_test(A, item, 30, 20, 8, other), 20);
    assert_memory_not_equal(pick, other, sizeof pick);
    assert_int_equal(draw_test(A, item, 5, 20, 8, other), 5);
    assert_int_equal(draw_test(A, item, 0, 20, 8, other), 0);
    struct rng r = {1};
    for (int i = 0; i < 50; i++) {
        i64 order = draw_order(&r);
        int mask = 0;
        for (int place = 0; place < 4; place++) {
            mask |= 1 << order_at(order, place);
            assert_int_equal(order_place(order, order_at(order, place)), place);
        }
        assert_int_equal(mask, 15);
    }
}

static void starts_after_the_modules(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    i64 attempt, again;
    assert_err(assessment_course_test(db, A, w.officer[1], w.course, w.now, &attempt), ERR_INVALID); /* not enrolled */
    assert_err(assessment_course_test(db, A, w.officer[0], w.course, w.now, &attempt), ERR_INVALID); /* not finished */
    for (int i = 0; i < 2; i++) course_study(db, w.officer[0], w.module[i]);
    assert_ok(assessment_course_test(db, A, w.officer[0], w.course, w.now, &attempt));
    assert_ok(assessment_course_test(db, A, w.officer[0], w.course, w.now + MINUTE, &again)); /* the second tab gets the same */
    assert_true(attempt == again);
    struct attempt t;
    struct question_list q;
    assert_ok(assessment_attempt(db, A, w.officer[0], attempt, &t));
    assert_true(t.questions == TEST_QUESTIONS && t.unseen == TEST_QUESTIONS && t.target == 3 && t.number == 1);
    assert_true(t.competency == w.competency[0]); /* the main one: most of the items */
    assert_int_equal(t.deadline - t.started, TEST_MINUTES * MINUTE);
    assert_ok(assessment_questions(db, A, w.officer[0], attempt, &q));
    for (isize i = 0; i < q.count; i++) {
        assert_true(q.row[i].level <= 3); /* up to the course's exit */
        assert_true(str_starts(q.row[i].option[q.row[i].right], S("right")));
        assert_int_equal(q.row[i].chosen, -1);
    }
    db_rollback(db);
}

static void forged(void **state)
{
    UNUSED(state);
    struct db *db = studied();
    i64 attempt, o = w.officer[0];
    struct attempt t;
    struct question_list q;
    assert_ok(assessment_course_test(db, A, o, w.course, w.now, &attempt));
    assert_err(assessment_answer(db, A, o, attempt, 1, 4, w.now), ERR_INVALID);
    assert_err(assessment_answer(db, A, o, attempt, 1, -1, w.now), ERR_INVALID);
    assert_err(assessment_answer(db, A, o, attempt, 21, 0, w.now), ERR_NOT_FOUND);
    assert_err(assessment_answer(db, A, o, attempt, 0, 0, w.now), ERR_NOT_FOUND);
    assert_err(assessment_answer(db, A, w.officer[1], attempt, 1, 0, w.now), ERR_NOT_FOUND); /* another officer's */
    assert_err(assessment_attempt(db, A, w.officer[1], attempt, &t), ERR_NOT_FOUND);
    assert_err(assessment_submit(db, A, w.officer[1], attempt, w.now), ERR_NOT_FOUND);
    assert_ok(assessment_questions(db, A, w.officer[1], attempt, &q));
    assert_int_equal(q.count, 0);
    assert_ok(assessment_answer(db, A, o, attempt, 1, 2, w.now));
    assert_ok(assessment_answer(db, A, o, attempt, 1, 3, w.now)); /* changing one's mind */
    assert_ok(assessment_questions(db, A, o, attempt, &q));
    assert_int_equal(q.row[0].chosen, 3);
    assert_ok(assessment_submit(db, A, o, attempt, w.now));
    assert_err(assessment_submit(db, A, o, attempt, w.now), ERR_CONFLICT); /* the other tab */
    assert_err(assessment_answer(db, A, o, attempt, 1, 2, w.now), ERR_CONFLICT);
    db_rollback(db);
}

static void passing_raises_the_level(void **state)
{
    UNUSED(state);
    struct db *db = studied();
    struct attempt t;
    struct enrolment e;
    struct evidence_line_list lines;
    f64 y, variance;
    assert_int_equal(level_of(db, w.competency[0]).status, LEVEL_NOT_ASSESSED);
    i64 attempt = take_test(db, 18);
    assert_ok(assessment_attempt(db, A, w.officer[0], attempt, &t));
    assert_true(t.correct == 18 && attempt_passed(&t) && t.submitted == w.now && t.evidence);
    assert_ok(learning_enrolment(db, A, w.officer[0], w.course, &e));
    assert_int_equal(e.state, ENROLMENT_COMPLETED);
    struct level_reading r = level_of(db, w.competency[0]);
    assert_true(r.mean > 2.5 && r.se < 1 && r.status == LEVEL_PROVISIONAL);
    assert_true(r.awarded <= 2); /* a course test alone confirms up to level 2 */
    assert_int_equal(level_of(db, w.competency[1]).status, LEVEL_NOT_ASSESSED);
    assert_ok(evidence_of(db, A, w.officer[0], w.competency[0], &lines));
    assert_int_equal(lines.count, 1);
    quiz_evidence(&quiz_constants_default, 20, 18, 4, 3, 1, &y, &variance);
    assert_int_equal(lines.row[0].level_milli, (i64)floor(1000 * y + .5));
    assert_float_equal(lines.row[0].variance, variance, 1e-12);
    assert_true(lines.row[0].class == CLASS_C && lines.row[0].source == w.course && lines.row[0].nle == 1);
    db_rollback(db);
}

static void failing_is_evidence_too(void **state)
{
    UNUSED(state);
    struct db *db = studied();
    struct enrolment e;
    take_test(db, 11);
    assert_ok(learning_enrolment(db, A, w.officer[0], w.course, &e));
    assert_int_equal(e.state, ENROLMENT_STUDIED);
    assert_int_equal(level_of(db, w.competency[0]).status, LEVEL_PROVISIONAL);
    db_rollback(db);
}

static void retakes(void **state)
{
    UNUSED(state);
    struct db *db = studied();
    struct attempt one, two, three;
    i64 o = w.officer[0];
    assert_ok(assessment_attempt(db, A, o, take_test(db, 8), &one));
    struct level_reading first = level_of(db, w.competency[0]);
    w.now += MINUTE;
    assert_ok(assessment_attempt(db, A, o, take_test(db, 20), &two)); /* 30 items up to level 3: ten are left unseen, just half */
    assert_int_equal(two.unseen, 10);
    assert_int_equal(two.number, 2);
    assert_int_equal(state_of(db, one.evidence), EVIDENCE_REPLACED);
    assert_int_equal(state_of(db, two.evidence), EVIDENCE_COUNTING);
    struct level_reading second = level_of(db, w.competency[0]);
    assert_true(second.mean > first.mean);
    w.now += MINUTE;
    assert_ok(assessment_attempt(db, A, o, take_test(db, 3), &three)); /* all seen: practice */
    assert_int_equal(three.unseen, 0);
    assert_int_equal(state_of(db, three.evidence), EVIDENCE_PRACTICE);
    assert_int_equal(state_of(db, two.evidence), EVIDENCE_COUNTING);
    assert_memory_equal(&second.mean, &(f64){level_of(db, w.competency[0]).mean}, sizeof(f64)); /* not by a bit */
    db_rollback(db);
}

static void deadline(void **state)
{
    UNUSED(state);
    struct db *db = studied();
    struct attempt t;
    i64 attempt, next, o = w.officer[0];
    assert_ok(assessment_course_test(db, A, o, w.course, w.now, &attempt));
    i64 end = w.now + TEST_MINUTES * MINUTE;
    assert_ok(assessment_answer(db, A, o, attempt, 1, 0, end + TEST_GRACE_MS));
    assert_err(assessment_answer(db, A, o, attempt, 2, 0, end + TEST_GRACE_MS + 1), ERR_CONFLICT);
    assert_ok(assessment_course_test(db, A, o, w.course, end + TEST_GRACE_MS + 1, &next)); /* closes the old one as it stands, and starts anew */
    assert_true(next != attempt);
    assert_ok(assessment_attempt(db, A, o, attempt, &t));
    assert_true(t.submitted > 0 && t.answered == 1 && t.evidence > 0);
    assert_ok(assessment_submit(db, A, o, next, end + TEST_GRACE_MS + 2)); /* nothing answered: says nothing */
    assert_ok(assessment_attempt(db, A, o, next, &t));
    assert_true(t.evidence == 0 && t.correct == 0);
    db_rollback(db);
}

static void diagnostic(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    struct attempt t;
    struct question_list q;
    i64 attempt, again, o = w.officer[0];
    bool has;
    assert_ok(assessment_has_diagnostic(db, w.competency[0], &has));
    assert_true(has);
    assert_ok(assessment_has_diagnostic(db, w.competency[1], &has));
    assert_false(has); /* four items */
    assert_err(assessment_diagnostic(db, A, LANG_HI, o, w.competency[0], w.now, &attempt), ERR_NOT_FOUND); /* none in Hindi */
    assert_ok(assessment_diagnostic(db, A, LANG_EN, o, w.competency[0], w.now, &attempt));
    assert_ok(assessment_diagnostic(db, A, LANG_EN, o, w.competency[0], w.now, &again));
    assert_true(attempt == again);
    assert_ok(assessment_questions(db, A, o, attempt, &q));
    assert_int_equal(q.count, DIAGNOSTIC_QUESTIONS);
    int level[6] = {0};
    for (isize i = 0; i < q.count; i++) level[q.row[i].level]++;
    for (int l = 1; l <= 4; l++) assert_int_equal(level[l], 2);
    answer_all(db, attempt, 6);
    assert_ok(assessment_submit(db, A, o, attempt, w.now));
    assert_ok(assessment_attempt(db, A, o, attempt, &t));
    struct evidence_line_list lines;
    f64 y, variance;
    quiz_evidence(&quiz_constants_default, 8, 6, 4, 2.5, 1, &y, &variance);
    assert_ok(evidence_of(db, A, o, w.competency[0], &lines));
    assert_int_equal(lines.row[0].level_milli, (i64)floor(1000 * y + .5));
    assert_str(lines.row[0].kind, S("diagnostic"));
    assert_err(assessment_diagnostic(db, A, LANG_EN, o, w.competency[0], w.now + 29 * (i64)86400000, &again), ERR_INVALID);
    assert_ok(assessment_diagnostic(db, A, LANG_EN, o, w.competency[0], w.now + 30 * (i64)86400000, &again));
    answer_all(db, again, 8);
    assert_ok(assessment_submit(db, A, o, again, w.now + 30 * (i64)86400000));
    assert_int_equal(state_of(db, t.evidence), EVIDENCE_REPLACED); /* by one of unseen items */
    db_rollback(db);
}

static void statements(void **state)
{
    UNUSED(state);
    const struct db_statement_list *list[] = {&learning_statements, &assessment_statements};
    struct db *db = world_begin(DB_READ);
    for (isize l = 0; l < COUNT_OF(list); l++)
        for (int i = 0; i < list[l]->count; i++) assert_ok(db_check_statement(db, list[l]->statement[i]));
    db_rollback(db);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, course_end)
int main(void)
{
    const struct CMUnitTest tests[] = {CASE(drawing), CASE(starts_after_the_modules), CASE(forged), CASE(passing_raises_the_level), CASE(failing_is_evidence_too),
                                       CASE(retakes), CASE(deadline), CASE(diagnostic), CASE(statements)};
    return world_run(tests);
}
