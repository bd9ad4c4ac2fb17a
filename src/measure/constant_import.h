/* constant_import.h -- how `igot import` writes the constants of the methods. What changed is a new row: the old one stays as history.
** The same content writes nothing (org/org_import.h has enum put). constants_load is the caller's duty after the commit. */
#ifndef IGOT_CONSTANT_IMPORT_H
#define IGOT_CONSTANT_IMPORT_H

#include "measure/measure.h"
#include "org/org_import.h"

struct constant_in { str name, unit, basis, reason_en, reason_hi; f64 value; i64 from_day; };
/* Whether it may be written: the first row of its name, or from tomorrow on, or the value that stands there already (its words may change). */
err constant_import_allowed(struct db *db, struct arena *a, const struct constant_in *in, i64 today, bool *allowed) MUST_USE;
err constant_import(struct db *db, struct arena *a, const struct constant_in *in, i64 now, enum put *put) MUST_USE;

#endif
