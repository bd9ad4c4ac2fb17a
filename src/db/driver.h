/* driver.h -- what an engine gives to pool.c. Private to src/db.
**
** pool.c owns what both engines share: turns (lanes), the state of a transaction, the cache of prepared statements and the
** rule that a failed statement poisons its transaction. A driver speaks to one engine and keeps no such state. */
#ifndef IGOT_DB_DRIVER_H
#define IGOT_DB_DRIVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/db.h"

enum { DB_PARAM_MAX = 128 }; /* parameters of one statement */

/* How long db_begin waits for its turn, in milliseconds. A variable only so that tests need not wait 10 s. */
extern int db_wait_ms;

/* A lane holds connections and hands them out first come, first served. */
struct lane_waiter;
struct lane {
    pthread_mutex_t lock;
    struct db *free;
    struct lane_waiter *first, *last;
    int total, busy;
};

/* A connection. The engine's own struct begins with this one. */
struct db {
    struct db_pool *pool;
    struct lane *lane;
    struct db *next;           /* while free */
    struct db *next_made;      /* every connection of the pool */
    enum db_mode mode;
    bool wrote;                /* set by the driver when this transaction changed something */
    err failed;                /* what poisoned the transaction; OK if nothing did */
    int depth;                 /* open savepoints */
    u64 ticket;                /* SQLite: the commit that the shared sync must cover */
    struct db_cursor *open;    /* cursors in use, newest first */
    struct db_cursor **slot;   /* prepared statements, by db_statement.slot */
    int slots;
};

/* A prepared statement, and its result while in use; lives as long as its connection. */
struct db_cursor {
    struct db *db;
    const struct db_statement *st;
    bool active;
    int depth;                 /* savepoints open when it was run */
    struct db_cursor *newer, *older;
};

enum savepoint_verb { SAVEPOINT_MAKE, SAVEPOINT_RELEASE, SAVEPOINT_ROLLBACK }; /* the last also removes it */

struct driver {
    enum db_engine engine;
    err (*pool_open)(struct db_pool *pool, const struct db_options *options); /* adds its connections by pool_add */
    void (*pool_close)(struct db_pool *pool);                                 /* after every disconnect */
    void (*disconnect)(struct db *db);                                        /* and frees it; its cursors are gone */

    err (*begin)(struct db *db, i64 wait_ms);
    err (*commit)(struct db *db);                        /* on error the caller rolls back */
    err (*settle)(struct db_pool *pool, u64 ticket);     /* waits until a commit is on disk; the connection is given back */
    void (*rollback)(struct db *db);                     /* never fails: a connection past help is renewed by begin */
    err (*savepoint)(struct db *db, enum savepoint_verb verb, int depth);
    err (*script)(struct db *db, const char *sql);
    err (*check)(struct db *db, const struct db_statement *st);
    err (*snapshot)(struct db_pool *pool, const char *path); /* NULL: the engine has a tool of its own for it */

    err (*prepare)(struct db *db, const struct db_statement *st, struct db_cursor **out);
    void (*discard)(struct db_cursor *cursor);           /* frees it */
    err (*query)(struct db_cursor *cursor, const struct db_value *param, i64 *changes); /* changes: st has no columns */
    err (*step)(struct db_cursor *cursor, bool *row);
    void (*reset)(struct db_cursor *cursor);             /* ends the result, in whatever state it is */
    bool (*is_null)(struct db_cursor *cursor, int i);
    i64 (*get_i64)(struct db_cursor *cursor, int i);
    f64 (*get_f64)(struct db_cursor *cursor, int i);
    i128 (*get_i128)(struct db_cursor *cursor, int i);
    str (*get_str)(struct db_cursor *cursor, int i);     /* a view; data is NULL only for NULL */
};

struct db_pool {
    const struct driver *driver;
    void *engine;                 /* the driver's */
    struct lane lane[2];          /* by enum db_mode */
    struct lane *reads, *writes;  /* the same one in SQLite's bulk mode */
    struct db *made;
    _Atomic bool full;
    _Atomic i64 commits, syncs, retries;
};

extern const struct driver driver_sqlite, driver_postgres;

/* For drivers. */
void pool_add(struct db_pool *pool, struct lane *lane, struct db *db);
/* Ends the results of cursors opened at this savepoint depth or deeper. */
void db_cursors_reset(struct db *db, int depth);

/* migrate.c: the number of the newest applied migration, 0 for a new database. */
err migrate_newest(struct db_pool *pool, int *have) MUST_USE;

#endif
