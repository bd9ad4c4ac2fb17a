/* org_import.h -- how `igot import` writes organisations, services and designations.
**
** A `put` looks at what is stored first: the same content writes nothing at all. It takes checked values (import/check.c), makes
** ids with id_new(), and leaves nothing in the arena that outlives the call but what the arena's owner resets. */
#ifndef IGOT_ORG_IMPORT_H
#define IGOT_ORG_IMPORT_H

#include "org/org.h"

/* What a put did; used by the importers of every module above. */
enum put { PUT_UNCHANGED, PUT_ADDED, PUT_CHANGED };

/* The id of a code, or 0. */
err org_import_organisation_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err org_import_service_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err org_import_designation_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
/* The stored parent's code; the null str for the root and for a code that is not stored. */
err org_import_organisation_parent(struct db *db, struct arena *a, str code, str *parent) MUST_USE;

struct organisation_in { str code, kind, source, name_en, name_hi; i64 parent; /* 0: the root */ };
/* *moved is set (never cleared) when the tree must be rebuilt. */
err org_import_organisation(struct db *db, struct arena *a, const struct organisation_in *in, i64 *id, enum put *put, bool *moved) MUST_USE;
/* Writes organisation_above and every depth anew. */
err org_import_rebuild(struct db *db) MUST_USE;

err org_import_service(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put) MUST_USE;
err org_import_designation(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put) MUST_USE;

#endif
