/* learning_test.c -- enrolment, time that the server measures, what closes most of a gap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "learning/test_course.h"

static int make(void **state)
{
    UNUSED(state);
    return course_make("learning_test");
}

static struct db *enrolled(void)
{
    struct db *db = world_begin(DB_WRITE);
    assert_ok(learning_enrol(db, A, w.officer[0], w.course, w.now));
    return db;
}

static void enrolment(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    struct enrolment e;
    struct course_module m;
    i64 o = w.officer[0], next;
    assert_ok(learning_enrolment(db, A, o, w.course, &e));
    assert_int_equal(e.state, ENROLMENT_NONE);
    assert_int_equal(e.modules, 2);
    assert_err(learning_open(db, A, o, w.course, w.module[0], w.now), ERR_DENIED);
    assert_err(learning_beat(db, A, o, w.course, w.module[0], NULL, w.now, &m), ERR_DENIED);
    assert_err(learning_finish(db, A, o, w.course, w.module[0], w.now, &next), ERR_DENIED);
    assert_err(learning_enrol(db, A, o, 7, w.now), ERR_NOT_FOUND);
    assert_err(learning_enrol(db, A, o, w.elsewhere, w.now), ERR_INVALID);
    assert_err(learning_leave(db, A, o, w.course, w.now), ERR_INVALID);
    assert_ok(learning_enrol(db, A, o, w.course, w.now));
    assert_ok(learning_enrol(db, A, o, w.course, w.now));
    course_study(db, o, w.module[0]);
    assert_ok(learning_leave(db, A, o, w.course, w.now));
    assert_err(learning_open(db, A, o, w.course, w.module[0], w.now), ERR_DENIED);
    assert_ok(learning_enrol(db, A, o, w.course, w.now)); /* what was finished stays */
    assert_ok(learning_enrolment(db, A, o, w.course, &e));
    assert_int_equal(e.state, ENROLMENT_OPEN);
    assert_int_equal(e.finished, 1);
    assert_true(e.last_module == w.module[0]);
    assert_err(learning_module(db, A, o, w.hindi, w.module[0], 2000, &m), ERR_NOT_FOUND); /* not of that course */
    assert_ok(learning_enrolment(db, A, w.officer[1], w.course, &e)); /* and another's is hers */
    assert_int_equal(e.state, ENROLMENT_NONE);
    db_rollback(db);
}

static void not_in_twenty_seconds(void **state)
{
    UNUSED(state);
    struct db *db = enrolled();
    struct course_module m;
    i64 o = w.officer[0], next, start = w.now;
    assert_ok(learning_open(db, A, o, w.course, w.module[0], w.now));
    assert_ok(learning_beat(db, A, o, w.course, w.module[0], NULL, w.now + 20000, &m));
    assert_int_equal(m.counted_ms, 20000);
    assert_int_equal(m.needed_ms, 10 * MINUTE);
    assert_err(learning_finish(db, A, o, w.course, w.module[0], w.now + 20000, &next), ERR_INVALID);
    for (int i = 0; i < 100; i++) assert_ok(learning_beat(db, A, o, w.course, w.module[0], NULL, w.now + 20000 + i, &m)); /* many beats are no more time */
    assert_true(m.counted_ms <= 20000 + 100);
    assert_ok(learning_beat(db, A, o, w.course, w.module[0], NULL, w.now + 60 * MINUTE, &m)); /* nor is a long pause */
    assert_true(m.counted_ms <= 40000 + 100);
    w.now += 61 * MINUTE;
    course_study(db, o, w.module[0]);
    assert_ok(learning_finish(db, A, o, w.course, w.module[0], w.now, &next)); /* twice is once */
    assert_true(next == w.module[1]);
    w.now = start;
    db_rollback(db);
}

static void two_tabs_count_once(void **state)
{
    UNUSED(state);
    struct db *db = enrolled();
    struct course_module m[2];
    i64 o = w.officer[0];
    for (int i = 0; i < 2; i++) assert_ok(learning_open(db, A, o, w.course, w.module[i], w.now));
    for (int i = 1; i <= 40; i++) /* two modules side by side, each beating every 15 s, 7 s apart */
        for (int k = 0; k < 2; k++) assert_ok(learning_beat(db, A, o, w.course, w.module[k], NULL, w.now + 15000 * i + 7000 * k, &m[k]));
    assert_true(m[0].counted_ms + m[1].counted_ms <= 15000 * 40 + 7000);
    assert_true(m[0].counted_ms + m[1].counted_ms >= 15000 * 39);
    i64 before = m[0].counted_ms, later = w.now + 15000 * 41;
    assert_ok(learning_beat(db, A, o, w.course, w.module[0], NULL, later, &m[0])); /* and one module in two tabs */
    assert_ok(learning_beat(db, A, o, w.course, w.module[0], NULL, later, &m[1]));
    assert_true(m[1].counted_ms == m[0].counted_ms && m[0].counted_ms - before <= BEAT_MOST_MS);
    db_rollback(db);
}

static void without_script(void **state)
{
    UNUSED(state);
    struct db *db = enrolled();
    struct course_module m;
    i64 o = w.officer[0], next;
    assert_ok(learning_open(db, A, o, w.course, w.module[0], w.now));
    assert_ok(learning_open(db, A, o, w.course, w.module[0], w.now + 5 * MINUTE)); /* loading again loses nothing */
    assert_ok(learning_read(db, A, o, w.course, w.module[0], w.now + 9 * MINUTE));
    assert_err(learning_finish(db, A, o, w.course, w.module[0], w.now + 9 * MINUTE, &next), ERR_INVALID);
    assert_ok(learning_read(db, A, o, w.course, w.module[0], w.now + 11 * MINUTE));
    assert_ok(learning_module(db, A, o, w.course, w.module[0], 2000, &m));
    assert_int_equal(m.counted_ms, 11 * MINUTE);
    assert_ok(learning_finish(db, A, o, w.course, w.module[0], w.now + 11 * MINUTE, &next));
    assert_ok(learning_read(db, A, o, w.course, w.module[1], w.now + 90 * MINUTE)); /* one that was never opened */
    assert_err(learning_finish(db, A, o, w.course, w.module[1], w.now + 90 * MINUTE, &next), ERR_INVALID);
    db_rollback(db);
}

static void resumes_elsewhere(void **state)
{
    UNUSED(state);
    struct db *db = enrolled();
    struct course_module m;
    i64 o = w.officer[0], place = 77;
    assert_ok(learning_open(db, A, o, w.course, w.module[1], w.now));
    assert_ok(learning_beat(db, A, o, w.course, w.module[1], &place, w.now + 15000, &m));
    assert_int_equal(m.place, 77);
    assert_ok(learning_beat(db, A, o, w.course, w.module[1], NULL, w.now + 30000, &m));
    assert_int_equal(m.place, 77);
    db_rollback(db);
}

static void finishing_raises_nothing(void **state)
{
    UNUSED(state);
    struct db *db = enrolled();
    struct enrolment e;
    struct level_reading r;
    struct level_sums sums;
    i64 o = w.officer[0], start = w.now;
    for (int i = 0; i < 2; i++) course_study(db, o, w.module[i]);
    assert_ok(learning_enrolment(db, A, o, w.course, &e));
    assert_int_equal(e.state, ENROLMENT_STUDIED);
    assert_ok(competency_level(db, A, o, w.competency[0], day_of_ms(w.now), &r, &sums));
    assert_int_equal(r.status, LEVEL_NOT_ASSESSED);
    assert_ok(learning_test_done(db, o, w.course, false, w.now));
    assert_ok(learning_enrolment(db, A, o, w.course, &e));
    assert_int_equal(e.state, ENROLMENT_STUDIED);
    assert_ok(learning_test_done(db, o, w.course, true, w.now));
    assert_ok(learning_enrolment(db, A, o, w.course, &e));
    assert_int_equal(e.state, ENROLMENT_COMPLETED);
    assert_err(learning_leave(db, A, o, w.course, w.now), ERR_INVALID);
    w.now = start;
    db_rollback(db);
}

static void for_gaps(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_READ);
    struct gap_list gaps;
    struct next_step_list steps;
    assert_ok(competency_gaps(db, A, LANG_EN, w.officer[0], day_of_ms(w.now), &gaps));
    assert_int_equal(gaps.count, 2);
    assert_ok(learning_for_gaps(db, A, LANG_EN, &gaps, 5, &steps));
    assert_int_equal(steps.count, 3);
    assert_true(steps.row[0].course == w.course && steps.row[0].complete); /* taught here comes first */
    assert_false(steps.row[1].complete);
    for (isize i = 0; i < steps.count; i++) {
        const struct next_step *s = &steps.row[i];
        assert_true(s->gain > 0 && s->gain < s->shortfall);
        assert_false(s->measured);
        assert_float_equal(s->effect, .25, 1e-12);
        assert_float_equal(s->mean, 2.5, 1e-12); /* nothing known: the prior */
        assert_float_equal(s->se, 1, 1e-12);
        assert_true(s->competency_name.len > 0 && s->title.len > 0);
    }
    assert_ok(learning_for_gaps(db, A, LANG_EN, &gaps, 1, &steps));
    assert_int_equal(steps.count, 1);
    struct gap_list none = {NULL, 0};
    assert_ok(learning_for_gaps(db, A, LANG_EN, &none, 5, &steps));
    assert_int_equal(steps.count, 0);
    db_rollback(db);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, course_end)
int main(void)
{
    const struct CMUnitTest tests[] = {CASE(enrolment), CASE(not_in_twenty_seconds), CASE(two_tabs_count_once), CASE(without_script), CASE(resumes_elsewhere),
                                       CASE(finishing_raises_nothing), CASE(for_gaps)};
    return world_run(tests);
}
