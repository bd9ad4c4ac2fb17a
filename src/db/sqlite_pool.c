#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x69676F74, /* "igot": tells our files from other programs' */
    SOON_PAGES = 2000,           /* 8 MiB of WAL */
    NOW_PAGES = 8000,
    BULK_PAGES = 16000,
    BUSY_MS = 10 * 1000
};

enum role { ROLE_WRITER, ROLE_READER, ROLE_HELPER, ROLE_BULK };

static const char *const role_pragmas[] = {
    [ROLE_WRITER] = "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;",
    [ROLE_READER] = "PRAGMA cache_size=-8000; PRAGMA mmap_size=268435456; PRAGMA query_only=ON;",
    [ROLE_HELPER] = "PRAGMA cache_size=-500;",
    [ROLE_BULK] = "PRAGMA cache_size=-256000; PRAGMA mmap_size=1073741824;",
};

/* ---- group commit ---- */

bool sqlite_broken(struct sqlite_pool *p)
{
    pthread_mutex_lock(&p->lock);
    bool broken = p->broken;
    pthread_mutex_unlock(&p->lock);
    return broken;
}

static int wal_sync(struct sqlite_pool *p)
{
    return p->wal->pMethods->xSync(p->wal, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

/* Beside the writer, so that nobody waits for the database file's sync but the one who does it. */
static void checkpoint_beside(struct sqlite_pool *p)
{
    int pages = atomic_load(&p->pages);
    if (pages < atomic_load(&p->soon) || pthread_mutex_trylock(&p->checkpointing) != 0) return;
    /* A reader may pin the WAL for long: then try again only when it has grown well beyond this. */
    atomic_store(&p->soon, pages + SOON_PAGES);
    (void)sqlite3_wal_checkpoint_v2(p->checkpointer, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    pthread_mutex_unlock(&p->checkpointing);
}

err sqlite_settle(struct db_pool *pool, u64 ticket)
{
    struct sqlite_pool *p = pool->engine;
    if (p->bulk) return OK;
    pthread_mutex_lock(&p->lock);
    while (p->synced < ticket && !p->broken) {
        if (p->syncing) {
            pthread_cond_wait(&p->synced_more, &p->lock);
            continue;
        }
        u64 cover = p->committed;
        p->syncing = true;
        pthread_mutex_unlock(&p->lock);
        int rc = wal_sync(p);
        atomic_fetch_add(&pool->syncs, 1);
        pthread_mutex_lock(&p->lock);
        p->syncing = false;
        if (rc == SQLITE_OK) p->synced = cover;
        else p->broken = true;
        pthread_cond_broadcast(&p->synced_more);
    }
    bool done = p->synced >= ticket;
    pthread_mutex_unlock(&p->lock);
    if (!done)
        return err_detail(ERR_IO, N_("The disk failed while this was being saved. It may or may not have been saved."),
                          "%s-wal: fdatasync failed; no more is written until the program is started again", p->path);
    checkpoint_beside(p);
    return OK;
}

static int on_wal(void *arg, sqlite3 *h, const char *name, int pages)
{
    struct sqlite_db *c = arg;
    struct sqlite_pool *p = c->base.pool->engine;
    UNUSED(h);
    if (strcmp(name, "main") != 0) return SQLITE_OK;
    c->base.wrote = true;
    if (pages < atomic_load(&p->pages)) { /* the WAL has begun anew */
        atomic_store(&p->soon, SOON_PAGES);
        atomic_store(&p->now, p->bulk ? BULK_PAGES : NOW_PAGES);
    }
    atomic_store(&p->pages, pages);
    return SQLITE_OK;
}

void sqlite_committed(struct sqlite_db *c)
{
    struct sqlite_pool *p = c->base.pool->engine;
    pthread_mutex_lock(&p->lock);
    /* Without a change of its own it may still have read what is not yet synced: it waits for that. */
    if (c->base.wrote) p->committed++;
    c->base.ticket = p->committed;
    pthread_mutex_unlock(&p->lock);
    int pages = atomic_load(&p->pages);
    if (c->base.wrote && pages >= atomic_load(&p->now)) {
        /* Under steady writing the one beside never quite ends, and the WAL would grow without bound. */
        atomic_store(&p->now, pages + NOW_PAGES / 2);
        (void)sqlite3_wal_checkpoint_v2(c->h, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
}

/* ---- opening ---- */

static err connection_open(const struct sqlite_pool *p, const char *vfs, enum role role, sqlite3 **out)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (role == ROLE_WRITER || role == ROLE_BULK) flags |= SQLITE_OPEN_CREATE; /* absence was handled before */
    int rc = sqlite3_open_v2(p->path, out, flags, vfs);
    if (!*out) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    sqlite3 *h = *out;
    (void)sqlite3_extended_result_codes(h, 1);
    if (rc != SQLITE_OK) return sqlite_error(h, rc, p->path);
    (void)sqlite3_busy_timeout(h, BUSY_MS);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    rc = sqlite3_exec(h, "PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;", NULL, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(h, role_pragmas[role], NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : sqlite_error(h, rc, p->path);
}

static err pragma_i64(const struct sqlite_pool *p, sqlite3 *h, const char *sql, i64 *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(h, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(stmt, 0);
    err e = rc == SQLITE_ROW ? OK : sqlite_error(h, rc, p->path);
    (void)sqlite3_finalize(stmt);
    return e;
}

/* Looks before it touches: another program's file must not even be turned to WAL. */
static err file_accept(const struct sqlite_pool *p, sqlite3 *h)
{
    i64 id = 0, tables = 0;
    TRY(pragma_i64(p, h, "PRAGMA application_id", &id));
    TRY(pragma_i64(p, h, "SELECT count(*) FROM sqlite_schema", &tables));
    if (id != 0 && id != APPLICATION_ID)
        return err_detail(ERR_CORRUPT, N_("This file belongs to another program. Give the path of an igot database."), "%s: application_id %lld",
                          p->path, (long long)id);
    if (id == 0 && tables == 0) {
        int rc = sqlite3_exec(h, "PRAGMA application_id=0x69676F74", NULL, NULL, NULL);
        if (rc != SQLITE_OK) return sqlite_error(h, rc, p->path);
    }
    return OK;
}

static int keep_word(void *arg, int columns, char **text, char **name)
{
    UNUSED(name);
    if (columns == 1 && text[0]) snprintf(arg, 16, "%s", text[0]);
    return 0;
}

static err wal_on(const struct sqlite_pool *p, sqlite3 *h)
{
    char mode[16] = "";
    int rc = SQLITE_BUSY;
    /* SQLite does not wait here when two processes open a new file at once. */
    for (int tries = 0; (rc & 0xff) == SQLITE_BUSY && tries < 100; tries++) {
        if (tries) (void)sqlite3_sleep(20);
        rc = sqlite3_exec(h, "PRAGMA journal_mode=WAL", keep_word, mode, NULL);
    }
    if (rc != SQLITE_OK) return sqlite_error(h, rc, p->path);
    if (strcmp(mode, "wal") == 0) return OK;
    return err_detail(ERR_IO, N_("The database's folder must be writable and on a local disk."), "%s: journal_mode is %s, not wal", p->path, mode);
}

static err folder_make(const char *path)
{
    char part[4096];
    size_t len = strlen(path);
    if (len >= sizeof part) return err_set(ERR_INVALID, N_("The database's path is too long."));
    for (size_t i = 1; i < len; i++) {
        if (path[i] != '/') continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0750) != 0 && errno != EEXIST)
            return err_detail(ERR_IO, N_("The database's folder cannot be made."), "%s: %s", part, strerror(errno));
    }
    return OK;
}

/* Personal data: for the owner alone; SQLite gives the WAL the same rights. O_EXCL because closing a descriptor of an
** existing database would drop this process's locks on it. */
static err file_make(const struct sqlite_pool *p, const struct db_options *options)
{
    if (options->sqlite_vfs) return OK;
    if (access(p->path, F_OK) == 0) return OK;
    if (!options->create)
        return err_detail(ERR_NOT_FOUND, N_("There is no database at this path. `igot migrate` makes one."), "%s", p->path);
    TRY(folder_make(p->path));
    int fd = open(p->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return err_detail(errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The database cannot be made at this path."), "%s: %s", p->path, strerror(errno));
    if (fd >= 0) close(fd);
    return OK;
}

static err connection_add(struct db_pool *pool, const char *vfs, enum role role)
{
    struct sqlite_db *c = mem_alloc((isize)sizeof *c);
    if (!c) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    memset(c, 0, sizeof *c);
    pool_add(pool, role == ROLE_READER ? pool->reads : pool->writes, &c->base);
    TRY(connection_open(pool->engine, vfs, role, &c->h));
    if (role == ROLE_READER) return OK;
    TRY(file_accept(pool->engine, c->h));
    TRY(wal_on(pool->engine, c->h));
    (void)sqlite3_wal_hook(c->h, on_wal, c); /* also turns automatic checkpoints off */
    return OK;
}

static err syncer_open(struct sqlite_pool *p, const char *vfs)
{
    i64 tables;
    TRY(connection_open(p, vfs, ROLE_HELPER, &p->checkpointer));
    TRY(pragma_i64(p, p->checkpointer, "SELECT count(*) FROM sqlite_schema", &tables));
    TRY(connection_open(p, vfs, ROLE_HELPER, &p->syncer));
    TRY(pragma_i64(p, p->syncer, "SELECT count(*) FROM sqlite_schema", &tables)); /* the first read opens the WAL */
    int rc = sqlite3_file_control(p->syncer, "main", SQLITE_FCNTL_JOURNAL_POINTER, &p->wal);
    if (rc == SQLITE_OK && p->wal && p->wal->pMethods) rc = wal_sync(p); /* the first one also syncs the folder */
    else p->wal = NULL;
    if (rc == SQLITE_OK && p->wal) return OK;
    return err_detail(ERR_IO, N_("The database's log file cannot be synced to disk."), "%s-wal: %s", p->path, sqlite3_errstr(rc));
}

err sqlite_pool_open(struct db_pool *pool, const struct db_options *options)
{
    str path = str_slice(options->url, S("sqlite:").len, -1);
    if (path.len == 0 || str_starts(path, S(":memory:")) || str_starts(path, S("file:")))
        return err_set(ERR_INVALID, N_("A SQLite database needs the path of a file: sqlite:PATH."));
    struct sqlite_pool *p = mem_alloc((isize)sizeof *p);
    if (!p) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    memset(p, 0, sizeof *p);
    pool->engine = p;
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->checkpointing, NULL);
    pthread_cond_init(&p->synced_more, NULL);
    p->bulk = options->bulk;
    p->vfs = options->sqlite_vfs;
    atomic_store(&p->soon, SOON_PAGES);
    atomic_store(&p->now, p->bulk ? BULK_PAGES : NOW_PAGES);
    p->path = mem_alloc(path.len + 1);
    if (!p->path) return err_set(ERR_MEMORY, N_("There is not enough memory to open the database."));
    memcpy(p->path, path.data, (size_t)path.len);
    p->path[path.len] = 0;

    TRY(file_make(p, options));
    if (p->bulk) {
        pool->reads = pool->writes;
        return connection_add(pool, options->sqlite_vfs, ROLE_BULK);
    }
    TRY(connection_add(pool, options->sqlite_vfs, ROLE_WRITER));
    for (int i = 0; i < (options->readers > 1 ? options->readers : 1); i++)
        TRY(connection_add(pool, options->sqlite_vfs, ROLE_READER));
    return syncer_open(p, options->sqlite_vfs);
}

/* On a connection of its own: it reads for long, and a pool's connection has a request waiting for it. */
err sqlite_snapshot(struct db_pool *pool, const char *path)
{
    const struct sqlite_pool *p = pool->engine;
    sqlite3 *h = NULL;
    sqlite3_stmt *stmt = NULL;
    err e = connection_open(p, p->vfs, ROLE_HELPER, &h);
    if (e == OK) {
        int rc = sqlite3_prepare_v2(h, "VACUUM INTO ?1", -1, &stmt, NULL);
        if (rc == SQLITE_OK) rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
        errno = 0;
        if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
        if (rc != SQLITE_DONE) e = sqlite_error(h, rc, path);
        (void)sqlite3_finalize(stmt);
    }
    (void)sqlite3_close(h);
    return e;
}

/* Bulk commits were not synced one by one: all of them are now. */
static void bulk_end(struct sqlite_pool *p, sqlite3 *h)
{
    sqlite3_file *wal = NULL;
    int rc = sqlite3_wal_checkpoint_v2(h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if ((rc & 0xff) == SQLITE_BUSY) { /* another process reads: what stays in the WAL is synced there */
        rc = sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
        if (rc == SQLITE_OK && wal && wal->pMethods) rc = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
    }
    if (rc != SQLITE_OK) log_event(LOG_ERROR, "db_bulk_end", "path", p->path, "error", sqlite3_errstr(rc), NULL);
}

void sqlite_disconnect(struct db *db)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    struct sqlite_pool *p = db->pool->engine;
    (void)sqlite3_finalize(c->begin[DB_READ]);
    (void)sqlite3_finalize(c->begin[DB_WRITE]);
    (void)sqlite3_finalize(c->commit);
    (void)sqlite3_finalize(c->rollback);
    if (c->h && p->bulk && atomic_load(&p->pages) > 0) bulk_end(p, c->h);
    (void)sqlite3_close(c->h);
    mem_free(c);
}

void sqlite_pool_close(struct db_pool *pool)
{
    struct sqlite_pool *p = pool->engine;
    if (!p) return;
    (void)sqlite3_close(p->syncer);
    (void)sqlite3_close(p->checkpointer); /* the last one: checkpoints and removes the WAL if nobody else has the file */
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->checkpointing);
    pthread_cond_destroy(&p->synced_more);
    mem_free(p->path);
    mem_free(p);
}
