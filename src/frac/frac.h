/* frac.h -- the framework: competencies, roles, activities, positions and the maps that say what each position needs.
** Owns competency, frac_role, activity, position, position_map, map_item, requirement, frac_text, position_report. */
#ifndef IGOT_FRAC_H
#define IGOT_FRAC_H

#include "db/db.h"
#include "web/html.h"

enum competency_kind { KIND_BEHAVIOURAL = 1, KIND_FUNCTIONAL, KIND_DOMAIN };

struct competency { i64 id; str code; i64 kind; str area, theme, name, definition, facets, level_text[5]; bool reviewed; };
err frac_competency(struct db *db, struct arena *a, enum lang lang, i64 id, struct competency *out) MUST_USE;
err frac_competency_by_code(struct db *db, str code, i64 *id) MUST_USE;

struct position { i64 id; str code, name, grp; i64 organisation, sanctioned, filled; };
err frac_position(struct db *db, struct arena *a, enum lang lang, i64 id, struct position *out) MUST_USE;

err frac_position_by_code(struct db *db, str code, i64 *id) MUST_USE;

/* The map of the position in force on `day`; ERR_NOT_FOUND if it has none. */
err frac_map(struct db *db, i64 position, i64 day, i64 *map) MUST_USE;

struct requirement { i64 competency, kind, level; bool critical; str name; };
struct requirement_list { struct requirement *row; isize count; };
err frac_requirements(struct db *db, struct arena *a, enum lang lang, i64 map, struct requirement_list *out) MUST_USE;

/* Role by role, activity by activity; and for one competency (0: all): why it is needed. Sorted by role, activity, competency name. */
struct map_line { i64 role, activity, competency, level; str role_name, activity_name, competency_name; bool critical, reviewed; };
struct map_line_list { struct map_line *row; isize count; };
err frac_map_lines(struct db *db, struct arena *a, enum lang lang, i64 map, i64 competency, struct map_line_list *out) MUST_USE;

/* Writes a version of a position's map that begins on from_day, ends the former one the day before, and derives requirement. The same content as the
** version in force changes nothing (made = false). Every officer who holds the position must then be recounted: competency_position_changed. */
struct map_row { i64 role, activity, competency, level; bool critical, reviewed; };
err frac_map_publish(struct db *db, struct arena *a, i64 position, const struct map_row *row, isize count, i64 from_day, i64 *map, bool *made) MUST_USE;
/* Marks up to five competencies of the position as critical, as a new version from today. ERR_INVALID for more. */
err frac_mark_critical(struct db *db, struct arena *a, i64 position, const i64 *competency, isize count, i64 today, i64 *map) MUST_USE;
err frac_text_put(struct db *db, i64 subject, str field, str language, str text) MUST_USE;

#endif
