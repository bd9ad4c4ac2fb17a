/* export.h -- the kinds of docs/import-formats.md, and levels, as CSV: what import reads, export writes. */
#ifndef IGOT_EXPORT_H
#define IGOT_EXPORT_H

#include <stdio.h>

#include "db/db.h"

/* NULL-ended names: "organisations" … "levels". */
extern const char *const export_kinds[];
/* Writes the header and every row to `out`; *rows counts them. ERR_NOT_FOUND: no such kind; ERR_FULL, ERR_IO: it could not be written. */
err export_kind(struct db *db, struct arena *a, const char *kind, FILE *out, i64 *rows) MUST_USE;

#endif
