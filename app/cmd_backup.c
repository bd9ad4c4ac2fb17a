/* cmd_backup.c -- the database and its media folder into one file beside a live server, and back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/archive.h"
#include "app/child.h"
#include "app_sql.h"
#include "db/migrate.h"

enum { COMMAND_MEMORY = 512 << 20 };

static err at_fault(const char *message, const char *path)
{
    return err_detail(errno == ENOSPC ? ERR_FULL : ERR_IO, message, "%s: %s", path, strerrordesc_np(errno));
}

/* Makes every folder that leads to `path`. */
static void make_folders(struct arena *a, str path)
{
    for (isize i = 1; i < path.len; i++)
        if (path.data[i] == '/') mkdir(str_z(a, str_slice(path, 0, i)), 0750);
}

/* ---- backup ---- */

struct backup {
    const struct config *c;
    struct arena arena;
    const char *path, *copy; /* copy: the database's, beside the backup; removed at the end */
    struct archive_out out;
    struct progress progress;
    isize files;
};

static err dump_postgres(struct backup *b)
{
    const char *where, *password;
    pid_t pid;
    TRY(child_connection(&b->arena, b->c->db, &where, &password));
    const char *const argv[] = {"pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", b->copy, "--dbname", where, NULL};
    TRY(child_start(&b->arena, argv, password, NULL, &pid));
    return child_wait(pid, "pg_dump");
}

static err copy_database(struct backup *b, enum db_engine *engine, int *schema)
{
    struct db_pool *pool;
    struct migrate_status s;
    TRY(app_open(b->c, 1, false, false, &pool));
    *engine = db_pool_engine(pool);
    err e = migrate_status(pool, &s);
    *schema = s.have;
    if (e == OK && s.have == 0) e = err_set(ERR_INVALID, N_("This database is empty: there is nothing to back up."));
    unlink(b->copy); /* of a backup that was killed */
    umask(077);
    if (e == OK) e = *engine == DB_SQLITE ? db_snapshot(pool, b->copy) : dump_postgres(b);
    app_close(pool);
    return e;
}

struct media { const char **name; isize count, room; i64 bytes; };

/* Listed after the copy of the database: what that names was there before. */
static err list_media(struct backup *b, const char *folder, struct media *m)
{
    DIR *d = opendir(folder);
    if (!d) return errno == ENOENT ? OK : at_fault(N_("The media folder cannot be read."), folder);
    for (struct dirent *at; (at = readdir(d)) != NULL;) {
        struct stat st;
        if (at->d_name[0] == '.' || str_ends(str_of(at->d_name), S(".part"))) continue;
        if (fstatat(dirfd(d), at->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
        if (m->count == m->room) {
            const char **grown = ARENA_ARRAY(&b->arena, const char *, m->room ? 2 * m->room : 64);
            if (m->count) memcpy(grown, m->name, (size_t)m->count * sizeof *grown);
            m->name = grown;
            m->room = m->room ? 2 * m->room : 64;
        }
        m->name[m->count++] = str_z(&b->arena, str_of(at->d_name));
        m->bytes += st.st_size;
    }
    closedir(d);
    return OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static err backup_work(void *arg)
{
    struct backup *b = arg;
    enum db_engine engine;
    int schema;
    struct stat st;
    struct media media = {0};
    const char *folder = str_z(&b->arena, b->c->media);
    TRY(copy_database(b, &engine, &schema));
    TRY(list_media(b, folder, &media));
    if (media.count) qsort(media.name, (size_t)media.count, sizeof *media.name, by_name);
    if (stat(b->copy, &st) != 0) return at_fault(N_("The database's copy is not there."), b->copy);
    b->out.progress = &b->progress;
    b->out.total = st.st_size + media.bytes;
    TRY(archive_create(&b->out, &b->arena, b->path, engine, schema, now_ms()));
    TRY(archive_add(&b->out, "database", b->copy));
    for (isize i = 0; i < media.count; i++)
        TRY(archive_add(&b->out, str_z(&b->arena, str_format(&b->arena, "media/%s", media.name[i])), str_z(&b->arena, str_format(&b->arena, "%s/%s", folder, media.name[i]))));
    b->files = media.count;
    return archive_finish(&b->out);
}

int cmd_backup(int argc, char **argv, const struct config *c)
{
    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: igot backup FILE\n", stderr);
        return EXIT_USAGE;
    }
    struct backup b = {.c = c, .path = argv[1], .out = {.fd = -1}};
    arena_init(&b.arena, COMMAND_MEMORY);
    b.copy = str_z(c->arena, str_format(c->arena, "%s.part-database", b.path));
    progress_begin(&b.progress, "backup");
    err e = arena_guard(backup_work, &b);
    archive_abandon(&b.out);
    unlink(b.copy);
    arena_clear(&b.arena);
    if (e != OK) return app_fail("backup", e);
    progress_end(&b.progress, b.out.done);
    printf("backup: %s: the database and %lld media files, %lld bytes\n", b.path, (long long)b.files, (long long)b.out.done);
    return EXIT_DONE;
}

/* ---- restore ---- */

struct restore {
    const struct config *c;
    struct arena arena;
    struct archive archive;
    struct progress progress;
    struct db *db;
};

static err count_tables(void *arg)
{
    struct restore *r = arg;
    struct app_table_count_row row;
    TRY(app_sql_table_count(r->db, &r->arena, &row));
    if (row.n == 0) return OK;
    return err_detail(ERR_CONFLICT, N_("The database is not empty, so nothing was changed. Restore into a new one: name it with --db, or move the old one away first."), "%.*s", STR_ARGS(r->c->db));
}

static err refuse_filled(struct restore *r)
{
    struct db_options o = {.url = r->c->db, .readers = 1, .writers = 1, .create = false};
    struct db_pool *pool;
    err e = db_pool_open(&o, &pool);
    if (e == ERR_NOT_FOUND) return OK; /* no file yet */
    if (e == ERR_CORRUPT) return err_set(ERR_CONFLICT, N_("What is there is no database of this igot, so nothing was changed. Restore into a new one: name it with --db, or move the old one away first."));
    TRY(e);
    e = db_begin(pool, DB_READ, &r->db);
    if (e == OK) {
        e = arena_guard(count_tables, r);
        db_rollback(r->db);
    }
    db_pool_close(pool);
    return e;
}

static err refuse_misfit(struct restore *r)
{
    bool here = str_starts(r->c->db, S("sqlite:"));
    if (here != (r->archive.engine == DB_SQLITE))
        return err_set(ERR_INVALID, here ? N_("This backup is of a PostgreSQL database. Name one with --db postgres://…")
                                         : N_("This backup is of a SQLite database. Name one with --db sqlite:PATH."));
    if (r->archive.schema > migration_count)
        return err_detail(ERR_INVALID, N_("This backup was made by a newer igot. Restore it with that version or a later one; nothing was changed."), "schema %lld, this program knows %d",
                          (long long)r->archive.schema, migration_count);
    return refuse_filled(r);
}

/* Written, synced, renamed: it is there whole or not at all. */
static err extract_to(struct restore *r, const struct archive_entry *e, const char *path)
{
    const char *part = str_z(&r->arena, str_format(&r->arena, "%s.part", path));
    int fd = open(part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return at_fault(N_("A file could not be written."), part);
    err bad = archive_extract(&r->archive, e, fd);
    if (bad == OK && fsync(fd) != 0) bad = at_fault(N_("A file could not be written."), part);
    close(fd);
    if (bad == OK && rename(part, path) != 0) bad = at_fault(N_("A file could not be written."), path);
    if (bad != OK) unlink(part);
    return bad;
}

static err restore_media(struct restore *r)
{
    str folder = r->c->media;
    i64 done = 0;
    const char *last = NULL;
    for (isize i = 1; i < r->archive.count; i++) {
        const struct archive_entry *e = &r->archive.entry[i];
        str name = str_slice(e->name, 6, -1);
        last = str_z(&r->arena, str_format(&r->arena, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(name)));
        if (i == 1) make_folders(&r->arena, str_of(last));
        TRY(extract_to(r, e, last));
        progress_at(&r->progress, done += e->length, r->archive.bytes);
    }
    return last ? archive_sync_folder(&r->arena, last) : OK;
}

static err restore_sqlite(struct restore *r)
{
    str path = str_slice(r->c->db, 7, -1);
    const char *z = str_z(&r->arena, path);
    make_folders(&r->arena, path);
    TRY(extract_to(r, &r->archive.entry[0], z));
    return archive_sync_folder(&r->arena, z);
}

/* One transaction there: what fails leaves the database empty. */
static err restore_postgres(struct restore *r)
{
    const char *where, *password;
    pid_t pid;
    int in;
    TRY(child_connection(&r->arena, r->c->db, &where, &password));
    const char *const argv[] = {"pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname", where, NULL};
    signal(SIGPIPE, SIG_IGN);
    TRY(child_start(&r->arena, argv, password, &in, &pid));
    err sent = archive_extract(&r->archive, &r->archive.entry[0], in);
    close(in);
    err ended = child_wait(pid, "pg_restore");
    return ended != OK ? ended : sent;
}

static err restore_check(struct restore *r)
{
    struct db_pool *pool;
    struct migrate_status s;
    TRY(app_open(r->c, 1, false, false, &pool));
    err e = migrate_status(pool, &s);
    if (e == OK && r->archive.engine == DB_POSTGRES) { /* the planner knows nothing of what came */
        e = db_begin(pool, DB_WRITE, &r->db);
        if (e == OK) {
            e = db_script(r->db, S("ANALYZE"));
            if (e == OK) e = db_commit(r->db);
            else db_rollback(r->db);
        }
    }
    app_close(pool);
    if (e == OK && s.have < s.want) fputs("restore: the backup is of an older igot; run igot migrate before igot serve\n", stderr);
    return e;
}

static err restore_work(void *arg)
{
    struct restore *r = arg;
    progress_begin(&r->progress, "verify");
    TRY(archive_open(&r->archive, &r->arena, r->archive.path, &r->progress));
    progress_end(&r->progress, r->archive.bytes);
    TRY(refuse_misfit(r));
    progress_begin(&r->progress, "restore");
    TRY(restore_media(r));
    TRY(r->archive.engine == DB_SQLITE ? restore_sqlite(r) : restore_postgres(r));
    progress_end(&r->progress, r->archive.bytes);
    return restore_check(r);
}

int cmd_restore(int argc, char **argv, const struct config *c)
{
    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: igot restore FILE\n", stderr);
        return EXIT_USAGE;
    }
    struct restore r = {.c = c, .archive = {.path = argv[1], .fd = -1}};
    arena_init(&r.arena, COMMAND_MEMORY);
    err e = arena_guard(restore_work, &r);
    archive_close(&r.archive);
    i64 files = r.archive.count - 1;
    arena_clear(&r.arena);
    /* A backup that does not verify is an input at fault, not the system. */
    if (e != OK) return app_fail("restore", e) == EXIT_SYSTEM && e != ERR_CORRUPT ? EXIT_SYSTEM : EXIT_FAULT;
    printf("restore: %s: the database and %lld media files\n", argv[1], (long long)files);
    return EXIT_DONE;
}
