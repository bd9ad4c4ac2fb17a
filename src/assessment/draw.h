/* draw.h -- which items a test asks, and in which order their options stand: pure, from a seed. */
#ifndef IGOT_DRAW_H
#define IGOT_DRAW_H

#include "base/base.h"

struct draw_item { i64 id, level; bool seen; };
/* Picks at most `want` of the bank into `pick` (places in `item`): level by level in turn from 1 to 5, items not seen before first; then shuffles them all.
** The same seed and bank give the same test. Returns how many. */
isize draw_test(struct arena *a, const struct draw_item *item, isize count, isize want, u64 seed, isize *pick);

/* An order of four options, two bits each: the place p shows the option (order >> 2 p) & 3. */
i64 draw_order(struct rng *r);
int order_at(i64 order, int place);     /* the option shown at a place */
int order_place(i64 order, int option); /* where an option is shown */

#endif
