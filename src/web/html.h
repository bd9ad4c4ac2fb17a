/* html.h -- where compiled templates write, and how a value becomes text.
**
** A template sees values, never strings of HTML: `{{ x }}` becomes html_text(o, FMT(x)), which escapes; raw output exists only
** as struct safe_html, which only web/markdown.c and templates make. Numbers and dates follow the reader's language: Indian
** grouping (12,34,567), 23 Nov 2026, IST. */
#ifndef IGOT_HTML_H
#define IGOT_HTML_H

#include "base/base.h"

enum lang { LANG_EN, LANG_HI, LANG_COUNT };
extern const char *const lang_tag[LANG_COUNT]; /* "en", "hi" */

struct html {
    struct buf *out;
    struct arena *arena;
    enum lang lang;
    const char *csrf;     /* token for forms; "" when nobody is signed in and no session began */
    const char *path;     /* of this request, for "you are here" and for links back */
    const void *user;     /* struct user of auth.h; NULL when nobody is signed in */
    bool bad;             /* a URL was refused, or the page is over its limit: the request fails */
};

/* Markup known to be safe. */
struct safe_html { str markup; };

enum fmt_kind { FMT_STR, FMT_INT, FMT_NUM, FMT_DEC, FMT_PCT, FMT_DAY, FMT_WHEN, FMT_RUPEES, FMT_DURATION, FMT_HTML, FMT_SIGNED };
struct fmt { enum fmt_kind kind; int places; union { str s; i64 i; f64 f; } as; };

struct fmt num(i64 n);                  /* 12,34,567 */
struct fmt dec(f64 x, int places);      /* 3.20; places 0..6 */
struct fmt dec1(f64 x);                 /* 3.2 */
struct fmt signed1(f64 x);              /* +0.3, −0.3 (true minus sign) */
struct fmt pct(f64 share);              /* 0.625 -> 63 % */
struct fmt day_text(i64 day);           /* 23 Nov 2026; 23 नवंबर 2026 */
struct fmt when(i64 ms);                /* 23 Nov 2026, 21:15 (IST) */
struct fmt rupees(i64 paise);           /* ₹12,34,567.50 */
struct fmt duration(i64 minutes);       /* 1 h 20 min; 1 घं 20 मि */
struct fmt lit(const char *text);       /* not to be translated: the product's name, a code, a unit */
struct fmt fmt_str(str s);
struct fmt fmt_z(const char *z);
struct fmt fmt_int(i64 n);              /* bare digits: ids, years, SVG coordinates */
struct fmt fmt_f64(f64 x);              /* at most 3 decimals, no exponent: SVG coordinates */
struct fmt fmt_html(struct safe_html h);
struct fmt fmt_same(struct fmt f);
#define FMT(x)                                                                                                         \
    _Generic((x), str: fmt_str, char *: fmt_z, const char *: fmt_z, struct safe_html: fmt_html, struct fmt: fmt_same,  \
             f64: fmt_f64, float: fmt_f64, default: fmt_int)(x)

/* What htmlc emits. */
void html_raw(struct html *o, const char *bytes, isize n);   /* the template's own text */
#define HTML_LIT(o, literal) html_raw((o), (literal), (isize)sizeof(literal) - 1)
void html_text(struct html *o, struct fmt value);            /* text and quoted attributes: & < > " ' escaped; FMT_HTML goes raw in text */
void html_attr(struct html *o, struct fmt value);            /* as html_text, but FMT_HTML is escaped too */
void html_url(struct html *o, struct fmt value);             /* the whole, or the beginning, of a URL attribute: scheme checked, then escaped */
void html_url_part(struct html *o, struct fmt value);        /* inside one: percent-encoded */

/* Translation: msgid is a literal; {1}..{9} are replaced by the arguments, each escaped. Used within {{ }}:
** `{{ _("Level {1}", num(n)) }}` becomes html_tr(o, HTML_IN_TEXT, "Level {1}", (struct fmt[]){FMT(num(n))}, 1). */
enum html_place { HTML_IN_TEXT, HTML_IN_ATTR };
void html_tr(struct html *o, enum html_place place, const char *msgid, const struct fmt *arg, int n);
void html_trn(struct html *o, enum html_place place, const char *one, const char *many, i64 count, const struct fmt *arg, int n);
/* The same for C code: the translated text with arguments put in, unescaped, in the arena. */
str tr(enum lang lang, const char *msgid);
str tr_format(struct arena *a, enum lang lang, const char *msgid, const struct fmt *arg, int n);
str fmt_text(struct arena *a, enum lang lang, struct fmt value);

/* The text of one of our (language, text) rows is content, not interface: `lang` attributes mark it where it differs. */

#endif
