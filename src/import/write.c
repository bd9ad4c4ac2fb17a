/* write.c -- checked rows to the owners' tables, kind after kind. */
#include "assessment/item_import.h"
#include "competency/competency.h"
#include "frac/frac_import.h"
#include "import/media.h"
#include "import/private.h"
#include "learning/learning_import.h"
#include "measure/constant_import.h"

enum { ITEMS_FOR_A_TEST = TEST_QUESTIONS, PROGRESS_ROWS = 256 };

/* What is still to do when all rows are written. */
struct ids { i64 *id; isize count, room; };
struct writing {
    struct importer *im;
    struct ids reindex;     /* courses whose search row may have changed */
    struct ids completing;  /* courses that got modules or items */
    bool tree_moved;
    i64 done, total;
};

static void ids_add(struct ids *list, struct arena *a, i64 id)
{
    if (list->count && list->id[list->count - 1] == id) return; /* rows of one course follow each other */
    if (list->count == list->room) {
        isize room = list->room ? 2 * list->room : 64;
        i64 *bigger = ARENA_ARRAY(a, i64, room);
        if (list->count) memcpy(bigger, list->id, (size_t)list->count * sizeof *bigger);
        list->id = bigger;
        list->room = room;
    }
    list->id[list->count++] = id;
}

static int by_value(const void *x, const void *y)
{
    i64 a = *(const i64 *)x, b = *(const i64 *)y;
    return (a > b) - (a < b);
}

/* Sorted, each once. */
static void ids_settle(struct ids *list)
{
    isize n = 0;
    if (list->count) qsort(list->id, (size_t)list->count, sizeof *list->id, by_value);
    for (isize i = 0; i < list->count; i++)
        if (!n || list->id[n - 1] != list->id[i]) list->id[n++] = list->id[i];
    list->count = n;
}

/* The id behind a checked reference; 0 for an empty cell. */
static err ref(struct writing *w, const struct table_row *row, enum import_kind kind, int column, i64 *id)
{
    struct importer *im = w->im;
    *id = 0;
    if (!row->cell[column].len) return OK;
    struct code *c;
    TRY(code_of(im, kind, row->cell[column], &c));
    *id = c->id;
    ASSERT(*id != 0);
    return OK;
}

static void known(struct writing *w, enum import_kind kind, const struct table_row *row, i64 id)
{
    codes_at(&w->im->codes[kind], w->im->arena, row->cell[0])->id = id;
}

/* ---- a row of each kind ---- */

typedef err put_fn(struct writing *w, const struct table_row *row, enum put *put);

static err put_organisation(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct organisation_in in = {.code = c[ORG_CODE], .kind = c[ORG_KIND], .source = c[ORG_SOURCE], .name_en = c[ORG_NAME_EN], .name_hi = c[ORG_NAME_HI]};
    i64 id;
    TRY(ref(w, row, IMPORT_ORGANISATIONS, ORG_PARENT, &in.parent));
    TRY(org_import_organisation(w->im->db, w->im->scratch, &in, &id, put, &w->tree_moved));
    known(w, IMPORT_ORGANISATIONS, row, id);
    return OK;
}

typedef err put_named_fn(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put);

static err put_named(struct writing *w, enum import_kind kind, put_named_fn *write, const struct table_row *row, enum put *put)
{
    i64 id;
    TRY(write(w->im->db, w->im->scratch, row->cell[NAMED_CODE], row->cell[NAMED_EN], row->cell[NAMED_HI], &id, put));
    known(w, kind, row, id);
    return OK;
}

static err put_service(struct writing *w, const struct table_row *row, enum put *put)
{
    return put_named(w, IMPORT_SERVICES, org_import_service, row, put);
}

static err put_designation(struct writing *w, const struct table_row *row, enum put *put)
{
    return put_named(w, IMPORT_DESIGNATIONS, org_import_designation, row, put);
}

static err put_role(struct writing *w, const struct table_row *row, enum put *put)
{
    return put_named(w, IMPORT_ROLES, frac_import_role, row, put);
}

static err put_activity(struct writing *w, const struct table_row *row, enum put *put)
{
    return put_named(w, IMPORT_ACTIVITIES, frac_import_activity, row, put);
}

static void reindex_all(struct writing *w, const struct course_ids *list)
{
    for (isize i = 0; i < list->count; i++) ids_add(&w->reindex, w->im->arena, list->id[i]);
}

static err put_provider(struct writing *w, const struct table_row *row, enum put *put)
{
    struct importer *im = w->im;
    struct provider_in in = {.code = row->cell[PRV_CODE], .name_en = row->cell[PRV_NAME_EN], .name_hi = row->cell[PRV_NAME_HI]};
    struct course_ids courses = {0};
    i64 id;
    TRY(ref(w, row, IMPORT_ORGANISATIONS, PRV_ORGANISATION, &in.organisation));
    TRY(learning_import_provider(im->db, im->scratch, &in, &id, put));
    if (*put == PUT_CHANGED) TRY(learning_import_courses_of_provider(im->db, im->scratch, id, &courses));
    reindex_all(w, &courses);
    known(w, IMPORT_PROVIDERS, row, id);
    return OK;
}

static err put_competency(struct writing *w, const struct table_row *row, enum put *put)
{
    struct importer *im = w->im;
    str *c = row->cell;
    struct competency_in in = {.code = c[CMP_CODE],   .area = c[CMP_AREA],     .theme = c[CMP_THEME],
                               .facets = c[CMP_FACETS], .reviewed = cell_yes(row, CMP_REVIEWED), .name = {c[CMP_NAME_EN], c[CMP_NAME_HI]},
                               .definition = {c[CMP_DEFINITION_EN], c[CMP_DEFINITION_HI]}};
    in.kind = str_eq(c[CMP_KIND], S("behavioural")) ? KIND_BEHAVIOURAL : str_eq(c[CMP_KIND], S("functional")) ? KIND_FUNCTIONAL : KIND_DOMAIN;
    for (int i = 0; i < 5; i++) in.level[0][i] = c[CMP_L1_EN + i], in.level[1][i] = c[CMP_L1_HI + i];
    struct course_ids courses = {0};
    i64 id;
    TRY(frac_import_competency(im->db, im->scratch, &in, &id, put));
    if (*put == PUT_CHANGED) TRY(learning_import_courses_of_competency(im->db, im->scratch, id, &courses));
    reindex_all(w, &courses);
    known(w, IMPORT_COMPETENCIES, row, id);
    return OK;
}

static err put_position(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct position_in in = {.code = c[POS_CODE], .grp = c[POS_GROUP], .name_en = c[POS_NAME_EN], .name_hi = c[POS_NAME_HI],
                             .sanctioned = cell_i64(row, POS_SANCTIONED), .filled = cell_i64(row, POS_FILLED)};
    i64 id;
    TRY(ref(w, row, IMPORT_ORGANISATIONS, POS_ORGANISATION, &in.organisation));
    TRY(ref(w, row, IMPORT_DESIGNATIONS, POS_DESIGNATION, &in.designation));
    TRY(ref(w, row, IMPORT_SERVICES, POS_SERVICE, &in.service));
    TRY(frac_import_position(w->im->db, w->im->scratch, &in, &id, put));
    known(w, IMPORT_POSITIONS, row, id);
    return OK;
}

static err put_course(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct course_in in = {.code = c[CRS_CODE], .language = c[CRS_LANGUAGE], .category = c[CRS_CATEGORY], .source_id = c[CRS_SOURCE_ID],
                           .title = {c[CRS_TITLE_EN], c[CRS_TITLE_HI]}, .summary = {c[CRS_SUMMARY_EN], c[CRS_SUMMARY_HI]},
                           .minutes = cell_i64(row, CRS_MINUTES)};
    i64 id;
    TRY(ref(w, row, IMPORT_PROVIDERS, CRS_PROVIDER, &in.provider));
    TRY(learning_import_course(w->im->db, w->im->scratch, &in, &id, put));
    if (*put != PUT_UNCHANGED) ids_add(&w->reindex, w->im->arena, id);
    known(w, IMPORT_COURSES, row, id);
    return OK;
}

static err put_course_competency(struct writing *w, const struct table_row *row, enum put *put)
{
    struct course_competency_in in = {.entry = cell_i64(row, TCH_ENTRY), .exit = cell_i64(row, TCH_EXIT), .reviewed = cell_yes(row, TCH_REVIEWED)};
    TRY(ref(w, row, IMPORT_COURSES, TCH_COURSE, &in.course));
    TRY(ref(w, row, IMPORT_COMPETENCIES, TCH_COMPETENCY, &in.competency));
    TRY(learning_import_course_competency(w->im->db, w->im->scratch, &in, put));
    if (*put == PUT_ADDED) ids_add(&w->reindex, w->im->arena, in.course);
    return OK;
}

static err put_module(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct module_in in = {.kind = c[MOD_KIND], .title = c[MOD_TITLE], .body = c[MOD_BODY], .file = c[MOD_FILE], .seq = cell_i64(row, MOD_SEQ),
                           .minutes = cell_i64(row, MOD_MINUTES)};
    if (in.file.len && w->im->o->store.len) TRY(media_store_module(w->im->scratch, w->im->o->store, media_of(w->im, row), in.kind, in.file, &in.file));
    TRY(ref(w, row, IMPORT_COURSES, MOD_COURSE, &in.course));
    ids_add(&w->completing, w->im->arena, in.course);
    return learning_import_module(w->im->db, w->im->scratch, &in, put);
}

static err put_item(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct item_in in = {.code = c[ITM_CODE], .language = c[ITM_LANGUAGE], .stem = c[ITM_STEM], .rationale = c[ITM_RATIONALE],
                         .option = {c[ITM_OPTION_A], c[ITM_OPTION_A + 1], c[ITM_OPTION_A + 2], c[ITM_OPTION_A + 3]}, .level = cell_i64(row, ITM_LEVEL),
                         .answer = c[ITM_KEY].data[0] - 'a'};
    i64 id;
    TRY(ref(w, row, IMPORT_COURSES, ITM_COURSE, &in.course));
    TRY(ref(w, row, IMPORT_COMPETENCIES, ITM_COMPETENCY, &in.competency));
    ids_add(&w->completing, w->im->arena, in.course);
    return item_import(w->im->db, w->im->scratch, &in, &id, put);
}

static err put_constant(struct writing *w, const struct table_row *row, enum put *put)
{
    str *c = row->cell;
    struct constant_in in = {.name = c[CON_NAME], .unit = c[CON_UNIT], .basis = c[CON_BASIS], .reason_en = c[CON_REASON_EN],
                             .reason_hi = c[CON_REASON_HI], .value = cell_f64(row, CON_VALUE), .from_day = cell_day(row, CON_FROM)};
    return constant_import(w->im->db, w->im->scratch, &in, w->im->now, put);
}

static put_fn *const put_row[IMPORT_KINDS] = {
    [IMPORT_ORGANISATIONS] = put_organisation,
    [IMPORT_SERVICES] = put_service,
    [IMPORT_DESIGNATIONS] = put_designation,
    [IMPORT_PROVIDERS] = put_provider,
    [IMPORT_COMPETENCIES] = put_competency,
    [IMPORT_ROLES] = put_role,
    [IMPORT_ACTIVITIES] = put_activity,
    [IMPORT_POSITIONS] = put_position,
    [IMPORT_COURSES] = put_course,
    [IMPORT_COURSE_COMPETENCIES] = put_course_competency,
    [IMPORT_MODULES] = put_module,
    [IMPORT_ITEMS] = put_item,
    [IMPORT_CONSTANTS] = put_constant,
};

/* ---- a kind ---- */

static void count(struct writing *w, enum import_kind kind, enum put put, i64 rows)
{
    struct import_counts *c = &w->im->out->kind[kind];
    if (put == PUT_ADDED) c->added += rows;
    if (put == PUT_CHANGED) c->changed += rows;
    if (put == PUT_UNCHANGED) c->unchanged += rows;
    if (put != PUT_UNCHANGED) w->im->out->written = true;
    i64 before = w->done;
    w->done += rows;
    if (before / PROGRESS_ROWS != w->done / PROGRESS_ROWS) import_progress(w->im, "writing", w->done, w->total);
}

static err write_rows(struct writing *w, enum import_kind kind, struct table_row **row, isize rows)
{
    for (isize i = 0; i < rows; i++) {
        enum put put;
        TRY(put_row[kind](w, row[i], &put));
        count(w, kind, put, 1);
        arena_reset(w->im->scratch);
    }
    return OK;
}

static int by_rank(const void *x, const void *y)
{
    const struct table_row *a = *(struct table_row *const *)x, *b = *(struct table_row *const *)y;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return (a > b) - (a < b);
}

static int by_position(const void *x, const void *y)
{
    const struct table_row *a = *(struct table_row *const *)x, *b = *(struct table_row *const *)y;
    int c = str_cmp(a->cell[MAP_POSITION], b->cell[MAP_POSITION]);
    return c ? c : (a > b) - (a < b);
}

/* ---- the map: the rows of a position are one version ---- */

static err map_row_of(struct writing *w, const struct table_row *row, struct map_row *out)
{
    TRY(ref(w, row, IMPORT_ROLES, MAP_ROLE, &out->role));
    TRY(ref(w, row, IMPORT_ACTIVITIES, MAP_ACTIVITY, &out->activity));
    TRY(ref(w, row, IMPORT_COMPETENCIES, MAP_COMPETENCY, &out->competency));
    out->level = cell_i64(row, MAP_LEVEL);
    out->critical = cell_yes(row, MAP_CRITICAL);
    out->reviewed = cell_yes(row, MAP_REVIEWED);
    return OK;
}

static err had_map(struct importer *im, i64 position, bool *had)
{
    i64 map;
    err e = frac_map(im->db, position, im->from_day, &map);
    *had = e == OK;
    return e == ERR_NOT_FOUND ? OK : e;
}

static err write_map_of_position(struct writing *w, struct table_row **row, isize rows, struct map_row *line)
{
    struct importer *im = w->im;
    i64 position, map;
    bool had, made;
    TRY(ref(w, row[0], IMPORT_POSITIONS, MAP_POSITION, &position));
    for (isize i = 0; i < rows; i++) TRY(map_row_of(w, row[i], &line[i]));
    TRY(had_map(im, position, &had));
    TRY(frac_map_publish(im->db, im->scratch, position, line, rows, im->from_day, &map, &made));
    if (made && im->from_day <= im->today) TRY(competency_position_changed(im->db, im->scratch, position, im->today));
    count(w, IMPORT_MAP, !made ? PUT_UNCHANGED : had ? PUT_CHANGED : PUT_ADDED, rows);
    arena_reset(im->scratch);
    return OK;
}

static err write_map(struct writing *w, struct table_row **row, isize rows)
{
    struct map_row *line = ARENA_ARRAY(w->im->arena, struct map_row, rows);
    for (isize from = 0, to; from < rows; from = to) {
        for (to = from + 1; to < rows && str_eq(row[to]->cell[MAP_POSITION], row[from]->cell[MAP_POSITION]);) to++;
        TRY(write_map_of_position(w, row + from, to - from, line));
    }
    return OK;
}

static err write_kind(struct writing *w, enum import_kind kind)
{
    struct table *t = &w->im->table[kind];
    struct table_row **row = ARENA_ARRAY(w->im->arena, struct table_row *, t->count);
    isize rows = 0;
    for (isize i = 0; i < t->count; i++)
        if (!t->row[i].bad) row[rows++] = &t->row[i];
    if (rows && kind == IMPORT_ORGANISATIONS) qsort(row, (size_t)rows, sizeof *row, by_rank);
    if (rows && kind == IMPORT_MAP) qsort(row, (size_t)rows, sizeof *row, by_position);
    return kind == IMPORT_MAP ? write_map(w, row, rows) : write_rows(w, kind, row, rows);
}

/* ---- what follows from the rows ---- */

static err complete_courses(struct writing *w)
{
    struct importer *im = w->im;
    ids_settle(&w->completing);
    for (isize i = 0; i < w->completing.count; i++) {
        i64 items;
        bool changed;
        TRY(item_import_count(im->db, im->scratch, w->completing.id[i], &items));
        TRY(learning_import_complete(im->db, w->completing.id[i], items >= ITEMS_FOR_A_TEST, &changed));
        im->out->written = im->out->written || changed;
        arena_reset(im->scratch);
    }
    return OK;
}

static err index_courses(struct writing *w)
{
    ids_settle(&w->reindex);
    for (isize i = 0; i < w->reindex.count; i++) {
        TRY(learning_index_course(w->im->db, w->im->scratch, w->reindex.id[i]));
        arena_reset(w->im->scratch);
        if (i % PROGRESS_ROWS == 0) import_progress(w->im, "indexing", i, w->reindex.count);
    }
    return OK;
}

err write_all(struct importer *im)
{
    struct writing w = {.im = im};
    for (int k = 0; k < IMPORT_KINDS; k++) w.total += im->table[k].count;
    for (int k = 0; k < IMPORT_KINDS; k++) {
        TRY(write_kind(&w, (enum import_kind)k));
        if (k == IMPORT_ORGANISATIONS && w.tree_moved) TRY(org_import_rebuild(im->db));
    }
    TRY(complete_courses(&w));
    return index_courses(&w);
}
