/* sqlite.h -- what sqlite.c (transactions, statements) and sqlite_pool.c (opening, group commit, checkpoints) share.
** Private to src/db. */
#ifndef IGOT_DB_SQLITE_H
#define IGOT_DB_SQLITE_H

#include <sqlite3.h>

#include "db/driver.h"

struct sqlite_db {
    struct db base;
    sqlite3 *h;
    sqlite3_stmt *begin[2], *commit, *rollback; /* begin by enum db_mode */
};

/* Group commit. COMMIT writes the WAL but does not sync it (synchronous=NORMAL); the writer's connection then goes to the
** next transaction, and whoever waits for its commit joins one fdatasync. A sync covers the commits numbered before it
** began. It goes through the VFS (so that fault tests see it) on the WAL file of a connection kept for this alone, because
** the methods of one sqlite3_file may not be called by two threads at once. fsync is a matter of the inode: a VFS that
** drops unsynced writes must key them by path, not by handle.
**
** Checkpoints may restart the WAL between a commit and its sync. That is safe: in NORMAL mode a checkpoint syncs the WAL,
** then the database, before the WAL may be used again, so a commit is either still in the WAL that is synced or already in
** the synced database. The file is never replaced while a connection of ours is open. */
struct sqlite_pool {
    char *path;
    const char *vfs; /* NULL: the default one */
    bool bulk;
    sqlite3 *syncer;
    sqlite3_file *wal;      /* the syncer's; used by whoever holds `syncing` */
    sqlite3 *checkpointer;
    pthread_mutex_t checkpointing;

    pthread_mutex_t lock;   /* of what follows */
    pthread_cond_t synced_more;
    u64 committed, synced;  /* numbers of commits */
    bool syncing;
    bool broken;            /* a sync failed: what the kernel dropped cannot be known, so nothing more is written */

    _Atomic int pages;      /* in the WAL after the last commit */
    _Atomic int soon, now;  /* pages at which a checkpoint is tried beside the writer, and by the writer itself */
};

err sqlite_pool_open(struct db_pool *pool, const struct db_options *options);
void sqlite_pool_close(struct db_pool *pool);
void sqlite_disconnect(struct db *db);
err sqlite_snapshot(struct db_pool *pool, const char *path);
err sqlite_settle(struct db_pool *pool, u64 ticket);
/* The writer's COMMIT has returned: gives it its number, and checkpoints if the WAL has become very long. */
void sqlite_committed(struct sqlite_db *c);
bool sqlite_broken(struct sqlite_pool *p);
/* The kind and the message for a result code; `what` names the statement or the step. */
err sqlite_error(sqlite3 *h, int rc, const char *what);

#endif
