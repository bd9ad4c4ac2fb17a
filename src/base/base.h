/* base.h -- types, memory, strings, errors: what every other file stands on. Knows nothing of the rest.
**
** Lifetime decides the allocator: whatever takes a `struct arena *` leaves its result there, and the owner of the arena
** frees it all at once. There is no malloc outside src/base. Strings carry their length; a NUL ends them only at the border
** of a library. A growing buffer names its maximum when it is made. Errors are values (see err.h part below). */
#ifndef IGOT_BASE_H
#define IGOT_BASE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/banned.h"

typedef int64_t i64;
typedef uint64_t u64;
typedef int32_t i32;
typedef uint32_t u32;
typedef uint8_t u8;
typedef double f64;
typedef ptrdiff_t isize;
__extension__ typedef __int128 i128;

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT_OF(array) ((isize)(sizeof(array) / sizeof((array)[0])))
#define UNUSED(x) ((void)(x))

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* Few kinds, one meaning each. The HTTP status that a kind becomes is in web/response.c. */
typedef enum err {
    OK = 0,
    ERR_INVALID,     /* what was given is not allowed; the message says what and what was expected */
    ERR_NOT_FOUND,   /* no such thing, or outside the reader's scope */
    ERR_DENIED,      /* signed in, but this role may not do it */
    ERR_SIGN_IN,     /* nobody is signed in */
    ERR_CONFLICT,    /* changed meanwhile, or already there */
    ERR_TOO_LARGE,   /* over a stated limit */
    ERR_BUSY,        /* too much at once or locked; try again later */
    ERR_RETRY,       /* the database asks that the transaction be run again (40001, 40P01, SQLITE_BUSY) */
    ERR_MEMORY,      /* out of memory, or past an arena's limit */
    ERR_IO,          /* disk, network or database fault; the message is for the operator, not for the page */
    ERR_FULL,        /* the disk is full: nothing was written, what is there is safe */
    ERR_CORRUPT,     /* stored data do not verify */
    ERR_BUG          /* cannot happen */
} err;

/* Passes an error up. */
#define TRY(expr)                                                                                                      \
    do {                                                                                                               \
        err try_err_ = (expr);                                                                                         \
        if (try_err_ != OK) return try_err_;                                                                           \
    } while (0)

/* A short name of the kind ("not_found"), for logs and for programs. */
const char *err_name(err e);

/* Each thread remembers the message of its last failure. `err_set` returns `e`, so that a line reads
**   return err_set(ERR_INVALID, N_("This level is not between 1 and 5."));
** `message` is a msgid (a literal, translated where it is shown). `err_detail` adds what only the operator's log may
** hold (a path, a database's own words); both are kept until the next err_set or err_clear of this thread. */
err err_set(err e, const char *message);
err err_detail(err e, const char *message, const char *format, ...) PRINTF_LIKE(3, 4);
const char *err_message(void); /* "" if none */
const char *err_log(void);     /* "" if none */
void err_clear(void);
#define N_(msgid) msgid /* marks a string for translation */

/* A bug: prints file:line and aborts. For what the program itself must guarantee, never for input. */
#define ASSERT(cond) ((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void assert_failed(const char *cond, const char *file, int line);

/* ---- arena ------------------------------------------------------------------------------------------------------- */

struct arena_block;
struct arena {
    struct arena_block *block; /* newest */
    u8 *at, *end;
    isize used;  /* bytes handed out since the last reset */
    isize limit; /* most bytes that may be handed out between resets */
};

/* `limit` in bytes. An allocation past the limit, or that the system refuses, returns NULL from arena_try and
** aborts the request from arena_alloc: the latter longjmps to arena_guard if one is set, else ASSERTs. */
void arena_init(struct arena *a, isize limit);
void arena_reset(struct arena *a); /* keeps the first block for the next use */
void arena_clear(struct arena *a); /* gives everything back */
void *arena_try(struct arena *a, isize size, isize align) MUST_USE;
void *arena_alloc(struct arena *a, isize size, isize align);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), (isize)sizeof(type), (isize)alignof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc_n((arena), (n), (isize)sizeof(type), (isize)alignof(type)))
void *arena_alloc_n(struct arena *a, isize n, isize size, isize align); /* zeroed, overflow-checked */

/* Memory that ends may strike anywhere; rather than a check at each of a thousand places, the dispatcher (and each
** command) runs its work inside arena_guard, and arena_alloc leaves through it. Only arena memory is held by work
** that runs inside a guard, so nothing leaks; the database transaction is rolled back by the caller. */
err arena_guard(err (*work)(void *), void *arg) MUST_USE;

/* Memory for long-lived things (caches, pools); NULL when there is none. Counted, and failed in turn by fault tests. */
void *mem_alloc(isize size) MUST_USE;
void *mem_resize(void *p, isize size) MUST_USE;
void mem_free(void *p);
void mem_fail_at(i64 n); /* tests: the n-th allocation from now returns NULL; 0 = never */
i64 mem_count(void);     /* allocations so far */

/* ---- strings ----------------------------------------------------------------------------------------------------- */

typedef struct str {
    const char *data; /* not NUL-ended; NULL means "no value" (SQL NULL), and then len is 0 */
    isize len;
} str;

#define S(literal) ((str){"" literal "", (isize)sizeof(literal) - 1})
str str_of(const char *c);                             /* of a NUL-ended string; NULL gives the null str */
str str_n(const char *data, isize len);
bool str_eq(str a, str b);
bool str_eq_nocase(str a, str b);                      /* ASCII only */
int str_cmp(str a, str b);                             /* by bytes */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
isize str_find(str s, str part);                       /* -1 if absent */
isize str_find_char(str s, char c);                    /* -1 if absent */
str str_slice(str s, isize from, isize to);            /* clamped; to = -1 means the end */
str str_trim(str s);                                   /* outer ASCII white space */
bool str_cut(str *rest, char sep, str *head);          /* head = up to sep, rest = after it; false when rest is spent */
str str_dup(struct arena *a, str s);
const char *str_z(struct arena *a, str s);             /* NUL-ended copy */
str str_format(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
str str_lower(struct arena *a, str s);                 /* ASCII only */
bool str_to_i64(str s, i64 *out);                      /* whole string, decimal, optional sign; false on anything else */
bool str_to_f64(str s, f64 *out);                      /* whole string, decimal point, finite; locale-free */
u64 str_hash(str s);                                   /* FNV-1a, for tables only */
#define STR_ARGS(s) (int)(s).len, (s).data             /* for "%.*s" */

/* ---- growing buffer ---------------------------------------------------------------------------------------------- */

struct buf {
    char *data;
    isize len, cap, max;
    bool full; /* something did not fit: the content is incomplete; sticky */
};
void buf_init(struct buf *b, isize max); /* max bytes; grows by doubling through mem_resize */
void buf_clear(struct buf *b);           /* gives the memory back */
void buf_reset(struct buf *b);           /* empties it, keeps the memory */
void buf_put(struct buf *b, const void *data, isize len);
void buf_str(struct buf *b, str s);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, i64 n);
void buf_format(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
str buf_view(const struct buf *b);       /* valid until the next write */
#define BUF_LIT(b, literal) buf_put((b), (literal), (isize)sizeof(literal) - 1)
/* Room for `n` more bytes, or NULL (and full is set). Write there, then buf_added(b, n). */
char *buf_room(struct buf *b, isize n);
void buf_added(struct buf *b, isize n);

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------- */

bool utf8_valid(str s);                     /* no surrogates, overlong forms, NUL or code point past 10FFFF */
isize utf8_count(str s);                    /* code points */
isize utf8_next(str s, isize at, u32 *cp);  /* bytes consumed; 0 at the end or on a bad sequence */
isize utf8_put(char out[4], u32 cp);
str utf8_cut(str s, isize code_points);     /* at most so many, never inside a sequence */

/* ---- time and days ----------------------------------------------------------------------------------------------- */

/* Time is UTC milliseconds; shown in IST (+05:30). A "day" is an IST day counted from 2020-01-01 = 0 (METHODS). */

i64 now_ms(void);                           /* the program's clock: the system's, or the one that a test or simulate has set */
void clock_set(i64 ms);                     /* freezes it at ms; 0 gives the system's back */
i64 mono_us(void);                          /* monotonic, for measuring */
i64 day_of_ms(i64 ms);
i64 ms_of_day(i64 day);                     /* the first millisecond of that IST day */
bool day_parse(str s, i64 *day);            /* 2026-11-23 */
void day_civil(i64 day, int *year, int *month, int *dom);
i64 day_from_civil(int year, int month, int dom);
str day_iso(struct arena *a, i64 day);      /* 2026-11-23 */
str ms_iso(struct arena *a, i64 ms);        /* 2026-11-23T10:15:30.123Z */

/* ---- ids, randomness, hashes --------------------------------------------------------------------------------------- */

/* Time-ordered, 63 bits: 41 of milliseconds since 2020, 10 of node, 12 of sequence. Guarded against a clock that steps back. */
i64 id_new(void);
void id_above(i64 id);                      /* every later id is greater: after reading a database whose clock was ahead */
void id_node(int node);                     /* 0..1023, leased from the database at start */
/* SplitMix64 of METHODS: reproducible; never for secrets. */
struct rng { u64 state; };
u64 rng_next(struct rng *r);
f64 rng_unit(struct rng *r);                /* [0,1), (x>>11)*2^-53 */
f64 rng_normal(struct rng *r);              /* sqrt(-2 ln(1-u1)) cos(2 pi u2) */
i64 rng_below(struct rng *r, i64 n);        /* 0..n-1 */
void random_bytes(void *out, isize n);      /* the system's, for secrets */
void sha256(const void *data, isize n, u8 out[32]);
str hex(struct arena *a, const u8 *bytes, isize n);
str base64url(struct arena *a, const u8 *bytes, isize n); /* no padding */

/* ---- log --------------------------------------------------------------------------------------------------------- */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
void log_open(int fd, enum log_level least);          /* default: stderr, LOG_INFO */
/* One JSON line: {"t":"…","level":"…","event":"…", …}. Fields are key, value pairs of NUL-ended strings, NULL-ended. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
void log_line(str json_object);                       /* a whole line that the caller has made (request log) */

#endif
