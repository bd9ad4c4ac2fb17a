/* cmd_init.c -- from nothing to a platform with data: init, simulate, and what `serve --demo` does on an empty database. */
#include <sys/stat.h>

#include "app/app.h"
#include "app/demo.h"
#include "auth/auth.h"
#include "db/migrate.h"
#include "import/import.h"
#include "measure/measure.h"
#include "simulate/simulate.h"

static void tick(i64 done, i64 total, void *arg)
{
    progress_at(arg, done, total);
}

static void import_tick(void *arg, const char *what, i64 done, i64 total)
{
    struct progress *p = arg;
    p->what = what;
    progress_at(p, done, total);
}

/* ---- steps ---- */

static err import_data(const struct config *c, str folder, i64 as_of)
{
    struct db_pool *pool;
    TRY(app_open_to_write(c, 1, true, &pool));
    struct progress p;
    progress_begin(&p, "import");
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct import_source *source;
    isize count;
    struct import_report *report = mem_alloc((isize)sizeof *report);
    err e = report ? import_folder(&arena, folder, &source, &count) : ERR_MEMORY;
    if (e == OK) {
        struct import_options o = {.arena = &arena, .source = source, .count = count, .store = c->media, .from_day = as_of - 365, .progress = import_tick, .progress_arg = &p};
        e = import_files(pool, &o, report);
        for (int i = 0; i < report->faults_kept; i++) {
            const struct import_fault *f = &report->fault[i];
            fprintf(stderr, "%.*s:%lld: column %.*s: \"%.*s\": expected %.*s\n", STR_ARGS(f->file), (long long)f->line, STR_ARGS(f->column), STR_ARGS(f->value), STR_ARGS(f->expected));
        }
        i64 rows = 0;
        for (int k = 0; k < IMPORT_KINDS; k++) rows += report->kind[k].rows;
        progress_end(&p, rows);
    }
    mem_free(report);
    arena_clear(&arena);
    app_close(pool);
    return e;
}

static err simulate_officers(const struct config *c, i64 officers, i64 seed, i64 as_of)
{
    struct db_pool *pool;
    TRY(app_open_to_write(c, 1, true, &pool));
    struct progress p;
    progress_begin(&p, "simulate");
    struct simulate_options o = {.officers = officers, .seed = (u64)seed, .as_of = as_of, .progress = tick, .arg = &p};
    err e = constants_load(pool);
    if (e == OK) e = simulate(pool, &o);
    if (e == OK) progress_end(&p, officers);
    app_close(pool);
    constants_unload();
    return e;
}

struct demo_run { struct db *db; struct arena *arena; i64 day; };

static err demo_work(void *arg)
{
    struct demo_run *r = arg;
    return demo_accounts(r->db, r->arena, r->day);
}

static err make_demo(const struct config *c, i64 as_of)
{
    struct db_pool *pool;
    TRY(app_open_to_write(c, 1, true, &pool));
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct demo_run r = {.arena = &arena, .day = as_of};
    err e = constants_load(pool);
    if (e == OK) e = auth_load(pool);
    if (e == OK) e = db_begin(pool, DB_WRITE, &r.db);
    if (e == OK) {
        e = arena_guard(demo_work, &r);
        if (e == OK) e = db_commit(r.db);
        else db_rollback(r.db);
    }
    arena_clear(&arena);
    app_close(pool);
    constants_unload();
    auth_unload();
    return e;
}

/* ---- the commands ---- */

struct init { str data; i64 officers, seed, as_of; bool demo; };

static void make_folder(const struct config *c)
{
    if (!str_starts(c->db, S("sqlite:"))) return;
    str path = str_slice(c->db, 7, -1);
    for (isize i = 1; i < path.len; i++)
        if (path.data[i] == '/') mkdir(str_z(c->arena, str_slice(path, 0, i)), 0750);
}

static err init_run(const struct config *c, const struct init *o)
{
    make_folder(c);
    /* Ids and times follow from the day, so that two runs give the same bytes. */
    if (o->as_of < day_of_ms(now_ms())) clock_set(ms_of_day(o->as_of) + 36000000);
    TRY(app_migrate(c));
    if (o->data.len) TRY(import_data(c, o->data, o->as_of));
    if (o->demo) TRY(make_demo(c, o->as_of));
    if (o->officers) TRY(simulate_officers(c, o->officers, o->seed, o->as_of));
    clock_set(0);
    return OK;
}

static bool read_flag(struct flags *f, struct init *o, bool *bad)
{
    str text;
    if (flag_value(f, "data", &o->data)) return true;
    if (flag_is(f, "demo")) return o->demo = true;
    if (flag_value(f, "officers", &text)) *bad |= !str_to_i64(text, &o->officers) || o->officers < 0 || o->officers > 100000000;
    else if (flag_value(f, "seed", &text)) *bad |= !str_to_i64(text, &o->seed);
    else if (flag_value(f, "as-of", &text)) *bad |= !day_parse(text, &o->as_of);
    else return false;
    return true;
}

static int parse(const char *command, int argc, char **argv, struct init *o)
{
    struct flags f = {argc, 1, argv};
    bool bad = false;
    while (f.at < f.argc) {
        int at = f.at;
        if (read_flag(&f, o, &bad) && !bad) continue;
        fprintf(stderr, "igot %s: what is \"%s\"? See igot %s --help\n", command, argv[at], command);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

int cmd_init(int argc, char **argv, const struct config *c)
{
    struct init o = {.seed = 1, .as_of = day_of_ms(now_ms())};
    int code = parse("init", argc, argv, &o);
    if (code != EXIT_DONE) return code;
    err e = init_run(c, &o);
    return e == OK ? EXIT_DONE : app_fail("init", e);
}

int cmd_simulate(int argc, char **argv, const struct config *c)
{
    struct init o = {.seed = 1, .officers = 10000, .as_of = day_of_ms(now_ms())};
    int code = parse("simulate", argc, argv, &o);
    if (code != EXIT_DONE) return code;
    err e = simulate_officers(c, o.officers, o.seed, o.as_of);
    return e == OK ? EXIT_DONE : app_fail("simulate", e);
}

/* An empty database is filled; one that has a schema is only brought up to date. */
int demo_prepare(const struct config *c, str data, i64 officers)
{
    make_folder(c);
    struct db_options options = {.url = c->db, .readers = 1, .writers = 1, .create = true};
    struct db_pool *pool;
    struct migrate_status s;
    err e = db_pool_open(&options, &pool);
    if (e == OK) {
        e = migrate_status(pool, &s);
        app_close(pool);
    }
    if (e != OK) return app_fail("serve", e);
    struct init o = {.seed = 1, .as_of = day_of_ms(now_ms()), .demo = true, .data = data, .officers = officers};
    if (s.have == 0) fprintf(stderr, "igot: first start: loading %.*s and simulating %lld officers\n", STR_ARGS(data), (long long)officers);
    e = s.have == 0 ? init_run(c, &o) : app_migrate(c);
    return e == OK ? EXIT_DONE : app_fail("serve", e);
}
