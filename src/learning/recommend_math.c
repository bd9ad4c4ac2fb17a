/* recommend_math.c -- METHODS section 6: the index and the greedy list. */
#include "learning/recommend_math.h"

#include "competency/level_math.h"

f64 recommend_fit(f64 m, f64 entry, f64 exit, f64 fit_width)
{
    f64 below = fmax(0, entry - .5 - m);
    f64 room = fmin(fmax(exit + .5 - m, 0), 1);
    return exp(-below * below / (2 * fit_width * fit_width)) * room;
}

void recommend_index(const struct recommend_cbp *c, const struct recommend_state *s, const struct recommend_constants *k, f64 *fit, f64 *gain, f64 *index)
{
    f64 f = recommend_fit(s->mean, c->entry, c->exit, k->fit_width), d = s->required - s->mean;
    *fit = f;
    *gain = f > 0 ? expected_shortfall(d, s->se) - expected_shortfall(d - f * c->tau, sqrt(s->se * s->se + f * f * c->var)) : 0;
    *index = s->weight * c->complete * *gain / (c->hours + k->hours_fixed);
}

static bool spent(i64 id, const struct recommend_cbp *cbp, const struct recommend_pick *out, isize picked)
{
    for (isize i = 0; i < picked; i++)
        if (cbp[out[i].cbp].id == id) return true;
    return false;
}

/* -1 if the position does not need it. */
static isize state_of(i64 competency, const struct recommend_state *state, isize states)
{
    for (isize i = 0; i < states; i++)
        if (state[i].competency == competency) return i;
    return -1;
}

static bool better(const struct recommend_cbp *cbp, const struct recommend_pick *a, const struct recommend_pick *b)
{
    if (a->index != b->index) return a->index > b->index;
    const struct recommend_cbp *x = &cbp[a->cbp], *y = &cbp[b->cbp];
    return x->id != y->id ? x->id < y->id : x->competency < y->competency;
}

static void take(const struct recommend_cbp *c, const struct recommend_constants *k, struct recommend_state *s, struct recommend_pick *pick)
{
    f64 f = recommend_fit(s->mean, c->entry, c->exit, k->fit_width), p = c->complete, step = pick->fit_tau;
    s->se = sqrt(s->se * s->se + p * f * f * c->var + p * (1 - p) * step * step);
    s->mean += p * step;
    pick->after_mean = s->mean;
    pick->after_se = s->se;
}

isize recommend_greedy(const struct recommend_cbp *cbp, isize n, struct recommend_state *state, isize states, const struct recommend_constants *k, struct recommend_pick *out,
                       isize max)
{
    isize picked = 0;
    for (; picked < max; picked++) {
        struct recommend_pick best = {.cbp = -1};
        for (isize i = 0; i < n; i++) {
            struct recommend_pick p = {.cbp = i, .state = state_of(cbp[i].competency, state, states)};
            if (p.state < 0 || spent(cbp[i].id, cbp, out, picked)) continue;
            f64 fit;
            recommend_index(&cbp[i], &state[p.state], k, &fit, &p.gain, &p.index);
            p.fit_tau = fit * cbp[i].tau;
            if (p.index > 0 && (best.cbp < 0 || better(cbp, &p, &best))) best = p;
        }
        if (best.cbp < 0) break;
        take(&cbp[best.cbp], k, &state[best.state], &best);
        out[picked] = best;
    }
    return picked;
}
