/* recommend.c -- METHODS section 6 over the catalogue: which courses close most of these gaps for the hours they take.
**
** The catalogue is small and changes seldom, and counting completions reads every enrolment: so its numbers are kept in memory for
** ten minutes. Titles are read when a course has been picked. */
#include <pthread.h>
#include <stdatomic.h>

#include "learning/learning.h"
#include "learning/recommend_math.h"
#include "learning_sql.h"
#include "measure/measure.h"

enum { OFFERS_MOST = 1 << 20, OFFERS_FIRST = 1024, KEEP_US = 600 * 1000000 };

static const f64 done_prior = 6, started_prior = 10; /* completion rate: METHODS section 4 */

struct offer { i64 course, competency, entry, exit, minutes, started, done; bool complete; };
struct offers { struct offer *row; isize count, room; };

static struct { pthread_rwlock_t lock; struct offers now; i64 loaded_us; } catalogue = {.lock = PTHREAD_RWLOCK_INITIALIZER};

static err add_offer(void *arg, const struct learning_offers_row *r)
{
    struct offers *o = arg;
    if (o->count == o->room) {
        isize room = o->room ? 2 * o->room : OFFERS_FIRST;
        if (room > OFFERS_MOST) return err_set(ERR_TOO_LARGE, N_("There are more courses than recommendations can weigh."));
        struct offer *row = mem_resize(o->row, room * (isize)sizeof *row);
        if (!row) return err_set(ERR_MEMORY, N_("There is not enough memory to read the catalogue."));
        o->row = row;
        o->room = room;
    }
    o->row[o->count++] = (struct offer){r->course, r->competency, r->entry, r->exit, r->minutes, r->started, r->done, r->complete != 0};
    return OK;
}

void learning_catalogue_drop(void)
{
    pthread_rwlock_wrlock(&catalogue.lock);
    mem_free(catalogue.now.row);
    catalogue.now = (struct offers){0};
    catalogue.loaded_us = 0;
    pthread_rwlock_unlock(&catalogue.lock);
}

static bool fresh(void)
{
    pthread_rwlock_rdlock(&catalogue.lock);
    bool is = catalogue.loaded_us && mono_us() - catalogue.loaded_us < KEEP_US;
    pthread_rwlock_unlock(&catalogue.lock);
    return is;
}

static bool held(void)
{
    pthread_rwlock_rdlock(&catalogue.lock);
    bool is = catalogue.loaded_us != 0;
    pthread_rwlock_unlock(&catalogue.lock);
    return is;
}

/* At first two that come at once both read it, and the later wins; after ten minutes one reads it anew, and the others go on with the old. */
static err load(struct db *db)
{
    static _Atomic bool reading;
    struct offers o = {0};
    if (fresh()) return OK;
    bool again = held();
    if (again && atomic_exchange(&reading, true)) return OK;
    err e = learning_sql_offers(db, add_offer, &o);
    if (again) atomic_store(&reading, false);
    if (e != OK) {
        mem_free(o.row);
        return e;
    }
    pthread_rwlock_wrlock(&catalogue.lock);
    struct offer *old = catalogue.now.row;
    catalogue.now = o;
    catalogue.loaded_us = mono_us() + 1;
    pthread_rwlock_unlock(&catalogue.lock);
    mem_free(old);
    return OK;
}

/* The first offer of a competency. */
static isize first_of(i64 competency)
{
    isize low = 0, high = catalogue.now.count;
    while (low < high) {
        isize middle = (low + high) / 2;
        if (catalogue.now.row[middle].competency < competency) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Copies what teaches any of the states into `to` (NULL: only counts). No arena memory is taken here: leaving through it would keep the lock. */
static isize collect(const struct recommend_state *state, isize states, struct offer *to, isize room)
{
    isize n = 0;
    pthread_rwlock_rdlock(&catalogue.lock);
    for (isize s = 0; s < states; s++)
        for (isize i = first_of(state[s].competency); i < catalogue.now.count && catalogue.now.row[i].competency == state[s].competency; i++) {
            if (to && n < room) to[n] = catalogue.now.row[i];
            n++;
        }
    pthread_rwlock_unlock(&catalogue.lock);
    return to && n > room ? room : n;
}

static isize states_of(const struct gap_list *gaps, i64 day, struct recommend_state *state)
{
    isize n = 0;
    f64 mu0 = constant_value("mu0", day), se0 = 1 / sqrt(constant_value("lambda0", day));
    for (isize i = 0; i < gaps->count; i++) {
        const struct gap *g = &gaps->row[i];
        bool known = g->status != LEVEL_NOT_ASSESSED;
        if (!g->met) state[n++] = (struct recommend_state){g->competency, known ? g->mean : mu0, known ? g->se : se0, (f64)g->required, g->weight};
    }
    return n;
}

/* The candidates of one kind, with the constants of the day. */
static isize candidates(const struct offer *offer, isize offers, bool complete, i64 day, struct recommend_cbp *cbp)
{
    isize n = 0;
    f64 tau = constant_value("effect_unmeasured", day), var = constant_value("effect_unmeasured_var", day);
    for (isize i = 0; i < offers; i++) {
        const struct offer *o = &offer[i];
        if (o->complete != complete) continue;
        cbp[n++] = (struct recommend_cbp){.id = o->course, .competency = o->competency, .entry = (f64)o->entry, .exit = (f64)o->exit, .tau = tau, .var = var,
                                          .hours = (f64)o->minutes / 60, .complete = ((f64)o->done + done_prior) / ((f64)o->started + started_prior)};
    }
    return n;
}

static const struct gap *gap_of(const struct gap_list *gaps, i64 competency)
{
    for (isize i = 0; i < gaps->count; i++)
        if (gaps->row[i].competency == competency) return &gaps->row[i];
    return NULL;
}

/* The reason names the gap as it stands today, not as it would after the picks before this one. */
static err describe(struct db *db, struct arena *a, enum lang lang, const struct gap_list *gaps, const struct recommend_cbp *c, const struct recommend_pick *p,
                    const struct recommend_state *start, struct next_step *out)
{
    struct learning_title_row title;
    bool found;
    const struct gap *g = gap_of(gaps, c->competency);
    TRY(learning_sql_title(db, a, c->id, str_of(lang_tag[lang]), &title, &found));
    *out = (struct next_step){.course = c->id, .competency = c->competency, .title = found ? title.title : S(""), .language = found ? title.language : S(""),
                              .competency_name = g ? g->name : S(""), .minutes = (i64)(c->hours * 60 + .5), .gain = p->gain, .index = p->index, .known = g && g->status != LEVEL_NOT_ASSESSED, .mean = start->mean,
                              .se = start->se, .required = start->required, .effect = c->tau, .effect_se = sqrt(c->var),
                              .shortfall = expected_shortfall(start->required - start->mean, start->se)};
    return OK;
}

err learning_for_gaps(struct db *db, struct arena *a, enum lang lang, const struct gap_list *gaps, isize max, struct next_step_list *out)
{
    i64 day = day_of_ms(now_ms());
    const struct recommend_constants k = {.hours_fixed = constant_value("hours_fixed", day), .fit_width = constant_value("fit_width", day)};
    *out = (struct next_step_list){0};
    TRY(load(db));
    struct recommend_state *state = ARENA_ARRAY(a, struct recommend_state, gaps->count), *start = ARENA_ARRAY(a, struct recommend_state, gaps->count);
    isize states = states_of(gaps, day, state);
    if (states == 0 || max <= 0) return OK;
    memcpy(start, state, (size_t)states * sizeof *state);
    isize room = collect(state, states, NULL, 0);
    struct offer *offer = ARENA_ARRAY(a, struct offer, room);
    isize offers = collect(state, states, offer, room);
    struct recommend_cbp *cbp = ARENA_ARRAY(a, struct recommend_cbp, offers);
    struct recommend_pick *pick = ARENA_ARRAY(a, struct recommend_pick, max);
    out->row = ARENA_ARRAY(a, struct next_step, max);
    for (int elsewhere = 0; elsewhere <= 1; elsewhere++) {
        isize n = candidates(offer, offers, !elsewhere, day, cbp);
        isize picked = recommend_greedy(cbp, n, state, states, &k, pick, max - out->count);
        for (isize i = 0; i < picked; i++) {
            struct next_step *step = &out->row[out->count++];
            TRY(describe(db, a, lang, gaps, &cbp[pick[i].cbp], &pick[i], &start[pick[i].state], step));
            step->complete = !elsewhere;
        }
    }
    return OK;
}
