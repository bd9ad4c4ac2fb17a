/* competency_test.c -- a small world: two organisations, a position with a map, officers; what moves when evidence comes and goes.
** On SQLite always, on PostgreSQL when IGOT_TEST_PG names one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "competency/competency.h"
#include "db/migrate.h"
#include "measure/measure.h"

#define assert_err(expr, want)                                                                                         \
    do {                                                                                                               \
        err got_ = (expr);                                                                                             \
        if (got_ != (want)) fail_msg("%s: %s, not %s (%s; %s)", #expr, err_name(got_), err_name(want), err_message(), err_log()); \
    } while (0)
#define assert_ok(expr) assert_err(expr, OK)

static enum db_engine engine;
static char folder[64];
static struct db_pool *pool;
static struct arena arena;

enum { ROOT = 1, RURAL = 2, POSTAL = 3 };                             /* organisations */
enum { NOTING = 11, PROCUREMENT, TEAMWORK, AUDIT, SPARE };            /* competencies; nobody needs SPARE */
enum { POSITION = 21, MAP = 31, ASHA = 101, RAVI, FARIDA, CROWD };    /* from CROWD on: 40 more officers */
enum { DAY = 2500, OFFICERS = 43 };

/* ---- a dump of a table: every column of every row, as text ---- */

enum { COLUMNS_MAX = 14 };
struct dump { struct db_statement st; int slot; };
#define DUMP(name_, sql_, columns_) {{.name = name_, .sqlite = sql_, .postgres = sql_, .column = (const u8 *)columns_, .column_count = sizeof columns_ - 1}, 0}
/* One letter a column: \0 i64, \1 f64, \2 str, \3 blob, \4 i128, as enum db_type. */
static struct dump dumps[] = {
    DUMP("t.level", "SELECT officer, competency, sums, as_of, mean_milli, se_milli, awarded, status, newest, before_milli, before_day FROM level ORDER BY officer, competency",
         "\0\0\3\0\0\0\0\0\0\0\0"),
    DUMP("t.contribution", "SELECT officer, competency, organisation, grp, level, assessed, met, shortfall_micro, as_of FROM contribution ORDER BY officer, competency", "\0\0\0\2\0\0\0\0\0"),
    DUMP("t.tally", "SELECT organisation, grp, competency, required, assessed, met, shortfall_micro, shortfall_sq_milli FROM tally ORDER BY organisation, grp, competency", "\0\2\0\0\0\0\0\0"),
    DUMP("t.headcount", "SELECT organisation, grp, officers FROM headcount ORDER BY organisation, grp", "\0\2\0"),
    DUMP("t.snapshot", "SELECT organisation, day, grp, competency, officers, required, assessed, met, shortfall_micro, shortfall_sq_milli, suppressed FROM snapshot"
         " ORDER BY organisation, day, grp, competency", "\0\0\2\0\0\0\0\0\0\0\0"),
};

static void dump_value(struct buf *b, struct db_cursor *c, const struct db_statement *st, int i)
{
    if (db_column_null(c, i)) BUF_LIT(b, "-");
    else if (st->column[i] == DB_I64) buf_i64(b, db_column_i64(c, i));
    else {
        str s = db_column_view(c, i);
        for (isize k = 0; k < s.len; k++) buf_format(b, "%02x", (unsigned)(u8)s.data[k]);
    }
    buf_char(b, ' ');
}

static void dump_table(struct db *db, struct dump *d, struct buf *b)
{
    struct db_cursor *c;
    bool row = true;
    d->st.slot = &d->slot;
    buf_format(b, "%s\n", d->st.name);
    assert_ok(db_query(db, &d->st, NULL, &c));
    for (;;) {
        assert_ok(db_step(c, &row));
        if (!row) return;
        for (int i = 0; i < d->st.column_count; i++) dump_value(b, c, &d->st, i);
        buf_char(b, '\n');
    }
}

static struct db *begin(enum db_mode mode)
{
    struct db *db;
    assert_ok(db_begin(pool, mode, &db));
    return db;
}

/* Bits of `which`: the tables by their place in `dumps`. */
static void dump(struct buf *b, unsigned which)
{
    struct db *db = begin(DB_READ);
    buf_init(b, 16 << 20);
    for (isize i = 0; i < COUNT_OF(dumps); i++)
        if (which & 1u << i) dump_table(db, &dumps[i], b);
    assert_false(b->full);
    db_rollback(db);
}

static void assert_same(struct buf *x, struct buf *y)
{
    str a = buf_view(x), b = buf_view(y);
    if (!str_eq(a, b)) {
        isize at = 0;
        while (at < a.len && at < b.len && a.data[at] == b.data[at]) at++;
        str p = str_slice(a, at > 120 ? at - 120 : 0, at + 120), q = str_slice(b, at > 120 ? at - 120 : 0, at + 120);
        fail_msg("differs at %lld:\n%.*s\n--- not ---\n%.*s", (long long)at, STR_ARGS(p), STR_ARGS(q));
    }
    buf_clear(x);
    buf_clear(y);
}

/* ---- the world ---- */

static const char world[] =
    "INSERT INTO organisation (id, code, parent, kind, depth, source) VALUES (1, 'in', NULL, 'government', 0, 't'), (2, 'in.rural', 1, 'department', 1, 't'), (3, 'in.postal', 1, 'department', 1, 't');"
    "INSERT INTO organisation_above VALUES (1, 1, 0), (2, 2, 0), (2, 1, 1), (3, 3, 0), (3, 1, 1);"
    "INSERT INTO competency VALUES (11, 'f-noting', 2, 'a', 't', 1), (12, 'f-procurement', 2, 'a', 't', 1), (13, 'b-teamwork', 1, 'a', 't', 1), (14, 'd-audit', 3, 'a', 't', 1), (15, 'd-spare', 3, 'a', 't', 1);"
    "INSERT INTO frac_text VALUES (11, 'name', 'en', 'Noting'), (12, 'name', 'en', 'Procurement'), (13, 'name', 'en', 'Teamwork'), (13, 'name', 'hi', 'सहयोग'), (14, 'name', 'en', 'Audit'), (15, 'name', 'en', 'Spare');"
    "INSERT INTO frac_role VALUES (41, 'r'); INSERT INTO activity VALUES (51, 'a');"
    "INSERT INTO position (id, code, organisation, grp, sanctioned, filled) VALUES (21, 'so', 2, 'B', 50, 43);";
#define MAP_ROW(blob) "INSERT INTO position_map (id, position, version, from_day, content_hash) VALUES (31, 21, 1, 100, " blob ")" /* the engines write blobs differently */
static const char map_rows[] =
    "INSERT INTO map_item VALUES (31, 41, 51, 11, 4, 0, 1), (31, 41, 51, 12, 3, 0, 1), (31, 41, 51, 13, 2, 0, 1), (31, 41, 51, 14, 3, 1, 1);"
    "INSERT INTO requirement VALUES (31, 11, 4, 0), (31, 12, 3, 0), (31, 13, 2, 0), (31, 14, 3, 1);";

static const char *group_of(i64 i)
{
    return i % 3 == 0 ? "A" : i % 3 == 1 ? "B" : "C";
}

static void add_officers(struct db *db)
{
    for (i64 i = 0; i < OFFICERS; i++) {
        char sql[400];
        i64 organisation = i % 4 == 3 ? POSTAL : RURAL;
        snprintf(sql, sizeof sql, "INSERT INTO officer (id, name, grp, created) VALUES (%lld, 'Officer %lld', '%s', 1);"
                 "INSERT INTO posting (officer, id, position, organisation, from_day) VALUES (%lld, %lld, 21, %lld, 200)",
                 (long long)(ASHA + i), (long long)i, group_of(i), (long long)(ASHA + i), (long long)(1000 + i), (long long)organisation);
        assert_ok(db_script(db, str_of(sql)));
        assert_ok(measure_headcount(db, organisation, str_of(group_of(i)), 1));
        assert_ok(competency_contribute(db, &arena, ASHA + i, DAY));
    }
}

static err open_pool(str url)
{
    struct db_options o = {.url = url, .readers = 2, .writers = 2, .create = true};
    return db_pool_open(&o, &pool);
}

static err fill(void *arg)
{
    UNUSED(arg);
    struct db *db = begin(DB_WRITE);
    assert_ok(db_script(db, str_of(world)));
    assert_ok(db_script(db, engine == DB_SQLITE ? S(MAP_ROW("x'00'")) : S(MAP_ROW("'\\x00'"))));
    assert_ok(db_script(db, str_of(map_rows)));
    add_officers(db);
    assert_ok(db_commit(db));
    return OK;
}

static int setup(void **state)
{
    UNUSED(state);
    char url[512];
    arena_init(&arena, 64 << 20);
    clock_set(ms_of_day(DAY) + 36000000);
    if (engine == DB_SQLITE) {
        snprintf(folder, sizeof folder, "/tmp/competency_test.XXXXXX");
        assert_non_null(mkdtemp(folder));
        snprintf(url, sizeof url, "sqlite:%s/igot.db", folder);
        assert_ok(open_pool(str_of(url)));
    } else {
        const char *base = getenv("IGOT_TEST_PG");
        assert_ok(open_pool(str_of(base)));
        struct db *db = begin(DB_WRITE);
        assert_ok(db_script(db, S("DROP SCHEMA IF EXISTS competency_test CASCADE; CREATE SCHEMA competency_test")));
        assert_ok(db_commit(db));
        db_pool_close(pool);
        snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3Dcompetency_test", base, strchr(base, '?') ? '&' : '?');
        assert_ok(open_pool(str_of(url)));
    }
    assert_ok(migrate_run(pool, migration_count, NULL, NULL));
    assert_ok(constants_load(pool));
    assert_ok(arena_guard(fill, NULL));
    return 0;
}

static int teardown(void **state)
{
    UNUSED(state);
    db_pool_close(pool);
    constants_unload();
    arena_clear(&arena);
    clock_set(0);
    if (engine == DB_SQLITE) {
        char command[128];
        snprintf(command, sizeof command, "rm -rf %s", folder);
        assert_int_equal(system(command), 0);
    }
    return 0;
}

/* ---- evidence ---- */

struct give { i64 officer, competency; enum evidence_class class; const char *kind; f64 y, variance; i64 day; };

static i64 give(const struct give *g)
{
    struct db *db = begin(DB_WRITE);
    struct evidence_new n = {.officer = g->officer, .competency = g->competency, .class = g->class, .kind = str_of(g->kind), .y = g->y, .variance = g->variance, .day = g->day};
    i64 id;
    assert_ok(competency_record(db, &arena, &n, now_ms(), &id));
    assert_ok(db_commit(db));
    return id;
}

static void take(i64 officer, i64 id, enum evidence_state state)
{
    struct db *db = begin(DB_WRITE);
    assert_ok(competency_withdraw(db, &arena, officer, id, state, now_ms()));
    assert_ok(db_commit(db));
}

static i64 test_on(i64 officer, i64 competency, f64 y, i64 day)
{
    return give(&(struct give){officer, competency, CLASS_C, "course_test", y, .3, day});
}

static i64 proctored(i64 officer, i64 competency, f64 y, i64 day)
{
    return give(&(struct give){officer, competency, CLASS_P, "proctored", y, .1, day});
}

static struct level_reading level_of(i64 officer, i64 competency, i64 day)
{
    struct db *db = begin(DB_READ);
    struct level_reading r;
    struct level_sums sums;
    assert_ok(competency_level(db, &arena, officer, competency, day, &r, &sums));
    db_rollback(db);
    return r;
}

static struct gap_list gaps_of(i64 officer, i64 day)
{
    struct db *db = begin(DB_READ);
    struct gap_list gaps;
    assert_ok(competency_gaps(db, &arena, LANG_EN, officer, day, &gaps));
    db_rollback(db);
    return gaps;
}

/* ---- tests ---- */

static void test_gaps_order(void **state)
{
    UNUSED(state);
    proctored(ASHA, PROCUREMENT, 1.2, DAY - 20);
    proctored(ASHA, TEAMWORK, 4.4, DAY - 20);
    struct gap_list g = gaps_of(ASHA, DAY);
    assert_int_equal(g.count, 4);
    assert_int_equal(g.row[0].competency, AUDIT); /* critical, and nothing is known of it */
    assert_true(g.row[0].critical);
    assert_int_equal(g.row[0].status, LEVEL_NOT_ASSESSED);
    assert_int_equal(g.row[0].newest, -1);
    assert_int_equal(g.row[3].competency, TEAMWORK); /* met: at the end */
    assert_true(g.row[3].met);
    assert_true(g.row[1].weight * g.row[1].shortfall >= g.row[2].weight * g.row[2].shortfall);
    assert_false(g.row[3].fading);
    assert_true(gaps_of(ASHA, DAY + 800).row[3].fading); /* past the half-life of a proctored test */
    assert_true(str_eq(g.row[3].name, S("Teamwork")));
    struct db *db = begin(DB_READ);
    assert_ok(competency_gaps(db, &arena, LANG_HI, ASHA, DAY, &g));
    assert_true(str_eq(g.row[3].name, S("सहयोग")) && str_eq(g.row[0].name, S("Audit")));
    assert_err(competency_gaps(db, &arena, LANG_EN, ASHA, 50, &g), ERR_NOT_FOUND); /* before she was posted */
    db_rollback(db);
}

static void test_own_word(void **state)
{
    UNUSED(state);
    give(&(struct give){ASHA, AUDIT, CLASS_S, "self", 4, 8.6, DAY});
    struct level_reading r = level_of(ASHA, AUDIT, DAY);
    assert_int_equal(r.status, LEVEL_INDICATIVE);
    assert_int_equal(r.awarded, 0);
    assert_true(r.mean - 2.5 <= .1 * (4 - .32 - 2.5) + 1e-9);
    assert_int_equal(gaps_of(ASHA, DAY).row[0].competency, AUDIT); /* still counts as unknown */
}

struct sums { i64 required, assessed, met; };

static struct sums tally_of(i64 organisation, const char *grp, i64 competency)
{
    static int slot;
    static const u8 in[] = {DB_I64, DB_STR, DB_I64}, out[] = {DB_I64, DB_I64, DB_I64};
    static const struct db_statement st = {.name = "t.one", .sqlite = "SELECT required, assessed, met FROM tally WHERE organisation = ?1 AND grp = ?2 AND competency = ?3",
                                           .postgres = "SELECT required, assessed, met FROM tally WHERE organisation = $1 AND grp = $2 AND competency = $3",
                                           .param = in, .param_count = 3, .column = out, .column_count = 3, .slot = &slot};
    struct db *db = begin(DB_READ);
    struct db_value v[3] = {{.type = DB_I64, .as.i = organisation}, {.type = DB_STR, .as.s = str_of(grp)}, {.type = DB_I64, .as.i = competency}};
    struct db_cursor *c;
    struct sums s = {0};
    bool row;
    assert_ok(db_query(db, &st, v, &c));
    assert_ok(db_step(c, &row));
    if (row) {
        s = (struct sums){db_column_i64(c, 0), db_column_i64(c, 1), db_column_i64(c, 2)};
        db_cursor_close(c);
    }
    db_rollback(db);
    return s;
}

static void test_evidence_moves(void **state)
{
    UNUSED(state);
    struct sums before = tally_of(RURAL, "A", TEAMWORK); /* Asha is the first: Group A, in RURAL */
    assert_true(before.required > 3);
    assert_int_equal(before.assessed, 0);
    i64 id = proctored(ASHA, TEAMWORK, 3.5, DAY - 10);
    struct level_reading r = level_of(ASHA, TEAMWORK, DAY);
    assert_int_equal(r.status, LEVEL_CONFIRMED);
    assert_true(r.mean > 3 && r.mean < 3.5 && r.awarded >= 2);
    struct sums after = tally_of(RURAL, "A", TEAMWORK);
    assert_int_equal(after.required, before.required);
    assert_int_equal(after.assessed, 1);
    assert_int_equal(after.met, 1);
    proctored(ASHA, SPARE, 3, DAY); /* nobody needs it: no tally */
    assert_int_equal(tally_of(RURAL, "A", SPARE).required, 0);
    struct db *db = begin(DB_READ);
    struct level_point_list h;
    assert_ok(competency_history(db, &arena, ASHA, TEAMWORK, &h));
    assert_int_equal(h.count, 1);
    assert_int_equal(h.row[0].evidence, id);
    assert_int_equal(h.row[0].mean_milli, (i64)floor(1000 * r.mean + .5));
    db_rollback(db);
}

static void test_practice_moves_nothing(void **state)
{
    UNUSED(state);
    struct buf x, y;
    dump(&x, 31);
    struct db *db = begin(DB_WRITE);
    struct evidence_new n = {.officer = ASHA, .competency = NOTING, .class = CLASS_C, .kind = S("course_test"), .y = 5, .variance = .1, .day = DAY, .practice = true};
    i64 id;
    assert_ok(competency_record(db, &arena, &n, now_ms(), &id));
    assert_err(competency_withdraw(db, &arena, ASHA, id, EVIDENCE_WITHDRAWN, now_ms()), ERR_CONFLICT);
    assert_ok(db_commit(db));
    dump(&y, 31);
    assert_same(&x, &y);
}

/* Adding and withdrawing leaves every row as it was: with evidence before it, and with none; newer and older than what was there. */
static void test_withdraw_restores(void **state)
{
    UNUSED(state);
    struct buf x, y;
    test_on(ASHA, NOTING, 3.1, DAY - 400);
    give(&(struct give){ASHA, NOTING, CLASS_W, "workplace", 3.6, .4, DAY - 100});
    dump(&x, 31);
    i64 newer = proctored(ASHA, NOTING, 4.4, DAY - 1), older = test_on(ASHA, NOTING, 1.9, DAY - 700), first = proctored(RAVI, AUDIT, 3, DAY - 5);
    take(ASHA, newer, EVIDENCE_WITHDRAWN);
    take(RAVI, first, EVIDENCE_REPLACED);
    take(ASHA, older, EVIDENCE_REPLACED);
    dump(&y, 31);
    assert_same(&x, &y);
    struct db *db = begin(DB_WRITE);
    assert_err(competency_withdraw(db, &arena, ASHA, newer, EVIDENCE_WITHDRAWN, now_ms()), ERR_CONFLICT);
    db_rollback(db);
}

/* The same pieces in another order give the same rows. */
static void test_any_order(void **state)
{
    UNUSED(state);
    struct buf x, y;
    const struct give g[4] = {{ASHA, NOTING, CLASS_C, "course_test", 3.1, .3, DAY - 400}, {ASHA, NOTING, CLASS_W, "workplace", 3.6, .4, DAY - 100},
                              {ASHA, NOTING, CLASS_P, "proctored", 4.1, .1, DAY - 30}, {ASHA, NOTING, CLASS_S, "self", 4, 8.6, DAY - 3}};
    i64 id[4];
    for (int i = 0; i < 4; i++) id[i] = give(&g[i]);
    dump(&x, 31);
    for (int i = 0; i < 4; i++) take(ASHA, id[i], EVIDENCE_WITHDRAWN);
    for (int i = 3; i >= 0; i--) give(&g[i]);
    dump(&y, 31);
    assert_same(&x, &y);
}

static bool learn(i64 officer, i64 competency, i64 day)
{
    struct db *db = begin(DB_WRITE);
    bool counted;
    assert_ok(competency_learning_event(db, &arena, officer, competency, day, 0, now_ms(), &counted));
    assert_ok(db_commit(db));
    return counted;
}

/* A learning event recorded late gives what it would have given in time. */
static void test_late_learning(void **state)
{
    UNUSED(state);
    struct level_reading in_time, late;
    proctored(ASHA, NOTING, 2.4, DAY - 500);
    assert_true(learn(ASHA, NOTING, DAY - 200));
    struct level_reading before = level_of(ASHA, NOTING, DAY);
    proctored(RAVI, NOTING, 2.4, DAY - 500);
    assert_true(before.mean == level_of(RAVI, NOTING, DAY).mean); /* learning alone changes nothing */
    proctored(ASHA, NOTING, 4.2, DAY - 100);
    in_time = level_of(ASHA, NOTING, DAY);
    proctored(RAVI, NOTING, 4.2, DAY - 100);
    assert_true(level_of(RAVI, NOTING, DAY).mean != in_time.mean);
    assert_true(learn(RAVI, NOTING, DAY - 200));
    late = level_of(RAVI, NOTING, DAY);
    assert_true(late.mean == in_time.mean && late.se == in_time.se);
    assert_false(learn(RAVI, NOTING, DAY - 100)); /* within 180 days of another */
    assert_true(level_of(RAVI, NOTING, DAY).mean == late.mean);
}

static void random_histories(void)
{
    struct rng r = {7};
    for (i64 i = 0; i < OFFICERS; i++)
        for (i64 c = NOTING; c <= SPARE; c++)
            for (i64 n = rng_below(&r, 4); n > 0; n--) {
                enum evidence_class class = (enum evidence_class)rng_below(&r, CLASS_COUNT);
                give(&(struct give){ASHA + i, c, class, "simulated", 1 + 4 * rng_unit(&r), .1 + 4 * rng_unit(&r), DAY - rng_below(&r, 900)});
                arena_reset(&arena);
            }
}

static void test_age_and_recount(void **state)
{
    UNUSED(state);
    struct buf x, y;
    const i64 later = DAY + 90;
    random_histories();
    learn(ASHA, NOTING, DAY - 300);
    clock_set(ms_of_day(later) + 1000);
    assert_ok(competency_age(pool, later, NULL, NULL));
    dump(&x, 31);
    assert_ok(competency_recount(pool, later, NULL, NULL));
    dump(&y, 31);
    assert_same(&x, &y);
    assert_ok(competency_age(pool, later, NULL, NULL)); /* and again changes nothing */
    dump(&x, 31);
    assert_ok(competency_recount(pool, later, NULL, NULL));
    dump(&y, 31);
    assert_same(&x, &y);
}

/* A half-life that changed while the program did not run: the next ageing, days later, weighs everything anew all the same. */
static void test_half_life_of_a_missed_day(void **state)
{
    UNUSED(state);
    struct buf x, y;
    const i64 later = DAY + 3;
    random_histories();
    assert_ok(competency_age(pool, DAY, NULL, NULL));
    struct db *db = begin(DB_WRITE);
    assert_ok(db_script(db, S("INSERT INTO constant (id, name, value, unit, basis, reason_en, reason_hi, from_day, created) VALUES (1, 'half_life_c', 200, 'days', 'P', '', '', 2501, 0)")));
    assert_ok(db_commit(db));
    assert_ok(constants_load(pool));
    clock_set(ms_of_day(later) + 1000);
    assert_ok(competency_age(pool, later, NULL, NULL));
    dump(&x, 31);
    assert_ok(competency_recount(pool, later, NULL, NULL));
    dump(&y, 31);
    assert_same(&x, &y);
}

/* An officer who moves takes her contributions with her. */
static void test_posting_moves(void **state)
{
    UNUSED(state);
    proctored(ASHA, TEAMWORK, 3.5, DAY - 10);
    i64 rural = tally_of(RURAL, "A", TEAMWORK).required, postal = tally_of(POSTAL, "A", TEAMWORK).required;
    struct db *db = begin(DB_WRITE);
    assert_ok(db_script(db, S("UPDATE posting SET organisation = 3 WHERE officer = 101")));
    assert_ok(competency_contribute(db, &arena, ASHA, DAY));
    assert_ok(db_commit(db));
    assert_int_equal(tally_of(RURAL, "A", TEAMWORK).required, rural - 1);
    assert_int_equal(tally_of(RURAL, "A", TEAMWORK).assessed, 0);
    assert_int_equal(tally_of(POSTAL, "A", TEAMWORK).required, postal + 1);
    assert_int_equal(tally_of(POSTAL, "A", TEAMWORK).met, 1);
    db = begin(DB_WRITE);
    assert_ok(db_script(db, S("UPDATE posting SET until_day = 2499 WHERE officer = 101")));
    assert_ok(competency_contribute(db, &arena, ASHA, DAY));
    assert_ok(db_commit(db));
    assert_int_equal(tally_of(POSTAL, "A", TEAMWORK).required, postal);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
    const struct CMUnitTest tests[] = {TEST(gaps_order), TEST(own_word), TEST(evidence_moves), TEST(practice_moves_nothing), TEST(withdraw_restores),
                                       TEST(any_order), TEST(late_learning), TEST(age_and_recount), TEST(half_life_of_a_missed_day), TEST(posting_moves)};
    int failed = cmocka_run_group_tests_name("competency, SQLite", tests, NULL, NULL);
    if (!getenv("IGOT_TEST_PG")) {
        print_message("SKIPPED: competency on PostgreSQL (IGOT_TEST_PG is not set; see tests/tools/pg_start.sh)\n");
        return failed;
    }
    engine = DB_POSTGRES;
    return failed + cmocka_run_group_tests_name("competency, PostgreSQL", tests, NULL, NULL);
}
