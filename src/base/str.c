#include "base/base.h"

#include <stdarg.h>

str str_of(const char *c)
{
    return c ? (str){c, (isize)strlen(c)} : (str){0};
}

str str_n(const char *data, isize len)
{
    return (str){data, len};
}

bool str_eq(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, (size_t)a.len) == 0);
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.len != b.len) return false;
    for (isize i = 0; i < a.len; i++)
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i])) return false;
    return true;
}

int str_cmp(str a, str b)
{
    isize n = a.len < b.len ? a.len : b.len;
    int d = n ? memcmp(a.data, b.data, (size_t)n) : 0;
    if (d) return d;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_eq(str_n(s.data, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_eq(str_n(s.data + s.len - suffix.len, suffix.len), suffix);
}

isize str_find(str s, str part)
{
    if (part.len == 0) return 0;
    if (s.len < part.len) return -1;
    const char *p = memmem(s.data, (size_t)s.len, part.data, (size_t)part.len);
    return p ? p - s.data : -1;
}

isize str_find_char(str s, char c)
{
    const char *p = s.len ? memchr(s.data, c, (size_t)s.len) : NULL;
    return p ? p - s.data : -1;
}

str str_slice(str s, isize from, isize to)
{
    if (to < 0 || to > s.len) to = s.len;
    if (from < 0) from = 0;
    if (from > to) from = to;
    return s.data ? (str){s.data + from, to - from} : s;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

str str_trim(str s)
{
    while (s.len && is_space(s.data[0])) s = str_slice(s, 1, -1);
    while (s.len && is_space(s.data[s.len - 1])) s.len--;
    return s;
}

bool str_cut(str *rest, char sep, str *head)
{
    if (!rest->data) return false;
    isize at = str_find_char(*rest, sep);
    if (at < 0) {
        *head = *rest;
        *rest = (str){0};
    } else {
        *head = str_n(rest->data, at);
        *rest = str_slice(*rest, at + 1, -1);
    }
    return true;
}

str str_dup(struct arena *a, str s)
{
    if (!s.data) return s;
    char *p = arena_alloc(a, s.len, 1);
    if (s.len) memcpy(p, s.data, (size_t)s.len);
    return (str){p, s.len};
}

const char *str_z(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.len + 1, 1);
    if (s.len) memcpy(p, s.data, (size_t)s.len);
    return p;
}

str str_format(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char none[1];
    int n = vsnprintf(none, sizeof none, format, args);
    va_end(args);
    ASSERT(n >= 0);
    char *p = arena_alloc(a, n + 1, 1);
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (str){p, n};
}

str str_lower(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.len, 1);
    for (isize i = 0; i < s.len; i++) p[i] = ascii_lower(s.data[i]);
    return (str){p, s.len};
}

bool str_to_i64(str s, i64 *out)
{
    bool negative = s.len > 0 && s.data[0] == '-';
    isize i = negative || (s.len > 0 && s.data[0] == '+') ? 1 : 0;
    if (i == s.len) return false;
    i64 n = 0;
    for (; i < s.len; i++) {
        int digit = s.data[i] - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(n, 10, &n)) return false;
        if (negative ? __builtin_sub_overflow(n, digit, &n) : __builtin_add_overflow(n, digit, &n)) return false;
    }
    *out = n;
    return true;
}

bool str_to_f64(str s, f64 *out)
{
    char text[64];
    if (s.len == 0 || s.len >= (isize)sizeof text) return false;
    for (isize i = 0; i < s.len; i++) {
        char c = s.data[i];
        if (!((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E')) return false;
    }
    memcpy(text, s.data, (size_t)s.len);
    text[s.len] = 0;
    char *end;
    f64 x = strtod(text, &end); /* the process stays in the "C" locale */
    if (end != text + s.len || !isfinite(x)) return false;
    *out = x;
    return true;
}

u64 str_hash(str s)
{
    u64 h = 14695981039346656037u;
    for (isize i = 0; i < s.len; i++) h = (h ^ (u8)s.data[i]) * 1099511628211u;
    return h;
}
