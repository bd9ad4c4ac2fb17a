/* csv_test.c -- every way a record can be written, and every way it can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "import/csv.h"

/* What was read, as LINE[cell|cell] texts, so that a test compares one string. */
struct seen { struct buf out; int left_after; };

static err note(void *arg, i64 line, const str *cell, int count)
{
    struct seen *s = arg;
    buf_i64(&s->out, line);
    buf_char(&s->out, '[');
    for (int i = 0; i < count; i++) {
        if (i) buf_char(&s->out, '|');
        buf_str(&s->out, cell[i]);
    }
    buf_char(&s->out, ']');
    return s->left_after && --s->left_after == 0 ? ERR_CONFLICT : OK;
}

struct outcome { enum csv_stop why; i64 line; int column; };

static struct outcome run(struct seen *s, enum csv_format format, str text, isize step)
{
    struct csv_reader *r = csv_open(format, note, s);
    assert_non_null(r);
    for (isize at = 0; at < text.len; at += step) csv_feed(r, text.data + at, at + step > text.len ? text.len - at : step);
    csv_finish(r);
    struct outcome o = {csv_why(r), csv_line(r), csv_column(r)};
    csv_close(r);
    return o;
}

static void expect_format(enum csv_format format, str text, const char *wanted)
{
    for (isize step = 1; step <= 64; step *= 2) { /* however the bytes are cut */
        struct seen s = {0};
        buf_init(&s.out, 1 << 20);
        struct outcome o = run(&s, format, text, step);
        assert_int_equal(o.why, CSV_GOOD);
        buf_char(&s.out, '\0');
        assert_string_equal(s.out.data, wanted);
        buf_clear(&s.out);
    }
}

static void expect(str text, const char *wanted)
{
    expect_format(CSV_COMMA_QUOTED, text, wanted);
}

static struct outcome outcome_of(str text)
{
    struct seen s = {0};
    buf_init(&s.out, 1 << 24);
    struct outcome o = run(&s, CSV_COMMA_QUOTED, text, 4096);
    buf_clear(&s.out);
    return o;
}

static void plain(void **state)
{
    UNUSED(state);
    expect(S("a,b\nc,d\n"), "1[a|b]2[c|d]");
    expect(S("a,b\nc,d"), "1[a|b]2[c|d]");
    expect(S("a,b\r\nc,d\r\n"), "1[a|b]2[c|d]");
    expect(S("a,b\rc,d\r"), "1[a|b]2[c|d]");
    expect(S(""), "");
    expect(S("a"), "1[a]");
    expect(S(",\n"), "1[|]");
    expect(S(" a , b c \n"), "1[a|b c]");
}

static void mark(void **state)
{
    UNUSED(state);
    expect(S("\xEF\xBB\xBF" "a,b\n1,2\n"), "1[a|b]2[1|2]");
    expect(S("\xEF\xBB\xBF"), "");
    expect(S("\xEF\xBB"), "1[\xEF\xBB]");
    expect(S("a,\xEF\xBB\xBF" "b\n"), "1[a|\xEF\xBB\xBF" "b]");
    expect(S("\xEF\xBB\xBF\"a\"\n"), "1[a]");
}

static void quoted(void **state)
{
    UNUSED(state);
    expect(S("\"a,b\",\"c\"\"d\"\n"), "1[a,b|c\"d]");
    expect(S("a,\"x\ny\nz\"\nb,c\n"), "1[a|x\ny\nz]4[b|c]");
    expect(S("a,\"x\r\ny\"\r\nb,c\r\n"), "1[a|x\r\ny]3[b|c]");
    expect(S("\"\n\n\n\",a\nb\n"), "1[\n\n\n|a]5[b]");
    expect(S("\"\"\n"), "1[]");
    expect(S(" \"a\" ,b\n"), "1[a|b]");
}

static void blank_lines(void **state)
{
    UNUSED(state);
    expect(S("\n\na\n\n  \n\nb\n"), "3[a]7[b]");
    expect(S("\r\n\r\na\r\n\r\nb"), "3[a]5[b]");
}

static void tabs(void **state)
{
    UNUSED(state);
    expect_format(CSV_TAB_PLAIN, S("a\t\"b\n\"c\"\t\td, e\r\n"), "1[a|\"b]2[\"c\"||d, e]");
    expect_format(CSV_TAB_PLAIN, S("\tb\n\t\n"), "1[|b]2[|]");
}

static void bad_quotes(void **state)
{
    UNUSED(state);
    struct outcome o = outcome_of(S("a,b\nc,d\"e\nf,g\n"));
    assert_int_equal(o.why, CSV_BAD_QUOTE);
    assert_int_equal(o.line, 2);
    assert_int_equal(o.column, 1);
    o = outcome_of(S("a,b\n\"c\"x,d\n"));
    assert_int_equal(o.why, CSV_BAD_QUOTE);
    assert_int_equal(o.line, 2);
    assert_int_equal(o.column, 0);
    o = outcome_of(S("a,b\nc,\"d\ne\n"));
    assert_int_equal(o.why, CSV_OPEN_QUOTE);
    assert_int_equal(o.line, 2);
    assert_int_equal(o.column, 1);
    for (int why = CSV_BAD_QUOTE; why <= CSV_NO_MEMORY; why++) assert_true(csv_expected((enum csv_stop)why)[0] != '\0');
}

static void limits(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 1 << 20);
    BUF_LIT(&b, "a\n");
    for (int i = 0; i < CSV_CELL_MAX; i++) buf_char(&b, 'x');
    assert_int_equal(outcome_of(buf_view(&b)).why, CSV_GOOD);
    buf_char(&b, 'x');
    struct outcome o = outcome_of(buf_view(&b));
    assert_int_equal(o.why, CSV_CELL_TOO_LONG);
    assert_int_equal(o.line, 2);
    for (int i = 0; i < 4 * CSV_CELL_MAX; i++) buf_char(&b, 'x'); /* stopped before libcsv holds it all */
    assert_int_equal(outcome_of(buf_view(&b)).why, CSV_CELL_TOO_LONG);

    buf_reset(&b);
    for (int i = 1; i < CSV_COLUMN_MAX; i++) buf_char(&b, ',');
    assert_int_equal(outcome_of(buf_view(&b)).why, CSV_GOOD);
    buf_char(&b, ',');
    assert_int_equal(outcome_of(buf_view(&b)).why, CSV_TOO_MANY_CELLS);
    buf_clear(&b);
}

static void caller_leaves(void **state)
{
    UNUSED(state);
    struct seen s = {.left_after = 2};
    buf_init(&s.out, 1 << 20);
    struct csv_reader *r = csv_open(CSV_COMMA_QUOTED, note, &s);
    assert_non_null(r);
    assert_false(csv_feed(r, "a\nb\nc\nd\n", 8));
    assert_false(csv_finish(r));
    assert_int_equal(csv_why(r), CSV_LEFT);
    assert_int_equal(csv_left_with(r), ERR_CONFLICT);
    csv_close(r);
    assert_int_equal(str_cmp(buf_view(&s.out), S("1[a]2[b]")), 0);
    buf_clear(&s.out);
}

static void memory_ends(void **state)
{
    UNUSED(state);
    for (i64 n = 1; n < 6; n++) {
        struct seen s = {0};
        buf_init(&s.out, 1 << 20);
        buf_str(&s.out, S("grown once, so that only the reader's memory ends"));
        mem_fail_at(n);
        struct csv_reader *r = csv_open(CSV_COMMA_QUOTED, note, &s);
        bool fine = r && csv_feed(r, "a,b\nc,d\n", 8);
        fine = fine && csv_finish(r);
        mem_fail_at(0);
        assert_true(fine || !r || csv_why(r) == CSV_NO_MEMORY);
        csv_close(r);
        buf_clear(&s.out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),      cmocka_unit_test(mark),   cmocka_unit_test(quoted),        cmocka_unit_test(blank_lines), cmocka_unit_test(tabs),
        cmocka_unit_test(bad_quotes), cmocka_unit_test(limits), cmocka_unit_test(caller_leaves), cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
