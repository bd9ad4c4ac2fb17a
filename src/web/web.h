/* web.h -- what a handler sees: routes as data, a request, shapes, answers.
**
** A handler returns err; the dispatcher commits on OK, rolls back otherwise, renders the error for people or for programs,
** and resets the arena. A handler never commits, frees, or writes to the socket. It runs inside arena_guard. */
#ifndef IGOT_WEB_H
#define IGOT_WEB_H

#include "auth/user.h"
#include "base/base.h"
#include "db/db.h"
#include "web/html.h"

struct request;

/* ---- shapes: input fields and output structs as data ----------------------------------------------------------------- */

enum shape_type {
    SHAPE_END, SHAPE_I64, SHAPE_ID /* a string in JSON */, SHAPE_F64, SHAPE_STR, SHAPE_BOOL, SHAPE_INT /* a C int */,
    SHAPE_DAY /* i64 -> "2026-11-23" */, SHAPE_TIME /* i64 ms -> ISO 8601 */, SHAPE_OBJECT, SHAPE_LIST /* pointer and count */
};

struct shape;
struct shape_field {
    const char *name;
    enum shape_type type;
    size_t offset;              /* in the struct */
    size_t null_offset;         /* of a bool that says "no value"; SIZE_MAX: never null (a str is null when its data is) */
    const struct shape *inner;  /* of OBJECT and LIST */
    size_t count_offset;        /* of LIST: the isize beside the pointer */
};
struct shape {
    const char *name;           /* in the API description */
    size_t size;
    const struct shape_field *field; /* ends with SHAPE_END */
};
#define FIELD(type, st, member) { #member, type, offsetof(struct st, member), SIZE_MAX, NULL, 0 }
#define FIELD_NULL(type, st, member) { #member, type, offsetof(struct st, member), offsetof(struct st, member##_null), NULL, 0 }
#define FIELD_LIST(st, member, count, shape) { #member, SHAPE_LIST, offsetof(struct st, member), SIZE_MAX, (shape), offsetof(struct st, count) }
#define FIELD_OBJECT(st, member, shape) { #member, SHAPE_OBJECT, offsetof(struct st, member), SIZE_MAX, (shape), 0 }
#define FIELD_END { NULL, SHAPE_END, 0, 0, NULL, 0 }

/* An input field of a form or query. Text is trimmed, must be valid UTF-8 without control characters (newline and tab allowed in IN_TEXT). */
enum input_type { IN_END, IN_LINE, IN_TEXT, IN_I64, IN_ID, IN_F64, IN_DAY, IN_FLAG, IN_CHOICE /* words split by '|' */, IN_SECRET, IN_FILE };
struct input {
    const char *name;
    enum input_type type;
    bool required;
    i64 min, max;               /* code points of text, values of numbers; bytes of files */
    const char *choices;
    const char *message;        /* msgid shown beside the field when it is not as it should be */
};
#define INPUT_END { NULL, IN_END, false, 0, 0, NULL, NULL }

/* ---- routes ---------------------------------------------------------------------------------------------------------- */

enum route_mode {
    INLINE, /* READ on the HTTP thread itself: short, reads only, SQLite or resident data */
    READ,
    WRITE,
    LONG    /* no transaction, worker thread; the handler begins its own (passwords, streaming exports) */
};
enum method { GET, POST, PUT, DELETE, METHOD_COUNT };

struct route {
    enum route_mode mode;
    enum method method;
    const char *path;           /* "/competencies/:competency"; a segment that begins with ':' is an id (digits) or, with '*', a name */
    const char *permission;     /* role_permission.permission; PUBLIC or SIGNED_IN need none. The reach that the person has decides
                                ** about ":officer" and ":organisation" segments before the handler runs: outside it the answer is 404 */
    err (*handler)(struct request *rq);
    const struct input *input;  /* NULL: takes none; fields that it does not name are ignored */
    const struct shape *output; /* of the JSON face; NULL: none (redirects, files) */
    const char *summary;        /* for the API description; English, one line */
};
#define PUBLIC "public"
#define SIGNED_IN "signed-in"
#define ROUTE_END { INLINE, GET, NULL, NULL, NULL, NULL, NULL, NULL }

/* ---- a request -------------------------------------------------------------------------------------------------------- */

enum { PARAM_MAX = 4 };

struct request {
    struct arena *arena;
    struct db *db;              /* in the transaction that the route's mode says; NULL in LONG */
    struct db_pool *pool;
    const struct route *route;
    struct user user;           /* account 0: nobody */
    enum lang lang;
    i64 now;                    /* ms; one moment for the whole request */
    i64 today;                  /* IST day */
    str path, query;            /* percent-encoded, as sent */
    const char *method;
    i64 param[PARAM_MAX];       /* ids of the path in order */
    str param_name[PARAM_MAX];  /* names ("*") of the path in order */
    const char *address;
    struct html page;           /* where templates write */
    struct web_private *private;
};

/* Input, after the shape has been checked. A field that was not sent: in_str gives the null str, the others false. */
str in_str(struct request *rq, const char *name);
bool in_i64(struct request *rq, const char *name, i64 *out);
bool in_f64(struct request *rq, const char *name, f64 *out);
bool in_flag(struct request *rq, const char *name);
str in_raw(struct request *rq, const char *name);          /* as typed, to be shown again */
bool in_many(struct request *rq, const char *name, isize i, str *out); /* the i-th of several of one name */
struct upload { str name, type; str data; };
bool in_file(struct request *rq, const char *name, struct upload *out);
str request_header(struct request *rq, const char *name);  /* null str if absent */
bool request_wants_json(const struct request *rq);
bool request_is_part(const struct request *rq);            /* X-Part: 1, live search: answer the part, not the page */

/* Errors of a form. If the shape fails, the dispatcher calls the handler all the same when the route is a POST whose form
** page can show them: the handler's first line is
**     if (form_bad(rq)) return show_form(rq);
** Programs (JSON) get 422 with the list instead and the handler is not called. */
bool form_bad(const struct request *rq);
void form_error(struct request *rq, const char *field, const char *msgid);   /* adds one; answer becomes 422 */
const char *form_error_of(const struct request *rq, const char *field);      /* msgid, or NULL */
struct form_fault { const char *field; const char *message; };
isize form_faults(const struct request *rq, const struct form_fault **out);

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

/* A page: `title` a msgid, or content through title_str. RESPOND answers HTML through a template or JSON through the route's shape. */
struct html *page_begin(struct request *rq, str title);
err page_end(struct request *rq);
err respond_json(struct request *rq, const void *data);     /* by rq->route->output */
#define RESPOND(rq, title, template, data)                                                                             \
    (request_wants_json(rq) ? respond_json((rq), (data)) : (template##_html(page_begin((rq), (title)), (data)), page_end(rq)))
#define RESPOND_PART(rq, template, data) (template##_html(part_begin(rq), (data)), part_end(rq))
struct html *part_begin(struct request *rq);
err part_end(struct request *rq);
err respond_redirect(struct request *rq, const char *format, ...) PRINTF_LIKE(2, 3);  /* 303; path of this site only */
err respond_bytes(struct request *rq, const char *mime, const char *filename, str body); /* filename NULL: inline */
/* A file of the media folder, with Range, ETag, If-None-Match, If-Range. */
err respond_file(struct request *rq, const char *mime, const char *path);
void respond_status(struct request *rq, int status);
void respond_header(struct request *rq, const char *name, str value);
void respond_cookie(struct request *rq, const char *name, str value, i64 max_age_s);
/* A line shown once at the top of the next page (msgid), carried in a short-lived cookie. */
void flash(struct request *rq, const char *msgid);

/* A table as a file, of any length, row by row; the handler ends with export_end. The rows go to a temporary file, so the route may be READ and keep its scope
** check; what is called for each row takes nothing from the arena. */
struct export_column { const char *title; /* msgid */ enum { EXPORT_TEXT, EXPORT_INT, EXPORT_NUM, EXPORT_DAY } kind; };
struct export_cell { str text; i64 i; f64 f; bool null; };
struct exporter;
/* ?format=csv (default) or xlsx; `filename` without its ending. Cells of a CSV that a spreadsheet would take for a formula are prefixed by an apostrophe.
** A cell's `null` leaves it empty. ERR_FULL: no room on disk; ERR_TOO_LARGE: more rows than XLSX holds, or 4 GB. */
err export_begin(struct request *rq, const char *filename, const struct export_column *column, int columns, struct exporter **out) MUST_USE;
err export_row(struct exporter *x, const struct export_cell *cell) MUST_USE;
err export_end(struct exporter *x) MUST_USE;

/* ---- lists: pagination, sort, filter ------------------------------------------------------------------------------------ */

struct pager { i64 page, pages, total, per; str base; /* the URL without page= */ };
/* Reads ?page=, clamps it; `total` rows, `per` a page; the first row is (page - 1) * per. */
void pager_of(struct request *rq, i64 total, i64 per, struct pager *out);

/* ---- the server --------------------------------------------------------------------------------------------------------- */

struct server_options {
    const char *listen;         /* 127.0.0.1:8080, [::1]:8080 */
    int workers;
    const char *public_url;     /* NULL: none */
    const char *trusted_proxies;/* addresses split by ',' whose X-Forwarded-For counts */
    const char *media;          /* folder of content-addressed files */
    bool demo;                  /* demo accounts are there: a public address was allowed explicitly */
    isize body_max;             /* bytes of a request body */
    isize memory_max;           /* bytes of a request's arena */
    bool access_log;
};
struct server;
/* `tables`: arrays of routes, each ended by ROUTE_END; NULL-ended. */
err server_start(const struct server_options *options, struct db_pool *pool, const struct route *const *tables, struct server **out) MUST_USE;
int server_port(const struct server *s);
void server_stop(struct server *s); /* no new connections; finishes what was accepted, at most 30 s */

/* The request's answer without a socket: unit tests and fuzz targets. */
/* The table as OpenAPI 3.1 JSON; the matrix of permissions as Markdown. */
void routes_openapi(const struct route *const *tables, struct buf *out);
void routes_matrix(const struct route *const *tables, struct buf *out);

#endif
