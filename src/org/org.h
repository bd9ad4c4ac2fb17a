/* org.h -- the tree of organisations, officers and their postings. Owns organisation, organisation_above, org_text, service, designation, officer, posting. */
#ifndef IGOT_ORG_H
#define IGOT_ORG_H

#include "db/db.h"
#include "web/html.h"

struct organisation { i64 id; str code, kind, name; i64 parent; bool parent_null; i64 depth; };
struct organisation_list { struct organisation *row; isize count; };

/* Names come in `lang` and fall back to English. */
err organisation_get(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation *out) MUST_USE;
err organisation_by_code(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err organisation_children(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation_list *out) MUST_USE;
err organisation_path(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation_list *out) MUST_USE; /* from the root down to id */
/* The Ministry (kind ministry or state) at or above; the root if there is none. */
err organisation_ministry(struct db *db, i64 id, i64 *ministry) MUST_USE;

struct posting {
    i64 officer, id, position, organisation, supervisor, from_day;
    bool supervisor_null;
    str officer_name, grp;
};
/* The posting in force on `day`; ERR_NOT_FOUND if she holds none. */
err posting_current(struct db *db, struct arena *a, i64 officer, i64 day, struct posting *out) MUST_USE;

/* Makes an officer with one posting, updating headcount through measure's hook is the caller's duty (measure_officer_posted). id 0: a new one. */
struct new_officer { i64 id; str name; str grp; i64 service; /* 0: none */ i64 position, organisation, supervisor /* 0: none */, from_day; };
err officer_create(struct db *db, const struct new_officer *n, i64 now, i64 *officer) MUST_USE;

/* Names for the simulation and the text table: field 'name'. */
err org_text_put(struct db *db, i64 subject, str field, str language, str text) MUST_USE;

#endif
