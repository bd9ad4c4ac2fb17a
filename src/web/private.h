/* private.h -- what the files of src/web share and handlers do not see. */
#ifndef IGOT_WEB_PRIVATE_H
#define IGOT_WEB_PRIVATE_H

#include <microhttpd.h>

#include "web/form.h"
#include "web/router.h"
#include "web/web.h"

enum { HEADER_MAX = 16 };

struct header { const char *name; str value; };

/* A request as it came, kept from the first byte to the last of the answer. Owned by the connection. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    enum method method;
    bool head;                     /* HEAD: a GET whose body is not sent */
    bool known_method;
    str path, query;               /* in `line` */
    char *line;
    struct buf body;
    bool too_large;
    bool queued;                   /* handed to a worker */
    bool waits;                    /* handed to those beside: a sign-in waits for its turn to hash, and nobody's page may wait for that */
    i64 began_us;
    char address[64];
    /* the answer, made by the dispatcher */
    struct MHD_Response *response;
    struct MHD_Response *shared;   /* a static file's, which outlives the exchange */
    int status;
    struct exchange *next;         /* in the workers' queue */
};

/* One per thread that runs handlers. */
struct web_thread {
    struct arena arena;
    struct buf out;
};

struct web_private {
    struct exchange *x;
    struct web_thread *thread;
    struct form form;
    struct form_fault_list faults;
    int status;
    const char *mime;
    struct header header[HEADER_MAX];
    int headers, headers_before;   /* before: as they were when the handler was called */
    bool ran;                      /* it was */
    bool answered;
    struct MHD_Response *streamed; /* a file or a stream instead of `out` */
};

struct server {
    struct server_options options;
    struct db_pool *pool;
    struct router *router;
    const struct route *const *tables;
    struct MHD_Daemon *daemon;
    struct work_queue *queue, *beside; /* beside: for forms that begin their own transactions */
    isize memory_max;
    bool secure;                   /* public_url is https: cookies are Secure */
    char host[256];                /* of public_url, "" if none */
    _Atomic int in_flight;         /* requests begun and not yet wholly answered */
};

/* dispatch.c: runs the exchange from route to response; fills x->response and x->status. `inline_only`: answers false,
** having done nothing, if the route must not run on the HTTP thread. */
bool dispatch(struct exchange *x, struct web_thread *thread, bool inline_only);
/* answer.c: turns what the handler left into an MHD response. */
void answer_build(struct request *rq);
void answer_error(struct request *rq, err e);
/* static.c */
bool static_answer(struct exchange *x);
void static_init(void);
/* session cookie and CSRF */
err session_identify(struct request *rq) MUST_USE;
bool session_csrf_good(struct request *rq);

void web_thread_init(struct web_thread *t, isize memory_max, isize page_max);
void web_thread_clear(struct web_thread *t);

#endif
