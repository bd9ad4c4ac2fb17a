/* check.c -- what one cell cannot tell: keys given twice, references, the tree of organisations, sums and limits over rows. */
#include <unistd.h>

#include "assessment/item_import.h"
#include "frac/frac_import.h"
#include "import/private.h"
#include "learning/learning_import.h"
#include "measure/constant_import.h"

enum { CRITICAL_MAX = 5, DEPTH_MAX = 64 };

static void fault(struct importer *im, enum import_kind kind, struct table_row *row, int column, str expected)
{
    fault_at(&im->faults, &import_kinds[kind], row, column, expected);
}

/* ---- codes ---- */

typedef err find_fn(struct db *db, struct arena *a, str code, i64 *id);
static find_fn *const find[IMPORT_KINDS] = {
    [IMPORT_ORGANISATIONS] = org_import_organisation_id,  [IMPORT_SERVICES] = org_import_service_id,
    [IMPORT_DESIGNATIONS] = org_import_designation_id,    [IMPORT_PROVIDERS] = learning_import_provider_id,
    [IMPORT_COMPETENCIES] = frac_import_competency_id,    [IMPORT_ROLES] = frac_import_role_id,
    [IMPORT_ACTIVITIES] = frac_import_activity_id,        [IMPORT_POSITIONS] = frac_import_position_id,
    [IMPORT_COURSES] = learning_import_course_id,
};

err code_of(struct importer *im, enum import_kind kind, str key, struct code **out)
{
    struct code *c = *out = codes_at(&im->codes[kind], im->arena, key);
    if (c->looked_up) return OK;
    TRY(find[kind](im->db, im->scratch, c->key, &c->stored));
    c->id = c->stored;
    c->looked_up = true;
    arena_reset(im->scratch);
    return OK;
}

/* The cells of the key, joined by a byte that no cell of a key holds. */
static str key_of(struct importer *im, const struct table_kind *k, const struct table_row *row)
{
    str key = {0};
    for (int i = 0; i < k->columns; i++) {
        if (!k->column[i].key) continue;
        key = key.data ? str_format(im->scratch, "%.*s\x1f%.*s", STR_ARGS(key), STR_ARGS(row->cell[i])) : row->cell[i];
    }
    return key;
}

static void check_keys(struct importer *im, enum import_kind kind)
{
    const struct table_kind *k = &import_kinds[kind];
    struct table *t = &im->table[kind];
    int column = 0; /* the last of the key, which is where the eye falls */
    for (int i = 0; i < k->columns; i++)
        if (k->column[i].key) column = i;
    for (isize i = 0; i < t->count; i++) {
        struct table_row *row = &t->row[i];
        if (!row->cell[column].len) continue; /* already a fault */
        struct code *c = codes_at(&im->codes[kind], im->arena, key_of(im, k, row));
        arena_reset(im->scratch);
        if (c->row)
            fault(im, kind, row, column, str_format(im->arena, N_("%s once; %.*s line %lld has it already"), k->noun, STR_ARGS(c->row->file), (long long)c->row->line));
        else
            c->row = row;
    }
}

/* A reference is good if the database holds it, or a row of the files that is itself good (or will be told so). */
static err check_reference(struct importer *im, enum import_kind kind, struct table_row *row, int column, bool *good)
{
    const struct column *col = &import_kinds[kind].column[column];
    struct code *c;
    *good = true;
    if (!row->cell[column].len) return OK;
    TRY(code_of(im, col->ref, row->cell[column], &c));
    if (c->stored || (c->row && !(c->row->bad && im->o->skip_bad))) return OK;
    *good = false;
    str what = c->row ? str_format(im->arena, N_("%s that is not left out itself, as %.*s line %lld is"), import_kinds[col->ref].noun, STR_ARGS(c->row->file),
                                   (long long)c->row->line)
                      : str_format(im->arena, N_("the code of %s that is in these files or in the database"), import_kinds[col->ref].noun);
    fault(im, kind, row, column, what);
    return OK;
}

/* *marked: a row that was good is so no longer. */
static err check_references(struct importer *im, enum import_kind kind, bool *marked)
{
    const struct table_kind *k = &import_kinds[kind];
    struct table *t = &im->table[kind];
    for (isize i = 0; i < t->count; i++) {
        struct table_row *row = &t->row[i];
        if (row->bad) continue;
        for (int c = 0; c < k->columns; c++) {
            bool good = true;
            if (k->column[c].type == COL_REF) TRY(check_reference(im, kind, row, c, &good));
            *marked = *marked || !good;
        }
    }
    return OK;
}

/* ---- organisations ---- */

static void check_root(struct importer *im, struct table_row *row)
{
    bool root = str_eq(row->cell[ORG_CODE], S("india"));
    if (root && row->cell[ORG_PARENT].len) fault(im, IMPORT_ORGANISATIONS, row, ORG_PARENT, S(N_("nothing: india is the root")));
    if (!root && !row->cell[ORG_PARENT].len) fault(im, IMPORT_ORGANISATIONS, row, ORG_PARENT, S(N_("the code of an organisation; only india has no parent")));
}

/* As it will be: the row's, else what is stored. */
static err parent_of(struct importer *im, struct code *c, str *parent)
{
    if (c->row && !c->row->bad) {
        *parent = c->row->cell[ORG_PARENT];
        return OK;
    }
    if (!c->parent_known) {
        str stored;
        TRY(org_import_organisation_parent(im->db, im->scratch, c->key, &stored));
        c->parent = str_dup(im->arena, stored);
        c->parent_known = true;
        arena_reset(im->scratch);
    }
    *parent = c->parent;
    return OK;
}

/* Walks up from a row; its rank becomes the number of steps, so that parents can be written before their children. */
static err walk_up(struct importer *im, struct table_row *row, i64 walk, bool *marked)
{
    struct code *c = codes_at(&im->codes[IMPORT_ORGANISATIONS], im->arena, row->cell[ORG_CODE]), *first = c;
    row->rank = 0;
    while (true) {
        str parent;
        TRY(parent_of(im, c, &parent));
        if (!parent.len) return OK;
        c->walk = walk;
        c = codes_at(&im->codes[IMPORT_ORGANISATIONS], im->arena, parent);
        bool around = c->walk == walk; /* if not to the first, the fault is that of a row above */
        if (around && c != first) return OK;
        if (around) fault(im, IMPORT_ORGANISATIONS, row, ORG_PARENT, S(N_("an organisation that does not itself stand below this one")));
        else if (++row->rank == DEPTH_MAX) fault(im, IMPORT_ORGANISATIONS, row, ORG_PARENT, S(N_("a tree of at most 64 levels")));
        *marked = *marked || row->bad;
        if (row->bad) return OK;
    }
}

static err check_tree(struct importer *im, i64 *walk, bool *marked)
{
    struct table *t = &im->table[IMPORT_ORGANISATIONS];
    for (isize i = 0; i < t->count; i++)
        if (!t->row[i].bad) TRY(walk_up(im, &t->row[i], ++*walk, marked));
    return OK;
}

/* ---- one row at a time ---- */

static void check_position(struct importer *im, struct table_row *row)
{
    if (cell_i64(row, POS_FILLED) > cell_i64(row, POS_SANCTIONED))
        fault(im, IMPORT_POSITIONS, row, POS_FILLED, str_format(im->arena, N_("at most the %lld sanctioned"), (long long)cell_i64(row, POS_SANCTIONED)));
}

static void check_course(struct importer *im, struct table_row *row)
{
    if (!row->cell[CRS_TITLE_EN].len && !row->cell[CRS_TITLE_HI].len)
        fault(im, IMPORT_COURSES, row, CRS_TITLE_EN, S(N_("a title here or in title_hi")));
}

static void check_course_competency(struct importer *im, struct table_row *row)
{
    i64 entry = cell_i64(row, TCH_ENTRY), exit = cell_i64(row, TCH_EXIT);
    if (entry >= exit && !(entry == 1 && exit == 1))
        fault(im, IMPORT_COURSE_COMPETENCIES, row, TCH_EXIT, str_format(im->arena, N_("a level above entry, which is %lld (or both 1)"), (long long)entry));
}

str media_of(struct importer *im, const struct table_row *row)
{
    if (im->o->media.len) return im->o->media;
    isize cut = row->file.len;
    while (cut > 0 && row->file.data[cut - 1] != '/') cut--;
    return str_format(im->arena, "%.*smedia", STR_ARGS(str_slice(row->file, 0, cut)));
}

static void check_module(struct importer *im, struct table_row *row)
{
    bool text = str_eq(row->cell[MOD_KIND], S("text"));
    str name = row->cell[MOD_FILE];
    if (text && name.len) fault(im, IMPORT_MODULES, row, MOD_FILE, S(N_("nothing: a text has no file")));
    if (!text && !name.len) fault(im, IMPORT_MODULES, row, MOD_FILE, S(N_("the name of the video's or document's file")));
    if (text || !name.len) return;
    str folder = media_of(im, row), rest = name, one;
    bool there = true;
    while (there && rest.len && str_cut(&rest, ' ', &one)) /* a video's captions may stand after it, as export writes them */
        there = access(str_z(im->arena, str_format(im->arena, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(one))), R_OK) == 0;
    if (!there)
        fault(im, IMPORT_MODULES, row, MOD_FILE, str_format(im->arena, N_("a file that exists in %.*s"), STR_ARGS(folder)));
}

static void check_item(struct importer *im, struct table_row *row)
{
    for (int i = 1; i < 4; i++)
        for (int j = 0; j < i; j++)
            if (!row->bad && str_eq(row->cell[ITM_OPTION_A + i], row->cell[ITM_OPTION_A + j]))
                fault(im, IMPORT_ITEMS, row, ITM_OPTION_A + i, S(N_("four options that differ")));
}

static err check_constant(struct importer *im, struct table_row *row)
{
    bool allowed;
    struct constant_in in = {.name = row->cell[CON_NAME], .value = cell_f64(row, CON_VALUE), .from_day = cell_day(row, CON_FROM)};
    TRY(constant_import_allowed(im->db, im->scratch, &in, im->today, &allowed));
    arena_reset(im->scratch);
    if (!allowed) fault(im, IMPORT_CONSTANTS, row, CON_FROM, S(N_("a day from tomorrow on: a value that has counted already stays")));
    return OK;
}

static err check_row(struct importer *im, enum import_kind kind, struct table_row *row)
{
    if (kind == IMPORT_ORGANISATIONS) check_root(im, row);
    if (kind == IMPORT_POSITIONS) check_position(im, row);
    if (kind == IMPORT_COURSES) check_course(im, row);
    if (kind == IMPORT_COURSE_COMPETENCIES) check_course_competency(im, row);
    if (kind == IMPORT_MODULES) check_module(im, row);
    if (kind == IMPORT_ITEMS) check_item(im, row);
    return kind == IMPORT_CONSTANTS ? check_constant(im, row) : OK;
}

/* ---- the map: critical competencies of a position ---- */

static void check_critical(struct importer *im)
{
    struct table *t = &im->table[IMPORT_MAP];
    struct codes seen = {0}; /* `stored` counts the distinct ones of a position */
    for (isize i = 0; i < t->count; i++) {
        struct table_row *row = &t->row[i];
        if (row->bad || !cell_yes(row, MAP_CRITICAL)) continue;
        str pair = str_format(im->scratch, "%.*s\x1f%.*s", STR_ARGS(row->cell[MAP_POSITION]), STR_ARGS(row->cell[MAP_COMPETENCY]));
        struct code *one = codes_at(&seen, im->arena, pair), *position = codes_at(&seen, im->arena, row->cell[MAP_POSITION]);
        arena_reset(im->scratch);
        if (!one->looked_up && position->stored == CRITICAL_MAX) {
            fault(im, IMPORT_MAP, row, MAP_CRITICAL, S(N_("at most five critical competencies of a position; this is the sixth")));
            continue;
        }
        if (!one->looked_up) position->stored++;
        one->looked_up = true;
    }
}

/* ---- all ---- */

err check_all(struct importer *im)
{
    bool marked = false;
    i64 walk = 0;
    for (int k = 0; k < IMPORT_KINDS; k++) check_keys(im, (enum import_kind)k);
    for (int k = 0; k < IMPORT_KINDS; k++) {
        struct table *t = &im->table[k];
        for (isize i = 0; i < t->count; i++)
            if (!t->row[i].bad) TRY(check_row(im, (enum import_kind)k, &t->row[i]));
    }
    do { /* with skip_bad, a row left out takes those below it along */
        marked = false;
        TRY(check_tree(im, &walk, &marked));
        TRY(check_references(im, IMPORT_ORGANISATIONS, &marked));
    } while (marked && im->o->skip_bad);
    for (int k = IMPORT_ORGANISATIONS + 1; k < IMPORT_KINDS; k++) TRY(check_references(im, (enum import_kind)k, &marked));
    check_critical(im);
    return OK;
}
