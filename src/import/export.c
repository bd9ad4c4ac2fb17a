#include "import/export.h"

#include <errno.h>

#include "export_sql.h"

enum { COLUMNS_MAX = 32 };

struct export { FILE *out; struct arena *arena; isize columns; bool is_day[COLUMNS_MAX]; i64 rows; };

static void put_cell(FILE *out, str s)
{
    bool quote = s.len > 0 && (s.data[0] == ' ' || s.data[s.len - 1] == ' ');
    for (isize i = 0; i < s.len && !quote; i++) quote = s.data[i] == ',' || s.data[i] == '"' || s.data[i] == '\n' || s.data[i] == '\r';
    if (!quote) {
        fwrite(s.data, 1, (size_t)s.len, out);
        return;
    }
    fputc('"', out);
    for (isize i = 0; i < s.len; i++) {
        if (s.data[i] == '"') fputc('"', out);
        fputc(s.data[i], out);
    }
    fputc('"', out);
}

/* Generated rows of text columns are arrays of str. */
static err put_row(struct export *x, const str *cell, isize count)
{
    ASSERT(count == x->columns);
    arena_reset(x->arena);
    for (isize i = 0; i < count; i++) {
        i64 day;
        if (i) fputc(',', x->out);
        put_cell(x->out, x->is_day[i] && str_to_i64(cell[i], &day) ? day_iso(x->arena, day) : cell[i]);
    }
    fputc('\n', x->out);
    x->rows++;
    if (!ferror(x->out)) return OK;
    return errno == ENOSPC ? err_set(ERR_FULL, N_("The disk is full.")) : err_set(ERR_IO, N_("The file could not be written."));
}

#define KIND(kind)                                                                                                                          \
    static err kind##_row(void *x, const struct export_##kind##_row *row)                                                                   \
    {                                                                                                                                       \
        return put_row(x, (const str *)(const void *)row, (isize)(sizeof *row / sizeof(str)));                                              \
    }                                                                                                                                       \
    static err kind##_run(struct db *db, struct export *x)                                                                                  \
    {                                                                                                                                       \
        return export_sql_##kind(db, kind##_row, x);                                                                                        \
    }

KIND(organisations)
KIND(services)
KIND(designations)
KIND(providers)
KIND(competencies)
KIND(roles)
KIND(activities)
KIND(positions)
KIND(map)
KIND(courses)
KIND(course_competencies)
KIND(modules)
KIND(items)
KIND(constants)
KIND(levels)

/* A column that begins with '@' holds a day number in the row and a day in the file. */
static const struct { const char *name, *columns; err (*run)(struct db *, struct export *); } kinds[] = {
    {"organisations", "code,parent,kind,name_en,name_hi,source", organisations_run},
    {"services", "code,name_en,name_hi", services_run},
    {"designations", "code,name_en,name_hi", designations_run},
    {"providers", "code,organisation,name_en,name_hi", providers_run},
    {"competencies",
     "code,kind,area,theme,name_en,name_hi,definition_en,definition_hi,facets,l1_en,l2_en,l3_en,l4_en,l5_en,l1_hi,l2_hi,l3_hi,l4_hi,l5_hi,reviewed",
     competencies_run},
    {"roles", "code,name_en,name_hi", roles_run},
    {"activities", "code,name_en,name_hi", activities_run},
    {"positions", "code,organisation,designation,service,group,name_en,name_hi,sanctioned,filled", positions_run},
    {"map", "position,role,activity,competency,level,critical,reviewed", map_run},
    {"courses", "code,provider,language,title_en,title_hi,summary_en,summary_hi,minutes,category,source_id", courses_run},
    {"course-competencies", "course,competency,entry,exit,reviewed", course_competencies_run},
    {"modules", "course,seq,kind,title,minutes,body,file", modules_run},
    {"items", "code,course,competency,level,language,stem,option_a,option_b,option_c,option_d,key,rationale", items_run},
    {"constants", "name,value,unit,basis,reason_en,reason_hi,@from", constants_run},
    {"levels", "officer,name,organisation,position,competency,required,mean,standard_error,awarded,status,@as_of", levels_run},
};

const char *const export_kinds[] = {"organisations", "services", "designations", "providers", "competencies", "roles", "activities", "positions", "map", "courses",
                                    "course-competencies", "modules", "items", "constants", "levels", NULL};

err export_kind(struct db *db, struct arena *a, const char *kind, FILE *out, i64 *rows)
{
    for (isize k = 0; k < COUNT_OF(kinds); k++) {
        if (strcmp(kinds[k].name, kind) != 0) continue;
        struct export x = {.out = out, .arena = a};
        str rest = str_of(kinds[k].columns), column;
        while (str_cut(&rest, ',', &column)) {
            ASSERT(x.columns < COLUMNS_MAX);
            x.is_day[x.columns] = column.data[0] == '@';
            fprintf(out, "%s%.*s", x.columns ? "," : "", STR_ARGS(str_slice(column, x.is_day[x.columns], -1)));
            x.columns++;
        }
        fputc('\n', out);
        err e = kinds[k].run(db, &x);
        *rows = x.rows;
        return e;
    }
    return err_set(ERR_NOT_FOUND, N_("There is no such kind; `igot export` lists them."));
}
