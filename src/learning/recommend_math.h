/* recommend_math.h -- which CBP closes most for the hours it takes: METHODS section 6, pure arithmetic. */
#ifndef IGOT_RECOMMEND_MATH_H
#define IGOT_RECOMMEND_MATH_H

#include "base/base.h"

struct recommend_state { i64 competency; f64 mean, se, required, weight; };   /* per competency of the officer's position */
struct recommend_cbp {
    i64 id;
    i64 competency;
    f64 entry, exit;
    f64 tau, var;        /* effect and its variance; until measured .25 and .04 */
    f64 hours, complete; /* completion rate p */
};
struct recommend_pick { isize cbp, state; f64 index, gain, fit_tau, after_mean, after_se; };

struct recommend_constants { f64 hours_fixed, fit_width; }; /* 2 h that any course costs besides its own; .75 of a level */
f64 recommend_fit(f64 m, f64 entry, f64 exit, f64 fit_width);
/* f, gain and index of one CBP for one state. */
void recommend_index(const struct recommend_cbp *c, const struct recommend_state *s, const struct recommend_constants *k, f64 *fit, f64 *gain, f64 *index);
/* Greedy: after each pick m += p f t, s^2 += p f^2 u + p(1-p)(f t)^2. A CBP with several competencies stands in several rows with the
** same id: the row with the greatest index counts and all rows of that id are then spent. Ties: lowest id. `state` is changed.
** Stops when the best index is not above 0. Returns how many were picked. */
isize recommend_greedy(const struct recommend_cbp *cbp, isize n, struct recommend_state *state, isize states, const struct recommend_constants *k, struct recommend_pick *out, isize max);

#endif
