#include "import/private.h"

enum { TRIES = 4 };

void import_progress(struct importer *im, const char *what, i64 done, i64 total)
{
    if (im->o->progress) im->o->progress(im->o->progress_arg, what, done, total);
}

/* ---- checking ---- */

static err read_sources(struct importer *im)
{
    const struct import_options *o = im->o;
    for (isize i = 0; i < o->count; i++) {
        import_progress(im, "reading", i, o->count);
        TRY(table_read(&im->table[o->source[i].kind], &im->faults, str_dup(o->arena, o->source[i].file)));
    }
    return OK;
}

static void count_rows(struct importer *im)
{
    for (int k = 0; k < IMPORT_KINDS; k++) {
        struct table *t = &im->table[k];
        struct import_counts *c = &im->out->kind[k];
        c->rows = t->count + t->dropped;
        c->left_out = t->dropped;
        for (isize i = 0; i < t->count; i++) c->left_out += t->row[i].bad;
    }
}

static err check_work(void *arg)
{
    struct importer *im = arg;
    TRY(read_sources(im));
    if (im->o->onet.data) TRY(onet_read(im, im->o->onet));
    import_progress(im, "checking", 0, 0);
    return check_all(im);
}

/* ---- writing ---- */

static err write_work(void *arg)
{
    return write_all(arg);
}

/* Codes that were given in a try that did not come to be are forgotten, and so are counts. */
static void start_over(struct importer *im)
{
    for (int k = 0; k < IMPORT_KINDS; k++) {
        for (isize i = 0; i < im->codes[k].room; i++)
            if (im->codes[k].slot[i]) im->codes[k].slot[i]->id = im->codes[k].slot[i]->stored;
        struct import_counts *c = &im->out->kind[k];
        c->added = c->changed = c->unchanged = 0;
    }
    im->out->written = false;
}

static err write_once(struct importer *im, struct db_pool *pool)
{
    start_over(im);
    TRY(db_begin(pool, DB_WRITE, &im->db));
    err e = arena_guard(write_work, im);
    if (e == OK && im->out->written) return db_commit(im->db);
    db_rollback(im->db); /* also where nothing has changed: nothing at all is written */
    return e;
}

static err write_rows(struct importer *im, struct db_pool *pool)
{
    err e = ERR_RETRY;
    for (int i = 0; i < TRIES && e == ERR_RETRY; i++) e = write_once(im, pool);
    if (e != OK) start_over(im);
    return e;
}

/* ---- all ---- */

static err check_and_write(struct importer *im, struct db_pool *pool)
{
    TRY(db_begin(pool, DB_READ, &im->db));
    err e = arena_guard(check_work, im);
    db_rollback(im->db);
    TRY(e);
    faults_sort(&im->faults);
    count_rows(im);
    if (im->out->faults && !im->o->skip_bad)
        return err_set(ERR_INVALID, N_("Nothing was imported. Correct what is listed, or leave those rows out with --skip-bad."));
    return write_rows(im, pool);
}

err import_files(struct db_pool *pool, const struct import_options *o, struct import_report *out)
{
    struct arena rows, scratch;
    arena_init(&rows, IMPORT_MEMORY);
    arena_init(&scratch, (isize)256 << 20);
    *out = (struct import_report){0};
    struct importer *im = mem_alloc((isize)sizeof *im);
    if (!im) return err_set(ERR_MEMORY, N_("There is not enough memory to import."));
    i64 now = now_ms(), today = day_of_ms(now);
    *im = (struct importer){.o = o, .out = out, .arena = &rows, .scratch = &scratch, .faults = {.arena = o->arena, .report = out}, .today = today,
                            .from_day = o->from_day == IMPORT_TODAY ? today : o->from_day, .now = now};
    for (int k = 0; k < IMPORT_KINDS; k++) im->table[k] = (struct table){.kind = &import_kinds[k], .arena = &rows};
    err e = check_and_write(im, pool);
    mem_free(im);
    arena_clear(&scratch);
    arena_clear(&rows);
    return e;
}
