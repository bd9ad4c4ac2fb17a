/* level_quiz.c -- METHODS section 1: what a course test and a closed workplace round are worth as evidence. */
#include "competency/level_math.h"

static const f64 variance_least = .04;
const struct quiz_constants quiz_constants_default = {.response_probability = .67, .variance_per_retake = .5};
static const f64 variance_of[] = {[RATER_SUPERVISOR] = 1.7, [RATER_PEER] = 3.4, [RATER_SUBORDINATE] = 3.9};
static const f64 severity_k = 5, severity_clip = 1.5;
enum { RATERS_LEAST = 3, RATERS_CLIPPED = 5 };

static f64 clip(f64 x, f64 least, f64 most)
{
    return fmin(fmax(x, least), most);
}

static f64 logit(f64 p)
{
    return log(p / (1 - p));
}

void quiz_evidence(const struct quiz_constants *k, int n, int right, int options, f64 target, int attempt, f64 *y, f64 *variance)
{
    ASSERT(n > 0 && right >= 0 && right <= n && attempt >= 1 && (options == 0 || options >= 2));
    f64 guess = options ? 1.0 / options : 0;
    f64 pt = (right + .5) / (n + 1);
    f64 pc = clip((pt - guess) / (1 - guess), .02, .98);
    f64 slope = (1 - guess) * pc * (1 - pc);
    *y = clip(target + logit(pc) - logit(k->response_probability), .5, 5.5);
    *variance = fmax(variance_least, pt * (1 - pt) / (n + 1) / (slope * slope)) * (1 + k->variance_per_retake * (attempt - 1));
}

/* x_j without mu_rel, which is 0 until rounds have been held to estimate it from. */
static f64 corrected(const struct rating *r)
{
    return r->rating - r->s_history / (r->n_history + severity_k);
}

/* The k-th smallest, from 0; a round has a few raters, so counting is as fast as sorting and needs no room. */
static f64 kth(const struct rating *r, int n, int k)
{
    f64 found = 0;
    for (int i = 0; i < n; i++) {
        f64 x = corrected(&r[i]);
        int below = 0, equal = 0;
        for (int j = 0; j < n; j++) {
            below += corrected(&r[j]) < x;
            equal += corrected(&r[j]) == x;
        }
        if (below <= k && k < below + equal) found = x;
    }
    return found;
}

err round360_evidence(const struct rating *r, int n, f64 *y, f64 *variance)
{
    if (n < RATERS_LEAST) return err_set(ERR_INVALID, N_("A workplace round needs at least three raters besides the officer."));
    f64 middle = (kth(r, n, (n - 1) / 2) + kth(r, n, n / 2)) / 2;
    f64 total = 0, moment = 0;
    for (int j = 0; j < n; j++) {
        ASSERT((unsigned)r[j].relation < COUNT_OF(variance_of) && r[j].kappa > 0 && r[j].n_history >= 0);
        f64 x = corrected(&r[j]), weight = r[j].kappa / variance_of[r[j].relation];
        if (n >= RATERS_CLIPPED) x = clip(x, middle - severity_clip, middle + severity_clip);
        total += weight;
        moment += weight * x;
    }
    *y = moment / total;
    *variance = 1 / total;
    return OK;
}
