/* table.h -- a kind's columns as data, and how a file becomes checked rows. */
#ifndef IGOT_IMPORT_TABLE_H
#define IGOT_IMPORT_TABLE_H

#include "import/csv.h"
#include "import/import.h"

enum column_type { COL_CODE, COL_REF, COL_NAME, COL_TEXT, COL_WHOLE, COL_NUMBER, COL_BOOL, COL_DAY, COL_CHOICE, COL_LANGUAGE, COL_FILE };

struct column {
    const char *name;
    enum column_type type;
    bool key;             /* part of what makes a row this row */
    bool optional;        /* may be empty */
    i64 min, max;         /* a whole number's; max: most characters of a text */
    const char *choices;  /* of COL_CHOICE: "a, b, c" */
    enum import_kind ref; /* of COL_REF */
};

struct table_kind {
    const char *name;     /* as on the command line */
    const char *noun;     /* "an organisation" */
    const char *stem;     /* of the file's name */
    const struct column *column;
    int columns;
    bool more;            /* columns that are not listed are passed over */
    enum csv_format format;
};
extern const struct table_kind import_kinds[IMPORT_KINDS];

/* cell[] in the order of the kind's columns, trimmed; an empty cell has length 0. */
struct table_row {
    str file;
    i64 line;
    str *cell;
    i64 rank;             /* free for checks */
    bool bad;
};

struct table {
    const struct table_kind *kind;
    struct arena *arena; /* of the rows and their cells */
    struct table_row *row;
    isize count, room;
    isize dropped; /* records with too few or too many cells */
};

/* Where faults go: the first ones are kept, all are counted. */
struct faults { struct arena *arena; struct import_report *report; str file[1024]; int files; };
void fault_add(struct faults *f, str file, i64 line, str column, str value, str expected);
/* At a row's cell; marks the row. column -1: the row as a whole. */
void fault_at(struct faults *f, const struct table_kind *kind, struct table_row *row, int column, str expected);
void faults_sort(struct faults *f);

/* Reads a file into the table, cell by cell checked. What is wrong with the file is a fault, not an error. */
err table_read(struct table *t, struct faults *f, str file) MUST_USE;
/* Adds one row made by the program; the same checks. Cells are borrowed. */
void table_take(struct table *t, struct faults *f, str file, i64 line, const str *cell);

i64 cell_i64(const struct table_row *row, int column);  /* of a checked whole number; 0 if empty */
f64 cell_f64(const struct table_row *row, int column);
bool cell_yes(const struct table_row *row, int column);
i64 cell_day(const struct table_row *row, int column);

/* ---- columns of each kind, in the order of kinds.c ---- */
enum { ORG_CODE, ORG_PARENT, ORG_KIND, ORG_NAME_EN, ORG_NAME_HI, ORG_SOURCE };
enum { NAMED_CODE, NAMED_EN, NAMED_HI }; /* services, designations, roles, activities */
enum { PRV_CODE, PRV_ORGANISATION, PRV_NAME_EN, PRV_NAME_HI };
enum { CMP_CODE, CMP_KIND, CMP_AREA, CMP_THEME, CMP_NAME_EN, CMP_NAME_HI, CMP_DEFINITION_EN, CMP_DEFINITION_HI, CMP_FACETS, CMP_L1_EN, CMP_L1_HI = CMP_L1_EN + 5, CMP_REVIEWED = CMP_L1_HI + 5, CMP_COLUMNS };
enum { POS_CODE, POS_ORGANISATION, POS_DESIGNATION, POS_SERVICE, POS_GROUP, POS_NAME_EN, POS_NAME_HI, POS_SANCTIONED, POS_FILLED };
enum { MAP_POSITION, MAP_ROLE, MAP_ACTIVITY, MAP_COMPETENCY, MAP_LEVEL, MAP_CRITICAL, MAP_REVIEWED };
enum { CRS_CODE, CRS_PROVIDER, CRS_LANGUAGE, CRS_TITLE_EN, CRS_TITLE_HI, CRS_SUMMARY_EN, CRS_SUMMARY_HI, CRS_MINUTES, CRS_CATEGORY, CRS_SOURCE_ID };
enum { TCH_COURSE, TCH_COMPETENCY, TCH_ENTRY, TCH_EXIT, TCH_REVIEWED };
enum { MOD_COURSE, MOD_SEQ, MOD_KIND, MOD_TITLE, MOD_MINUTES, MOD_BODY, MOD_FILE };
enum { ITM_CODE, ITM_COURSE, ITM_COMPETENCY, ITM_LEVEL, ITM_LANGUAGE, ITM_STEM, ITM_OPTION_A, ITM_KEY = ITM_OPTION_A + 4, ITM_RATIONALE };
enum { CON_NAME, CON_VALUE, CON_UNIT, CON_BASIS, CON_REASON_EN, CON_REASON_HI, CON_FROM };

#endif
