/* node.c -- the number that makes this process's ids its own: leased for a minute, renewed by a thread.
**
** Two processes with one number could make the same id within one millisecond, which the tables' keys would refuse. A lease that has ended may still be in use (a
** writer kept its renewal waiting), so another's number is taken over only some time after.
**
** Ids may be ahead of the clock: simulate makes a day's records as at its noon, and a clock may step back. A process that begins then goes on above setting 'id.floor', and
** claims the next minute's ids by raising it, so that the process after it, with the same number, does not make them again. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "app/app.h"
#include "app_sql.h"

enum { ID_TIME_BITS = 22, CLAIM_MS = 60000, NODES = 1024, LEASE_MS = 60000, RENEW_S = 20, GRACE_MS = 10 * 60000, TRIES = 20 };

static struct {
    struct db_pool *pool;
    int number; /* -1: none */
    char holder[96];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool leaving;
    i64 claimed; /* what this process has last written as the floor; 0: nothing */
} lease = {.number = -1, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

struct step { struct db *db; struct arena *arena; bool renewed; int number; };

static const i64 id_epoch = 1577836800000; /* 2020-01-01, of base/ident.c */

static err in_write(struct db_pool *pool, struct step *s, err (*work)(void *))
{
    err e = OK;
    for (int tries = 0; tries < TRIES; tries++) {
        if (tries) usleep((useconds_t)(1000 * tries * (1 + getpid() % 7)));
        TRY(db_begin(pool, DB_WRITE, &s->db));
        e = arena_guard(work, s);
        if (e == OK) e = db_commit(s->db);
        else db_rollback(s->db);
        if (e != ERR_RETRY && e != ERR_CONFLICT) break; /* CONFLICT: the other one was first */
    }
    return e;
}

/* The lowest number that nobody holds. */
static int lowest_free(const struct app_nodes_rows *held, i64 now)
{
    int n = 0;
    for (isize i = 0; i < held->count; i++) {
        const struct app_nodes_row *h = &held->row[i];
        if (h->node != n || h->until < now - GRACE_MS) return n;
        n++;
    }
    return n;
}

/* ---- ids ahead of the clock ---- */

static bool is_ahead(i64 id)
{
    return id >> ID_TIME_BITS >= now_ms() - id_epoch;
}

static err floor_read(struct step *s, i64 *floor)
{
    struct app_id_floor_row row;
    bool found;
    *floor = 0;
    TRY(app_sql_id_floor(s->db, s->arena, &row, &found));
    if (found && !str_to_i64(row.value, floor)) *floor = 0;
    return OK;
}

static err floor_write(struct step *s, i64 floor)
{
    lease.claimed = floor;
    return app_sql_id_floor_set(s->db, str_format(s->arena, "%lld", (long long)floor), NULL);
}

/* From here on this process's ids are above all that were made and all that others have claimed. */
static err claim(struct step *s)
{
    struct app_newest_id_row newest;
    i64 floor;
    TRY(app_sql_newest_id(s->db, s->arena, &newest));
    TRY(floor_read(s, &floor));
    if (newest.id > floor) floor = newest.id;
    id_above(floor);
    return is_ahead(floor) ? floor_write(s, floor + ((i64)CLAIM_MS << ID_TIME_BITS)) : OK;
}

static err claim_more(struct step *s)
{
    i64 floor, id = id_new();
    if (!is_ahead(id)) return OK;
    TRY(floor_read(s, &floor));
    id += (i64)CLAIM_MS << ID_TIME_BITS;
    return id > floor ? floor_write(s, id) : OK;
}

/* What was claimed and not used is given back, unless another has claimed more since. */
static err claim_end(struct step *s)
{
    i64 floor, id = id_new();
    usleep(2000); /* a clock that runs has passed it by then */
    if (!is_ahead(id)) return OK;
    TRY(floor_read(s, &floor));
    return floor < id || floor == lease.claimed ? floor_write(s, id) : OK;
}

/* ---- the lease ---- */

static err take(void *arg)
{
    struct step *s = arg;
    struct app_node_time_row now;
    struct app_nodes_rows held;
    i64 taken = 0;
    TRY(app_sql_node_time(s->db, s->arena, &now));
    TRY(app_sql_nodes(s->db, s->arena, &held));
    int n = lowest_free(&held, now.ms);
    if (n >= NODES) return err_set(ERR_BUSY, N_("More than a thousand igot programs use this database. End some of them; a number is free ten minutes after its program has died."));
    TRY(app_sql_node_take(s->db, n, str_of(lease.holder), now.ms + LEASE_MS, now.ms - GRACE_MS, &taken));
    if (taken != 1) return ERR_RETRY;
    s->number = n;
    return claim(s);
}

static err renew(void *arg)
{
    struct step *s = arg;
    struct app_node_time_row now;
    i64 changed = 0;
    TRY(app_sql_node_time(s->db, s->arena, &now));
    TRY(app_sql_node_renew(s->db, lease.number, str_of(lease.holder), now.ms + LEASE_MS, &changed));
    s->renewed = changed == 1;
    return claim_more(s);
}

static err release(void *arg)
{
    struct step *s = arg;
    TRY(claim_end(s));
    return app_sql_node_release(s->db, lease.number, str_of(lease.holder), NULL);
}

static bool wait_to_renew(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RENEW_S;
    pthread_mutex_lock(&lease.lock);
    while (!lease.leaving && pthread_cond_timedwait(&lease.wake, &lease.lock, &until) != ETIMEDOUT) continue;
    bool leaving = lease.leaving;
    pthread_mutex_unlock(&lease.lock);
    return !leaving;
}

static void *renewer(void *arg)
{
    UNUSED(arg);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    while (wait_to_renew()) {
        struct step s = {.arena = &arena};
        arena_reset(&arena);
        err e = in_write(lease.pool, &s, renew);
        if (e != OK) {
            log_event(LOG_WARN, "node_not_renewed", "error", err_name(e), "detail", err_log(), NULL);
            continue;
        }
        if (s.renewed) continue;
        log_event(LOG_WARN, "node_lost", "detail", "another program has taken this one's number; taking a new one", NULL);
        if (in_write(lease.pool, &s, take) != OK) continue;
        lease.number = s.number;
        id_node(lease.number);
    }
    arena_clear(&arena);
    return NULL;
}

err node_lease(struct db_pool *pool, struct arena *arena)
{
    ASSERT(lease.number < 0);
    u8 nonce[8];
    char host[40] = "";
    struct step s = {.arena = arena};
    gethostname(host, sizeof host - 1);
    random_bytes(nonce, sizeof nonce); /* a process id comes again */
    str mark = hex(arena, nonce, sizeof nonce);
    snprintf(lease.holder, sizeof lease.holder, "%s:%ld:%.*s", host, (long)getpid(), STR_ARGS(mark));
    lease.pool = pool;
    lease.leaving = false;
    TRY(in_write(pool, &s, take));
    lease.number = s.number;
    id_node(lease.number);
    if (pthread_create(&lease.thread, NULL, renewer, NULL) == 0) return OK;
    if (in_write(pool, &s, release) != OK) log_event(LOG_WARN, "node_not_released", "detail", err_log(), NULL);
    lease.number = -1;
    return err_set(ERR_BUSY, N_("The system gives no more threads."));
}

void node_release(void)
{
    if (lease.number < 0) return;
    pthread_mutex_lock(&lease.lock);
    lease.leaving = true;
    pthread_cond_signal(&lease.wake);
    pthread_mutex_unlock(&lease.lock);
    pthread_join(lease.thread, NULL);
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct step s = {.arena = &arena};
    if (in_write(lease.pool, &s, release) != OK) log_event(LOG_WARN, "node_not_released", "detail", err_log(), NULL);
    arena_clear(&arena);
    lease.number = -1;
}
