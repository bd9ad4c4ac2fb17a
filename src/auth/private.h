/* private.h -- what the files of src/auth share and other modules do not see. */
#ifndef IGOT_AUTH_PRIVATE_H
#define IGOT_AUTH_PRIVATE_H

#include "auth/auth.h"

enum account_state { ACCOUNT_ACTIVE, ACCOUNT_LOCKED, ACCOUNT_CLOSED };

enum {
    HASH_BYTES = 32,
    SECRET_BYTES = 32,           /* of a cookie or a token */
    ADDRESS_MAX = 64, AGENT_MAX = 160, LABEL_MAX = 100,
    PASSWORD_HASH_MAX = 128,     /* crypto_pwhash_STRBYTES */
    PASSWORD_MIN = 12,           /* code points */
    PASSWORD_MAX = 1024,         /* bytes */
    NAME_KEY_MAX = 200,          /* bytes */
    FREE_FAILURES = 5            /* then each failure doubles the wait */
};

#define SECOND_MS ((i64)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define SESSION_IDLE_MS (12 * HOUR_MS)
#define SESSION_MS (7 * DAY_MS)

/* ---- account.c and signin.c ---- */

/* Runs `work` in a transaction of its own, inside arena_guard, and again if the engine asks for it. For handlers in LONG mode, which have something to
** do after the commit. `work` must have no effect but through the database and its argument. */
err auth_transaction(struct db_pool *pool, enum db_mode mode, err (*work)(struct db *db, void *arg), void *arg) MUST_USE;

/* How long the next try for this name has to wait, in ms; 0: not at all. */
i64 signin_wait(i64 failures, i64 last, i64 now);
/* The soft limit on failures from one address: 60 at once, one more each second. */
bool address_free(const char *address, i64 now);
void address_failed(const char *address, i64 now);
void address_reset(void); /* tests */

struct account_row { bool found; i64 id; i64 state; char key[NAME_KEY_MAX + 1]; char password[PASSWORD_HASH_MAX + 1]; /* "" if none */ };
err account_read(struct db *db, i64 id, struct account_row *out) MUST_USE;
err account_read_key(struct db *db, str key, struct account_row *out) MUST_USE;
/* role NULL if the account has no such grant. */
err grant_read(struct db *db, i64 account, i64 grant, struct user_grant *out) MUST_USE;

/* ---- session.c ---- */

err session_open(struct db *db, struct arena *a, i64 account, const char *address, str agent, i64 now, str *cookie) MUST_USE;
/* Ends the session of this account whose hash begins with these 16 hex digits. ERR_NOT_FOUND. */
err session_end(struct db *db, struct arena *a, i64 account, str prefix, i64 now) MUST_USE;
void session_forget_all(void);

/* ---- roles.c ---- */

const struct role *role_find(str code);
const char *role_code(const struct role *role);
const char *role_title(const char *code);      /* msgid; the code itself if the role is not one of ours */
enum reach role_reach(const struct role *role, const char *permission);
int role_rights(const struct role *role);
void role_right(const struct role *role, int i, const char **permission, enum reach *reach); /* the i-th; "" past the end */
const char *reach_words(enum reach reach);     /* msgid */
const char *permission_words(const char *permission); /* msgid; the permission itself if unknown */
int role_count(void);
const struct role *role_at(int i);             /* by code */

/* May this person, by `permission` (role.grant, account.admin), give and take the role, or look after one who has it? Only what reaches no
** further than that permission does for him, or what he has just as far himself: nobody climbs by granting. */
bool role_within(const struct user *u, const struct role *role, const char *permission);
/* An account lies within reach of `permission`: of its officer's posting; accounts of no officer, only for REACH_ALL. */
err account_seen(struct db *db, const struct user *u, const char *permission, i64 officer, bool *sees) MUST_USE;
/* Fills user.grants with what is in force on `today`. */
err grants_read(struct db *db, i64 account, i64 today, struct user *out) MUST_USE;

/* ---- audit.c ---- */

const char *audit_words(const char *action);   /* msgid; the action itself if it is not known here */
err audit_check(struct db *db, struct audit_verdict *out) MUST_USE;

#endif
