/* cmd_database.c -- init, migrate, recount, audit, token, version: short commands on one database. */
#include "app/app.h"
#include "app/demo.h"
#include "auth/auth.h"
#include "competency/competency.h"
#include "db/migrate.h"
#include "measure/measure.h"

static int unknown(const char *command, const struct flags *f)
{
    fprintf(stderr, "igot %s: what is \"%s\"? See igot %s --help\n", command, f->argv[f->at], command);
    return EXIT_USAGE;
}

static void tick(i64 done, i64 total, void *arg)
{
    progress_at(arg, done, total);
}

/* ---- one transaction for a command ---- */

struct once { struct db *db; struct arena arena; err (*work)(struct once *, void *); void *arg; };

static err once_run(void *arg)
{
    struct once *o = arg;
    return o->work(o, o->arg);
}

static err once(struct db_pool *pool, enum db_mode mode, err (*work)(struct once *, void *), void *arg)
{
    struct once o = {.work = work, .arg = arg};
    arena_init(&o.arena, 64 << 20);
    err e = db_begin(pool, mode, &o.db);
    if (e == OK) {
        e = arena_guard(once_run, &o);
        if (e == OK) e = db_commit(o.db);
        else db_rollback(o.db);
    }
    arena_clear(&o.arena);
    return e;
}

/* ---- migrate ---- */

static void migrated(const struct migration *m, void *arg)
{
    UNUSED(arg);
    fprintf(stderr, "migrate: %04d %s\n", m->number, m->name);
}

static err seed(struct once *o, void *arg)
{
    UNUSED(arg);
    return auth_seed_roles(o->db);
}

err app_migrate(const struct config *c)
{
    struct db_options options = {.url = c->db, .readers = 1, .writers = 1, .create = true};
    struct db_pool *pool;
    TRY(db_pool_open(&options, &pool));
    err e = migrate_run(pool, migration_count, migrated, NULL);
    if (e == OK) e = once(pool, DB_WRITE, seed, NULL);
    app_close(pool);
    return e;
}

int cmd_migrate(int argc, char **argv, const struct config *c)
{
    struct flags f = {argc, 1, argv};
    bool only_status = false;
    while (f.at < f.argc) {
        if (flag_is(&f, "status")) only_status = true;
        else return unknown("migrate", &f);
    }
    err e;
    if (!only_status) e = app_migrate(c);
    else {
        struct db_pool *pool;
        struct migrate_status s;
        e = app_open(c, 1, false, false, &pool);
        if (e != OK) return app_fail("migrate", e);
        e = migrate_status(pool, &s);
        if (e == OK) printf("schema %d of %d\n", s.have, s.want);
        app_close(pool);
    }
    return e == OK ? EXIT_DONE : app_fail("migrate", e);
}

/* ---- recount ---- */

int cmd_recount(int argc, char **argv, const struct config *c)
{
    struct flags f = {argc, 1, argv};
    i64 day = day_of_ms(now_ms());
    str text;
    while (f.at < f.argc) {
        if (!flag_value(&f, "as-of", &text)) return unknown("recount", &f);
        if (!day_parse(text, &day)) {
            fprintf(stderr, "igot recount: --as-of reads YYYY-MM-DD, not \"%.*s\"\n", STR_ARGS(text));
            return EXIT_USAGE;
        }
    }
    struct db_pool *pool;
    err e = app_open_to_write(c, 1, true, &pool);
    if (e != OK) return app_fail("recount", e);
    struct progress p;
    progress_begin(&p, "recount");
    e = constants_load(pool);
    if (e == OK) e = competency_recount(pool, day, tick, &p);
    app_close(pool);
    constants_unload();
    if (e != OK) return app_fail("recount", e);
    fputs("recount: done\n", stderr);
    return EXIT_DONE;
}

/* ---- audit ---- */

int cmd_audit(int argc, char **argv, const struct config *c)
{
    if (argc != 2 || strcmp(argv[1], "verify") != 0) {
        fputs("usage: igot audit verify\n", stderr);
        return EXIT_USAGE;
    }
    struct db_pool *pool;
    struct audit_verdict v;
    err e = app_open(c, 1, false, true, &pool);
    if (e != OK) return app_fail("audit", e);
    e = audit_verify(pool, &v);
    app_close(pool);
    if (e != OK) return app_fail("audit", e);
    if (v.broken_at == 0) {
        printf("audit: %lld rows, whole\n", (long long)v.rows);
        return EXIT_DONE;
    }
    printf("audit: broken at row %lld: %s\n", (long long)v.broken_at, v.what);
    return EXIT_FAULT;
}

/* ---- token ---- */

struct token_args { str account, label; i64 days, revoke; bool list; str made; };

static err token_create(struct once *o, void *arg)
{
    struct token_args *t = arg;
    i64 account, now = now_ms();
    TRY(auth_account_by_name(o->db, &o->arena, t->account, &account));
    str token;
    TRY(auth_token_create(o->db, &o->arena, account, t->label, now + t->days * 86400000, now, &token));
    printf("%.*s\n", STR_ARGS(token));
    return OK;
}

static err token_list(struct once *o, void *arg)
{
    struct token_args *t = arg;
    i64 account;
    struct auth_token_list list;
    TRY(auth_account_by_name(o->db, &o->arena, t->account, &account));
    TRY(auth_tokens_of(o->db, &o->arena, account, &list));
    for (isize i = 0; i < list.count; i++) {
        const struct auth_token *k = &list.row[i];
        printf("%lld  %.*s  until %.*s%s\n", (long long)k->id, STR_ARGS(k->label), STR_ARGS(day_iso(&o->arena, day_of_ms(k->expires))), k->revoked ? "  revoked" : "");
    }
    return OK;
}

static err token_revoke(struct once *o, void *arg)
{
    struct token_args *t = arg;
    return auth_token_revoke(o->db, 0, t->revoke, now_ms());
}

int cmd_token(int argc, char **argv, const struct config *c)
{
    struct token_args t = {.days = 90, .label = S("command line")};
    struct flags f = {argc, 3, argv};
    if (argc < 3) {
        fputs("usage: igot token create ACCOUNT --label TEXT [--days N] | list ACCOUNT | revoke ID\n", stderr);
        return EXIT_USAGE;
    }
    bool create = strcmp(argv[1], "create") == 0, list = strcmp(argv[1], "list") == 0, revoke = strcmp(argv[1], "revoke") == 0;
    str text;
    while (f.at < f.argc) {
        if (flag_value(&f, "label", &t.label)) continue;
        if (!flag_value(&f, "days", &text) || !str_to_i64(text, &t.days) || t.days < 1 || t.days > 3650) return unknown("token", &f);
    }
    t.account = str_of(argv[2]);
    if (!(create || list || (revoke && str_to_i64(t.account, &t.revoke)))) {
        fputs("usage: igot token create ACCOUNT --label TEXT [--days N] | list ACCOUNT | revoke ID\n", stderr);
        return EXIT_USAGE;
    }
    struct db_pool *pool;
    err e = list ? app_open(c, 1, false, true, &pool) : app_open_to_write(c, 1, false, &pool);
    if (e != OK) return app_fail("token", e);
    e = once(pool, list ? DB_READ : DB_WRITE, create ? token_create : list ? token_list : token_revoke, &t);
    app_close(pool);
    return e == OK ? EXIT_DONE : app_fail("token", e);
}

int cmd_version(int argc, char **argv, const struct config *c)
{
    UNUSED(argc);
    UNUSED(argv);
    UNUSED(c);
    puts("igot " IGOT_VERSION);
    return EXIT_DONE;
}
