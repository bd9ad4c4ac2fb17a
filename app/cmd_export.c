/* cmd_export.c -- a kind as CSV, to a file that appears whole or not at all. */
#include <errno.h>
#include <unistd.h>

#include "app/app.h"
#include "import/export.h"

struct export_args { struct db *db; struct arena arena; const char *kind; FILE *out; i64 rows; };

static err run(void *arg)
{
    struct export_args *x = arg;
    return export_kind(x->db, &x->arena, x->kind, x->out, &x->rows);
}

static err export_to(const struct config *c, struct export_args *x)
{
    struct db_pool *pool;
    TRY(app_open(c, 1, false, true, &pool));
    arena_init(&x->arena, 16 << 20);
    err e = db_begin(pool, DB_READ, &x->db);
    if (e == OK) {
        e = arena_guard(run, x);
        db_rollback(x->db);
    }
    arena_clear(&x->arena);
    db_pool_close(pool);
    if (e == OK && fflush(x->out) != 0) e = err_detail(ERR_IO, N_("The file could not be written."), "%s", strerrordesc_np(errno));
    return e;
}

int cmd_export(int argc, char **argv, const struct config *c)
{
    struct flags f = {argc, 2, argv};
    str path = {0};
    if (argc < 2) {
        fputs("usage: igot export KIND [--out FILE]\nkinds:", stderr);
        for (const char *const *k = export_kinds; *k; k++) fprintf(stderr, " %s", *k);
        fputc('\n', stderr);
        return EXIT_USAGE;
    }
    while (f.at < f.argc) {
        if (flag_value(&f, "out", &path)) continue;
        fprintf(stderr, "igot export: what is \"%s\"? See igot export --help\n", argv[f.at]);
        return EXIT_USAGE;
    }
    const char *final = path.len ? str_z(c->arena, path) : NULL;
    const char *part = final ? str_z(c->arena, str_format(c->arena, "%s.part", final)) : NULL;
    struct export_args x = {.kind = argv[1], .out = part ? fopen(part, "we") : stdout};
    if (!x.out) return app_fail("export", err_detail(ERR_IO, N_("The file could not be written."), "%s: %s", part, strerrordesc_np(errno)));
    err e = export_to(c, &x);
    if (part) {
        if (e == OK && fsync(fileno(x.out)) != 0) e = err_detail(ERR_IO, N_("The file could not be written."), "%s", strerrordesc_np(errno));
        fclose(x.out);
        if (e == OK && rename(part, final) != 0) e = err_detail(ERR_IO, N_("The file could not be written."), "%s: %s", final, strerrordesc_np(errno));
        if (e != OK) unlink(part);
    }
    if (e != OK) return app_fail("export", e);
    fprintf(stderr, "export: %lld rows\n", (long long)x.rows);
    return EXIT_DONE;
}
