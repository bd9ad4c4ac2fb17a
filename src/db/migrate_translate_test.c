/* migrate_translate_test.c -- the words, marks and sections of sql/README.md, on both engines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "db/migrate.h"

static struct buf out;

static int begin(void **state)
{
    UNUSED(state);
    buf_init(&out, 1 << 20);
    return 0;
}

static int end(void **state)
{
    UNUSED(state);
    buf_clear(&out);
    return 0;
}

static void gives(enum db_engine engine, const char *in, const char *want)
{
    buf_reset(&out);
    assert_int_equal(migrate_translate(engine, str_of(in), &out), OK);
    buf_char(&out, 0);
    assert_string_equal(out.data, want);
}

static void fails(const char *in, const char *log)
{
    for (int engine = DB_SQLITE; engine <= DB_POSTGRES; engine++) {
        buf_reset(&out);
        assert_int_equal(migrate_translate((enum db_engine)engine, str_of(in), &out), ERR_INVALID);
        assert_string_equal(err_log(), log);
    }
}

static void type_words(void **state)
{
    UNUSED(state);
    const char *in = "CREATE TABLE t (a i64, b f64, c str, d blob, e i128) @strict;";
    gives(DB_SQLITE, in, "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e BLOB) STRICT;");
    gives(DB_POSTGRES, in, "CREATE TABLE t (a BIGINT, b DOUBLE PRECISION, c TEXT, d BYTEA, e NUMERIC(39)) ;");
}

static void keyed(void **state)
{
    UNUSED(state);
    const char *in = "create table t (a i64 PRIMARY KEY) @keyed;";
    gives(DB_SQLITE, in, "create table t (a INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID;");
    gives(DB_POSTGRES, in, "create table t (a BIGINT PRIMARY KEY) ;");
}

/* Longer words, strings, quoted names and comments are not type words. */
static void left_alone(void **state)
{
    UNUSED(state);
    const char *in = "-- i64 @strict ;\nINSERT INTO i64s (str_a, \"str\") VALUES ('it''s str; -- @keyed', /* f64 ; */ x_blob);";
    gives(DB_SQLITE, in, in);
    gives(DB_POSTGRES, in, in);
}

/* What goes leaves its newlines, so that line numbers hold. */
static void sections(void **state)
{
    UNUSED(state);
    const char *in = "SELECT 1;\n-- sqlite:\nSELECT 'don''t', i64;\n-- end\n  -- postgres:\nSELECT a @> b;\n  -- end\nSELECT 4;\n";
    gives(DB_SQLITE, in, "SELECT 1;\n\nSELECT 'don''t', INTEGER;\n\n  \n\n\nSELECT 4;\n");
    gives(DB_POSTGRES, in, "SELECT 1;\n\n\n\n  \nSELECT a @> b;\n  \nSELECT 4;\n");
}

static void section_marks_stand_alone(void **state)
{
    UNUSED(state);
    const char *in = "SELECT 1; -- sqlite:\n-- end of part one\n";
    gives(DB_SQLITE, in, in);
    gives(DB_POSTGRES, in, in);
}

/* A table of one engine is in that engine's words, and needs no mark. */
static void table_in_section(void **state)
{
    UNUSED(state);
    const char *in = "-- sqlite:\nCREATE VIRTUAL TABLE s USING fts5 (w);\n-- end\n-- postgres:\nCREATE TABLE s (w TSVECTOR);\n-- end";
    gives(DB_SQLITE, in, "\nCREATE VIRTUAL TABLE s USING fts5 (w);\n\n\n\n");
    gives(DB_POSTGRES, in, "\n\n\n\nCREATE TABLE s (w TSVECTOR);\n");
}

static void empty(void **state)
{
    UNUSED(state);
    gives(DB_SQLITE, "", "");
}

static void mistakes(void **state)
{
    UNUSED(state);
    fails("\n-- sqlite:\nSELECT 1;\n", "line 2: this section has no '-- end'");
    fails("-- sqlite:\n-- postgres:\n-- end", "line 2: a section inside a section: '-- end' is missing");
    fails("SELECT 1;\n-- end\n", "line 2: '-- end' without '-- sqlite:' or '-- postgres:'");
    fails("SELECT 1;\n\nCREATE TABLE t (\n a i64\n);", "line 3: this table does not end in @strict or @keyed");
    fails("CREATE TABLE t (a i64) @strickt;", "line 1: expected @strict or @keyed");
    fails("CREATE INDEX t ON u (a) @strict;", "line 1: @strict and @keyed end a CREATE TABLE");
    fails("CREATE TABLE t (a i64) @strict\n", "line 1: this CREATE TABLE has no ';'");
    fails("CREATE TABLE t (\n-- sqlite:\n", "line 2: a section may not begin inside CREATE TABLE");
    fails("SELECT\n'x", "line 2: this string has no end");
    fails("SELECT \"x", "line 1: this quoted name has no end");
    fails("SELECT 1 /* x", "line 1: this comment has no end");
}

static void memory_ends(void **state)
{
    UNUSED(state);
    struct buf small;
    buf_init(&small, 4);
    assert_int_equal(migrate_translate(DB_SQLITE, S("SELECT 1;"), &small), ERR_MEMORY);
    buf_clear(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(type_words, begin, end),
        cmocka_unit_test_setup_teardown(keyed, begin, end),
        cmocka_unit_test_setup_teardown(left_alone, begin, end),
        cmocka_unit_test_setup_teardown(sections, begin, end),
        cmocka_unit_test_setup_teardown(section_marks_stand_alone, begin, end),
        cmocka_unit_test_setup_teardown(table_in_section, begin, end),
        cmocka_unit_test_setup_teardown(empty, begin, end),
        cmocka_unit_test_setup_teardown(mistakes, begin, end),
        cmocka_unit_test_setup_teardown(memory_ends, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
