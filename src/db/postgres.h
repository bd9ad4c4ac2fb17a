/* postgres.h -- what postgres.c (connections, transactions) and postgres_statement.c share. Private to src/db. */
#ifndef IGOT_DB_POSTGRES_H
#define IGOT_DB_POSTGRES_H

#include <libpq-fe.h>

#include "db/driver.h"

struct postgres_db {
    struct db base;
    PGconn *conn;  /* NULL until first used */
    bool forget;   /* the server's prepared statements no longer fit: drop them before the next transaction */
};

struct postgres_pool { char *url; };

/* OK, or the kind and message of what went wrong; `what` names the statement or the step. `r` may be NULL. */
err postgres_result(struct postgres_db *c, const PGresult *r, const char *what);
/* Runs SQL without parameters and looks only at whether it went well. */
err postgres_exec(struct postgres_db *c, const char *sql, const char *what);
/* The connection or its prepared statements are gone: each is prepared again when next used. */
void postgres_forget_statements(struct postgres_db *c);

err postgres_prepare(struct db *db, const struct db_statement *st, struct db_cursor **out);
void postgres_discard(struct db_cursor *cursor);
err postgres_check(struct db *db, const struct db_statement *st);
err postgres_query(struct db_cursor *cursor, const struct db_value *param, i64 *changes);
err postgres_step(struct db_cursor *cursor, bool *row);
void postgres_reset(struct db_cursor *cursor);
bool postgres_is_null(struct db_cursor *cursor, int i);
i64 postgres_get_i64(struct db_cursor *cursor, int i);
f64 postgres_get_f64(struct db_cursor *cursor, int i);
i128 postgres_get_i128(struct db_cursor *cursor, int i);
str postgres_get_str(struct db_cursor *cursor, int i);

#endif
