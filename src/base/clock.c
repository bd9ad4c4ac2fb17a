#include "base/base.h"

#include <stdatomic.h>
#ifdef IGOT_TEST_CLOCK
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#endif

enum { MS_DAY = 86400000, IST_OFFSET = 19800000 };

/* 2020-01-01T00:00:00Z; its IST day begins five and a half hours earlier. */
static const i64 epoch_2020 = 1577836800000;
static _Atomic i64 frozen;

void clock_set(i64 ms)
{
    atomic_store(&frozen, ms);
}

#ifdef IGOT_TEST_CLOCK
/* Only in builds for tests (meson -Dtest_clock=true): milliseconds to add, read anew each time from the file that IGOT_TEST_CLOCK_FILE
** names, so that a test may let hours pass while the server runs. Tests write the file whole, by rename. */
static i64 test_offset(void)
{
    const char *path = getenv("IGOT_TEST_CLOCK_FILE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    char text[32];
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    i64 offset = 0;
    return n > 0 && str_to_i64(str_trim(str_n(text, (isize)n)), &offset) ? offset : 0;
}
#else
static i64 test_offset(void)
{
    return 0;
}
#endif

i64 now_ms(void)
{
    i64 set = atomic_load_explicit(&frozen, memory_order_relaxed);
    if (set) return set;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000 + test_offset();
}

i64 mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (i64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static i64 floor_div(i64 a, i64 b)
{
    i64 q = a / b;
    return q - (a % b < 0);
}

i64 day_of_ms(i64 ms)
{
    return floor_div(ms - epoch_2020 + IST_OFFSET, MS_DAY);
}

i64 ms_of_day(i64 day)
{
    return epoch_2020 - IST_OFFSET + day * MS_DAY;
}

/* Days from 1970-01-01 of a civil date and back: H. Hinnant, "chrono-compatible low-level date algorithms". */
static const i64 day_2020 = 18262;

i64 day_from_civil(int year, int month, int dom)
{
    i64 y = month <= 2 ? year - 1 : year;
    i64 era = floor_div(y, 400);
    i64 yoe = y - era * 400;
    i64 doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dom - 1;
    i64 doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468 - day_2020;
}

void day_civil(i64 day, int *year, int *month, int *dom)
{
    i64 z = day + day_2020 + 719468;
    i64 era = floor_div(z, 146097);
    i64 doe = z - era * 146097;
    i64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    i64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    i64 mp = (5 * doy + 2) / 153;
    *dom = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

bool day_parse(str s, i64 *day)
{
    i64 y, m, d;
    if (s.len != 10 || s.data[4] != '-' || s.data[7] != '-' || s.data[0] == '-' || s.data[0] == '+') return false;
    if (!str_to_i64(str_slice(s, 0, 4), &y) || !str_to_i64(str_slice(s, 5, 7), &m) || !str_to_i64(str_slice(s, 8, 10), &d))
        return false;
    if (y < 1900 || m < 1 || m > 12 || d < 1 || d > 31) return false;
    i64 n = day_from_civil((int)y, (int)m, (int)d);
    int yy, mm, dd;
    day_civil(n, &yy, &mm, &dd);
    if (yy != y || mm != m || dd != d) return false; /* 31 February */
    *day = n;
    return true;
}

str day_iso(struct arena *a, i64 day)
{
    int y, m, d;
    day_civil(day, &y, &m, &d);
    return str_format(a, "%04d-%02d-%02d", y, m, d);
}

str ms_iso(struct arena *a, i64 ms)
{
    i64 utc_day = floor_div(ms - epoch_2020, MS_DAY);
    i64 rest = ms - epoch_2020 - utc_day * MS_DAY;
    int y, m, d;
    day_civil(utc_day, &y, &m, &d);
    return str_format(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y, m, d, (int)(rest / 3600000), (int)(rest / 60000 % 60),
                      (int)(rest / 1000 % 60), (int)(rest % 1000));
}
