/* What belongs to one engine: SQLite's file, its sync and its limits; PostgreSQL's serialization and its connection. */
#include "db/db_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

STATEMENT(search, "SELECT count(*) FROM found WHERE found MATCH 'क्षमता'", "SELECT 1", NONE, L(DB_I64), .each = false);

/* ---- SQLite alone ---- */

static const char *path(void)
{
    return url + strlen("sqlite:");
}

static void write_file(const char *name, const char *data, size_t len)
{
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    close(fd);
}

static void files_that_are_refused(void **state)
{
    UNUSED(state);
    struct db_pool *p;
    char junk[8192];
    sqlite3 *h;
    memset(junk, 'x', sizeof junk);
    snprintf(url, sizeof url, "sqlite:%s/letter.txt", folder);
    write_file(path(), junk, sizeof junk);
    assert_err(pool_at(1, 1, false, &p), ERR_CORRUPT);
    assert_non_null(strstr(err_message(), "not an igot database"));
    snprintf(url, sizeof url, "sqlite:%s/torn.db", folder); /* begins well */
    memcpy(junk, "SQLite format 3", 16);
    write_file(path(), junk, sizeof junk);
    assert_err(pool_at(1, 1, false, &p), ERR_CORRUPT);
    snprintf(url, sizeof url, "sqlite:%s/fossil.db", folder);
    assert_int_equal(sqlite3_open(path(), &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "PRAGMA application_id=252006673; CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
    assert_err(pool_at(1, 1, false, &p), ERR_CORRUPT);
    assert_int_equal(sqlite3_open(path(), &h), SQLITE_OK);
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(h, "PRAGMA journal_mode", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "delete"); /* untouched */
    sqlite3_finalize(stmt);
    sqlite3_close(h);
    struct db_options o = {.url = S("sqlite:/tmp/igot/no/such/file.db"), .readers = 1};
    assert_err(db_pool_open(&o, &p), ERR_NOT_FOUND);
    o.url = S("sqlite:");
    assert_err(db_pool_open(&o, &p), ERR_INVALID);
    o.url = S("mysql://x");
    assert_err(db_pool_open(&o, &p), ERR_INVALID);
    struct stat st;
    snprintf(url, sizeof url, "sqlite:%s/deep/er/igot.db", folder);
    assert_int_equal(stat(path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit r;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
    r.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void the_disk_is_full(void **state)
{
    UNUSED(state);
    static char big[400000];
    memset(big, 'b', sizeof big);
    signal(SIGXFSZ, SIG_IGN);
    struct db *db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_commit(db));
    set_file_limit(200000);
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 2, str_n(big, sizeof big), NULL, 1)); /* still in the cache */
    err e = db_commit(db);
    set_file_limit(RLIM_INFINITY);
    assert_err(e, ERR_FULL);
    assert_true(db_pool_full(pool));
    assert_int_equal(things(), 1);
    assert_true(db_pool_full(pool));
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 3, str_n(big, sizeof big), NULL, 1));
    assert_ok(db_commit(db));
    assert_false(db_pool_full(pool));
    assert_int_equal(things(), 2);
    /* Within a savepoint: SQLite may end the whole transaction, and then the poison must stay. */
    db = begin(DB_WRITE);
    assert_ok(db_savepoint(db));
    assert_ok(db_script(db, S("PRAGMA max_page_count=250")));
    for (i64 id = 10; e != OK || id == 10; id++)
        if ((e = put_row(db, id, (big[0] = (char)('b' + id - 9), str_n(big, sizeof big)), NULL, 1)) != OK) break;
    assert_err(e, ERR_FULL);
    db_savepoint_rollback(db);
    db_rollback(db);
    assert_int_equal(things(), 2);
}

static void two_programs_share_the_file(void **state)
{
    UNUSED(state);
    struct db_pool *other;
    struct db *db, *second;
    assert_ok(pool_at(1, 1, false, &other)); /* as a CLI beside the server */
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    db_wait_ms = 100;
    assert_err(db_begin(other, DB_WRITE, &second), ERR_BUSY);
    assert_ok(db_commit(db));
    assert_ok(db_begin(other, DB_WRITE, &second));
    assert_ok(put_row(second, 2, S("b"), NULL, 1));
    assert_ok(db_commit(second));
    db_pool_close(other);
    assert_int_equal(things(), 2);
}

static void bulk_is_whole_after_close(void **state)
{
    UNUSED(state);
    struct db_pool *bulk;
    struct db *db;
    struct db_pool_stats s;
    db_pool_close(pool);
    pool = NULL;
    assert_ok(pool_at(3, 1, true, &bulk));
    for (i64 i = 0; i < 50; i++) {
        assert_ok(db_begin(bulk, DB_WRITE, &db));
        assert_ok(put_row(db, i, (str){0}, NULL, 1));
        assert_ok(db_commit(db));
        assert_ok(db_begin(bulk, DB_READ, &db));
        assert_err(put_row(db, -1, (str){0}, NULL, 1), ERR_BUG);
        db_rollback(db);
    }
    db_pool_stats(bulk, &s);
    assert_int_equal(s.readers, 1);
    assert_int_equal(s.syncs, 0);
    db_pool_close(bulk);
    assert_ok(pool_at(1, 1, false, &pool));
    assert_int_equal(things(), 50);
}

static void the_wal_stays_short(void **state)
{
    UNUSED(state);
    static char big[100000];
    struct db *reader = NULL;
    for (i64 i = 0; i < 1500; i++) {
        struct db *db = begin(DB_WRITE);
        struct db_value v[7] = {{.type = DB_I64, .as.i = i}, {.type = DB_STR, .null = true}, {.type = DB_I128, .null = true},
            {.type = DB_F64, .null = true}, {.type = DB_BLOB, .as.s = {big, sizeof big}}, {.type = DB_I64, .null = true}, {.type = DB_I64, .null = true}};
        assert_ok(db_run(db, &put, v, NULL));
        assert_ok(db_commit(db));
        if (i == 100) number(reader = begin(DB_READ), &count);
        if (i == 400) db_rollback(reader);
    }
    char wal[600];
    struct stat st;
    snprintf(wal, sizeof wal, "%s-wal", path());
    assert_int_equal(stat(wal, &st), 0);
    assert_in_range(st.st_size, 1, 64 << 20); /* of 150 MB written */
    assert_int_equal(things(), 1500);
}

static void full_text_search_is_allowed(void **state)
{
    UNUSED(state);
    /* Defensive mode must not forbid what search needs. From a trigger, an untrusted schema may not touch FTS5: a module
    ** writes its index by a statement. */
    assert_ok(script_now(pool, S("CREATE VIRTUAL TABLE found USING fts5(body, tokenize=\"unicode61 categories 'L* N* Co Mn Mc'\")")));
    struct db *db = begin(DB_WRITE);
    assert_ok(db_script(db, S("INSERT INTO found (rowid, body) VALUES (1, 'क्षमता निर्माण')")));
    assert_int_equal(number(db, &search), 1);
    assert_ok(db_commit(db));
}

/* A VFS over the real one whose WAL syncs can be made to fail. */
static struct { sqlite3_vfs vfs; sqlite3_vfs *real; sqlite3_io_methods io; const sqlite3_io_methods *real_io; _Atomic bool fail; _Atomic int wal_syncs; } bad;

static int bad_sync(sqlite3_file *file, int flags)
{
    if (flags & SQLITE_SYNC_DATAONLY) {
        atomic_fetch_add(&bad.wal_syncs, 1);
        if (atomic_load(&bad.fail)) return SQLITE_IOERR_FSYNC;
    }
    return bad.real_io->xSync(file, flags);
}

static int bad_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out)
{
    UNUSED(vfs);
    int rc = bad.real->xOpen(bad.real, name, file, flags, out);
    if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL)) {
        if (!bad.real_io) {
            bad.real_io = file->pMethods;
            bad.io = *bad.real_io;
            bad.io.xSync = bad_sync;
        }
        file->pMethods = &bad.io;
    }
    return rc;
}

static void a_failed_sync_is_not_forgotten(void **state)
{
    UNUSED(state);
    struct db_pool *p;
    struct db *db;
    bad.real = sqlite3_vfs_find(NULL);
    bad.vfs = *bad.real;
    bad.vfs.pNext = NULL;
    bad.vfs.zName = "bad";
    bad.vfs.xOpen = bad_open;
    assert_int_equal(sqlite3_vfs_register(&bad.vfs, 0), SQLITE_OK);
    struct db_options o = {.url = str_of(url), .readers = 1, .sqlite_vfs = "bad"};
    assert_ok(db_pool_open(&o, &p));
    int syncs = atomic_load(&bad.wal_syncs);
    assert_ok(db_begin(p, DB_WRITE, &db));
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_int_equal(atomic_load(&bad.wal_syncs), syncs);
    assert_ok(db_commit(db));
    assert_int_equal(atomic_load(&bad.wal_syncs), syncs + 1);
    atomic_store(&bad.fail, true);
    assert_ok(db_begin(p, DB_WRITE, &db));
    assert_ok(put_row(db, 2, S("b"), NULL, 1));
    assert_err(db_commit(db), ERR_IO);
    atomic_store(&bad.fail, false);
    assert_err(db_begin(p, DB_WRITE, &db), ERR_IO);
    assert_ok(db_pool_ping(p));
    db_pool_close(p);
    sqlite3_vfs_unregister(&bad.vfs);
}

/* ---- PostgreSQL alone ---- */

static void write_skew_is_repeated(void **state)
{
    UNUSED(state);
    struct db_value doctor[] = {{.type = DB_I64, .as.i = 1}, {.type = DB_I64, .as.i = 2}};
    struct db *one = begin(DB_WRITE), *two = begin(DB_WRITE);
    assert_int_equal(number(one, &watch), 2);
    assert_int_equal(number(two, &watch), 2);
    assert_ok(db_run(one, &leave, &doctor[0], NULL));
    assert_ok(db_run(two, &leave, &doctor[1], NULL));
    assert_ok(db_commit(one));
    assert_err(db_commit(two), ERR_RETRY);
    struct db_pool_stats s;
    db_pool_stats(pool, &s);
    assert_int_equal(s.retries, 1);
    two = begin(DB_WRITE);
    assert_int_equal(number(two, &watch), 1);
    db_rollback(two);
}

static void kill_backend(i64 backend)
{
    struct db_pool *p;
    struct db *db;
    struct db_cursor *c;
    bool row;
    struct db_value who = {.type = DB_I64, .as.i = backend};
    assert_ok(pool_at(1, 1, false, &p));
    assert_ok(db_begin(p, DB_READ, &db));
    assert_ok(db_query(db, &kill_other, &who, &c));
    assert_ok(db_step(c, &row));
    assert_int_equal(db_column_i64(c, 0), 1);
    db_rollback(db);
    db_pool_close(p);
    usleep(100000);
}

static void a_lost_server_is_found_again(void **state)
{
    UNUSED(state);
    struct db *db = begin(DB_WRITE);
    i64 backend = number(db, &pid);
    assert_int_equal(number(db, &count), 0);
    db_rollback(db);
    kill_backend(backend); /* while idle: nobody notices */
    db = begin(DB_WRITE);
    assert_true(number(db, &pid) != backend);
    assert_ok(put_row(db, 1, S("a"), NULL, 1)); /* prepared anew */
    assert_int_equal(number(db, &count), 1);
    backend = number(db, &pid);
    kill_backend(backend); /* within a transaction */
    assert_err(db_commit(db), ERR_IO);
    assert_non_null(strstr(err_message(), "may or may not"));
    assert_int_equal(things(), 0);
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    kill_backend(number(db, &pid));
    assert_err(put_row(db, 2, S("b"), NULL, 1), ERR_IO);
    db_rollback(db);
    db = begin(DB_WRITE);
    assert_ok(put_row(db, 1, S("a"), NULL, 1));
    assert_ok(db_commit(db));
}

static void a_migrated_plan_is_made_again(void **state)
{
    UNUSED(state);
    struct db_cursor *c;
    bool row;
    assert_ok(script_now(pool, S("CREATE TABLE shape (corners bigint); INSERT INTO shape VALUES (3)")));
    struct db *db = begin(DB_READ);
    assert_int_equal(number(db, &stars), 3);
    assert_ok(db_commit(db));
    assert_ok(script_now(pool, S("ALTER TABLE shape ADD COLUMN name text")));
    db = begin(DB_READ);
    assert_err(db_query(db, &stars, NULL, &c), ERR_RETRY);
    db_rollback(db);
    assert_ok(script_now(pool, S("ALTER TABLE shape DROP COLUMN name")));
    db = begin(DB_READ);
    assert_ok(db_query(db, &stars, NULL, &c));
    assert_ok(db_step(c, &row));
    assert_true(row);
    db_rollback(db);
}

int main(void)
{
    const struct CMUnitTest sqlite[] = {
        TEST(files_that_are_refused), TEST(the_disk_is_full), TEST(two_programs_share_the_file), TEST(bulk_is_whole_after_close),
        TEST(the_wal_stays_short), TEST(full_text_search_is_allowed), TEST(a_failed_sync_is_not_forgotten),
    };
    const struct CMUnitTest postgres[] = {
        TEST(write_skew_is_repeated), TEST(a_lost_server_is_found_again), TEST(a_migrated_plan_is_made_again),
    };
    engine = DB_SQLITE;
    int failures = cmocka_run_group_tests_name("db: SQLite alone", sqlite, NULL, NULL);
    if (!getenv("IGOT_TEST_PG")) {
        print_message("SKIPPED: db: PostgreSQL alone (IGOT_TEST_PG is not set; see tests/tools/pg_start.sh)\n");
        return failures;
    }
    engine = DB_POSTGRES;
    return failures + cmocka_run_group_tests_name("db: PostgreSQL alone", postgres, NULL, NULL);
}
