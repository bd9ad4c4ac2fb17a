/* accounts_web.c -- looking after other people's accounts and roles, and reading the audit log. */
#include <pthread.h>

#include "auth_html.h"
#include "auth_sql.h"
#include "auth/auth_web.h"
#include "auth/private.h"

enum { PER_PAGE = 50, CHECK_ROWS = 50000 };

static const i64 CHECK_KEEP_MS = HOUR_MS;

static err no_account(void)
{
    return err_set(ERR_NOT_FOUND, N_("There is no such account, or it lies outside what you may see."));
}

static str state_words(struct request *rq, i64 state, bool has_password)
{
    if (state == ACCOUNT_CLOSED) return tr(rq->lang, N_("Closed"));
    if (state == ACCOUNT_LOCKED) return tr(rq->lang, N_("Locked"));
    return has_password ? tr(rq->lang, N_("Open")) : tr(rq->lang, N_("No password"));
}

static str organisation_words(struct request *rq, str en, str hi)
{
    return rq->lang == LANG_HI && hi.data ? hi : en;
}

/* ---- list ---- */

/* %text% for LIKE, with what LIKE would read as more than itself escaped. */
static str pattern_of(struct arena *a, str q)
{
    str key = auth_name_key(a, q);
    char *to = arena_alloc(a, 2 * key.len + 2, 1);
    isize n = 0;
    to[n++] = '%';
    for (isize i = 0; i < key.len; i++) {
        if (key.data[i] == '%' || key.data[i] == '_' || key.data[i] == '!') to[n++] = '!';
        to[n++] = key.data[i];
    }
    to[n++] = '%';
    return str_n(to, n);
}

static void account_lines(struct request *rq, const struct auth_account_list_rows *rows, struct accounts_view *v)
{
    v->accounts = ARENA_ARRAY(rq->arena, struct account_line, rows->count);
    v->accounts_count = rows->count;
    for (isize i = 0; i < rows->count; i++) {
        const struct auth_account_list_row *row = &rows->row[i];
        v->accounts[i] = (struct account_line){.id = row->id, .user_name = row->name, .name = row->officer_name.data ? row->officer_name : row->name,
                                               .organisation = organisation_words(rq, row->organisation, row->organisation_hi),
                                               .state = state_words(rq, row->state, row->has_password), .roles = row->roles};
    }
}

err accounts_list(struct request *rq)
{
    struct accounts_view v = {.q = in_str(rq, "q")};
    str pattern = pattern_of(rq->arena, v.q);
    i64 everywhere = user_reach(&rq->user, "account.admin") == REACH_ALL;
    struct auth_account_count_row count;
    TRY(auth_sql_account_count(rq->db, rq->arena, pattern, everywhere, rq->user.account, rq->today, &count));
    pager_of(rq, count.n, PER_PAGE, &v.pager);
    v.total = count.n;
    v.page = v.pager.page;
    v.pages = v.pager.pages;
    struct auth_account_list_rows rows;
    TRY(auth_sql_account_list(rq->db, rq->arena, pattern, everywhere, rq->user.account, rq->today, PER_PAGE, (v.page - 1) * PER_PAGE, &rows));
    account_lines(rq, &rows, &v);
    if (request_is_part(rq)) return RESPOND_PART(rq, auth_accounts_part, &v);
    return RESPOND(rq, tr(rq->lang, N_("Accounts and roles")), auth_accounts_page, &v);
}

/* ---- one account ---- */

static err account_find(struct request *rq, struct db *db, const char *permission, struct auth_account_page_row *row)
{
    bool found, sees = false;
    TRY(auth_sql_account_page(db, rq->arena, rq->param[0], row, &found));
    if (found) TRY(account_seen(db, &rq->user, permission, row->officer_null ? 0 : row->officer, &sees));
    return sees ? OK : no_account();
}

/* Nobody unlocks or closes one whose roles reach further than his own: else the head of a unit could shut out who runs the platform. */
static err may_manage(struct request *rq, struct db *db, i64 account, bool *may)
{
    struct user them = {.account = account};
    TRY(grants_read(db, account, rq->today, &them));
    *may = true;
    for (int i = 0; i < them.grants; i++)
        if (!role_within(&rq->user, them.grant[i].role, "account.admin")) *may = false;
    return OK;
}

static void role_choices(struct request *rq, struct account_view *v)
{
    v->choices = ARENA_ARRAY(rq->arena, struct role_choice, role_count());
    str typed = rq->route->method == POST ? in_raw(rq, "role") : (str){0};
    for (int i = 0; i < role_count(); i++) {
        const struct role *role = role_at(i);
        if (!role_within(&rq->user, role, "role.grant")) continue;
        str code = str_of(role_code(role));
        v->choices[v->choices_count++] = (struct role_choice){code, tr(rq->lang, role_title(role_code(role))), str_eq(code, typed)};
    }
}

static err account_fill(struct request *rq, struct db *db, const struct auth_account_page_row *row, struct account_view *v)
{
    bool may;
    bool self = row->id == rq->user.account;
    i64 failures = row->failures_null ? 0 : row->failures;
    TRY(may_manage(rq, db, row->id, &may));
    *v = (struct account_view){.id = row->id, .officer = row->officer_null ? 0 : row->officer, .user_name = row->name, .name = row->officer_name.data ? row->officer_name : row->name,
                               .demo = row->demo, .created = row->created, .password_changed = row->password_changed, .failures = failures};
    v->organisation = organisation_words(rq, row->organisation, row->organisation_hi);
    v->state = state_words(rq, row->state, row->has_password);
    v->closed = row->state == ACCOUNT_CLOSED;
    v->waits = failures && signin_wait(failures, row->last_failure, rq->now) > 0;
    v->may_open = may && (row->state != ACCOUNT_ACTIVE || failures >= FREE_FAILURES);
    v->may_close = may && !self && !v->closed;
    v->may_grant = !self && !v->closed && user_reach(&rq->user, "role.grant") != REACH_NONE;
    if (v->may_grant) role_choices(rq, v);
    return role_views(rq, db, row->id, !self, &v->roles, &v->roles_count);
}

struct account_reading { struct request *rq; struct account_view *view; const char *permission; };

static err account_read_view(struct db *db, void *arg)
{
    struct account_reading *r = arg;
    struct auth_account_page_row row;
    TRY(account_find(r->rq, db, r->permission, &row));
    return account_fill(r->rq, db, &row, r->view);
}

static err account_answer(struct request *rq, struct account_view *v)
{
    return RESPOND(rq, v->name, auth_account_page, v);
}

err account_show(struct request *rq)
{
    struct account_view v;
    struct account_reading r = {rq, &v, "account.admin"};
    TRY(account_read_view(rq->db, &r));
    return account_answer(rq, &v);
}

err account_back(struct request *rq)
{
    return respond_redirect(rq, "/accounts/%lld", (long long)rq->param[0]);
}

/* ---- unlock, close ---- */

static err managed(struct request *rq, struct db *db)
{
    struct auth_account_page_row row;
    bool may;
    TRY(account_find(rq, db, "account.admin", &row));
    TRY(may_manage(rq, db, row.id, &may));
    return may ? OK : err_set(ERR_DENIED, N_("This account has a role that reaches further than yours. Ask somebody whose role reaches as far."));
}

static err unlock_work(struct db *db, void *arg)
{
    struct request *rq = arg;
    TRY(managed(rq, db));
    return auth_unlock(db, rq->user.account, rq->param[0], rq->now);
}

err account_unlock(struct request *rq)
{
    TRY(auth_change(rq, rq->param[0], unlock_work, rq));
    flash(rq, N_("The account is open: its owner can sign in now."));
    return account_back(rq);
}

static err close_work(struct db *db, void *arg)
{
    struct request *rq = arg;
    TRY(managed(rq, db));
    if (rq->param[0] == rq->user.account) return err_set(ERR_DENIED, N_("You cannot close your own account. Ask another administrator."));
    return auth_close(db, rq->user.account, rq->param[0], rq->now);
}

err account_close(struct request *rq)
{
    TRY(auth_change(rq, rq->param[0], close_work, rq));
    flash(rq, N_("The account is closed: nobody can sign in to it, and it is signed out everywhere."));
    return account_back(rq);
}

/* ---- roles ---- */

struct giving { struct request *rq; const char *field; };

static err code_row(void *arg, const struct auth_organisation_by_code_row *row)
{
    *(i64 *)arg = row->id;
    return OK;
}

static err giving_fault(struct giving *g, const char *field, const char *message)
{
    g->field = field;
    return err_set(ERR_INVALID, message);
}

/* A role that reaches a unit or a provider has to say which. */
static bool needs_organisation(const struct role *role)
{
    const char *permission;
    enum reach reach = REACH_NONE;
    for (int i = 0; i < role_rights(role); i++) {
        role_right(role, i, &permission, &reach);
        if (reach == REACH_UNIT || reach == REACH_PROVIDER) return true;
    }
    return false;
}

/* No organisation is right only for who may give a role over all of them. */
static err giving_organisation(struct giving *g, struct db *db, const struct role *role, i64 *organisation)
{
    struct request *rq = g->rq;
    str code = in_str(rq, "organisation");
    bool sees = false;
    *organisation = 0;
    if (!code.data && user_reach(&rq->user, "role.grant") == REACH_ALL && !needs_organisation(role)) return OK;
    if (!code.data) return giving_fault(g, "organisation", N_("Enter the organisation's code."));
    TRY(auth_sql_organisation_by_code(db, code, code_row, organisation));
    if (*organisation) TRY(user_sees_organisation(db, &rq->user, "role.grant", *organisation, &sees));
    return sees ? OK : giving_fault(g, "organisation", N_("There is no organisation of this code within your reach. Check the code."));
}

static err giving_days(struct giving *g, i64 *from, i64 *until, bool *ends)
{
    *from = g->rq->today;
    (void)in_i64(g->rq, "from", from);
    *ends = in_i64(g->rq, "until", until);
    if (*from < g->rq->today) return giving_fault(g, "from", N_("A role cannot begin in the past. Choose today or a later day."));
    if (*ends && *until < *from) return giving_fault(g, "until", N_("The last day lies before the first. Choose a later one."));
    return OK;
}

static err grant_work(struct db *db, void *arg)
{
    struct giving *g = arg;
    struct request *rq = g->rq;
    struct auth_account_page_row row;
    i64 organisation, from, until = 0;
    bool ends;
    g->field = NULL;
    TRY(account_find(rq, db, "role.grant", &row));
    if (row.id == rq->user.account) return err_set(ERR_DENIED, N_("You cannot give yourself a role. Ask another administrator."));
    str code = in_str(rq, "role");
    const struct role *role = role_find(code);
    if (!role || !role_within(&rq->user, role, "role.grant")) return giving_fault(g, "role", N_("You cannot give this role. Choose one from the list."));
    TRY(giving_organisation(g, db, role, &organisation));
    TRY(giving_days(g, &from, &until, &ends));
    err e = auth_grant(db, rq->user.account, row.id, code, organisation, from, ends ? &until : NULL, rq->now, NULL);
    if (e == ERR_INVALID || e == ERR_CONFLICT) g->field = "role";
    return e;
}

static err grant_form(struct request *rq)
{
    struct account_view v;
    struct account_reading r = {rq, &v, "role.grant"};
    TRY(auth_transaction(rq->pool, DB_READ, account_read_view, &r));
    v.organisation_typed = in_raw(rq, "organisation");
    v.from_typed = in_raw(rq, "from");
    v.until_typed = in_raw(rq, "until");
    v.role_error = form_error_of(rq, "role");
    v.organisation_error = form_error_of(rq, "organisation");
    v.from_error = form_error_of(rq, "from");
    v.until_error = form_error_of(rq, "until");
    return account_answer(rq, &v);
}

err account_grant(struct request *rq)
{
    if (form_bad(rq)) return grant_form(rq);
    struct giving g = {.rq = rq};
    err e = auth_change(rq, rq->param[0], grant_work, &g);
    if (e != OK && g.field && !request_wants_json(rq)) {
        form_error(rq, g.field, err_message());
        return grant_form(rq);
    }
    TRY(e);
    flash(rq, N_("The role is given."));
    return account_back(rq);
}

static err grant_end_work(struct db *db, void *arg)
{
    struct request *rq = arg;
    struct auth_account_page_row row;
    struct user_grant grant;
    bool sees = false;
    TRY(account_find(rq, db, "role.grant", &row));
    if (row.id == rq->user.account) return err_set(ERR_DENIED, N_("You cannot end a role of your own. Ask another administrator."));
    TRY(grant_read(db, row.id, rq->param[1], &grant));
    if (grant.role && role_within(&rq->user, grant.role, "role.grant")) TRY(user_sees_organisation(db, &rq->user, "role.grant", grant.organisation, &sees));
    if (!sees) return err_set(ERR_NOT_FOUND, N_("There is no such role that you could end."));
    return auth_grant_end(db, rq->user.account, row.id, rq->param[1], rq->now);
}

err account_grant_end(struct request *rq)
{
    TRY(auth_change(rq, rq->param[0], grant_end_work, rq));
    flash(rq, N_("The role is ended."));
    return account_back(rq);
}

/* ---- audit ---- */

/* A short log is read whole each time; a long one at most once an hour, and the page says when. */
static err verdict_of(struct request *rq, i64 rows, struct audit_view *v)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct { struct audit_verdict verdict; i64 at; } kept;
    struct audit_verdict verdict;
    pthread_mutex_lock(&lock);
    verdict = kept.verdict;
    v->checked_at = kept.at;
    pthread_mutex_unlock(&lock);
    bool fresh = v->checked_at && rq->now >= v->checked_at && rq->now - v->checked_at < CHECK_KEEP_MS;
    if (rows <= CHECK_ROWS || !fresh) {
        TRY(audit_check(rq->db, &verdict));
        v->checked_at = rq->now;
        pthread_mutex_lock(&lock);
        kept.verdict = verdict;
        kept.at = rq->now;
        pthread_mutex_unlock(&lock);
    }
    v->whole = verdict.broken_at == 0;
    v->broken_at = verdict.broken_at;
    v->checked_rows = verdict.rows;
    v->what = verdict.what ? tr(rq->lang, verdict.what) : (str){0};
    return OK;
}

static str action_words(struct request *rq, str action)
{
    return tr(rq->lang, audit_words(str_z(rq->arena, action)));
}

static void audit_lines(struct request *rq, const struct auth_audit_page_rows *rows, struct audit_view *v)
{
    v->lines = ARENA_ARRAY(rq->arena, struct audit_line, rows->count);
    v->lines_count = rows->count;
    for (isize i = 0; i < rows->count; i++) {
        const struct auth_audit_page_row *row = &rows->row[i];
        struct audit_line *to = &v->lines[i];
        *to = (struct audit_line){.seq = row->seq, .at = row->at, .actor = row->actor, .actor_null = row->actor_null, .subject = row->subject, .subject_null = row->subject_null,
                                  .actor_name = row->actor_name, .action = row->action, .subject_name = row->subject_name, .detail = row->detail};
        to->words = action_words(rq, row->action);
        to->hash = hex(rq->arena, (const u8 *)row->hash.data, row->hash.len);
        to->hash_short = str_slice(to->hash, 0, 8);
    }
}

static err audit_actions(struct request *rq, str chosen, struct audit_view *v)
{
    struct auth_audit_actions_rows rows;
    TRY(auth_sql_audit_actions(rq->db, rq->arena, &rows));
    v->actions = ARENA_ARRAY(rq->arena, struct audit_action, rows.count);
    v->actions_count = rows.count;
    for (isize i = 0; i < rows.count; i++)
        v->actions[i] = (struct audit_action){rows.row[i].action, action_words(rq, rows.row[i].action), str_eq(rows.row[i].action, chosen)};
    return OK;
}

err audit_list(struct request *rq)
{
    struct audit_view v = {0};
    str action = in_str(rq, "action");
    if (!action.data) action = S("");
    struct auth_audit_count_row count, all;
    TRY(auth_sql_audit_count(rq->db, rq->arena, action, &count));
    TRY(auth_sql_audit_count(rq->db, rq->arena, S(""), &all));
    pager_of(rq, count.n, PER_PAGE, &v.pager);
    v.total = count.n;
    v.page = v.pager.page;
    v.pages = v.pager.pages;
    struct auth_audit_page_rows rows;
    TRY(auth_sql_audit_page(rq->db, rq->arena, action, PER_PAGE, (v.page - 1) * PER_PAGE, &rows));
    audit_lines(rq, &rows, &v);
    TRY(audit_actions(rq, action, &v));
    TRY(verdict_of(rq, all.n, &v));
    return RESPOND(rq, tr(rq->lang, N_("Audit log")), auth_audit_page, &v);
}
