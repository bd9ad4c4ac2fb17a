#include "base/base.h"

#include <stdarg.h>

enum { ERR_TEXT_MAX = 512 };

static _Thread_local const char *user_message = "";
static _Thread_local char log_text[ERR_TEXT_MAX];

const char *err_name(err e)
{
    switch (e) {
    case OK: return "ok";
    case ERR_INVALID: return "invalid";
    case ERR_NOT_FOUND: return "not_found";
    case ERR_DENIED: return "denied";
    case ERR_SIGN_IN: return "sign_in";
    case ERR_CONFLICT: return "conflict";
    case ERR_TOO_LARGE: return "too_large";
    case ERR_BUSY: return "busy";
    case ERR_RETRY: return "retry";
    case ERR_MEMORY: return "memory";
    case ERR_IO: return "io";
    case ERR_FULL: return "full";
    case ERR_CORRUPT: return "corrupt";
    case ERR_BUG: return "bug";
    }
    return "unknown";
}

err err_set(err e, const char *message)
{
    user_message = message;
    log_text[0] = 0;
    return e;
}

err err_detail(err e, const char *message, const char *format, ...)
{
    va_list args;
    user_message = message;
    va_start(args, format);
    vsnprintf(log_text, sizeof log_text, format, args);
    va_end(args);
    return e;
}

const char *err_message(void)
{
    return user_message;
}

const char *err_log(void)
{
    return log_text;
}

void err_clear(void)
{
    user_message = "";
    log_text[0] = 0;
}

void assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: bug: %s\n", file, line, cond);
    abort();
}
