/* power_loss_test.c -- the power goes at a random moment, two hundred times: what was acknowledged is there, whole, and the database is sound.
**
** A VFS over the default one keeps, for each path (not each handle: the shared sync goes through another connection's), what is surely on disk and what was
** written since the last sync. At a random write the power goes: of what was not synced a random part is kept, the last piece perhaps torn. The program runs in a child
** process with four writers, each of which reports a commit as acknowledged once db_commit has returned. Disk contents, so made, are then opened by plain SQLite.
** A disk that lies about syncing must be found out by the same check. */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "db/db.h"

enum { WRITERS = 4, ROUNDS = 200, LIAR_ROUNDS = 20, FILES = 8, SECTOR = 512, PATH_BYTES = 256 };

/* ---- the disk ---- */

struct pending { struct pending *next; i64 at, len; u8 data[]; }; /* len -1: cut to `at` bytes */
struct file {
    char path[PATH_BYTES];
    u8 *sure; /* what is on disk for certain */
    i64 len, room;
    struct pending *first, **last;
    bool named; /* its folder entry was synced */
};

static struct {
    pthread_mutex_t lock;
    struct file file[FILES];
    i64 left; /* operations until the power goes */
    bool lies;
    struct rng rng;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void sure_put(struct file *f, i64 at, const u8 *data, i64 n)
{
    if (at + n > f->room) {
        i64 room = 2 * (at + n);
        f->sure = mem_resize(f->sure, room);
        ASSERT(f->sure);
        memset(f->sure + f->room, 0, (size_t)(room - f->room));
        f->room = room;
    }
    memcpy(f->sure + at, data, (size_t)n);
    if (at + n > f->len) f->len = at + n;
}

static void sure_cut(struct file *f, i64 len)
{
    if (len < f->len) memset(f->sure + len, 0, (size_t)(f->len - len));
    f->len = len;
}

static void settle(struct file *f)
{
    for (struct pending *p = f->first, *next; p; p = next) {
        next = p->next;
        if (p->len < 0) sure_cut(f, p->at);
        else sure_put(f, p->at, p->data, p->len);
        mem_free(p);
    }
    f->first = NULL;
    f->last = &f->first;
}

static void image_write(struct file *f)
{
    if (!f->named && rng_below(&disk.rng, 2)) {
        unlink(f->path);
        return;
    }
    /* Any part of what was not synced may have reached the platter. */
    i64 keep = rng_below(&disk.rng, 4); /* none, some, most, all in order up to a point */
    for (struct pending *p = f->first; p; p = p->next) {
        if (keep == 0 || (keep < 3 && rng_below(&disk.rng, 3) >= keep)) continue;
        if (keep == 3 && rng_below(&disk.rng, 20) == 0) break;
        if (p->len < 0) sure_cut(f, p->at);
        else {
            i64 n = rng_below(&disk.rng, 4) ? p->len : rng_below(&disk.rng, p->len / SECTOR + 1) * SECTOR;
            sure_put(f, p->at, p->data, n < p->len ? n : p->len);
        }
    }
    int fd = open(f->path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ASSERT(fd >= 0);
    for (i64 done = 0; done < f->len;) {
        ssize_t n = write(fd, f->sure + done, (size_t)(f->len - done));
        ASSERT(n > 0);
        done += n;
    }
    close(fd);
}

/* Called with the lock held, which is never given back: nothing more happens on this disk. */
static void power_goes(void)
{
    for (int i = 0; i < FILES; i++)
        if (disk.file[i].path[0]) image_write(&disk.file[i]);
    _exit(0);
}

static void step(void)
{
    if (--disk.left == 0) power_goes();
}

static struct file *file_of(const char *path)
{
    struct file *empty = NULL;
    for (int i = 0; i < FILES; i++) {
        struct file *f = &disk.file[i];
        if (strcmp(f->path, path) == 0) return f;
        if (!f->path[0] && !empty) empty = f;
    }
    ASSERT(empty);
    snprintf(empty->path, sizeof empty->path, "%s", path);
    empty->last = &empty->first;
    int fd = open(path, O_RDONLY);
    if (fd < 0) return empty;
    u8 chunk[65536];
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;) sure_put(empty, empty->len, chunk, n);
    close(fd);
    empty->named = empty->len > 0;
    return empty;
}

static void pend(struct file *f, i64 at, const void *data, i64 len)
{
    struct pending *p = mem_alloc((isize)sizeof *p + (len > 0 ? len : 0));
    ASSERT(p);
    *p = (struct pending){.at = at, .len = len};
    if (len > 0) memcpy(p->data, data, (size_t)len);
    *f->last = p;
    f->last = &p->next;
}

/* ---- the VFS ---- */

struct shim { sqlite3_file base; struct file *file; sqlite3_file *real; };
static sqlite3_vfs *real_vfs;

#define REAL(f) (((struct shim *)(f))->real)
#define METHOD(f, m) REAL(f)->pMethods->m
static int shim_close(sqlite3_file *f) { int rc = METHOD(f, xClose)(REAL(f)); sqlite3_free(REAL(f)); return rc; }
static int shim_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) { return METHOD(f, xRead)(REAL(f), to, n, at); }

static int shim_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    struct shim *s = (struct shim *)f;
    pthread_mutex_lock(&disk.lock);
    if (s->file) {
        pend(s->file, at, data, n);
        step();
    }
    int rc = METHOD(f, xWrite)(REAL(f), data, n, at);
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct shim *s = (struct shim *)f;
    pthread_mutex_lock(&disk.lock);
    if (s->file) {
        pend(s->file, size, NULL, -1);
        step();
    }
    int rc = METHOD(f, xTruncate)(REAL(f), size);
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int shim_sync(sqlite3_file *f, int flags)
{
    struct shim *s = (struct shim *)f;
    UNUSED(flags);
    pthread_mutex_lock(&disk.lock);
    if (s->file) {
        step();
        if (!disk.lies) settle(s->file);
        s->file->named = true;
    }
    pthread_mutex_unlock(&disk.lock);
    return SQLITE_OK;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *n) { return METHOD(f, xFileSize)(REAL(f), n); }
static int shim_lock(sqlite3_file *f, int l) { return METHOD(f, xLock)(REAL(f), l); }
static int shim_unlock(sqlite3_file *f, int l) { return METHOD(f, xUnlock)(REAL(f), l); }
static int shim_reserved(sqlite3_file *f, int *r) { return METHOD(f, xCheckReservedLock)(REAL(f), r); }
static int shim_control(sqlite3_file *f, int op, void *arg) { return op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE ? SQLITE_NOTFOUND : METHOD(f, xFileControl)(REAL(f), op, arg); }
static int shim_sector(sqlite3_file *f) { UNUSED(f); return SECTOR; }
static int shim_device(sqlite3_file *f) { UNUSED(f); return 0; } /* promises nothing, not even that a sector is written whole */
static int shim_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) { return METHOD(f, xShmMap)(REAL(f), page, size, extend, out); }
static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags) { return METHOD(f, xShmLock)(REAL(f), at, n, flags); }
static void shim_shm_barrier(sqlite3_file *f) { METHOD(f, xShmBarrier)(REAL(f)); }
static int shim_shm_unmap(sqlite3_file *f, int drop) { return METHOD(f, xShmUnmap)(REAL(f), drop); }
static int shim_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out) { return METHOD(f, xFetch)(REAL(f), at, n, out); }
static int shim_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p) { return METHOD(f, xUnfetch)(REAL(f), at, p); }

static const sqlite3_io_methods shim_methods = {3, shim_close, shim_read, shim_write, shim_truncate, shim_sync, shim_size, shim_lock, shim_unlock, shim_reserved, shim_control,
                                                shim_sector, shim_device, shim_shm_map, shim_shm_lock, shim_shm_barrier, shim_shm_unmap, shim_fetch, shim_unfetch};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct shim *s = (struct shim *)f;
    UNUSED(vfs);
    *s = (struct shim){0};
    s->real = sqlite3_malloc(real_vfs->szOsFile);
    if (!s->real) return SQLITE_NOMEM;
    memset(s->real, 0, (size_t)real_vfs->szOsFile);
    pthread_mutex_lock(&disk.lock);
    if (name && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) s->file = file_of(name);
    int rc = real_vfs->xOpen(real_vfs, name, s->real, flags, out);
    pthread_mutex_unlock(&disk.lock);
    if (s->real->pMethods) s->base.pMethods = &shim_methods;
    else sqlite3_free(s->real);
    return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    UNUSED(vfs);
    return real_vfs->xDelete(real_vfs, name, sync);
}

static sqlite3_vfs shim;

static void shim_register(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    shim = *real_vfs; /* what is not overridden below is given the shim, and the default VFS's functions do not mind */
    shim.szOsFile = (int)sizeof(struct shim);
    shim.zName = "power";
    shim.pNext = NULL;
    shim.xOpen = shim_open;
    shim.xDelete = shim_delete;
    ASSERT(sqlite3_vfs_register(&shim, 0) == SQLITE_OK);
}

/* ---- the program, in a child ---- */

static int add_slot, drop_slot;
static const u8 add_param[] = {DB_I64, DB_I64, DB_I64, DB_I64, DB_BLOB}, drop_param[] = {DB_I64};
static const struct db_statement add = {.name = "power.add", .sqlite = "INSERT INTO t (round, writer, seq, half, load) VALUES (?1, ?2, ?3, ?4, ?5)", .param = add_param, .param_count = 5, .slot = &add_slot};
static const struct db_statement drop = {.name = "power.drop", .sqlite = "DELETE FROM t WHERE round < ?1", .param = drop_param, .param_count = 1, .slot = &drop_slot};

struct ack { int writer, seq; };
struct writer { struct db_pool *pool; int round, number, pipe; };

static err put_half(struct db *db, const struct writer *w, int seq, int half, str load)
{
    const struct db_value v[] = {{.type = DB_I64, .as.i = w->round}, {.type = DB_I64, .as.i = w->number}, {.type = DB_I64, .as.i = seq}, {.type = DB_I64, .as.i = half}, {.type = DB_BLOB, .as.s = load}};
    return db_run(db, &add, v, NULL);
}

static void *writer(void *arg)
{
    struct writer *w = arg;
    static char load[12000];
    struct rng rng = {.state = (u64)(w->round * WRITERS + w->number)};
    for (int seq = 0;; seq++) {
        struct db *db;
        if (db_begin(w->pool, DB_WRITE, &db) != OK) continue;
        err e = put_half(db, w, seq, 0, str_n(load, 1 + rng_below(&rng, (i64)sizeof load)));
        if (e == OK) e = put_half(db, w, seq, 1, str_n(load, 1 + rng_below(&rng, 200)));
        if (e == OK) e = db_commit(db);
        else db_rollback(db);
        struct ack ack = {w->number, seq};
        if (e == OK && write(w->pipe, &ack, sizeof ack) != sizeof ack) _exit(3);
    }
    return NULL;
}

static _Noreturn void program(const char *path, int round, int to, bool lies)
{
    struct db_pool *pool;
    struct db *db;
    char url[PATH_BYTES + 8];
    disk.rng.state = (u64)round * 7919 + 1;
    disk.lies = lies;
    disk.left = 20 + rng_below(&disk.rng, round % 4 ? 600 : 4000);
    snprintf(url, sizeof url, "sqlite:%s", path);
    struct db_options o = {.url = str_of(url), .readers = 1, .create = true, .sqlite_vfs = "power"};
    if (db_pool_open(&o, &pool) != OK) {
        fprintf(stderr, "# round %d: open: %s (%s)\n", round, err_message(), err_log());
        _exit(4);
    }
    const struct db_value old = {.type = DB_I64, .as.i = round - 1};
    err e = db_begin(pool, DB_WRITE, &db);
    if (e == OK) e = db_script(db, S("CREATE TABLE IF NOT EXISTS t (round INTEGER, writer INTEGER, seq INTEGER, half INTEGER, load BLOB, PRIMARY KEY (round, writer, seq, half)) WITHOUT ROWID"));
    if (e == OK) e = db_run(db, &drop, &old, NULL);
    if (e == OK) e = db_commit(db);
    if (e != OK) _exit(5);
    struct writer w[WRITERS];
    pthread_t thread;
    for (int i = 0; i < WRITERS; i++) {
        w[i] = (struct writer){pool, round, i, to};
        if (pthread_create(&thread, NULL, writer, &w[i]) != 0) _exit(6);
    }
    for (;;) pause();
}

/* ---- the check, on copies, so that the files themselves go on as the power left them ---- */

static bool copy(const char *from, const char *to)
{
    char chunk[65536];
    int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ASSERT(out >= 0);
    for (ssize_t n; in >= 0 && (n = read(in, chunk, sizeof chunk)) > 0;) ASSERT(write(out, chunk, (size_t)n) == n);
    close(out);
    if (in < 0) unlink(to);
    else close(in);
    return in >= 0;
}

static i64 ask(sqlite3 *h, const char *sql, char *text, int n)
{
    sqlite3_stmt *s = NULL;
    i64 out = -1;
    if (text) snprintf(text, (size_t)n, "?");
    if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
        out = sqlite3_column_int64(s, 0);
        if (text && sqlite3_column_text(s, 0)) snprintf(text, (size_t)n, "%s", (const char *)sqlite3_column_text(s, 0));
    }
    (void)sqlite3_finalize(s);
    return out;
}

static bool check(const char *path, int round, const int acked[WRITERS], char *why, int n)
{
    char there[PATH_BYTES + 16], wal[PATH_BYTES + 16], sql[256], words[200];
    sqlite3 *h;
    snprintf(there, sizeof there, "%s.copy", path);
    snprintf(wal, sizeof wal, "%s.copy-wal", path);
    snprintf(sql, sizeof sql, "%s-wal", path);
    unlink(wal);
    bool any = false;
    for (int i = 0; i < WRITERS; i++) any |= acked[i] >= 0;
    if (!copy(path, there) && !any) return true;
    copy(sql, wal);
    if (sqlite3_open(there, &h) != SQLITE_OK) {
        snprintf(why, (size_t)n, "it does not open");
        return false;
    }
    bool good = true;
    ask(h, "PRAGMA integrity_check", words, sizeof words);
    if (strcmp(words, "ok") != 0) {
        snprintf(why, (size_t)n, "integrity: %s", words);
        good = false;
    }
    for (int i = 0; good && i < WRITERS; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM t WHERE round = %d AND writer = %d AND seq <= %d", round, i, acked[i]);
        i64 found = acked[i] < 0 ? 0 : ask(h, sql, NULL, 0), want = 2 * ((i64)acked[i] + 1);
        if (found == want) continue;
        snprintf(why, (size_t)n, "writer %d: %lld rows of %lld that were acknowledged", i, (long long)found, (long long)want);
        good = false;
    }
    if (good && any && ask(h, "SELECT count(*) FROM (SELECT 1 FROM t GROUP BY round, writer, seq HAVING count(*) <> 2)", NULL, 0) != 0) {
        snprintf(why, (size_t)n, "half a transaction");
        good = false;
    }
    (void)sqlite3_close(h);
    return good;
}

static bool play(const char *path, int round, bool lies, i64 *acks, char *why, int n)
{
    int pipes[2], acked[WRITERS], status = 0;
    char shm[PATH_BYTES + 8];
    struct ack ack;
    ASSERT(pipe2(pipes, O_CLOEXEC) == 0);
    fflush(stdout);
    pid_t child = fork();
    ASSERT(child >= 0);
    if (child == 0) {
        close(pipes[0]);
        alarm(120);
        program(path, round, pipes[1], lies);
    }
    close(pipes[1]);
    for (int i = 0; i < WRITERS; i++) acked[i] = -1;
    while (read(pipes[0], &ack, sizeof ack) == sizeof ack) {
        acked[ack.writer] = ack.seq;
        ++*acks;
    }
    close(pipes[0]);
    waitpid(child, &status, 0);
    snprintf(shm, sizeof shm, "%s-shm", path);
    if (round % 2) unlink(shm);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        snprintf(why, (size_t)n, "the program ended with %d", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
        return false;
    }
    return check(path, round, acked, why, n);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/igot-power.XXXXXX", path[PATH_BYTES], why[300] = "", command[PATH_BYTES + 16];
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : ROUNDS, bad = 0;
    i64 acks = 0, ignored = 0;
    bool found = false;
    if (!mkdtemp(folder)) return 1;
    shim_register();
    snprintf(path, sizeof path, "%s/p.db", folder);
    for (int r = 1; r <= rounds && bad == 0; r++) {
        if (play(path, r, false, &acks, why, sizeof why)) continue;
        printf("# round %d: %s\n", r, why);
        bad = 1;
    }
    printf("%s 1 - %d power losses, %lld acknowledged transactions, none lost, the database sound\n", bad ? "not ok" : "ok", rounds, (long long)acks);
    snprintf(path, sizeof path, "%s/l.db", folder);
    for (int r = 1; r <= LIAR_ROUNDS && !found; r++) found = !play(path, 1000 + r, true, &ignored, why, sizeof why);
    printf("%s 2 - a disk that lies about syncing is found out (%s)\n1..2\n", found ? "ok" : "not ok", why);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) bad = 1;
    return bad || !found;
}
