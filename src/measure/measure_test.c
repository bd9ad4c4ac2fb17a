/* measure_test.c -- figures by hand, the daily snapshot over a small tree, and what becomes of a constant that changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "measure/constant_import.h"
#include "measure/measure.h"
#include "measure_sql.h"
#include "org/test_world.h"

static struct arena *const A = &world_arena;

static int make(void **state)
{
    UNUSED(state);
    return world_make("measure_test");
}

static int end(void **state)
{
    constants_unload();
    clock_set(0);
    return world_end(state);
}

#define assert_near(got, want, within)                                                                                                               \
    do {                                                                                                                                             \
        f64 got_ = (got), want_ = (want);                                                                                                            \
        if (!(fabs(got_ - want_) <= (within))) fail_msg("%s: %.6f, not %.6f", #got, got_, want_);                                                    \
    } while (0)

/* ---- figures ---- */

/* By hand, with z = 1.644854, z^2 = 2.705543: for 7 of 10 the centre is (.7 + .135277) / 1.270554 = .657411, and the half width
** 1.644854 sqrt(.021 + .006764) / 1.270554 = .215712. */
static void wilson(void **state)
{
    UNUSED(state);
    f64 low, high;
    measure_wilson(7, 10, &low, &high);
    assert_near(low, .441699, 2e-6);
    assert_near(high, .873123, 2e-6);
    measure_wilson(0, 10, &low, &high); /* 0 to z^2 / (n + z^2) */
    assert_near(low, 0, 1e-12);
    assert_near(high, 2.705543 / 12.705543, 1e-6);
    measure_wilson(10, 10, &low, &high);
    assert_near(low, 10 / 12.705543, 1e-6);
    assert_near(high, 1, 1e-12);
    measure_wilson(5000, 10000, &low, &high); /* near the normal one: .5 -+ 1.644854 * .005 */
    assert_near(low, .491777, 2e-6);
    assert_near(high, .508223, 2e-6);
}

/* Shortfalls 0, 1, 2, 1: mean 1, squares 0 + 1 + 4 + 1 = 6, variance 6/4 - 1 = .5, half width 1.644854 sqrt(.5 / 4) = .581544. */
static void mean_gap(void **state)
{
    UNUSED(state);
    struct figure f = {.required = 8, .assessed = 4, .met = 1};
    measure_finish(&f, 4000000, 6000);
    assert_near(f.assessed_share, .5, 1e-12);
    assert_near(f.met_share, .125, 1e-12);
    assert_near(f.gap, 1, 1e-12);
    assert_near(f.gap_low, .418456, 2e-6);
    assert_near(f.gap_high, 1.581544, 2e-6);
    f = (struct figure){.required = 2, .assessed = 2}; /* .1 and 0: the range does not go below none */
    measure_finish(&f, 100000, 10);
    assert_near(f.gap, .05, 1e-12);
    assert_near(f.gap_low, 0, 1e-12);
    f = (struct figure){.required = 3}; /* nobody is assessed: no mean */
    measure_finish(&f, 0, 0);
    assert_near(f.gap_high, 0, 0);
    assert_near(f.met_high, 2.705543 / 5.705543, 1e-6);
    f = (struct figure){0};
    measure_finish(&f, 0, 0);
    assert_near(f.met_share, 0, 0);
}

/* ---- publishing: root 1 over ministry 2 over departments 3, 4, 5; competency 9 ---- */

static void tree(void)
{
    world_script(
        "INSERT INTO organisation (id, code, parent, kind, depth, source) VALUES (1,'india',NULL,'government',0,'t'), (2,'m',1,'ministry',1,'t'), "
        "(3,'d3',2,'department',2,'t'), "
        "(4,'d4',2,'department',2,'t'), (5,'d5',2,'department',2,'t');"
        "INSERT INTO organisation_above (organisation, ancestor, distance) VALUES "
        "(1,1,0),(2,2,0),(2,1,1),(3,3,0),(3,2,1),(3,1,2),(4,4,0),(4,2,1),(4,1,2),(5,5,0),(5,2,1),(5,1,2);"
        "INSERT INTO org_text (subject, field, language, text) VALUES "
        "(1,'name','en','India'),(2,'name','en','M'),(3,'name','en','Three'),(4,'name','en','Four'),(5,'name','en','Five'),(3,'name','hi','तीन');"
        "INSERT INTO competency (id, code, kind, area, theme, reviewed) VALUES (9,'c9',1,'a','t',1),(8,'c8',2,'a','t',1);"
        "INSERT INTO frac_text (subject, field, language, text) VALUES (9,'name','en','Nine'),(8,'name','en','Eight');"
        "INSERT INTO headcount (organisation, grp, officers) VALUES (3,'A',40),(3,'B',20),(4,'A',50),(5,'A',8);"
        "INSERT INTO tally (organisation, grp, competency, required, assessed, met, shortfall_micro, shortfall_sq_milli) VALUES "
        "(3,'A',9,40,30,15,15000000,12000),(3,'B',9,20,12,6,3000000,1500),(4,'A',9,50,25,5,25000000,40000),(5,'A',9,8,6,1,6000000,7000),(4,'A',8,50,"
        "0,0,0,0);");
}

static const struct figure *find(const struct figure_list *l, i64 organisation, i64 competency)
{
    for (isize i = 0; i < l->count; i++)
        if (l->row[i].organisation == organisation && l->row[i].competency == competency) return &l->row[i];
    fail_msg("no row of %lld, %lld", (long long)organisation, (long long)competency);
    return NULL;
}

static void publish(void **state)
{
    UNUSED(state);
    struct figure total;
    struct figure_list list;
    i64 day;
    tree();
    struct db *db = world_begin(DB_READ);
    assert_err(measure_total(db, A, 1, &total, &day), ERR_NOT_FOUND);
    db_rollback(db);

    db = world_begin(DB_WRITE);
    assert_ok(measure_publish(db, A, 2500));
    assert_ok(db_commit(db));
    db = world_begin(DB_READ);
    assert_ok(measure_total(db, A, 1, &total, &day));
    assert_int_equal(day, 2500);
    assert_int_equal(total.officers, 118);
    assert_int_equal(total.required, 168); /* 118 need 9, 50 need 8 */
    assert_int_equal(total.assessed, 73);
    assert_int_equal(total.met, 27);
    assert_near(total.gap, 49.0 / 73, 1e-12);
    assert_int_equal(total.suppressed, 0);

    assert_ok(measure_by_child(db, A, LANG_HI, 2, &list)); /* d5 has 6 people; with d4 blank too, neither is found from the ministry's total */
    assert_int_equal(list.count, 3);
    assert_int_equal(find(&list, 5, 0)->suppressed, SUPPRESS_SMALL);
    assert_int_equal(find(&list, 4, 0)->suppressed, SUPPRESS_SIBLING);
    assert_int_equal(find(&list, 3, 0)->suppressed, SUPPRESS_NOT);
    assert_str(find(&list, 3, 0)->name, S("तीन"));
    assert_int_equal(list.row[0].organisation, 3); /* what is blank comes last, so that its place tells nothing */

    assert_ok(measure_by_competency(db, A, LANG_EN, 3, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.row[0].required, 60);
    assert_int_equal(list.row[0].assessed, 42);
    assert_ok(measure_by_group(db, A, 3, &list));
    assert_true(list.count >= 2); /* an empty Group may be among them, blank */
    assert_str(list.row[0].grp, S("A"));
    assert_str(list.row[1].grp, S("B"));
    assert_int_equal(list.row[1].met, 6);
    db_rollback(db);
}

/* The same day again replaces; a later day stands beside; one that was read before does not move. */
static void publish_again(void **state)
{
    UNUSED(state);
    struct figure total;
    i64 day;
    tree();
    for (i64 d = 2500; d < 2502; d++) {
        struct db *db = world_begin(DB_WRITE);
        assert_ok(measure_publish(db, A, d));
        assert_ok(measure_publish(db, A, d));
        assert_ok(db_commit(db));
        world_script("UPDATE tally SET met = met + 1 WHERE organisation = 3 AND grp = 'A'");
        db = world_begin(DB_READ);
        assert_ok(measure_total(db, A, 2, &total, &day));
        assert_int_equal(day, d);
        assert_int_equal(total.met, d == 2500 ? 27 : 28); /* the change of today shows tomorrow */
        db_rollback(db);
    }
}

/* ---- constants ---- */

enum { TODAY = 2500 };

static void constants_make(void)
{
    clock_set(ms_of_day(TODAY) + 3600000);
    struct db *db = world_begin(DB_WRITE);
    const struct constant_in in[] = {{S("b_p"), S("levels"), S("P"), S("Pass marks are set by people."), S("मानक लोग तय करते हैं।"), .25, 0},
                                     {S("award"), S("probability"), S("P"), S("One error in five."), S("पाँच में एक त्रुटि।"), .8, 0}};
    enum put put;
    for (isize i = 0; i < COUNT_OF(in); i++) {
        assert_ok(constant_import(db, A, &in[i], now_ms(), &put));
        assert_int_equal(put, PUT_ADDED);
    }
    assert_ok(db_commit(db));
    assert_ok(constants_load(world_pool));
}

static err set(str name, f64 value, i64 day)
{
    struct db *db = world_begin(DB_WRITE);
    err e = constant_set(db, A, 7, name, value, S("A reason in English."), S("हिन्दी में कारण।"), day, now_ms());
    if (e == OK) return db_commit(db);
    db_rollback(db);
    return e;
}

static void changes(void **state)
{
    UNUSED(state);
    struct measure_constant_rows_rows before, after;
    constants_make();
    struct db *db = world_begin(DB_READ);
    assert_ok(measure_sql_constant_rows(db, A, &before));
    db_rollback(db);
    assert_near(constant_value("b_p", TODAY), .25, 0);
    assert_near(constants_level(TODAY).b[0], .25, 0);

    assert_ok(set(S("b_p"), .3, TODAY + 3));
    assert_near(constant_value("b_p", TODAY + 3), .25, 0); /* not before it is loaded */
    assert_ok(constants_refresh(world_pool));
    assert_near(constant_value("b_p", TODAY), .25, 0);
    assert_near(constants_level(TODAY).b[0], .25, 0);
    assert_near(constants_level(TODAY + 2).b[0], .25, 0);
    assert_near(constants_level(TODAY + 3).b[0], .3, 0);
    assert_near(constants_level(TODAY + 300).b[0], .3, 0);
    assert_near(constants_level(TODAY).award, .8, 0); /* others stay */

    assert_ok(set(S("b_p"), .35, TODAY + 3)); /* a second thought about the same day: the later one counts */
    assert_ok(set(S("b_p"), .2, TODAY + 1));
    assert_ok(constants_refresh(world_pool));
    assert_near(constant_value("b_p", TODAY + 1), .2, 0);
    assert_near(constant_value("b_p", TODAY + 3), .35, 0);
    assert_near(constant_value("b_p", TODAY), .25, 0);

    db = world_begin(DB_READ);
    assert_ok(measure_sql_constant_rows(db, A, &after));
    assert_int_equal(after.count, before.count + 3);
    for (isize i = 0; i < before.count; i++) { /* every old row is as it was */
        isize same = 0;
        for (isize k = 0; k < after.count; k++) {
            const struct measure_constant_rows_row *x = &before.row[i], *y = &after.row[k];
            same += x->id == y->id && x->value == y->value && x->from_day == y->from_day && str_eq(x->reason_en, y->reason_en) &&
                    str_eq(x->reason_hi, y->reason_hi) && x->created == y->created;
        }
        assert_int_equal(same, 1);
    }
    db_rollback(db);
}

static void refusals(void **state)
{
    UNUSED(state);
    constants_make();
    assert_err(set(S("b_p"), .3, TODAY), ERR_INVALID); /* today is too late */
    assert_err(set(S("b_p"), .3, TODAY - 1), ERR_INVALID);
    assert_err(set(S("b_p"), .01, TODAY + 1), ERR_INVALID);
    assert_err(set(S("b_p"), 6, TODAY + 1), ERR_INVALID);
    assert_err(set(S("award"), 1, TODAY + 1), ERR_INVALID);
    assert_err(set(S("award"), .5, TODAY + 1), ERR_INVALID);
    assert_err(set(S("nothing"), .5, TODAY + 1), ERR_NOT_FOUND);
    assert_err(constant_check(S("half_life_p"), 365.5, TODAY + 1, TODAY), ERR_INVALID);
    assert_err(constant_check(S("half_life_p"), 29, TODAY + 1, TODAY), ERR_INVALID);
    assert_ok(constant_check(S("half_life_p"), 365, TODAY + 1, TODAY));
    assert_err(constant_check(S("module_share"), 1.5, TODAY + 1, TODAY), ERR_INVALID);
    assert_err(constant_check(S("hours_fixed"), 0, TODAY + 1, TODAY), ERR_INVALID);
    assert_err(constant_check(S("publish_min"), 2, TODAY + 1, TODAY), ERR_INVALID);
    assert_ok(set(S("award"), .75, TODAY + 1));
}

static void builtin_values(void **state)
{
    UNUSED(state);
    assert_ok(constants_load(world_pool)); /* an empty table */
    assert_near(constant_value("b_p", TODAY), .25, 0);
    assert_near(constant_value("publish_min", TODAY), 10, 0);
    assert_int_equal(constants_level(TODAY).half_life[0], 730);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, end)

int main(void)
{
    const struct CMUnitTest pure[] = {cmocka_unit_test(wilson), cmocka_unit_test(mean_gap)};
    const struct CMUnitTest tests[] = {TEST(publish), TEST(publish_again), TEST(changes), TEST(refusals), TEST(builtin_values)};
    return cmocka_run_group_tests_name("pure", pure, NULL, NULL) + world_run(tests);
}
