#include "db/sqlite.h"

#include <errno.h>

struct sqlite_cursor {
    struct db_cursor base;
    sqlite3_stmt *stmt;
    bool ahead; /* query has already made the first step */
    int rc;     /* its result */
};

static sqlite3 *handle(struct db *db)
{
    return ((struct sqlite_db *)db)->h;
}

/* ---- errors ---- */

static bool disk_full(sqlite3 *h, int rc)
{
    if ((rc & 0xff) == SQLITE_FULL) return true;
    if ((rc & 0xff) != SQLITE_IOERR) return false;
    /* COMMIT does not note the cause; run_kept has cleared errno before. */
    int cause = sqlite3_system_errno(h) ? sqlite3_system_errno(h) : errno;
    return cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

static err constraint_kind(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_DATATYPE:
    case SQLITE_CONSTRAINT_TRIGGER: return ERR_INVALID;
    default: return ERR_CONFLICT;
    }
}

static err kind_of(sqlite3 *h, int rc)
{
    if (rc == SQLITE_IOERR_NOMEM) return ERR_MEMORY;
    if (rc == SQLITE_IOERR_DATA || rc == SQLITE_IOERR_CORRUPTFS) return ERR_CORRUPT;
    if (disk_full(h, rc)) return ERR_FULL;
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_kind(rc);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_SCHEMA: return ERR_RETRY;
    case SQLITE_INTERRUPT: return ERR_BUSY;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_TOOBIG: return ERR_TOO_LARGE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_CORRUPT;
    default: return ERR_IO;
    }
}

static const char *message_of(err e, int rc)
{
    switch (e) {
    case ERR_CONFLICT: return N_("This is already there, or something that it belongs with is missing or still in use.");
    case ERR_INVALID: return N_("This value is not allowed.");
    case ERR_RETRY:
    case ERR_BUSY: return N_("Someone else is changing the same things. Please try again in a moment.");
    case ERR_MEMORY: return N_("There is not enough memory for this.");
    case ERR_TOO_LARGE: return N_("This is too large to be stored.");
    case ERR_FULL: return N_("The disk is full. Nothing was changed, and what is stored is safe. Free some space and try again.");
    case ERR_CORRUPT:
        if (rc == SQLITE_NOTADB) return N_("This file is not an igot database. Check the path, or restore the file from a backup.");
        return N_("The database is damaged. Stop the program, keep a copy of the file, and restore it from a backup.");
    default: return N_("The database could not do this. The log says why.");
    }
}

err sqlite_error(sqlite3 *h, int rc, const char *what)
{
    err e = kind_of(h, rc);
    return err_detail(e, message_of(e, rc & 0xff), "%s: %s (%d, system %d)", what, h ? sqlite3_errmsg(h) : sqlite3_errstr(rc), rc,
                      h ? sqlite3_system_errno(h) : 0);
}

/* ---- transactions ---- */

/* Runs a statement without result that is kept for the connection's life. */
static int run_kept(sqlite3 *h, sqlite3_stmt **stmt, const char *sql)
{
    int rc = SQLITE_OK;
    if (!*stmt) rc = sqlite3_prepare_v3(h, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (rc != SQLITE_OK) return rc;
    errno = 0;
    rc = sqlite3_step(*stmt);
    (void)sqlite3_reset(*stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static err sqlite_begin(struct db *db, i64 wait_ms)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    struct sqlite_pool *p = db->pool->engine;
    bool write = db->mode == DB_WRITE;
    if (write && sqlite_broken(p))
        return err_detail(ERR_IO, N_("Nothing can be saved until the disk has been mended and the program started again."),
                          "%s-wal: a sync failed before", p->path);
    if (write) (void)sqlite3_busy_timeout(c->h, (int)wait_ms); /* another process may be writing */
    int rc = run_kept(c->h, &c->begin[db->mode], write ? "BEGIN IMMEDIATE" : "BEGIN");
    if (rc == SQLITE_OK) return OK;
    err e = sqlite_error(c->h, rc, "begin");
    if ((rc & 0xff) != SQLITE_BUSY) return e;
    return err_detail(ERR_BUSY, N_("Too much is going on at once. Please try again in a moment."), "%s: another process is writing", p->path);
}

static err sqlite_commit(struct db *db)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    int rc = run_kept(c->h, &c->commit, "COMMIT");
    if (rc != SQLITE_OK) return sqlite_error(c->h, rc, "commit");
    if (db->mode == DB_WRITE) sqlite_committed(c);
    return OK;
}

static void sqlite_rollback(struct db *db)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    db_cursors_reset(db, 0); /* work may have left by longjmp, in the midst of a result */
    if (sqlite3_get_autocommit(c->h)) return;
    if (run_kept(c->h, &c->rollback, "ROLLBACK") != SQLITE_OK) (void)sqlite3_exec(c->h, "ROLLBACK", NULL, NULL, NULL);
    ASSERT(sqlite3_get_autocommit(c->h));
}

static err sqlite_savepoint(struct db *db, enum savepoint_verb verb, int depth)
{
    char sql[64];
    switch (verb) {
    case SAVEPOINT_MAKE: snprintf(sql, sizeof sql, "SAVEPOINT s%d", depth); break;
    case SAVEPOINT_RELEASE: snprintf(sql, sizeof sql, "RELEASE s%d", depth); break;
    case SAVEPOINT_ROLLBACK: snprintf(sql, sizeof sql, "ROLLBACK TO s%d; RELEASE s%d", depth, depth); break;
    }
    /* A savepoint outside a transaction would begin one. SQLite ends the transaction by itself when the disk is full. */
    if (sqlite3_get_autocommit(handle(db)))
        return err_detail(ERR_IO, N_("This could not be saved."), "savepoint: the transaction has ended");
    int rc = sqlite3_exec(handle(db), sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : sqlite_error(handle(db), rc, "savepoint");
}

static err sqlite_script(struct db *db, const char *sql)
{
    int rc = sqlite3_exec(handle(db), sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : sqlite_error(handle(db), rc, "script");
}

/* ---- statements ---- */

static err statement_prepare(struct db *db, const struct db_statement *st, unsigned flags, sqlite3_stmt **out)
{
    const char *rest = NULL;
    int rc = sqlite3_prepare_v3(handle(db), st->sqlite, -1, flags, out, &rest);
    if (rc != SQLITE_OK) return sqlite_error(handle(db), rc, st->name);
    if (*out && sqlite3_column_count(*out) == st->column_count && sqlite3_bind_parameter_count(*out) == st->param_count) return OK;
    err e = err_detail(ERR_INVALID, N_("The program's statements do not fit its database."),
                       "%s: %d columns and %d parameters, declared %d and %d", st->name, *out ? sqlite3_column_count(*out) : 0,
                       *out ? sqlite3_bind_parameter_count(*out) : 0, st->column_count, st->param_count);
    (void)sqlite3_finalize(*out);
    *out = NULL;
    return e;
}

static err sqlite_prepare(struct db *db, const struct db_statement *st, struct db_cursor **out)
{
    struct sqlite_cursor *c = mem_alloc((isize)sizeof *c);
    if (!c) return err_set(ERR_MEMORY, message_of(ERR_MEMORY, 0));
    memset(c, 0, sizeof *c);
    err e = statement_prepare(db, st, SQLITE_PREPARE_PERSISTENT, &c->stmt);
    if (e != OK) {
        mem_free(c);
        return e;
    }
    *out = &c->base;
    return OK;
}

static void sqlite_discard(struct db_cursor *cursor)
{
    struct sqlite_cursor *c = (struct sqlite_cursor *)cursor;
    (void)sqlite3_finalize(c->stmt);
    mem_free(c);
}

static err sqlite_check(struct db *db, const struct db_statement *st)
{
    sqlite3_stmt *stmt = NULL;
    err e = statement_prepare(db, st, 0, &stmt);
    (void)sqlite3_finalize(stmt);
    if (e == OK) return OK;
    return e == ERR_INVALID ? e : err_detail(ERR_INVALID, N_("The program's statements do not fit its database."), "%s: %s", st->name,
                                             sqlite3_errmsg(handle(db)));
}

/* 16 bytes, big-endian two's complement. */
static int bind_i128(sqlite3_stmt *stmt, int i, i128 w)
{
    u8 bytes[16];
    for (int k = 15; k >= 0; k--, w >>= 8) bytes[k] = (u8)(w & 0xff);
    return sqlite3_bind_blob(stmt, i, bytes, 16, SQLITE_TRANSIENT);
}

static int bind_one(sqlite3_stmt *stmt, int i, const struct db_value *v)
{
    if (v->null) return sqlite3_bind_null(stmt, i);
    switch (v->type) {
    case DB_I64: return sqlite3_bind_int64(stmt, i, v->as.i);
    case DB_F64: return sqlite3_bind_double(stmt, i, v->as.f);
    case DB_I128: return bind_i128(stmt, i, v->as.w);
    case DB_STR: return sqlite3_bind_text64(stmt, i, v->as.s.data, (sqlite3_uint64)v->as.s.len, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB: return sqlite3_bind_blob64(stmt, i, v->as.s.data, (sqlite3_uint64)v->as.s.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* Makes the first step at once, so that a statement's errors come from the same call on both engines. */
static err sqlite_query(struct db_cursor *cursor, const struct db_value *param, i64 *changes)
{
    struct sqlite_cursor *c = (struct sqlite_cursor *)cursor;
    sqlite3 *h = handle(cursor->db);
    const char *name = cursor->st->name;
    if (cursor->db->mode == DB_READ && !sqlite3_stmt_readonly(c->stmt))
        return err_detail(ERR_BUG, N_("The program tried to write where it may only read."), "%s", name);
    for (int i = 0; i < cursor->st->param_count; i++) {
        int rc = bind_one(c->stmt, i + 1, &param[i]);
        if (rc != SQLITE_OK) return sqlite_error(h, rc, name);
    }
    errno = 0;
    c->rc = sqlite3_step(c->stmt);
    c->ahead = true;
    if (c->rc != SQLITE_ROW && c->rc != SQLITE_DONE) return sqlite_error(h, c->rc, name);
    *changes = sqlite3_stmt_readonly(c->stmt) ? 0 : sqlite3_changes64(h);
    return OK;
}

/* SQLite would turn any value into any type without a word. */
static err row_check(struct sqlite_cursor *c)
{
    const struct db_statement *st = c->base.st;
    for (int i = 0; i < st->column_count; i++) {
        int type = sqlite3_column_type(c->stmt, i);
        bool fits = type == SQLITE_NULL;
        switch ((enum db_type)st->column[i]) {
        case DB_I64: fits = fits || type == SQLITE_INTEGER; break;
        case DB_F64: fits = fits || type == SQLITE_FLOAT || type == SQLITE_INTEGER; break;
        case DB_STR: fits = fits || type == SQLITE_TEXT; break;
        case DB_BLOB: fits = fits || type == SQLITE_BLOB; break;
        case DB_I128: fits = fits || (type == SQLITE_BLOB && sqlite3_column_bytes(c->stmt, i) == 16); break;
        }
        if (!fits)
            return err_detail(ERR_CORRUPT, N_("Stored data are not of the kind that the program expects."),
                              "%s: column %d holds SQLite type %d, declared %d", st->name, i + 1, type, st->column[i]);
    }
    return OK;
}

static err sqlite_step(struct db_cursor *cursor, bool *row)
{
    struct sqlite_cursor *c = (struct sqlite_cursor *)cursor;
    if (!c->ahead) c->rc = sqlite3_step(c->stmt);
    c->ahead = false;
    *row = c->rc == SQLITE_ROW;
    if (*row) return row_check(c);
    return c->rc == SQLITE_DONE ? OK : sqlite_error(handle(cursor->db), c->rc, cursor->st->name);
}

static void sqlite_reset(struct db_cursor *cursor)
{
    struct sqlite_cursor *c = (struct sqlite_cursor *)cursor;
    (void)sqlite3_reset(c->stmt);
    (void)sqlite3_clear_bindings(c->stmt); /* the bound text was only borrowed */
    c->ahead = false;
}

static bool sqlite_is_null(struct db_cursor *cursor, int i)
{
    return sqlite3_column_type(((struct sqlite_cursor *)cursor)->stmt, i) == SQLITE_NULL;
}

static i64 sqlite_get_i64(struct db_cursor *cursor, int i)
{
    return sqlite3_column_int64(((struct sqlite_cursor *)cursor)->stmt, i);
}

static f64 sqlite_get_f64(struct db_cursor *cursor, int i)
{
    return sqlite3_column_double(((struct sqlite_cursor *)cursor)->stmt, i);
}

static i128 sqlite_get_i128(struct db_cursor *cursor, int i)
{
    const u8 *bytes = sqlite3_column_blob(((struct sqlite_cursor *)cursor)->stmt, i);
    if (!bytes) return 0;
    u64 high = 0, low = 0;
    for (int k = 0; k < 8; k++) high = high << 8 | bytes[k];
    for (int k = 8; k < 16; k++) low = low << 8 | bytes[k];
    return (i128)(i64)high * ((i128)1 << 64) + (i128)low;
}

static str sqlite_get_str(struct db_cursor *cursor, int i)
{
    sqlite3_stmt *stmt = ((struct sqlite_cursor *)cursor)->stmt;
    int type = sqlite3_column_type(stmt, i);
    if (type == SQLITE_NULL) return (str){0};
    const char *data = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, i) : (const char *)sqlite3_column_text(stmt, i);
    return str_n(data ? data : "", data ? sqlite3_column_bytes(stmt, i) : 0);
}

const struct driver driver_sqlite = {
    .engine = DB_SQLITE,
    .pool_open = sqlite_pool_open,
    .pool_close = sqlite_pool_close,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .settle = sqlite_settle,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .script = sqlite_script,
    .check = sqlite_check,
    .snapshot = sqlite_snapshot,
    .prepare = sqlite_prepare,
    .discard = sqlite_discard,
    .query = sqlite_query,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .is_null = sqlite_is_null,
    .get_i64 = sqlite_get_i64,
    .get_f64 = sqlite_get_f64,
    .get_i128 = sqlite_get_i128,
    .get_str = sqlite_get_str,
};
