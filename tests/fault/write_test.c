/* write_test.c -- the n-th write to the database's files fails for want of room: 507, /readyz says so, what was saved is there; with room again all goes on. */
#include <sqlite3.h>
#include <stdatomic.h>

#include "tests/fault/world.h"

enum { MOST = 200 };

static _Atomic i64 left; /* writes until none works; 0: all do */
static _Atomic i64 refused;

struct shim { sqlite3_file base; sqlite3_file *real; };
static sqlite3_vfs *real_vfs;
#define REAL(f) (((struct shim *)(f))->real)
#define METHOD(f, m) REAL(f)->pMethods->m

static int shim_close(sqlite3_file *f) { int rc = METHOD(f, xClose)(REAL(f)); sqlite3_free(REAL(f)); return rc; }
static int shim_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) { return METHOD(f, xRead)(REAL(f), to, n, at); }
static int shim_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
    i64 was = atomic_load(&left);
    while (was > 1 && !atomic_compare_exchange_weak(&left, &was, was - 1)) continue;
    if (was != 1) return METHOD(f, xWrite)(REAL(f), data, n, at);
    atomic_fetch_add(&refused, 1);
    return SQLITE_FULL; /* what the default VFS makes of ENOSPC */
}
static int shim_truncate(sqlite3_file *f, sqlite3_int64 n) { return METHOD(f, xTruncate)(REAL(f), n); }
static int shim_sync(sqlite3_file *f, int flags) { return METHOD(f, xSync)(REAL(f), flags); }
static int shim_size(sqlite3_file *f, sqlite3_int64 *n) { return METHOD(f, xFileSize)(REAL(f), n); }
static int shim_lock(sqlite3_file *f, int l) { return METHOD(f, xLock)(REAL(f), l); }
static int shim_unlock(sqlite3_file *f, int l) { return METHOD(f, xUnlock)(REAL(f), l); }
static int shim_reserved(sqlite3_file *f, int *r) { return METHOD(f, xCheckReservedLock)(REAL(f), r); }
static int shim_control(sqlite3_file *f, int op, void *arg) { return METHOD(f, xFileControl)(REAL(f), op, arg); }
static int shim_sector(sqlite3_file *f) { return METHOD(f, xSectorSize)(REAL(f)); }
static int shim_device(sqlite3_file *f) { return METHOD(f, xDeviceCharacteristics)(REAL(f)); }
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
    int rc = real_vfs->xOpen(real_vfs, name, s->real, flags, out);
    if (s->real->pMethods) s->base.pMethods = &shim_methods;
    else sqlite3_free(s->real);
    return rc;
}

static sqlite3_vfs shim;

static int number, bad;

static void line(bool good, const char *name)
{
    printf("%s %d - %s\n", good ? "ok" : "not ok", ++number, name);
    bad |= !good;
}

static i64 rows(const struct world *w, const char *sql)
{
    sqlite3 *h;
    sqlite3_stmt *s = NULL;
    i64 n = -1;
    char path[128];
    snprintf(path, sizeof path, "%s/w.db", w->folder);
    if (sqlite3_open_v2(path, &h, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) n = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    (void)sqlite3_close(h);
    return n;
}

static int post(const struct world *w, int i)
{
    static struct answer a;
    char body[200];
    snprintf(body, sizeof body, "text=Report+number+%d+says+that+this+is+not+my+work", i);
    send_request(w, "POST", "/position/report", body, "application/json", &a);
    return a.status;
}

static int get(const struct world *w, const char *path)
{
    static struct answer a;
    send_request(w, "GET", path, NULL, "application/json", &a);
    return a.status;
}

int main(void)
{
    static struct world w;
    int full = 0, runs = 0;
    i64 saved = 0;
    bool answers = true, readies = true, reads = true, resumes = true;
    real_vfs = sqlite3_vfs_find(NULL);
    shim = *real_vfs;
    shim.szOsFile = (int)sizeof(struct shim);
    shim.zName = "full";
    shim.pNext = NULL;
    shim.xOpen = shim_open;
    sqlite3_vfs_register(&shim, 0);
    world_make(&w);
    world_open(&w, "full");
    sign_in(&w);
    int good = post(&w, 0);
    saved++;
    line(good == 303 || good == 200 || good == 201, "a report is saved");
    for (int n = 1; n <= MOST; n++) {
        atomic_store(&refused, 0);
        atomic_store(&left, n);
        int status = post(&w, n);
        bool struck = atomic_load(&refused) > 0;
        runs = n;
        if (status == good) saved++;
        if (struck && status == 507) {
            full++;
            readies &= get(&w, "/readyz") == 503;
        } else answers &= status == good;
        reads &= get(&w, "/competencies") == 200;
        atomic_store(&left, 0);
        resumes &= post(&w, 1000 + n) == good && get(&w, "/readyz") == 200;
        saved++;
        if (!struck) break;
    }
    printf("# %d of %d writes refused\n", full, runs);
    line(full > 0, "a full disk is answered with 507");
    line(answers, "every other answer was right");
    line(readies, "/readyz says 503 while the disk is full");
    line(reads, "reading goes on");
    line(resumes, "with room again, writing goes on and /readyz is 200");
    i64 there = rows(&w, "SELECT count(*) FROM position_report WHERE text LIKE 'Report number%'");
    printf("# %lld saved, %lld there\n", (long long)saved, (long long)there);
    line(there == saved, "what was acknowledged is there, and nothing else");
    world_close(&w);
    line(rows(&w, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1, "the database is sound");
    printf("1..%d\n", number);
    world_end(&w);
    return bad;
}
