/* measure.c -- each officer's contribution to her unit, and the unit's sums. */
#include "measure/measure.h"

#include "measure_sql.h"

/* A tally moves by whole contributions, so it holds exactly what the contributions add up to. */
struct share { i64 organisation, level, assessed, met, shortfall_micro; str grp; };

static i64 square_milli(i64 shortfall_micro)
{
    i64 milli = (shortfall_micro + 500) / 1000;
    return (milli * milli + 500) / 1000;
}

static err tally_move(struct db *db, i64 competency, const struct share *s, i64 sign)
{
    return measure_sql_tally_move(db, s->organisation, s->grp, competency, sign, sign * s->assessed, sign * s->met, sign * s->shortfall_micro,
                                  sign * square_milli(s->shortfall_micro), NULL);
}

static bool same_cell(const struct share *a, const struct share *b)
{
    return a->organisation == b->organisation && str_eq(a->grp, b->grp);
}

static bool same_share(const struct share *a, const struct share *b)
{
    return a->assessed == b->assessed && a->met == b->met && a->shortfall_micro == b->shortfall_micro;
}

static err tally_replace(struct db *db, i64 competency, const struct share *old, const struct share *new)
{
    if (old && new && same_cell(old, new) && same_share(old, new)) return OK;
    if (old && new && same_cell(old, new))
        return measure_sql_tally_move(db, new->organisation, new->grp, competency, 0, new->assessed - old->assessed, new->met - old->met,
                                      new->shortfall_micro - old->shortfall_micro, square_milli(new->shortfall_micro) - square_milli(old->shortfall_micro), NULL);
    if (old) TRY(tally_move(db, competency, old, -1));
    return new ? tally_move(db, competency, new, +1) : OK;
}

/* "Assessed" asks for more than one's own word. */
static struct share share_of(const struct measure_place *p, const struct level_reading *r)
{
    struct share s = {.organisation = p->organisation, .grp = p->grp, .level = p->level};
    if (!r || r->status < LEVEL_PROVISIONAL) return s;
    s.assessed = 1;
    s.met = r->awarded >= p->level;
    s.shortfall_micro = (i64)floor(1e6 * level_gap(r, (f64)p->level) + .5);
    return s;
}

/* old: what stands in the tally now, or NULL; place: where it belongs, or NULL if it belongs nowhere. */
static err replace(struct db *db, i64 officer, i64 competency, const struct share *old, const struct measure_place *place, const struct level_reading *r, i64 day)
{
    if (!place) {
        if (!old) return OK;
        TRY(tally_move(db, competency, old, -1));
        return measure_sql_drop_contribution(db, officer, competency, NULL);
    }
    struct share new = share_of(place, r);
    TRY(tally_replace(db, competency, old, &new));
    return measure_sql_put_contribution(db, officer, competency, new.organisation, new.grp, new.level, new.assessed, new.met, new.shortfall_micro, day, NULL);
}

err measure_contribute(struct db *db, struct arena *a, i64 officer, i64 competency, const struct level_reading *r, i64 day)
{
    struct measure_context_row context;
    struct measure_contribution_row row;
    bool needed, had;
    TRY(measure_sql_context(db, a, officer, competency, day, &context, &needed));
    TRY(measure_sql_contribution(db, a, officer, competency, &row, &had));
    struct share old = {0};
    struct measure_place place = {0};
    if (had) old = (struct share){row.organisation, row.level, row.assessed, row.met, row.shortfall_micro, row.grp};
    if (needed) place = (struct measure_place){officer, context.organisation, context.level, context.grp};
    return replace(db, officer, competency, had ? &old : NULL, needed ? &place : NULL, r, day);
}

err measure_contribute_all(struct db *db, struct arena *a, i64 officer, const struct measure_need *need, isize count, i64 day)
{
    struct measure_contributions_rows rows;
    TRY(measure_sql_contributions(db, a, officer, &rows));
    isize n = 0, h = 0;
    while (n < count || h < rows.count) { /* both in order of competency */
        const struct measure_contributions_row *row = h < rows.count ? &rows.row[h] : NULL;
        const struct measure_need *want = n < count ? &need[n] : NULL;
        i64 competency = !row || (want && want->competency < row->competency) ? want->competency : row->competency;
        struct share old = {0};
        bool had = row && row->competency == competency, needed = want && want->competency == competency;
        if (had) old = (struct share){row->organisation, row->level, row->assessed, row->met, row->shortfall_micro, row->grp};
        TRY(replace(db, officer, competency, had ? &old : NULL, needed ? &want->place : NULL, needed ? want->reading : NULL, day));
        h += had;
        n += needed;
    }
    return OK;
}

err measure_headcount(struct db *db, i64 organisation, str grp, i64 change)
{
    return measure_sql_headcount_move(db, organisation, grp, change, NULL);
}

err measure_put(struct db *db, const struct measure_place *p, i64 competency, const struct level_reading *r, i64 day)
{
    struct share s = share_of(p, r);
    return measure_sql_put_contribution(db, p->officer, competency, s.organisation, s.grp, s.level, s.assessed, s.met, s.shortfall_micro, day, NULL);
}

err measure_fill(struct db *db, i64 day)
{
    TRY(measure_sql_clear_tallies(db, NULL));
    TRY(measure_sql_clear_headcounts(db, NULL));
    TRY(measure_sql_fill_tallies(db, NULL));
    return measure_sql_fill_headcounts(db, day, NULL);
}

err measure_clear(struct db *db)
{
    TRY(measure_sql_clear_contributions(db, NULL));
    TRY(measure_sql_clear_tallies(db, NULL));
    return measure_sql_clear_headcounts(db, NULL);
}

err measure_tidy(struct db *db)
{
    TRY(measure_sql_tidy_tallies(db, NULL));
    return measure_sql_tidy_headcounts(db, NULL);
}
