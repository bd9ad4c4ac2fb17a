/* competency.h -- what a position requires, what the evidence says, and the difference (hub a).
** Owns level, level_history. Results live in the caller's arena. */
#ifndef IGOT_COMPETENCY_H
#define IGOT_COMPETENCY_H

#include "competency/level_math.h"
#include "db/db.h"
#include "evidence/evidence.h"
#include "web/html.h"

/* One required competency of an officer beside her level on a day. */
struct gap {
    i64 competency, kind, required;     /* required 1..5 */
    str code, name;
    bool critical;
    i64 status;                         /* enum level_status; the four below are read only if it is not NOT_ASSESSED */
    f64 mean, se;                       /* as of the day asked */
    f64 shortfall;                      /* ES(R - m, SE), levels */
    i64 awarded;
    bool met;                           /* awarded >= required */
    bool disagree;
    i64 newest;                         /* day of the newest counting evidence; -1 if none */
    bool fading;                        /* it is older than a half-life of the class that counts most */
    f64 trend;                          /* mean now less the mean before the last day on which evidence came */
    i64 trend_since;                    /* that day */
    bool trend_null;                    /* there was nothing before */
    f64 weight;                         /* role weight: constants weight_critical, weight_other */
};
struct gap_list { struct gap *row; isize count; };

/* The gaps of `officer` against the position she holds on `day`: critical unknown first, then by weight x shortfall, met last.
** ERR_NOT_FOUND if she holds no position with a map. */
err competency_gaps(struct db *db, struct arena *a, enum lang lang, i64 officer, i64 day, struct gap_list *out) MUST_USE;

/* The level with its arithmetic, for one competency; NOT_ASSESSED reads as such. */
err competency_level(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, struct level_reading *out, struct level_sums *sums) MUST_USE;

/* ---- recording: the row, the level, its history and the organisation's sums in one transaction ---- */
err competency_record(struct db *db, struct arena *a, const struct evidence_new *n, i64 now, i64 *evidence) MUST_USE;
/* Takes a piece out again, bit for bit. state: EVIDENCE_REPLACED or EVIDENCE_WITHDRAWN. */
err competency_withdraw(struct db *db, struct arena *a, i64 officer, i64 evidence, enum evidence_state state, i64 now) MUST_USE;
/* A verified learning event; see evidence_learning_event. By itself it changes no level: it halves older evidence once a newer independent test is held. */
err competency_learning_event(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, i64 source, i64 now, bool *counted) MUST_USE;

/* Rebuilds the sums of one level from its evidence rows: a late learning event, changed constants, recount. */
err competency_rebuild(struct db *db, struct arena *a, i64 officer, i64 competency, i64 now) MUST_USE;

/* Bulk loads: writes a level that the caller has summed, as it reads on `day`, with one point of history; gives the reading. before: NULL if nothing was. */
err competency_put(struct db *db, i64 officer, i64 competency, const struct level_sums *sums, i64 newest, const i64 *before_milli, const i64 *before_day, i64 evidence,
                   i64 day, i64 now, struct level_reading *out) MUST_USE;

/* ---- ageing: every officer's contribution to her unit as of a day ---- */
typedef void progress_fn(i64 done, i64 total, void *arg);
/* Reads every level anew as of `day`, in chunks that never hold the writer long, and corrects each unit's sums by the difference. The daily job. */
err competency_age(struct db_pool *pool, i64 day, progress_fn *progress, void *arg) MUST_USE;
/* From nothing: empties the sums and fills them from evidence, postings and maps as of `day`. Gives the same rows, bit for bit. */
err competency_recount(struct db_pool *pool, i64 day, progress_fn *progress, void *arg) MUST_USE;
/* An officer was posted, or her position's map changed: all her contributions anew. */
err competency_contribute(struct db *db, struct arena *a, i64 officer, i64 day) MUST_USE;

/* The same for everybody who holds the position on the day: its map changed. */
err competency_position_changed(struct db *db, struct arena *a, i64 position, i64 day) MUST_USE;

/* How the estimate moved: oldest first. */
struct level_point { i64 at, day, mean_milli, se_milli, awarded, status, evidence; };
struct level_point_list { struct level_point *row; isize count; };
err competency_history(struct db *db, struct arena *a, i64 officer, i64 competency, struct level_point_list *out) MUST_USE;

#endif
