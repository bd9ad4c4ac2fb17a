/* account.c -- accounts, their roles over time, tokens; and transactions of our own for what must act after its commit. */
#include <pthread.h>
#include <unistd.h>

#include "auth_sql.h"
#include "auth/password.h"

enum { TRIES = 8, NAME_MAX_POINTS = 100 };

/* ---- transactions ---- */

struct attempt { err (*work)(struct db *db, void *arg); struct db *db; void *arg; };

static err attempt_work(void *arg)
{
    struct attempt *t = arg;
    return t->work(t->db, t->arg);
}

static err attempt_once(struct db_pool *pool, enum db_mode mode, err (*work)(struct db *, void *), void *arg)
{
    struct attempt t = {work, NULL, arg};
    TRY(db_begin(pool, mode, &t.db));
    err e = arena_guard(attempt_work, &t);
    if (e == OK) return db_commit(t.db);
    db_rollback(t.db);
    return e;
}

static err attempt_until(struct db_pool *pool, enum db_mode mode, err (*work)(struct db *, void *), void *arg)
{
    err e = ERR_RETRY;
    for (int tried = 0; tried < TRIES && e == ERR_RETRY; tried++) {
        if (tried) usleep((useconds_t)(1000 << tried));
        e = attempt_once(pool, mode, work, arg);
    }
    return e;
}

err auth_transaction(struct db_pool *pool, enum db_mode mode, err (*work)(struct db *db, void *arg), void *arg)
{
    /* Nearly every write here appends to the audit log, whose head is one row: on PostgreSQL two at once would only send each
    ** other back. SQLite's writers wait in turn anyway. */
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    bool in_turn = mode == DB_WRITE && db_pool_engine(pool) == DB_POSTGRES;
    if (in_turn) pthread_mutex_lock(&turn);
    err e = attempt_until(pool, mode, work, arg);
    if (in_turn) pthread_mutex_unlock(&turn);
    return e;
}

/* ---- accounts ---- */

str auth_name_key(struct arena *a, str name)
{
    str in = str_trim(name);
    char *to = arena_alloc(a, in.len, 1);
    isize n = 0;
    for (isize i = 0; i < in.len; i++) {
        char c = in.data[i];
        if (c == '\t' || c == '\n' || c == '\r') c = ' ';
        if (c == ' ' && n && to[n - 1] == ' ') continue;
        if (c >= 'A' && c <= 'Z') c = (char)(c | 32);
        to[n++] = c;
    }
    return str_n(to, n);
}

static void account_copy(struct account_row *out, i64 id, str key, str password, i64 state)
{
    *out = (struct account_row){.found = true, .id = id, .state = state};
    snprintf(out->key, sizeof out->key, "%.*s", STR_ARGS(key));
    if (password.data) snprintf(out->password, sizeof out->password, "%.*s", STR_ARGS(password));
}

static err by_id_row(void *arg, const struct auth_account_by_id_row *row)
{
    account_copy(arg, row->id, row->name_key, row->password, row->state);
    return OK;
}

static err by_key_row(void *arg, const struct auth_account_by_key_row *row)
{
    account_copy(arg, row->id, row->name_key, row->password, row->state);
    return OK;
}

err account_read(struct db *db, i64 id, struct account_row *out)
{
    *out = (struct account_row){0};
    return auth_sql_account_by_id(db, id, by_id_row, out);
}

err account_read_key(struct db *db, str key, struct account_row *out)
{
    *out = (struct account_row){0};
    return auth_sql_account_by_key(db, key, by_key_row, out);
}

static err account_need(struct db *db, i64 id, struct account_row *out)
{
    TRY(account_read(db, id, out));
    return out->found ? OK : err_set(ERR_NOT_FOUND, N_("There is no such account."));
}

static err of_officer_row(void *arg, const struct auth_account_of_officer_row *row)
{
    *(i64 *)arg = row->id;
    return OK;
}

static err account_free(struct db *db, str key, i64 officer)
{
    struct account_row taken;
    TRY(account_read_key(db, key, &taken));
    if (taken.found) return err_set(ERR_CONFLICT, N_("There is an account of this name already. Choose another name."));
    i64 other = 0;
    if (officer) TRY(auth_sql_account_of_officer(db, officer, of_officer_row, &other));
    return other ? err_set(ERR_CONFLICT, N_("This officer has an account already.")) : OK;
}

err auth_account_create(struct db *db, struct arena *a, const struct new_account *n, str hash, i64 now, i64 *account)
{
    str name = str_trim(n->name), key = auth_name_key(a, n->name);
    if (!utf8_valid(name) || name.len == 0 || utf8_count(name) > NAME_MAX_POINTS || key.len > NAME_KEY_MAX)
        return err_set(ERR_INVALID, N_("A user name has 1 to 100 characters."));
    TRY(account_free(db, key, n->officer));
    if (!hash.data && n->password.data) TRY(auth_hash(a, n->password, &hash));
    i64 id = id_new();
    TRY(auth_sql_account_add(db, id, name, key, hash, n->officer ? &n->officer : NULL, str_of(n->language), n->demo, now, NULL));
    *account = id;
    return OK;
}

static err demo_row(void *arg, const struct auth_account_demo_row *row)
{
    *(bool *)arg = row->n > 0;
    return OK;
}

err auth_has_demo(struct db *db, bool *has)
{
    *has = false;
    return auth_sql_account_demo(db, demo_row, has);
}

err auth_unlock(struct db *db, i64 actor, i64 account, i64 now)
{
    struct account_row row;
    TRY(account_need(db, account, &row));
    TRY(auth_sql_failure_clear(db, str_of(row.key), NULL));
    TRY(auth_sql_account_state(db, account, ACCOUNT_ACTIVE, NULL));
    return audit_add(db, actor, "account.unlock", account, S(""), now);
}

err auth_close(struct db *db, i64 actor, i64 account, i64 now)
{
    struct account_row row;
    TRY(account_need(db, account, &row));
    if (row.state == ACCOUNT_CLOSED) return err_set(ERR_CONFLICT, N_("This account is closed already."));
    TRY(auth_sql_account_state(db, account, ACCOUNT_CLOSED, NULL));
    TRY(auth_sql_session_drop_all(db, account, NULL));
    TRY(auth_sql_token_revoke_all(db, account, now, NULL));
    return audit_add(db, actor, "account.close", account, S(""), now);
}

/* ---- roles over time ---- */

static err count_id_row(void *arg, const struct auth_grant_overlap_row *row)
{
    UNUSED(row);
    ++*(int *)arg;
    return OK;
}

static err open_count_row(void *arg, const struct auth_grant_open_count_row *row)
{
    *(i64 *)arg = row->n;
    return OK;
}

static err known_row(void *arg, const struct auth_organisation_known_row *row)
{
    UNUSED(row);
    *(bool *)arg = true;
    return OK;
}

/* Organisation 0 stands for none: a role that reaches everybody needs none, and the first administrator comes before any. */
static err grant_check(struct db *db, i64 account, str role, i64 organisation, i64 from_day, i64 last_day)
{
    struct account_row row;
    TRY(account_need(db, account, &row));
    if (row.state == ACCOUNT_CLOSED) return err_set(ERR_CONFLICT, N_("This account is closed. Open it again before you give it a role."));
    if (!role_find(role)) return err_set(ERR_INVALID, N_("There is no such role. Choose one from the list."));
    if (last_day < from_day) return err_set(ERR_INVALID, N_("The last day lies before the first. Choose a later one."));
    bool known = organisation == 0;
    if (!known) TRY(auth_sql_organisation_known(db, organisation, known_row, &known));
    if (!known) return err_set(ERR_INVALID, N_("There is no such organisation. Check its code."));
    int same = 0;
    TRY(auth_sql_grant_overlap(db, account, role, organisation, from_day, last_day, count_id_row, &same));
    if (same) return err_set(ERR_CONFLICT, N_("This account has this role over this organisation in that time already."));
    i64 others = 0;
    TRY(auth_sql_grant_open_count(db, account, from_day, last_day, open_count_row, &others));
    if (others >= USER_GRANT_MAX) return err_set(ERR_INVALID, N_("An account can have 16 roles at a time. End one that is no longer needed first."));
    return OK;
}

err auth_grant(struct db *db, i64 actor, i64 account, str role, i64 organisation, i64 from_day, const i64 *until_day, i64 now, i64 *grant)
{
    TRY(grant_check(db, account, role, organisation, from_day, until_day ? *until_day : INT64_MAX));
    i64 id = id_new();
    TRY(auth_sql_grant_add(db, id, account, role, organisation, from_day, until_day, actor ? &actor : NULL, now, NULL));
    char detail[160];
    snprintf(detail, sizeof detail, "role %.*s, organisation %lld, grant %lld", STR_ARGS(role), (long long)organisation, (long long)id);
    TRY(audit_add(db, actor, "grant.give", account, str_of(detail), now));
    if (grant) *grant = id;
    return OK;
}

struct held { bool found, has_end; i64 from_day, until_day, organisation; char role[64]; };

static err held_row(void *arg, const struct auth_grant_get_row *row)
{
    struct held *h = arg;
    *h = (struct held){.found = true, .has_end = !row->until_day_null, .from_day = row->from_day, .until_day = row->until_day, .organisation = row->organisation};
    snprintf(h->role, sizeof h->role, "%.*s", STR_ARGS(row->role));
    return OK;
}

err auth_grant_end(struct db *db, i64 actor, i64 account, i64 grant, i64 now)
{
    struct held held = {0};
    i64 yesterday = day_of_ms(now) - 1;
    TRY(auth_sql_grant_get(db, grant, account, held_row, &held));
    if (!held.found) return err_set(ERR_NOT_FOUND, N_("This account has no such role. It may have been ended meanwhile."));
    if (held.has_end && held.until_day <= yesterday) return err_set(ERR_CONFLICT, N_("This role has ended already."));
    if (held.from_day > yesterday) TRY(auth_sql_grant_drop(db, grant, NULL));
    else TRY(auth_sql_grant_end(db, grant, yesterday, NULL));
    char detail[160];
    snprintf(detail, sizeof detail, "role %s, organisation %lld, grant %lld", held.role, (long long)held.organisation, (long long)grant);
    return audit_add(db, actor, "grant.end", account, str_of(detail), now);
}

err grant_read(struct db *db, i64 account, i64 grant, struct user_grant *out)
{
    struct held held = {0};
    TRY(auth_sql_grant_get(db, grant, account, held_row, &held));
    *out = (struct user_grant){.role = held.found ? role_find(str_of(held.role)) : NULL, .organisation = held.organisation};
    return OK;
}

/* ---- tokens ---- */

err auth_token_create(struct db *db, struct arena *a, i64 account, str label, i64 expires, i64 now, str *token)
{
    struct account_row row;
    TRY(account_need(db, account, &row));
    label = str_trim(label);
    if (!utf8_valid(label) || label.len == 0 || utf8_count(label) > LABEL_MAX) return err_set(ERR_INVALID, N_("Say in 1 to 100 characters what the token is for."));
    if (expires <= now) return err_set(ERR_INVALID, N_("Choose a day to come as the token's last."));
    u8 secret[SECRET_BYTES], hash[HASH_BYTES];
    random_bytes(secret, sizeof secret);
    str text = str_format(a, "igot_%.*s", STR_ARGS(base64url(a, secret, sizeof secret)));
    sha256(text.data, text.len, hash);
    TRY(auth_sql_token_add(db, id_new(), str_n((const char *)hash, sizeof hash), account, label, now, expires, NULL));
    TRY(audit_add(db, account, "token.create", account, label, now));
    *token = text;
    return OK;
}

static err token_owner_row(void *arg, const struct auth_token_owner_row *row)
{
    *(i64 *)arg = row->account;
    return OK;
}

err auth_token_revoke(struct db *db, i64 actor, i64 token, i64 now)
{
    i64 owner = 0, changed = 0;
    TRY(auth_sql_token_owner(db, token, token_owner_row, &owner));
    if (owner) TRY(auth_sql_token_revoke(db, token, now, &changed));
    if (!changed) return err_set(ERR_NOT_FOUND, N_("There is no such token, or it was revoked already."));
    return audit_add(db, actor, "token.revoke", owner, S(""), now);
}
