#include "db/migrate.h"

#include "db/driver.h"

enum { TRANSLATED_MAX = 4 * 1024 * 1024, TRIES = 20 };

static const u8 there_column[] = {DB_I64};
static int there_slot;
static const struct db_statement there = {
    .name = "migrate.there",
    .sqlite = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
    .postgres = "SELECT count(*) FROM pg_class WHERE oid = to_regclass('migration')",
    .column = there_column,
    .column_count = 1,
    .slot = &there_slot,
};

static const u8 list_column[] = {DB_I64, DB_BLOB};
static int list_slot;
static const struct db_statement list = {
    .name = "migrate.list",
    .sqlite = "SELECT number, sha256 FROM migration ORDER BY number",
    .postgres = "SELECT number, sha256 FROM migration ORDER BY number",
    .column = list_column,
    .column_count = 2,
    .slot = &list_slot,
};

static const u8 note_param[] = {DB_I64, DB_STR, DB_BLOB, DB_I64};
static int note_slot;
static const struct db_statement note = {
    .name = "migrate.note",
    .sqlite = "INSERT INTO migration (number, name, sha256, applied) VALUES (?1, ?2, ?3, ?4)",
    .postgres = "INSERT INTO migration (number, name, sha256, applied) VALUES ($1, $2, $3, $4)",
    .param = note_param,
    .param_count = 4,
    .slot = &note_slot,
};

static const char *const table_sql[] = {
    [DB_SQLITE] = "CREATE TABLE IF NOT EXISTS migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                  "sha256 BLOB NOT NULL, applied INTEGER NOT NULL) STRICT",
    [DB_POSTGRES] = "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                    "sha256 BYTEA NOT NULL, applied BIGINT NOT NULL)",
};

static void text_hash(const struct migration *m, u8 out[32])
{
    sha256(m->sql.data, m->sql.len, out);
}

static err changed(int number, const char *what)
{
    return err_detail(ERR_CORRUPT, N_("The database's schema is not the one that this program made. Install the version that belongs to it, or restore it."),
                      "migration %d: %s", number, what);
}

static err applied_check(i64 number, str hash, int have)
{
    u8 want[32];
    if (number != have + 1) return changed(have + 1, "missing, though later ones are applied");
    if (number > migration_count) return OK; /* a newer program's: whoever asked is told the count */
    text_hash(&migrations[number - 1], want);
    if (!str_eq(hash, str_n((const char *)want, 32))) return changed((int)number, "its text has changed since it was applied");
    return OK;
}

/* How many are applied; `verify` also compares their texts. */
static err applied_count(struct db *db, bool verify, int *have)
{
    struct db_cursor *c;
    bool row;
    *have = 0;
    TRY(db_query(db, &there, NULL, &c));
    TRY(db_step(c, &row));
    i64 tables = row ? db_column_i64(c, 0) : 0;
    db_cursor_close(c);
    if (tables == 0) return OK;
    TRY(db_query(db, &list, NULL, &c));
    for (;;) {
        TRY(db_step(c, &row));
        if (!row) return OK;
        i64 number = db_column_i64(c, 0);
        err e = verify ? applied_check(number, db_column_view(c, 1), *have) : OK;
        if (e != OK) {
            db_cursor_close(c);
            return e;
        }
        *have = (int)number;
    }
}

static err applied_read(struct db_pool *pool, bool verify, int *have)
{
    struct db *db;
    TRY(db_begin(pool, DB_READ, &db));
    err e = applied_count(db, verify, have);
    db_rollback(db);
    return e;
}

err migrate_newest(struct db_pool *pool, int *have)
{
    return applied_read(pool, false, have);
}

static err newer(int have)
{
    return err_detail(ERR_CORRUPT, N_("This database was made by a newer igot. Install that version or a later one; nothing was changed."),
                      "schema %d, this program knows %d", have, migration_count);
}

err migrate_status(struct db_pool *pool, struct migrate_status *out)
{
    out->have = 0;
    out->want = migration_count;
    TRY(applied_read(pool, true, &out->have));
    return out->have > migration_count ? newer(out->have) : OK;
}

/* ---- applying ---- */

static err apply(struct db *db, const struct migration *m)
{
    struct buf sql;
    u8 hash[32];
    buf_init(&sql, TRANSLATED_MAX);
    err e = migrate_translate(db_engine(db), m->sql, &sql);
    if (e == OK && sql.full) e = err_set(ERR_MEMORY, N_("There is not enough memory for this."));
    if (e == OK) e = db_script(db, buf_view(&sql));
    buf_clear(&sql);
    TRY(e);
    text_hash(m, hash);
    const struct db_value value[] = {
        {.type = DB_I64, .as.i = m->number},
        {.type = DB_STR, .as.s = str_of(m->name)},
        {.type = DB_BLOB, .as.s = str_n((const char *)hash, 32)},
        {.type = DB_I64, .as.i = now_ms()},
    };
    return db_run(db, &note, value, NULL);
}

/* Makes the table, then takes the turn among programs that migrate at once. LOCK TABLE comes first in its transaction,
** because it takes no snapshot: what is read after it is what the one before us has committed. */
static err step_in(struct db *db, int upto, int *have, bool *did)
{
    *did = false;
    if (db_engine(db) == DB_POSTGRES) TRY(db_script(db, S("LOCK TABLE migration IN ACCESS EXCLUSIVE MODE")));
    TRY(applied_count(db, true, have));
    if (*have > migration_count) return newer(*have);
    if (*have >= upto) return OK;
    const struct migration *m = &migrations[*have];
    ASSERT(m->number == *have + 1);
    TRY(apply(db, m));
    *did = true;
    return OK;
}

static err table_make(struct db *db, int upto, int *have, bool *did)
{
    UNUSED(upto);
    UNUSED(have);
    UNUSED(did);
    return db_script(db, str_of(table_sql[db_engine(db)]));
}

static err in_write(struct db_pool *pool, err (*work)(struct db *, int, int *, bool *), int upto, int *have, bool *did)
{
    err e = OK;
    for (int tries = 0; tries < TRIES; tries++) {
        struct db *db;
        TRY(db_begin(pool, DB_WRITE, &db));
        e = work(db, upto, have, did);
        if (e == OK) e = db_commit(db);
        else db_rollback(db);
        bool again = e == ERR_RETRY || (e == ERR_CONFLICT && work == table_make); /* two programs made the table at once */
        if (!again) break;
    }
    return e;
}

err migrate_run(struct db_pool *pool, int upto, void (*done)(const struct migration *, void *), void *arg)
{
    int have = 0;
    bool did = false;
    ASSERT(upto >= 0 && upto <= migration_count);
    TRY(in_write(pool, table_make, upto, &have, &did));
    do {
        TRY(in_write(pool, step_in, upto, &have, &did));
        if (did && done) done(&migrations[have], arg);
    } while (did);
    return OK;
}
