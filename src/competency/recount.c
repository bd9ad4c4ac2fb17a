/* recount.c -- every officer's contribution to her unit as of a day: the daily ageing, and the count from nothing. */
#include "competency/competency.h"
#include "competency_sql.h"
#include "measure/measure.h"

enum { CHUNK = 200, CHUNK_MEMORY = 256 << 20, RETRIES = 5 };

static const struct competency_levels_row *level_row(const struct competency_levels_rows *levels, i64 competency)
{
    isize low = 0, high = levels->count;
    while (low < high) {
        isize middle = (low + high) / 2;
        if (levels->row[middle].competency < competency) low = middle + 1;
        else high = middle;
    }
    return low < levels->count && levels->row[low].competency == competency ? &levels->row[low] : NULL;
}

err competency_contribute(struct db *db, struct arena *a, i64 officer, i64 day)
{
    struct competency_needed_rows needed;
    struct competency_levels_rows levels;
    struct level_constants k = constants_level(day);
    TRY(competency_sql_needed(db, a, officer, day, &needed));
    TRY(competency_sql_levels(db, a, officer, &levels));
    struct measure_need *need = ARENA_ARRAY(a, struct measure_need, needed.count);
    struct level_reading *reading = ARENA_ARRAY(a, struct level_reading, needed.count);
    for (isize i = 0; i < needed.count; i++) {
        const struct competency_needed_row *n = &needed.row[i];
        need[i] = (struct measure_need){n->competency, {officer, n->organisation, n->level, n->grp}, NULL};
        const struct competency_levels_row *level = level_row(&levels, n->competency);
        if (!level) continue;
        struct level_sums sums;
        TRY(level_unpack(level->sums, &sums));
        level_read(&k, &sums, day, &reading[i]);
        need[i].reading = &reading[i];
    }
    return measure_contribute_all(db, a, officer, need, needed.count, day);
}

err competency_position_changed(struct db *db, struct arena *a, i64 position, i64 day)
{
    struct competency_holders_rows rows;
    TRY(competency_sql_holders(db, a, position, day, &rows));
    for (isize i = 0; i < rows.count; i++) TRY(competency_contribute(db, a, rows.row[i].officer, day));
    return OK;
}

/* The constants that are part of a stored weight: if one changed since, sums are rebuilt from the rows. */
static bool weights_changed(i64 day, i64 since)
{
    struct level_constants now = constants_level(day), before = constants_level(since);
    return memcmp(now.half_life, before.half_life, sizeof now.half_life) != 0;
}

static err rebuild_officer(struct db *db, struct arena *a, i64 officer, i64 day)
{
    i64 *id;
    isize count;
    TRY(evidence_competencies(db, a, officer, &id, &count));
    for (isize i = 0; i < count; i++) TRY(competency_rebuild(db, a, officer, id[i], ms_of_day(day)));
    return OK;
}

struct walk { struct db_pool *pool; struct db *db; struct arena arena; i64 day, after, done, total; bool rebuild, recount; isize found; };

static err walk_officer(struct walk *w, i64 officer, i64 organisation, str grp)
{
    if (w->rebuild) TRY(rebuild_officer(w->db, &w->arena, officer, w->day));
    if (w->recount) TRY(measure_headcount(w->db, organisation, grp, +1));
    return competency_contribute(w->db, &w->arena, officer, w->day);
}

static err walk_chunk(void *arg)
{
    struct walk *w = arg;
    struct competency_officers_rows rows;
    TRY(competency_sql_officers(w->db, &w->arena, w->after, w->day, w->rebuild, CHUNK, &rows));
    for (isize i = 0; i < rows.count; i++) {
        TRY(walk_officer(w, rows.row[i].officer, rows.row[i].organisation, rows.row[i].grp));
        w->after = rows.row[i].officer;
    }
    w->found = rows.count;
    return OK;
}

static err count_officers(void *arg)
{
    struct walk *w = arg;
    struct competency_officer_count_row row;
    TRY(competency_sql_officer_count(w->db, &w->arena, &row));
    w->total = row.n;
    return OK;
}

/* Since the last ageing, which is more than a day ago if the program did not run. */
static err decide(void *arg)
{
    struct walk *w = arg;
    i64 last;
    TRY(measure_published_before(w->db, &w->arena, w->day, &last));
    w->rebuild = weights_changed(w->day, last < 0 ? w->day - 1 : last);
    return OK;
}

static err clear(void *arg)
{
    struct walk *w = arg;
    return measure_clear(w->db);
}

static err publish(void *arg)
{
    struct walk *w = arg;
    TRY(measure_tidy(w->db));
    return w->recount ? measure_publish(w->db, &w->arena, w->day) : measure_publish_once(w->db, &w->arena, w->day);
}

/* One step in a transaction of its own, or, in a recount, within the one that spans it all. */
static err step(struct walk *w, err (*work)(void *))
{
    i64 after = w->after;
    for (int tried = 0;; tried++) {
        arena_reset(&w->arena);
        if (w->recount) return arena_guard(work, w);
        TRY(db_begin(w->pool, DB_WRITE, &w->db));
        err e = arena_guard(work, w);
        if (e == OK) e = db_commit(w->db);
        else db_rollback(w->db);
        if (e != ERR_RETRY || tried == RETRIES) return e;
        w->after = after;
    }
}

static err walk_all(struct walk *w, progress_fn *progress, void *arg)
{
    TRY(step(w, count_officers));
    do {
        TRY(step(w, walk_chunk));
        w->done += w->found;
        if (progress) progress(w->done, w->total, arg);
    } while (w->found == CHUNK);
    return step(w, publish);
}

/* Each chunk commits by itself and lets waiting writers in between. */
err competency_age(struct db_pool *pool, i64 day, progress_fn *progress, void *arg)
{
    struct walk w = {.pool = pool, .day = day};
    arena_init(&w.arena, CHUNK_MEMORY);
    err e = step(&w, decide);
    if (e == OK) e = walk_all(&w, progress, arg);
    arena_clear(&w.arena);
    return e;
}

/* One transaction: readers see the old sums until the new are whole. */
err competency_recount(struct db_pool *pool, i64 day, progress_fn *progress, void *arg)
{
    struct walk w = {.pool = pool, .day = day, .rebuild = true, .recount = true};
    arena_init(&w.arena, CHUNK_MEMORY);
    err e = db_begin(pool, DB_WRITE, &w.db);
    if (e == OK) {
        e = step(&w, clear);
        if (e == OK) e = walk_all(&w, progress, arg);
        if (e == OK) e = db_commit(w.db);
        else db_rollback(w.db);
    }
    arena_clear(&w.arena);
    return e;
}
