/* request.c -- what handlers ask of a request. */
#include <sodium.h>

#include "auth/auth.h"
#include "web/private.h"

str request_header(struct request *rq, const char *name)
{
    const char *value;
    size_t size;
    if (MHD_lookup_connection_value_n(rq->private->x->connection, MHD_HEADER_KIND, name, strlen(name), &value, &size) != MHD_YES) return (str){0};
    return value ? str_n(value, (isize)size) : (str){0};
}

bool request_wants_json(const struct request *rq)
{
    const char *accept = MHD_lookup_connection_value(rq->private->x->connection, MHD_HEADER_KIND, "Accept");
    str a = str_of(accept);
    isize json = str_find(a, S("application/json")), html = str_find(a, S("text/html"));
    return json >= 0 && (html < 0 || json < html);
}

bool request_is_part(const struct request *rq)
{
    return MHD_lookup_connection_value(rq->private->x->connection, MHD_HEADER_KIND, "X-Part") != NULL;
}

/* ---- input ---- */

static const struct input *input_of(const struct request *rq, const char *name)
{
    for (const struct input *in = rq->route->input; in && in->type != IN_END; in++)
        if (strcmp(in->name, name) == 0) return in;
    assert_failed("a handler asks for a field that its route does not declare", name, 0);
}

str in_raw(struct request *rq, const char *name)
{
    const struct form_field *f = form_find(&rq->private->form, str_of(name), 0);
    return f ? f->value : (str){0};
}

str in_str(struct request *rq, const char *name)
{
    (void)input_of(rq, name);
    str s = in_raw(rq, name);
    return s.len ? s : (str){0};
}

bool in_i64(struct request *rq, const char *name, i64 *out)
{
    str s = in_str(rq, name);
    if (!s.data) return false;
    return input_of(rq, name)->type == IN_DAY ? day_parse(s, out) : str_to_i64(s, out);
}

bool in_f64(struct request *rq, const char *name, f64 *out)
{
    str s = in_str(rq, name);
    return s.data && str_to_f64(s, out);
}

bool in_flag(struct request *rq, const char *name)
{
    return in_str(rq, name).data != NULL;
}

bool in_many(struct request *rq, const char *name, isize i, str *out)
{
    (void)input_of(rq, name);
    const struct form_field *f = form_find(&rq->private->form, str_of(name), i);
    if (f) *out = f->value;
    return f != NULL;
}

bool in_file(struct request *rq, const char *name, struct upload *out)
{
    (void)input_of(rq, name);
    const struct form_field *f = form_find(&rq->private->form, str_of(name), 0);
    if (!f || !f->filename.data || f->value.len == 0) return false;
    *out = (struct upload){f->filename, f->type, f->value};
    return true;
}

bool form_bad(const struct request *rq)
{
    return rq->private->faults.count > 0;
}

void form_error(struct request *rq, const char *field, const char *msgid)
{
    struct form_fault_list *l = &rq->private->faults;
    if (l->count < COUNT_OF(l->fault)) l->fault[l->count++] = (struct form_fault){field, msgid};
}

const char *form_error_of(const struct request *rq, const char *field)
{
    const struct form_fault_list *l = &rq->private->faults;
    for (isize i = 0; i < l->count; i++)
        if (strcmp(l->fault[i].field, field) == 0) return l->fault[i].message;
    return NULL;
}

isize form_faults(const struct request *rq, const struct form_fault **out)
{
    *out = rq->private->faults.fault;
    return rq->private->faults.count;
}

/* ---- who ---- */

/* A form without a session (sign-in) is bound to a random cookie that a page of another site can neither read nor set. */
static void anonymous_csrf(struct request *rq)
{
    str pre = cookie_find(request_header(rq, "Cookie"), S("igot_visit"));
    if (pre.len < 20 || pre.len > 64) {
        u8 bytes[18];
        random_bytes(bytes, sizeof bytes);
        pre = base64url(rq->arena, bytes, sizeof bytes);
        respond_cookie(rq, "igot_visit", pre, 0);
    }
    u8 hash[32];
    str text = str_format(rq->arena, "csrf:%.*s", STR_ARGS(pre));
    sha256(text.data, text.len, hash);
    str token = base64url(rq->arena, hash, 24);
    snprintf(rq->user.csrf, sizeof rq->user.csrf, "%.*s", STR_ARGS(token));
}

err session_identify(struct request *rq)
{
    str bearer = request_header(rq, "Authorization");
    if (str_starts(bearer, S("Bearer "))) {
        TRY(auth_user_of_token(rq->pool, str_trim(str_slice(bearer, 7, -1)), rq->now, &rq->user));
        if (rq->user.account == 0) return err_set(ERR_SIGN_IN, N_("This token is unknown, expired or revoked."));
        return OK;
    }
    str cookie = cookie_find(request_header(rq, "Cookie"), S("igot_session"));
    if (cookie.len) TRY(auth_user_of_cookie(rq->pool, cookie, rq->now, &rq->user));
    if (rq->user.account == 0) {
        rq->user.lang = -1;
        anonymous_csrf(rq);
    }
    return OK;
}

/* A form of ours carries the token; a request that the browser says comes from elsewhere is refused even with it. */
bool session_csrf_good(struct request *rq)
{
    str site = request_header(rq, "Sec-Fetch-Site");
    if (site.data && !str_eq(site, S("same-origin")) && !str_eq(site, S("none"))) return false;
    str sent = in_raw(rq, "csrf");
    if (!sent.len) sent = request_header(rq, "X-CSRF-Token");
    str want = str_of(rq->user.csrf);
    return want.len > 0 && sent.len == want.len && sodium_memcmp(sent.data, want.data, (size_t)want.len) == 0;
}

/* ---- lists ---- */

void pager_of(struct request *rq, i64 total, i64 per, struct pager *out)
{
    i64 page = 1;
    str given = in_raw(rq, "page");
    if (given.len && (!str_to_i64(given, &page) || page < 1)) page = 1;
    *out = (struct pager){.total = total, .per = per, .pages = total > 0 ? (total + per - 1) / per : 1};
    out->page = page > out->pages ? out->pages : page;
    /* The same query without page=. */
    struct buf b;
    buf_init(&b, 8192);
    buf_format(&b, "%.*s?", STR_ARGS(rq->path));
    str rest = rq->query, pair;
    while (str_cut(&rest, '&', &pair))
        if (pair.len && !str_starts(pair, S("page="))) buf_format(&b, "%.*s&", STR_ARGS(pair));
    out->base = str_dup(rq->arena, buf_view(&b));
    buf_clear(&b);
}
