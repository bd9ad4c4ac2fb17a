/* dispatch.c -- a request's life: who asks, which row, may they, is the input right, then the handler in its transaction. */
#include <unistd.h>

#include "auth/auth.h"
#include "web/private.h"

enum { RETRIES = 5, JSON_LOG_MAX = 4096 };

/* ---- input ---- */

static err read_body(struct request *rq, struct form *f)
{
    struct exchange *x = rq->private->x;
    if (x->body.len == 0) return OK;
    str type = request_header(rq, "Content-Type"), media = type;
    str rest = type;
    if (type.data) str_cut(&rest, ';', &media);
    media = str_trim(media);
    str body = buf_view(&x->body);
    if (str_eq_nocase(media, S("application/x-www-form-urlencoded"))) return form_urlencoded(rq->arena, body, f);
    if (str_eq_nocase(media, S("multipart/form-data"))) return form_multipart(rq->arena, body, type, f);
    if (str_eq_nocase(media, S("application/json"))) return form_json(rq->arena, body, f);
    return err_set(ERR_INVALID, N_("This kind of body is not read here. Send a form or JSON."));
}

static err read_input(struct request *rq)
{
    struct web_private *p = rq->private;
    TRY(form_urlencoded(rq->arena, rq->query, &p->form));
    if (p->x->method != GET) TRY(read_body(rq, &p->form));
    form_check(rq->arena, &p->form, rq->route->input, &p->faults);
    return OK;
}

/* ---- may they ---- */

static bool is_public(const struct route *r)
{
    return strcmp(r->permission, PUBLIC) == 0;
}

static err check_permission(struct request *rq)
{
    const char *permission = rq->route->permission;
    if (is_public(rq->route)) return OK;
    if (rq->user.account == 0) return err_set(ERR_SIGN_IN, N_("Sign in to see this page."));
    if (strcmp(permission, SIGNED_IN) == 0) return OK;
    if (user_reach(&rq->user, permission) == REACH_NONE) return err_set(ERR_DENIED, N_("Your role does not include this page. The person who manages roles in your organisation can tell you who has it."));
    return OK;
}

/* The records that the path names must lie within reach; outside it they do not exist. */
static err check_scope(struct request *rq, const struct router_match *m)
{
    for (int i = 0; i < m->params; i++) {
        bool sees = true;
        if (str_eq(m->segment[i], S(":officer")))
            TRY(user_sees_officer(rq->db, &rq->user, rq->route->permission, m->id[i], &sees));
        else if (str_eq(m->segment[i], S(":organisation")))
            TRY(user_sees_organisation(rq->db, &rq->user, rq->route->permission, m->id[i], &sees));
        if (!sees) return err_set(ERR_NOT_FOUND, N_("There is no such page, or it lies outside what you may see."));
    }
    return OK;
}

static bool names_record(const struct router_match *m)
{
    for (int i = 0; i < m->params; i++)
        if (str_eq(m->segment[i], S(":officer")) || str_eq(m->segment[i], S(":organisation"))) return true;
    return false;
}

/* ---- the transaction ---- */

struct run { struct request *rq; const struct router_match *match; };

static err run_handler(void *arg)
{
    struct run *r = arg;
    if (r->rq->db) TRY(check_scope(r->rq, r->match));
    return r->rq->route->handler(r->rq);
}

static err run_scope(void *arg)
{
    struct run *r = arg;
    return check_scope(r->rq, r->match);
}

/* A handler that begins its own transactions is not reached either, if the path names a record outside the reach. */
static err check_scope_apart(struct run *r)
{
    struct request *rq = r->rq;
    if (!names_record(r->match)) return OK;
    TRY(db_begin(rq->pool, DB_READ, &rq->db));
    err e = arena_guard(run_scope, r);
    db_rollback(rq->db);
    rq->db = NULL;
    return e;
}

static err run_in_transaction(struct run *r)
{
    struct request *rq = r->rq;
    enum route_mode mode = rq->route->mode;
    rq->private->ran = true;
    rq->private->headers_before = rq->private->headers;
    if (mode == LONG) {
        TRY(check_scope_apart(r));
        return arena_guard(run_handler, r);
    }
    TRY(db_begin(rq->pool, mode == WRITE ? DB_WRITE : DB_READ, &rq->db));
    err e = arena_guard(run_handler, r);
    struct db *db = rq->db;
    rq->db = NULL;
    if (e == OK && rq->private->status < 400) return db_commit(db);
    db_rollback(db);
    return e;
}

static err decode_names(struct request *rq, const struct router_match *m)
{
    for (int i = 0; i < m->params; i++) {
        rq->param[i] = m->id[i];
        TRY(percent_decode(rq->arena, m->name[i], false, &rq->param_name[i]));
    }
    return OK;
}

static err prepare(void *arg)
{
    struct run *p = arg;
    struct request *rq = p->rq;
    TRY(decode_names(rq, p->match));
    TRY(check_permission(rq));
    if (rq->private->x->too_large) return err_set(ERR_TOO_LARGE, N_("What you sent is larger than this page accepts."));
    TRY(read_input(rq));
    if (rq->route->method != GET && !rq->user.token && !session_csrf_good(rq))
        return err_set(ERR_DENIED, N_("This form is no longer valid, because you signed in or out since it was opened. Nothing was changed. Go back, reload the page and send it again."));
    if (rq->private->faults.count > 0 && (rq->route->method == GET || request_wants_json(rq)))
        return err_set(ERR_INVALID, N_("Some of what was sent is not as it should be."));
    return OK;
}

/* ---- language ---- */

static enum lang choose_lang(struct request *rq)
{
    if (rq->user.account && rq->user.lang >= 0) return (enum lang)rq->user.lang;
    str cookie = cookie_find(request_header(rq, "Cookie"), S("igot_lang"));
    for (int i = 0; i < LANG_COUNT; i++)
        if (str_eq(cookie, str_of(lang_tag[i]))) return (enum lang)i;
    /* The first of the browser's list that we speak; the lists that browsers send are in order of preference. */
    str rest = request_header(rq, "Accept-Language"), one;
    while (str_cut(&rest, ',', &one)) {
        str primary = str_slice(str_trim(one), 0, 2);
        for (int i = 0; i < LANG_COUNT; i++)
            if (str_eq_nocase(primary, str_of(lang_tag[i]))) return (enum lang)i;
    }
    return LANG_EN;
}

/* ---- log ---- */

static void log_request(const struct request *rq, err e)
{
    const struct exchange *x = rq->private->x;
    if (!x->server->options.access_log) return;
    struct buf b;
    buf_init(&b, JSON_LOG_MAX);
    buf_format(&b, "{\"t\":\"%.*s\",\"level\":\"info\",\"event\":\"request\",\"method\":\"%s\",\"route\":\"%s\",\"status\":%d,\"us\":%lld,\"bytes\":%lld,\"account\":\"%lld\"", STR_ARGS(ms_iso(rq->arena, rq->now)),
               rq->method, rq->route ? rq->route->path : "-", x->status, (long long)(mono_us() - x->began_us), (long long)rq->private->thread->out.len, (long long)rq->user.account);
    if (e != OK) buf_format(&b, ",\"error\":\"%s\"", err_name(e));
    buf_char(&b, '}');
    if (!b.full) log_line(buf_view(&b));
    buf_clear(&b);
    if (e == ERR_IO || e == ERR_CORRUPT || e == ERR_BUG || e == ERR_FULL || e == ERR_MEMORY)
        log_event(LOG_ERROR, "request_failed", "route", rq->route ? rq->route->path : "-", "error", err_name(e), "detail", err_log(), NULL);
}

/* ---- all together ---- */

static void request_init(struct request *rq, struct web_private *p, struct exchange *x, struct web_thread *t)
{
    arena_reset(&t->arena);
    buf_reset(&t->out);
    *p = (struct web_private){.x = x, .thread = t, .status = 200};
    *rq = (struct request){.arena = &t->arena, .pool = x->server->pool, .private = p, .path = x->path, .query = x->query, .address = x->address};
    rq->method = x->head ? "HEAD" : (const char *[]){"GET", "POST", "PUT", "DELETE"}[x->method];
    rq->user.lang = -1;
    rq->now = now_ms();
    rq->today = day_of_ms(rq->now);
}

static err no_route(struct request *rq, const struct router_match *m)
{
    if (m->allowed == 0) return err_set(ERR_NOT_FOUND, N_("There is no such page, or it lies outside what you may see."));
    static const char *const names[METHOD_COUNT] = {"GET, HEAD", "POST", "PUT", "DELETE"};
    char allow[64] = "";
    for (int i = 0, n = 0; i < METHOD_COUNT; i++)
        if (m->allowed & 1u << i) n += snprintf(allow + n, sizeof allow - (size_t)n, "%s%s", n ? ", " : "", names[i]);
    respond_header(rq, "Allow", str_dup(rq->arena, str_of(allow)));
    respond_status(rq, 405);
    return err_set(ERR_INVALID, N_("This address does not take that method."));
}

static err attempt(struct request *rq, const struct router_match *m)
{
    struct run r = {rq, m};
    TRY(arena_guard(prepare, &r));
    return run_in_transaction(&r);
}

static err identify(void *arg)
{
    struct request *rq = arg;
    err e = session_identify(rq);
    rq->lang = choose_lang(rq);
    return e;
}

struct finish { struct request *rq; err e; };
static err finish(void *arg)
{
    struct finish *f = arg;
    if (f->e != OK) answer_error(f->rq, f->e);
    answer_build(f->rq);
    log_request(f->rq, f->e);
    return OK;
}

bool dispatch(struct exchange *x, struct web_thread *thread, bool inline_only)
{
    struct router_match match = {0};
    router_find(x->server->router, x->method, x->path, &match);
    if (!x->known_method) match.route = NULL;
    bool is_short = !match.route || match.route->mode == INLINE; /* an address that there is not still asks who is asking */
    x->waits = match.route && match.route->mode == LONG && x->method == POST;
    if (inline_only && (!is_short || db_pool_engine(x->server->pool) != DB_SQLITE)) return false;
    struct request rq;
    struct web_private private;
    err e = OK;
    for (int tried = 0; tried <= RETRIES; tried++) {
        request_init(&rq, &private, x, thread);
        err_clear();
        e = arena_guard(identify, &rq);
        rq.route = match.route;
        if (e == OK && !match.route) e = no_route(&rq, &match);
        if (e == OK) e = attempt(&rq, &match);
        if (e != ERR_RETRY) break;
        usleep((useconds_t)(1000 << tried)); /* two that collided once should not collide in step */
    }
    struct finish f = {&rq, e};
    if (arena_guard(finish, &f) != OK) { /* no memory even for the error page: a fixed text */
        static const char text[] = "Out of memory. Try again in a minute; look first whether what you sent was saved.\n";
        if (x->response) MHD_destroy_response(x->response); /* half made */
        x->response = MHD_create_response_from_buffer(sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
        x->status = 503;
    }
    return true;
}
