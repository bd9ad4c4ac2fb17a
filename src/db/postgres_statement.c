#include "db/postgres.h"

/* Types by their OIDs, which are fixed (src/include/catalog/pg_type.dat). */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };
enum { FETCH_ROWS = 256, CURSOR_NAME_MAX = 24, I128_TEXT_MAX = 41 };

typedef uint16_t u16;
typedef int16_t i16;
__extension__ typedef unsigned __int128 u128;

struct postgres_cursor {
    struct db_cursor base;
    bool prepared;              /* on this server connection */
    bool fetching;              /* a cursor of the server is open */
    char name[CURSOR_NAME_MAX]; /* of the prepared statement, and of the server's cursor */
    char *declare, *fetch;      /* SQL for :each */
    PGresult *result;
    int row, rows;
};

static struct postgres_db *connection_of(struct db_cursor *cursor)
{
    return (struct postgres_db *)cursor->db;
}

static Oid oid_of(u8 type)
{
    switch ((enum db_type)type) {
    case DB_I64: return OID_INT8;
    case DB_F64: return OID_FLOAT8;
    case DB_STR: return OID_TEXT;
    case DB_BLOB: return OID_BYTEA;
    case DB_I128: return OID_NUMERIC;
    }
    return 0;
}

static void oids_of(const struct db_statement *st, Oid *oid)
{
    for (int i = 0; i < st->param_count; i++) oid[i] = oid_of(st->param[i]);
}

/* ---- preparing ---- */

/* Only a SELECT can have a server's cursor; INSERT ... RETURNING is fetched whole. */
static bool can_declare(const char *sql)
{
    str s = str_of(sql);
    for (;;) {
        s = str_trim(s);
        if (!str_starts(s, S("--"))) break;
        isize end = str_find_char(s, '\n');
        if (end < 0) return false;
        s = str_slice(s, end + 1, -1);
    }
    return str_eq_nocase(str_slice(s, 0, 6), S("select")) || str_eq_nocase(str_slice(s, 0, 4), S("with"));
}

static bool declare_make(struct postgres_cursor *c, const struct db_statement *st)
{
    isize max = (isize)strlen(st->postgres) + 128;
    c->declare = mem_alloc(max);
    c->fetch = mem_alloc(max);
    if (!c->declare || !c->fetch) return false;
    snprintf(c->declare, (size_t)max, "DECLARE %s NO SCROLL CURSOR FOR %s", c->name, st->postgres);
    snprintf(c->fetch, (size_t)max, "FETCH %d FROM %s", FETCH_ROWS, c->name);
    return true;
}

err postgres_prepare(struct db *db, const struct db_statement *st, struct db_cursor **out)
{
    UNUSED(db); /* the server hears of it at the first use */
    struct postgres_cursor *c = mem_alloc((isize)sizeof *c);
    if (!c) return err_set(ERR_MEMORY, N_("There is not enough memory for this."));
    memset(c, 0, sizeof *c);
    snprintf(c->name, sizeof c->name, "igot_%d", __atomic_load_n(st->slot, __ATOMIC_ACQUIRE));
    if (st->each && can_declare(st->postgres) && !declare_make(c, st)) {
        postgres_discard(&c->base);
        return err_set(ERR_MEMORY, N_("There is not enough memory for this."));
    }
    *out = &c->base;
    return OK;
}

void postgres_discard(struct db_cursor *cursor)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    PQclear(c->result);
    mem_free(c->declare);
    mem_free(c->fetch);
    mem_free(c);
}

void postgres_forget_statements(struct postgres_db *c)
{
    for (int i = 0; i < c->base.slots; i++)
        if (c->base.slot[i]) ((struct postgres_cursor *)c->base.slot[i])->prepared = false;
}

static err server_prepare(struct postgres_db *c, const char *name, const struct db_statement *st)
{
    Oid oid[DB_PARAM_MAX];
    oids_of(st, oid);
    PGresult *r = PQprepare(c->conn, name, st->postgres, st->param_count, oid);
    err e = postgres_result(c, r, st->name);
    PQclear(r);
    return e;
}

/* ---- checking ---- */

static err mismatch(const struct db_statement *st, const char *of, int i, Oid got, Oid declared)
{
    return err_detail(ERR_INVALID, N_("The program's statements do not fit its database."), "%s: %s %d has type oid %u, declared %u", st->name,
                      of, i + 1, got, declared);
}

static err described(const struct db_statement *st, const PGresult *r)
{
    if (PQnparams(r) != st->param_count || PQnfields(r) != st->column_count)
        return err_detail(ERR_INVALID, N_("The program's statements do not fit its database."), "%s: %d columns and %d parameters, declared %d and %d",
                          st->name, PQnfields(r), PQnparams(r), st->column_count, st->param_count);
    for (int i = 0; i < st->param_count; i++)
        if (PQparamtype(r, i) != oid_of(st->param[i])) return mismatch(st, "parameter", i, PQparamtype(r, i), oid_of(st->param[i]));
    for (int i = 0; i < st->column_count; i++)
        if (PQftype(r, i) != oid_of(st->column[i])) return mismatch(st, "column", i, PQftype(r, i), oid_of(st->column[i]));
    return OK;
}

err postgres_check(struct db *db, const struct db_statement *st)
{
    struct postgres_db *c = (struct postgres_db *)db;
    err e = server_prepare(c, "", st);
    if (e != OK) {
        char words[256]; /* err_log's own text may not be passed to err_detail */
        snprintf(words, sizeof words, "%s", err_log());
        return err_detail(ERR_INVALID, N_("The program's statements do not fit its database."), "%s", words);
    }
    PGresult *r = PQdescribePrepared(c->conn, "");
    e = postgres_result(c, r, st->name);
    if (e == OK) e = described(st, r);
    PQclear(r);
    return e;
}

/* ---- binding ---- */

struct binding {
    Oid oid[DB_PARAM_MAX];
    const char *value[DB_PARAM_MAX];
    int len[DB_PARAM_MAX];
    int format[DB_PARAM_MAX];
    char room[DB_PARAM_MAX][I128_TEXT_MAX];
};

static void put_u64(char *out, u64 n)
{
    for (int i = 7; i >= 0; i--, n >>= 8) out[i] = (char)(u8)n;
}

static u64 get_u64(const char *in)
{
    u64 n = 0;
    for (int i = 0; i < 8; i++) n = n << 8 | (u8)in[i];
    return n;
}

/* As text: the server reads numerics from it faster than we would lay out its binary form. */
static const char *i128_text(char room[I128_TEXT_MAX], i128 w)
{
    char *at = room + I128_TEXT_MAX - 1;
    u128 n = w < 0 ? -(u128)w : (u128)w;
    *at = 0;
    do *--at = (char)('0' + (int)(n % 10)); while (n /= 10);
    if (w < 0) *--at = '-';
    return at;
}

static err bind_one(struct binding *b, int i, const struct db_value *v, const char *name)
{
    b->format[i] = 1;
    b->value[i] = NULL;
    b->len[i] = 0;
    if (v->null) return OK;
    u64 bits;
    switch (v->type) {
    case DB_I64:
        put_u64(b->room[i], (u64)v->as.i);
        b->value[i] = b->room[i];
        b->len[i] = 8;
        return OK;
    case DB_F64:
        memcpy(&bits, &v->as.f, 8);
        put_u64(b->room[i], bits);
        b->value[i] = b->room[i];
        b->len[i] = 8;
        return OK;
    case DB_STR:
    case DB_BLOB:
        if (v->as.s.len > INT32_MAX) return err_detail(ERR_TOO_LARGE, N_("This is too large to be stored."), "%s: parameter %d", name, i + 1);
        b->value[i] = v->as.s.data;
        b->len[i] = (int)v->as.s.len;
        return OK;
    case DB_I128:
        b->format[i] = 0;
        b->value[i] = i128_text(b->room[i], v->as.w);
        return OK;
    }
    return ERR_BUG;
}

/* ---- running ---- */

static void result_take(struct postgres_cursor *c, PGresult *r)
{
    PQclear(c->result);
    c->result = r;
    c->row = -1;
    c->rows = r ? PQntuples(r) : 0;
}

/* A result whose types are not the declared ones would be misread: check before the first row. */
static err result_check(struct postgres_cursor *c)
{
    const struct db_statement *st = c->base.st;
    bool fits = PQnfields(c->result) == st->column_count;
    for (int i = 0; fits && i < st->column_count; i++) fits = PQftype(c->result, i) == oid_of(st->column[i]);
    return fits ? OK : err_detail(ERR_BUG, N_("The program's statements do not fit its database."), "%s: the result's types are not the declared ones", st->name);
}

static err take_rows(struct postgres_cursor *c, PGresult *r)
{
    result_take(c, r);
    TRY(postgres_result(connection_of(&c->base), r, c->base.st->name));
    return c->base.st->column_count ? result_check(c) : OK;
}

static err fetch_more(struct postgres_cursor *c)
{
    PGconn *conn = connection_of(&c->base)->conn;
    return take_rows(c, PQexecParams(conn, c->fetch, 0, NULL, NULL, NULL, NULL, 1));
}

static err declare_and_fetch(struct postgres_cursor *c, const struct binding *b)
{
    struct postgres_db *db = connection_of(&c->base);
    int n = c->base.st->param_count;
    PGresult *r = PQexecParams(db->conn, c->declare, n, b->oid, b->value, b->len, b->format, 1);
    err e = postgres_result(db, r, c->base.st->name);
    PQclear(r);
    TRY(e);
    c->fetching = true;
    return fetch_more(c);
}

static err execute(struct postgres_cursor *c, const struct binding *b, i64 *changes)
{
    struct postgres_db *db = connection_of(&c->base);
    if (!c->prepared) {
        TRY(server_prepare(db, c->name, c->base.st));
        c->prepared = true;
    }
    TRY(take_rows(c, PQexecPrepared(db->conn, c->name, c->base.st->param_count, b->value, b->len, b->format, 1)));
    bool selected = str_starts(str_of(PQcmdStatus(c->result)), S("SELECT"));
    if (!selected && !str_to_i64(str_of(PQcmdTuples(c->result)), changes)) *changes = 0;
    if (*changes > 0) c->base.db->wrote = true;
    return OK;
}

err postgres_query(struct db_cursor *cursor, const struct db_value *param, i64 *changes)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    struct binding b;
    *changes = 0;
    oids_of(cursor->st, b.oid);
    for (int i = 0; i < cursor->st->param_count; i++) TRY(bind_one(&b, i, &param[i], cursor->st->name));
    return c->declare ? declare_and_fetch(c, &b) : execute(c, &b, changes);
}

void postgres_reset(struct db_cursor *cursor)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    struct postgres_db *db = connection_of(cursor);
    result_take(c, NULL);
    /* In a failed or ended transaction the server has closed it, or will. */
    if (c->fetching && db->conn && PQtransactionStatus(db->conn) == PQTRANS_INTRANS) {
        char sql[CURSOR_NAME_MAX + 8];
        snprintf(sql, sizeof sql, "CLOSE %s", c->name);
        PQclear(PQexec(db->conn, sql));
    }
    c->fetching = false;
}

/* ---- reading ---- */

static u16 get_u16(const char *in)
{
    return (u16)((u8)in[0] << 8 | (u8)in[1]);
}

/* numeric: count of base-10000 digits, weight of the first, sign, scale, digits. False unless it is a whole number of 128 bits. */
static bool numeric_i128(const char *in, int len, i128 *out)
{
    if (len < 8) return false;
    int digits = get_u16(in), sign = get_u16(in + 4);
    int weight = (i16)get_u16(in + 2);
    u128 n = 0;
    if (len < 8 + 2 * digits || (sign != 0 && sign != 0x4000) || (digits && weight > 9)) return false;
    for (int i = 0; i < digits || (digits && i <= weight); i++) {
        u16 digit = i < digits ? get_u16(in + 8 + 2 * i) : 0;
        if (i > weight) {
            if (digit) return false; /* a fraction */
            continue;
        }
        if (__builtin_mul_overflow(n, (u128)10000, &n) || __builtin_add_overflow(n, (u128)digit, &n)) return false;
    }
    u128 most = (u128)1 << 127;
    if (n > most || (n == most && sign == 0)) return false;
    *out = sign ? (i128)(-n) : (i128)n;
    return true;
}

static err row_check(struct postgres_cursor *c)
{
    const struct db_statement *st = c->base.st;
    i128 w;
    for (int i = 0; i < st->column_count; i++) {
        if (st->column[i] != DB_I128 || PQgetisnull(c->result, c->row, i)) continue;
        if (!numeric_i128(PQgetvalue(c->result, c->row, i), PQgetlength(c->result, c->row, i), &w))
            return err_detail(ERR_CORRUPT, N_("Stored data are not of the kind that the program expects."), "%s: column %d is no whole number of 128 bits",
                              st->name, i + 1);
    }
    return OK;
}

err postgres_step(struct db_cursor *cursor, bool *row)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    if (c->row + 1 >= c->rows && c->fetching && c->rows == FETCH_ROWS) TRY(fetch_more(c));
    *row = ++c->row < c->rows;
    return *row ? row_check(c) : OK;
}

static const char *value_of(struct db_cursor *cursor, int i, int *len)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    *len = PQgetlength(c->result, c->row, i);
    return PQgetvalue(c->result, c->row, i);
}

bool postgres_is_null(struct db_cursor *cursor, int i)
{
    struct postgres_cursor *c = (struct postgres_cursor *)cursor;
    return PQgetisnull(c->result, c->row, i) != 0;
}

i64 postgres_get_i64(struct db_cursor *cursor, int i)
{
    int len;
    const char *in = value_of(cursor, i, &len);
    return len == 8 ? (i64)get_u64(in) : 0;
}

f64 postgres_get_f64(struct db_cursor *cursor, int i)
{
    int len;
    f64 f = 0;
    const char *in = value_of(cursor, i, &len);
    if (len != 8) return 0;
    u64 bits = get_u64(in);
    memcpy(&f, &bits, 8);
    return f;
}

i128 postgres_get_i128(struct db_cursor *cursor, int i)
{
    int len;
    i128 w = 0;
    const char *in = value_of(cursor, i, &len);
    return numeric_i128(in, len, &w) ? w : 0;
}

str postgres_get_str(struct db_cursor *cursor, int i)
{
    int len;
    if (postgres_is_null(cursor, i)) return (str){0};
    const char *in = value_of(cursor, i, &len);
    return str_n(in, len);
}
