/* lookup.c -- accounts and tokens for the command line. */
#include "auth/auth.h"
#include "auth_lookup_sql.h"

err auth_account_by_name(struct db *db, struct arena *a, str name, i64 *account)
{
    struct auth_lookup_account_by_name_row row;
    bool found;
    TRY(auth_lookup_sql_account_by_name(db, a, auth_name_key(a, name), &row, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no account of this name."));
    *account = row.id;
    return OK;
}

err auth_tokens_of(struct db *db, struct arena *a, i64 account, struct auth_token_list *out)
{
    struct auth_lookup_tokens_rows rows;
    TRY(auth_lookup_sql_tokens(db, a, account, &rows));
    out->row = ARENA_ARRAY(a, struct auth_token, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct auth_lookup_tokens_row *r = &rows.row[i];
        out->row[i] = (struct auth_token){r->id, r->label, r->created, r->expires, !r->revoked_null};
    }
    return OK;
}
