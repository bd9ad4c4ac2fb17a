/* private.h -- what the files of this folder share while one import runs. */
#ifndef IGOT_IMPORT_PRIVATE_H
#define IGOT_IMPORT_PRIVATE_H

#include "import/table.h"
#include "org/org_import.h"

/* ---- codes.c: what is known by its key (a code, or the cells of a composite key) ---- */

struct code {
    str key;
    u64 hash;
    struct table_row *row;  /* in the files; NULL: none */
    i64 stored;             /* its id in the database; 0: none there, or not looked up */
    i64 id;                 /* stored, or given by the writing */
    bool looked_up;
    bool parent_known;      /* organisations: the stored parent's code has been read */
    str parent;
    i64 walk;               /* the last walk up the tree that came by */
};
struct codes { struct code **slot; isize room, count; };
/* Finds, or adds an empty one. The key is copied when it is added. */
struct code *codes_at(struct codes *c, struct arena *a, str key);

/* ---- one import ---- */

struct importer {
    const struct import_options *o;
    struct import_report *out;
    struct arena *arena;    /* rows and codes: as long as the import */
    struct arena *scratch;  /* reset after each row */
    struct db *db;          /* the transaction under way */
    struct faults faults;
    struct table table[IMPORT_KINDS];
    struct codes codes[IMPORT_KINDS];
    i64 today, from_day, now;
};

/* onet.c: O*NET's own files become rows of our tables. */
err onet_read(struct importer *im, str folder) MUST_USE;

/* check.c: everything that one cell cannot tell. Marks rows and collects faults. */
err check_all(struct importer *im) MUST_USE;
/* The code in a cell, looked up in the database as well. */
err code_of(struct importer *im, enum import_kind kind, str key, struct code **out) MUST_USE;

/* Where the files are that a row of modules names. */
str media_of(struct importer *im, const struct table_row *row);

/* write.c: all good rows, in order. */
err write_all(struct importer *im) MUST_USE;

void import_progress(struct importer *im, const char *what, i64 done, i64 total);

#endif
