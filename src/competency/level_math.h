/* level_math.h -- the level of one officer in one competency: METHODS section 1, pure arithmetic.
**
** Evidence is added to integer sums per class, so any order gives the same bits, shards merge and evidence can be withdrawn.
** Levels are on the continuous scale where band L is [L-0.5, L+0.5), L = 1..5. Days are integers since 2020-01-01. */
#ifndef IGOT_LEVEL_MATH_H
#define IGOT_LEVEL_MATH_H

#include "base/base.h"

enum evidence_class { CLASS_P, CLASS_W, CLASS_C, CLASS_S, CLASS_COUNT }; /* proctored, workplace, course-embedded, self */
enum level_status { LEVEL_NOT_ASSESSED, LEVEL_INDICATIVE, LEVEL_PROVISIONAL, LEVEL_CONFIRMED };
enum { NLE_MAX = 40 }; /* verified learning events on one competency: one per 180 days, two decades */
enum { HALF_LIFE_MAX = 4000 }; /* days */
/* Bounds of one piece, so that no sum of i128 can overflow before a class holds 2,000 of the heaviest. */
enum { LEVEL_WEIGHT_BITS = 100, LEVEL_MILLI_MAX = 65535 };
#define LEVEL_WEIGHT_MAX ((i128)1 << LEVEL_WEIGHT_BITS)

/* The constants of METHODS section 13 that enter a level, in force on one day. */
struct level_constants {
    f64 mu0, lambda0;              /* prior mean; prior precision */
    f64 b[CLASS_COUNT];            /* standard deviation of the source effect */
    f64 bias[CLASS_COUNT];
    int half_life[CLASS_COUNT];    /* days, 1 to HALF_LIFE_MAX; level_read asserts it. Another one: every level must be rebuilt */
    f64 award, contradiction_p, confirm_se; /* .80, .05, .60 */
};
extern const struct level_constants level_constants_default;

/* The additive state. count[c][k]: pieces of class c that carry k learning events (for nmax). */
struct level_sums {
    i128 a[CLASS_COUNT], b[CLASS_COUNT];
    i32 n[CLASS_COUNT];
    u8 nle_top;                                /* entries of count in use: highest nle + 1 */
    i32 count[CLASS_COUNT][NLE_MAX];
};

/* w of one piece: (floor(1024/s^2 + .5) * T_H[r]) << (q + nle), q, r = divmod(day, H). ERR_INVALID: variance not in (0, 1000], day < 0
** or past 2120, nle not in 0..NLE_MAX-1, half-life not in 1..HALF_LIFE_MAX, or w above LEVEL_WEIGHT_MAX. The last limits the half-life of a
** year to q + nle <= 68 with the variance .04 of the best quiz: year 2088 without learning events; a new epoch is due before. */
err level_weight(const struct level_constants *k, enum evidence_class c, f64 variance, i64 day, int nle, i128 *w) MUST_USE;
/* level_milli = floor(1000 y + .5), within LEVEL_MILLI_MAX. sign +1 adds, -1 withdraws with the weight, level and nle that were stored.
** Asserts that what is withdrawn was there. */
void level_add(struct level_sums *s, enum evidence_class c, i64 level_milli, i128 w, int nle, int sign);

/* What the sums say on `day`. */
struct level_reading {
    f64 mean, se;                  /* se as reported: after the Birge factor when sources disagree */
    f64 se_plain;                  /* before it */
    f64 q, p;                      /* heterogeneity and its p */
    bool disagree;
    int awarded;                   /* 0..5, by `se`; 0 as long as there is nothing but self-assessment (vector "self only") */
    enum level_status status;
    f64 precision[CLASS_COUNT];    /* om_c; 0 if none */
    f64 class_mean[CLASS_COUNT];   /* M_c, bias removed */
    f64 class_lam[CLASS_COUNT];    /* Lam_c */
    f64 shift[CLASS_COUNT];        /* om_c (M_c - mu0) / Pi; they sum to mean - mu0 */
    f64 total_precision;           /* Pi */
};
void level_read(const struct level_constants *k, const struct level_sums *s, i64 day, struct level_reading *out);

/* ES(d,s) = E[(d+sZ)+]; ES2 = E[(d+sZ)+^2]; s > 0. */
f64 expected_shortfall(f64 d, f64 s);
f64 expected_shortfall2(f64 d, f64 s);
f64 normal_cdf(f64 x);
f64 normal_pdf(f64 x);
/* Gap against requirement R: ES(R - m, SE). */
f64 level_gap(const struct level_reading *r, f64 required);

/* Quiz to evidence: `right` of `n`, `options` choices (0: free response), target level, attempt 1... */
struct quiz_constants {
    f64 response_probability; /* of answering an item of one's own level: the bookmark convention, .67 */
    f64 variance_per_retake;  /* share of the variance added by each further attempt, .5 */
};
extern const struct quiz_constants quiz_constants_default;
void quiz_evidence(const struct quiz_constants *k, int n, int right, int options, f64 target, int attempt, f64 *y, f64 *variance);

/* Workplace round at closure; kappa 1 or .5; history S and n of the rater. ERR_INVALID with fewer than 3 raters. */
enum rater_relation { RATER_SUPERVISOR, RATER_PEER, RATER_SUBORDINATE };
struct rating { enum rater_relation relation; f64 rating; int n_history; f64 s_history; f64 kappa; };
err round360_evidence(const struct rating *r, int n, f64 *y, f64 *variance) MUST_USE;

/* The sums as bytes (at most LEVEL_SUMS_BYTES, usually under 64) and back. ERR_CORRUPT on anything that pack did not make. */
enum { LEVEL_SUMS_BYTES = 1024 };
isize level_pack(const struct level_sums *s, u8 *out);
err level_unpack(str bytes, struct level_sums *out) MUST_USE;

#endif
