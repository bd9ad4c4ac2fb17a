/* auth_web.c -- sign-in and out, one's own account, the language; and the table of routes. */
#include "auth_html.h"
#include "auth_sql.h"
#include "auth/auth_web.h"
#include "auth/private.h"

enum { YEAR_S = 365 * 86400, NEXT_MAX = 500 };

/* ---- where to go next ---- */

/* A path of this site, as browsers read it: they take '\' for '/', and drop control characters. */
static bool path_is_ours(str path)
{
    if (path.len < 1 || path.len > NEXT_MAX || path.data[0] != '/') return false;
    if (path.len > 1 && path.data[1] == '/') return false;
    for (isize i = 0; i < path.len; i++) {
        u8 c = (u8)path.data[i];
        if (c <= 0x20 || c >= 0x7F || c == '\\') return false;
    }
    return true;
}

static str next_of(struct request *rq)
{
    str next = in_str(rq, "next");
    return path_is_ours(next) ? next : (str){0};
}

static err go_next(struct request *rq, i64 officer)
{
    str next = next_of(rq);
    if (!next.data) next = officer ? S("/home") : S("/");
    return respond_redirect(rq, "%.*s", STR_ARGS(next));
}

/* ---- sign-in ---- */

static err sign_in_show(struct request *rq)
{
    struct sign_in_view v = {.next = next_of(rq), .csrf = str_of(rq->user.csrf)};
    if (rq->route->method == POST) v.name = in_str(rq, "name");
    v.name_error = form_error_of(rq, "name");
    v.password_error = form_error_of(rq, "password");
    return RESPOND(rq, tr(rq->lang, N_("Sign in")), auth_sign_in_page, &v);
}

static err sign_in(struct request *rq)
{
    if (rq->user.account) return go_next(rq, rq->user.officer);
    return sign_in_show(rq);
}

static err sign_in_post(struct request *rq)
{
    if (form_bad(rq)) return sign_in_show(rq);
    str cookie = {0};
    err e = auth_sign_in(rq->pool, rq->arena, in_str(rq, "name"), in_str(rq, "password"), rq->address, request_header(rq, "User-Agent"), rq->now, &cookie);
    if ((e == ERR_SIGN_IN || e == ERR_BUSY) && !request_wants_json(rq)) {
        form_error(rq, "name", err_message());
        return sign_in_show(rq);
    }
    TRY(e);
    struct user user;
    TRY(auth_user_of_cookie(rq->pool, cookie, rq->now, &user));
    respond_cookie(rq, "igot_session", cookie, SESSION_MS / SECOND_MS);
    return go_next(rq, user.officer);
}

/* ---- signing out ---- */

err auth_change(struct request *rq, i64 account, err (*work)(struct db *db, void *arg), void *arg)
{
    TRY(auth_transaction(rq->pool, DB_WRITE, work, arg));
    auth_forget(account);
    return OK;
}

static err signed_out(struct request *rq, const char *message)
{
    respond_cookie(rq, "igot_session", S(""), -1);
    flash(rq, message);
    return respond_redirect(rq, "/sign-in");
}

static err sign_out_work(struct db *db, void *arg)
{
    const struct request *rq = arg;
    return auth_sign_out(db, rq->user.session);
}

static err sign_out(struct request *rq)
{
    TRY(auth_change(rq, rq->user.account, sign_out_work, rq));
    return signed_out(rq, N_("You are signed out."));
}

static err sign_out_everywhere_work(struct db *db, void *arg)
{
    const struct request *rq = arg;
    return auth_sign_out_everywhere(db, rq->user.account);
}

static err sign_out_everywhere(struct request *rq)
{
    TRY(auth_change(rq, rq->user.account, sign_out_everywhere_work, rq));
    return signed_out(rq, N_("You are signed out on every device."));
}

static err session_end_work(struct db *db, void *arg)
{
    struct request *rq = arg;
    return session_end(db, rq->arena, rq->user.account, rq->param_name[0], rq->now);
}

static err session_end_post(struct request *rq)
{
    TRY(auth_change(rq, rq->user.account, session_end_work, rq));
    flash(rq, N_("That device is signed out."));
    return respond_redirect(rq, "/account");
}

/* ---- one's own account ---- */

static bool holds(str s, const char *part)
{
    return str_find(s, str_of(part)) >= 0;
}

/* What people call it. The order matters: most browsers also claim to be those that follow. */
static str device_words(struct request *rq, str agent)
{
    static const char *const browser[][2] = {{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}};
    static const char *const system[][2] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}};
    const char *b = NULL, *s = NULL;
    for (isize i = 0; i < COUNT_OF(browser) && !b; i++)
        if (holds(agent, browser[i][0])) b = browser[i][1];
    for (isize i = 0; i < COUNT_OF(system) && !s; i++)
        if (holds(agent, system[i][0])) s = system[i][1];
    if (b && s) return tr_format(rq->arena, rq->lang, N_("{1} on {2}"), (struct fmt[]){lit(b), lit(s)}, 2);
    if (b || s) return str_of(b ? b : s);
    return tr(rq->lang, N_("Another program"));
}

static err session_views(struct request *rq, struct db *db, struct own_view *v)
{
    struct auth_session_of_account_rows rows;
    TRY(auth_sql_session_of_account(db, rq->arena, rq->user.account, rq->now, rq->now - SESSION_IDLE_MS, &rows));
    v->sessions = ARENA_ARRAY(rq->arena, struct session_view, rows.count);
    v->sessions_count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct auth_session_of_account_row *row = &rows.row[i];
        struct session_view *to = &v->sessions[i];
        i64 idle = row->seen + SESSION_IDLE_MS;
        to->key = str_slice(hex(rq->arena, (const u8 *)row->token_hash.data, row->token_hash.len), 0, 16);
        to->device = device_words(rq, row->agent);
        to->address = row->address;
        to->created = row->created;
        to->this_one = !rq->user.token && str_eq(row->token_hash, str_n((const char *)rq->user.session, HASH_BYTES));
        to->seen = to->this_one ? rq->now : row->seen;
        to->expires = row->expires < idle ? row->expires : idle;
    }
    return OK;
}

static struct right_view *right_views(struct request *rq, const struct role *role, isize *count)
{
    int n = role_rights(role);
    struct right_view *out = ARENA_ARRAY(rq->arena, struct right_view, n);
    for (int i = 0; i < n; i++) {
        const char *permission;
        enum reach reach;
        role_right(role, i, &permission, &reach);
        out[i] = (struct right_view){tr(rq->lang, permission_words(permission)), tr(rq->lang, reach_words(reach))};
    }
    *count = n;
    return out;
}

static err role_view_of(struct request *rq, struct db *db, const struct auth_grant_of_account_row *row, bool manages, struct role_view *to)
{
    const struct role *role = role_find(row->role);
    *to = (struct role_view){.id = row->id, .organisation_id = row->organisation, .role = row->role, .organisation_code = row->code, .granted_by = row->granted_by,
                             .from_day = row->from_day, .until_day = row->until_day, .until_day_null = row->until_day_null};
    to->title = tr(rq->lang, role_title(str_z(rq->arena, row->role)));
    to->organisation = rq->lang == LANG_HI && row->title_hi.data ? row->title_hi : row->title.data ? row->title : row->code;
    to->over = !row->until_day_null && row->until_day < rq->today;
    to->to_come = row->from_day > rq->today;
    if (role) to->rights = right_views(rq, role, &to->rights_count);
    if (!manages || !role || to->over || !role_within(&rq->user, role, "role.grant")) return OK;
    return user_sees_organisation(db, &rq->user, "role.grant", row->organisation, &to->may_end);
}

err role_views(struct request *rq, struct db *db, i64 account, bool manages, struct role_view **out, isize *count)
{
    struct auth_grant_of_account_rows rows;
    TRY(auth_sql_grant_of_account(db, rq->arena, account, &rows));
    *out = ARENA_ARRAY(rq->arena, struct role_view, rows.count);
    *count = rows.count;
    for (isize i = 0; i < rows.count; i++) TRY(role_view_of(rq, db, &rows.row[i], manages, &(*out)[i]));
    return OK;
}

struct own_reading { struct request *rq; struct own_view *view; };

static err own_read(struct db *db, void *arg)
{
    struct own_reading *r = arg;
    struct request *rq = r->rq;
    struct auth_account_page_row row;
    bool found;
    TRY(auth_sql_account_page(db, rq->arena, rq->user.account, &row, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such account."));
    struct own_view *v = r->view;
    v->account = row.id;
    v->officer = row.officer_null ? 0 : row.officer;
    v->user_name = row.name;
    v->name = row.officer_name.data ? row.officer_name : row.name;
    v->organisation = rq->lang == LANG_HI && row.organisation_hi.data ? row.organisation_hi : row.organisation;
    v->language = row.language;
    v->password_changed = row.password_changed;
    TRY(session_views(rq, db, v));
    return role_views(rq, db, rq->user.account, false, &v->roles, &v->roles_count);
}

static err own_show(struct request *rq)
{
    struct own_view v = {.old_error = form_error_of(rq, "old"), .new_error = form_error_of(rq, "new")};
    struct own_reading r = {rq, &v};
    TRY(rq->db ? own_read(rq->db, &r) : auth_transaction(rq->pool, DB_READ, own_read, &r));
    return RESPOND(rq, tr(rq->lang, N_("Your account")), auth_own_page, &v);
}

/* ---- password ---- */

struct again { struct request *rq; str cookie; };

static err sign_in_again(struct db *db, void *arg)
{
    struct again *g = arg;
    struct request *rq = g->rq;
    return session_open(db, rq->arena, rq->user.account, rq->address ? rq->address : "", request_header(rq, "User-Agent"), rq->now, &g->cookie);
}

/* Every session has ended, whoever's it was; the one who has just shown both passwords gets a fresh one. */
static err password_post(struct request *rq)
{
    if (form_bad(rq)) return own_show(rq);
    err e = auth_change_password(rq->pool, rq->user.account, in_str(rq, "old"), in_str(rq, "new"), rq->now);
    if ((e == ERR_DENIED || e == ERR_INVALID || e == ERR_BUSY) && !request_wants_json(rq)) {
        form_error(rq, e == ERR_INVALID ? "new" : "old", err_message());
        return own_show(rq);
    }
    TRY(e);
    if (!rq->user.token) {
        struct again g = {.rq = rq};
        TRY(auth_transaction(rq->pool, DB_WRITE, sign_in_again, &g));
        respond_cookie(rq, "igot_session", g.cookie, SESSION_MS / SECOND_MS);
    }
    flash(rq, N_("Your password is changed. Other devices are signed out."));
    return respond_redirect(rq, "/account");
}

static err own_back(struct request *rq)
{
    return respond_redirect(rq, "/account");
}

/* ---- language ---- */

static err language_work(struct db *db, void *arg)
{
    struct request *rq = arg;
    return auth_sql_account_language(db, rq->user.account, in_str(rq, "language"), NULL);
}

static err language_post(struct request *rq)
{
    if (form_bad(rq)) return err_set(ERR_INVALID, N_("Choose English or Hindi."));
    if (rq->user.account) TRY(auth_change(rq, rq->user.account, language_work, rq));
    respond_cookie(rq, "igot_lang", in_str(rq, "language"), YEAR_S);
    return go_next(rq, 0);
}

/* ---- shapes ---- */

static const struct shape_field sign_in_fields[] = {FIELD(SHAPE_STR, sign_in_view, next), FIELD(SHAPE_STR, sign_in_view, csrf), FIELD_END};
const struct shape sign_in_shape = {"SignIn", sizeof(struct sign_in_view), sign_in_fields};

static const struct shape_field session_fields[] = {
    FIELD(SHAPE_STR, session_view, key), FIELD(SHAPE_STR, session_view, device), FIELD(SHAPE_STR, session_view, address), FIELD(SHAPE_TIME, session_view, created),
    FIELD(SHAPE_TIME, session_view, seen), FIELD(SHAPE_TIME, session_view, expires), FIELD(SHAPE_BOOL, session_view, this_one), FIELD_END};
static const struct shape session_shape = {"Session", sizeof(struct session_view), session_fields};

static const struct shape_field right_fields[] = {FIELD(SHAPE_STR, right_view, may), FIELD(SHAPE_STR, right_view, reach), FIELD_END};
static const struct shape right_shape = {"Right", sizeof(struct right_view), right_fields};

static const struct shape_field role_fields[] = {
    FIELD(SHAPE_ID, role_view, id), FIELD(SHAPE_STR, role_view, role), FIELD(SHAPE_STR, role_view, title), FIELD(SHAPE_ID, role_view, organisation_id),
    FIELD(SHAPE_STR, role_view, organisation_code), FIELD(SHAPE_STR, role_view, organisation), FIELD(SHAPE_DAY, role_view, from_day), FIELD_NULL(SHAPE_DAY, role_view, until_day),
    FIELD(SHAPE_STR, role_view, granted_by), FIELD(SHAPE_BOOL, role_view, over), FIELD_LIST(role_view, rights, rights_count, &right_shape), FIELD_END};
static const struct shape role_shape = {"RoleGrant", sizeof(struct role_view), role_fields};

static const struct shape_field own_fields[] = {
    FIELD(SHAPE_ID, own_view, account), FIELD(SHAPE_ID, own_view, officer), FIELD(SHAPE_STR, own_view, user_name), FIELD(SHAPE_STR, own_view, name),
    FIELD(SHAPE_STR, own_view, organisation), FIELD(SHAPE_STR, own_view, language), FIELD(SHAPE_TIME, own_view, password_changed),
    FIELD_LIST(own_view, sessions, sessions_count, &session_shape), FIELD_LIST(own_view, roles, roles_count, &role_shape), FIELD_END};
const struct shape own_shape = {"OwnAccount", sizeof(struct own_view), own_fields};

static const struct shape_field account_line_fields[] = {
    FIELD(SHAPE_ID, account_line, id), FIELD(SHAPE_STR, account_line, user_name), FIELD(SHAPE_STR, account_line, name), FIELD(SHAPE_STR, account_line, organisation),
    FIELD(SHAPE_STR, account_line, state), FIELD(SHAPE_I64, account_line, roles), FIELD_END};
static const struct shape account_line_shape = {"AccountLine", sizeof(struct account_line), account_line_fields};

static const struct shape_field accounts_fields[] = {
    FIELD(SHAPE_I64, accounts_view, total), FIELD(SHAPE_I64, accounts_view, page), FIELD(SHAPE_I64, accounts_view, pages),
    FIELD_LIST(accounts_view, accounts, accounts_count, &account_line_shape), FIELD_END};
const struct shape accounts_shape = {"Accounts", sizeof(struct accounts_view), accounts_fields};

static const struct shape_field account_fields[] = {
    FIELD(SHAPE_ID, account_view, id), FIELD(SHAPE_ID, account_view, officer), FIELD(SHAPE_STR, account_view, user_name), FIELD(SHAPE_STR, account_view, name),
    FIELD(SHAPE_STR, account_view, organisation), FIELD(SHAPE_STR, account_view, state), FIELD(SHAPE_I64, account_view, failures), FIELD(SHAPE_TIME, account_view, created),
    FIELD(SHAPE_TIME, account_view, password_changed), FIELD_LIST(account_view, roles, roles_count, &role_shape), FIELD_END};
const struct shape account_shape = {"Account", sizeof(struct account_view), account_fields};

static const struct shape_field audit_line_fields[] = {
    FIELD(SHAPE_I64, audit_line, seq), FIELD(SHAPE_TIME, audit_line, at), FIELD_NULL(SHAPE_ID, audit_line, actor), FIELD(SHAPE_STR, audit_line, actor_name),
    FIELD(SHAPE_STR, audit_line, action), FIELD_NULL(SHAPE_ID, audit_line, subject), FIELD(SHAPE_STR, audit_line, subject_name), FIELD(SHAPE_STR, audit_line, detail),
    FIELD(SHAPE_STR, audit_line, hash), FIELD_END};
static const struct shape audit_line_shape = {"AuditLine", sizeof(struct audit_line), audit_line_fields};

static const struct shape_field audit_fields[] = {
    FIELD(SHAPE_I64, audit_view, total), FIELD(SHAPE_I64, audit_view, page), FIELD(SHAPE_I64, audit_view, pages), FIELD(SHAPE_BOOL, audit_view, whole),
    FIELD(SHAPE_I64, audit_view, checked_rows), FIELD(SHAPE_TIME, audit_view, checked_at), FIELD(SHAPE_I64, audit_view, broken_at), FIELD(SHAPE_STR, audit_view, what),
    FIELD_LIST(audit_view, lines, lines_count, &audit_line_shape), FIELD_END};
const struct shape audit_shape = {"AuditLog", sizeof(struct audit_view), audit_fields};

/* ---- routes ---- */

#define INPUT_CSRF {"csrf", IN_LINE, false, 0, 64, NULL, NULL}
#define INPUT_NEXT {"next", IN_LINE, false, 0, NEXT_MAX, NULL, NULL}
#define INPUT_PAGE {"page", IN_LINE, false, 0, 20, NULL, NULL}

static const struct input csrf_input[] = {INPUT_CSRF, INPUT_END};
static const struct input next_input[] = {INPUT_NEXT, INPUT_END};
static const struct input sign_in_input[] = {
    INPUT_CSRF, INPUT_NEXT,
    {"name", IN_LINE, true, 1, 100, NULL, N_("Enter your user name.")},
    {"password", IN_SECRET, true, 1, 0, NULL, N_("Enter your password.")},
    INPUT_END};
static const struct input password_input[] = {
    INPUT_CSRF,
    {"old", IN_SECRET, true, 1, 0, NULL, N_("Enter your present password.")},
    {"new", IN_SECRET, true, 1, 0, NULL, N_("Enter the new password.")},
    INPUT_END};
static const struct input language_input[] = {INPUT_CSRF, INPUT_NEXT, {"language", IN_CHOICE, true, 0, 0, "en|hi", N_("Choose English or Hindi.")}, INPUT_END};
static const struct input accounts_input[] = {INPUT_PAGE, {"q", IN_LINE, false, 0, 100, NULL, N_("Search with at most 100 characters.")}, INPUT_END};
static const struct input grant_input[] = {
    INPUT_CSRF,
    {"role", IN_LINE, true, 1, 40, NULL, N_("Choose a role.")},
    {"organisation", IN_LINE, false, 0, 100, NULL, N_("Enter the organisation's code.")},
    {"from", IN_DAY, false, 0, 0, NULL, N_("Enter the first day as 2026-11-23.")},
    {"until", IN_DAY, false, 0, 0, NULL, N_("Enter the last day as 2026-11-23, or nothing.")},
    INPUT_END};
static const struct input audit_input[] = {INPUT_PAGE, {"action", IN_LINE, false, 0, 60, NULL, N_("Choose an action from the list.")}, INPUT_END};

extern const struct route auth_routes[];
const struct route auth_routes[] = {
    {INLINE, GET, "/sign-in", PUBLIC, sign_in, next_input, &sign_in_shape, "The form to sign in with, and its CSRF token."},
    {LONG, POST, "/sign-in", PUBLIC, sign_in_post, sign_in_input, NULL, "Sign in; answers with the cookie igot_session."},
    {LONG, POST, "/sign-out", SIGNED_IN, sign_out, csrf_input, NULL, "End this session."},
    {READ, GET, "/account", SIGNED_IN, own_show, NULL, &own_shape, "One's own account: sessions, roles and their reach."},
    {INLINE, GET, "/account/password", SIGNED_IN, own_back, NULL, NULL, "Back to the account."},
    {LONG, POST, "/account/password", SIGNED_IN, password_post, password_input, NULL, "Change one's own password."},
    {LONG, POST, "/account/sign-out-everywhere", SIGNED_IN, sign_out_everywhere, csrf_input, NULL, "End all one's own sessions."},
    {LONG, POST, "/account/sessions/*session/end", SIGNED_IN, session_end_post, csrf_input, NULL, "End one of one's own sessions."},
    {LONG, POST, "/language", PUBLIC, language_post, language_input, NULL, "Choose the language of the pages."},
    {READ, GET, "/accounts", "account.admin", accounts_list, accounts_input, &accounts_shape, "Accounts within reach."},
    {READ, GET, "/accounts/:account", "account.admin", account_show, NULL, &account_shape, "An account, its state and roles."},
    {LONG, POST, "/accounts/:account/unlock", "account.admin", account_unlock, csrf_input, NULL, "Let an account sign in again."},
    {LONG, POST, "/accounts/:account/close", "account.admin", account_close, csrf_input, NULL, "Close an account."},
    {INLINE, GET, "/accounts/:account/grants", "account.admin", account_back, NULL, NULL, "Back to the account."},
    {LONG, POST, "/accounts/:account/grants", "role.grant", account_grant, grant_input, NULL, "Give a role."},
    {LONG, POST, "/accounts/:account/grants/:grant/end", "role.grant", account_grant_end, csrf_input, NULL, "End a role."},
    {READ, GET, "/audit", "audit.read", audit_list, audit_input, &audit_shape, "The audit log, newest first, and whether it is whole."},
    ROUTE_END,
};
