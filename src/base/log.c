#include "base/base.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 8192 };

static _Atomic int log_fd = STDERR_FILENO;
static _Atomic int log_least = LOG_INFO;
static const char *const level_name[] = {"debug", "info", "warn", "error"};

void log_open(int fd, enum log_level least)
{
    atomic_store(&log_fd, fd);
    atomic_store(&log_least, (int)least);
}

static void put_json(struct buf *b, const char *text)
{
    buf_char(b, '"');
    for (const u8 *p = (const u8 *)(text ? text : ""); *p; p++) {
        if (*p == '"' || *p == '\\') buf_format(b, "\\%c", *p);
        else if (*p < 0x20) buf_format(b, "\\u%04x", *p);
        else buf_char(b, (char)*p);
    }
    buf_char(b, '"');
}

/* One write per line: lines of several threads and processes do not mix. */
static void emit(const char *data, isize len)
{
    while (len > 0) {
        ssize_t n = write(atomic_load(&log_fd), data, (size_t)len);
        if (n <= 0) return; /* nowhere left to complain */
        data += n;
        len -= n;
    }
}

void log_event(enum log_level level, const char *event, ...)
{
    if ((int)level < atomic_load_explicit(&log_least, memory_order_relaxed)) return;
    u8 scratch[512];
    struct arena a = {.at = scratch, .end = scratch + sizeof scratch, .limit = (isize)sizeof scratch};
    struct buf b;
    buf_init(&b, LOG_LINE_MAX);
    buf_format(&b, "{\"t\":\"%.*s\",\"level\":\"%s\",\"event\":", STR_ARGS(ms_iso(&a, now_ms())), level_name[level]);
    put_json(&b, event);
    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *)) != NULL;) {
        const char *value = va_arg(args, const char *);
        buf_char(&b, ',');
        put_json(&b, key);
        buf_char(&b, ':');
        put_json(&b, value);
    }
    va_end(args);
    buf_format(&b, "}\n");
    if (!b.full) emit(b.data, b.len);
    buf_clear(&b);
}

void log_line(str json_object)
{
    char line[LOG_LINE_MAX];
    if (json_object.len >= LOG_LINE_MAX) return;
    memcpy(line, json_object.data, (size_t)json_object.len);
    line[json_object.len] = '\n';
    emit(line, json_object.len + 1);
}
