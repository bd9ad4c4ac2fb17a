/* server.c -- the sockets: libmicrohttpd in front, workers behind. A slow request never delays another connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/private.h"

enum {
    CONNECTION_MEMORY = 16 * 1024, /* request line and headers of one connection */
    CONNECTION_LIMIT = 8192,
    CONNECTION_IDLE_S = 60,
    HTTP_THREADS = 2,
    PAGE_MAX = 16 << 20,
    QUEUE_MAX = 4096,              /* waiting requests; past it the answer is 503 at once */
    STOP_WAIT_MS = 30000
};

/* ---- workers ---- */

struct work_queue {
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct exchange *first, *last;
    int waiting, threads;
    bool closed;
    pthread_t *thread;
    struct server *server;
};

static struct exchange *queue_take(struct work_queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->closed) pthread_cond_wait(&q->some, &q->lock);
    struct exchange *x = q->first;
    if (x) {
        q->first = x->next;
        if (!q->first) q->last = NULL;
        q->waiting--;
    }
    pthread_mutex_unlock(&q->lock);
    return x;
}

static bool queue_put(struct work_queue *q, struct exchange *x)
{
    pthread_mutex_lock(&q->lock);
    bool room = q->waiting < QUEUE_MAX && !q->closed;
    if (room) {
        x->next = NULL;
        if (q->last) q->last->next = x;
        else q->first = x;
        q->last = x;
        q->waiting++;
        pthread_cond_signal(&q->some);
    }
    pthread_mutex_unlock(&q->lock);
    return room;
}

static void *worker(void *arg)
{
    struct work_queue *q = arg;
    struct web_thread t;
    web_thread_init(&t, q->server->memory_max, PAGE_MAX);
    for (struct exchange *x; (x = queue_take(q)) != NULL;) {
        dispatch(x, &t, false);
        MHD_resume_connection(x->connection);
    }
    web_thread_clear(&t);
    return NULL;
}

static err queue_open(struct server *s, int threads, struct work_queue **out)
{
    struct work_queue *q = mem_alloc((isize)sizeof *q);
    if (!q) return ERR_MEMORY;
    q->server = s;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->some, NULL);
    *out = q;
    q->thread = mem_alloc(threads * (isize)sizeof *q->thread);
    if (!q->thread) return ERR_MEMORY;
    for (; q->threads < threads; q->threads++)
        if (pthread_create(&q->thread[q->threads], NULL, worker, q) != 0) return err_set(ERR_BUSY, N_("The system gives no more threads."));
    return OK;
}

/* What was accepted is finished and sent. */
static void server_drain(struct server *s)
{
    for (i64 until = mono_us() + STOP_WAIT_MS * 1000; mono_us() < until && atomic_load(&s->in_flight) > 0;) usleep(2000);
}

/* What waits is still run; afterwards nothing is taken in. */
static void queue_close(struct work_queue *q)
{
    if (!q || q->closed) return;
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->some);
    pthread_mutex_unlock(&q->lock);
    for (int i = 0; i < q->threads; i++) pthread_join(q->thread[i], NULL);
}

static void queue_free(struct work_queue *q)
{
    if (!q) return;
    queue_close(q);
    pthread_cond_destroy(&q->some);
    pthread_mutex_destroy(&q->lock);
    mem_free(q->thread);
    mem_free(q);
}

/* ---- one exchange ---- */

static void exchange_free(struct exchange *x)
{
    atomic_fetch_sub(&x->server->in_flight, 1);
    if (x->response) MHD_destroy_response(x->response);
    buf_clear(&x->body);
    mem_free(x->line);
    mem_free(x);
}

static bool is_trusted(const struct server *s, const char *address)
{
    str rest = str_of(s->options.trusted_proxies), one;
    while (str_cut(&rest, ',', &one))
        if (str_eq(str_trim(one), str_of(address))) return true;
    return false;
}

/* A socket for both families shows IPv4 as ::ffff:1.2.3.4: by its /64 that would be everybody. */
static void plain_address(char *address)
{
    static const char mapped[] = "::ffff:";
    size_t n = sizeof mapped - 1;
    if (strncasecmp(address, mapped, n) == 0 && strchr(address, '.')) memmove(address, address + n, strlen(address + n) + 1);
}

/* The last address that a proxy of ours did not write itself. Some proxies add a header of their own below what the client sent, so all are read. */
static enum MHD_Result take_forwarded(void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct exchange *x = arg;
    str rest = str_of(value), one;
    UNUSED(kind);
    if (strcasecmp(key, "X-Forwarded-For") != 0) return MHD_YES;
    while (str_cut(&rest, ',', &one)) {
        char text[sizeof x->address];
        one = str_trim(one);
        if (one.len == 0 || one.len >= (isize)sizeof text) continue;
        snprintf(text, sizeof text, "%.*s", STR_ARGS(one));
        if (!is_trusted(x->server, text)) memcpy(x->address, text, sizeof text);
    }
    return MHD_YES;
}

static void exchange_address(struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr)
        getnameinfo(info->client_addr, info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
                    x->address, sizeof x->address, NULL, 0, NI_NUMERICHOST);
    plain_address(x->address);
    if (!x->server->options.trusted_proxies || !is_trusted(x->server, x->address)) return;
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_forwarded, x);
    plain_address(x->address);
}

static void exchange_method(struct exchange *x, const char *method)
{
    static const char *const names[METHOD_COUNT] = {"GET", "POST", "PUT", "DELETE"};
    x->head = strcmp(method, "HEAD") == 0;
    if (x->head) method = "GET";
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (strcmp(method, names[i]) != 0) continue;
        x->method = (enum method)i;
        x->known_method = true;
    }
}

/* The URI as it came: MHD would decode it, and a decoded %00 or %2F is another path. */
static void *exchange_new(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *x = mem_alloc((isize)sizeof *x);
    if (!x) return NULL;
    x->server = arg;
    x->connection = connection;
    x->began_us = mono_us();
    buf_init(&x->body, x->server->options.body_max);
    str line = str_of(uri);
    x->line = mem_alloc(line.len + 1);
    if (!x->line) {
        mem_free(x);
        return NULL;
    }
    memcpy(x->line, line.data, (size_t)line.len);
    x->query = str_n(x->line, line.len);
    str_cut(&x->query, '?', &x->path);
    atomic_fetch_add(&x->server->in_flight, 1);
    return x;
}

static enum MHD_Result exchange_send(struct exchange *x)
{
    if (x->shared) return MHD_queue_response(x->connection, (unsigned)x->status, x->shared);
    enum MHD_Result r = MHD_queue_response(x->connection, (unsigned)x->status, x->response);
    MHD_destroy_response(x->response);
    x->response = NULL;
    return r;
}

static enum MHD_Result send_busy(struct exchange *x)
{
    static const char text[] = "Too many requests at once. Try again in a few seconds.\n";
    x->response = MHD_create_response_from_buffer(sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (!x->response) return MHD_NO;
    MHD_add_response_header(x->response, "Retry-After", "5");
    x->status = 503;
    return exchange_send(x);
}

static struct web_thread *inline_thread(struct server *s);

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *data, size_t *size, void **state)
{
    struct server *s = arg;
    struct exchange *x = *state;
    UNUSED(url);
    UNUSED(version);
    if (!x) return MHD_NO; /* no memory for it */
    if (!x->address[0]) {  /* first call: the headers are here */
        x->connection = connection;
        exchange_method(x, method);
        exchange_address(x);
        const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
        i64 n;
        if (length && str_to_i64(str_of(length), &n) && n > x->body.max) x->too_large = true;
        if (!x->address[0]) x->address[0] = '-';
        return MHD_YES;
    }
    if (*size) {
        if (!x->too_large) buf_put(&x->body, data, (isize)*size);
        x->too_large |= x->body.full;
        *size = 0;
        return MHD_YES;
    }
    if (x->response) return exchange_send(x); /* a worker has answered */
    if (x->queued) return send_busy(x);       /* a worker could not even answer */
    if (static_answer(x)) return exchange_send(x);
    struct web_thread *t = inline_thread(s);
    if (t && dispatch(x, t, true)) return x->response ? exchange_send(x) : MHD_NO;
    x->queued = true;
    MHD_suspend_connection(connection);
    if (queue_put(x->waits ? s->beside : s->queue, x)) return MHD_YES;
    MHD_resume_connection(connection);
    return MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    UNUSED(arg);
    UNUSED(connection);
    UNUSED(why);
    if (*state) exchange_free(*state);
    *state = NULL;
}

/* ---- threads' scratch memory ---- */

void web_thread_init(struct web_thread *t, isize memory_max, isize page_max)
{
    arena_init(&t->arena, memory_max);
    buf_init(&t->out, page_max);
}

void web_thread_clear(struct web_thread *t)
{
    arena_clear(&t->arena);
    buf_clear(&t->out);
}

static pthread_key_t inline_key;
static pthread_once_t inline_once = PTHREAD_ONCE_INIT;

static void inline_free(void *p)
{
    web_thread_clear(p);
    mem_free(p);
}

static void inline_make_key(void)
{
    pthread_key_create(&inline_key, inline_free);
}

static struct web_thread *inline_thread(struct server *s)
{
    struct web_thread *t = pthread_getspecific(inline_key);
    if (t) return t;
    t = mem_alloc((isize)sizeof *t);
    if (!t) return NULL;
    web_thread_init(t, s->memory_max, PAGE_MAX);
    pthread_setspecific(inline_key, t);
    return t;
}

/* ---- start and stop ---- */

static err listen_address(const char *listen, struct sockaddr_storage *out, socklen_t *size)
{
    char host[256];
    const char *colon = strrchr(listen, ':');
    if (!colon || colon - listen >= (isize)sizeof host) return err_detail(ERR_INVALID, N_("The address to listen on must read HOST:PORT."), "%s", listen);
    snprintf(host, sizeof host, "%.*s", (int)(colon - listen), listen);
    char *name = host;
    if (name[0] == '[' && strlen(name) > 1 && name[strlen(name) - 1] == ']') {
        name[strlen(name) - 1] = 0;
        name++;
    }
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    int code = getaddrinfo(*name ? name : NULL, colon + 1, &hints, &found);
    if (code != 0) return err_detail(ERR_INVALID, N_("The address to listen on must read HOST:PORT."), "%s: %s", listen, gai_strerror(code));
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *size = found->ai_addrlen;
    freeaddrinfo(found);
    return OK;
}

static err open_socket(const char *listen_on, int *out)
{
    struct sockaddr_storage address;
    socklen_t size = 0;
    TRY(listen_address(listen_on, &address, &size));
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 1024) != 0) {
        if (fd >= 0) close(fd);
        return err_detail(ERR_IO, N_("This address cannot be listened on. Another program may use it; choose another with --listen."), "%s: %s", listen_on, strerrordesc_np(errno));
    }
    *out = fd;
    return OK;
}

static void public_host(struct server *s)
{
    str url = str_of(s->options.public_url);
    s->secure = str_starts(url, S("https://"));
    isize at = str_find(url, S("://"));
    if (at < 0) return;
    str host = str_slice(url, at + 3, -1), head;
    str_cut(&host, '/', &head);
    if (head.len < (isize)sizeof s->host) snprintf(s->host, sizeof s->host, "%.*s", STR_ARGS(head));
}

err server_start(const struct server_options *options, struct db_pool *pool, const struct route *const *tables, struct server **out)
{
    *out = NULL;
    pthread_once(&inline_once, inline_make_key);
    struct server *s = mem_alloc((isize)sizeof *s);
    if (!s) return ERR_MEMORY;
    s->options = *options;
    s->pool = pool;
    s->tables = tables;
    s->memory_max = options->memory_max;
    public_host(s);
    static_init();
    s->router = router_new(tables);
    int fd = -1;
    err e = s->router ? queue_open(s, options->workers, &s->queue) : ERR_MEMORY;
    if (e == OK) e = queue_open(s, options->workers, &s->beside);
    if (e == OK) e = open_socket(options->listen, &fd);
    if (e == OK) {
        s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, on_request, s,
                                     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_THREADS,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                     MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTION_LIMIT,
                                     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_IDLE_S, MHD_OPTION_URI_LOG_CALLBACK,
                                     exchange_new, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
        if (!s->daemon) e = err_set(ERR_IO, N_("The HTTP server did not start."));
    }
    if (e != OK) {
        server_stop(s);
        if (fd >= 0) close(fd);
        return e;
    }
    *out = s;
    return OK;
}

int server_port(const struct server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    struct sockaddr_storage a;
    socklen_t size = sizeof a;
    if (!info || getsockname(info->listen_fd, (struct sockaddr *)&a, &size) != 0) return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}

void server_stop(struct server *s)
{
    if (!s) return;
    if (s->daemon) {
        int fd = MHD_quiesce_daemon(s->daemon); /* no new connections */
        server_drain(s);
        queue_close(s->queue); /* a connection that is suspended when MHD stops makes it panic */
        queue_close(s->beside);
        MHD_stop_daemon(s->daemon);
        if (fd >= 0) close(fd);
    }
    queue_free(s->queue);
    queue_free(s->beside);
    router_free(s->router);
    mem_free(s);
}
