/* measure.h -- the constants of the methods, and what is summed over organisations.
** Owns constant, tally, contribution, headcount, snapshot. */
#ifndef IGOT_MEASURE_H
#define IGOT_MEASURE_H

#include "competency/level_math.h"
#include "db/db.h"
#include "web/html.h"

/* ---- constants: cached by day, reloaded when the table changes ---- */
err constants_load(struct db_pool *pool) MUST_USE;            /* at start and after a change */
void constants_unload(void);
/* Loads them again if another node has added one: cheap, for a tick of every 10 s. */
err constants_refresh(struct db_pool *pool) MUST_USE;
struct level_constants constants_level(i64 day);              /* in force on the IST day; the built-in ones before any row */
struct quiz_constants constants_quiz(i64 day);
f64 constant_value(const char *name, i64 day);                /* a name that METHODS section 13 gives; ASSERTs on another */
/* ERR_INVALID, with the reason: a value outside the range in which the method means something, or a day before tomorrow. */
err constant_check(str name, f64 value, i64 from_day, i64 today) MUST_USE;
/* A new value from a day not before tomorrow; ERR_INVALID otherwise. Goes to the audit log. After the commit: constants_load. */
err constant_set(struct db *db, struct arena *a, i64 actor, str name, f64 value, str reason_en, str reason_hi, i64 from_day, i64 now) MUST_USE;

/* ---- aggregates ---- */
/* What one officer's competency adds to her unit, as of `day`: called in the transaction that changed the level, the posting or the map. Takes the
** old contribution out exactly as it was put in; one that her position no longer needs is only taken out. r: NULL reads as "not assessed". */
err measure_contribute(struct db *db, struct arena *a, i64 officer, i64 competency, const struct level_reading *r, i64 day) MUST_USE;
/* All of an officer's at once: `need` in ascending order of competency; contributions that are not needed any more are taken out. */
struct measure_place { i64 officer, organisation, level; str grp; };
struct measure_need { i64 competency; struct measure_place place; const struct level_reading *reading; /* NULL: nothing is known */ };
err measure_contribute_all(struct db *db, struct arena *a, i64 officer, const struct measure_need *need, isize count, i64 day) MUST_USE;
err measure_headcount(struct db *db, i64 organisation, str grp, i64 change) MUST_USE;
err measure_clear(struct db *db) MUST_USE;              /* before a recount */
err measure_tidy(struct db *db) MUST_USE;               /* drops sums that amount to nothing */

/* Bulk loads: contributions row by row, then every sum from them at once. The caller knows where the officer is posted and what her position needs. */
err measure_put(struct db *db, const struct measure_place *p, i64 competency, const struct level_reading *r, i64 day) MUST_USE;
err measure_fill(struct db *db, i64 day) MUST_USE;

/* Publishes the snapshot of `day`: every organisation's sums over its subtree, with suppression. Replaces that day's. */
err measure_publish(struct db *db, struct arena *a, i64 day) MUST_USE;
/* The daily job's: nothing if the day is published already, so that what happens later in the day never shows through a second snapshot. */
err measure_publish_once(struct db *db, struct arena *a, i64 day) MUST_USE;

/* The last day before `day` that was published; -1: none was. */
err measure_published_before(struct db *db, struct arena *a, i64 day, i64 *last) MUST_USE;

/* Suppression, pure. Cells are siblings (children of one organisation and its own unit; or the Groups of one organisation) whose total is shown.
** n: people behind each cell. state: in, what is blank already; out, more of it. Returns whether anything changed. */
enum suppression { SUPPRESS_NOT, SUPPRESS_SMALL /* fewer than `least` people */, SUPPRESS_SIBLING /* would show such a cell by subtraction */ };
bool measure_suppress(const i64 *n, isize count, i64 least, u8 *state);

/* The newest published figures. */
struct figure {
    i64 organisation, competency;                     /* competency 0: all of them together */
    str grp, name;                                    /* '' : all Groups; the name of the competency or organisation */
    i64 officers, required, assessed, met;            /* required: officer x competency pairs; equal to officers for one competency */
    f64 assessed_share, met_share, met_low, met_high; /* met_share of the required; Wilson 90 % */
    f64 gap, gap_low, gap_high;                       /* mean ES over the assessed, 90 % */
    i64 suppressed;                                   /* 0: shown */
};
struct figure_list { struct figure *row; isize count; i64 day; };
/* Fills shares, gap and their intervals from the counts and sums. */
void measure_finish(struct figure *f, i64 shortfall_micro, i64 shortfall_sq_milli);
/* Wilson's 90 % interval of the proportion hits / n; n > 0. */
void measure_wilson(i64 hits, i64 n, f64 *low, f64 *high);
err measure_by_competency(struct db *db, struct arena *a, enum lang lang, i64 organisation, struct figure_list *out) MUST_USE;
err measure_by_group(struct db *db, struct arena *a, i64 organisation, struct figure_list *out) MUST_USE;
err measure_by_child(struct db *db, struct arena *a, enum lang lang, i64 organisation, struct figure_list *out) MUST_USE;
err measure_total(struct db *db, struct arena *a, i64 organisation, struct figure *out, i64 *day) MUST_USE; /* ERR_NOT_FOUND before the first snapshot */

#endif
