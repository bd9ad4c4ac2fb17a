/* frac_import.h -- how `igot import` writes the framework: competencies, roles, activities, positions. Maps go through
** frac_map_publish. A put looks at what is stored first: the same content writes nothing (org/org_import.h has enum put). */
#ifndef IGOT_FRAC_IMPORT_H
#define IGOT_FRAC_IMPORT_H

#include "frac/frac.h"
#include "org/org_import.h"

/* The id of a code, or 0. */
err frac_import_competency_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err frac_import_role_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err frac_import_activity_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err frac_import_position_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;

/* Texts: [0] English, [1] Hindi; empty is none. */
struct competency_in { str code; i64 kind; str area, theme, name[2], definition[2], level[2][5], facets; bool reviewed; };
err frac_import_competency(struct db *db, struct arena *a, const struct competency_in *in, i64 *id, enum put *put) MUST_USE;

err frac_import_role(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put) MUST_USE;
err frac_import_activity(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put) MUST_USE;

struct position_in { str code, grp, name_en, name_hi; i64 organisation, designation /* 0: none */, service /* 0: none */, sanctioned, filled; };
err frac_import_position(struct db *db, struct arena *a, const struct position_in *in, i64 *id, enum put *put) MUST_USE;

#endif
