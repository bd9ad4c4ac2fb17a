#include "base/base.h"

#include <stdarg.h>

enum { BUF_FIRST = 1024 };

void buf_init(struct buf *b, isize max)
{
    *b = (struct buf){.max = max};
}

void buf_clear(struct buf *b)
{
    mem_free(b->data);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->full = false;
}

static bool buf_grow(struct buf *b, isize need)
{
    if (need > b->max) return false;
    isize cap = b->cap ? b->cap : BUF_FIRST;
    while (cap < need) cap *= 2;
    if (cap > b->max) cap = b->max;
    char *data = mem_resize(b->data, cap);
    if (!data) return false;
    b->data = data;
    b->cap = cap;
    return true;
}

char *buf_room(struct buf *b, isize n)
{
    if (b->full) return NULL;
    if (n > b->cap - b->len && (n > b->max - b->len || !buf_grow(b, b->len + n))) {
        b->full = true;
        return NULL;
    }
    return b->data + b->len;
}

void buf_added(struct buf *b, isize n)
{
    b->len += n;
}

void buf_put(struct buf *b, const void *data, isize len)
{
    char *to = buf_room(b, len);
    if (!to || len == 0) return;
    memcpy(to, data, (size_t)len);
    b->len += len;
}

void buf_str(struct buf *b, str s)
{
    buf_put(b, s.data, s.len);
}

void buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_i64(struct buf *b, i64 n)
{
    char text[24];
    char *p = text + sizeof text;
    u64 u = n < 0 ? 0 - (u64)n : (u64)n;
    do *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0) *--p = '-';
    buf_put(b, p, text + sizeof text - p);
}

void buf_format(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char none[1];
    int n = vsnprintf(none, sizeof none, format, args);
    va_end(args);
    ASSERT(n >= 0);
    char *to = buf_room(b, n + 1);
    if (!to) return;
    va_start(args, format);
    vsnprintf(to, (size_t)n + 1, format, args);
    va_end(args);
    b->len += n;
}

str buf_view(const struct buf *b)
{
    return (str){b->data ? b->data : "", b->len};
}
