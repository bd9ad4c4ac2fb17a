#include "competency/competency.h"

#include "competency_sql.h"
#include "measure/measure.h"

static i64 milli(f64 x)
{
    return (i64)floor(1000 * x + .5);
}

/* ---- gaps ---- */

/* One half-life of the class that counts most has gone by since anything came. */
static bool is_fading(const struct level_constants *k, const struct level_reading *r, i64 newest, i64 day)
{
    int most = 0;
    for (int c = 1; c < CLASS_COUNT; c++)
        if (r->precision[c] > r->precision[most]) most = c;
    return r->status != LEVEL_NOT_ASSESSED && day - newest > k->half_life[most];
}

static err read_gap(const struct competency_gaps_row *row, const struct level_constants *k, const f64 weight[2], i64 day, struct gap *g)
{
    *g = (struct gap){.competency = row->competency, .kind = row->kind, .required = row->level, .code = row->code, .name = row->name,
                      .critical = row->critical != 0, .newest = -1, .trend_null = true};
    g->weight = weight[g->critical];
    struct level_sums sums = {0};
    if (!row->sums_null) TRY(level_unpack(row->sums, &sums));
    struct level_reading r;
    level_read(k, &sums, day, &r);
    g->status = r.status;
    g->mean = r.mean;
    g->se = r.se;
    g->shortfall = level_gap(&r, (f64)g->required);
    g->awarded = r.awarded;
    g->met = r.awarded >= g->required;
    g->disagree = r.disagree;
    if (!row->newest_null) g->newest = row->newest;
    g->fading = g->newest >= 0 && is_fading(k, &r, g->newest, day);
    g->trend_null = row->before_milli_null || row->before_day_null;
    if (!g->trend_null) {
        g->trend = r.mean - (f64)row->before_milli / 1000;
        g->trend_since = row->before_day;
    }
    return OK;
}

/* What matters most: a critical competency of which nothing is known, then the heaviest shortfall, and what is met at the end. */
static int gap_rank(const struct gap *g)
{
    bool known = g->status != LEVEL_NOT_ASSESSED && g->status != LEVEL_INDICATIVE;
    return g->met ? 2 : g->critical && !known ? 0 : 1;
}

static int gap_order(const void *pa, const void *pb)
{
    const struct gap *a = pa, *b = pb;
    int ra = gap_rank(a), rb = gap_rank(b);
    if (ra != rb) return ra - rb;
    f64 wa = a->weight * a->shortfall, wb = b->weight * b->shortfall;
    if (wa != wb) return wa > wb ? -1 : 1;
    return a->competency < b->competency ? -1 : a->competency > b->competency;
}

err competency_gaps(struct db *db, struct arena *a, enum lang lang, i64 officer, i64 day, struct gap_list *out)
{
    struct competency_gaps_rows rows;
    TRY(competency_sql_gaps(db, a, officer, day, str_of(lang_tag[lang]), &rows));
    if (rows.count == 0) return err_set(ERR_NOT_FOUND, N_("Your position has no published map yet, so it is not known what it requires. Your Capacity Building Unit can publish one."));
    struct level_constants k = constants_level(day);
    const f64 weight[2] = {constant_value("weight_other", day), constant_value("weight_critical", day)};
    out->row = ARENA_ARRAY(a, struct gap, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) TRY(read_gap(&rows.row[i], &k, weight, day, &out->row[i]));
    qsort(out->row, (size_t)out->count, sizeof *out->row, gap_order);
    return OK;
}

/* ---- one level ---- */

static err load(struct db *db, struct arena *a, i64 officer, i64 competency, struct level_sums *sums, struct competency_level_row *row, bool *found)
{
    memset(sums, 0, sizeof *sums);
    TRY(competency_sql_level(db, a, officer, competency, row, found));
    return *found ? level_unpack(row->sums, sums) : OK;
}

err competency_level(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, struct level_reading *out, struct level_sums *sums)
{
    struct competency_level_row row;
    bool found;
    TRY(load(db, a, officer, competency, sums, &row, &found));
    struct level_constants k = constants_level(day);
    level_read(&k, sums, day, out);
    return OK;
}

err competency_put(struct db *db, i64 officer, i64 competency, const struct level_sums *sums, i64 newest, const i64 *before_milli, const i64 *before_day, i64 evidence,
                   i64 day, i64 now, struct level_reading *r)
{
    struct level_constants k = constants_level(day);
    level_read(&k, sums, day, r);
    u8 packed[LEVEL_SUMS_BYTES];
    str bytes = str_n((const char *)packed, level_pack(sums, packed));
    TRY(competency_sql_put_level(db, officer, competency, bytes, day, milli(r->mean), milli(r->se), r->awarded, r->status, newest, before_milli, before_day, NULL));
    return competency_sql_add_history(db, officer, competency, now, day, milli(r->mean), milli(r->se), r->awarded, r->status, evidence ? &evidence : NULL, NULL);
}

/* The mean before the last day on which evidence came, and that of the day before it: read from the evidence, so that withdrawing restores it. */
struct before { i64 day, mean_milli; bool found; };

static err read_before(struct db *db, struct arena *a, i64 officer, i64 competency, i64 newest, struct before *out)
{
    struct evidence_line_list list;
    struct level_sums sums = {0};
    *out = (struct before){.day = -1};
    TRY(evidence_of(db, a, officer, competency, &list));
    for (isize i = 0; i < list.count; i++) {
        const struct evidence_line *e = &list.row[i];
        if (e->state != EVIDENCE_COUNTING || e->day >= newest) continue;
        level_add(&sums, (enum evidence_class)e->class, e->level_milli, e->weight, (int)e->nle, +1);
        if (e->day > out->day) out->day = e->day;
    }
    out->found = out->day >= 0;
    if (!out->found) return OK;
    struct level_constants k = constants_level(out->day);
    struct level_reading r;
    level_read(&k, &sums, out->day, &r);
    out->mean_milli = milli(r.mean);
    return OK;
}

static err put_level(struct db *db, struct arena *a, i64 officer, i64 competency, const struct level_sums *sums, const struct level_reading *r, i64 newest, i64 day)
{
    if (newest < 0) return competency_sql_drop_level(db, officer, competency, NULL); /* its last evidence was withdrawn */
    u8 packed[LEVEL_SUMS_BYTES];
    str bytes = str_n((const char *)packed, level_pack(sums, packed));
    struct before b;
    TRY(read_before(db, a, officer, competency, newest, &b));
    return competency_sql_put_level(db, officer, competency, bytes, day, milli(r->mean), milli(r->se), r->awarded, r->status, newest, b.found ? &b.mean_milli : NULL,
                                    b.found ? &b.day : NULL, NULL);
}

/* The level as it reads today, its history and the organisation's sums, all in the transaction that moved it. */
static err store(struct db *db, struct arena *a, i64 officer, i64 competency, const struct level_sums *sums, i64 newest, i64 evidence, i64 now)
{
    i64 day = day_of_ms(now);
    struct level_reading r;
    struct level_constants k = constants_level(day);
    level_read(&k, sums, day, &r);
    TRY(put_level(db, a, officer, competency, sums, &r, newest, day));
    TRY(competency_sql_add_history(db, officer, competency, now, day, milli(r.mean), milli(r.se), r.awarded, r.status, evidence ? &evidence : NULL, NULL));
    return measure_contribute(db, a, officer, competency, &r, day);
}

static err move(struct db *db, struct arena *a, i64 officer, const struct evidence_piece *p, int sign, i64 now)
{
    struct level_sums sums;
    struct competency_level_row row;
    bool found;
    TRY(load(db, a, officer, p->competency, &sums, &row, &found));
    level_add(&sums, p->class, p->level_milli, p->weight, p->nle, sign);
    i64 newest;
    TRY(evidence_newest(db, a, officer, p->competency, &newest));
    return store(db, a, officer, p->competency, &sums, newest, p->id, now);
}

err competency_record(struct db *db, struct arena *a, const struct evidence_new *n, i64 now, i64 *evidence)
{
    struct evidence_piece piece;
    TRY(evidence_store(db, a, n, now, &piece));
    *evidence = piece.id;
    return n->practice ? OK : move(db, a, n->officer, &piece, +1, now);
}

err competency_withdraw(struct db *db, struct arena *a, i64 officer, i64 evidence, enum evidence_state state, i64 now)
{
    struct evidence_piece piece;
    TRY(evidence_end(db, a, officer, evidence, state, &piece));
    return move(db, a, officer, &piece, -1, now);
}

err competency_learning_event(struct db *db, struct arena *a, i64 officer, i64 competency, i64 day, i64 source, i64 now, bool *counted)
{
    bool late;
    TRY(evidence_learning_event(db, a, officer, competency, day, source, now, counted, &late));
    return late ? competency_rebuild(db, a, officer, competency, now) : OK;
}

static bool same_sums(const struct level_sums *x, const struct level_sums *y)
{
    u8 px[LEVEL_SUMS_BYTES], py[LEVEL_SUMS_BYTES];
    isize n = level_pack(x, px);
    return level_pack(y, py) == n && memcmp(px, py, (size_t)n) == 0;
}

/* What comes out as it was is left as it stands: a recount moves nobody's estimate, so it is no point of its history. */
err competency_rebuild(struct db *db, struct arena *a, i64 officer, i64 competency, i64 now)
{
    struct level_sums held, sums;
    struct competency_level_row row;
    bool found;
    i64 newest;
    TRY(load(db, a, officer, competency, &held, &row, &found));
    TRY(evidence_reweigh(db, a, officer, competency, day_of_ms(now), &sums, &newest));
    if (found ? newest == row.newest && same_sums(&held, &sums) : newest < 0) return OK;
    return store(db, a, officer, competency, &sums, newest, 0, now);
}

err competency_history(struct db *db, struct arena *a, i64 officer, i64 competency, struct level_point_list *out)
{
    struct competency_history_rows rows;
    TRY(competency_sql_history(db, a, officer, competency, &rows));
    out->row = ARENA_ARRAY(a, struct level_point, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct competency_history_row *r = &rows.row[i];
        out->row[i] = (struct level_point){r->at, r->day, r->mean_milli, r->se_milli, r->awarded, r->status, r->evidence_null ? 0 : r->evidence};
    }
    return OK;
}
