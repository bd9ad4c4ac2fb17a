/* level_math.c -- METHODS section 1: the weight of a piece, the sums, and what they say on a day. */
#include "competency/level_math.h"

#include <stdatomic.h>

const struct level_constants level_constants_default = {
    .mu0 = 2.5,
    .lambda0 = 1,
    .b = {.25, .50, .95, 1.5},
    .bias = {0, 0, .20, .32},
    .half_life = {730, 365, 365, 365},
    .award = .80,
    .contradiction_p = .05,
    .confirm_se = .60,
};

enum { LAST_DAY = 36889 }; /* 2120-12-31 */

/* ---- closed forms ---- */

f64 normal_cdf(f64 x)
{
    return .5 * erfc(-x * 0.70710678118654752440);
}

f64 normal_pdf(f64 x)
{
    return 0.39894228040143267794 * exp(-.5 * x * x);
}

/* Far below zero both forms are a difference of two tiny numbers, which may round to less than nothing. */
f64 expected_shortfall(f64 d, f64 s)
{
    f64 z = d / s;
    return fmax(0, d * normal_cdf(z) + s * normal_pdf(z));
}

f64 expected_shortfall2(f64 d, f64 s)
{
    f64 z = d / s;
    return fmax(0, (d * d + s * s) * normal_cdf(z) + d * s * normal_pdf(z));
}

/* ---- weights and sums ---- */

static u32 power(int r, int h)
{
    return (u32)floor(65536 * exp2((f64)r / h) + .5);
}

static u32 *power_table_make(int h)
{
    u32 *t = mem_alloc(h * (isize)sizeof *t);
    for (int r = 0; t && r < h; r++) t[r] = power(r, h);
    return t;
}

/* T_H[r]. One table per half-life for the life of the program; of two threads that make it at once, the second throws its own away. */
static u32 power_of(int h, int r)
{
    static _Atomic(u32 *) tables[HALF_LIFE_MAX + 1];
    u32 *t = atomic_load_explicit(&tables[h], memory_order_acquire);
    if (!t && (t = power_table_make(h))) {
        u32 *first = NULL;
        if (!atomic_compare_exchange_strong(&tables[h], &first, t)) {
            mem_free(t);
            t = first;
        }
    }
    return t ? t[r] : power(r, h);
}

static bool half_life_ok(int h)
{
    return h >= 1 && h <= HALF_LIFE_MAX;
}

err level_weight(const struct level_constants *k, enum evidence_class c, f64 variance, i64 day, int nle, i128 *w)
{
    ASSERT((unsigned)c < CLASS_COUNT);
    int h = k->half_life[c];
    if (!(variance > 0 && variance <= 1000)) return err_set(ERR_INVALID, N_("The variance of evidence lies above 0 and is at most 1000."));
    if (day < 0 || day > LAST_DAY) return err_set(ERR_INVALID, N_("Evidence is dated between 2020 and 2120."));
    if (nle < 0 || nle >= NLE_MAX) return err_set(ERR_INVALID, N_("Too many learning events on one competency."));
    if (!half_life_ok(h)) return err_set(ERR_INVALID, N_("A half-life is 1 to 4000 days."));
    f64 precision = floor(1024 / variance + .5);
    i64 shift = day / h + nle;
    if (precision <= 0x1p40 && shift <= LEVEL_WEIGHT_BITS) {
        i128 base = (i128)(i64)precision * power_of(h, (int)(day % h));
        if (base <= LEVEL_WEIGHT_MAX >> shift) {
            *w = base << shift;
            return OK;
        }
    }
    return err_set(ERR_INVALID, N_("This evidence is too precise or too late to be weighed."));
}

static bool anybody_at(const struct level_sums *s, int nle)
{
    for (int c = 0; c < CLASS_COUNT; c++)
        if (s->count[c][nle]) return true;
    return false;
}

void level_add(struct level_sums *s, enum evidence_class c, i64 level_milli, i128 w, int nle, int sign)
{
    ASSERT((unsigned)c < CLASS_COUNT && nle >= 0 && nle < NLE_MAX && (sign == 1 || sign == -1));
    ASSERT(w > 0 && w <= LEVEL_WEIGHT_MAX && level_milli >= -LEVEL_MILLI_MAX && level_milli <= LEVEL_MILLI_MAX);
    ASSERT(sign > 0 ? s->n[c] < INT32_MAX : s->count[c][nle] > 0);
    ASSERT(!__builtin_add_overflow(s->a[c], sign * w, &s->a[c]));
    ASSERT(!__builtin_add_overflow(s->b[c], sign * w * level_milli, &s->b[c]));
    s->n[c] += sign;
    s->count[c][nle] += sign;
    ASSERT(s->n[c] > 0 ? s->a[c] >= s->n[c] : s->a[c] == 0 && s->b[c] == 0);
    if (nle >= s->nle_top) s->nle_top = (u8)(nle + 1);
    while (s->nle_top > 0 && !anybody_at(s, s->nle_top - 1)) s->nle_top--;
}

/* ---- reading ---- */

/* -1 if the class holds nothing. */
static int top_nle(const struct level_sums *s, enum evidence_class c)
{
    int k = s->n[c] > 0 ? s->nle_top - 1 : -1;
    while (k >= 0 && s->count[c][k] == 0) k--;
    return k;
}

/* Lam_c, M_c and om_c of each class held. A learning event halves what is older only once a test has followed it: an independent one (P, W)
** halves all classes, another one its own class. */
static void read_classes(const struct level_constants *k, const struct level_sums *s, i64 day, struct level_reading *out)
{
    int proctored = top_nle(s, CLASS_P), workplace = top_nle(s, CLASS_W);
    int independent = proctored > workplace ? proctored : workplace;
    for (enum evidence_class c = 0; c < CLASS_COUNT; c++) {
        int h = k->half_life[c], own = top_nle(s, c);
        ASSERT(half_life_ok(h));
        if (own < 0) continue;
        f64 a = (f64)s->a[c], nmax = own > independent ? own : independent;
        out->class_lam[c] = a * 0x1p-26 * exp2(-(f64)day / h - nmax);
        out->class_mean[c] = (f64)s->b[c] / (1000 * a) - k->bias[c];
        out->precision[c] = 1 / (k->b[c] * k->b[c] + 1 / out->class_lam[c]);
    }
}

static void pool(const struct level_constants *k, struct level_reading *out)
{
    f64 total = k->lambda0, moment = k->lambda0 * k->mu0;
    for (int c = 0; c < CLASS_COUNT; c++) {
        total += out->precision[c];
        moment += out->precision[c] * out->class_mean[c];
    }
    for (int c = 0; c < CLASS_COUNT; c++) out->shift[c] = out->precision[c] * (out->class_mean[c] - k->mu0) / total;
    out->total_precision = total;
    out->mean = moment / total;
    out->se_plain = 1 / sqrt(total);
}

/* Upper tail of chi-square, for the degrees of freedom that four classes can have. */
static f64 chi_square_tail(f64 q, int df)
{
    if (df == 2) return exp(-q / 2);
    f64 one = erfc(sqrt(q / 2));
    return df == 1 ? one : one + sqrt(2 * q / 3.14159265358979323846) * exp(-q / 2);
}

static void compare(const struct level_constants *k, const struct level_sums *s, struct level_reading *out)
{
    f64 total = 0, moment = 0;
    int df = -1;
    out->p = 1;
    out->se = out->se_plain;
    for (int c = 0; c < CLASS_COUNT; c++) {
        df += s->n[c] > 0;
        total += out->precision[c];
        moment += out->precision[c] * out->class_mean[c];
    }
    if (df < 1 || !(total > 0)) return;
    for (int c = 0; c < CLASS_COUNT; c++) {
        f64 off = out->class_mean[c] - moment / total;
        out->q += out->precision[c] * off * off;
    }
    out->p = chi_square_tail(out->q, df);
    out->disagree = out->p < k->contradiction_p;
    if (out->disagree) out->se *= fmax(1, sqrt(out->q / df));
}

static void award(const struct level_constants *k, const struct level_sums *s, struct level_reading *out)
{
    bool independent = s->n[CLASS_P] > 0 || s->n[CLASS_W] > 0;
    bool other = independent || s->n[CLASS_C] > 0;
    int most = independent ? 5 : other ? 2 : 0;
    while (out->awarded < most && normal_cdf((out->mean - out->awarded - .5) / out->se) >= k->award) out->awarded++;
    if (other)
        out->status = independent && out->se <= k->confirm_se ? LEVEL_CONFIRMED : LEVEL_PROVISIONAL;
    else
        out->status = s->n[CLASS_S] > 0 ? LEVEL_INDICATIVE : LEVEL_NOT_ASSESSED;
}

void level_read(const struct level_constants *k, const struct level_sums *s, i64 day, struct level_reading *out)
{
    *out = (struct level_reading){0};
    read_classes(k, s, day, out);
    pool(k, out);
    compare(k, s, out);
    award(k, s, out);
}

f64 level_gap(const struct level_reading *r, f64 required)
{
    return expected_shortfall(required - r->mean, r->se);
}
