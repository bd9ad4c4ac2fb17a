/* constants.c -- the constants of the methods: rows in the database, a table in memory, the value in force on a day. */
#include <pthread.h>

#include "auth/auth.h"
#include "measure/measure.h"
#include "measure_sql.h"

enum { ROWS_MAX = 1024, DAYS_KEPT = 8 };

struct constant_row { char name[48]; f64 value; i64 from_day; };

/* What METHODS section 13 gives: in force before any row, and the list of names there are. */
static const struct { const char *name; f64 value; } builtin[] = {
    {"mu0", 2.5}, {"lambda0", 1.0}, {"b_p", .25}, {"b_w", .50}, {"b_c", .95}, {"b_s", 1.5}, {"bias_c", .20}, {"bias_s", .32},
    {"half_life_p", 730}, {"half_life_w", 365}, {"half_life_c", 365}, {"half_life_s", 365}, {"award", .80}, {"contradiction_p", .05},
    {"confirm_se", .60}, {"quiz_rp", .67}, {"quiz_retake", .5}, {"quiz_unseen", .5}, {"s2_supervisor", 1.7}, {"s2_peer", 3.4},
    {"s2_subordinate", 3.9}, {"s2_self", 8.6}, {"severity_k", 5}, {"severity_clip", 1.5}, {"kappa", .5}, {"raters_min", 3}, {"survey_min", 10},
    {"effect_unmeasured", .25}, {"effect_unmeasured_var", .04}, {"hours_fixed", 2}, {"fit_width", .75}, {"explore_share", .2},
    {"weight_critical", 1.0}, {"weight_other", .6}, {"module_share", .5}, {"learning_event_gap", 180}, {"publish_min", 10},
};

/* One set of rows, never changed once shown; the level constants of the days asked last are kept beside it. */
struct constant_set {
    isize count;
    struct constant_row row[ROWS_MAX];
    i64 newest; /* the greatest id among the rows */
    i64 day[DAYS_KEPT];
    struct level_constants level[DAYS_KEPT];
    int next;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct constant_set *set;

static bool find(const struct constant_set *s, const char *name, i64 day, f64 *value)
{
    bool found = false;
    for (isize i = 0; s && i < s->count; i++) { /* rows are in order of name, day, id: the last that fits is in force */
        if (s->row[i].from_day > day || strcmp(s->row[i].name, name) != 0) continue;
        *value = s->row[i].value;
        found = true;
    }
    for (isize i = 0; !found && i < COUNT_OF(builtin); i++) {
        if (strcmp(builtin[i].name, name) != 0) continue;
        *value = builtin[i].value;
        found = true;
    }
    return found;
}

f64 constant_value(const char *name, i64 day)
{
    f64 value = 0;
    pthread_rwlock_rdlock(&lock);
    bool found = find(set, name, day, &value);
    pthread_rwlock_unlock(&lock);
    ASSERT(found);
    return value;
}

static f64 must(const struct constant_set *s, const char *name, i64 day)
{
    f64 value = 0;
    ASSERT(find(s, name, day, &value));
    return value;
}

static struct level_constants level_of(const struct constant_set *s, i64 day)
{
    struct level_constants k = {
        .mu0 = must(s, "mu0", day), .lambda0 = must(s, "lambda0", day),
        .b = {must(s, "b_p", day), must(s, "b_w", day), must(s, "b_c", day), must(s, "b_s", day)},
        .bias = {0, 0, must(s, "bias_c", day), must(s, "bias_s", day)},
        .half_life = {(int)must(s, "half_life_p", day), (int)must(s, "half_life_w", day), (int)must(s, "half_life_c", day), (int)must(s, "half_life_s", day)},
        .award = must(s, "award", day), .contradiction_p = must(s, "contradiction_p", day), .confirm_se = must(s, "confirm_se", day)};
    return k;
}

struct level_constants constants_level(i64 day)
{
    struct level_constants k;
    pthread_rwlock_rdlock(&lock);
    for (int i = 0; set && i < DAYS_KEPT; i++) {
        if (set->day[i] != day) continue;
        k = set->level[i];
        pthread_rwlock_unlock(&lock);
        return k;
    }
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_wrlock(&lock);
    k = level_of(set, day);
    if (set) {
        set->day[set->next] = day;
        set->level[set->next] = k;
        set->next = (set->next + 1) % DAYS_KEPT;
    }
    pthread_rwlock_unlock(&lock);
    return k;
}

struct quiz_constants constants_quiz(i64 day)
{
    return (struct quiz_constants){.response_probability = constant_value("quiz_rp", day), .variance_per_retake = constant_value("quiz_retake", day)};
}

/* ---- loading ---- */

struct loading { struct db *db; struct arena *arena; struct constant_set *set; };

static err load_rows(void *arg)
{
    struct loading *l = arg;
    struct measure_constants_rows rows;
    TRY(measure_sql_constants(l->db, l->arena, &rows));
    for (isize i = 0; i < rows.count; i++) {
        if (l->set->count == ROWS_MAX) return err_set(ERR_TOO_LARGE, N_("There are more versions of constants than this program keeps."));
        if (rows.row[i].id > l->set->newest) l->set->newest = rows.row[i].id;
        struct constant_row *r = &l->set->row[l->set->count++];
        snprintf(r->name, sizeof r->name, "%.*s", STR_ARGS(rows.row[i].name));
        r->value = rows.row[i].value;
        r->from_day = rows.row[i].from_day;
    }
    return OK;
}

err constants_load(struct db_pool *pool)
{
    struct constant_set *fresh = mem_alloc((isize)sizeof *fresh);
    if (!fresh) return ERR_MEMORY;
    for (int i = 0; i < DAYS_KEPT; i++) fresh->day[i] = INT64_MIN;
    struct arena arena;
    arena_init(&arena, 4 << 20);
    struct loading l = {.arena = &arena, .set = fresh};
    err e = db_begin(pool, DB_READ, &l.db);
    if (e == OK) {
        e = arena_guard(load_rows, &l);
        db_rollback(l.db);
    }
    arena_clear(&arena);
    if (e != OK) {
        mem_free(fresh);
        return e;
    }
    pthread_rwlock_wrlock(&lock);
    struct constant_set *old = set;
    set = fresh;
    pthread_rwlock_unlock(&lock);
    mem_free(old);
    return OK;
}

struct looking { struct db *db; struct arena *arena; struct measure_constants_state_row state; };

static err look(void *arg)
{
    struct looking *l = arg;
    return measure_sql_constants_state(l->db, l->arena, &l->state);
}

err constants_refresh(struct db_pool *pool)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct looking l = {.arena = &arena};
    err e = db_begin(pool, DB_READ, &l.db);
    if (e == OK) {
        e = arena_guard(look, &l);
        db_rollback(l.db);
    }
    arena_clear(&arena);
    TRY(e);
    pthread_rwlock_rdlock(&lock);
    bool same = set && set->count == l.state.n && set->newest == l.state.newest;
    pthread_rwlock_unlock(&lock);
    return same ? OK : constants_load(pool);
}

void constants_unload(void)
{
    pthread_rwlock_wrlock(&lock);
    mem_free(set);
    set = NULL;
    pthread_rwlock_unlock(&lock);
}

/* ---- changing ---- */

/* The values that keep the arithmetic meaningful. */
static bool in_range(str name, f64 v)
{
    if (str_starts(name, S("half_life_"))) return v >= 30 && v <= 4000 && v == floor(v);
    if (str_starts(name, S("b_"))) return v >= .05 && v <= 5;
    if (str_starts(name, S("s2_"))) return v >= .04 && v <= 100;
    if (str_starts(name, S("bias_"))) return v >= -2 && v <= 2;
    if (str_eq(name, S("mu0"))) return v >= 1 && v <= 5;
    if (str_eq(name, S("lambda0"))) return v >= .01 && v <= 100;
    if (str_eq(name, S("award"))) return v > .5 && v < 1;
    if (str_eq(name, S("learning_event_gap"))) return v >= 1 && v <= 3650 && v == floor(v);
    if (str_eq(name, S("publish_min"))) return v >= 3 && v <= 1000 && v == floor(v);
    if (str_eq(name, S("module_share")) || str_eq(name, S("quiz_unseen")) || str_eq(name, S("explore_share")) || str_eq(name, S("contradiction_p"))) return v >= 0 && v <= 1;
    if (str_eq(name, S("quiz_rp"))) return v >= .3 && v <= .95;
    if (str_eq(name, S("fit_width"))) return v >= .05 && v <= 5;
    if (str_eq(name, S("hours_fixed"))) return v >= .1 && v <= 100; /* a course without minutes must not cost nothing */
    return v >= 0 && v <= 1000;
}

err constant_check(str name, f64 value, i64 from_day, i64 today)
{
    if (from_day <= today) return err_set(ERR_INVALID, N_("A change takes effect tomorrow at the earliest, so that results already shown keep the constants they were made with."));
    if (!in_range(name, value)) return err_set(ERR_INVALID, N_("This value lies outside the range in which the method is meaningful."));
    return OK;
}

err constant_set(struct db *db, struct arena *a, i64 actor, str name, f64 value, str reason_en, str reason_hi, i64 from_day, i64 now)
{
    struct measure_constant_like_row like;
    bool found;
    TRY(measure_sql_constant_like(db, a, name, &like, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no constant of this name."));
    TRY(constant_check(name, value, from_day, day_of_ms(now)));
    i64 id = id_new();
    TRY(measure_sql_constant_add(db, id, name, value, like.unit, like.basis, reason_en, reason_hi, from_day, &actor, now, NULL));
    return audit_add(db, actor, "constant.set", id, str_format(a, "%.*s = %.10g from %.*s", STR_ARGS(name), value, STR_ARGS(day_iso(a, from_day))), now);
}
