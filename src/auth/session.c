/* session.c -- sessions and tokens: who holds this secret? Answered from memory for ten seconds. */
#include <pthread.h>
#include <stdatomic.h>

#include "auth_sql.h"
#include "auth/private.h"

enum {
    SHARDS = 16, SETS = 128, WAYS = 4, /* 8,192 people in ten seconds; more only cost a statement each */
    KEEP_MS = 10000,
    SEEN_STALE_MS = 60000,             /* "last seen" is written when it is older than this */
    SEEN_MAX = 16384,                  /* waiting to be written; what does not fit comes again with the next request */
    SEEN_CHUNK = 500,
    FLUSH_S = 60
};

enum secret_kind { SECRET_COOKIE, SECRET_TOKEN };

struct cached {
    bool used;
    enum secret_kind kind;
    i64 read;          /* when */
    i64 ends;          /* session or token */
    u8 hash[HASH_BYTES];
    struct user user;
};

static struct shard { pthread_mutex_t lock; struct cached entry[SETS][WAYS]; } shards[SHARDS];
static pthread_once_t shards_once = PTHREAD_ONCE_INIT;

/* Rises with each auth_forget: what was read from the database before must not be put into the cache after. */
static _Atomic u64 forgotten;

static struct {
    pthread_mutex_t lock;
    int count;
    struct seen { u8 hash[HASH_BYTES]; i64 at; } list[SEEN_MAX];
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void shards_init(void)
{
    for (int i = 0; i < SHARDS; i++) pthread_mutex_init(&shards[i].lock, NULL);
}

static struct shard *shard_of(const u8 hash[HASH_BYTES])
{
    pthread_once(&shards_once, shards_init);
    return &shards[hash[0] % SHARDS];
}

static struct cached *set_of(struct shard *s, const u8 hash[HASH_BYTES])
{
    return s->entry[hash[1] % SETS];
}

/* ---- the cache ---- */

static bool cache_get(enum secret_kind kind, const u8 hash[HASH_BYTES], i64 now, struct user *out)
{
    struct shard *s = shard_of(hash);
    bool hit = false;
    pthread_mutex_lock(&s->lock);
    struct cached *set = set_of(s, hash);
    for (int i = 0; i < WAYS && !hit; i++) {
        struct cached *c = &set[i];
        if (!c->used || c->kind != kind || memcmp(c->hash, hash, HASH_BYTES) != 0) continue;
        hit = now >= c->read && now - c->read < KEEP_MS && now < c->ends;
        if (hit) *out = c->user;
        else c->used = false;
    }
    pthread_mutex_unlock(&s->lock);
    return hit;
}

static void cache_put(const struct cached *fresh, u64 as_of)
{
    struct shard *s = shard_of(fresh->hash);
    pthread_mutex_lock(&s->lock);
    struct cached *set = set_of(s, fresh->hash), *to = &set[0];
    for (int i = 0; i < WAYS; i++) {
        struct cached *c = &set[i];
        if (c->used && c->kind == fresh->kind && memcmp(c->hash, fresh->hash, HASH_BYTES) == 0) {
            to = c;
            break;
        }
        if (to->used && (!c->used || c->read < to->read)) to = c;
    }
    if (atomic_load(&forgotten) == as_of) *to = *fresh;
    pthread_mutex_unlock(&s->lock);
}

static void cache_drop(i64 account)
{
    pthread_once(&shards_once, shards_init);
    atomic_fetch_add(&forgotten, 1);
    for (int i = 0; i < SHARDS; i++) {
        struct shard *s = &shards[i];
        pthread_mutex_lock(&s->lock);
        struct cached *c = &s->entry[0][0];
        for (int k = 0; k < SETS * WAYS; k++)
            if (c[k].used && (account == 0 || c[k].user.account == account)) c[k].used = false;
        pthread_mutex_unlock(&s->lock);
    }
}

void auth_forget(i64 account)
{
    if (account) cache_drop(account);
}

void session_forget_all(void)
{
    cache_drop(0);
}

/* ---- last seen ---- */

static void seen_note(const u8 hash[HASH_BYTES], i64 now)
{
    pthread_mutex_lock(&seen.lock);
    if (seen.count < SEEN_MAX) {
        struct seen *to = &seen.list[seen.count++]; /* one session may stand here several times: the latest wins, and a minute holds six at most */
        memcpy(to->hash, hash, HASH_BYTES);
        to->at = now;
    }
    pthread_mutex_unlock(&seen.lock);
}

struct chunk { int count; struct seen list[SEEN_CHUNK]; };

static void chunk_take(struct chunk *c)
{
    pthread_mutex_lock(&seen.lock);
    c->count = seen.count < SEEN_CHUNK ? seen.count : SEEN_CHUNK;
    seen.count -= c->count;
    memcpy(c->list, seen.list + seen.count, (size_t)c->count * sizeof c->list[0]);
    pthread_mutex_unlock(&seen.lock);
}

static err chunk_write(struct db *db, void *arg)
{
    const struct chunk *c = arg;
    for (int i = 0; i < c->count; i++) TRY(auth_sql_session_seen(db, str_n((const char *)c->list[i].hash, HASH_BYTES), c->list[i].at, NULL));
    return OK;
}

static err purge(struct db *db, void *arg)
{
    i64 now = *(const i64 *)arg;
    TRY(auth_sql_session_purge(db, now, now - SESSION_IDLE_MS, NULL));
    return auth_sql_failure_purge(db, now - DAY_MS, NULL);
}

err auth_flush(struct db_pool *pool, i64 now)
{
    static _Atomic i64 purged;
    struct chunk c;
    for (chunk_take(&c); c.count > 0; chunk_take(&c)) TRY(auth_transaction(pool, DB_WRITE, chunk_write, &c));
    i64 last = atomic_load(&purged);
    if (now >= last && now - last < HOUR_MS) return OK;
    TRY(auth_transaction(pool, DB_WRITE, purge, &now));
    atomic_store(&purged, now);
    return OK;
}

static struct {
    pthread_mutex_t lock;
    pthread_cond_t stop;
    pthread_t thread;
    bool running, stopping;
    struct db_pool *pool;
} flusher = {.lock = PTHREAD_MUTEX_INITIALIZER, .stop = PTHREAD_COND_INITIALIZER};

static void flush_and_say(void)
{
    err e = auth_flush(flusher.pool, now_ms());
    if (e != OK) log_event(LOG_WARN, "last_seen_not_written", "error", err_name(e), "detail", err_log(), NULL);
}

static void *flush_loop(void *arg)
{
    UNUSED(arg);
    pthread_mutex_lock(&flusher.lock);
    while (!flusher.stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += FLUSH_S;
        if (pthread_cond_timedwait(&flusher.stop, &flusher.lock, &until) == 0) continue; /* stopping, or nothing */
        pthread_mutex_unlock(&flusher.lock);
        flush_and_say();
        pthread_mutex_lock(&flusher.lock);
    }
    pthread_mutex_unlock(&flusher.lock);
    flush_and_say(); /* what the last minute left */
    return NULL;
}

err auth_flush_start(struct db_pool *pool)
{
    ASSERT(!flusher.running);
    flusher.pool = pool;
    flusher.stopping = false;
    if (pthread_create(&flusher.thread, NULL, flush_loop, NULL) != 0) return err_set(ERR_IO, N_("A thread could not be started. Raise the limit on processes and start again."));
    flusher.running = true;
    return OK;
}

void auth_flush_stop(void)
{
    if (!flusher.running) return;
    pthread_mutex_lock(&flusher.lock);
    flusher.stopping = true;
    pthread_cond_signal(&flusher.stop);
    pthread_mutex_unlock(&flusher.lock);
    pthread_join(flusher.thread, NULL);
    flusher.running = false;
}

/* ---- reading ---- */

struct lookup { struct cached fresh; i64 now; i64 seen; str secret; };

static void user_fill(struct user *u, i64 account, i64 officer, i64 organisation, str name, str language)
{
    *u = (struct user){.account = account, .officer = officer, .organisation = organisation, .lang = -1};
    str cut = name;
    for (isize points = USER_NAME_MAX; cut.len >= USER_NAME_MAX; points--) cut = utf8_cut(name, points);
    snprintf(u->name, sizeof u->name, "%.*s", STR_ARGS(cut));
    if (str_eq(language, S("en"))) u->lang = 0;
    if (str_eq(language, S("hi"))) u->lang = 1;
}

static err session_row(void *arg, const struct auth_session_get_row *row)
{
    struct lookup *l = arg;
    i64 idle = row->seen + SESSION_IDLE_MS;
    l->fresh.ends = row->expires < idle ? row->expires : idle;
    l->seen = row->seen;
    if (row->state != ACCOUNT_ACTIVE || l->now >= l->fresh.ends) return OK;
    user_fill(&l->fresh.user, row->account, row->officer_null ? 0 : row->officer, row->organisation_null ? 0 : row->organisation, row->name, row->language);
    return OK;
}

static err token_row(void *arg, const struct auth_token_get_row *row)
{
    struct lookup *l = arg;
    l->fresh.ends = row->expires;
    if (row->state != ACCOUNT_ACTIVE || !row->revoked_null || l->now >= row->expires) return OK;
    user_fill(&l->fresh.user, row->account, row->officer_null ? 0 : row->officer, row->organisation_null ? 0 : row->organisation, row->name, row->language);
    l->fresh.user.token = true;
    return OK;
}

static err lookup_work(struct db *db, void *arg)
{
    struct lookup *l = arg;
    str hash = str_n((const char *)l->fresh.hash, HASH_BYTES);
    l->fresh.user = (struct user){.lang = -1};
    if (l->fresh.kind == SECRET_COOKIE) TRY(auth_sql_session_get(db, hash, session_row, l));
    else TRY(auth_sql_token_get(db, hash, token_row, l));
    if (l->fresh.user.account == 0) return OK;
    return grants_read(db, l->fresh.user.account, day_of_ms(l->now), &l->fresh.user);
}

/* csrf = base64url of the first 24 bytes of SHA-256("csrf:" + cookie). */
static void csrf_fill(struct user *u, str cookie)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[5 + 64];
    u8 hash[HASH_BYTES];
    ASSERT(cookie.len <= 64);
    memcpy(text, "csrf:", 5);
    memcpy(text + 5, cookie.data, (size_t)cookie.len);
    sha256(text, 5 + cookie.len, hash);
    for (int i = 0; i < 8; i++) {
        u32 three = (u32)hash[3 * i] << 16 | (u32)hash[3 * i + 1] << 8 | hash[3 * i + 2];
        for (int k = 0; k < 4; k++) u->csrf[4 * i + k] = digit[three >> (18 - 6 * k) & 63];
    }
    u->csrf[32] = 0;
}

static err user_of(struct db_pool *pool, enum secret_kind kind, str secret, i64 now, struct user *out)
{
    struct lookup l = {.fresh = {.used = true, .kind = kind, .read = now}, .now = now};
    *out = (struct user){.lang = -1};
    if (secret.len < 20 || secret.len > 64) return OK; /* none of ours */
    sha256(secret.data, secret.len, l.fresh.hash);
    if (cache_get(kind, l.fresh.hash, now, out)) return OK;
    u64 as_of = atomic_load(&forgotten);
    TRY(auth_transaction(pool, DB_READ, lookup_work, &l));
    struct user *u = &l.fresh.user;
    if (u->account == 0) return OK;
    if (kind == SECRET_COOKIE) {
        memcpy(u->session, l.fresh.hash, HASH_BYTES);
        csrf_fill(u, secret);
        if (now - l.seen >= SEEN_STALE_MS) seen_note(l.fresh.hash, now);
    }
    cache_put(&l.fresh, as_of);
    *out = *u;
    return OK;
}

err auth_user_of_cookie(struct db_pool *pool, str cookie, i64 now, struct user *out)
{
    return user_of(pool, SECRET_COOKIE, cookie, now, out);
}

err auth_user_of_token(struct db_pool *pool, str token, i64 now, struct user *out)
{
    return user_of(pool, SECRET_TOKEN, token, now, out);
}

/* ---- opening and ending ---- */

err session_open(struct db *db, struct arena *a, i64 account, const char *address, str agent, i64 now, str *cookie)
{
    u8 secret[SECRET_BYTES], hash[HASH_BYTES];
    random_bytes(secret, sizeof secret);
    str text = base64url(a, secret, sizeof secret);
    sha256(text.data, text.len, hash);
    /* A header is bytes, not text. */
    str browser = agent.data && utf8_valid(agent) ? utf8_cut(agent, AGENT_MAX) : S("");
    TRY(auth_sql_session_add(db, str_n((const char *)hash, sizeof hash), account, now, now + SESSION_MS, str_of(address), browser, NULL));
    *cookie = text;
    return OK;
}

static err owner_row(void *arg, const struct auth_session_owner_row *row)
{
    *(i64 *)arg = row->account;
    return OK;
}

err auth_sign_out(struct db *db, const u8 session[32])
{
    i64 owner = 0;
    str hash = str_n((const char *)session, HASH_BYTES);
    TRY(auth_sql_session_owner(db, hash, owner_row, &owner));
    if (!owner) return OK; /* ended already: what was asked for is so */
    TRY(auth_sql_session_drop(db, hash, NULL));
    return audit_add(db, owner, "sign-out", owner, S(""), now_ms());
}

err auth_sign_out_everywhere(struct db *db, i64 account)
{
    TRY(auth_sql_session_drop_all(db, account, NULL));
    return audit_add(db, account, "sign-out.everywhere", account, S(""), now_ms());
}

err session_end(struct db *db, struct arena *a, i64 account, str prefix, i64 now)
{
    struct auth_session_of_account_rows rows;
    TRY(auth_sql_session_of_account(db, a, account, now, now - SESSION_IDLE_MS, &rows));
    for (isize i = 0; i < rows.count; i++) {
        str hash = rows.row[i].token_hash;
        if (!str_eq(str_slice(hex(a, (const u8 *)hash.data, hash.len), 0, 16), prefix)) continue;
        TRY(auth_sql_session_drop(db, hash, NULL));
        return audit_add(db, account, "session.end", account, S(""), now);
    }
    return err_set(ERR_NOT_FOUND, N_("This device is signed out already."));
}
