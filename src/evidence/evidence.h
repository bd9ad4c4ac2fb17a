/* evidence.h -- the record of what happened: rows that are never edited, only superseded. A level moves with them in the same transaction, so
** other modules record through competency_record (competency.h), which calls this. Owns evidence, learning_event. */
#ifndef IGOT_EVIDENCE_H
#define IGOT_EVIDENCE_H

#include "competency/level_math.h"
#include "db/db.h"

enum evidence_state { EVIDENCE_COUNTING = 1, EVIDENCE_REPLACED, EVIDENCE_WITHDRAWN, EVIDENCE_PRACTICE };

struct evidence_new {
    i64 officer, competency;
    enum evidence_class class;
    str kind;              /* course_test, diagnostic, proctored, workplace, self, simulated */
    f64 y, variance;       /* METHODS section 1 */
    i64 day;
    i64 source;            /* course or attempt; 0: none */
    i64 recorded_by;       /* account; 0: the program */
    str note;              /* null str: none */
    bool practice;         /* shown, does not count */
};
/* A piece as it enters the sums. */
struct evidence_piece { i64 id, competency, day; enum evidence_class class; i64 level_milli; int nle; i128 weight; };
/* Weighs it with the constants of today and stores it. */
err evidence_store(struct db *db, struct arena *a, const struct evidence_new *n, i64 now, struct evidence_piece *out) MUST_USE;
/* Bulk loads: stores a piece that the caller has weighed. */
err evidence_put(struct db *db, const struct evidence_new *n, const struct evidence_piece *p, i64 now) MUST_USE;
/* Ends a counting piece (state REPLACED or WITHDRAWN) and says what has to leave the sums. ERR_CONFLICT if it no longer counts. */
err evidence_end(struct db *db, struct arena *a, i64 officer, i64 id, enum evidence_state state, struct evidence_piece *out) MUST_USE;
/* The day of the newest counting piece; -1 if there is none. */
err evidence_newest(struct db *db, struct arena *a, i64 officer, i64 competency, i64 *day) MUST_USE;
/* At most one live record per (officer, course, competency) for course tests: the one there is, or 0. */
err evidence_live_of_source(struct db *db, struct arena *a, i64 officer, i64 competency, i64 source, i64 *id) MUST_USE;
/* A verified learning event (course completed with its test passed): *counted is false if another lies within 180 days. *late: newer evidence carries a
** wrong number of events now, so its level must be rebuilt (competency_learning_event does). */
err evidence_learning_event(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, i64 source, i64 now, bool *counted, bool *late) MUST_USE;

/* For competency_rebuild: weighs every counting piece anew with the constants of `today`, stores the weights that changed, and gives the sums. */
err evidence_reweigh(struct db *db, struct arena *a, i64 officer, i64 competency, i64 today, struct level_sums *sums, i64 *newest) MUST_USE;
/* The competencies in which the officer has any evidence. */
err evidence_competencies(struct db *db, struct arena *a, i64 officer, i64 **id, isize *count) MUST_USE;

struct evidence_line {
    i64 id, day, class, level_milli, nle, state, source /* 0: none */, recorded_by /* 0: the program */, created;
    f64 variance;
    i128 weight;
    str kind, note, recorded_by_name;
};
struct evidence_line_list { struct evidence_line *row; isize count; };
/* Newest first. */
err evidence_of(struct db *db, struct arena *a, i64 officer, i64 competency, struct evidence_line_list *out) MUST_USE;

#endif
