/* jobs_test.c -- a job runs once, a failing one is tried again and then given up, one whose process died is taken up, and one that always takes its process
** down is closed. Time is the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "jobs/jobs.h"
#include "jobs_sql.h"
#include "org/test_world.h"

static _Atomic int runs;

static err succeed(struct job_run *j)
{
    runs++;
    return job_progress(j, 3, 4);
}

static err go_wrong(struct job_run *j)
{
    UNUSED(j);
    runs++;
    return err_set(ERR_IO, N_("The file could not be written."));
}

static const struct job_kind kinds[] = {{"good", succeed, 3}, {"bad", go_wrong, 3}, {NULL, NULL, 0}};

static int make(void **state)
{
    UNUSED(state);
    runs = 0;
    clock_set(1790000000000);
    return world_make("jobs");
}

static int end(void **state)
{
    clock_set(0);
    return world_end(state);
}

static i64 add(const char *kind)
{
    i64 id;
    struct db *db = world_begin(DB_WRITE);
    assert_ok(job_add(db, kind, S("x"), now_ms(), 0, now_ms(), &id));
    assert_ok(db_commit(db));
    return id;
}

/* Runs the runner until the job is done (2) or given up (3), at most five seconds. */
static struct jobs_state_row run_until_closed(i64 id)
{
    struct job_runner *r;
    struct jobs_state_row row = {0};
    assert_ok(jobs_start(world_pool, kinds, &r));
    for (int i = 0; i < 250 && row.state < 2; i++) {
        usleep(20000);
        if (i % 50 == 49) clock_set(now_ms() + 60000); /* past the wait before the next try */
        struct db *db = world_begin(DB_READ);
        assert_ok(jobs_sql_state(db, &world_arena, id, &row));
        db_rollback(db);
    }
    jobs_stop(r);
    return row;
}

static void runs_once(void **state)
{
    UNUSED(state);
    struct jobs_state_row row = run_until_closed(add("good"));
    assert_int_equal(row.state, 2);
    assert_int_equal(row.done, 3);
    assert_int_equal(row.total, 4);
    assert_int_equal(runs, 1);
}

static void tries_again_and_gives_up(void **state)
{
    UNUSED(state);
    struct jobs_state_row row = run_until_closed(add("bad"));
    assert_int_equal(row.state, 3);
    assert_int_equal(runs, 3);
    assert_str(row.message, S("The file could not be written."));
}

static void takes_up_what_was_left(void **state)
{
    UNUSED(state);
    i64 id = add("good"), taken = 0;
    struct db *db = world_begin(DB_WRITE);
    assert_ok(jobs_sql_take(db, id, now_ms() + 1000, S("another:1"), now_ms(), &taken));
    assert_ok(db_commit(db));
    assert_int_equal(taken, 1);
    clock_set(now_ms() + 2000); /* its lease has lapsed */
    struct jobs_state_row row = run_until_closed(id);
    assert_int_equal(row.state, 2);
    i64 closed = 1;
    db = world_begin(DB_WRITE); /* the one that lost it can no longer close it */
    assert_ok(jobs_sql_finish(db, id, 3, S("late"), now_ms(), now_ms(), S("another:1"), &closed));
    db_rollback(db);
    assert_int_equal(closed, 0);
}

static void closes_what_kills(void **state)
{
    UNUSED(state);
    i64 id = add("good"), taken;
    for (int i = 0; i < 10; i++) {
        struct db *db = world_begin(DB_WRITE);
        assert_ok(jobs_sql_take(db, id, now_ms() + 10, S("dead:1"), now_ms(), &taken));
        assert_ok(db_commit(db));
        clock_set(now_ms() + 1000);
    }
    struct jobs_state_row row = run_until_closed(id);
    assert_int_equal(row.state, 3);
    assert_int_equal(runs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_once, make, end),
        cmocka_unit_test_setup_teardown(tries_again_and_gives_up, make, end),
        cmocka_unit_test_setup_teardown(takes_up_what_was_left, make, end),
        cmocka_unit_test_setup_teardown(closes_what_kills, make, end),
    };
    return world_run(tests);
}
