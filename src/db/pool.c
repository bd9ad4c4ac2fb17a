#include "db/driver.h"

#include <errno.h>

#include "db/migrate.h"

int db_wait_ms = 10 * 1000;

static _Atomic int slots_given;

/* ---- lanes ---- */

struct lane_waiter {
    pthread_cond_t ready;
    struct db *given;
    struct lane_waiter *next;
};

static void lane_init(struct lane *lane)
{
    pthread_mutex_init(&lane->lock, NULL);
}

static void lane_leave(struct lane *lane, struct lane_waiter *w)
{
    struct lane_waiter *before = NULL;
    for (struct lane_waiter *at = lane->first; at != w; at = at->next) before = at;
    if (before) before->next = w->next;
    else lane->first = w->next;
    if (lane->last == w) lane->last = before;
}

/* Waits in a queue of its own conditions: a shared condition would let a newcomer overtake those who were woken. */
static struct db *lane_wait(struct lane *lane, int wait_ms)
{
    struct lane_waiter w = {.given = NULL};
    pthread_condattr_t attr;
    struct timespec until;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w.ready, &attr);
    pthread_condattr_destroy(&attr);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }

    if (lane->last) lane->last->next = &w;
    else lane->first = &w;
    lane->last = &w;
    while (!w.given) {
        int rc = wait_ms < 0 ? pthread_cond_wait(&w.ready, &lane->lock) : pthread_cond_timedwait(&w.ready, &lane->lock, &until);
        if (rc == ETIMEDOUT && !w.given) {
            lane_leave(lane, &w);
            break;
        }
    }
    pthread_cond_destroy(&w.ready);
    return w.given;
}

/* wait_ms < 0: as long as it takes. */
static err lane_take(struct lane *lane, int wait_ms, struct db **out)
{
    pthread_mutex_lock(&lane->lock);
    struct db *db = lane->free;
    if (db) {
        lane->free = db->next;
        lane->busy++;
    } else {
        db = lane_wait(lane, wait_ms);
    }
    pthread_mutex_unlock(&lane->lock);
    *out = db;
    return db ? OK : err_set(ERR_BUSY, N_("Too much is going on at once. Please try again in a moment."));
}

static void lane_give(struct db *db)
{
    struct lane *lane = db->lane;
    pthread_mutex_lock(&lane->lock);
    struct lane_waiter *w = lane->first;
    if (w) {
        lane->first = w->next;
        if (!lane->first) lane->last = NULL;
        w->given = db;
        pthread_cond_signal(&w->ready);
    } else {
        db->next = lane->free;
        lane->free = db;
        lane->busy--;
    }
    pthread_mutex_unlock(&lane->lock);
}

void pool_add(struct db_pool *pool, struct lane *lane, struct db *db)
{
    db->pool = pool;
    db->lane = lane;
    db->next = lane->free;
    lane->free = db;
    lane->total++;
    db->next_made = pool->made;
    pool->made = db;
}

/* ---- pool ---- */

static const struct driver *driver_of(str url)
{
    if (str_starts(url, S("sqlite:"))) return &driver_sqlite;
    if (str_starts(url, S("postgres://")) || str_starts(url, S("postgresql://"))) return &driver_postgres;
    return NULL;
}

static err refuse_newer(struct db_pool *pool)
{
    int have = 0;
    TRY(migrate_newest(pool, &have));
    if (have <= migration_count) return OK;
    return err_detail(ERR_CORRUPT,
                      N_("This database was made by a newer igot. Install that version or a later one; nothing was changed."),
                      "schema %d, this program knows %d", have, migration_count);
}

err db_pool_open(const struct db_options *options, struct db_pool **out)
{
    *out = NULL;
    const struct driver *driver = driver_of(options->url);
    if (!driver) return err_set(ERR_INVALID, N_("The database must be given as sqlite:PATH or postgres://USER@HOST/NAME."));
    struct db_pool *pool = mem_alloc((isize)sizeof *pool);
    if (!pool) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    memset(pool, 0, sizeof *pool);
    pool->driver = driver;
    lane_init(&pool->lane[DB_READ]);
    lane_init(&pool->lane[DB_WRITE]);
    pool->reads = &pool->lane[DB_READ];
    pool->writes = &pool->lane[DB_WRITE];
    err e = driver->pool_open(pool, options);
    if (e == OK) e = refuse_newer(pool);
    if (e != OK) {
        db_pool_close(pool);
        return e;
    }
    *out = pool;
    return OK;
}

static void connection_close(struct db *db)
{
    for (int i = 0; i < db->slots; i++)
        if (db->slot[i]) db->pool->driver->discard(db->slot[i]);
    mem_free(db->slot);
    db->pool->driver->disconnect(db);
}

void db_pool_close(struct db_pool *pool)
{
    if (!pool) return;
    ASSERT(pool->reads->busy == 0 && pool->writes->busy == 0);
    for (struct db *db = pool->made, *next; db; db = next) {
        next = db->next_made;
        connection_close(db);
    }
    pool->driver->pool_close(pool);
    pthread_mutex_destroy(&pool->lane[DB_READ].lock);
    pthread_mutex_destroy(&pool->lane[DB_WRITE].lock);
    mem_free(pool);
}

enum db_engine db_pool_engine(const struct db_pool *pool)
{
    return pool->driver->engine;
}

bool db_pool_full(const struct db_pool *pool)
{
    return atomic_load(&pool->full);
}

static void lane_count(struct lane *lane, int *total, int *busy)
{
    pthread_mutex_lock(&lane->lock);
    *total = lane->total;
    *busy = lane->busy;
    pthread_mutex_unlock(&lane->lock);
}

void db_pool_stats(const struct db_pool *pool, struct db_pool_stats *out)
{
    lane_count(pool->reads, &out->readers, &out->readers_busy);
    lane_count(pool->writes, &out->writers, &out->writers_busy);
    out->commits = atomic_load(&pool->commits);
    out->syncs = atomic_load(&pool->syncs);
    out->retries = atomic_load(&pool->retries);
}

static int ping_slot;
static const u8 ping_column[] = {DB_I64};
static const struct db_statement ping = {
    .name = "db.ping",
    .sqlite = "SELECT 1",
    .postgres = "SELECT 1::bigint",
    .column = ping_column,
    .column_count = 1,
    .slot = &ping_slot,
};

err db_pool_ping(struct db_pool *pool)
{
    struct db *db;
    struct db_cursor *cursor;
    bool row = false;
    TRY(db_begin(pool, DB_READ, &db));
    err e = db_query(db, &ping, NULL, &cursor);
    if (e == OK) e = db_step(cursor, &row);
    db_rollback(db);
    return e;
}

err db_snapshot(struct db_pool *pool, const char *path)
{
    if (pool->driver->snapshot) return pool->driver->snapshot(pool, path);
    return err_set(ERR_INVALID, N_("PostgreSQL is copied by pg_dump, not from here."));
}

/* ---- transactions ---- */

/* Notes a failure of the engine. The first one of a transaction poisons it. */
static err failed(struct db *db, err e)
{
    if (e == OK) return OK;
    if (e == ERR_FULL) atomic_store(&db->pool->full, true);
    if (db->failed == OK) {
        if (e == ERR_RETRY) atomic_fetch_add(&db->pool->retries, 1);
        db->failed = e;
    }
    return e;
}

static err poisoned(const struct db *db)
{
    return err_detail(ERR_IO, N_("This could not be saved."), "a statement of this transaction failed before (%s)",
                      err_name(db->failed));
}

static void transaction_clear(struct db *db)
{
    db->failed = OK;
    db->wrote = false;
    db->depth = 0;
    db->ticket = 0;
}

err db_begin(struct db_pool *pool, enum db_mode mode, struct db **out)
{
    struct db *db;
    i64 start = mono_us();
    *out = NULL;
    TRY(lane_take(mode == DB_WRITE ? pool->writes : pool->reads, db_wait_ms, &db));
    transaction_clear(db);
    db->mode = mode;
    i64 left = db_wait_ms - (mono_us() - start) / 1000;
    err e = failed(db, pool->driver->begin(db, left > 0 ? left : 0));
    if (e != OK) {
        lane_give(db);
        return e;
    }
    *out = db;
    return OK;
}

/* Commits on the connection without giving it back. */
static err commit_here(struct db *db)
{
    if (db->failed != OK) {
        /* What the caller can act on stays visible even if the statement's own answer was dropped. */
        err was = db->failed;
        db->pool->driver->rollback(db);
        (void)poisoned(db);
        return was == ERR_RETRY || was == ERR_FULL ? was : ERR_IO;
    }
    db_cursors_reset(db, 0);
    err e = failed(db, db->pool->driver->commit(db));
    if (e != OK) db->pool->driver->rollback(db);
    return e;
}

static err settled(struct db_pool *pool, u64 ticket, bool wrote)
{
    if (pool->driver->settle) TRY(pool->driver->settle(pool, ticket));
    atomic_fetch_add(&pool->commits, 1);
    if (wrote) atomic_store(&pool->full, false);
    return OK;
}

err db_commit(struct db *db)
{
    struct db_pool *pool = db->pool;
    err e = commit_here(db);
    bool settle = e == OK && db->mode == DB_WRITE;
    bool wrote = db->wrote;
    u64 ticket = db->ticket;
    lane_give(db);
    return settle ? settled(pool, ticket, wrote) : e;
}

void db_rollback(struct db *db)
{
    db->pool->driver->rollback(db);
    lane_give(db);
}

/* Others who wait to write go first: long work must not keep them out. There is no time limit here, because the caller
** still owns `db` if this fails. */
err db_checkpoint(struct db *db)
{
    struct db_pool *pool = db->pool;
    ASSERT(db->mode == DB_WRITE && db->depth == 0);
    TRY(commit_here(db));
    err e;
    u64 ticket = db->ticket;
    bool wrote = db->wrote;
    if (pool->driver->settle && db->lane->total == 1) {
        struct lane *lane = db->lane;
        struct db *same;
        lane_give(db);
        e = settled(pool, ticket, wrote);
        err taken = lane_take(lane, -1, &same);
        ASSERT(taken == OK && same == db);
    } else {
        e = settled(pool, ticket, wrote);
    }
    transaction_clear(db);
    db->mode = DB_WRITE;
    if (e == OK) e = pool->driver->begin(db, db_wait_ms);
    return failed(db, e);
}

err db_savepoint(struct db *db)
{
    if (db->failed != OK) return poisoned(db);
    TRY(failed(db, db->pool->driver->savepoint(db, SAVEPOINT_MAKE, db->depth + 1)));
    db->depth++;
    return OK;
}

err db_savepoint_release(struct db *db)
{
    ASSERT(db->depth > 0);
    if (db->failed != OK) {
        err e = poisoned(db);
        db_savepoint_rollback(db);
        return e;
    }
    err e = failed(db, db->pool->driver->savepoint(db, SAVEPOINT_RELEASE, db->depth));
    db->depth--;
    return e;
}

void db_savepoint_rollback(struct db *db)
{
    ASSERT(db->depth > 0);
    db_cursors_reset(db, db->depth);
    /* Where the engine has ended the whole transaction (disk full, connection lost) this fails, and the poison stays. */
    err e = db->pool->driver->savepoint(db, SAVEPOINT_ROLLBACK, db->depth);
    db->depth--;
    if (e == OK) db->failed = OK;
    else (void)failed(db, e);
}

enum db_engine db_engine(const struct db *db)
{
    return db->pool->driver->engine;
}

bool db_writable(const struct db *db)
{
    return db->mode == DB_WRITE;
}

err db_script(struct db *db, str sql)
{
    if (db->failed != OK) return poisoned(db);
    char *z = mem_alloc(sql.len + 1);
    if (!z) return failed(db, err_set(ERR_MEMORY, N_("There is not enough memory for this.")));
    if (sql.len) memcpy(z, sql.data, (size_t)sql.len);
    z[sql.len] = 0;
    err e = db->pool->driver->script(db, z);
    mem_free(z);
    return failed(db, e);
}

/* ---- statements ---- */

static int slot_of(const struct db_statement *st)
{
    int slot = __atomic_load_n(st->slot, __ATOMIC_ACQUIRE);
    if (slot > 0) return slot;
    int fresh = atomic_fetch_add(&slots_given, 1) + 1;
    /* Whoever comes second takes the first one's number; the other is lost, which costs a pointer a connection. */
    if (__atomic_compare_exchange_n(st->slot, &slot, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return fresh;
    return slot;
}

static err prepared(struct db *db, const struct db_statement *st, struct db_cursor **out)
{
    int slot = slot_of(st);
    if (slot >= db->slots) {
        int want = slot + 64;
        struct db_cursor **grown = mem_resize(db->slot, (isize)sizeof *grown * want);
        if (!grown) return err_set(ERR_MEMORY, N_("There is not enough memory for this."));
        for (int i = db->slots; i < want; i++) grown[i] = NULL;
        db->slot = grown;
        db->slots = want;
    }
    if (!db->slot[slot]) {
        struct db_cursor *made = NULL;
        TRY(db->pool->driver->prepare(db, st, &made));
        made->db = db;
        made->st = st;
        db->slot[slot] = made;
    }
    *out = db->slot[slot];
    ASSERT(!(*out)->active); /* one at a time, or the outer loop would lose its place */
    return OK;
}

/* What one engine would take and the other refuse is refused on both. */
static err params_check(const struct db_statement *st, const struct db_value *param)
{
    ASSERT(st->param_count <= DB_PARAM_MAX);
    for (int i = 0; i < st->param_count; i++) {
        const struct db_value *v = &param[i];
        ASSERT((u8)v->type == st->param[i]);
        if (v->null) continue;
        if (v->type == DB_STR && v->as.s.data && !utf8_valid(v->as.s))
            return err_detail(ERR_INVALID, N_("This text holds characters that cannot be stored."), "%s: parameter %d is not UTF-8",
                              st->name, i + 1);
        if (v->type == DB_F64 && isnan(v->as.f))
            return err_detail(ERR_INVALID, N_("This is not a number."), "%s: parameter %d is NaN", st->name, i + 1);
    }
    return OK;
}

static void cursor_open(struct db_cursor *cursor)
{
    struct db *db = cursor->db;
    cursor->active = true;
    cursor->depth = db->depth;
    cursor->newer = NULL;
    cursor->older = db->open;
    if (db->open) db->open->newer = cursor;
    db->open = cursor;
}

static void cursor_end(struct db_cursor *cursor)
{
    struct db *db = cursor->db;
    if (!cursor->active) return;
    cursor->active = false;
    if (cursor->newer) cursor->newer->older = cursor->older;
    else db->open = cursor->older;
    if (cursor->older) cursor->older->newer = cursor->newer;
    db->pool->driver->reset(cursor);
}

void db_cursors_reset(struct db *db, int depth)
{
    for (struct db_cursor *c = db->open, *older; c; c = older) {
        older = c->older;
        if (c->depth >= depth) cursor_end(c);
    }
}

static err statement_start(struct db *db, const struct db_statement *st, const struct db_value *param, i64 *changes,
                           struct db_cursor **out)
{
    if (db->failed != OK) return poisoned(db);
    TRY(params_check(st, param));
    TRY(prepared(db, st, out));
    cursor_open(*out);
    err e = db->pool->driver->query(*out, param, changes);
    if (e != OK) cursor_end(*out);
    return e;
}

err db_query(struct db *db, const struct db_statement *st, const struct db_value *param, struct db_cursor **out)
{
    i64 changes;
    err e = statement_start(db, st, param, &changes, out);
    if (e != OK) *out = NULL;
    return failed(db, e);
}

err db_run(struct db *db, const struct db_statement *st, const struct db_value *param, i64 *changes)
{
    struct db_cursor *cursor;
    i64 changed = 0;
    ASSERT(st->column_count == 0);
    TRY(failed(db, statement_start(db, st, param, &changed, &cursor)));
    cursor_end(cursor);
    if (changes) *changes = changed;
    return OK;
}

err db_step(struct db_cursor *cursor, bool *row)
{
    ASSERT(cursor->active);
    *row = false;
    err e = cursor->st->column_count ? cursor->db->pool->driver->step(cursor, row) : OK;
    if (e != OK || !*row) cursor_end(cursor);
    return failed(cursor->db, e);
}

void db_cursor_close(struct db_cursor *cursor)
{
    cursor_end(cursor);
}

static const struct driver *column_of(struct db_cursor *cursor, int i)
{
    ASSERT(cursor->active && i >= 0 && i < cursor->st->column_count);
    return cursor->db->pool->driver;
}

bool db_column_null(struct db_cursor *cursor, int i)
{
    return column_of(cursor, i)->is_null(cursor, i);
}

i64 db_column_i64(struct db_cursor *cursor, int i)
{
    return column_of(cursor, i)->get_i64(cursor, i);
}

f64 db_column_f64(struct db_cursor *cursor, int i)
{
    return column_of(cursor, i)->get_f64(cursor, i);
}

i128 db_column_i128(struct db_cursor *cursor, int i)
{
    return column_of(cursor, i)->get_i128(cursor, i);
}

str db_column_view(struct db_cursor *cursor, int i)
{
    return column_of(cursor, i)->get_str(cursor, i);
}

str db_column_str(struct db_cursor *cursor, int i, struct arena *a)
{
    str view = db_column_view(cursor, i);
    if (!view.data) return view;
    char *copy = arena_alloc(a, view.len ? view.len : 1, 1);
    if (view.len) memcpy(copy, view.data, (size_t)view.len);
    return str_n(copy, view.len);
}

err db_check_statement(struct db *db, const struct db_statement *st)
{
    TRY(db_savepoint(db));
    err e = db->pool->driver->check(db, st);
    db_savepoint_rollback(db);
    return e;
}
