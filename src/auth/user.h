/* user.h -- who is asking, and how far their rights reach. Filled by auth at the start of a request; pure data and pure tests,
** so that web may include it. */
#ifndef IGOT_USER_H
#define IGOT_USER_H

#include "base/base.h"
#include "db/db.h"

enum reach { REACH_NONE, REACH_SELF, REACH_REPORTS, REACH_UNIT, REACH_PROVIDER, REACH_ALL };

enum { USER_GRANT_MAX = 16, USER_NAME_MAX = 96 };

/* One (role, organisation) in force today. */
struct user_grant { const struct role *role; i64 organisation; };

struct user {
    i64 account;                    /* 0: nobody */
    i64 officer;                    /* 0: holds no position here */
    i64 organisation;               /* of the current posting, 0 if none */
    char name[USER_NAME_MAX];       /* to be shown; NUL-ended, cut at a whole code point */
    int lang;                       /* enum lang, or -1: by the browser */
    int grants;
    struct user_grant grant[USER_GRANT_MAX];
    bool token;                     /* came by a bearer token, not by a cookie: no CSRF token is asked */
    char csrf[48];                  /* base64url, NUL-ended */
    u8 session[32];                 /* hash of the cookie */
};

/* The widest reach that any role gives for `permission`; REACH_NONE: not at all. */
enum reach user_reach(const struct user *u, const char *permission);
/* Whether the record lies within reach: of an officer (self, reports to me, posted in a granted subtree), of an organisation. */
err user_sees_officer(struct db *db, const struct user *u, const char *permission, i64 officer, bool *sees) MUST_USE;
err user_sees_organisation(struct db *db, const struct user *u, const char *permission, i64 organisation, bool *sees) MUST_USE;
bool user_has_role(const struct user *u, const char *role);

#endif
