/* item_import.h -- how `igot import` writes the item bank. A put looks at what is stored first: the same content writes nothing
** (org/org_import.h has enum put). */
#ifndef IGOT_ITEM_IMPORT_H
#define IGOT_ITEM_IMPORT_H

#include "assessment/assessment.h"
#include "org/org_import.h"

/* The id of a code, or 0. */
err item_import_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;

struct item_in { str code, language, stem, option[4], rationale; i64 course /* 0: none */, competency, level, answer; /* 0..3 */ };
err item_import(struct db *db, struct arena *a, const struct item_in *in, i64 *id, enum put *put) MUST_USE;

/* How many items a course's bank holds. */
err item_import_count(struct db *db, struct arena *a, i64 course, i64 *count) MUST_USE;

#endif
