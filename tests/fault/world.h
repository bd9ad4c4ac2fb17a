/* world.h -- a small platform within the test's own process: database with demo data, server on loopback, a client on plain sockets (which allocate nothing that is counted). */
#ifndef IGOT_FAULT_WORLD_H
#define IGOT_FAULT_WORLD_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "app/app.h"
#include "app/demo.h"
#include "auth/auth.h"
#include "measure/measure.h"

struct world {
    char folder[64];
    struct arena arena;
    struct config config;
    struct db_pool *pool;
    struct server *server;
    int port;
    char token[64]; /* of the demo officer */
    char competency[24], position[24], course[24];
};

struct answer { int status; isize len; bool whole; char text[1 << 17]; }; /* status 0: the connection was closed without a word */

static void must(err e, const char *what)
{
    if (e == OK) return;
    printf("not ok - %s: %s (%s)\n", what, err_message(), err_log());
    exit(1);
}

struct make { struct world *w; struct db *db; };

static err make_token(void *arg)
{
    struct make *m = arg;
    i64 account;
    str token;
    TRY(auth_account_by_name(m->db, &m->w->arena, S("officer"), &account));
    TRY(auth_token_create(m->db, &m->w->arena, account, S("fault tests"), now_ms() + 86400000, now_ms(), &token));
    snprintf(m->w->token, sizeof m->w->token, "%.*s", STR_ARGS(token));
    return OK;
}

static void world_make(struct world *w)
{
    if (sodium_init() < 0) exit(1);
    signal(SIGPIPE, SIG_IGN);
    memset(w, 0, sizeof *w);
    snprintf(w->folder, sizeof w->folder, "/tmp/igot-fault.XXXXXX");
    if (!mkdtemp(w->folder)) exit(1);
    arena_init(&w->arena, 64 << 20);
    w->config = (struct config){.db = str_format(&w->arena, "sqlite:%s/w.db", w->folder), .media = str_format(&w->arena, "%s/media", w->folder), .listen = S("127.0.0.1:0"), .workers = 2, .arena = &w->arena};
    app_config = &w->config;
    if (demo_prepare(&w->config, S("data"), 30) != EXIT_DONE) exit(1);
}

static void world_open(struct world *w, const char *vfs)
{
    struct db_options o = {.url = w->config.db, .readers = 4, .writers = 1, .sqlite_vfs = vfs};
    must(db_pool_open(&o, &w->pool), "the database opens");
    must(auth_load(w->pool), "roles load");
    must(constants_load(w->pool), "constants load");
    static char listen[] = "127.0.0.1:0";
    struct server_options s = {.listen = listen, .workers = 2, .demo = true, .body_max = 1 << 20, .memory_max = 64 << 20, .media = str_z(&w->arena, w->config.media)};
    must(server_start(&s, w->pool, app_routes, &w->server), "the server starts");
    w->port = server_port(w->server);
}

static void world_close(struct world *w)
{
    server_stop(w->server);
    auth_unload();
    constants_unload();
    db_pool_close(w->pool);
}

static void world_end(struct world *w)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", w->folder);
    arena_clear(&w->arena);
    if (system(command) != 0) printf("# %s stays\n", w->folder);
}

static void sign_in(struct world *w)
{
    struct make m = {.w = w};
    must(db_begin(w->pool, DB_WRITE, &m.db), "begin");
    must(arena_guard(make_token, &m), "a token");
    must(db_commit(m.db), "commit");
}

/* ---- the client ---- */

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval wait = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void send_request(const struct world *w, const char *method, const char *path, const char *body, const char *accept, struct answer *out)
{
    char head[1024];
    out->status = 0;
    out->len = 0;
    out->text[0] = 0;
    int fd = connect_to(w->port);
    if (fd < 0) return;
    int n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: %s\r\nAuthorization: Bearer %s\r\n", method, path, accept, w->token);
    if (body) n += snprintf(head + n, sizeof head - (size_t)n, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n", strlen(body));
    n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
    if (send(fd, head, (size_t)n, MSG_NOSIGNAL) == n && (!body || send(fd, body, strlen(body), MSG_NOSIGNAL) >= 0)) {
        for (ssize_t k; out->len < (isize)sizeof out->text - 1 && (k = recv(fd, out->text + out->len, sizeof out->text - 1 - (size_t)out->len, 0)) > 0;) out->len += k;
        out->text[out->len] = 0;
        if (strncmp(out->text, "HTTP/1.1 ", 9) == 0) out->status = (int)strtol(out->text + 9, NULL, 10);
    }
    close(fd);
    const char *length = strstr(out->text, "Content-Length: "), *start = strstr(out->text, "\r\n\r\n");
    out->whole = out->status && start && (!length || out->len - (start + 4 - out->text) == strtol(length + 16, NULL, 10));
}

/* The first "NUMBER" after `mark` in the JSON of a page. */
static void find_id(const struct world *w, const char *path, const char *mark, char out[24])
{
    static struct answer a;
    send_request(w, "GET", path, NULL, "application/json", &a);
    const char *at = strstr(a.text, mark);
    isize n = 0;
    for (at = at ? at + strlen(mark) : ""; *at == '"' || *at == ':' || *at == ' '; at++) continue;
    while (n < 23 && at[n] >= '0' && at[n] <= '9') n++;
    snprintf(out, 24, "%.*s", (int)n, at);
    if (n == 0) printf("# no %s in %s: %d %.300s\n", mark, path, a.status, a.text);
}

#endif
