/* jobs.h -- background work: rows with a lease, so that one process at a time runs a job, a job whose process died is taken up again, and progress survives
** a restart. Owns job. */
#ifndef IGOT_JOBS_H
#define IGOT_JOBS_H

#include "db/db.h"

struct job_run {
    struct db_pool *pool;
    i64 id;
    str argument;
    struct arena *arena;
    bool (*stopping)(void);                     /* long jobs ask between chunks and leave with ERR_BUSY */
    const char *holder;                         /* whose lease it is */
};
struct job_kind { const char *kind; err (*run)(struct job_run *j); int tries; };

/* Starts the runner thread. `kinds` ends with a NULL kind. */
struct job_runner;
err jobs_start(struct db_pool *pool, const struct job_kind *kinds, struct job_runner **out) MUST_USE;
void jobs_stop(struct job_runner *r);           /* waits for the running job's next chunk */

err job_add(struct db *db, const char *kind, str argument, i64 run_after, i64 by, i64 now, i64 *id) MUST_USE;
/* Adds it unless one of this kind and argument exists already. */
err job_add_once(struct db *db, struct arena *a, const char *kind, str argument, i64 now) MUST_USE;
err job_progress(struct job_run *j, i64 done, i64 total) MUST_USE; /* a transaction of its own; also renews the lease */

#endif
