/* recommend_math_test.c -- the reference vectors and the invariants of METHODS section 6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "competency/level_math.h"
#include "learning/recommend_math.h"

#ifndef IGOT_VECTORS
#define IGOT_VECTORS "tests/vectors"
#endif

static const struct recommend_constants constants = {.hours_fixed = 2, .fit_width = .75};

/* The officer of s06_recommend.json, who is not in the CSV. */
static const struct recommend_state officer[] = {{1, 2.1, .4, 4, 1.0}, {2, 2.8, .6, 3, .6}, {3, 3.6, .35, 3, .8}};
enum { STATES = COUNT_OF(officer), CBPS = 8 };

/* A row of s06_base.csv. Languages and prerequisites are the caller's to filter, so they stand beside what the arithmetic sees. */
struct course {
    struct recommend_cbp cbp;
    char language[16];
    i64 prerequisite; /* 0: none */
    f64 index, gain, fit;
};
static struct course course[CBPS];

/* ---- reading the vectors ---- */

static char file_text[16 << 10];

static str open_rows(const char *name)
{
    const char *folder = getenv("IGOT_VECTORS");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/flat/%s", folder ? folder : IGOT_VECTORS, name);
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("cannot read %s", path);
    str heading, text = {file_text, (isize)fread(file_text, 1, sizeof file_text, f)};
    (void)fclose(f);
    assert_true(text.len > 0 && text.len < (isize)sizeof file_text && str_cut(&text, '\n', &heading));
    return text;
}

/* The next cell of a line, which may be quoted. */
static str next_cell(str *line)
{
    str cell = {"", 0}, comma;
    if (!str_starts(*line, S("\""))) {
        (void)str_cut(line, ',', &cell);
        return cell;
    }
    *line = str_slice(*line, 1, -1);
    assert_true(str_cut(line, '"', &cell));
    (void)str_cut(line, ',', &comma);
    return cell;
}

static f64 number(str s)
{
    f64 x = NAN;
    if (!str_to_f64(s, &x)) fail_msg("not a number: %.*s", STR_ARGS(s));
    return x;
}

/* B3 -> 3; empty -> 0 */
static i64 id_of(str s)
{
    return s.len ? (i64)number(str_slice(s, 1, -1)) : 0;
}

static bool next_line(str *text, str *line)
{
    if (!str_cut(text, '\n', line)) return false;
    *line = str_trim(*line);
    return line->len > 0;
}

static void near(f64 got, f64 want, f64 within, const char *what, int row)
{
    if (!(fabs(got - want) <= within)) fail_msg("%s, row %d: %.12f instead of %.12f", what, row, got, want);
}

static int load(void **state)
{
    UNUSED(state);
    str line, text = open_rows("s06_base.csv");
    int n = 0;
    for (; next_line(&text, &line); n++) {
        assert_true(n < CBPS);
        struct course *c = &course[n];
        c->cbp.id = id_of(next_cell(&line));
        c->cbp.competency = id_of(next_cell(&line));
        c->cbp.entry = number(next_cell(&line));
        c->cbp.exit = number(next_cell(&line));
        c->cbp.tau = number(next_cell(&line));
        c->cbp.var = number(next_cell(&line));
        c->cbp.hours = number(next_cell(&line));
        c->cbp.complete = number(next_cell(&line));
        str language = next_cell(&line);
        (void)snprintf(c->language, sizeof c->language, "%.*s", STR_ARGS(language));
        c->prerequisite = id_of(next_cell(&line));
        c->index = number(next_cell(&line));
        c->gain = number(next_cell(&line));
        c->fit = number(next_cell(&line));
    }
    assert_int_equal(n, CBPS);
    return 0;
}

/* ---- vectors ---- */

static void base_matches(void **state)
{
    UNUSED(state);
    for (int i = 0; i < CBPS; i++) {
        f64 fit, gain, index;
        recommend_index(&course[i].cbp, &officer[course[i].cbp.competency - 1], &constants, &fit, &gain, &index);
        near(fit, course[i].fit, 1e-9, "fit", i);
        near(gain, course[i].gain, 1e-9, "gain", i);
        near(index, course[i].index, 1e-9, "index", i);
    }
}

static bool reads_one_of(str spoken, const char *offered)
{
    str language;
    while (str_cut(&spoken, ',', &language))
        if (str_find(str_of(offered), language) >= 0) return true;
    return false;
}

/* What may be offered next: in a language of the officer's, its prerequisite among what was picked before. */
static isize eligible(str languages, const bool *picked, struct recommend_cbp *out)
{
    isize n = 0;
    for (int i = 0; i < CBPS; i++) {
        const struct course *c = &course[i];
        bool ready = c->prerequisite == 0 || picked[c->prerequisite];
        if (ready && !picked[c->cbp.id] && reads_one_of(languages, c->language)) out[n++] = c->cbp;
    }
    return n;
}

/* One pick at a time, so that a pick opens what it is the prerequisite of. */
static void greedy_matches(void **state)
{
    UNUSED(state);
    struct recommend_state s[STATES];
    bool picked[CBPS + 1];
    str line, text = open_rows("s06_greedy.csv");
    int rows = 0;
    for (; next_line(&text, &line); rows++) {
        str languages = next_cell(&line);
        if (number(next_cell(&line)) == 1) {
            memcpy(s, officer, sizeof s);
            memset(picked, 0, sizeof picked);
        }
        struct recommend_cbp offered[CBPS];
        struct recommend_pick pick;
        isize n = eligible(languages, picked, offered);
        assert_int_equal(recommend_greedy(offered, n, s, STATES, &constants, &pick, 1), 1);
        assert_int_equal(offered[pick.cbp].id, id_of(next_cell(&line)));
        near(pick.index, number(next_cell(&line)), 1e-9, "index", rows);
        near(pick.after_mean, number(next_cell(&line)), 1e-9, "level after", rows);
        near(pick.after_se, number(next_cell(&line)), 1e-9, "standard error after", rows);
        picked[offered[pick.cbp].id] = true;
    }
    assert_int_equal(rows, 13);
}

/* The whole list in one call; here no prerequisite is picked later than what needs it. */
static void one_call_gives_the_same_list(void **state)
{
    UNUSED(state);
    static const i64 want[] = {1, 4, 2, 7, 5};
    static const f64 fit_tau[] = {.3, .25, .4493604549, .0385191864, .14}, gain[] = {.2999951099, .2495185692, .4462825427, .0379297997, .0806872341};
    struct recommend_cbp offered[CBPS];
    struct recommend_state s[STATES];
    struct recommend_pick pick[5];
    isize n = 0;
    for (int i = 0; i < CBPS; i++)
        if (reads_one_of(S("en"), course[i].language)) offered[n++] = course[i].cbp;
    memcpy(s, officer, sizeof s);
    assert_int_equal(recommend_greedy(offered, n, s, STATES, &constants, pick, 5), 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(offered[pick[i].cbp].id, want[i]);
        near(pick[i].fit_tau, fit_tau[i], 1e-9, "fit tau", i);
        near(pick[i].gain, gain[i], 1e-9, "gain", i);
        assert_int_equal(officer[pick[i].state].competency, offered[pick[i].cbp].competency);
    }
}

/* ---- invariants ---- */

static f64 between(struct rng *r, f64 least, f64 most)
{
    return least + (most - least) * rng_unit(r);
}

static struct recommend_cbp random_cbp(struct rng *r, i64 id)
{
    f64 entry = (f64)(1 + rng_below(r, 4));
    return (struct recommend_cbp){id,         1 + rng_below(r, STATES), entry, entry + 1, between(r, -.1, .8), between(r, 0, .1), between(r, 0, 40),
                                  rng_unit(r)};
}

static void gain_has_bounds(void **state)
{
    UNUSED(state);
    struct rng rng = {61};
    for (int round = 0; round < 20000; round++) {
        struct recommend_cbp c = random_cbp(&rng, 1);
        struct recommend_state s = {c.competency, between(&rng, .5, 5.5), between(&rng, .1, 1), (f64)(1 + rng_below(&rng, 5)), 1};
        f64 fit, gain, index;
        recommend_index(&c, &s, &constants, &fit, &gain, &index);
        assert_true(fit >= 0 && fit <= 1);
        assert_true(gain <= expected_shortfall(s.required - s.mean, s.se));
        s.mean = c.exit + .5 + between(&rng, 0, 1);
        recommend_index(&c, &s, &constants, &fit, &gain, &index);
        assert_true(fit == 0 && gain == 0 && index == 0);
    }
}

static void fit_is_whole_inside_and_falls_outside(void **state)
{
    UNUSED(state);
    near(recommend_fit(1.5, 2, 3, constants.fit_width), 1, 0, "at the entry", 0);
    near(recommend_fit(2.5, 2, 3, constants.fit_width), 1, 0, "one level of room", 0);
    near(recommend_fit(3.25, 2, 3, constants.fit_width), .25, 1e-15, "a quarter of room", 0);
    near(recommend_fit(3.5, 2, 3, constants.fit_width), 0, 0, "at the exit", 0);
    near(recommend_fit(.75, 2, 3, constants.fit_width), exp(-.5), 1e-15, "one width below", 0);
}

static void shuffle(struct rng *rng, struct recommend_cbp *cbp, int n)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)rng_below(rng, i + 1);
        struct recommend_cbp swap = cbp[i];
        cbp[i] = cbp[j], cbp[j] = swap;
    }
}

/* Some are alike but for their id, and some ids stand in two rows. */
static void order_does_not_matter(void **state)
{
    UNUSED(state);
    enum { N = 40, MOST = 8 };
    struct rng rng = {62};
    for (int round = 0; round < 500; round++) {
        struct recommend_cbp a[N], b[N];
        struct recommend_state sa[STATES], sb[STATES];
        struct recommend_pick pa[MOST], pb[MOST];
        for (int i = 0; i < N; i++) {
            a[i] = random_cbp(&rng, 100 + i);
            if (i % 4 == 1) a[i] = a[i - 1], a[i].id = 100 + i;
            if (i % 4 == 3) a[i].id = a[i - 1].id, a[i].competency = a[i - 1].competency % STATES + 1;
        }
        memcpy(b, a, sizeof a);
        shuffle(&rng, b, N);
        memcpy(sa, officer, sizeof sa);
        memcpy(sb, officer, sizeof sb);
        isize n = recommend_greedy(a, N, sa, STATES, &constants, pa, MOST);
        assert_int_equal(recommend_greedy(b, N, sb, STATES, &constants, pb, MOST), n);
        for (isize i = 0; i < n; i++) {
            assert_memory_equal(&a[pa[i].cbp], &b[pb[i].cbp], sizeof a[0]);
            assert_true(pa[i].index == pb[i].index && pa[i].after_se == pb[i].after_se);
            assert_true(pa[i].index > 0);
            for (isize j = 0; j < i; j++) assert_int_not_equal(a[pa[i].cbp].id, a[pa[j].cbp].id);
        }
        for (int i = 0; i < STATES; i++) assert_true(sa[i].mean == sb[i].mean && sa[i].se == sb[i].se);
    }
}

static void ties_go_to_the_lowest_id(void **state)
{
    UNUSED(state);
    struct recommend_cbp c[] = {course[0].cbp, course[0].cbp, course[0].cbp};
    struct recommend_state s[STATES];
    struct recommend_pick pick;
    c[0].id = 9, c[1].id = 7, c[2].id = 8;
    memcpy(s, officer, sizeof s);
    assert_int_equal(recommend_greedy(c, 3, s, STATES, &constants, &pick, 1), 1);
    assert_int_equal(c[pick.cbp].id, 7);
}

static void nothing_useful_nothing_picked(void **state)
{
    UNUSED(state);
    struct recommend_cbp other = course[0].cbp, useless = course[0].cbp;
    struct recommend_state s[STATES];
    struct recommend_pick pick;
    other.competency = 99;
    useless.tau = 0;
    memcpy(s, officer, sizeof s);
    assert_int_equal(recommend_greedy(&other, 1, s, STATES, &constants, &pick, 1), 0);
    assert_int_equal(recommend_greedy(&useless, 1, s, STATES, &constants, &pick, 1), 0);
    assert_int_equal(recommend_greedy(NULL, 0, s, STATES, &constants, &pick, 1), 0);
    assert_memory_equal(s, officer, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_matches),
        cmocka_unit_test(greedy_matches),
        cmocka_unit_test(one_call_gives_the_same_list),
        cmocka_unit_test(gain_has_bounds),
        cmocka_unit_test(fit_is_whole_inside_and_falls_outside),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(ties_go_to_the_lowest_id),
        cmocka_unit_test(nothing_useful_nothing_picked),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
