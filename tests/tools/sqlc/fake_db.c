/* fake_db.c -- just enough of db.h for sqlc's output, straight on SQLite: so that sqlc is tested without the real driver. */
#include <sqlite3.h>

#include "fake_db.h"

struct db_cursor { sqlite3 *db; sqlite3_stmt *stmt; };
struct db { sqlite3 *sqlite; struct db_cursor cursor; };

static struct db the_db;
static int open_cursors;

struct db *fake_open(const char *path)
{
    ASSERT(sqlite3_open(path, &the_db.sqlite) == SQLITE_OK);
    the_db.cursor.db = the_db.sqlite;
    return &the_db;
}

int fake_open_cursors(void)
{
    return open_cursors;
}

static err failed(sqlite3 *db)
{
    return err_detail(ERR_IO, "", "%s", sqlite3_errmsg(db));
}

static int bind(sqlite3_stmt *stmt, int i, const struct db_value *v, enum db_type declared)
{
    ASSERT(v->type == declared);
    if (v->null) return sqlite3_bind_null(stmt, i);
    u8 wide[16];
    switch (v->type) {
    case DB_I64: return sqlite3_bind_int64(stmt, i, v->as.i);
    case DB_F64: return sqlite3_bind_double(stmt, i, v->as.f);
    case DB_STR: return sqlite3_bind_text(stmt, i, v->as.s.data, (int)v->as.s.len, SQLITE_TRANSIENT);
    case DB_BLOB: return sqlite3_bind_blob(stmt, i, v->as.s.data, (int)v->as.s.len, SQLITE_TRANSIENT);
    case DB_I128:
        for (int k = 0; k < 16; k++) wide[k] = (u8)(v->as.w >> (8 * (15 - k)));
        return sqlite3_bind_blob(stmt, i, wide, sizeof wide, SQLITE_TRANSIENT);
    }
    return SQLITE_ERROR;
}

err db_query(struct db *db, const struct db_statement *st, const struct db_value *param, struct db_cursor **out)
{
    struct db_cursor *c = &db->cursor;
    ASSERT(open_cursors == 0);
    if (sqlite3_prepare_v2(db->sqlite, st->sqlite, -1, &c->stmt, NULL) != SQLITE_OK) return failed(db->sqlite);
    ASSERT(sqlite3_bind_parameter_count(c->stmt) == st->param_count && sqlite3_column_count(c->stmt) == st->column_count);
    for (int i = 0; i < st->param_count; i++) ASSERT(bind(c->stmt, i + 1, &param[i], (enum db_type)st->param[i]) == SQLITE_OK);
    open_cursors = 1;
    *out = c;
    return OK;
}

err db_step(struct db_cursor *c, bool *row)
{
    ASSERT(open_cursors == 1);
    int rc = sqlite3_step(c->stmt);
    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) return OK;
    err e = rc == SQLITE_DONE ? OK : failed(c->db);
    db_cursor_close(c);
    return e;
}

void db_cursor_close(struct db_cursor *c)
{
    ASSERT(open_cursors == 1);
    open_cursors = 0;
    sqlite3_finalize(c->stmt);
}

bool db_column_null(struct db_cursor *c, int i) { return sqlite3_column_type(c->stmt, i) == SQLITE_NULL; }
i64 db_column_i64(struct db_cursor *c, int i) { return sqlite3_column_int64(c->stmt, i); }
f64 db_column_f64(struct db_cursor *c, int i) { return sqlite3_column_double(c->stmt, i); }

i128 db_column_i128(struct db_cursor *c, int i)
{
    const u8 *p = sqlite3_column_blob(c->stmt, i);
    i128 w = (i128)(signed char)p[0];
    for (int k = 1; k < 16; k++) w = w * 256 + p[k];
    return w;
}

str db_column_view(struct db_cursor *c, int i)
{
    const char *data = sqlite3_column_blob(c->stmt, i);
    return (str){data ? data : "", sqlite3_column_bytes(c->stmt, i)};
}

str db_column_str(struct db_cursor *c, int i, struct arena *a) { return str_dup(a, db_column_view(c, i)); }

err db_run(struct db *db, const struct db_statement *st, const struct db_value *param, i64 *changes)
{
    struct db_cursor *c;
    bool row;
    TRY(db_query(db, st, param, &c));
    TRY(db_step(c, &row));
    *changes = sqlite3_changes64(db->sqlite);
    return OK;
}
