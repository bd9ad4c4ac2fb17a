/* auth.h -- accounts, sign-in, sessions, roles and their reach, the audit log.
** Owns account, session, token, role, role_permission, role_grant, signin_failure, audit, audit_detail. */
#ifndef IGOT_AUTH_H
#define IGOT_AUTH_H

#include "auth/user.h"

/* Roles and permissions are loaded at start and on change; lookups are by pointer afterwards: a role, once loaded, keeps its
** address until auth_unload. */
struct role;
err auth_load(struct db_pool *pool) MUST_USE;
void auth_unload(void);
/* The platform's roles and what each may. Idempotent; what an administrator has set since stays. Then call auth_load. */
err auth_seed_roles(struct db *db) MUST_USE;

/* A thread that writes "last seen" at most once a minute and clears away what has expired once an hour. `serve` starts it after
** auth_load and stops it before the pool closes; programs without it lose nothing but "last seen". */
err auth_flush_start(struct db_pool *pool) MUST_USE;
void auth_flush_stop(void);
err auth_flush(struct db_pool *pool, i64 now) MUST_USE; /* one round of it, now */

/* Who holds this session cookie or bearer token? OK with account 0 if nobody. Cached in memory for ten seconds, so a
** signed-in page costs no statement; `auth_forget` drops an account's entries at once (rights changed, signed out). */
err auth_user_of_cookie(struct db_pool *pool, str cookie, i64 now, struct user *out) MUST_USE;
err auth_user_of_token(struct db_pool *pool, str token, i64 now, struct user *out) MUST_USE;
void auth_forget(i64 account);

/* Sign-in by name and password. The answer is the same, and takes the same hashing, whether or not the account exists.
** ERR_SIGN_IN: wrong; ERR_BUSY: slowed down (err_message says for how long) or no hashing slot was free in 5 s.
** Runs its own transactions; hashing happens outside them, as many at once as half the cores (memory and CPU share). */
err auth_sign_in(struct db_pool *pool, struct arena *a, str name, str password, const char *address, str agent, i64 now, str *cookie) MUST_USE;
/* These, auth_unlock, auth_grant and auth_grant_end change rights in the caller's transaction: after its commit the caller calls auth_forget. */
err auth_sign_out(struct db *db, const u8 session[32]) MUST_USE;
err auth_sign_out_everywhere(struct db *db, i64 account) MUST_USE;
/* ERR_DENIED: the old password is wrong; ERR_INVALID: the new one is too weak; ERR_BUSY as in auth_sign_in. Ends every session of the
** account, this one too, and forgets them; tokens stay. */
err auth_change_password(struct db_pool *pool, i64 account, str old_password, str new_password, i64 now) MUST_USE;
err auth_unlock(struct db *db, i64 actor, i64 account, i64 now) MUST_USE;

struct new_account { str name, password; i64 officer; const char *language; bool demo; };
/* password.data NULL: cannot sign in. ERR_CONFLICT if the name is taken. `hash` NULL: hashes here; else a hash made before. */
err auth_account_create(struct db *db, struct arena *a, const struct new_account *n, str hash, i64 now, i64 *account) MUST_USE;
err auth_hash(struct arena *a, str password, str *hash) MUST_USE;
str auth_name_key(struct arena *a, str name);   /* folded: trimmed, lower case ASCII, inner spaces single */
err auth_grant(struct db *db, i64 actor, i64 account, str role, i64 organisation, i64 from_day, const i64 *until_day, i64 now, i64 *grant) MUST_USE;
/* Ends it with yesterday; one that has not lasted a whole day is dropped (the audit log keeps both). ERR_NOT_FOUND; ERR_CONFLICT if it is over. */
err auth_grant_end(struct db *db, i64 actor, i64 account, i64 grant, i64 now) MUST_USE;
/* No more sign-in, sessions or tokens. The row stays, because the log refers to it; auth_unlock opens it again. */
err auth_close(struct db *db, i64 actor, i64 account, i64 now) MUST_USE;
/* The only time that the token is seen; "igot_" and 43 characters. */
err auth_token_create(struct db *db, struct arena *a, i64 account, str label, i64 expires, i64 now, str *token) MUST_USE;
err auth_token_revoke(struct db *db, i64 actor, i64 token, i64 now) MUST_USE;
struct auth_token { i64 id; str label; i64 created, expires; bool revoked; };
struct auth_token_list { struct auth_token *row; isize count; };
err auth_tokens_of(struct db *db, struct arena *a, i64 account, struct auth_token_list *out) MUST_USE;
err auth_account_by_name(struct db *db, struct arena *a, str name, i64 *account) MUST_USE;             /* ERR_NOT_FOUND */

/* Appends to the hash-chained log within the caller's transaction. `detail` (personal data allowed) stands outside the chain, salted
** and hashed into it, so that it can be erased (delete its row of audit_detail) and the chain still verifies. actor and subject 0: none.
** action: lower case, "thing.verb". Chain: audit.c. */
err audit_add(struct db *db, i64 actor, const char *action, i64 subject, str detail, i64 at) MUST_USE;
struct audit_verdict { i64 rows; i64 broken_at; /* seq; 0: whole */ const char *what; /* msgid; NULL if whole */ };
/* Reads the whole log. A changed, missing or re-ordered row breaks the chain; a cut tail differs from setting 'audit.head'. */
err audit_verify(struct db_pool *pool, struct audit_verdict *out) MUST_USE;

/* True if demo accounts exist (then a public address is refused unless allowed). */
err auth_has_demo(struct db *db, bool *has) MUST_USE;

#endif
