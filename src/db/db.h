/* db.h -- one contract, two engines: SQLite (embedded) and PostgreSQL 15 or newer.
**
** SQL stands in x.sql and reaches C only through the typed functions that tools/sqlc emits; those are the only callers of
** db_prepare, db_step and their like. A connection belongs to one thread at a time. Prepared statements are cached per
** connection for its life. Values come back in the caller's arena. All text is UTF-8; every integer is 64 bits.
**
** Errors: ERR_RETRY (run the transaction again), ERR_CONFLICT (unique or foreign key), ERR_INVALID (check constraint),
** ERR_FULL (disk), ERR_IO (the rest; err_log has the engine's words), ERR_CORRUPT. A statement that failed poisons its
** transaction on both engines: later statements answer ERR_IO until rollback, unless it stood in a savepoint. Text that is
** not UTF-8 or holds a NUL, and NaN, are ERR_INVALID on both; a write in a READ transaction is ERR_BUG.
**
** SQLite runs with trusted_schema off: FTS5 tables are written and read by statements, not by triggers or views. Nothing in
** the process may open and close the database file by itself: POSIX would drop this process's locks on it. */
#ifndef IGOT_DB_H
#define IGOT_DB_H

#include "base/base.h"

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct db;      /* a connection */
struct db_cursor;
struct db_pool; /* connections to one database, handed out to workers; and the group commit of SQLite's writers */

/* ---- opening ------------------------------------------------------------------------------------------------------- */

struct db_options {
    str url;                /* sqlite:PATH or postgres://user@host/name?… (libpq URI; password never logged) */
    int readers;            /* connections for READ transactions; at least 1 */
    int writers;            /* PostgreSQL only; SQLite has one writer, whatever is said here */
    bool create;            /* make the SQLite file (and folder) if absent */
    bool bulk;              /* one exclusive user, e.g. simulate: bigger caches, no group commit */
    const char *sqlite_vfs; /* NULL: the default one; fault tests name theirs */
};

/* Refuses (ERR_CORRUPT, with what to do in the message) a file that is no database, or one whose schema is newer than this
** program; does not migrate: see migrate.h. */
err db_pool_open(const struct db_options *options, struct db_pool **out) MUST_USE;
void db_pool_close(struct db_pool *pool); /* waits for nothing: every connection must have been given back */
enum db_engine db_pool_engine(const struct db_pool *pool);

/* Takes a connection for this thread and begins a transaction.
** READ: a read-only snapshot (SQLite BEGIN DEFERRED on a reader; PostgreSQL REPEATABLE READ READ ONLY).
** WRITE: SQLite BEGIN IMMEDIATE on the writer, waiting in turn up to 10 s, then ERR_BUSY; PostgreSQL SERIALIZABLE.
** arena: where rows of this transaction may be put when a function takes no arena of its own. */
enum db_mode { DB_READ, DB_WRITE };
err db_begin(struct db_pool *pool, enum db_mode mode, struct db **out) MUST_USE;
/* Ends it and gives the connection back. After db_commit returns OK the change is on disk: on SQLite the WAL has been
** fdatasync'ed by a sync that began after this transaction's commit and that it shared with others. On any error nothing was
** written, and the connection has been given back all the same. The exception is ERR_IO where the answer was lost (the
** server went away, a sync failed): whether it was written is not known, and it is never repeated. After a failed sync
** SQLite takes no more writes until the pool is opened again. A poisoned transaction commits nothing: ERR_IO, or ERR_RETRY
** or ERR_FULL if that is what poisoned it. */
err db_commit(struct db *db) MUST_USE;
void db_rollback(struct db *db);

/* For long work: commits what there is and begins again on the same connection (both in WRITE mode); on SQLite, writers
** that wait go in between. On error there is nothing to use, and db_rollback gives the connection back as ever. */
err db_checkpoint(struct db *db) MUST_USE;

err db_savepoint(struct db *db) MUST_USE;          /* nests */
err db_savepoint_release(struct db *db) MUST_USE;  /* on error it is gone as well, its changes undone */
void db_savepoint_rollback(struct db *db);

enum db_engine db_engine(const struct db *db);
bool db_writable(const struct db *db);

/* Runs text with no parameters and no result, several statements split by ';' allowed: migrations and pragmas only. */
err db_script(struct db *db, str sql) MUST_USE;

/* Writes a copy of the whole database to `path`, which must not exist: one moment of it, while readers and writers go on. The copy is
** not synced. SQLite alone; ERR_INVALID on PostgreSQL, whose own pg_dump does this. */
err db_snapshot(struct db_pool *pool, const char *path) MUST_USE;

/* True if the last write could not be made because the disk is full, until one succeeds (for /readyz). */
bool db_pool_full(const struct db_pool *pool);
/* A round trip on a reader; how many connections are in use. */
err db_pool_ping(struct db_pool *pool) MUST_USE;
struct db_pool_stats { int readers, readers_busy, writers, writers_busy; i64 commits, syncs, retries; };
void db_pool_stats(const struct db_pool *pool, struct db_pool_stats *out);

/* ---- what sqlc's output calls ---------------------------------------------------------------------------------------- */

enum db_type { DB_I64, DB_F64, DB_STR, DB_BLOB, DB_I128 };

/* One statement, a static constant in generated code; `slot` is its place in each connection's cache, given at first use
** (atomically, process-wide, never reused). */
struct db_statement {
    const char *name;      /* module.name, for errors and metrics */
    const char *sqlite;    /* with ?1, ?2 */
    const char *postgres;  /* with $1, $2 */
    const u8 *param;       /* enum db_type of each */
    int param_count;
    const u8 *column;      /* enum db_type of each */
    int column_count;
    int *slot;
    bool each;             /* :each: may give more rows than memory should hold; PostgreSQL then fetches in pieces */
};

struct db_value { enum db_type type; bool null; union { i64 i; f64 f; str s; i128 w; } as; };

/* Binds, runs. With columns: call db_step until it says false. `db_changes` after a statement without columns. Bound text is
** borrowed until the statement ends. At most one statement per db_statement may be open at a time on a connection. */
err db_query(struct db *db, const struct db_statement *st, const struct db_value *param, struct db_cursor **out) MUST_USE;
err db_step(struct db_cursor *cursor, bool *row) MUST_USE; /* on false or error the cursor is closed */
void db_cursor_close(struct db_cursor *cursor);            /* only when leaving early */
bool db_column_null(struct db_cursor *cursor, int i);
i64 db_column_i64(struct db_cursor *cursor, int i);
f64 db_column_f64(struct db_cursor *cursor, int i);
i128 db_column_i128(struct db_cursor *cursor, int i);
str db_column_str(struct db_cursor *cursor, int i, struct arena *a); /* copied; also for blobs */
str db_column_view(struct db_cursor *cursor, int i);                 /* not copied: valid until the next step */
err db_run(struct db *db, const struct db_statement *st, const struct db_value *param, i64 *changes) MUST_USE;

/* All statements that generated code holds, for the test that prepares every one on both engines and compares the result
** types with the declared ones: each generated x_sql.c registers its own in the table that the build makes. */
struct db_statement_list { const struct db_statement *const *statement; int count; };
/* ERR_INVALID with the engine's words in err_detail if it does not prepare or its types differ. */
err db_check_statement(struct db *db, const struct db_statement *st) MUST_USE;

#endif
