/* migrate.h -- forward-only schema changes.
**
** sql/NNNN_name.sql files are embedded in the binary in their order. Each is written once in our own type words and
** translated for the engine (see sql/README.md): i64, f64, str, blob, i128; STRICT and WITHOUT ROWID on SQLite only;
** lines between `-- sqlite:` / `-- postgres:` and `-- end` are for that engine alone. Table `migration` remembers number,
** name, SHA-256 and when. One migration is one transaction. */
#ifndef IGOT_MIGRATE_H
#define IGOT_MIGRATE_H

#include "db/db.h"

struct migration { int number; const char *name; str sql; };
extern const struct migration migrations[]; /* generated */
extern const int migration_count;

struct migrate_status { int have, want; };
/* ERR_CORRUPT if the database is newer than the program, or an applied migration's text has changed since. */
err migrate_status(struct db_pool *pool, struct migrate_status *out) MUST_USE;
/* Brings the schema to `upto` (migration_count for all). Calls `done` after each (may be NULL). */
err migrate_run(struct db_pool *pool, int upto, void (*done)(const struct migration *, void *), void *arg) MUST_USE;
/* The engine's own words for a migration's text; also used by the build to make the SQLite schema that statements are checked against. */
err migrate_translate(enum db_engine engine, str sql, struct buf *out) MUST_USE;

#endif
