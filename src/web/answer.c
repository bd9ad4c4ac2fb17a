/* answer.c -- what the handler left becomes a response: layout, errors, headers, compression. */
#include <brotli/encode.h>
#include <stdarg.h>
#include <zlib.h>

#include "web/export.h"
#include "web/json.h"
#include "web/private.h"
#include "web_html.h"

enum { COMPRESS_FROM = 1024, BROTLI_QUALITY = 4, BROTLI_WINDOW = 18, GZIP_LEVEL = 5, RETRY_AFTER_S = 5, NEXT_MAX = 500 /* bytes: each may become three in a header */ };

static const char content_security[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

/* ---- what handlers call ---- */

void respond_status(struct request *rq, int status)
{
    rq->private->status = status;
}

void respond_header(struct request *rq, const char *name, str value)
{
    struct web_private *p = rq->private;
    ASSERT(p->headers < HEADER_MAX);
    for (isize i = 0; i < value.len; i++) ASSERT((u8)value.data[i] >= 0x20);
    p->header[p->headers++] = (struct header){name, value};
}

void respond_cookie(struct request *rq, const char *name, str value, i64 max_age_s)
{
    str age = max_age_s == 0 ? S("") : str_format(rq->arena, "; Max-Age=%lld", (long long)(max_age_s < 0 ? 0 : max_age_s));
    respond_header(rq, "Set-Cookie", str_format(rq->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%.*s%s", name, STR_ARGS(value), STR_ARGS(age), rq->private->x->server->secure ? "; Secure" : ""));
}

static str percent_encode(struct arena *a, str s)
{
    static const char digit[] = "0123456789ABCDEF";
    char *to = arena_alloc(a, 3 * s.len, 1);
    isize n = 0;
    for (isize i = 0; i < s.len; i++) {
        u8 c = (u8)s.data[i];
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) {
            to[n++] = (char)c;
            continue;
        }
        to[n++] = '%';
        to[n++] = digit[c >> 4];
        to[n++] = digit[c & 15];
    }
    return str_n(to, n);
}

void flash(struct request *rq, const char *msgid)
{
    respond_cookie(rq, "igot_flash", percent_encode(rq->arena, str_of(msgid)), 60);
}

static const char *flash_take(struct request *rq)
{
    str cookie = cookie_find(request_header(rq, "Cookie"), S("igot_flash")), text;
    if (!cookie.len || percent_decode(rq->arena, cookie, false, &text) != OK) return NULL;
    respond_cookie(rq, "igot_flash", S(""), -1);
    return str_z(rq->arena, text);
}

struct html *part_begin(struct request *rq)
{
    struct web_private *p = rq->private;
    buf_reset(&p->thread->out);
    p->mime = "text/html; charset=utf-8";
    p->answered = true;
    rq->page = (struct html){.out = &p->thread->out, .arena = rq->arena, .lang = rq->lang, .csrf = rq->user.csrf, .path = str_z(rq->arena, rq->path),
                             .user = rq->user.account ? &rq->user : NULL};
    return &rq->page;
}

err part_end(struct request *rq)
{
    if (rq->page.out->full) return err_set(ERR_TOO_LARGE, N_("This page would be too large. Narrow it with the filters."));
    if (rq->page.bad) return err_set(ERR_BUG, N_("This page could not be made. The fault has been noted."));
    if (form_bad(rq) && rq->private->status == 200) rq->private->status = 422;
    return OK;
}

struct html *page_begin(struct request *rq, str title)
{
    struct html *o = part_begin(rq);
    const struct form_fault *fault;
    struct layout layout = {.title = title, .user = &rq->user, .flash = flash_take(rq), .lang = rq->lang, .path = rq->path, .query = rq->query};
    layout.faults = form_faults(rq, &fault);
    layout.fault = fault;
    layout_begin_html(o, &layout);
    return o;
}

err page_end(struct request *rq)
{
    layout_end_html(&rq->page, &rq->user);
    return part_end(rq);
}

err respond_json(struct request *rq, const void *data)
{
    struct web_private *p = rq->private;
    ASSERT(rq->route->output);
    buf_reset(&p->thread->out);
    json_object(&p->thread->out, rq->arena, rq->route->output, data);
    buf_char(&p->thread->out, '\n');
    p->mime = "application/json";
    p->answered = true;
    if (p->thread->out.full) return err_set(ERR_TOO_LARGE, N_("This page would be too large. Narrow it with the filters."));
    return OK;
}

err respond_redirect(struct request *rq, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char to[2048];
    int n = vsnprintf(to, sizeof to, format, args);
    va_end(args);
    ASSERT(n > 0 && n < (int)sizeof to && to[0] == '/' && to[1] != '/' && to[1] != '\\');
    respond_header(rq, "Location", str_dup(rq->arena, str_of(to)));
    rq->private->status = 303;
    buf_reset(&rq->private->thread->out);
    rq->private->mime = "text/plain; charset=utf-8";
    rq->private->answered = true;
    return OK;
}

err respond_bytes(struct request *rq, const char *mime, const char *filename, str body)
{
    struct web_private *p = rq->private;
    if (body.data != p->thread->out.data) {
        buf_reset(&p->thread->out);
        buf_str(&p->thread->out, body);
    }
    p->mime = mime;
    p->answered = true;
    if (filename) respond_header(rq, "Content-Disposition", str_format(rq->arena, "attachment; filename=\"%s\"", filename));
    return p->thread->out.full ? err_set(ERR_TOO_LARGE, N_("This page would be too large. Narrow it with the filters.")) : OK;
}

/* ---- errors ---- */

static int status_of(err e)
{
    switch (e) {
    case OK: return 200;
    case ERR_INVALID: return 400;
    case ERR_NOT_FOUND: return 404;
    case ERR_DENIED: return 403;
    case ERR_SIGN_IN: return 401;
    case ERR_CONFLICT: return 409;
    case ERR_TOO_LARGE: return 413;
    case ERR_BUSY:
    case ERR_RETRY:
    case ERR_MEMORY: return 503;
    case ERR_FULL: return 507;
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_BUG: break;
    }
    return 500;
}

/* What the operator needs is in the log; what the reader needs is here. */
static const char *error_title(int status)
{
    switch (status) {
    case 403: return N_("You may not do this");
    case 404: return N_("Page not found");
    case 409: return N_("Somebody changed this first");
    default: return N_("This did not work");
    }
}

static const char *message_of(err e)
{
    switch (e) {
    case ERR_IO: /* of a commit whose answer was lost, nobody knows whether it was saved: its own words say so */
        if (err_message()[0]) return err_message();
        return N_("Something went wrong on our side. It has been noted. Look whether it was saved before you send it again.");
    case ERR_CORRUPT:
    case ERR_BUG: return N_("Something went wrong on our side. Nothing was changed. It has been noted; try again, and if it happens again tell your helpdesk when it happened.");
    case ERR_FULL: return N_("The server's disk is full, so this was not saved. What was saved before is safe. Try again later.");
    case ERR_RETRY: return N_("Too many people changed the same thing at once. Nothing was changed. Try again.");
    default: return err_message()[0] ? err_message() : N_("This could not be done.");
    }
}

static void error_json(struct request *rq, err e)
{
    struct buf *out = &rq->private->thread->out;
    buf_reset(out);
    buf_format(out, "{\"error\":\"%s\",\"message\":", err_name(e));
    json_str(out, tr(rq->lang, message_of(e)));
    const struct form_fault *fault;
    isize n = form_faults(rq, &fault);
    if (n) BUF_LIT(out, ",\"fields\":{");
    for (isize i = 0; i < n; i++) {
        if (i) buf_char(out, ',');
        json_str(out, str_of(fault[i].field));
        buf_char(out, ':');
        json_str(out, tr(rq->lang, fault[i].message));
    }
    if (n) buf_char(out, '}');
    BUF_LIT(out, "}\n");
    rq->private->mime = "application/json";
}

void answer_error(struct request *rq, err e)
{
    struct web_private *p = rq->private;
    bool kept = p->status == 405;
    if (p->ran) p->headers = p->headers_before; /* what the handler set, "saved" among it, is not so: it was undone */
    if (!kept) p->status = form_bad(rq) && e == ERR_INVALID ? 422 : status_of(e);
    if (p->streamed) {
        MHD_destroy_response(p->streamed);
        p->streamed = NULL;
    }
    export_abandon();
    if (p->status == 503) respond_header(rq, "Retry-After", str_format(rq->arena, "%d", RETRY_AFTER_S));
    if (p->status == 401) respond_header(rq, "WWW-Authenticate", S("Bearer"));
    if (request_wants_json(rq) || rq->user.token) {
        error_json(rq, e);
        return;
    }
    if (e == ERR_SIGN_IN && p->x->method == GET && rq->route) {
        str target = rq->query.len ? str_format(rq->arena, "%.*s?%.*s", STR_ARGS(rq->path), STR_ARGS(rq->query)) : rq->path;
        p->headers = 0;
        (void)respond_redirect(rq, "/sign-in?next=%.*s", STR_ARGS(percent_encode(rq->arena, str_slice(target, 0, NEXT_MAX))));
        return;
    }
    struct error_view view = {.status = p->status, .message = message_of(e)};
    int status = p->status;
    const struct form_fault_list none = {0};
    p->faults = none;
    error_page_html(page_begin(rq, tr(rq->lang, error_title(status))), &view);
    if (page_end(rq) != OK) {
        buf_reset(&p->thread->out);
        buf_str(&p->thread->out, S("This page could not be made.\n"));
    }
    p->status = status;
}

/* ---- the response ---- */

/* True if `out` now holds what should be sent instead of `body`. */
static bool compress_brotli(str body, struct buf *out)
{
    size_t size = BrotliEncoderMaxCompressedSize((size_t)body.len);
    char *to = buf_room(out, (isize)size);
    if (!to || !BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_WINDOW, BROTLI_MODE_TEXT, (size_t)body.len, (const u8 *)body.data, &size, (u8 *)to)) return false;
    buf_added(out, (isize)size);
    return (isize)size < body.len;
}

static bool compress_gzip(str body, struct buf *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    uLong size = deflateBound(&z, (uLong)body.len);
    char *to = buf_room(out, (isize)size);
    bool good = false;
    if (to) {
        z.next_in = (Bytef *)(uintptr_t)body.data;
        z.avail_in = (uInt)body.len;
        z.next_out = (Bytef *)to;
        z.avail_out = (uInt)size;
        good = deflate(&z, Z_FINISH) == Z_STREAM_END;
        buf_added(out, (isize)z.total_out);
    }
    deflateEnd(&z);
    return good && out->len < body.len;
}

static struct MHD_Response *response_of(struct request *rq)
{
    struct web_private *p = rq->private;
    str body = buf_view(&p->thread->out);
    str accepts = request_header(rq, "Accept-Encoding");
    struct buf packed;
    buf_init(&packed, body.len + body.len / 2 + 65536);
    const char *encoding = NULL;
    if (body.len >= COMPRESS_FROM && accepts.data) {
        if (str_find(accepts, S("br")) >= 0 && compress_brotli(body, &packed)) encoding = "br";
        else {
            buf_reset(&packed);
            if (str_find(accepts, S("gzip")) >= 0 && compress_gzip(body, &packed)) encoding = "gzip";
        }
    }
    struct MHD_Response *r;
    if (encoding) {
        r = MHD_create_response_from_buffer_with_free_callback((size_t)packed.len, packed.data, mem_free);
        if (!r) buf_clear(&packed);
        else MHD_add_response_header(r, "Content-Encoding", encoding);
    } else {
        buf_clear(&packed);
        r = MHD_create_response_from_buffer((size_t)body.len, (void *)(uintptr_t)body.data, MHD_RESPMEM_MUST_COPY);
    }
    return r;
}

void answer_build(struct request *rq)
{
    struct web_private *p = rq->private;
    struct exchange *x = p->x;
    ASSERT(p->answered || p->streamed || p->status >= 400);
    struct MHD_Response *r = p->streamed ? p->streamed : response_of(rq);
    x->response = r;
    x->status = p->status;
    if (!r) return;
    for (int i = 0; i < p->headers; i++) MHD_add_response_header(r, p->header[i].name, str_z(rq->arena, p->header[i].value));
    MHD_add_response_header(r, "Content-Type", p->mime);
    MHD_add_response_header(r, "Cache-Control", "private, no-cache");
    MHD_add_response_header(r, "Vary", "Accept, Accept-Encoding, Accept-Language, Cookie");
    MHD_add_response_header(r, "Content-Security-Policy", content_security);
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "Referrer-Policy", "same-origin");
    MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    if (x->server->secure) MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}
