#include "jobs/jobs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "jobs_sql.h"

enum { LEASE_MS = 120000, IDLE_MS = 1000, RETRY_MS = 30000, JOB_MEMORY = 256 << 20, LOST_MAX = 10 };
enum { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED };

struct job_runner {
    struct db_pool *pool;
    const struct job_kind *kinds;
    pthread_t thread;
    char holder[64];
};

/* One runner a process: a job asks here whether the process is leaving. */
static _Atomic bool stopping;

static bool is_stopping(void)
{
    return atomic_load(&stopping);
}

/* ---- small transactions of the runner's own ---- */

struct step {
    struct db *db;
    struct job_runner *runner;
    struct arena *arena;
    i64 now;
    struct jobs_due_row job;
    bool found;
    i64 state, run_after;
    const char *message;
};

static err in_transaction(struct db_pool *pool, err (*work)(void *), struct step *s)
{
    for (int tried = 0;; tried++) {
        TRY(db_begin(pool, DB_WRITE, &s->db));
        err e = arena_guard(work, s);
        if (e == OK) e = db_commit(s->db);
        else db_rollback(s->db);
        if (e != ERR_RETRY || tried == 5) return e;
        usleep((useconds_t)(2000 << tried));
    }
}

static err take(void *arg)
{
    struct step *s = arg;
    i64 taken = 0;
    TRY(jobs_sql_due(s->db, s->arena, s->now, &s->job, &s->found));
    if (!s->found) return OK;
    TRY(jobs_sql_take(s->db, s->job.id, s->now + LEASE_MS, str_of(s->runner->holder), s->now, &taken));
    s->found = taken == 1;
    if (!s->found || s->job.tries < LOST_MAX) return OK;
    s->found = false; /* it takes its process down each time */
    return jobs_sql_finish(s->db, s->job.id, JOB_FAILED, S("its process ended while it ran, time after time"), s->now, s->now, str_of(s->runner->holder), NULL);
}

static err finish(void *arg)
{
    struct step *s = arg;
    return jobs_sql_finish(s->db, s->job.id, s->state, str_of(s->message), s->run_after, s->now, str_of(s->runner->holder), NULL);
}


err job_progress(struct job_run *j, i64 done, i64 total)
{
    struct db *db;
    i64 now = now_ms();
    TRY(db_begin(j->pool, DB_WRITE, &db));
    err e = jobs_sql_progress(db, j->id, done, total, now + LEASE_MS, now, str_of(j->holder), NULL);
    if (e == OK) return db_commit(db);
    db_rollback(db);
    return e;
}

/* ---- the runner ---- */

static const struct job_kind *kind_of(const struct job_runner *r, str kind)
{
    for (const struct job_kind *k = r->kinds; k->kind; k++)
        if (str_eq(kind, str_of(k->kind))) return k;
    return NULL;
}

struct work { const struct job_kind *kind; struct job_run run; };

static err run_kind(void *arg)
{
    struct work *w = arg;
    return w->kind->run(&w->run);
}

static void run_job(struct job_runner *r, struct step *s)
{
    const struct job_kind *kind = kind_of(r, s->job.kind);
    struct arena arena;
    arena_init(&arena, JOB_MEMORY);
    struct work w = {kind, {r->pool, s->job.id, s->job.argument, &arena, is_stopping, r->holder}};
    err_clear();
    err e = kind ? arena_guard(run_kind, &w) : err_set(ERR_BUG, "unknown kind of job");
    const char *log = err_log();
    s->message = e == OK ? "" : log[0] ? log : err_message();
    s->state = e == OK ? JOB_DONE : is_stopping() || (kind && s->job.tries + 1 < kind->tries) ? JOB_WAITING : JOB_FAILED;
    s->now = now_ms();
    s->run_after = s->state == JOB_WAITING ? s->now + RETRY_MS : s->now;
    if (e != OK) log_event(LOG_ERROR, "job_failed", "kind", kind ? kind->kind : "?", "error", err_name(e), "detail", s->message, NULL);
    char kept[256];
    snprintf(kept, sizeof kept, "%s", s->message);
    s->message = kept;
    if (in_transaction(r->pool, finish, s) != OK) log_event(LOG_ERROR, "job_not_closed", "detail", err_log(), NULL);
    arena_clear(&arena);
}

static void *runner(void *arg)
{
    struct job_runner *r = arg;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    while (!is_stopping()) {
        arena_reset(&arena);
        struct step s = {.runner = r, .arena = &arena, .now = now_ms()};
        if (in_transaction(r->pool, take, &s) == OK && s.found) {
            run_job(r, &s);
            continue;
        }
        for (int ms = 0; ms < IDLE_MS && !is_stopping(); ms += 50) usleep(50000);
    }
    arena_clear(&arena);
    return NULL;
}

err jobs_start(struct db_pool *pool, const struct job_kind *kinds, struct job_runner **out)
{
    struct job_runner *r = mem_alloc((isize)sizeof *r);
    if (!r) return ERR_MEMORY;
    *r = (struct job_runner){.pool = pool, .kinds = kinds};
    char host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(r->holder, sizeof r->holder, "%s:%ld", host, (long)getpid());
    atomic_store(&stopping, false);
    if (pthread_create(&r->thread, NULL, runner, r) != 0) {
        mem_free(r);
        return err_set(ERR_BUSY, N_("The system gives no more threads."));
    }
    *out = r;
    return OK;
}

void jobs_stop(struct job_runner *r)
{
    if (!r) return;
    atomic_store(&stopping, true);
    pthread_join(r->thread, NULL);
    mem_free(r);
}

err job_add(struct db *db, const char *kind, str argument, i64 run_after, i64 by, i64 now, i64 *id)
{
    *id = id_new();
    return jobs_sql_add(db, *id, str_of(kind), argument, run_after, by ? &by : NULL, now, NULL);
}

err job_add_once(struct db *db, struct arena *a, const char *kind, str argument, i64 now)
{
    struct jobs_same_row row;
    bool found;
    TRY(jobs_sql_same(db, a, str_of(kind), argument, &row, &found));
    i64 id;
    return found ? OK : job_add(db, kind, argument, now, 0, now, &id);
}
