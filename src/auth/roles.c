/* roles.c -- which role may do what, how far that reaches, and whether a record lies within. */
#include <pthread.h>
#include <stdatomic.h>

#include "auth/private.h"
#include "auth_sql.h"

enum { ROLES_MAX = 64, RIGHTS_MAX = 64, CODE_MAX = 40, PERMISSION_MAX = 48, DEPTH_MAX = 32 };

struct right { char permission[PERMISSION_MAX]; enum reach reach; };

/* What a role may, as loaded once; never changed afterwards, so that readers need no lock. */
struct rights {
    struct rights *older; /* retired when the role was loaded again; readers may still be in it, so it lives until auth_unload */
    int count;
    struct right right[RIGHTS_MAX];
};

struct role {
    char code[CODE_MAX];
    _Atomic(struct rights *) rights;
};

static struct {
    pthread_mutex_t loading;
    _Atomic int count;
    struct role role[ROLES_MAX]; /* sorted by code only as the first load found them; later ones follow */
} roles = {.loading = PTHREAD_MUTEX_INITIALIZER};

/* ---- loading ---- */

struct loading { int count; struct { char code[CODE_MAX]; struct rights *rights; } role[ROLES_MAX]; };

static err load_row(void *arg, const struct auth_role_all_row *row)
{
    struct loading *l = arg;
    if (l->count == 0 || !str_eq(str_of(l->role[l->count - 1].code), row->role)) {
        if (l->count == ROLES_MAX || row->role.len >= CODE_MAX) return err_detail(ERR_CORRUPT, N_("The table of roles cannot be read."), "role %.*s", STR_ARGS(row->role));
        struct rights *rights = mem_alloc((isize)sizeof *rights);
        if (!rights) return err_set(ERR_MEMORY, N_("There is not enough memory to load the roles."));
        memset(rights, 0, sizeof *rights);
        snprintf(l->role[l->count].code, CODE_MAX, "%.*s", STR_ARGS(row->role));
        l->role[l->count++].rights = rights;
    }
    struct rights *rights = l->role[l->count - 1].rights;
    if (!row->permission.data) return OK;
    if (rights->count == RIGHTS_MAX || row->permission.len >= PERMISSION_MAX || row->reach < REACH_SELF || row->reach > REACH_ALL)
        return err_detail(ERR_CORRUPT, N_("The table of roles cannot be read."), "permission %.*s", STR_ARGS(row->permission));
    struct right *right = &rights->right[rights->count++];
    snprintf(right->permission, PERMISSION_MAX, "%.*s", STR_ARGS(row->permission));
    right->reach = (enum reach)row->reach;
    return OK;
}

static struct role *role_slot(str code)
{
    int n = atomic_load(&roles.count);
    for (int i = 0; i < n; i++)
        if (str_eq(str_of(roles.role[i].code), code)) return &roles.role[i];
    return NULL;
}

static void role_publish(const char *code, struct rights *rights)
{
    struct role *role = role_slot(str_of(code));
    if (!role && atomic_load(&roles.count) < ROLES_MAX) {
        role = &roles.role[atomic_load(&roles.count)];
        memcpy(role->code, code, CODE_MAX);
        atomic_store(&role->rights, NULL);
        atomic_fetch_add(&roles.count, 1); /* only now do readers see it */
    }
    ASSERT(role);
    rights->older = atomic_load(&role->rights);
    atomic_store(&role->rights, rights);
}

static err load_all(struct db *db, void *arg)
{
    struct loading *l = arg;
    for (int i = 0; i < l->count; i++) mem_free(l->role[i].rights); /* of a try that had to be repeated */
    l->count = 0;
    return auth_sql_role_all(db, load_row, l);
}

err auth_load(struct db_pool *pool)
{
    struct loading l = {0};
    pthread_mutex_lock(&roles.loading);
    err e = auth_transaction(pool, DB_READ, load_all, &l);
    for (int i = 0; i < l.count; i++) {
        if (e == OK) role_publish(l.role[i].code, l.role[i].rights);
        else mem_free(l.role[i].rights);
    }
    pthread_mutex_unlock(&roles.loading);
    session_forget_all();
    return e;
}

void auth_unload(void)
{
    pthread_mutex_lock(&roles.loading);
    int n = atomic_exchange(&roles.count, 0);
    for (int i = 0; i < n; i++) {
        struct rights *r = atomic_exchange(&roles.role[i].rights, NULL);
        while (r) {
            struct rights *older = r->older;
            mem_free(r);
            r = older;
        }
    }
    pthread_mutex_unlock(&roles.loading);
    session_forget_all();
}

/* ---- roles ---- */

const struct role *role_find(str code)
{
    return role_slot(code);
}

const char *role_code(const struct role *role)
{
    return role->code;
}

int role_count(void)
{
    return atomic_load(&roles.count);
}

const struct role *role_at(int i)
{
    ASSERT(i >= 0 && i < role_count());
    return &roles.role[i];
}

static const struct rights *rights_of(const struct role *role)
{
    static const struct rights none;
    const struct rights *rights = atomic_load(&((struct role *)(uintptr_t)role)->rights);
    return rights ? rights : &none;
}

enum reach role_reach(const struct role *role, const char *permission)
{
    const struct rights *rights = rights_of(role);
    for (int i = 0; i < rights->count; i++)
        if (strcmp(rights->right[i].permission, permission) == 0) return rights->right[i].reach;
    return REACH_NONE;
}

int role_rights(const struct role *role)
{
    return rights_of(role)->count;
}

void role_right(const struct role *role, int i, const char **permission, enum reach *reach)
{
    const struct rights *rights = rights_of(role);
    ASSERT(i >= 0);
    *permission = i < rights->count ? rights->right[i].permission : "";
    *reach = i < rights->count ? rights->right[i].reach : REACH_NONE;
}

bool role_within(const struct user *u, const struct role *role, const char *permission)
{
    enum reach own = user_reach(u, permission);
    const struct rights *rights = rights_of(role);
    for (int i = 0; i < rights->count; i++) {
        const struct right *r = &rights->right[i];
        if (r->reach > own && r->reach > user_reach(u, r->permission)) return false;
    }
    return own != REACH_NONE;
}

/* ---- a person's reach ---- */

enum reach user_reach(const struct user *u, const char *permission)
{
    enum reach widest = REACH_NONE;
    for (int i = 0; i < u->grants; i++) {
        enum reach r = role_reach(u->grant[i].role, permission);
        if (r > widest) widest = r;
    }
    return widest;
}

bool user_has_role(const struct user *u, const char *role)
{
    for (int i = 0; i < u->grants; i++)
        if (strcmp(u->grant[i].role->code, role) == 0) return true;
    return false;
}

static bool grant_covers(const struct user *u, const char *permission, enum reach reach, i64 organisation)
{
    for (int i = 0; i < u->grants; i++)
        if (u->grant[i].organisation == organisation && role_reach(u->grant[i].role, permission) == reach) return true;
    return false;
}

/* Narrow reaches are not steps of wide ones: who may do a thing for those who report to her may not do it for herself. */
static bool has_reach(const struct user *u, const char *permission, enum reach reach)
{
    for (int i = 0; i < u->grants; i++)
        if (role_reach(u->grant[i].role, permission) == reach) return true;
    return false;
}

struct place { const struct user *user; const char *permission; bool sees; };

static err officer_row(void *arg, const struct auth_officer_place_row *row)
{
    struct place *p = arg;
    if (!row->supervisor_null && p->user->officer && row->supervisor == p->user->officer && has_reach(p->user, p->permission, REACH_REPORTS)) p->sees = true;
    if (!row->ancestor_null && grant_covers(p->user, p->permission, REACH_UNIT, row->ancestor)) p->sees = true;
    return OK;
}

err user_sees_officer(struct db *db, const struct user *u, const char *permission, i64 officer, bool *sees)
{
    struct place p = {u, permission, has_reach(u, permission, REACH_ALL)};
    if (u->officer && u->officer == officer && has_reach(u, permission, REACH_SELF)) p.sees = true;
    bool look = !p.sees && (has_reach(u, permission, REACH_REPORTS) || has_reach(u, permission, REACH_UNIT));
    if (look) TRY(auth_sql_officer_place(db, officer, officer_row, &p));
    *sees = p.sees;
    return OK;
}

static err organisation_row(void *arg, const struct auth_organisation_place_row *row)
{
    struct place *p = arg;
    if (grant_covers(p->user, p->permission, REACH_UNIT, row->ancestor)) p->sees = true;
    return OK;
}

/* SELF and REPORTS are reaches over people: they open no whole organisation, not even one's own. */
err user_sees_organisation(struct db *db, const struct user *u, const char *permission, i64 organisation, bool *sees)
{
    struct place p = {u, permission, has_reach(u, permission, REACH_ALL) || grant_covers(u, permission, REACH_PROVIDER, organisation)};
    if (!p.sees && has_reach(u, permission, REACH_UNIT)) TRY(auth_sql_organisation_place(db, organisation, organisation_row, &p));
    *sees = p.sees;
    return OK;
}

err account_seen(struct db *db, const struct user *u, const char *permission, i64 officer, bool *sees)
{
    *sees = has_reach(u, permission, REACH_ALL);
    if (*sees || officer == 0) return OK;
    return user_sees_officer(db, u, permission, officer, sees);
}

static err grant_row(void *arg, const struct auth_grant_in_force_row *row)
{
    struct user *u = arg;
    const struct role *role = role_find(row->role);
    if (!role) {
        log_event(LOG_WARN, "role_unknown", "what", "a grant names a role that was not loaded; restart, or check role", NULL);
        return OK;
    }
    if (u->grants < USER_GRANT_MAX) u->grant[u->grants++] = (struct user_grant){role, row->organisation};
    return OK;
}

err grants_read(struct db *db, i64 account, i64 today, struct user *out)
{
    out->grants = 0;
    return auth_sql_grant_in_force(db, account, today, grant_row, out);
}
