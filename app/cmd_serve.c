/* cmd_serve.c -- the server: from settings to SIGTERM. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "app/app.h"
#include "app/demo.h"
#include "auth/auth.h"
#include "competency/competency.h"
#include "db/migrate.h"
#include "jobs/jobs.h"
#include "measure/measure.h"

enum { BODY_MAX = 16 << 20, MEMORY_MAX = 64 << 20 };

const struct config *app_config;
i64 app_started_us;

/* ---- background work ---- */

static void job_tick(i64 done, i64 total, void *arg)
{
    if (job_progress(arg, done, total) != OK) log_event(LOG_WARN, "job_progress", "detail", err_log(), NULL);
}

/* Once a day: every level is read anew, and the figures are published. */
static err run_daily(struct job_run *j)
{
    i64 day;
    if (!day_parse(j->argument, &day)) return err_set(ERR_BUG, "a day was expected");
    TRY(constants_load(j->pool));
    return competency_age(j->pool, day, job_tick, j);
}

static const struct job_kind kinds[] = {{"daily", run_daily, 5}, {NULL, NULL, 0}};

struct add { struct db *db; struct arena *arena; i64 now; };

static err add_daily(void *arg)
{
    struct add *a = arg;
    return job_add_once(a->db, a->arena, "daily", day_iso(a->arena, day_of_ms(a->now)), a->now);
}

static void ensure_daily(struct db_pool *pool, struct arena *arena)
{
    struct add a = {.arena = arena, .now = now_ms()};
    arena_reset(arena);
    if (db_begin(pool, DB_WRITE, &a.db) != OK) return;
    if (arena_guard(add_daily, &a) != OK) db_rollback(a.db);
    else if (db_commit(a.db) != OK) log_event(LOG_WARN, "daily_not_queued", "detail", err_log(), NULL);
}

/* ---- safety of the demo accounts ---- */

static bool is_loopback(str listen)
{
    return str_starts(listen, S("127.")) || str_starts(listen, S("localhost:")) || str_starts(listen, S("[::1]:"));
}

static err check_demo(struct db_pool *pool, const struct config *c, bool *demo)
{
    struct db *db;
    TRY(db_begin(pool, DB_READ, &db));
    err e = auth_has_demo(db, demo);
    db_rollback(db);
    TRY(e);
    if (*demo && !is_loopback(c->listen) && !c->allow_demo_public)
        return err_set(ERR_INVALID, N_("This database holds demo accounts whose passwords are public, so it is served on a loopback address only. Use --listen 127.0.0.1:PORT, make a "
                                       "database without them (igot init), or say --allow-demo-public if you mean it."));
    return OK;
}

/* ---- the life of the server ---- */

static void wait_for_stop(struct db_pool *pool, struct arena *arena)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    i64 day = 0;
    for (;;) {
        i64 today = day_of_ms(now_ms());
        if (today != day) {
            ensure_daily(pool, arena);
            day = today;
        }
        if (constants_refresh(pool) != OK) log_event(LOG_WARN, "constants_not_read", "detail", err_log(), NULL);
        struct timespec wait = {10, 0};
        if (sigtimedwait(&set, NULL, &wait) > 0) return;
    }
}

static err serve(const struct config *c, struct db_pool *pool)
{
    bool demo;
    struct server *server = NULL;
    struct job_runner *runner = NULL;
    TRY(check_demo(pool, c, &demo));
    TRY(auth_load(pool));
    TRY(constants_load(pool));
    const char *listen = str_z(c->arena, c->listen);
    struct server_options o = {.listen = listen, .workers = (int)c->workers, .demo = demo, .body_max = BODY_MAX, .memory_max = MEMORY_MAX, .access_log = c->access_log};
    o.public_url = c->public_url.len ? str_z(c->arena, c->public_url) : NULL;
    o.trusted_proxies = c->trusted_proxies.len ? str_z(c->arena, c->trusted_proxies) : NULL;
    o.media = str_z(c->arena, c->media);
    TRY(auth_flush_start(pool));
    err e = server_start(&o, pool, app_routes, &server);
    if (e != OK) {
        auth_flush_stop();
        return e;
    }
    fprintf(stderr, "igot " IGOT_VERSION ": ready on http://%.*s%d/ after %lld ms%s\n", (int)(strrchr(listen, ':') + 1 - listen), listen, server_port(server),
            (long long)((mono_us() - app_started_us) / 1000), demo ? "; demo accounts: officer, supervisor, cbu, … with password demo-NAME" : "");
    e = jobs_start(pool, kinds, &runner);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    if (e == OK) wait_for_stop(pool, &arena);
    fputs("igot: stopping\n", stderr);
    server_stop(server);
    jobs_stop(runner);
    auth_flush_stop();
    arena_clear(&arena);
    return e;
}

/* Signals come to the main thread only; the others inherit the mask. */
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

int cmd_serve(int argc, char **argv, const struct config *c)
{
    struct flags f = {argc, 1, argv};
    str demo = {0}, text;
    i64 officers = 10000;
    while (f.at < f.argc) {
        if (flag_value(&f, "demo", &demo)) continue;
        if (flag_value(&f, "officers", &text) && str_to_i64(text, &officers) && officers >= 0) continue;
        fprintf(stderr, "igot serve: what is \"%s\"? See igot serve --help\n", f.argv[f.at < f.argc ? f.at : f.argc - 1]);
        return EXIT_USAGE;
    }
    app_started_us = mono_us();
    app_config = c;
    if (demo.len) {
        int code = demo_prepare(c, demo, officers);
        if (code != EXIT_DONE) return code;
        app_started_us = mono_us();
    }
    block_signals();
    struct db_pool *pool;
    int threads = (int)c->workers + 2; /* the workers' and the HTTP threads' */
    err e = app_open_to_write(c, threads, false, &pool);
    if (e != OK) return app_fail("serve", e);
    e = serve(c, pool);
    constants_unload();
    auth_unload();
    app_close(pool);
    return e == OK ? EXIT_DONE : app_fail("serve", e);
}
