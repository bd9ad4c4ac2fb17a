#include "web/fmt.h"

#include <float.h>

/* ---- making values ------------------------------------------------------------------------------------------------- */

struct fmt num(i64 n) { return (struct fmt){FMT_NUM, 0, {.i = n}}; }
struct fmt dec1(f64 x) { return (struct fmt){FMT_DEC, 1, {.f = x}}; }
struct fmt signed1(f64 x) { return (struct fmt){FMT_SIGNED, 1, {.f = x}}; }
struct fmt pct(f64 share) { return (struct fmt){FMT_PCT, 0, {.f = share}}; }
struct fmt day_text(i64 day) { return (struct fmt){FMT_DAY, 0, {.i = day}}; }
struct fmt when(i64 ms) { return (struct fmt){FMT_WHEN, 0, {.i = ms}}; }
struct fmt rupees(i64 paise) { return (struct fmt){FMT_RUPEES, 0, {.i = paise}}; }
struct fmt duration(i64 minutes) { return (struct fmt){FMT_DURATION, 0, {.i = minutes}}; }
struct fmt lit(const char *text) { return fmt_str(str_of(text)); }
struct fmt fmt_str(str s) { return (struct fmt){FMT_STR, 0, {.s = s}}; }
struct fmt fmt_z(const char *z) { return fmt_str(str_of(z)); }
struct fmt fmt_int(i64 n) { return (struct fmt){FMT_INT, 0, {.i = n}}; }
struct fmt fmt_html(struct safe_html h) { return (struct fmt){FMT_HTML, 0, {.s = h.markup}}; }
struct fmt fmt_same(struct fmt f) { return f; }

struct fmt dec(f64 x, int places)
{
    ASSERT(places >= 0 && places <= 6);
    return (struct fmt){FMT_DEC, places, {.f = x}};
}

/* A decimal with `places` below 0 is a bare one: up to that many decimals, for attributes. */
struct fmt fmt_f64(f64 x) { return (struct fmt){FMT_DEC, -3, {.f = x}}; }

/* ---- writing -------------------------------------------------------------------------------------------------------- */

#define MINUS "\xE2\x88\x92"   /* U+2212 */
#define RUPEE "\xE2\x82\xB9"   /* U+20B9 */
#define NO_NUMBER "\xE2\x80\x93" /* U+2013 */

static const char *const month_name[LANG_COUNT][12] = {
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    {"जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"},
};
static const char *const hour_word[LANG_COUNT] = {" h", " घं"};
static const char *const minute_word[LANG_COUNT] = {" min", " मि"};

static char *put_z(char *p, const char *z)
{
    size_t n = strlen(z);
    memcpy(p, z, n);
    return p + n;
}

static char *put_digits(char *p, u64 n)
{
    char text[24];
    char *q = text + sizeof text;
    do *--q = (char)('0' + n % 10);
    while (n /= 10);
    size_t len = (size_t)(text + sizeof text - q);
    memcpy(p, q, len);
    return p + len;
}

static char *put_two(char *p, int n)
{
    *p++ = (char)('0' + n / 10 % 10);
    *p++ = (char)('0' + n % 10);
    return p;
}

/* Indian grouping: the last three digits, then twos. */
static char *put_grouped(char *p, u64 n)
{
    char text[40];
    char *q = text + sizeof text;
    int digits = 0;
    do {
        if (digits == 3 || (digits > 3 && (digits & 1))) *--q = ',';
        *--q = (char)('0' + n % 10);
        digits++;
    } while (n /= 10);
    size_t len = (size_t)(text + sizeof text - q);
    memcpy(p, q, len);
    return p + len;
}

static u64 magnitude(i64 n)
{
    return n < 0 ? 0 - (u64)n : (u64)n;
}

static const u64 power10[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

/* |x| in units of the last place, rounded half away from zero; false if that is no number to show. Half is judged as a person
** would from the decimal digits: 1.005, stored a little below, counts as a half at two places, hence the one epsilon. */
static bool scaled(f64 x, int places, u64 *out)
{
    f64 y = fabs(x) * (f64)power10[places];
    if (!(y < 9e18)) return false;
    *out = (u64)round(y * (1 + DBL_EPSILON));
    return true;
}

static char *put_places(char *p, u64 n, int places)
{
    if (places == 0) return p;
    *p++ = '.';
    for (int i = places - 1; i >= 0; i--) *p++ = (char)('0' + n / power10[i] % 10);
    return p;
}

static char *put_decimal(char *p, f64 x, int places, bool plus)
{
    u64 n;
    if (!scaled(x, places, &n)) return put_z(p, NO_NUMBER);
    if (n != 0 && x < 0) p = put_z(p, MINUS);
    else if (n != 0 && plus) *p++ = '+';
    p = put_grouped(p, n / power10[places]);
    return put_places(p, n, places);
}

/* For attributes: "-" and no grouping, no zeros at the end. */
static char *put_bare(char *p, f64 x, int places)
{
    u64 n;
    if (!scaled(x, places, &n)) n = 0;
    if (n != 0 && x < 0) *p++ = '-';
    p = put_digits(p, n / power10[places]);
    if (n % power10[places] == 0) return p;
    p = put_places(p, n, places);
    while (p[-1] == '0') p--;
    return p;
}

static char *put_number(char *p, i64 n)
{
    if (n < 0) p = put_z(p, MINUS);
    return put_grouped(p, magnitude(n));
}

static char *put_day(char *p, enum lang lang, i64 day)
{
    int year, month, dom;
    day_civil(day, &year, &month, &dom);
    p = put_digits(p, (u64)dom);
    *p++ = ' ';
    p = put_z(p, month_name[lang][month - 1]);
    *p++ = ' ';
    if (year < 0) *p++ = '-';
    return put_digits(p, magnitude(year));
}

static char *put_when(char *p, enum lang lang, i64 ms)
{
    i64 day = day_of_ms(ms);
    int minute = (int)((ms - ms_of_day(day)) / 60000);
    p = put_z(put_day(p, lang, day), ", ");
    p = put_two(p, minute / 60);
    *p++ = ':';
    return put_two(p, minute % 60);
}

static char *put_rupees(char *p, i64 paise)
{
    u64 n = magnitude(paise);
    if (paise < 0) p = put_z(p, MINUS);
    p = put_grouped(put_z(p, RUPEE), n / 100);
    *p++ = '.';
    return put_two(p, (int)(n % 100));
}

static char *put_duration(char *p, enum lang lang, i64 minutes)
{
    u64 n = magnitude(minutes);
    if (minutes < 0) p = put_z(p, MINUS);
    if (n >= 60) p = put_z(put_grouped(p, n / 60), hour_word[lang]);
    if (n >= 60 && n % 60) *p++ = ' ';
    if (n < 60 || n % 60) p = put_z(put_digits(p, n % 60), minute_word[lang]);
    return p;
}

static char *put_bare_int(char *p, i64 n)
{
    if (n < 0) *p++ = '-';
    return put_digits(p, magnitude(n));
}

static char *put_value(char *p, enum lang lang, struct fmt v)
{
    switch (v.kind) {
    case FMT_INT: return put_bare_int(p, v.as.i);
    case FMT_NUM: return put_number(p, v.as.i);
    case FMT_DEC: return v.places < 0 ? put_bare(p, v.as.f, -v.places) : put_decimal(p, v.as.f, v.places, false);
    case FMT_SIGNED: return put_decimal(p, v.as.f, v.places, true);
    case FMT_PCT: return put_z(put_decimal(p, v.as.f * 100, 0, false), " %");
    case FMT_DAY: return put_day(p, lang, v.as.i);
    case FMT_WHEN: return put_when(p, lang, v.as.i);
    case FMT_RUPEES: return put_rupees(p, v.as.i);
    case FMT_DURATION: return put_duration(p, lang, v.as.i);
    case FMT_STR:
    case FMT_HTML: break; /* html.c writes these itself */
    }
    return p;
}

isize fmt_write(char out[FMT_MAX], enum lang lang, struct fmt value)
{
    return put_value(out, lang, value) - out;
}
