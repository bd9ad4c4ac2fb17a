/* The contract of db.h and migrate.h, the same tests on SQLite in a temporary folder and on the PostgreSQL of IGOT_TEST_PG. */
#include "db/db_test.h"

static void round_trip(struct db *db, struct arena *a, i64 id, i128 wide, f64 part, str name, str raw)
{
    struct db_value v[7] = {
        {.type = DB_I64, .as.i = id}, {.type = DB_STR, .as.s = name}, {.type = DB_I128, .as.w = wide}, {.type = DB_F64, .as.f = part},
        {.type = DB_BLOB, .as.s = raw}, {.type = DB_I64, .null = true}, {.type = DB_I64, .null = true},
    };
    struct db_value key = {.type = DB_I64, .as.i = id};
    struct db_cursor *c;
    bool row;
    i64 changes = 0;
    assert_ok(db_run(db, &put, v, &changes));
    assert_int_equal(changes, 1);
    assert_ok(db_query(db, &get, &key, &c));
    assert_ok(db_step(c, &row));
    assert_true(row);
    assert_true(db_column_i64(c, 0) == id);
    assert_true(str_eq(db_column_str(c, 1, a), name));
    assert_non_null(db_column_str(c, 1, a).data);
    assert_true(db_column_i128(c, 2) == wide);
    f64 got = db_column_f64(c, 3);
    assert_memory_equal(&got, &part, sizeof got);
    assert_true(str_eq(db_column_view(c, 4), raw));
    assert_non_null(db_column_view(c, 4).data);
    assert_true(db_column_null(c, 5));
    assert_false(db_column_null(c, 4));
    db_cursor_close(c);
}

static void types(void **state)
{
    UNUSED(state);
    struct arena a;
    struct db *db = begin(DB_WRITE);
    i128 most = ((((i128)1 << 126) - 1) << 1) + 1;
    arena_init(&a, 1 << 20);
    round_trip(db, &a, INT64_MAX, most, 1.7976931348623157e308, S("क्षमता 𐍈 é"), str_n("\0\xff\0", 3));
    round_trip(db, &a, INT64_MIN, -most - 1, 5e-324, S(""), S(""));
    round_trip(db, &a, 0, 0, 0.0, S("'; DROP TABLE thing; --"), S("x"));
    round_trip(db, &a, -1, -1, 0.1, S("$1 ?1 %s"), str_n("\x80", 1));
    round_trip(db, &a, 2, 10000, 1.0 / 3, S("a"), S("b"));
    round_trip(db, &a, 3, -((i128)1 << 64), 0, S("c"), S("d"));
    i128 ten = 1;
    for (i64 i = 0; i < 38; i++, ten *= 10) {
        char name[8];
        snprintf(name, sizeof name, "n%d", (int)i);
        round_trip(db, &a, 100 + i, i % 2 ? -ten : ten + 1, (f64)i, str_of(name), S(""));
    }
    assert_ok(db_commit(db));
    arena_clear(&a);
}

static void nulls_and_refused_text(void **state)
{
    UNUSED(state);
    struct db_value key = {.type = DB_I64, .as.i = 1};
    struct db_cursor *c;
    bool row;
    struct db *db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, (str){0}, NULL, 1));
    assert_ok(db_query(db, &get, &key, &c));
    assert_ok(db_step(c, &row));
    assert_true(row && db_column_null(c, 1) && db_column_null(c, 4) && db_column_null(c, 5));
    assert_null(db_column_view(c, 1).data);
    db_cursor_close(c);
    assert_ok(db_savepoint(db));
    assert_err(put_row(db, 2, str_n("a\0b", 3), NULL, 1), ERR_INVALID);
    db_savepoint_rollback(db);
    assert_ok(db_savepoint(db));
    assert_err(put_row(db, 2, S("\xff"), NULL, 1), ERR_INVALID);
    db_savepoint_rollback(db);
    assert_ok(db_commit(db));
    assert_int_equal(things(), 1);
}

static void commit_and_rollback(void **state)
{
    UNUSED(state);
    struct db *db = begin(DB_WRITE);
    assert_true(db_writable(db) && db_engine(db) == engine && db_pool_engine(pool) == engine);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_commit(db));
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 2, S("b"), NULL, 1));
    db_rollback(db);
    assert_int_equal(things(), 1);
    db = begin(DB_WRITE);
    struct db_value one = {.type = DB_I64, .as.i = 1}, id = {.type = DB_I64, .as.i = 7};
    struct db_cursor *c;
    bool row;
    i64 changes;
    assert_ok(db_run(db, &grow, &one, &changes));
    assert_int_equal(changes, 1);
    assert_ok(db_query(db, &back, &id, &c));
    assert_ok(db_step(c, &row));
    assert_true(row && db_column_i64(c, 0) == 7);
    db_cursor_close(c);
    assert_ok(db_commit(db));
    assert_int_equal(things(), 2);
    assert_ok(db_pool_ping(pool));
    struct db_pool_stats s;
    db_pool_stats(pool, &s);
    assert_int_equal(s.readers_busy + s.writers_busy, 0);
    assert_int_equal(s.readers, 3);
}

static void savepoints(void **state)
{
    UNUSED(state);
    struct db *db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_savepoint(db));
    assert_ok(put_row(db, 2, S("b"), NULL, 1));
    assert_ok(db_savepoint(db));
    assert_err(put_row(db, 3, S("b"), NULL, 1), ERR_CONFLICT);
    assert_err(put_row(db, 4, S("d"), NULL, 1), ERR_IO); /* poisoned */
    assert_err(db_savepoint(db), ERR_IO);
    db_savepoint_rollback(db);
    assert_ok(put_row(db, 5, S("e"), NULL, 1));
    assert_ok(db_savepoint_release(db));
    assert_ok(db_savepoint(db));
    assert_err(put_row(db, 5, S("f"), NULL, 1), ERR_CONFLICT);
    assert_err(db_savepoint_release(db), ERR_IO); /* gone as well */
    assert_int_equal(number(db, &count), 3);
    assert_ok(db_commit(db));
    assert_int_equal(things(), 3);
}

static void conflict_kinds(void **state)
{
    UNUSED(state);
    i64 nobody = 99;
    struct { i64 id; str name; i64 *parent; i64 level; err want; } rows[] = {
        {1, S("other"), NULL, 1, ERR_CONFLICT}, {2, S("a"), NULL, 1, ERR_CONFLICT}, {2, S("b"), &nobody, 1, ERR_CONFLICT}, {2, S("b"), NULL, 6, ERR_INVALID},
    };
    struct db *db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_commit(db));
    for (isize i = 0; i < COUNT_OF(rows); i++) {
        db = begin(DB_WRITE);
        assert_err(put_row(db, rows[i].id, rows[i].name, rows[i].parent, rows[i].level), rows[i].want);
        assert_true(err_message()[0] && err_log()[0]);
        assert_err(put_row(db, 3, S("c"), NULL, 1), ERR_IO);
        assert_err(db_commit(db), ERR_IO); /* and has given the connection back */
    }
    db = begin(DB_WRITE);
    assert_err(db_script(db, S("INSERT INTO duty (doctor) VALUES (9)")), ERR_INVALID); /* not null */
    db_rollback(db);
    assert_int_equal(things(), 1);
}

static void reader_keeps_its_snapshot(void **state)
{
    UNUSED(state);
    struct db *reader = begin(DB_READ);
    assert_int_equal(number(reader, &count), 0);
    struct db *writer = begin(DB_WRITE);
    assert_ok(put_row(writer, 1, S("a"), NULL, 1));
    assert_int_equal(things(), 0); /* not committed: nobody sees it */
    assert_ok(db_commit(writer));
    assert_int_equal(number(reader, &count), 0);
    assert_int_equal(things(), 1);
    assert_err(put_row(reader, 2, S("b"), NULL, 1), ERR_BUG);
    db_rollback(reader);
    assert_int_equal(things(), 1);
}

static void many_rows(struct db *db, i64 n)
{
    char name[32];
    for (i64 i = 1; i <= n; i++) {
        snprintf(name, sizeof name, "thing %d", (int)i);
        assert_ok(put_row(db, i, str_of(name), NULL, 1));
    }
}

static void each_with_statements_inside(void **state)
{
    UNUSED(state);
    struct db_cursor *c;
    bool row;
    struct db *db = begin(DB_WRITE);
    many_rows(db, 1024); /* a whole number of fetches */
    for (int round = 0; round < 2; round++) {
        i64 seen = 0;
        assert_ok(db_query(db, &all, NULL, &c));
        for (;;) {
            assert_ok(db_step(c, &row));
            if (!row) break;
            assert_int_equal(db_column_i64(c, 0), ++seen);
            if (seen % 100 == 0) assert_int_equal(number(db, &count), 1024);
            if (round == 1 && seen == 300) break;
        }
        assert_int_equal(seen, round ? 300 : 1024);
        if (round) db_cursor_close(c);
    }
    assert_ok(db_query(db, &all, NULL, &c)); /* again after leaving early; and left open by commit */
    assert_ok(db_step(c, &row));
    assert_ok(db_commit(db));
    assert_int_equal(things(), 1024);
}

struct leaver { struct db *db; struct arena arena; };

static err leave_by_longjmp(void *arg)
{
    struct leaver *l = arg;
    struct db_cursor *c;
    bool row;
    TRY(db_query(l->db, &all, NULL, &c));
    for (;;) {
        TRY(db_step(c, &row));
        if (!row) return OK;
        (void)db_column_str(c, 1, &l->arena);
    }
}

static void longjmp_out_of_a_cursor(void **state)
{
    UNUSED(state);
    struct leaver l;
    l.db = begin(DB_WRITE);
    many_rows(l.db, 600);
    assert_ok(db_commit(l.db));
    arena_init(&l.arena, 3000);
    for (int i = 0; i < 20; i++) { /* more often than there are connections */
        arena_reset(&l.arena);
        l.db = begin(i % 2 ? DB_READ : DB_WRITE);
        assert_err(arena_guard(leave_by_longjmp, &l), ERR_MEMORY);
        db_rollback(l.db);
    }
    l.db = begin(DB_WRITE); /* a savepoint cleans up as well */
    assert_ok(db_savepoint(l.db));
    assert_err(arena_guard(leave_by_longjmp, &l), ERR_MEMORY);
    db_savepoint_rollback(l.db);
    assert_err(arena_guard(leave_by_longjmp, (arena_reset(&l.arena), l.arena.limit = 1 << 20, &l)), OK);
    assert_ok(put_row(l.db, 601, S("last"), NULL, 1));
    assert_ok(db_commit(l.db));
    assert_int_equal(things(), 601);
    arena_clear(&l.arena);
}

static void checkpoints(void **state)
{
    UNUSED(state);
    struct db *db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_checkpoint(db));
    assert_int_equal(things(), 1);
    assert_ok(put_row(db, 2, S("b"), NULL, 1));
    assert_ok(db_checkpoint(db));
    assert_err(put_row(db, 2, S("c"), NULL, 1), ERR_CONFLICT);
    assert_err(db_checkpoint(db), ERR_IO);
    db_rollback(db);
    assert_int_equal(things(), 2);
}

static void statements_are_checked(void **state)
{
    UNUSED(state);
    const struct db_statement *good[] = {&put, &get, &count, &all, &grow, &back, &watch, &leave};
    const struct db_statement *bad[] = {&misspelt, &misspelt_quoted, &summed};
    struct db *db = begin(DB_READ);
    for (isize i = 0; i < COUNT_OF(good); i++) assert_ok(db_check_statement(db, good[i]));
    for (isize i = 0; i < COUNT_OF(bad); i++) {
        assert_err(db_check_statement(db, bad[i]), ERR_INVALID);
        assert_non_null(strstr(err_log(), bad[i]->name));
    }
    assert_err(db_check_statement(db, &wrong_kind), engine == DB_SQLITE ? OK : ERR_INVALID);
    assert_int_equal(number(db, &count), 0); /* not poisoned */
    db_rollback(db);
    struct db_cursor *c;
    bool row;
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    err e = db_query(db, &wrong_kind, NULL, &c); /* SQLite finds out by the row */
    assert_err(engine == DB_SQLITE && e == OK ? db_step(c, &row) : e, engine == DB_SQLITE ? ERR_CORRUPT : ERR_BUG);
    db_rollback(db);
}

static void count_done(const struct migration *m, void *arg)
{
    UNUSED(m);
    ++*(int *)arg;
}

static void migrations_are_guarded(void **state)
{
    UNUSED(state);
    struct migrate_status s;
    struct db_pool *other;
    int done = 0;
    assert_ok(migrate_status(pool, &s));
    assert_int_equal(s.have, 2);
    assert_int_equal(s.want, 2);
    assert_ok(migrate_run(pool, 2, count_done, &done));
    assert_int_equal(done, 0);
    assert_ok(script_now(pool, S("DROP TABLE duty; DELETE FROM migration WHERE number = 2")));
    assert_ok(migrate_status(pool, &s));
    assert_int_equal(s.have, 1);
    assert_ok(migrate_run(pool, 2, count_done, &done));
    assert_int_equal(done, 1);
    assert_ok(script_now(pool, engine == DB_SQLITE ? S("UPDATE migration SET sha256 = x'00' WHERE number = 1")
                                                   : S("UPDATE migration SET sha256 = '\\x00' WHERE number = 1")));
    assert_err(migrate_status(pool, &s), ERR_CORRUPT);
    assert_err(migrate_run(pool, 2, NULL, NULL), ERR_CORRUPT);
    assert_ok(script_now(pool, engine == DB_SQLITE ? S("INSERT INTO migration VALUES (3, 'x', x'00', 0)")
                                                   : S("INSERT INTO migration VALUES (3, 'x', '\\x00', 0)")));
    assert_err(migrate_status(pool, &s), ERR_CORRUPT);
    assert_err(pool_at(1, 1, false, &other), ERR_CORRUPT);
    assert_non_null(strstr(err_message(), "newer"));
    assert_null(other);
}

static err one_life(void)
{
    struct db_pool *p;
    struct db *db;
    struct db_cursor *c;
    bool row;
    TRY(pool_at(1, 1, false, &p));
    err e = db_begin(p, DB_WRITE, &db);
    if (e == OK) {
        e = put_row(db, 1, S("a"), NULL, 1);
        if (e == OK) e = db_query(db, &all, NULL, &c);
        if (e == OK) e = db_step(c, &row);
        db_rollback(db);
    }
    db_pool_close(p);
    return e;
}

static void allocations_fail(void **state)
{
    UNUSED(state);
    err e = ERR_MEMORY;
    int n = 0;
    while (e == ERR_MEMORY && n < 200) {
        mem_fail_at(++n);
        e = one_life();
    }
    assert_ok(e);
    assert_true(n > 5);
}

struct worker { pthread_t thread; int number; err result; i64 retries; };

static err write_one(struct worker *w, i64 id)
{
    for (;;) {
        struct db *db;
        TRY(db_begin(pool, DB_WRITE, &db));
        err e = put_row(db, id, (str){0}, NULL, 1);
        if (e == OK) e = db_commit(db);
        else db_rollback(db);
        if (e != ERR_RETRY) return e;
        w->retries++;
    }
}

static void *write_many(void *arg)
{
    struct worker *w = arg;
    struct db *db;
    for (i64 i = 0; i < 200 && w->result == OK; i++) {
        w->result = write_one(w, w->number * 1000 + i);
        if (w->result != OK || i % 10) continue;
        w->result = db_begin(pool, DB_READ, &db);
        if (w->result == OK) w->result = db_commit(db);
    }
    return NULL;
}

static void threads_share_the_sync(void **state)
{
    UNUSED(state);
    struct worker w[8] = {{0}};
    struct db_pool_stats before, after;
    db_pool_stats(pool, &before);
    for (int i = 0; i < 8; i++) {
        w[i].number = i;
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_many, &w[i]), 0);
    }
    i64 retries = 0;
    for (int i = 0; i < 8; i++) {
        pthread_join(w[i].thread, NULL);
        assert_ok(w[i].result);
        retries += w[i].retries;
    }
    db_pool_stats(pool, &after);
    assert_int_equal(after.commits - before.commits, 1600);
    assert_int_equal(after.retries - before.retries, retries);
    print_message("           1600 commits, %d syncs, %d repeated\n", (int)(after.syncs - before.syncs), (int)retries);
    if (engine == DB_SQLITE) assert_in_range(after.syncs - before.syncs, 1, 1599);
    assert_int_equal(things(), 1600);
}

static void *write_later(void *arg)
{
    struct worker *w = arg;
    w->result = write_one(w, w->number);
    return NULL;
}

static void the_queue_has_an_end(void **state)
{
    UNUSED(state);
    struct db *held[8], *db;
    int n = engine == DB_SQLITE ? 1 : 8;
    for (int i = 0; i < n; i++) held[i] = begin(DB_WRITE);
    db_wait_ms = 50;
    i64 start = mono_us();
    assert_err(db_begin(pool, DB_WRITE, &db), ERR_BUSY);
    assert_in_range(mono_us() - start, 45000, 5000000);
    db_wait_ms = 10000;
    struct worker w = {.number = 5};
    assert_int_equal(pthread_create(&w.thread, NULL, write_later, &w), 0);
    usleep(50000);
    for (int i = 0; i < n; i++) db_rollback(held[i]);
    pthread_join(w.thread, NULL);
    assert_ok(w.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(types), TEST(nulls_and_refused_text), TEST(commit_and_rollback), TEST(savepoints), TEST(conflict_kinds),
        TEST(reader_keeps_its_snapshot), TEST(each_with_statements_inside), TEST(longjmp_out_of_a_cursor), TEST(checkpoints),
        TEST(statements_are_checked), TEST(migrations_are_guarded), TEST(allocations_fail), TEST(threads_share_the_sync),
        TEST(the_queue_has_an_end),
    };
    engine = DB_SQLITE;
    int failures = cmocka_run_group_tests_name("db on SQLite", tests, NULL, NULL);
    if (!getenv("IGOT_TEST_PG")) {
        print_message("SKIPPED: db on PostgreSQL (IGOT_TEST_PG is not set; see tests/tools/pg_start.sh)\n");
        return failures;
    }
    engine = DB_POSTGRES;
    return failures + cmocka_run_group_tests_name("db on PostgreSQL", tests, NULL, NULL);
}
