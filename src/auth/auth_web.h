/* auth_web.h -- what the pages of auth are made from, and the handlers of accounts_web.c. Text here is in the reader's language. */
#ifndef IGOT_AUTH_WEB_H
#define IGOT_AUTH_WEB_H

#include "web/web.h"

struct sign_in_view { str next, name, csrf; const char *name_error, *password_error; };

struct session_view { str key, device, address; i64 created, seen, expires; bool this_one; };

struct right_view { str may, reach; };
struct role_view {
    i64 id, organisation_id;
    str role, title, organisation, organisation_code, granted_by;
    i64 from_day, until_day;
    bool until_day_null, over, to_come, may_end;
    struct right_view *rights;
    isize rights_count;
};

struct own_view {
    i64 account, officer;
    str user_name, name, organisation, language;
    i64 password_changed;
    struct session_view *sessions;
    isize sessions_count;
    struct role_view *roles;
    isize roles_count;
    const char *old_error, *new_error;
};

struct account_line { i64 id; str user_name, name, organisation, state; i64 roles; };
struct accounts_view { struct pager pager; i64 total, page, pages; str q; struct account_line *accounts; isize accounts_count; };

struct role_choice { str code, title; bool chosen; };
struct account_view {
    i64 id, officer;
    str user_name, name, organisation, state;
    bool closed, waits, demo, may_open, may_close, may_grant;
    i64 created, password_changed, failures;
    struct role_view *roles;
    isize roles_count;
    struct role_choice *choices;
    isize choices_count;
    str organisation_typed, from_typed, until_typed;
    const char *role_error, *organisation_error, *from_error, *until_error;
};

struct audit_line { i64 seq, at, actor, subject; bool actor_null, subject_null; str actor_name, action, words, subject_name, detail, hash, hash_short; };
struct audit_action { str action, words; bool chosen; };
struct audit_view {
    struct pager pager;
    i64 total, page, pages;
    struct audit_line *lines;
    isize lines_count;
    struct audit_action *actions;
    isize actions_count;
    bool whole;
    i64 checked_rows, checked_at, broken_at;
    str what;
};

extern const struct shape own_shape, accounts_shape, account_shape, audit_shape, sign_in_shape;

/* The roles of an account with their reach in words; may_end by what the reader may take (`u` NULL: nothing). */
err role_views(struct request *rq, struct db *db, i64 account, bool manages, struct role_view **out, isize *count) MUST_USE;
/* Several clicks of one kind: work in a transaction of its own, then forget the account's cache entries before the answer. */
err auth_change(struct request *rq, i64 account, err (*work)(struct db *db, void *arg), void *arg) MUST_USE;

err accounts_list(struct request *rq);
err account_show(struct request *rq);
err account_unlock(struct request *rq);
err account_close(struct request *rq);
err account_grant(struct request *rq);
err account_grant_end(struct request *rq);
err account_back(struct request *rq);
err audit_list(struct request *rq);

#endif
