/* cmd_doctor.c -- what is wrong with this installation and how to mend it: one line a check. Changes nothing. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/app.h"
#include "app_sql.h"
#include "auth/auth.h"
#include "db/migrate.h"

enum verdict { FINE, WARNING, WRONG };

struct doctor {
    const struct config *c;
    struct arena arena;
    struct db_pool *pool;
    struct db *db;
    int schema; /* have; what needs tables is left out below 1 */
    int wrong, warnings;
};

static const i64 MIB = 1 << 20;
static const i64 ID_EPOCH = 1577836800000; /* of base/ident.c */

/* `remedy` is read only where something is not fine. */
static void say(struct doctor *d, enum verdict v, const char *what, str found, const char *remedy)
{
    static const char *const word[] = {"ok     ", "warning", "wrong  "};
    printf("%s  %-16s %.*s", word[v], what, STR_ARGS(found));
    if (v != FINE) printf(". %s", remedy);
    putchar('\n');
    d->wrong += v == WRONG;
    d->warnings += v == WARNING;
}

static void failed(struct doctor *d, const char *what, err e)
{
    say(d, WRONG, what, str_format(&d->arena, "this could not be looked at: %s (%s)", err_message()[0] ? err_message() : err_name(e), err_log()), "Mend that first, then run doctor again.");
}

/* ---- the database ---- */

static err check_engine(struct doctor *d)
{
    struct app_engine_version_row v;
    TRY(app_sql_engine_version(d->db, &d->arena, &v));
    bool lite = db_engine(d->db) == DB_SQLITE;
    say(d, FINE, "database", str_format(&d->arena, "%s %.*s answers", lite ? "SQLite" : "PostgreSQL", STR_ARGS(v.words)), "");
    return OK;
}

static err check_durability(struct doctor *d)
{
    static const char *const settings[] = {"fsync", "synchronous_commit", "full_page_writes"};
    if (db_engine(d->db) == DB_SQLITE) return OK; /* our own connections set it */
    for (isize i = 0; i < COUNT_OF(settings); i++) {
        struct app_engine_setting_row s;
        TRY(app_sql_engine_setting(d->db, &d->arena, str_of(settings[i]), &s));
        bool on = str_eq(s.value, S("on")) || str_starts(s.value, S("remote_")) || str_eq(s.value, S("local"));
        say(d, on ? FINE : WRONG, settings[i], s.value, "What was acknowledged can be lost in a power cut: set it to on in postgresql.conf and reload the server.");
    }
    return OK;
}

static err check_integrity(struct doctor *d)
{
    struct app_quick_check_rows lines;
    struct app_foreign_faults_row faults;
    if (db_engine(d->db) == DB_POSTGRES) return OK;
    TRY(app_sql_quick_check(d->db, &d->arena, &lines));
    bool good = lines.count == 1 && str_eq(lines.row[0].line, S("ok"));
    say(d, good ? FINE : WRONG, "integrity", good ? S("the file is whole") : lines.count ? lines.row[0].line : S("no answer"),
        "Stop the server, keep a copy of the file, and restore the newest backup (igot restore).");
    if (!good) return OK;
    TRY(app_sql_foreign_faults(d->db, &d->arena, &faults));
    say(d, faults.n ? WRONG : FINE, "references", faults.n ? str_format(&d->arena, "%lld rows refer to what is not there", (long long)faults.n) : S("every row's are there"),
        "Somebody has changed the file by other means; restore the newest backup (igot restore).");
    return OK;
}

/* ---- disk ---- */

static void disk_line(struct doctor *d, const char *what, const char *path)
{
    struct statvfs s;
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    while (statvfs(folder, &s) != 0) { /* not there yet: what holds it */
        char *slash = strrchr(folder, '/');
        if (slash == folder || !slash) {
            snprintf(folder, sizeof folder, "%s", slash ? "/" : ".");
            if (statvfs(folder, &s) == 0) break;
            say(d, WRONG, what, str_format(&d->arena, "%s: %s", path, strerrordesc_np(errno)), "Check the path.");
            return;
        }
        *slash = 0;
    }
    i64 free = (i64)s.f_bavail * (i64)s.f_frsize, all = (i64)s.f_blocks * (i64)s.f_frsize;
    enum verdict v = free < 64 * MIB ? WRONG : free < 1024 * MIB || (all > 0 && free < all / 50) ? WARNING : FINE;
    say(d, v, what, str_format(&d->arena, "%lld MiB free of %lld in %s", (long long)(free / MIB), (long long)(all / MIB), folder),
        "Free some space or move the folder to a larger disk: a full disk stops every write, though what was saved is safe.");
}

static void check_disk(struct doctor *d)
{
    if (str_starts(d->c->db, S("sqlite:"))) disk_line(d, "disk, database", str_z(&d->arena, str_slice(d->c->db, 7, -1)));
    else say(d, FINE, "disk, database", S("on the PostgreSQL server: look there"), "");
    disk_line(d, "disk, media", str_z(&d->arena, d->c->media));
}

static void check_wal(struct doctor *d)
{
    struct stat st;
    if (!str_starts(d->c->db, S("sqlite:"))) return;
    const char *wal = str_z(&d->arena, str_format(&d->arena, "%.*s-wal", STR_ARGS(str_slice(d->c->db, 7, -1))));
    i64 size = stat(wal, &st) == 0 ? st.st_size : 0;
    say(d, size > 256 * MIB ? WARNING : FINE, "log of changes", str_format(&d->arena, "%lld MiB", (long long)(size / MIB)),
        "Something reads for very long and keeps it from being folded in: end long exports and backups, or start the server again.");
}

/* ---- what the tables say ---- */

static err check_clock(struct doctor *d)
{
    struct app_newest_id_row newest;
    struct app_node_time_row its;
    TRY(app_sql_newest_id(d->db, &d->arena, &newest));
    TRY(app_sql_node_time(d->db, &d->arena, &its));
    i64 made = (newest.id >> 22) + ID_EPOCH, ahead = made - now_ms(), apart = its.ms - now_ms();
    bool bad = newest.id && ahead > 86400000; /* simulate makes a day's records as at noon; up to a day ahead, id_above keeps the order */
    say(d, bad ? WRONG : FINE, "clock", bad ? str_format(&d->arena, "the newest record was made at %.*s, which is still to come", STR_ARGS(ms_iso(&d->arena, made))) : S("not behind the newest record"),
        "This machine's clock is behind, or was ahead: set it by NTP (timedatectl set-ntp true).");
    if (db_engine(d->db) == DB_POSTGRES)
        say(d, apart > 5000 || apart < -5000 ? WARNING : FINE, "clock, server", str_format(&d->arena, "%lld ms from this machine's", (long long)apart), "Set both clocks by NTP.");
    return OK;
}

static err check_nodes(struct doctor *d)
{
    struct app_nodes_rows held;
    struct app_node_time_row now;
    i64 lapsed = 0;
    TRY(app_sql_nodes(d->db, &d->arena, &held));
    TRY(app_sql_node_time(d->db, &d->arena, &now));
    for (isize i = 0; i < held.count; i++) lapsed += held.row[i].until < now.ms;
    say(d, held.count - lapsed > 900 ? WARNING : FINE, "programs", str_format(&d->arena, "%lld running, %lld ended without saying so", (long long)(held.count - lapsed), (long long)lapsed),
        "1,024 may use one database at once: end some.");
    return OK;
}

static bool is_loopback(str listen)
{
    return str_starts(listen, S("127.")) || str_starts(listen, S("localhost:")) || str_starts(listen, S("[::1]:"));
}

static err check_demo(struct doctor *d)
{
    bool has;
    TRY(auth_has_demo(d->db, &has));
    bool open = has && (!is_loopback(d->c->listen) || d->c->public_url.len);
    say(d, open ? WRONG : FINE, "demo accounts", !has ? S("none") : open ? S("there, on a public address, and their passwords are public") : S("there, on a loopback address only"),
        "Make a database without them (igot init without --demo), or listen on 127.0.0.1.");
    return OK;
}

static bool media_there(struct doctor *d, str name)
{
    return access(str_z(&d->arena, str_format(&d->arena, "%.*s/%.*s", STR_ARGS(d->c->media), STR_ARGS(name))), R_OK) == 0;
}

/* A module names its file and perhaps, after a space, its captions. */
static err check_media(struct doctor *d)
{
    struct app_module_files_rows files;
    i64 named = 0, missing = 0;
    str first = {0}, rest, one;
    TRY(app_sql_module_files(d->db, &d->arena, &files));
    for (isize i = 0; i < files.count; i++) {
        rest = files.row[i].file;
        while (rest.len && str_cut(&rest, ' ', &one)) {
            if (!one.len) continue;
            named++;
            if (media_there(d, one)) continue;
            if (missing++ == 0) first = one;
        }
    }
    say(d, missing ? WRONG : FINE, "media files",
        missing ? str_format(&d->arena, "%lld of %lld are missing from %.*s, the first being %.*s", (long long)missing, (long long)named, STR_ARGS(d->c->media), STR_ARGS(first))
                : str_format(&d->arena, "%lld named, all there", (long long)named),
        "Restore them from a backup, or import the courses again; if the folder is elsewhere, name it with --media.");
    return OK;
}

static err check_jobs(struct doctor *d)
{
    struct app_failed_jobs_rows jobs;
    TRY(app_sql_failed_jobs(d->db, &d->arena, &jobs));
    str found = S("none failed");
    if (jobs.count) {
        const struct app_failed_jobs_row *j = &jobs.row[0];
        found = str_format(&d->arena, "%lld failed, last %.*s %.*s: %.*s", (long long)jobs.count, STR_ARGS(j->kind), STR_ARGS(j->argument), STR_ARGS(j->message));
    }
    say(d, jobs.count ? WARNING : FINE, "jobs", found, "Mend what the message names; the daily job of the next day does all that was left, and igot recount does it now.");
    return OK;
}

static void check_audit(struct doctor *d)
{
    struct audit_verdict v;
    err e = audit_verify(d->pool, &v);
    if (e != OK) {
        failed(d, "audit log", e);
        return;
    }
    say(d, v.broken_at ? WRONG : FINE, "audit log", v.broken_at ? str_format(&d->arena, "broken at row %lld: %s", (long long)v.broken_at, v.what) : str_format(&d->arena, "%lld rows, whole", (long long)v.rows),
        "Somebody has changed it by other means: keep the file, compare it with a backup, and find out who.");
}

/* ---- memory ---- */

static i64 memory_available(void)
{
    char line[256];
    long long kib = -1;
    FILE *f = fopen("/proc/meminfo", "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %lld kB", &kib) == 1) break;
    if (f) fclose(f);
    return kib < 0 ? -1 : kib * 1024;
}

static void check_memory(struct doctor *d)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    i64 at_once = cores / 2 > 1 ? cores / 2 : 1, need = at_once * 20 * MIB, have = memory_available();
    if (have < 0) return;
    say(d, have < need + 64 * MIB ? WARNING : FINE, "memory", str_format(&d->arena, "%lld MiB available; checking passwords takes up to %lld", (long long)(have / MIB), (long long)(need / MIB)),
        "Sign-ins may fail: give the machine more memory or end other programs.");
}

/* ---- all together ---- */

static void in_read(struct doctor *d, const char *what, err (*check)(struct doctor *))
{
    err e = db_begin(d->pool, DB_READ, &d->db);
    if (e == OK) {
        e = check(d);
        db_rollback(d->db);
    }
    if (e != OK) failed(d, what, e);
}

static bool check_schema(struct doctor *d)
{
    struct migrate_status s;
    err e = migrate_status(d->pool, &s);
    if (e != OK) {
        failed(d, "schema", e);
        return false;
    }
    d->schema = s.have;
    say(d, s.have == s.want ? FINE : WRONG, "schema", str_format(&d->arena, "%d of %d", s.have, s.want), s.have ? "Take a backup, then run igot migrate." : "The database is empty: igot init makes it ready.");
    return s.have == s.want;
}

static err examine(void *arg)
{
    struct doctor *d = arg;
    check_disk(d);
    check_memory(d);
    struct db_options o = {.url = d->c->db, .readers = 1, .writers = 1};
    err e = db_pool_open(&o, &d->pool);
    if (e != OK) {
        say(d, WRONG, "database", str_format(&d->arena, "%s (%s)", err_message(), err_log()), "Check --db, that the server runs and that you may read the file.");
        return OK;
    }
    in_read(d, "database", check_engine);
    in_read(d, "durability", check_durability);
    in_read(d, "integrity", check_integrity);
    check_wal(d);
    if (!check_schema(d)) return OK; /* the rest reads tables */
    in_read(d, "clock", check_clock);
    in_read(d, "programs", check_nodes);
    in_read(d, "demo accounts", check_demo);
    in_read(d, "media files", check_media);
    in_read(d, "jobs", check_jobs);
    check_audit(d);
    return OK;
}

int cmd_doctor(int argc, char **argv, const struct config *c)
{
    if (argc > 1) {
        fprintf(stderr, "igot doctor: what is \"%s\"? See igot doctor --help\n", argv[1]);
        return EXIT_USAGE;
    }
    struct doctor d = {.c = c};
    arena_init(&d.arena, 64 << 20);
    err e = arena_guard(examine, &d);
    if (d.pool) db_pool_close(d.pool);
    arena_clear(&d.arena);
    if (e != OK) return app_fail("doctor", e);
    if (d.wrong) printf("%d wrong, %d to be watched\n", d.wrong, d.warnings);
    else printf("nothing is wrong%s\n", d.warnings ? "; see the warnings" : "");
    return d.wrong ? EXIT_FAULT : EXIT_DONE;
}
