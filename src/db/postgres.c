#include "db/postgres.h"

enum { OLDEST_SERVER = 150000 };

/* ---- errors ---- */

static const struct { const char *state; err kind; } kinds[] = {
    {"40001", ERR_RETRY},     /* serialization failure */
    {"40P01", ERR_RETRY},     /* deadlock */
    {"23505", ERR_CONFLICT},  /* unique */
    {"23503", ERR_CONFLICT},  /* foreign key */
    {"23001", ERR_CONFLICT},  /* restrict */
    {"23P01", ERR_CONFLICT},  /* exclusion */
    {"23514", ERR_INVALID},   /* check */
    {"23502", ERR_INVALID},   /* not null */
    {"P0001", ERR_INVALID},   /* raised by a trigger, as SQLite's RAISE(ABORT) */
    {"22021", ERR_INVALID},   /* not UTF-8 */
    {"53100", ERR_FULL},      /* disk full */
    {"53200", ERR_MEMORY},    /* the server's memory */
    {"53300", ERR_BUSY},      /* too many connections */
    {"55P03", ERR_BUSY},      /* lock not available */
    {"57014", ERR_BUSY},      /* cancelled, statement_timeout */
    {"54000", ERR_TOO_LARGE}, /* a row or a value over the server's limits */
    {"25006", ERR_BUG},       /* a write in a read-only transaction */
    {"XX001", ERR_CORRUPT},
    {"XX002", ERR_CORRUPT},
};

static err kind_of(const char *state)
{
    for (isize i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].state, state) == 0) return kinds[i].kind;
    return ERR_IO;
}

static const char *message_of(err e)
{
    switch (e) {
    case ERR_CONFLICT: return N_("This is already there, or something that it belongs with is missing or still in use.");
    case ERR_INVALID: return N_("This value is not allowed.");
    case ERR_RETRY:
    case ERR_BUSY: return N_("Someone else is changing the same things. Please try again in a moment.");
    case ERR_MEMORY: return N_("There is not enough memory for this.");
    case ERR_TOO_LARGE: return N_("This is too large to be stored.");
    case ERR_FULL: return N_("The disk is full. Nothing was changed, and what is stored is safe. Free some space and try again.");
    case ERR_CORRUPT: return N_("The database is damaged. Stop the program and restore it from a backup.");
    case ERR_BUG: return N_("The program tried to write where it may only read.");
    default: return N_("The database could not do this. The log says why.");
    }
}

/* The server's DETAIL is left out: it quotes the values, which may be personal. */
err postgres_result(struct postgres_db *c, const PGresult *r, const char *what)
{
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return OK;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *words = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *constraint = r ? PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME) : NULL;
    err e = state ? kind_of(state) : ERR_IO;
    if (state && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0) && PQtransactionStatus(c->conn) == PQTRANS_INERROR &&
        !c->forget && words && (strcmp(state, "26000") == 0 || strstr(words, "cached plan"))) {
        c->forget = true; /* a migration has run, or a pooler changed servers */
        e = ERR_RETRY;
    }
    return err_detail(e, message_of(e), "%s: %s (%s%s%s)", what, words ? words : PQerrorMessage(c->conn), state ? state : "no answer",
                      constraint ? ", " : "", constraint ? constraint : "");
}

err postgres_exec(struct postgres_db *c, const char *sql, const char *what)
{
    PGresult *r = PQexec(c->conn, sql);
    err e = postgres_result(c, r, what);
    PQclear(r);
    return e;
}

/* ---- connections ---- */

static void no_notice(void *arg, const PGresult *r)
{
    UNUSED(arg);
    UNUSED(r);
}

static err server_accept(struct postgres_db *c)
{
    const char *encoding = PQparameterStatus(c->conn, "server_encoding");
    if (PQserverVersion(c->conn) < OLDEST_SERVER)
        return err_detail(ERR_IO, N_("PostgreSQL 15 or newer is needed."), "server version %d", PQserverVersion(c->conn));
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return err_detail(ERR_IO, N_("The PostgreSQL database must be made with encoding UTF8."), "server_encoding %s", encoding ? encoding : "?");
    return OK;
}

static err connect_anew(struct postgres_db *c)
{
    const struct postgres_pool *p = c->base.pool->engine;
    /* What stands before dbname the URL may change; what stands after it, not. */
    const char *const key[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", NULL};
    const char *const value[] = {"10", "igot", p->url, "UTF8", NULL};
    PQfinish(c->conn);
    postgres_forget_statements(c);
    c->forget = false;
    c->conn = PQconnectdbParams(key, value, 1);
    if (!c->conn) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    if (PQstatus(c->conn) != CONNECTION_OK)
        return err_detail(ERR_IO, N_("The database does not answer."), "connect: %s", PQerrorMessage(c->conn));
    (void)PQsetNoticeReceiver(c->conn, no_notice, NULL);
    return server_accept(c);
}

static err connections_add(struct db_pool *pool, struct lane *lane, int count)
{
    for (int i = 0; i < (count > 1 ? count : 1); i++) {
        struct postgres_db *c = mem_alloc((isize)sizeof *c);
        if (!c) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
        memset(c, 0, sizeof *c);
        pool_add(pool, lane, &c->base);
    }
    return OK;
}

/* Connections are made when first used; the check of the schema that follows uses one. */
static err postgres_pool_open(struct db_pool *pool, const struct db_options *options)
{
    struct postgres_pool *p = mem_alloc((isize)sizeof *p);
    if (!p) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    pool->engine = p;
    p->url = mem_alloc(options->url.len + 1);
    if (!p->url) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    memcpy(p->url, options->url.data, (size_t)options->url.len);
    p->url[options->url.len] = 0;
    char *words = NULL;
    PQconninfoOption *parsed = PQconninfoParse(p->url, &words);
    PQfreemem(words); /* not shown: it may quote the password */
    if (!parsed) return err_set(ERR_INVALID, N_("The PostgreSQL address cannot be read. Give it as postgres://USER@HOST/NAME."));
    PQconninfoFree(parsed);
    TRY(connections_add(pool, pool->reads, options->readers));
    return connections_add(pool, pool->writes, options->writers);
}

static void postgres_pool_close(struct db_pool *pool)
{
    struct postgres_pool *p = pool->engine;
    if (!p) return;
    mem_free(p->url);
    mem_free(p);
}

static void postgres_disconnect(struct db *db)
{
    struct postgres_db *c = (struct postgres_db *)db;
    PQfinish(c->conn);
    mem_free(c);
}

/* ---- transactions ---- */

static const char *const begin_sql[] = {
    [DB_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [DB_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
};

static err postgres_begin(struct db *db, i64 wait_ms)
{
    struct postgres_db *c = (struct postgres_db *)db;
    UNUSED(wait_ms);
    bool fresh = false;
    if (PQstatus(c->conn) != CONNECTION_OK) { /* of NULL as well */
        TRY(connect_anew(c));
        fresh = true;
    }
    if (c->forget) {
        TRY(postgres_exec(c, "DEALLOCATE ALL", "begin"));
        postgres_forget_statements(c);
        c->forget = false;
    }
    err e = postgres_exec(c, begin_sql[db->mode], "begin");
    if (e == OK || fresh || PQstatus(c->conn) == CONNECTION_OK) return e;
    /* The server went away while the connection was idle: nothing is lost by asking again. */
    TRY(connect_anew(c));
    return postgres_exec(c, begin_sql[db->mode], "begin");
}

static err postgres_commit(struct db *db)
{
    struct postgres_db *c = (struct postgres_db *)db;
    PGresult *r = PQexec(c->conn, "COMMIT");
    err e = postgres_result(c, r, "commit");
    if (e == OK && strcmp(PQcmdStatus(r), "COMMIT") != 0)
        e = err_detail(ERR_IO, N_("This could not be saved."), "commit: the server answered %s", PQcmdStatus(r));
    else if (e != OK && PQstatus(c->conn) != CONNECTION_OK)
        e = err_detail(ERR_IO, N_("The database went away while this was being saved. It may or may not have been saved."),
                       "commit: %s", PQerrorMessage(c->conn));
    PQclear(r);
    return e;
}

/* If this fails the connection is past help, and begin makes a new one. */
static void postgres_rollback(struct db *db)
{
    struct postgres_db *c = (struct postgres_db *)db;
    if (PQstatus(c->conn) == CONNECTION_OK && PQtransactionStatus(c->conn) != PQTRANS_IDLE) {
        PGresult *r = PQexec(c->conn, "ROLLBACK");
        if (PQresultStatus(r) != PGRES_COMMAND_OK || PQtransactionStatus(c->conn) != PQTRANS_IDLE) {
            PQfinish(c->conn);
            c->conn = NULL;
            postgres_forget_statements(c);
        }
        PQclear(r);
    }
    db_cursors_reset(db, 0); /* after the rollback, which has closed the server's cursors */
}

static err postgres_savepoint(struct db *db, enum savepoint_verb verb, int depth)
{
    char sql[64];
    switch (verb) {
    case SAVEPOINT_MAKE: snprintf(sql, sizeof sql, "SAVEPOINT s%d", depth); break;
    case SAVEPOINT_RELEASE: snprintf(sql, sizeof sql, "RELEASE s%d", depth); break;
    case SAVEPOINT_ROLLBACK: snprintf(sql, sizeof sql, "ROLLBACK TO s%d; RELEASE s%d", depth, depth); break;
    }
    return postgres_exec((struct postgres_db *)db, sql, "savepoint");
}

static err postgres_script(struct db *db, const char *sql)
{
    db->wrote = true;
    return postgres_exec((struct postgres_db *)db, sql, "script");
}

const struct driver driver_postgres = {
    .engine = DB_POSTGRES,
    .pool_open = postgres_pool_open,
    .pool_close = postgres_pool_close,
    .disconnect = postgres_disconnect,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = postgres_savepoint,
    .script = postgres_script,
    .check = postgres_check,
    .prepare = postgres_prepare,
    .discard = postgres_discard,
    .query = postgres_query,
    .step = postgres_step,
    .reset = postgres_reset,
    .is_null = postgres_is_null,
    .get_i64 = postgres_get_i64,
    .get_f64 = postgres_get_f64,
    .get_i128 = postgres_get_i128,
    .get_str = postgres_get_str,
};
