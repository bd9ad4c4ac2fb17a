/* simulate.h -- officers who never were: posted to real positions, with histories of evidence as METHODS would see them. For trying the platform out and
** for measuring it. The seed, the day and the data decide everything: clock, ids and dates follow from them, so two runs give the same bytes. */
#ifndef IGOT_SIMULATE_H
#define IGOT_SIMULATE_H

#include "competency/competency.h"
#include "db/db.h"

struct simulate_options { i64 officers; u64 seed; i64 as_of; progress_fn *progress; void *arg; };
/* Into a database that holds a framework. ERR_INVALID if no position has a map. Sets the program's clock to the day. Ends with the organisations' sums and a
** snapshot of the day. */
err simulate(struct db_pool *pool, const struct simulate_options *o) MUST_USE;

/* A plausible name. */
str simulate_name(struct arena *a, struct rng *r);

#endif
