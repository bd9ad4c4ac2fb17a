/* system_web.c -- what the operator's own systems ask: is it alive, is it ready, how is it doing, what does it offer. */
#include "app/app.h"
#include "db/migrate.h"

static err healthz(struct request *rq)
{
    return respond_bytes(rq, "text/plain; charset=utf-8", NULL, S("alive\n"));
}

/* Ready: the database answers, its schema is ours, and the disk takes writes. */
static err readyz(struct request *rq)
{
    struct migrate_status s;
    const char *why = NULL;
    if (db_pool_ping(rq->pool) != OK) why = "the database does not answer\n";
    else if (migrate_status(rq->pool, &s) != OK || s.have != s.want) why = "the schema is not that of this program\n";
    else if (db_pool_full(rq->pool)) why = "the disk is full: reading works, writing does not; what was saved is safe\n";
    if (why) respond_status(rq, 503);
    return respond_bytes(rq, "text/plain; charset=utf-8", NULL, str_of(why ? why : "ready\n"));
}

static bool from_loopback(const struct request *rq)
{
    return strncmp(rq->address, "127.", 4) == 0 || strcmp(rq->address, "::1") == 0;
}

static err metrics(struct request *rq)
{
    str token = request_header(rq, "X-Metrics-Token");
    bool allowed = from_loopback(rq) || (app_config->metrics_token.len && str_eq(token, app_config->metrics_token));
    if (!allowed) return err_set(ERR_NOT_FOUND, N_("There is no such page, or it lies outside what you may see."));
    struct db_pool_stats s;
    db_pool_stats(rq->pool, &s);
    str text = str_format(rq->arena,
                          "# TYPE igot_up gauge\nigot_up 1\n# TYPE igot_uptime_seconds gauge\nigot_uptime_seconds %lld\n"
                          "# TYPE igot_db_connections gauge\nigot_db_connections{mode=\"read\",state=\"busy\"} %d\nigot_db_connections{mode=\"read\",state=\"all\"} %d\n"
                          "igot_db_connections{mode=\"write\",state=\"busy\"} %d\nigot_db_connections{mode=\"write\",state=\"all\"} %d\n"
                          "# TYPE igot_db_commits_total counter\nigot_db_commits_total %lld\n# TYPE igot_db_syncs_total counter\nigot_db_syncs_total %lld\n"
                          "# TYPE igot_db_retries_total counter\nigot_db_retries_total %lld\n# TYPE igot_disk_full gauge\nigot_disk_full %d\n",
                          (long long)((mono_us() - app_started_us) / 1000000), s.readers_busy, s.readers, s.writers_busy, s.writers, (long long)s.commits,
                          (long long)s.syncs, (long long)s.retries, db_pool_full(rq->pool) ? 1 : 0);
    return respond_bytes(rq, "text/plain; version=0.0.4", NULL, text);
}

static err openapi(struct request *rq)
{
    struct buf b;
    buf_init(&b, 4 << 20);
    routes_openapi(app_routes, &b);
    err e = b.full ? ERR_MEMORY : respond_bytes(rq, "application/json", NULL, buf_view(&b));
    buf_clear(&b);
    return e;
}

const struct route system_routes[] = {
    {LONG, GET, "/healthz", PUBLIC, healthz, NULL, NULL, "Is the process alive?"},
    {LONG, GET, "/readyz", PUBLIC, readyz, NULL, NULL, "Can it serve? 503 with the reason if not."},
    {LONG, GET, "/metrics", PUBLIC, metrics, NULL, NULL, "Figures in Prometheus text; to loopback, or with X-Metrics-Token."},
    {LONG, GET, "/openapi.json", PUBLIC, openapi, NULL, NULL, "This description."},
    ROUTE_END,
};
