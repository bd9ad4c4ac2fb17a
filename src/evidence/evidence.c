#include "evidence/evidence.h"

#include "evidence_sql.h"
#include "measure/measure.h"

static const i64 *optional(const i64 *n)
{
    return *n ? n : NULL;
}

static err add(struct db *db, const struct evidence_new *n, const struct evidence_piece *p, i64 now)
{
    i64 state = n->practice ? EVIDENCE_PRACTICE : EVIDENCE_COUNTING;
    return evidence_sql_add(db, n->officer, p->id, n->competency, n->class, n->kind, p->level_milli, n->variance, n->day, p->nle, p->weight, state,
                            optional(&n->source), optional(&n->recorded_by), n->note, now, NULL);
}

err evidence_store(struct db *db, struct arena *a, const struct evidence_new *n, i64 now, struct evidence_piece *out)
{
    if (!(n->y >= 0 && n->y <= 6)) return err_set(ERR_INVALID, N_("A level lies between 0.5 and 5.5."));
    struct evidence_events_until_row events;
    TRY(evidence_sql_events_until(db, a, n->officer, n->competency, n->day, &events));
    *out = (struct evidence_piece){.id = id_new(), .competency = n->competency, .day = n->day, .class = n->class, .level_milli = (i64)floor(1000 * n->y + .5)};
    out->nle = events.n < NLE_MAX ? (int)events.n : NLE_MAX - 1;
    struct level_constants k = constants_level(day_of_ms(now));
    TRY(level_weight(&k, n->class, n->variance, n->day, out->nle, &out->weight));
    return add(db, n, out, now);
}

err evidence_put(struct db *db, const struct evidence_new *n, const struct evidence_piece *p, i64 now)
{
    return add(db, n, p, now);
}

err evidence_end(struct db *db, struct arena *a, i64 officer, i64 id, enum evidence_state state, struct evidence_piece *out)
{
    struct evidence_get_row e;
    TRY(evidence_sql_get(db, a, officer, id, &e));
    if (e.state != EVIDENCE_COUNTING) return err_set(ERR_CONFLICT, N_("This piece of evidence no longer counts."));
    *out = (struct evidence_piece){id, e.competency, e.day, (enum evidence_class)e.class, e.level_milli, (int)e.nle, e.weight};
    return evidence_sql_set_state(db, officer, id, state, NULL);
}

err evidence_newest(struct db *db, struct arena *a, i64 officer, i64 competency, i64 *day)
{
    struct evidence_newest_day_row newest;
    TRY(evidence_sql_newest_day(db, a, officer, competency, &newest));
    *day = newest.day_null ? -1 : newest.day;
    return OK;
}

err evidence_live_of_source(struct db *db, struct arena *a, i64 officer, i64 competency, i64 source, i64 *id)
{
    struct evidence_live_of_source_row row;
    bool found;
    TRY(evidence_sql_live_of_source(db, a, officer, competency, source, &row, &found));
    *id = found ? row.id : 0;
    return OK;
}

err evidence_learning_event(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, i64 source, i64 now, bool *counted, bool *late)
{
    i64 gap = (i64)constant_value("learning_event_gap", day_of_ms(now));
    struct evidence_event_near_row near;
    bool found;
    TRY(evidence_sql_event_near(db, a, officer, competency, day - gap + 1, day + gap - 1, &near, &found));
    *counted = !found;
    *late = false;
    if (found) return OK;
    TRY(evidence_sql_event_add(db, officer, competency, day, optional(&source), NULL));
    struct evidence_later_than_row later;
    TRY(evidence_sql_later_than(db, a, officer, competency, day, &later, late));
    return OK;
}

err evidence_reweigh(struct db *db, struct arena *a, i64 officer, i64 competency, i64 today, struct level_sums *sums, i64 *newest)
{
    struct evidence_counting_rows list;
    struct level_constants k = constants_level(today);
    memset(sums, 0, sizeof *sums);
    *newest = -1;
    TRY(evidence_sql_counting(db, a, officer, competency, &list));
    for (isize i = 0; i < list.count; i++) {
        const struct evidence_counting_row *e = &list.row[i];
        struct evidence_events_until_row events;
        i128 w;
        TRY(evidence_sql_events_until(db, a, officer, competency, e->day, &events));
        int nle = events.n < NLE_MAX ? (int)events.n : NLE_MAX - 1;
        TRY(level_weight(&k, (enum evidence_class)e->class, e->variance, e->day, nle, &w));
        if (w != e->weight || nle != e->nle) TRY(evidence_sql_set_weight(db, officer, e->id, nle, w, NULL));
        level_add(sums, (enum evidence_class)e->class, e->level_milli, w, nle, +1);
        if (e->day > *newest) *newest = e->day;
    }
    return OK;
}

err evidence_competencies(struct db *db, struct arena *a, i64 officer, i64 **id, isize *count)
{
    struct evidence_competencies_rows rows;
    TRY(evidence_sql_competencies(db, a, officer, &rows));
    *id = ARENA_ARRAY(a, i64, rows.count);
    for (isize i = 0; i < rows.count; i++) (*id)[i] = rows.row[i].competency;
    *count = rows.count;
    return OK;
}

err evidence_of(struct db *db, struct arena *a, i64 officer, i64 competency, struct evidence_line_list *out)
{
    struct evidence_lines_rows rows;
    TRY(evidence_sql_lines(db, a, officer, competency, &rows));
    out->row = ARENA_ARRAY(a, struct evidence_line, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct evidence_lines_row *r = &rows.row[i];
        out->row[i] = (struct evidence_line){.id = r->id, .day = r->day, .class = r->class, .level_milli = r->level_milli, .nle = r->nle, .state = r->state,
                                             .source = r->source, .recorded_by = r->recorded_by, .created = r->created, .variance = r->variance,
                                             .weight = r->weight, .kind = r->kind, .note = r->note, .recorded_by_name = r->recorded_by_name};
    }
    return OK;
}
