/* export_test.c -- how a cell of a CSV is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "web/export.h"

static void take(void *arg, const char *data, isize len)
{
    buf_put(arg, data, len);
}

static void is(const char *text, const char *want)
{
    struct buf b;
    buf_init(&b, 1024);
    export_csv_cell(str_of(text), take, &b);
    buf_char(&b, 0);
    assert_string_equal(b.data, want);
    buf_clear(&b);
}

static void quoting(void **state)
{
    UNUSED(state);
    is("", "");
    is("plain words", "plain words");
    is("a,b", "\"a,b\"");
    is("say \"no\"", "\"say \"\"no\"\"\"");
    is("\"", "\"\"\"\"");
    is("two\nlines", "\"two\nlines\"");
    is("two\r\nlines", "\"two\r\nlines\"");
    is(" kept ", "\" kept \"");
    is("मंत्रालय", "मंत्रालय");
}

static void formulas(void **state)
{
    UNUSED(state);
    is("=1+1", "'=1+1");
    is("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    is("+91 11 2345", "'+91 11 2345");
    is("-2", "'-2");
    is("@sum", "'@sum");
    is("\tx", "'\tx");
    is("\rx", "\"'\rx\"");
    is("a=b", "a=b");
    is("2-1", "2-1");
    assert_false(export_is_formula(S("")));
    assert_false(export_is_formula((str){0}));
    assert_true(export_is_formula(S("=")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quoting), cmocka_unit_test(formulas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
