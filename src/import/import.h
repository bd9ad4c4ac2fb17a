/* import.h -- reads the files of docs/import-formats.md into the database: checks everything first, then writes all or nothing.
**
** Stands above every module; each owner's tables are written by that owner's x_import.c. Running the same files twice changes nothing,
** and writes nothing. With skip_bad, rows at fault and rows that refer to them are left out and listed, and the rest is written; what
** cannot be read past (a stray quote, a wrong header) ends its file. The check runs in a READ transaction, the writing in one WRITE
** transaction, run again up to three times if the database asks for it. Memory: the files' text, at most IMPORT_MEMORY. */
#ifndef IGOT_IMPORT_H
#define IGOT_IMPORT_H

#include "db/db.h"

/* In the order in which they are written: each refers only to earlier ones and to its own. */
enum import_kind {
    IMPORT_ORGANISATIONS,
    IMPORT_SERVICES,
    IMPORT_DESIGNATIONS,
    IMPORT_PROVIDERS,
    IMPORT_COMPETENCIES,
    IMPORT_ROLES,
    IMPORT_ACTIVITIES,
    IMPORT_POSITIONS,
    IMPORT_MAP,
    IMPORT_COURSES,
    IMPORT_COURSE_COMPETENCIES,
    IMPORT_MODULES,
    IMPORT_ITEMS,
    IMPORT_CONSTANTS,
    IMPORT_KINDS
};

enum { IMPORT_FAULTS_KEPT = 100, IMPORT_TODAY = -1 };
#define IMPORT_MEMORY ((isize)3 << 30)

/* "course-competencies"; NULL-ended by IMPORT_KINDS. */
const char *import_kind_name(enum import_kind kind);
bool import_kind_named(str name, enum import_kind *kind);

struct import_source { enum import_kind kind; str file; };

struct import_options {
    struct arena *arena;                /* where the report's texts are left */
    const struct import_source *source; /* in any order */
    isize count;
    str onet;                           /* a folder of O*NET to import as well; null: none */
    str media;                          /* folder of the modules' files; null: `media` beside the modules' own file */
    str store;                          /* the media folder, where those files go by their hash; null: rows that name a file keep its plain name */
    bool skip_bad;
    i64 from_day;                       /* when maps begin to count, an IST day; IMPORT_TODAY: today */
    void (*progress)(void *arg, const char *what, i64 done, i64 total); /* NULL: none. total 0: unknown */
    void *progress_arg;
};

/* line 0: the file as a whole; column may be empty. `expected` goes on from "expected ". */
struct import_fault { str file; i64 line; str column, value, expected; int file_order; };

struct import_counts { i64 rows, added, changed, unchanged, left_out; };

struct import_report {
    struct import_counts kind[IMPORT_KINDS];
    struct import_fault fault[IMPORT_FAULTS_KEPT]; /* the first, by file and line */
    int faults_kept;
    i64 faults;                                    /* all of them */
    bool written;                                  /* something was changed in the database */
};

/* ERR_INVALID if there are faults and not skip_bad: nothing was written. Other errors: nothing was written either. */
err import_files(struct db_pool *pool, const struct import_options *o, struct import_report *out) MUST_USE;

/* Every data file of a folder: KIND.csv and KIND-*.csv with the names of docs/import-formats.md. ERR_NOT_FOUND if there is none. */
err import_folder(struct arena *a, str folder, struct import_source **source, isize *count) MUST_USE;

#endif
