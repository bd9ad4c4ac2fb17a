/* test_world.h -- for tests only: an empty, migrated database on SQLite in a temporary folder, and on the PostgreSQL of IGOT_TEST_PG in a
** schema of the test's own. Include after cmocka.h. */
#ifndef IGOT_TEST_WORLD_H
#define IGOT_TEST_WORLD_H

#include <unistd.h>

#include "db/migrate.h"

static enum db_engine world_engine;
static char world_folder[64], world_url[512];
static struct db_pool *world_pool;
static struct arena world_arena;

#define assert_err(expr, want)                                                                                          \
    do {                                                                                                               \
        err got_ = (expr);                                                                                             \
        if (got_ != (want)) fail_msg("%s: %s, not %s (%s; %s)", #expr, err_name(got_), err_name(want), err_message(), err_log()); \
    } while (0)
#define assert_ok(expr) assert_err(expr, OK)
#define assert_str(got, want)                                                                                           \
    do {                                                                                                               \
        str got_ = (got), want_ = (want);                                                                              \
        if (!str_eq(got_, want_)) fail_msg("%s: \"%.*s\", not \"%.*s\"", #got, STR_ARGS(got_), STR_ARGS(want_));       \
    } while (0)

static inline struct db *world_begin(enum db_mode mode)
{
    struct db *db = NULL;
    assert_ok(db_begin(world_pool, mode, &db));
    return db;
}

static inline void world_script(const char *sql)
{
    struct db *db = world_begin(DB_WRITE);
    assert_ok(db_script(db, str_of(sql)));
    assert_ok(db_commit(db));
}

static inline void world_open(const char *url, int readers)
{
    struct db_options o = {.url = str_of(url), .readers = readers, .writers = 2, .create = true};
    assert_ok(db_pool_open(&o, &world_pool));
}

static inline void world_open_postgres(const char *name)
{
    const char *base = getenv("IGOT_TEST_PG");
    char sql[128];
    world_open(base, 1);
    int n = (int)getpid(); /* tests run side by side */
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s_%d CASCADE; CREATE SCHEMA %s_%d", name, n, name, n);
    world_script(sql);
    db_pool_close(world_pool);
    snprintf(world_url, sizeof world_url, "%s%coptions=-csearch_path%%3D%s_%d", base, strchr(base, '?') ? '&' : '?', name, n);
    world_open(world_url, 2);
}

/* `name`: a word that no other test uses. */
static inline int world_make(const char *name)
{
    err_clear();
    arena_init(&world_arena, (isize)1 << 30);
    if (world_engine == DB_POSTGRES) {
        world_open_postgres(name);
    } else {
        snprintf(world_folder, sizeof world_folder, "/tmp/igot_%s.XXXXXX", name);
        if (!mkdtemp(world_folder)) return -1;
        snprintf(world_url, sizeof world_url, "sqlite:%s/igot.db", world_folder);
        world_open(world_url, 2);
    }
    assert_ok(migrate_run(world_pool, migration_count, NULL, NULL));
    return 0;
}

static inline int world_end(void **state)
{
    UNUSED(state);
    struct db_pool_stats s = {0};
    if (world_pool) db_pool_stats(world_pool, &s);
    if (s.readers_busy + s.writers_busy == 0) db_pool_close(world_pool); /* else the test has failed and kept one */
    world_pool = NULL;
    arena_clear(&world_arena);
    if (world_engine == DB_SQLITE) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf '%s'", world_folder);
        if (system(command) != 0) return -1;
    }
    return 0;
}

/* Runs the group on SQLite, then on PostgreSQL if there is one. */
static inline int world_run_tests(const struct CMUnitTest *tests, size_t count)
{
    world_engine = DB_SQLITE;
    int failed = _cmocka_run_group_tests("SQLite", tests, count, NULL, NULL);
    world_engine = DB_POSTGRES;
    if (getenv("IGOT_TEST_PG")) return failed + _cmocka_run_group_tests("PostgreSQL", tests, count, NULL, NULL);
    puts("SKIPPED: PostgreSQL (IGOT_TEST_PG is not set)");
    return failed;
}
#define world_run(tests) world_run_tests(tests, sizeof(tests) / sizeof((tests)[0]))

#endif
