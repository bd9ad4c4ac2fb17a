/* search_test.c -- one normaliser, two engines: both find the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "learning/test_course.h"
#include "learning_sql.h"

static int make(void **state)
{
    UNUSED(state);
    return course_make("search_test");
}

static int make_arena(void **state)
{
    UNUSED(state);
    arena_init(&world_arena, 1 << 20);
    return 0;
}

static int end_arena(void **state)
{
    UNUSED(state);
    arena_clear(&world_arena);
    return 0;
}

static void folding(void **state)
{
    UNUSED(state);
    static const char *const pair[][2] = {
        {"Right to INFORMATION, 2005", "right to information 2005"},
        {"  a--b  ", "a b"},
        {"क्षमता", "क्षमता"},
        {"फ़ाइल", "फाइल"},                                              /* nukta written apart */
        {"\xE0\xA5\x9E\xE0\xA4\xBE\xE0\xA4\x87\xE0\xA4\xB2", "फाइल"},   /* and as one letter, U+095E */
        {"२०२६", "2026"},
        {"कार्य\xE2\x80\x8Dालय।", "कार्यालय"},                            /* a joiner; a danda */
        {"Café", "cafe"},
        {"Cafe\xCC\x81", "cafe"},                                        /* the accent apart */
        {"\xE0\xAE\x95\xE0\xAF\x86\xE0\xAE\xBE", "\xE0\xAE\x95\xE0\xAF\x8A"}, /* Tamil: two parts, one sign */
        {"“नोटिंग” – (भाग 1)", "नोटिंग भाग 1"},
        {"", ""},
        {"…!?", ""},
    };
    for (isize i = 0; i < COUNT_OF(pair); i++) {
        str once = search_fold(A, str_of(pair[i][0]));
        assert_str(once, str_of(pair[i][1]));
        assert_str(search_fold(A, once), once); /* folding twice is folding once */
    }
    char long_word[600];
    memset(long_word, 'x', sizeof long_word);
    assert_true(search_fold(A, str_n(long_word, sizeof long_word)).len == 48);
    assert_true(search_fold(A, S("bad\xFF\xFE bytes")).len <= 12);
}

static void queries(void **state)
{
    UNUSED(state);
    assert_str(search_query(A, DB_SQLITE, S("RTI, क्षमता")), S("\"rti\"* \"क्षमता\"*"));
    assert_str(search_query(A, DB_POSTGRES, S("RTI, क्षमता")), S("'rti':* & 'क्षमता':*"));
    assert_str(search_query(A, DB_SQLITE, S("a\" OR words:b NOT *")), S("\"a\"* \"or\"* \"words\"* \"b\"* \"not\"*"));
    assert_str(search_query(A, DB_POSTGRES, S("a' | 'b':* & !c \\")), S("'a':* & 'b':* & 'c':*"));
    assert_str(search_query(A, DB_SQLITE, S(" - ")), S(""));
    assert_true(search_query(A, DB_SQLITE, S("a b c d e f g h i j k l m n o p")).len == 12 * 5 - 1);
}

/* Bits: 1 the English course, 2 the Hindi one, 4 the one taught elsewhere. */
static int find(struct db *db, const char *typed)
{
    struct learning_find_rows rows;
    struct learning_find_count_row count;
    str q = search_query(A, db_engine(db), str_of(typed)), none = {0};
    assert_ok(learning_sql_find(db, A, q, S("en"), w.officer[0], NULL, none, NULL, NULL, 0, 20, 0, &rows));
    assert_ok(learning_sql_find_count(db, A, q, NULL, none, NULL, NULL, &count));
    assert_int_equal(count.n, rows.count);
    int bits = 0;
    for (isize i = 0; i < rows.count; i++) bits |= rows.row[i].id == w.course ? 1 : rows.row[i].id == w.hindi ? 2 : 4;
    return bits;
}

static void both_find_the_same(void **state)
{
    UNUSED(state);
    static const struct { const char *typed; int found; } want[] = {
        {"", 7}, {"RTI", 6}, {"rti counters", 4}, {"नोटिंग", 1}, {"नोट", 1}, {"कार्यालय", 1}, {"कार्यालय प्रबंध", 1}, {"अधिकार", 6}, {"सूचना का अधिकार", 6},
        {"क्षमता", 0}, {"ालय", 0}, {"draft not", 1}, {"draft rti", 0}, {"institute", 7}, {"सचिवालय", 7}, {"secretariat न", 1}, {"'", 7}, {"\"", 7},
        {"OR", 0}, {"1 2", 7}, {"१", 7}, {"noting*", 1}, {"words:noting", 0}, {"^noting", 1}, {"(noting", 1}, {"नोटिंग\xE2\x80\x8D", 1}, {"प्रबंधन", 1}};
    struct db *db = world_begin(DB_READ);
    for (isize i = 0; i < COUNT_OF(want); i++) {
        int found = find(db, want[i].typed);
        if (found != want[i].found) fail_msg("\"%s\" found %d, not %d", want[i].typed, found, want[i].found);
    }
    db_rollback(db);
}

static void filters(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_READ);
    struct learning_find_rows rows;
    str none = {0}, hindi = S("hi");
    i64 level = 3;
    assert_ok(learning_sql_find(db, A, S(""), S("hi"), 0, &w.competency[1], none, &w.provider, NULL, 1, 20, 0, &rows));
    assert_int_equal(rows.count, 2);
    assert_ok(learning_sql_find(db, A, S(""), S("hi"), 0, NULL, hindi, NULL, NULL, 2, 20, 0, &rows));
    assert_int_equal(rows.count, 1);
    assert_str(rows.row[0].title, S("सूचना का अधिकार: व्यवहार में"));
    assert_str(rows.row[0].competency, S("सूचना का अधिकार"));
    assert_ok(learning_sql_find(db, A, S(""), S("en"), 0, NULL, none, NULL, &level, 0, 20, 0, &rows));
    assert_int_equal(rows.count, 3);
    level = 4;
    assert_ok(learning_sql_find(db, A, S(""), S("en"), 0, NULL, none, NULL, &level, 0, 20, 0, &rows));
    assert_int_equal(rows.count, 0);
    assert_ok(learning_sql_find(db, A, S(""), S("en"), 0, NULL, none, NULL, NULL, 1, 2, 1, &rows)); /* the second page of one */
    assert_int_equal(rows.count, 2);
    assert_true(rows.row[1].minutes == 40);
    db_rollback(db);
}

static void rewritten(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    assert_ok(learning_text_put(db, w.course, S("title"), S("en"), S("Precis writing")));
    assert_ok(learning_index_course(db, A, w.course));
    assert_int_equal(find(db, "drafting"), 0);
    assert_int_equal(find(db, "precis"), 1);
    db_rollback(db);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, course_end)
int main(void)
{
    const struct CMUnitTest pure[] = {cmocka_unit_test_setup_teardown(folding, make_arena, end_arena), cmocka_unit_test_setup_teardown(queries, make_arena, end_arena)};
    const struct CMUnitTest tests[] = {CASE(both_find_the_same), CASE(filters), CASE(rewritten)};
    return cmocka_run_group_tests_name("pure", pure, NULL, NULL) + world_run(tests);
}
