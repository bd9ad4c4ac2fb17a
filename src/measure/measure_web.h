/* measure_web.h -- what the pages of organisations, officers and constants are made from. Text here is in the reader's language. */
#ifndef IGOT_MEASURE_WEB_H
#define IGOT_MEASURE_WEB_H

#include "measure/measure.h"
#include "web/parts.h"
#include "web/web.h"

/* ---- published figures, a line each: what is withheld is not in it ---- */

struct figure_line {
    i64 id;                      /* organisation or competency; 0: a Group */
    str code, kind, name, above; /* above: the name of the organisation above */
    i64 officers;                /* of a competency: those who need it */
    bool officers_null; /* withheld too, or nobody there is on igot */
    i64 required, assessed, met;
    f64 assessed_share, assessed_low, assessed_high, met_share, met_low, met_high, gap, gap_low, gap_high;
    bool hidden;  /* `withheld` says why; nothing below `officers` is set */
    bool unknown; /* hidden, or nobody is assessed: met and gap are not set */
    str withheld;
};
extern const struct shape figure_line_shape;

/* least: fewer people than this are not shown. */
void line_of(struct request *rq, const struct figure *f, i64 least, struct figure_line *out);
str least_words(struct request *rq, i64 least);
/* Decimals at which a range of this width still reads as one. */
int places_for(f64 width, int usual);
str kind_words(enum lang lang, str kind);
/* By "name", "officers", "assessed", "met", "gap"; a '-' before it: downwards. What is withheld or unknown comes last either way. */
void lines_sort(struct figure_line *line, isize count, str by);
/* The columns of lines in an export; `unit`: organisations, with code and kind. */
err lines_export(struct request *rq, const char *filename, const struct figure_line *line, isize count, bool unit);

/* ---- heads of sortable tables ---- */

struct sort_head {
    str label, href;
    const char *direction; /* aria-sort; NULL: not by this one */
    bool number;
};
struct sort_column {
    const char *key, *label; /* msgid */
    bool number, down;       /* down: first downwards */
};
/* The path and query with these fields (split by '|') left out, ready for another: "/x?a=1&". */
str base_without(struct request *rq, const char *fields);
void sort_heads(struct request *rq, const struct sort_column *column, int count, str by, const char *fragment, struct sort_head *out);
/* Lower-cased words for LIKE with ESCAPE '!'; "" for none. */
str like_of(struct arena *a, str q);

/* ---- pages ---- */

struct crumb {
    i64 id;
    str name;
};
enum { ORGANISATION_HEADS = 5, COMPETENCY_HEADS = 5, OFFICER_HEADS = 4 };

struct organisation_view {
    i64 id, day, least;
    str code, kind, kind_words, name;
    bool published, here; /* anything was published; something of this organisation was */
    struct crumb *crumbs;
    isize crumbs_count;
    i64 positions, mapped, sanctioned, filled, vacant;
    i64 post_needs; /* requirements of all sanctioned posts: the denominator that does not depend on who has been brought aboard */
    struct figure_line total;
    struct figure_line *competencies, *groups, *children;
    isize competencies_count, groups_count, children_count, children_all;
    i64 competencies_all;
    struct pager pager;
    struct sort_head heads[COMPETENCY_HEADS];
    struct chart chart;
    bool sees_officers;
    str sum, least_words; /* of all shortfalls, in levels */
};

struct choice {
    str value, words;
    bool chosen;
};
struct organisations_view {
    i64 parent, day, least, total, page, pages;
    str parent_name, q, sort, path, csv, xlsx, any_kind; /* any_kind: the same search among all kinds; null: it is that */
    bool published;
    struct crumb *crumbs;
    isize crumbs_count;
    struct choice *kinds;
    isize kinds_count;
    struct figure_line *organisations;
    isize organisations_count;
    struct sort_head heads[ORGANISATION_HEADS];
    struct pager pager;
};

struct officer_line {
    i64 id;
    str name, group, position, organisation;
    i64 organisation_id, needed, met, newest;
    bool newest_null;
};
struct officers_view {
    i64 organisation, total, page, pages;
    bool reports, large, cut; /* cut: more than the pages show */
    str organisation_name, q, group, sort, path, csv, xlsx;
    struct crumb *crumbs;
    isize crumbs_count;
    struct choice *groups, *positions;
    isize groups_count, positions_count;
    struct officer_line *officers;
    isize officers_count;
    struct sort_head heads[OFFICER_HEADS];
    struct pager pager;
};

struct constant_version {
    i64 id, from_day, created;
    f64 value;
    str value_words, reason, reason_en, reason_hi, by; /* by: null: came with the platform */
};
struct constant_view {
    str name, title, unit, unit_words, basis, basis_words;
    bool in_force; /* else nothing is yet */
    struct constant_version now;
    struct constant_version *coming, *past; /* soonest first; newest first */
    isize coming_count, past_count;
};
struct constants_view {
    struct constant_view *constants;
    isize constants_count;
    i64 today;
    bool may_change;
};
struct constant_page_view {
    struct constant_view constant;
    bool may_change;
    i64 seen; /* the newest version when the form was made */
    str value_typed, reason_en, reason_hi, from_typed;
    struct field value_field, reason_en_field, reason_hi_field, from_field;
};
struct constant_check_view {
    struct constant_view constant;
    i64 seen, from_day;
    str value_typed, reason_en, reason_hi, from_typed, effect;
};
struct constant_stale_view {
    struct constant_check_view mine;
    struct constant_version theirs;
    struct difference_list differences;
};

extern const struct shape organisation_shape, organisations_shape, officers_shape, constants_shape, constant_shape;

err crumbs_of(struct request *rq, i64 organisation, struct crumb **out, isize *count) MUST_USE;

/* organisations_web.c */
err organisations_list(struct request *rq);
err organisations_export(struct request *rq);
/* officers_web.c */
err officers_list(struct request *rq);
err officers_own(struct request *rq);
err officers_export(struct request *rq);
/* constants_web.c */
err constants_list(struct request *rq);
err constants_export(struct request *rq);
err constant_show(struct request *rq);
err constant_post(struct request *rq);

#endif
