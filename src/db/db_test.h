/* db_test.h -- a small schema, its statements and a fresh database for each test. For db_test.c and db_engine_test.c. */
#ifndef IGOT_DB_TEST_H
#define IGOT_DB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "db/driver.h"
#include "db/migrate.h"

#define MAYBE __attribute__((unused)) /* not every test program needs all of this */

/* ---- a schema and its statements ---- */

#define ONE "CREATE TABLE thing (id i64 NOT NULL PRIMARY KEY, name str UNIQUE, wide i128, part f64, raw blob,\n" \
            "    parent i64 REFERENCES thing (id), level i64 CHECK (level BETWEEN 1 AND 5)) @strict;\n"
#define TWO "CREATE TABLE duty (doctor i64 NOT NULL PRIMARY KEY, on_call i64 NOT NULL) @keyed;\n" \
            "INSERT INTO duty VALUES (1, 1), (2, 1);\n"
const struct migration migrations[] = {
    {1, "one", {ONE, sizeof ONE - 1}},
    {2, "two", {TWO, sizeof TWO - 1}},
};
const int migration_count = 2;

#define STATEMENT(id, lite, pg, params, columns, ...)                                                                   \
    MAYBE static int id##_slot;                                                                                              \
    MAYBE static const struct db_statement id = {.name = "test." #id, .sqlite = lite, .postgres = pg, .param = (const u8[]){params}, \
        .param_count = (int)sizeof((u8[]){params}) - 1, .column = (const u8[]){columns},                                \
        .column_count = (int)sizeof((u8[]){columns}) - 1, .slot = &id##_slot, __VA_ARGS__}
#define NONE 99 /* ends each list, so that none is empty */
#define L(...) __VA_ARGS__, NONE

STATEMENT(put, "INSERT INTO thing VALUES (?1,?2,?3,?4,?5,?6,?7)", "INSERT INTO thing VALUES ($1,$2,$3,$4,$5,$6,$7)",
          L(DB_I64, DB_STR, DB_I128, DB_F64, DB_BLOB, DB_I64, DB_I64), NONE, .each = false);
STATEMENT(get, "SELECT id, name, wide, part, raw, parent FROM thing WHERE id = ?1", "SELECT id, name, wide, part, raw, parent FROM thing WHERE id = $1",
          L(DB_I64), L(DB_I64, DB_STR, DB_I128, DB_F64, DB_BLOB, DB_I64), .each = false);
STATEMENT(count, "SELECT count(*) FROM thing", "SELECT count(*) FROM thing", NONE, L(DB_I64), .each = false);
STATEMENT(all, "SELECT id, name FROM thing ORDER BY id", "-- A comment.\nSELECT id, name FROM thing ORDER BY id", NONE, L(DB_I64, DB_STR), .each = true);
STATEMENT(grow, "UPDATE thing SET level = level + ?1", "UPDATE thing SET level = level + $1", L(DB_I64), NONE, .each = false);
STATEMENT(back, "INSERT INTO thing (id) VALUES (?1) RETURNING id", "INSERT INTO thing (id) VALUES ($1) RETURNING id", L(DB_I64), L(DB_I64), .each = false);
STATEMENT(watch, "SELECT count(*) FROM duty WHERE on_call = 1", "SELECT count(*) FROM duty WHERE on_call = 1", NONE, L(DB_I64), .each = false);
STATEMENT(leave, "UPDATE duty SET on_call = 0 WHERE doctor = ?1", "UPDATE duty SET on_call = 0 WHERE doctor = $1", L(DB_I64), NONE, .each = false);
STATEMENT(misspelt, "SELECT nmae FROM thing", "SELECT nmae FROM thing", NONE, L(DB_STR), .each = false);
STATEMENT(misspelt_quoted, "SELECT \"nmae\" FROM thing", "SELECT \"nmae\" FROM thing", NONE, L(DB_STR), .each = false);
STATEMENT(summed, "SELECT sum(level), 1 FROM thing", "SELECT sum(level) FROM thing", NONE, L(DB_I64), .each = false);
STATEMENT(wrong_kind, "SELECT 'x' || id FROM thing", "SELECT 'x' || id FROM thing", NONE, L(DB_I64), .each = false);
STATEMENT(stars, "SELECT doctor FROM duty", "SELECT * FROM shape", NONE, L(DB_I64), .each = false);
STATEMENT(pid, "SELECT 1", "SELECT pg_backend_pid()::bigint", NONE, L(DB_I64), .each = false);
STATEMENT(kill_other, "SELECT 1", "SELECT pg_terminate_backend($1::int)::int::bigint", L(DB_I64), L(DB_I64), .each = false);

/* ---- the world of a test ---- */

static enum db_engine engine;
static char folder[64];
static char url[512];
static struct db_pool *pool;

MAYBE static err pool_at(int readers, int writers, bool bulk, struct db_pool **out)
{
    struct db_options o = {.url = str_of(url), .readers = readers, .writers = writers, .create = true, .bulk = bulk};
    return db_pool_open(&o, out);
}

MAYBE static err script_now(struct db_pool *p, str sql)
{
    struct db *db;
    TRY(db_begin(p, DB_WRITE, &db));
    err e = db_script(db, sql);
    if (e == OK) return db_commit(db);
    db_rollback(db);
    return e;
}

#define assert_err(expr, want)                                                                                          \
    do {                                                                                                               \
        err got_ = (expr);                                                                                             \
        if (got_ != (want)) fail_msg("%s: %s, not %s (%s; %s)", #expr, err_name(got_), err_name(want), err_message(), err_log()); \
    } while (0)
#define assert_ok(expr) assert_err(expr, OK)

/* A schema for each test program, because they run side by side. */
MAYBE static void schema_anew(bool make)
{
    char sql[128];
    struct db_pool *p;
    int n = (int)getpid();
    snprintf(url, sizeof url, "%s", getenv("IGOT_TEST_PG"));
    snprintf(sql, sizeof sql,
             make ? "DROP SCHEMA IF EXISTS db_test_%d CASCADE; CREATE SCHEMA db_test_%d" : "DROP SCHEMA IF EXISTS db_test_%d CASCADE",
             n, n);
    assert_ok(pool_at(1, 1, false, &p));
    assert_ok(script_now(p, str_of(sql)));
    db_pool_close(p);
}

MAYBE static int make_world(void **state)
{
    UNUSED(state);
    err_clear();
    db_wait_ms = 10000;
    if (engine == DB_SQLITE) {
        snprintf(folder, sizeof folder, "/tmp/igot_db_test.XXXXXX");
        if (!mkdtemp(folder)) return -1;
        snprintf(url, sizeof url, "sqlite:%s/deep/er/igot.db", folder);
        assert_ok(pool_at(3, 1, false, &pool));
    } else {
        schema_anew(true);
        const char *base = getenv("IGOT_TEST_PG");
        snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3Ddb_test_%d", base, strchr(base, '?') ? '&' : '?', (int)getpid());
        assert_ok(pool_at(3, 8, false, &pool));
    }
    assert_ok(migrate_run(pool, migration_count, NULL, NULL));
    return 0;
}

MAYBE static int end_world(void **state)
{
    UNUSED(state);
    mem_fail_at(0);
    struct db_pool_stats s = {0};
    if (pool) db_pool_stats(pool, &s);
    bool whole = s.readers_busy + s.writers_busy == 0;
    if (whole) db_pool_close(pool); /* else the test has failed and kept one, and its locks */
    pool = NULL;
    if (engine == DB_SQLITE) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        return system(command);
    }
    if (whole) schema_anew(false);
    return 0;
}

MAYBE static struct db *begin(enum db_mode mode)
{
    struct db *db;
    assert_ok(db_begin(pool, mode, &db));
    return db;
}

MAYBE static err put_row(struct db *db, i64 id, str name, const i64 *parent, i64 level)
{
    struct db_value v[7] = {
        {.type = DB_I64, .as.i = id},
        {.type = DB_STR, .null = !name.data, .as.s = name},
        {.type = DB_I128, .as.w = (i128)id * ((i128)1 << 70)},
        {.type = DB_F64, .as.f = 0.5},
        {.type = DB_BLOB, .null = true},
        {.type = DB_I64, .null = !parent, .as.i = parent ? *parent : 0},
        {.type = DB_I64, .as.i = level},
    };
    return db_run(db, &put, v, NULL);
}

MAYBE static i64 number(struct db *db, const struct db_statement *st)
{
    struct db_cursor *c;
    bool row;
    assert_ok(db_query(db, st, NULL, &c));
    assert_ok(db_step(c, &row));
    assert_true(row);
    i64 n = db_column_i64(c, 0);
    assert_ok(db_step(c, &row));
    assert_false(row);
    return n;
}

MAYBE static i64 things(void)
{
    struct db *db = begin(DB_READ);
    i64 n = number(db, &count);
    assert_ok(db_commit(db));
    return n;
}

#ifdef __SANITIZE_THREAD__
/* SQLite's shared WAL index is read without locks by design, and its library is not instrumented. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libsqlite3.so\n";
}
#endif

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

#endif
