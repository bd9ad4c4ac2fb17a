#include "simulate/simulate.h"

#include "measure/measure.h"
#include "org/org.h"
#include "simulate_sql.h"

enum { CHUNK = 2000, OFFICER_MEMORY = 4 << 20, WORLD_MEMORY = 256 << 20, EVIDENCE_MAX = 24, HISTORY_DAYS = 5 * 365, PLACES_MAX = 64 };

/* ---- the world that officers are put into ---- */

struct need { i64 competency, level; isize course, courses; }; /* course: first of those that teach it */
struct place { i64 organisation, senior; };                    /* senior: the officer of Group A posted here last, who supervises */
struct post { i64 id, service, cumulated; str grp; struct need *need; isize needs; struct place **place; isize places; };
struct world {
    struct db *db;
    struct arena arena, scratch;
    const struct simulate_options *o;
    struct level_constants constants;
    struct quiz_constants quiz;
    struct rng rng;
    i64 now;
    struct post *post;
    isize posts;
    struct place *places;
    isize place_count, place_room;
    struct simulate_courses_rows courses;
    i64 done;
};

static struct place *place_of(struct world *w, i64 organisation)
{
    for (isize i = 0; i < w->place_count; i++)
        if (w->places[i].organisation == organisation) return &w->places[i];
    ASSERT(w->place_count < w->place_room);
    w->places[w->place_count] = (struct place){organisation, 0};
    return &w->places[w->place_count++];
}

static void find_courses(const struct world *w, struct need *n)
{
    for (isize i = 0; i < w->courses.count; i++) {
        if (w->courses.row[i].competency != n->competency) continue;
        if (n->courses++ == 0) n->course = i;
    }
}

static err read_post(struct world *w, const struct simulate_positions_row *row, struct post *p, i64 *total)
{
    struct simulate_offices_rows offices;
    struct simulate_needs_rows needs;
    *total += row->filled > 0 ? row->filled : 1;
    *p = (struct post){.id = row->id, .service = row->service_null ? 0 : row->service, .cumulated = *total, .grp = row->grp};
    TRY(simulate_sql_offices(w->db, &w->arena, row->organisation, &offices));
    if (offices.count > PLACES_MAX) offices.count = PLACES_MAX;
    p->place = ARENA_ARRAY(&w->arena, struct place *, offices.count + 1);
    p->place[p->places++] = place_of(w, row->organisation);
    for (isize i = 0; i < offices.count; i++) p->place[p->places++] = place_of(w, offices.row[i].id);
    TRY(simulate_sql_needs(w->db, &w->arena, row->map, &needs));
    p->need = ARENA_ARRAY(&w->arena, struct need, needs.count);
    p->needs = needs.count;
    for (isize i = 0; i < needs.count; i++) {
        p->need[i] = (struct need){.competency = needs.row[i].competency, .level = needs.row[i].level};
        find_courses(w, &p->need[i]);
    }
    return OK;
}

static err read_world(struct world *w)
{
    struct simulate_positions_rows rows;
    struct simulate_last_id_row last;
    TRY(simulate_sql_last_id(w->db, &w->arena, &last));
    id_above(last.id);
    TRY(simulate_sql_courses(w->db, &w->arena, &w->courses));
    TRY(simulate_sql_positions(w->db, &w->arena, w->o->as_of, &rows));
    if (rows.count == 0) return err_set(ERR_INVALID, N_("No position has a map in force on this day. Import a framework first."));
    w->post = ARENA_ARRAY(&w->arena, struct post, rows.count);
    w->place_room = rows.count * (PLACES_MAX + 1);
    w->places = ARENA_ARRAY(&w->arena, struct place, w->place_room);
    i64 total = 0;
    for (isize i = 0; i < rows.count; i++) TRY(read_post(w, &rows.row[i], &w->post[w->posts++], &total));
    return OK;
}

/* ---- one officer ---- */

static bool chance(struct world *w, f64 p)
{
    return rng_unit(&w->rng) < p;
}

static f64 clip(f64 x, f64 low, f64 high)
{
    return x < low ? low : x > high ? high : x;
}

struct learner {
    i64 officer;
    const struct need *need;
    f64 truth, workplace_bias, course_bias; /* the true level, and what this officer's sources have in common */
    struct level_sums sums;
    i64 newest, before_milli, before_day, first_day, last_id;
    int nle;
    i64 event_day;
};

/* One piece of evidence, in order of time: the sums before the newest day give the trend. */
static err give(struct world *w, struct learner *l, enum evidence_class class, str kind, f64 y, f64 variance, i64 day, i64 source)
{
    struct evidence_new n = {.officer = l->officer, .competency = l->need->competency, .class = class, .kind = kind, .y = clip(y, .5, 5.5), .variance = variance,
                             .day = day, .source = source};
    struct evidence_piece p = {.id = id_new(), .competency = n.competency, .day = day, .class = class, .level_milli = (i64)floor(1000 * n.y + .5), .nle = l->nle};
    TRY(level_weight(&w->constants, class, variance, day, p.nle, &p.weight));
    if (l->newest >= 0 && day > l->newest) {
        struct level_reading r;
        level_read(&w->constants, &l->sums, l->newest, &r);
        l->before_milli = (i64)floor(1000 * r.mean + .5);
        l->before_day = l->newest;
    }
    level_add(&l->sums, class, p.level_milli, p.weight, p.nle, +1);
    l->newest = day;
    l->last_id = p.id;
    return evidence_put(w->db, &n, &p, ms_of_day(day) + 36000000);
}

/* A test of 20 questions at the course's exit level: right answers as the bookmark at .67 has it, guessing among four. */
static err take_course(struct world *w, struct learner *l, i64 day)
{
    const struct simulate_courses_row *c = &w->courses.row[l->need->course + rng_below(&w->rng, l->need->courses)];
    bool finished = chance(w, .7);
    i64 at = ms_of_day(day) + 36000000;
    TRY(simulate_sql_enrolment_add(w->db, l->officer, c->course, finished ? 3 : chance(w, .5) ? 1 : 4, at - 864000000, at, NULL));
    if (!finished) return OK;
    f64 p = 1 / (1 + exp(-(l->truth + l->course_bias - (f64)c->exit + .708)));
    int right = 0;
    for (int i = 0; i < 20; i++) right += chance(w, .25 + .75 * p);
    f64 y, variance;
    quiz_evidence(&w->quiz, 20, right, 4, (f64)c->exit, 1, &y, &variance);
    if (right >= 12 && (l->event_day < 0 || day - l->event_day >= 180)) {
        TRY(simulate_sql_learning_event_add(w->db, l->officer, l->need->competency, day, &c->course, NULL));
        l->event_day = day;
        l->nle++;
        l->truth += clip(.15 + .1 * rng_normal(&w->rng), 0, .5);
    }
    return give(w, l, CLASS_C, S("course_test"), y, variance, day, c->course);
}

static err live_through(struct world *w, struct learner *l)
{
    i64 day = w->o->as_of - rng_below(&w->rng, HISTORY_DAYS);
    if (day < l->first_day) day = l->first_day;
    for (int pieces = 0; day <= w->o->as_of && pieces < EVIDENCE_MAX; pieces++) {
        f64 u = rng_unit(&w->rng), z = rng_normal(&w->rng);
        if (u < .25) TRY(give(w, l, CLASS_S, S("self"), l->truth + .32 + 1.2 * z, 8.6, day, 0));
        else if (u < .65 && l->need->courses) TRY(take_course(w, l, day));
        else if (u < .85) TRY(give(w, l, CLASS_W, S("workplace"), l->truth + l->workplace_bias + .6 * z, .36 + .2 * rng_unit(&w->rng), day, 0));
        else TRY(give(w, l, CLASS_P, S("proctored"), l->truth + .3 * z, .09, day, 0));
        day += 60 + rng_below(&w->rng, 700);
    }
    return OK;
}

static err learn(struct world *w, i64 officer, const struct need *n, struct measure_place *place, f64 ability, i64 first_day)
{
    struct learner l = {.officer = officer, .need = n, .newest = -1, .event_day = -1, .before_day = -1, .first_day = first_day};
    l.truth = clip((f64)n->level - .4 + ability + .7 * rng_normal(&w->rng), .6, 5.4);
    l.workplace_bias = .5 * rng_normal(&w->rng);
    l.course_bias = .2 + .95 * rng_normal(&w->rng);
    place->level = n->level;
    if (chance(w, .22)) return measure_put(w->db, place, n->competency, NULL, w->o->as_of);
    TRY(live_through(w, &l));
    if (l.newest < 0) return measure_put(w->db, place, n->competency, NULL, w->o->as_of);
    struct level_reading r;
    bool before = l.before_day >= 0;
    TRY(competency_put(w->db, officer, n->competency, &l.sums, l.newest, before ? &l.before_milli : NULL, before ? &l.before_day : NULL, l.last_id, w->o->as_of, w->now, &r));
    return measure_put(w->db, place, n->competency, &r, w->o->as_of);
}

static const struct post *choose_post(struct world *w)
{
    i64 at = rng_below(&w->rng, w->post[w->posts - 1].cumulated);
    isize low = 0, high = w->posts - 1;
    while (low < high) {
        isize middle = (low + high) / 2;
        if (w->post[middle].cumulated <= at) low = middle + 1;
        else high = middle;
    }
    return &w->post[low];
}

static err make_officer(struct world *w)
{
    const struct post *p = choose_post(w);
    struct place *place = p->place[p->places == 1 || chance(w, .5) ? 0 : rng_below(&w->rng, p->places)];
    struct new_officer n = {.name = simulate_name(&w->scratch, &w->rng), .grp = p->grp, .service = p->service, .position = p->id, .organisation = place->organisation,
                            .supervisor = place->senior};
    n.from_day = w->o->as_of - 30 - rng_below(&w->rng, HISTORY_DAYS);
    i64 officer;
    TRY(officer_create(w->db, &n, w->now, &officer));
    if (str_eq(p->grp, S("A"))) place->senior = officer;
    struct measure_place mp = {officer, place->organisation, 0, p->grp};
    f64 ability = .5 * rng_normal(&w->rng);
    for (isize i = 0; i < p->needs; i++) TRY(learn(w, officer, &p->need[i], &mp, ability, n.from_day));
    return OK;
}

static err make_chunk(void *arg)
{
    struct world *w = arg;
    i64 until = w->done + CHUNK < w->o->officers ? w->done + CHUNK : w->o->officers;
    for (; w->done < until; w->done++) {
        arena_reset(&w->scratch);
        TRY(make_officer(w));
    }
    return OK;
}

static err make_world(void *arg)
{
    struct world *w = arg;
    TRY(read_world(w));
    while (w->done < w->o->officers) {
        TRY(make_chunk(w));
        if (w->o->progress) w->o->progress(w->done, w->o->officers, w->o->arg);
        TRY(db_checkpoint(w->db));
    }
    TRY(measure_fill(w->db, w->o->as_of));
    return measure_publish(w->db, &w->arena, w->o->as_of);
}

err simulate(struct db_pool *pool, const struct simulate_options *o)
{
    struct world w = {.o = o, .rng = {o->seed}, .constants = constants_level(o->as_of), .quiz = constants_quiz(o->as_of), .now = ms_of_day(o->as_of) + 43200000};
    clock_set(w.now);
    arena_init(&w.arena, WORLD_MEMORY);
    arena_init(&w.scratch, OFFICER_MEMORY);
    err e = db_begin(pool, DB_WRITE, &w.db);
    if (e == OK) {
        e = arena_guard(make_world, &w);
        if (e == OK) e = db_commit(w.db);
        else db_rollback(w.db);
    }
    arena_clear(&w.arena);
    arena_clear(&w.scratch);
    return e;
}
