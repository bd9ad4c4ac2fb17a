/* Tests of html.c and fmt.c. Brings its own messages_hi: link without the generated messages.c. */
#include "web/html.h"
#include "web/messages.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka.h wants the three above first */
#include <cmocka.h>

const struct message messages_hi[] = {
    {"Level {1} of {2}", {"{2} में से स्तर {1}", NULL}},
    {"R&D <{1}>", {"आर&डी <{1}>", NULL}},
    {"Save", {"सहेजें", NULL}},
    {"{1} officer", {"{1} अधिकारी", "{1} अधिकारियों"}},
};
const int messages_hi_count = COUNT_OF(messages_hi);

static struct buf out;
static struct arena arena;
static struct html page;

static int begin(void **state)
{
    UNUSED(state);
    buf_init(&out, 1 << 16);
    arena_init(&arena, 1 << 20);
    page = (struct html){.out = &out, .arena = &arena, .csrf = "", .path = "/"};
    return 0;
}

static int finish(void **state)
{
    UNUSED(state);
    buf_clear(&out);
    arena_clear(&arena);
    return 0;
}

/* What was written since the last call, in the arena. */
static const char *written(void)
{
    const char *z = str_z(&arena, buf_view(&out));
    buf_reset(&out);
    return z;
}

static const char *text_of(struct fmt value)
{
    html_text(&page, value);
    return written();
}

static const char *attr_of(struct fmt value)
{
    html_attr(&page, value);
    return written();
}

static const char *part_of(struct fmt value)
{
    html_url_part(&page, value);
    return written();
}

/* NULL: refused */
static const char *url_of(const char *url)
{
    page.bad = false;
    html_url(&page, FMT(url));
    const char *z = written();
    if (!page.bad) return z;
    assert_string_equal(z, "");
    page.bad = false;
    return NULL;
}

static void escapes_by_place(void **state)
{
    UNUSED(state);
    struct safe_html safe = {S("<b>&amp;</b>")};
    assert_string_equal(text_of(FMT("a<b>&\"'c")), "a&lt;b&gt;&amp;&#34;&#39;c");
    assert_string_equal(attr_of(FMT("a<b>&\"'c")), "a&lt;b&gt;&amp;&#34;&#39;c");
    assert_string_equal(text_of(FMT(safe)), "<b>&amp;</b>");
    assert_string_equal(attr_of(FMT(safe)), "&lt;b&gt;&amp;amp;&lt;/b&gt;");
    assert_string_equal(part_of(FMT("a b/c?d=1&e#'~é")), "a%20b%2Fc%3Fd%3D1%26e%23%27~%C3%A9");
    assert_string_equal(part_of(FMT(-12)), "-12");
    assert_string_equal(text_of(fmt_str((str){NULL, 0})), "");
    assert_string_equal(text_of(FMT((const char *)NULL)), "");
    assert_string_equal(text_of(lit("igot")), "igot");
    assert_string_equal(text_of(FMT("#1 # % $ = ? ; : ~ é नाम #####<#")), "#1 # % $ = ? ; : ~ é नाम #####&lt;#");
}

/* A special byte at every place of strings around the eight that are scanned at once. */
static void escapes_at_every_place(void **state)
{
    UNUSED(state);
    static const char special[] = "&<>\"'";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"};
    for (isize len = 1; len < 50; len++)
        for (isize at = 0; at < len; at++)
            for (isize k = 0; k < 5; k++) {
                char in[50];
                memset(in, 'x', sizeof in);
                in[at] = special[k];
                html_text(&page, FMT(str_n(in, len)));
                isize n = (isize)strlen(entity[k]);
                assert_int_equal(out.len, len - 1 + n);
                assert_memory_equal(out.data + at, entity[k], (size_t)n);
                for (isize i = 0; i < out.len; i++)
                    if (i < at || i >= at + n) assert_int_equal(out.data[i], 'x');
                buf_reset(&out);
            }
}

static void urls_begin_with_an_allowed_scheme(void **state)
{
    UNUSED(state);
    assert_string_equal(url_of("/a?b=1&c=\"2\""), "/a?b=1&amp;c=&#34;2&#34;");
    assert_string_equal(url_of("#top"), "#top");
    assert_string_equal(url_of("?page=2"), "?page=2");
    assert_string_equal(url_of("HTTPS://example.in/"), "HTTPS://example.in/");
    assert_string_equal(url_of("http://example.in/"), "http://example.in/");
    assert_string_equal(url_of("mailto:a@b.in"), "mailto:a@b.in");
    static const char *const refused[] = {"", "javascript:alert(1)", "JaVaScript:1", " javascript:1", "\tjavascript:1", "java\nscript:1",
                                          "data:text/html,x", "vbscript:1", " /a", "page", "http", "https", "\x01/a", "blob:x", "ftp://x"};
    for (isize i = 0; i < COUNT_OF(refused); i++) assert_null(url_of(refused[i]));
}

static void integers(void **state)
{
    UNUSED(state);
    assert_string_equal(text_of(FMT(0)), "0");
    assert_string_equal(text_of(FMT(-1)), "-1");
    assert_string_equal(text_of(FMT((i64)12345678)), "12345678");
    assert_string_equal(text_of(FMT(INT64_MIN)), "-9223372036854775808");
    assert_string_equal(text_of(FMT(true)), "1");
    assert_string_equal(text_of(num(0)), "0");
    assert_string_equal(text_of(num(-1)), "−1");
    assert_string_equal(text_of(num(999)), "999");
    assert_string_equal(text_of(num(1000)), "1,000");
    assert_string_equal(text_of(num(99999)), "99,999");
    assert_string_equal(text_of(num(100000)), "1,00,000");
    assert_string_equal(text_of(num(12345678)), "1,23,45,678");
    assert_string_equal(text_of(num(INT64_MIN)), "−92,23,37,20,36,85,47,75,808");
    page.lang = LANG_HI;
    assert_string_equal(text_of(num(12345678)), "1,23,45,678");
}

static void decimals_round_half_away_from_zero(void **state)
{
    UNUSED(state);
    assert_string_equal(text_of(dec(3.2, 2)), "3.20");
    assert_string_equal(text_of(dec1(0.25)), "0.3");
    assert_string_equal(text_of(dec1(-0.25)), "−0.3");
    assert_string_equal(text_of(dec1(0.35)), "0.4");
    assert_string_equal(text_of(dec1(0.2499)), "0.2");
    assert_string_equal(text_of(dec(1.005, 2)), "1.01");
    assert_string_equal(text_of(dec(2.675, 2)), "2.68");
    assert_string_equal(text_of(dec(0.125, 2)), "0.13");
    assert_string_equal(text_of(dec1(-0.04)), "0.0");
    assert_string_equal(text_of(dec1(9.96)), "10.0");
    assert_string_equal(text_of(dec(2.5, 0)), "3");
    assert_string_equal(text_of(dec(1234567.891, 1)), "12,34,567.9");
    assert_string_equal(text_of(dec(0.000001, 6)), "0.000001");
    assert_string_equal(text_of(dec1(NAN)), "–");
    assert_string_equal(text_of(dec1(-INFINITY)), "–");
    assert_string_equal(text_of(dec1(1e300)), "–");
    assert_string_equal(text_of(signed1(0.3)), "+0.3");
    assert_string_equal(text_of(signed1(-0.3)), "−0.3");
    assert_string_equal(text_of(signed1(-0.04)), "0.0");
    assert_string_equal(text_of(pct(0.625)), "63 %");
    assert_string_equal(text_of(pct(0.285)), "29 %");
    assert_string_equal(text_of(pct(-0.5)), "−50 %");
    assert_string_equal(text_of(pct(1)), "100 %");
}

static void coordinates(void **state)
{
    UNUSED(state);
    assert_string_equal(attr_of(FMT(0.0)), "0");
    assert_string_equal(attr_of(FMT(-0.0)), "0");
    assert_string_equal(attr_of(FMT(-1.5)), "-1.5");
    assert_string_equal(attr_of(FMT(10.0)), "10");
    assert_string_equal(attr_of(FMT(1.23456)), "1.235");
    assert_string_equal(attr_of(FMT(12345.1f)), "12345.1");
    assert_string_equal(attr_of(FMT(-0.0004)), "0");
    assert_string_equal(attr_of(FMT(0.05)), "0.05");
    assert_string_equal(attr_of(FMT(NAN)), "0");
}

static void money_and_time(void **state)
{
    UNUSED(state);
    i64 day = day_from_civil(2026, 11, 23), at = ms_of_day(day) + (21 * 60 + 15) * 60000;
    assert_string_equal(text_of(rupees(123456750)), "₹12,34,567.50");
    assert_string_equal(text_of(rupees(-5)), "−₹0.05");
    assert_string_equal(text_of(rupees(0)), "₹0.00");
    assert_string_equal(text_of(rupees(INT64_MIN)), "−₹92,23,37,20,36,85,47,758.08");
    assert_string_equal(text_of(day_text(day)), "23 Nov 2026");
    assert_string_equal(text_of(day_text(0)), "1 Jan 2020");
    assert_string_equal(text_of(when(at)), "23 Nov 2026, 21:15");
    assert_string_equal(text_of(when(ms_of_day(day) - 1)), "22 Nov 2026, 23:59");
    assert_string_equal(text_of(duration(80)), "1 h 20 min");
    assert_string_equal(text_of(duration(0)), "0 min");
    assert_string_equal(text_of(duration(60)), "1 h");
    assert_string_equal(text_of(duration(-61)), "−1 h 1 min");
    page.lang = LANG_HI;
    assert_string_equal(text_of(day_text(day)), "23 नवंबर 2026");
    assert_string_equal(text_of(when(at)), "23 नवंबर 2026, 21:15");
    assert_string_equal(text_of(duration(80)), "1 घं 20 मि");
}

static const char *tr_of(enum lang lang, enum html_place place, const char *msgid, const struct fmt *arg, int n)
{
    page.lang = lang;
    html_tr(&page, place, msgid, arg, n);
    return written();
}

static void translates_with_arguments(void **state)
{
    UNUSED(state);
    struct fmt arg[] = {num(1000), FMT("<x>")};
    struct fmt safe[] = {fmt_html((struct safe_html){S("<i>1</i>")})};
    assert_string_equal(tr_of(LANG_EN, HTML_IN_TEXT, "Save", NULL, 0), "Save");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_TEXT, "Save", NULL, 0), "सहेजें");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_TEXT, "Not there", NULL, 0), "Not there");
    assert_string_equal(tr_of(LANG_EN, HTML_IN_TEXT, "Level {1} of {2}", arg, 2), "Level 1,000 of &lt;x&gt;");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_TEXT, "Level {1} of {2}", arg, 2), "&lt;x&gt; में से स्तर 1,000");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_TEXT, "R&D <{1}>", safe, 1), "आर&amp;डी &lt;<i>1</i>&gt;");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_ATTR, "R&D <{1}>", safe, 1), "आर&amp;डी &lt;&lt;i&gt;1&lt;/i&gt;&gt;");
    assert_string_equal(tr_of(LANG_EN, HTML_IN_TEXT, "{0} {3} {1} { {", arg, 2), "{0} {3} 1,000 { {");
    assert_string_equal(tr_of(LANG_EN, HTML_IN_TEXT, "{1}", NULL, 0), "{1}");
    assert_string_equal(tr_of(LANG_HI, HTML_IN_TEXT, "", NULL, 0), "");
}

static const char *trn_of(enum lang lang, i64 n)
{
    struct fmt arg[] = {num(n)};
    page.lang = lang;
    html_trn(&page, HTML_IN_TEXT, "{1} officer", "{1} officers", n, arg, 1);
    return written();
}

static void plurals(void **state)
{
    UNUSED(state);
    assert_string_equal(trn_of(LANG_EN, 0), "0 officers");
    assert_string_equal(trn_of(LANG_EN, 1), "1 officer");
    assert_string_equal(trn_of(LANG_EN, -1), "−1 officers");
    assert_string_equal(trn_of(LANG_EN, 2), "2 officers");
    assert_string_equal(trn_of(LANG_HI, 0), "0 अधिकारी");
    assert_string_equal(trn_of(LANG_HI, 1), "1 अधिकारी");
    assert_string_equal(trn_of(LANG_HI, 2), "2 अधिकारियों");
    page.lang = LANG_HI;
    html_trn(&page, HTML_IN_TEXT, "a", "b", 0, NULL, 0);
    assert_string_equal(written(), "b"); /* no translation: English words by the English rule */
}

static void for_c_code(void **state)
{
    UNUSED(state);
    struct fmt arg[] = {num(4), FMT("a<b>")};
    assert_true(str_eq(tr(LANG_HI, "Save"), S("सहेजें")));
    assert_true(str_eq(tr(LANG_EN, "Save"), S("Save")));
    assert_true(str_eq(tr_format(&arena, LANG_EN, "Level {1} of {2}", arg, 2), S("Level 4 of a<b>")));
    assert_true(str_eq(tr_format(&arena, LANG_HI, "Level {1} of {2}", arg, 2), S("a<b> में से स्तर 4")));
    assert_true(str_eq(tr_format(&arena, LANG_EN, "", NULL, 0), S("")));
    assert_true(str_eq(fmt_text(&arena, LANG_EN, rupees(100)), S("₹1.00")));
    assert_true(str_eq(fmt_text(&arena, LANG_EN, FMT("<")), S("<")));
    assert_string_equal(lang_tag[LANG_EN], "en");
    assert_string_equal(lang_tag[LANG_HI], "hi");
}

static void a_page_over_its_limit_is_bad(void **state)
{
    UNUSED(state);
    struct buf small;
    buf_init(&small, 16);
    struct html o = {.out = &small};
    HTML_LIT(&o, "<p>");
    html_text(&o, FMT("123456789012"));
    assert_false(o.bad);
    html_text(&o, FMT("<"));
    assert_true(o.bad);
    buf_clear(&small);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(escapes_by_place), TEST(escapes_at_every_place), TEST(urls_begin_with_an_allowed_scheme), TEST(integers),
        TEST(decimals_round_half_away_from_zero), TEST(coordinates), TEST(money_and_time), TEST(translates_with_arguments),
        TEST(plurals), TEST(for_c_code), TEST(a_page_over_its_limit_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
