/* cmd_import.c -- igot import: files of docs/import-formats.md, a whole folder of them, or O*NET's framework. */
#include "app/app.h"
#include "import/import.h"

struct import_run {
    struct arena arena;
    struct import_options options;
    struct import_source *source;
    isize room;
    struct progress progress;
};

static int usage(const char *what, str value)
{
    fprintf(stderr, "igot import: %s \"%.*s\". See igot import --help\n", what, STR_ARGS(value));
    return EXIT_USAGE;
}

/* ---- what to import ---- */

static void add_source(struct import_run *r, enum import_kind kind, str file)
{
    r->source[r->options.count++] = (struct import_source){kind, file};
}

/* KIND FILE… [KIND FILE…]: a word that names a kind begins it, so that files which refer to each other go into one command. */
static int take_word(struct import_run *r, str word, int *kind)
{
    enum import_kind named;
    if (import_kind_named(word, &named)) *kind = (int)named;
    else if (*kind >= 0) add_source(r, (enum import_kind)*kind, word);
    else return usage("no such kind:", word);
    return EXIT_DONE;
}

static int take_folder(struct import_run *r, str what, str folder)
{
    if (str_eq(what, S("onet"))) {
        r->options.onet = folder;
        return EXIT_DONE;
    }
    err e = import_folder(&r->arena, folder, &r->source, &r->options.count);
    return e == OK ? EXIT_DONE : app_fail("import", e);
}

static int take_flag(struct import_run *r, struct flags *f)
{
    str text;
    if (flag_is(f, "skip-bad")) {
        r->options.skip_bad = true;
    } else if (flag_value(f, "as-of", &text)) {
        if (!day_parse(text, &r->options.from_day)) return usage("--as-of takes a day such as 2026-11-23, not", text);
    } else {
        return usage("no such option:", str_of(f->argv[f->at]));
    }
    return EXIT_DONE;
}

static int parse(struct import_run *r, int argc, char **argv)
{
    struct flags f = {argc, 1, argv};
    int kind = -1;
    str whole = {0};
    r->source = ARENA_ARRAY(&r->arena, struct import_source, argc);
    while (f.at < argc) {
        str word = str_of(argv[f.at]);
        int code = EXIT_DONE;
        if (str_starts(word, S("--"))) {
            code = take_flag(r, &f);
        } else {
            f.at++;
            bool folder = str_eq(word, S("all")) || str_eq(word, S("onet"));
            if (whole.data && !r->options.count && !r->options.onet.data) code = take_folder(r, whole, word);
            else if (whole.data) code = usage("one folder is enough, and here is", word);
            else if (kind < 0 && folder) whole = word;
            else code = take_word(r, word, &kind);
        }
        if (code != EXIT_DONE) return code;
    }
    if (r->options.count || r->options.onet.data) return EXIT_DONE;
    fprintf(stderr, "usage: igot import [--skip-bad] [--as-of DAY] KIND FILE…, or all DIR, or onet DIR. See igot import --help\n");
    return EXIT_USAGE;
}

/* ---- what came of it ---- */

static void print_fault(const struct import_fault *f)
{
    fprintf(stderr, "%.*s:", STR_ARGS(f->file));
    if (f->line) fprintf(stderr, "%lld:", (long long)f->line);
    if (f->column.len) fprintf(stderr, " column %.*s: \"%.*s\":", STR_ARGS(f->column), STR_ARGS(f->value));
    else if (f->value.len) fprintf(stderr, " \"%.*s\":", STR_ARGS(f->value));
    fprintf(stderr, " expected %.*s\n", STR_ARGS(f->expected));
}

static void print_faults(const struct import_report *report)
{
    for (int i = 0; i < report->faults_kept; i++) print_fault(&report->fault[i]);
    i64 more = report->faults - report->faults_kept;
    if (more) fprintf(stderr, "and %lld more\n", (long long)more);
}

static void print_counts(const struct import_report *report)
{
    for (int k = 0; k < IMPORT_KINDS; k++) {
        const struct import_counts *c = &report->kind[k];
        if (!c->rows) continue;
        printf("%-20s %8lld added %8lld changed %8lld unchanged", import_kind_name((enum import_kind)k), (long long)c->added, (long long)c->changed,
               (long long)c->unchanged);
        if (c->left_out) printf(" %8lld left out", (long long)c->left_out);
        printf("\n");
    }
}

static void tick(void *arg, const char *what, i64 done, i64 total)
{
    struct progress *p = arg;
    p->what = what;
    progress_at(p, done, total);
}

static int import_now(struct import_run *r, const struct config *c)
{
    struct import_report *report = ARENA_NEW(&r->arena, struct import_report);
    struct db_pool *pool;
    err e = app_open_to_write(c, 1, false, &pool);
    if (e != OK) return app_fail("import", e);
    progress_begin(&r->progress, "import");
    r->options.source = r->source;
    r->options.store = c->media;
    r->options.progress = tick;
    r->options.progress_arg = &r->progress;
    e = import_files(pool, &r->options, report);
    app_close(pool);
    i64 rows = 0;
    for (int k = 0; k < IMPORT_KINDS; k++) rows += report->kind[k].rows;
    r->progress.what = e == OK ? "import" : "checked";
    progress_end(&r->progress, rows);
    print_faults(report);
    if (e != OK) return app_fail("import", e);
    print_counts(report);
    return report->faults ? EXIT_FAULT : EXIT_DONE;
}

struct guarded { struct import_run *run; int argc; char **argv; const struct config *config; int code; };

static err work(void *arg)
{
    struct guarded *g = arg;
    g->code = parse(g->run, g->argc, g->argv);
    if (g->code == EXIT_DONE) g->code = import_now(g->run, g->config);
    return OK;
}

int cmd_import(int argc, char **argv, const struct config *c)
{
    struct import_run run = {.options = {.from_day = IMPORT_TODAY}};
    arena_init(&run.arena, 64 << 20);
    run.options.arena = &run.arena;
    struct guarded g = {.run = &run, .argc = argc, .argv = argv, .config = c};
    err e = arena_guard(work, &g);
    arena_clear(&run.arena);
    return e == OK ? g.code : app_fail("import", e);
}
