/* suppress_test.c -- no published figure of fewer than `least` people can be found, not even by adding and subtracting what is published.
**
** First the rule for one row of siblings; then whole published snapshots of random trees: every published sum is an equation between cells, and
** elimination shows which blank cells they determine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

#include "db/migrate.h"
#include "measure/measure.h"

enum { LEAST = 10 };

#define assert_ok(expr)                                                                                                \
    do {                                                                                                               \
        err got_ = (expr);                                                                                             \
        if (got_ != OK) fail_msg("%s: %s (%s; %s)", #expr, err_name(got_), err_message(), err_log());                  \
    } while (0)

/* ---- one row of siblings ---- */

static i64 random_count(struct rng *r)
{
    static const i64 top[] = {1, 12, 30, 400};
    return rng_below(r, top[rng_below(r, 4)]);
}

static void check_row(const i64 *n, const u8 *state, isize count)
{
    isize blanks = 0, shown = 0;
    i64 people = 0;
    for (isize i = 0; i < count; i++) {
        if (n[i] > 0 && n[i] < LEAST) assert_int_not_equal(state[i], SUPPRESS_NOT);
        if (n[i] == 0) assert_int_not_equal(state[i], SUPPRESS_SIBLING);
        if (!state[i] && n[i] > 0) shown++;
        if (state[i]) blanks++, people += n[i];
    }
    /* What is blank amounts, by subtraction from the total, to two cells and ten people at least; or nothing is shown that could be subtracted. */
    if (blanks > 0 && shown > 0) assert_true(blanks >= 2 && people >= LEAST);
}

static void test_rows(void **context)
{
    UNUSED(context);
    struct rng r = {42};
    for (int round = 0; round < 200000; round++) {
        i64 n[12];
        u8 state[12] = {0};
        isize count = 1 + rng_below(&r, 12);
        for (isize i = 0; i < count; i++) n[i] = random_count(&r);
        measure_suppress(n, count, LEAST, state);
        check_row(n, state, count);
        assert_false(measure_suppress(n, count, LEAST, state)); /* nothing follows */
    }
}

static void test_examples(void **context)
{
    UNUSED(context);
    u8 one[3] = {0}, none[3] = {0}, enough[4] = {0};
    assert_true(measure_suppress((i64[]){40, 4, 25}, 3, LEAST, one));
    assert_int_equal(one[0], SUPPRESS_NOT);
    assert_int_equal(one[1], SUPPRESS_SMALL);
    assert_int_equal(one[2], SUPPRESS_SIBLING); /* the smallest that is left goes with it */
    assert_false(measure_suppress((i64[]){40, 0, 25}, 3, LEAST, none));
    assert_true(measure_suppress((i64[]){40, 6, 7, 90}, 4, LEAST, enough));
    assert_int_equal(enough[0] | enough[3], SUPPRESS_NOT);
}

/* ---- whole snapshots ---- */

/* A root, departments below it, units below those; organisation o has its own people, by Group. */
enum { DEPARTMENTS = 3, UNITS = 3, ORGS = 1 + DEPARTMENTS + DEPARTMENTS * UNITS, GROUPS = 4, CELLS = ORGS * GROUPS, COMPETENCY = 77, DAY = 2500 };
/* Unknowns: cells [org][group], then own people [org][group]. group 3 is all of them. */
enum { UNKNOWNS = 2 * CELLS, EQUATIONS = 2 * ORGS + ORGS * GROUPS };

static i64 own[ORGS][GROUPS], total[ORGS][GROUPS];
static u8 blank[ORGS][GROUPS];

static int parent_of(int org)
{
    return org == 0 ? -1 : org <= DEPARTMENTS ? 0 : 1 + (org - 1 - DEPARTMENTS) / UNITS;
}

static void random_world(struct rng *r)
{
    memset(total, 0, sizeof total);
    for (int o = 0; o < ORGS; o++) {
        own[o][3] = 0;
        for (int g = 0; g < 3; g++) {
            own[o][g] = random_count(r) / 2;
            own[o][3] += own[o][g];
        }
        for (int g = 0; g < GROUPS; g++)
            for (int up = o; up >= 0; up = parent_of(up)) total[up][g] += own[o][g];
    }
}

static void script(struct db *db, const char *format, ...) PRINTF_LIKE(2, 3);
static void script(struct db *db, const char *format, ...)
{
    char sql[600];
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    assert_ok(db_script(db, str_of(sql)));
}

static void make_tree(struct db *db)
{
    script(db, "INSERT INTO competency VALUES (%d, 'c', 1, 'a', 't', 1)", COMPETENCY);
    for (int o = 0; o < ORGS; o++) {
        if (o == 0) script(db, "INSERT INTO organisation (id, code, kind, depth, source) VALUES (1, 'o0', 'government', 0, 't')");
        else script(db, "INSERT INTO organisation (id, code, parent, kind, depth, source) VALUES (%d, 'o%d', %d, 'office', 1, 't')", o + 1, o, parent_of(o) + 1);
        for (int up = o, distance = 0; up >= 0; up = parent_of(up)) script(db, "INSERT INTO organisation_above VALUES (%d, %d, %d)", o + 1, up + 1, distance++);
    }
}

static void store_world(struct db *db)
{
    script(db, "DELETE FROM tally; DELETE FROM headcount; DELETE FROM snapshot");
    for (int o = 0; o < ORGS; o++)
        for (int g = 0; g < 3; g++) {
            if (!own[o][g]) continue;
            script(db, "INSERT INTO tally VALUES (%d, '%c', %d, %lld, %lld, 0, 0, 0)", o + 1, 'A' + g, COMPETENCY, (long long)own[o][g], (long long)own[o][g]);
            script(db, "INSERT INTO headcount VALUES (%d, '%c', %lld)", o + 1, 'A' + g, (long long)own[o][g]);
        }
}

static void read_blanks(struct db *db, i64 competency)
{
    static int slot;
    static const u8 in[] = {DB_I64}, out[] = {DB_I64, DB_STR, DB_I64, DB_I64};
    static const struct db_statement st = {.name = "t.blanks", .sqlite = "SELECT organisation, grp, assessed, suppressed FROM snapshot WHERE competency = ?1",
                                           .postgres = "", .param = in, .param_count = 1, .column = out, .column_count = 4, .slot = &slot};
    struct db_value v = {.type = DB_I64, .as.i = competency};
    struct db_cursor *c;
    memset(blank, 0, sizeof blank);
    assert_ok(db_query(db, &st, &v, &c));
    for (;;) {
        bool row;
        assert_ok(db_step(c, &row));
        if (!row) return;
        str grp = db_column_view(c, 1);
        int g = grp.len ? grp.data[0] - 'A' : 3, o = (int)db_column_i64(c, 0) - 1;
        assert_int_equal(db_column_i64(c, 2), total[o][g]);
        blank[o][g] = (u8)db_column_i64(c, 3);
    }
}

/* ---- elimination over the rationals, modulo a prime ---- */

static const i64 prime = 2147483629;

static i64 inverse(i64 a)
{
    i64 result = 1, power = prime - 2;
    for (a %= prime; power; power >>= 1, a = a * a % prime)
        if (power & 1) result = result * a % prime;
    return result;
}

static i64 m[EQUATIONS][UNKNOWNS];

static int cell(int o, int g)
{
    return o * GROUPS + g;
}

/* An empty cell that is not blank is known to be empty. Own people are never published; that there are none at all may be known. */
static void put(int equation, int o, int g, bool is_own, i64 sign)
{
    if (is_own ? own[o][3] == 0 : !blank[o][g]) return;
    m[equation][(is_own ? CELLS : 0) + cell(o, g)] = sign < 0 ? prime - 1 : 1;
}

static int equations(void)
{
    int n = 0;
    memset(m, 0, sizeof m);
    for (int o = 0; o < ORGS; o++) {
        for (int g = 0; g < GROUPS; g++, n++) { /* the whole is its own people and its children */
            put(n, o, g, false, -1);
            put(n, o, g, true, 1);
            for (int c = 0; c < ORGS; c++)
                if (parent_of(c) == o) put(n, c, g, false, 1);
        }
        for (int is_own = 0; is_own < 2; is_own++, n++) { /* all Groups are A and B and C */
            put(n, o, 3, is_own, -1);
            for (int g = 0; g < 3; g++) put(n, o, g, is_own, 1);
        }
    }
    return n;
}

static int reduce(int rows)
{
    int rank = 0;
    for (int column = 0; column < UNKNOWNS && rank < rows; column++) {
        int pivot = rank;
        while (pivot < rows && m[pivot][column] == 0) pivot++;
        if (pivot == rows) continue;
        for (int k = 0; k < UNKNOWNS; k++) {
            i64 t = m[rank][k];
            m[rank][k] = m[pivot][k];
            m[pivot][k] = t;
        }
        i64 by = inverse(m[rank][column]);
        for (int k = 0; k < UNKNOWNS; k++) m[rank][k] = m[rank][k] * by % prime;
        for (int row = 0; row < rows; row++) {
            i64 f = m[row][column];
            if (row == rank || f == 0) continue;
            for (int k = column; k < UNKNOWNS; k++) m[row][k] = (m[row][k] + (prime - f) * m[rank][k]) % prime;
        }
        rank++;
    }
    return rank;
}

/* A row with one unknown left determines it. */
static int check_world(int round)
{
    int rank = reduce(equations()), found = 0;
    for (int row = 0; row < rank; row++) {
        int unknowns = 0, which = 0;
        for (int k = 0; k < UNKNOWNS; k++)
            if (m[row][k]) unknowns++, which = k;
        if (unknowns != 1) continue;
        bool is_own = which >= CELLS;
        int o = which % CELLS / GROUPS, g = which % GROUPS;
        i64 people = is_own ? own[o][g] : total[o][g];
        if (people == 0 || people >= LEAST) continue;
        print_message("round %d: organisation %d, Group %c%s: %lld people can be found\n", round, o, "ABC*"[g], is_own ? " (own)" : "", (long long)people);
        found++;
    }
    return found;
}

static void test_snapshots(void **context)
{
    UNUSED(context);
    char folder[] = "/tmp/suppress_test.XXXXXX", url[64];
    struct db_pool *pool;
    struct arena arena;
    struct db *db;
    struct rng r = {1};
    assert_non_null(mkdtemp(folder));
    snprintf(url, sizeof url, "sqlite:%s/db", folder);
    struct db_options o = {.url = str_of(url), .readers = 1, .create = true};
    assert_ok(db_pool_open(&o, &pool));
    assert_ok(migrate_run(pool, migration_count, NULL, NULL));
    arena_init(&arena, 16 << 20);
    assert_ok(db_begin(pool, DB_WRITE, &db));
    make_tree(db);
    int found = 0;
    for (int round = 0; round < 400; round++) {
        random_world(&r);
        store_world(db);
        arena_reset(&arena);
        assert_ok(measure_publish(db, &arena, DAY));
        for (int c = 0; c < 2; c++) {
            read_blanks(db, c ? COMPETENCY : 0);
            for (int org = 0; org < ORGS; org++)
                for (int g = 0; g < GROUPS; g++)
                    if (total[org][g] > 0 && total[org][g] < LEAST) assert_int_not_equal(blank[org][g], SUPPRESS_NOT);
            found += check_world(round);
        }
    }
    db_rollback(db);
    db_pool_close(pool);
    arena_clear(&arena);
    assert_int_equal(system(str_z(&arena, str_format(&arena, "rm -rf %s", folder))), 0);
    arena_clear(&arena);
    assert_int_equal(found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_examples), cmocka_unit_test(test_snapshots)};
    return cmocka_run_group_tests_name("suppression", tests, NULL, NULL);
}
