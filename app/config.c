/* config.c -- settings by flag, environment, file, in that order; and what every command shares. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "db/migrate.h"

enum { FILE_MAX = 64 * 1024 };

/* One setting: its flag and file name, its variable. */
struct setting { const char *name, *variable; size_t offset; enum { SET_STR, SET_INT, SET_ON, SET_OFF } type; };

static const struct setting settings[] = {
    {"db", "IGOT_DB", offsetof(struct config, db), SET_STR},
    {"listen", "IGOT_LISTEN", offsetof(struct config, listen), SET_STR},
    {"media", "IGOT_MEDIA", offsetof(struct config, media), SET_STR},
    {"public-url", "IGOT_PUBLIC_URL", offsetof(struct config, public_url), SET_STR},
    {"trusted-proxies", "IGOT_TRUSTED_PROXIES", offsetof(struct config, trusted_proxies), SET_STR},
    {"metrics-token", "IGOT_METRICS_TOKEN", offsetof(struct config, metrics_token), SET_STR},
    {"workers", "IGOT_WORKERS", offsetof(struct config, workers), SET_INT},
    {"allow-demo-public", "IGOT_ALLOW_DEMO_PUBLIC", offsetof(struct config, allow_demo_public), SET_ON},
    {"no-access-log", "IGOT_NO_ACCESS_LOG", offsetof(struct config, access_log), SET_OFF},
};

static err put(struct config *c, const struct setting *s, str value)
{
    char *at = (char *)c + s->offset;
    bool on = !str_eq(value, S("0")) && !str_eq(value, S("no")) && !str_eq(value, S("false"));
    switch (s->type) {
    case SET_STR: *(str *)at = str_dup(c->arena, value); return OK;
    case SET_INT:
        if (str_to_i64(value, (i64 *)at) && *(i64 *)at > 0 && *(i64 *)at <= 1024) return OK;
        return err_detail(ERR_INVALID, N_("A setting must be a whole number between 1 and 1024."), "%s = \"%.*s\"", s->name, STR_ARGS(value));
    case SET_ON: *(bool *)at = on; return OK;
    case SET_OFF: *(bool *)at = !on; return OK;
    }
    return ERR_BUG;
}

static const struct setting *find(str name)
{
    for (isize i = 0; i < COUNT_OF(settings); i++)
        if (str_eq(name, str_of(settings[i].name))) return &settings[i];
    return NULL;
}

static err read_line(struct config *c, const char *path, int number, str line)
{
    str value = str_trim(line), name;
    if (value.len == 0 || value.data[0] == '#') return OK;
    str_cut(&value, '=', &name);
    const struct setting *s = find(str_trim(name));
    if (!s || !value.data) return err_detail(ERR_INVALID, N_("The settings file has a line that is no setting; each reads `name = value`."), "%s:%d", path, number);
    return put(c, s, str_trim(value));
}

static err read_settings_file(struct config *c, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f) return err_detail(ERR_INVALID, N_("The settings file cannot be read."), "%s: %s", path, strerrordesc_np(errno));
    char *text = arena_alloc(c->arena, FILE_MAX, 1);
    size_t n = fread(text, 1, FILE_MAX, f);
    fclose(f);
    str rest = str_n(text, (isize)n), line;
    for (int number = 1; str_cut(&rest, '\n', &line); number++) TRY(read_line(c, path, number, line));
    return OK;
}

/* The value of "--name=V" or "--name V" at argv[i]; *used words. */
static bool flag_at(char **argv, int argc, int i, const char *name, bool takes_value, str *value, int *used)
{
    str word = str_of(argv[i]), flag = str_of(name);
    if (!str_starts(word, S("--")) || !str_starts(str_slice(word, 2, -1), flag)) return false;
    str rest = str_slice(word, 2 + flag.len, -1);
    *used = 1;
    if (rest.len && rest.data[0] == '=') {
        *value = str_slice(rest, 1, -1);
        return true;
    }
    if (rest.len) return false;
    if (!takes_value) {
        *value = S("1");
        return true;
    }
    if (i + 1 >= argc) return false;
    *value = str_of(argv[i + 1]);
    *used = 2;
    return true;
}

static err read_flags(struct config *c, int *argc, char **argv)
{
    int kept = 1;
    for (int i = 1; i < *argc;) {
        str value;
        int used = 0;
        for (isize k = 0; k < COUNT_OF(settings) && !used; k++)
            if (flag_at(argv, *argc, i, settings[k].name, settings[k].type <= SET_INT, &value, &used)) TRY(put(c, &settings[k], value));
            else used = 0;
        if (!used && flag_at(argv, *argc, i, "config", true, &value, &used) && used) { /* read before */
        } else if (!used) {
            argv[kept++] = argv[i];
            used = 1;
        }
        i += used;
    }
    *argc = kept;
    return OK;
}

static err read_config_file(struct config *c, int argc, char **argv)
{
    str path = str_of(getenv("IGOT_CONFIG"));
    for (int i = 1; i < argc; i++) {
        int used = 0;
        str value;
        if (flag_at(argv, argc, i, "config", true, &value, &used)) path = value;
    }
    return path.len ? read_settings_file(c, str_z(c->arena, path)) : OK;
}

err config_read(struct arena *a, int *argc, char **argv, struct config *out)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *out = (struct config){.db = S("sqlite:var/igot.db"), .listen = S("127.0.0.1:8080"), .workers = 2 * (cores > 0 ? cores : 1), .access_log = true, .arena = a};
    TRY(read_config_file(out, *argc, argv));
    for (isize i = 0; i < COUNT_OF(settings); i++) {
        const char *value = getenv(settings[i].variable);
        if (value && *value) TRY(put(out, &settings[i], str_of(value)));
    }
    TRY(read_flags(out, argc, argv));
    if (!str_starts(out->db, S("sqlite:")) && !str_starts(out->db, S("postgres://")) && !str_starts(out->db, S("postgresql://")))
        return err_detail(ERR_INVALID, N_("The database is named as sqlite:PATH or postgres://…"), "--db %.*s", STR_ARGS(out->db));
    if (!out->media.len) {
        str path = str_starts(out->db, S("sqlite:")) ? str_slice(out->db, 7, -1) : S("var/igot");
        out->media = str_format(a, "%.*s.media", STR_ARGS(path));
    }
    return OK;
}

/* ---- shared by commands ---- */

err app_open(const struct config *c, int readers, bool bulk, bool migrated, struct db_pool **out)
{
    struct db_options o = {.url = c->db, .readers = readers, .writers = bulk ? 1 : 4, .create = false, .bulk = bulk};
    TRY(db_pool_open(&o, out));
    struct migrate_status s;
    err e = migrate_status(*out, &s);
    if (e == OK && migrated && s.have < s.want)
        e = s.have == 0 ? err_set(ERR_INVALID, N_("This database is empty. `igot init` makes it ready."))
                        : err_set(ERR_INVALID, N_("This database was made by an older igot. Take a backup, then run `igot migrate`."));
    if (e == OK) return OK;
    db_pool_close(*out);
    *out = NULL;
    return e;
}

struct lease { struct db_pool *pool; struct arena *arena; };

static err take_lease(void *arg)
{
    struct lease *l = arg;
    return node_lease(l->pool, l->arena);
}

err app_open_to_write(const struct config *c, int readers, bool bulk, struct db_pool **out)
{
    TRY(app_open(c, readers, bulk, true, out));
    struct arena arena;
    arena_init(&arena, 4 << 20);
    struct lease l = {*out, &arena};
    err e = arena_guard(take_lease, &l);
    arena_clear(&arena);
    if (e == OK) return OK;
    db_pool_close(*out);
    *out = NULL;
    return e;
}

void app_close(struct db_pool *pool)
{
    node_release();
    db_pool_close(pool);
}

int app_fail(const char *command, err e)
{
    fprintf(stderr, "igot %s: %s%s%s%s\n", command, err_message()[0] ? err_message() : err_name(e), err_log()[0] ? " (" : "", err_log(), err_log()[0] ? ")" : "");
    return e == ERR_INVALID || e == ERR_NOT_FOUND || e == ERR_CONFLICT ? EXIT_FAULT : EXIT_SYSTEM;
}

void progress_begin(struct progress *p, const char *what)
{
    *p = (struct progress){what, 0, isatty(STDERR_FILENO) != 0};
}

void progress_at(struct progress *p, i64 done, i64 total)
{
    i64 now = mono_us();
    if (now - p->last_us < (p->terminal ? 100000 : 1000000)) return;
    p->last_us = now;
    if (!p->terminal) {
        fprintf(stderr, "%s: %lld of %lld\n", p->what, (long long)done, (long long)total);
        return;
    }
    char bar[31];
    int full = total > 0 ? (int)(30 * done / total) : 0;
    for (int i = 0; i < 30; i++) bar[i] = i < full ? '#' : '.';
    bar[30] = 0;
    fprintf(stderr, "\r%s [%s] %lld of %lld ", p->what, bar, (long long)done, (long long)total);
}

void progress_end(struct progress *p, i64 done)
{
    fprintf(stderr, "%s%s: %lld done%s\n", p->terminal ? "\r" : "", p->what, (long long)done, p->terminal ? "                                        " : "");
}

bool flag_is(struct flags *f, const char *name)
{
    str value;
    int used;
    if (f->at >= f->argc || !flag_at(f->argv, f->argc, f->at, name, false, &value, &used)) return false;
    f->at += used;
    return true;
}

bool flag_value(struct flags *f, const char *name, str *value)
{
    int used;
    if (f->at >= f->argc || !flag_at(f->argv, f->argc, f->at, name, true, value, &used)) return false;
    f->at += used;
    return true;
}
