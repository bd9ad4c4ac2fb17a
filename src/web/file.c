/* file.c -- files of the media folder: named by the hash of their content, so a name never means other bytes. */
#include "web/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/private.h"

enum { HASH_DIGITS = 64, RANGE_TEXT = 80 };

const char *media_type(str name)
{
    static const char *const kind[][2] = {{".mp4", "video/mp4"}, {".vtt", "text/vtt; charset=utf-8"}, {".pdf", "application/pdf"}};
    for (isize i = 0; i < HASH_DIGITS; i++)
        if (i >= name.len || !((name.data[i] >= '0' && name.data[i] <= '9') || (name.data[i] >= 'a' && name.data[i] <= 'f'))) return NULL;
    for (isize i = 0; i < COUNT_OF(kind); i++)
        if (str_eq(str_slice(name, HASH_DIGITS, -1), str_of(kind[i][0]))) return kind[i][1];
    return NULL;
}

/* Digits only: str_to_i64 would take a sign. */
static bool number(str s, i64 *out)
{
    for (isize i = 0; i < s.len; i++)
        if (s.data[i] < '0' || s.data[i] > '9') return false;
    return s.len > 0 && str_to_i64(s, out);
}

enum range range_parse(str header, i64 size, i64 *first, i64 *last)
{
    i64 a = 0, b = 0;
    *first = 0;
    *last = size - 1;
    if (header.len < 6 || !str_eq_nocase(str_slice(header, 0, 6), S("bytes="))) return RANGE_WHOLE;
    str to = str_trim(str_slice(header, 6, -1)), from;
    if (str_find_char(to, ',') >= 0 || str_find_char(to, '-') < 0) return RANGE_WHOLE;
    str_cut(&to, '-', &from);
    from = str_trim(from);
    to = str_trim(to);
    if (from.len == 0) { /* the last n bytes */
        if (!number(to, &b)) return RANGE_WHOLE;
        if (b == 0 || size == 0) return RANGE_NONE;
        *first = b < size ? size - b : 0;
        return RANGE_PART;
    }
    if (!number(from, &a) || (to.len && (!number(to, &b) || b < a))) return RANGE_WHOLE;
    if (a >= size) return RANGE_NONE;
    *first = a;
    if (to.len && b < size - 1) *last = b;
    return RANGE_PART;
}

static str etag_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_format(a, "\"%.32s\"", slash ? slash + 1 : path);
}

/* If-None-Match: a list of tags, or *. */
static bool matches(str list, str etag)
{
    str one;
    while (list.len && str_cut(&list, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, S("W/"))) one = str_slice(one, 2, -1);
        if (str_eq(one, etag) || str_eq(one, S("*"))) return true;
    }
    return false;
}

static err open_file(struct request *rq, const char *path, int *fd, i64 *size)
{
    struct stat st;
    str media = str_of(rq->private->x->server->options.media);
    const char *full = str_z(rq->arena, str_format(rq->arena, "%.*s/%s", STR_ARGS(media), path));
    if (!media.len || strstr(path, "..")) return err_set(ERR_NOT_FOUND, N_("There is no such file."));
    *fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)) return err_set(ERR_NOT_FOUND, N_("There is no such file."));
    if (*fd < 0) return err_detail(ERR_IO, N_("This file could not be opened."), "%s: %s", full, strerrordesc_np(errno));
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *size = st.st_size;
        return OK;
    }
    close(*fd);
    return err_set(ERR_NOT_FOUND, N_("There is no such file."));
}

err respond_file(struct request *rq, const char *mime, const char *path)
{
    struct web_private *p = rq->private;
    int fd = -1;
    i64 size = 0, first, last;
    str etag = etag_of(rq->arena, path);
    char *part = arena_alloc(rq->arena, RANGE_TEXT, 1); /* before the file is open: leaving through the arena's guard would leave it so */
    TRY(open_file(rq, path, &fd, &size));
    str condition = request_header(rq, "If-Range"), none = request_header(rq, "If-None-Match");
    bool ranged = !condition.data || str_eq(condition, etag);
    enum range range = range_parse(ranged ? request_header(rq, "Range") : (str){0}, size, &first, &last);
    respond_header(rq, "ETag", etag);
    respond_header(rq, "Accept-Ranges", S("bytes"));
    p->mime = mime;
    p->answered = true;
    buf_reset(&p->thread->out);
    if (none.data && matches(none, etag)) {
        p->status = 304;
        close(fd);
        return OK;
    }
    if (range == RANGE_NONE) {
        snprintf(part, RANGE_TEXT, "bytes */%lld", (long long)size);
        respond_header(rq, "Content-Range", str_of(part));
        p->status = 416;
        close(fd);
        return OK;
    }
    if (range == RANGE_PART) {
        snprintf(part, RANGE_TEXT, "bytes %lld-%lld/%lld", (long long)first, (long long)last, (long long)size);
        respond_header(rq, "Content-Range", str_of(part));
        p->status = 206;
    }
    p->streamed = MHD_create_response_from_fd_at_offset64((u64)(last - first + 1), fd, (u64)first);
    if (p->streamed) return OK;
    close(fd);
    return err_set(ERR_MEMORY, N_("There is not enough memory to send this file."));
}
