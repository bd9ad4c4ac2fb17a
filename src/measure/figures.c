/* figures.c -- the published snapshot as figures with their intervals. */
#include "measure/measure.h"
#include "measure_sql.h"

static const f64 z90 = 1.6448536269514722;

void measure_wilson(i64 hits, i64 n, f64 *low, f64 *high)
{
    f64 p = (f64)hits / (f64)n, m = (f64)n, z2 = z90 * z90;
    f64 centre = (p + z2 / (2 * m)) / (1 + z2 / m);
    f64 half = z90 * sqrt(p * (1 - p) / m + z2 / (4 * m * m)) / (1 + z2 / m);
    *low = centre - half < 0 ? 0 : centre - half;
    *high = centre + half > 1 ? 1 : centre + half;
}

void measure_finish(struct figure *f, i64 shortfall_micro, i64 shortfall_sq_milli)
{
    if (f->required > 0) {
        f->assessed_share = (f64)f->assessed / (f64)f->required;
        f->met_share = (f64)f->met / (f64)f->required;
        measure_wilson(f->met, f->required, &f->met_low, &f->met_high);
    }
    if (f->assessed == 0) return;
    f64 n = (f64)f->assessed;
    f->gap = (f64)shortfall_micro / 1e6 / n;
    f64 variance = (f64)shortfall_sq_milli / 1e3 / n - f->gap * f->gap;
    f64 half = z90 * sqrt((variance > 0 ? variance : 0) / n);
    f->gap_low = f->gap > half ? f->gap - half : 0;
    f->gap_high = f->gap + half;
}

static err latest(struct db *db, struct arena *a, i64 organisation, i64 *day)
{
    struct measure_latest_row row;
    bool found;
    TRY(measure_sql_latest(db, a, organisation, &row, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("No figures have been published yet. They are published once a day."));
    *day = row.day;
    return OK;
}

#define FIGURE_OF(r) {.officers = (r)->officers, .required = (r)->required, .assessed = (r)->assessed, .met = (r)->met, .suppressed = (r)->suppressed}

static int by_gap(const void *pa, const void *pb)
{
    const struct figure *a = pa, *b = pb;
    if ((a->suppressed != 0) != (b->suppressed != 0)) return a->suppressed ? 1 : -1;
    if (a->gap != b->gap) return a->gap > b->gap ? -1 : 1;
    return str_cmp(a->name, b->name);
}

err measure_by_competency(struct db *db, struct arena *a, enum lang lang, i64 organisation, struct figure_list *out)
{
    struct measure_figures_by_competency_rows rows;
    TRY(latest(db, a, organisation, &out->day));
    TRY(measure_sql_figures_by_competency(db, a, organisation, out->day, str_of(lang_tag[lang]), &rows));
    out->row = ARENA_ARRAY(a, struct figure, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct measure_figures_by_competency_row *r = &rows.row[i];
        out->row[i] = (struct figure)FIGURE_OF(r);
        out->row[i].organisation = organisation;
        out->row[i].competency = r->competency;
        out->row[i].name = r->name;
        measure_finish(&out->row[i], r->shortfall_micro, r->shortfall_sq_milli);
    }
    qsort(out->row, (size_t)out->count, sizeof *out->row, by_gap);
    return OK;
}

err measure_by_group(struct db *db, struct arena *a, i64 organisation, struct figure_list *out)
{
    struct measure_figures_by_group_rows rows;
    TRY(latest(db, a, organisation, &out->day));
    TRY(measure_sql_figures_by_group(db, a, organisation, out->day, &rows));
    out->row = ARENA_ARRAY(a, struct figure, rows.count);
    out->count = 0;
    for (isize i = 0; i < rows.count; i++) {
        const struct measure_figures_by_group_row *r = &rows.row[i];
        if (r->grp.len == 0) continue;
        struct figure *f = &out->row[out->count++];
        *f = (struct figure)FIGURE_OF(r);
        f->organisation = organisation;
        f->grp = r->grp;
        measure_finish(f, r->shortfall_micro, r->shortfall_sq_milli);
    }
    return OK;
}

err measure_by_child(struct db *db, struct arena *a, enum lang lang, i64 organisation, struct figure_list *out)
{
    struct measure_figures_by_child_rows rows;
    TRY(latest(db, a, organisation, &out->day));
    TRY(measure_sql_figures_by_child(db, a, organisation, out->day, str_of(lang_tag[lang]), &rows));
    out->row = ARENA_ARRAY(a, struct figure, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct measure_figures_by_child_row *r = &rows.row[i];
        out->row[i] = (struct figure)FIGURE_OF(r);
        out->row[i].organisation = r->organisation;
        out->row[i].name = r->name;
        measure_finish(&out->row[i], r->shortfall_micro, r->shortfall_sq_milli);
    }
    qsort(out->row, (size_t)out->count, sizeof *out->row, by_gap);
    return OK;
}

err measure_total(struct db *db, struct arena *a, i64 organisation, struct figure *out, i64 *day)
{
    struct measure_figures_by_group_rows rows;
    TRY(latest(db, a, organisation, day));
    TRY(measure_sql_figures_by_group(db, a, organisation, *day, &rows));
    for (isize i = 0; i < rows.count; i++) {
        const struct measure_figures_by_group_row *r = &rows.row[i];
        if (r->grp.len) continue;
        *out = (struct figure)FIGURE_OF(r);
        out->organisation = organisation;
        measure_finish(out, r->shortfall_micro, r->shortfall_sq_milli);
        return OK;
    }
    return err_set(ERR_NOT_FOUND, N_("No figures have been published yet. They are published once a day."));
}
