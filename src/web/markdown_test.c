/* markdown_test.c -- safe, and never slow; ranges of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "web/file.h"
#include "web/markdown.h"

static struct arena arena;

static int make(void **state)
{
    UNUSED(state);
    arena_init(&arena, (isize)256 << 20);
    return 0;
}

static int end(void **state)
{
    UNUSED(state);
    arena_clear(&arena);
    return 0;
}

static str of(const char *text)
{
    return markdown(&arena, str_of(text)).markup;
}

static void has(str markup, const char *part)
{
    if (str_find(markup, str_of(part)) < 0) fail_msg("no \"%s\" in:\n%.*s", part, STR_ARGS(markup));
}

static void lacks(str markup, const char *part)
{
    if (str_find(markup, str_of(part)) >= 0) fail_msg("\"%s\" in:\n%.*s", part, STR_ARGS(markup));
}

static void renders(void **state)
{
    UNUSED(state);
    has(of("क्षमता **बढ़ाना**"), "<strong>बढ़ाना</strong>");
    has(of("| a | b |\n|---|--:|\n| 1 | 2 |"), "<td align=\"right\">2</td>");
    has(of("# One\n\n## Two"), "<h2>One</h2>");
    has(of("# One\n\n## Two"), "<h3>Two</h3>");
    has(of("## Two\n\n### Three"), "<h2>Two</h2>");
    has(of("### Three\n\n#### Four"), "<h2>Three</h2>");
    has(of("> said"), "<blockquote>");
    has(of("<https://dopt.gov.in>"), "href=\"https://dopt.gov.in\"");
    assert_int_equal(of("").len, 0);
}

static void safe(void **state)
{
    UNUSED(state);
    static const char *const bad[] = {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick='x'>b</b>", "<style>x</style>", "<!-- x --> <iframe src=x>"};
    for (isize i = 0; i < COUNT_OF(bad); i++) {
        str m = of(bad[i]);
        lacks(m, "<script");
        lacks(m, "onerror=");
        lacks(m, "onclick=");
        lacks(m, "<style");
        lacks(m, "<iframe");
    }
    lacks(of("[a](javascript:alert(1))"), "javascript:");
    lacks(of("[a](JaVaScRiPt&#58;alert(1))"), "cript:");
    lacks(of("![a](data:text/html,x)"), "data:");
    lacks(of("[a](vbscript:x) <vbscript:x>"), "\"vbscript");
    has(of("a \" < > & b"), "&lt; &gt; &amp; b");
    has(of("[a](https://x/?a=1&b=\"2\")"), "&amp;b");
}

static str repeat(const char *piece, isize n, const char *tail)
{
    isize len = (isize)strlen(piece), last = (isize)strlen(tail);
    char *to = arena_alloc(&arena, len * n + last + 1, 1);
    for (isize i = 0; i < n; i++) memcpy(to + i * len, piece, (size_t)len);
    memcpy(to + n * len, tail, (size_t)last + 1);
    return str_n(to, len * n + last);
}

static void quick(str text, const char *what)
{
    i64 began = mono_us();
    struct safe_html h = markdown(&arena, text);
    i64 took = mono_us() - began;
    if (took > 2000000) fail_msg("%s: %lld ms", what, (long long)(took / 1000));
    assert_true(h.markup.len > 0);
    lacks(h.markup, "<script");
    arena_reset(&arena);
}

static void never_slow(void **state)
{
    UNUSED(state);
    str head = repeat("|a", 3000, "|\n"), line = repeat("|-", 3000, "|\n"), rows = repeat("x\n", 3000, "");
    quick(str_format(&arena, "%.*s%.*s%.*s", STR_ARGS(head), STR_ARGS(line), STR_ARGS(rows)), "wide table");
    quick(str_format(&arena, "|a|b|\n|-|-|\n%.*s", STR_ARGS(repeat("|1\n", 60000, ""))), "long table");
    quick(repeat("> ", 20000, "x"), "quotes");
    quick(repeat("- ", 20000, "x"), "lists on a line");
    quick(repeat("1. ", 20000, "x"), "numbered lists on a line");
    quick(repeat("[", 50000, "a"), "brackets");
    quick(repeat("*a **a ", 20000, ""), "emphasis");
    quick(repeat("`a``", 20000, ""), "code");
    quick(repeat("![a](", 20000, ""), "images");
    quick(repeat("<a ", 20000, ""), "tags");
    quick(repeat("&", 60000, ""), "entities");
    quick(repeat("[a]: x\n", 20000, "[a]"), "references");
    quick(repeat("<script>", MARKDOWN_MAX, ""), "too long");
    str nested = S("");
    for (int i = 0; i < 200; i++) nested = str_format(&arena, "%.*s%*s- x\n", STR_ARGS(nested), 2 * i, "");
    quick(nested, "nested lists");
}

static void plain_is_whole(void **state)
{
    UNUSED(state);
    str m = markdown(&arena, repeat("> ", 100, "<b>last</b>")).markup;
    has(m, "&lt;b&gt;last&lt;/b&gt;");
    assert_true(str_starts(m, S("<p>")) && str_ends(m, S("</p>")));
}

static void any_bytes(void **state)
{
    UNUSED(state);
    struct rng r = {42};
    static const char sign[] = "|-*_`[]()!<>#&\\\"'\n\n \t:~1a.";
    for (int i = 0; i < 3000; i++) {
        char text[200];
        isize n = (isize)rng_below(&r, sizeof text);
        for (isize k = 0; k < n; k++) text[k] = rng_below(&r, 20) ? sign[rng_below(&r, sizeof sign - 1)] : (char)rng_below(&r, 256);
        str m = markdown(&arena, str_n(text, n)).markup;
        assert_true(utf8_valid(m) || m.len == 0);
        lacks(m, "<script");
        arena_reset(&arena);
    }
}

static err too_much(void *arg)
{
    struct arena *a = arg;
    markdown(a, repeat("*a* [b](c) ", 5000, ""));
    return OK;
}

static void memory_ends(void **state)
{
    UNUSED(state);
    struct arena small;
    for (isize limit = 4 << 10; limit < (1 << 20); limit *= 2) {
        arena_init(&small, limit);
        assert_int_equal(arena_guard(too_much, &small), ERR_MEMORY);
        arena_clear(&small);
    }
}

static void ranges(void **state)
{
    UNUSED(state);
    static const struct { const char *header; i64 size; enum range want; i64 first, last; } row[] = {
        {"bytes=0-99", 1000, RANGE_PART, 0, 99}, {"bytes=900-", 1000, RANGE_PART, 900, 999}, {"bytes=-100", 1000, RANGE_PART, 900, 999},
        {"bytes=-5000", 1000, RANGE_PART, 0, 999}, {"bytes=500-5000", 1000, RANGE_PART, 500, 999}, {"bytes=999-999", 1000, RANGE_PART, 999, 999},
        {"Bytes = 0-1", 1000, RANGE_WHOLE, 0, 999}, {"bytes= 0 - 1 ", 1000, RANGE_PART, 0, 1}, {"bytes=1000-", 1000, RANGE_NONE, 0, 0}, {"bytes=-0", 1000, RANGE_NONE, 0, 0},
        {"bytes=0-", 0, RANGE_NONE, 0, 0}, {"bytes=-5", 0, RANGE_NONE, 0, 0}, {"bytes=5-2", 1000, RANGE_WHOLE, 0, 999}, {"bytes=0-1,4-5", 1000, RANGE_WHOLE, 0, 999},
        {"bytes=", 1000, RANGE_WHOLE, 0, 999}, {"bytes=-", 1000, RANGE_WHOLE, 0, 999}, {"bytes=a-b", 1000, RANGE_WHOLE, 0, 999}, {"items=0-1", 1000, RANGE_WHOLE, 0, 999},
        {"bytes=+1-2", 1000, RANGE_WHOLE, 0, 999}, {"bytes=--1", 1000, RANGE_WHOLE, 0, 999}, {"bytes=99999999999999999999-", 1000, RANGE_WHOLE, 0, 999}};
    for (isize i = 0; i < COUNT_OF(row); i++) {
        i64 first, last;
        enum range got = range_parse(str_of(row[i].header), row[i].size, &first, &last);
        if (got != row[i].want) fail_msg("%s: %d, not %d", row[i].header, (int)got, (int)row[i].want);
        if (got == RANGE_NONE) continue;
        assert_true(first == row[i].first && last == row[i].last);
    }
}

static void media_names(void **state)
{
    UNUSED(state);
    str hash = repeat("0123456789abcdef", 4, "");
    assert_string_equal(media_type(str_format(&arena, "%.*s.mp4", STR_ARGS(hash))), "video/mp4");
    assert_non_null(media_type(str_format(&arena, "%.*s.vtt", STR_ARGS(hash))));
    assert_non_null(media_type(str_format(&arena, "%.*s.pdf", STR_ARGS(hash))));
    static const char *const bad[] = {"%.*s", "%.*s.exe", "%.*s.mp4x", "%.*s/../x.mp4", "a%.*s.mp4", "../%.*s.mp4", "%.*s.MP4"};
    for (isize i = 0; i < COUNT_OF(bad); i++) {
        str at = str_of(bad[i]), name = str_format(&arena, "%.*s", (int)str_find(at, S("%")), bad[i]);
        name = str_format(&arena, "%.*s%.*s%s", STR_ARGS(name), STR_ARGS(hash), bad[i] + name.len + 4);
        if (media_type(name)) fail_msg("%.*s", STR_ARGS(name));
    }
    assert_null(media_type(S("")));
    assert_null(media_type(S("../../etc/passwd")));
    assert_null(media_type(S("0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF.mp4")));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, end)
int main(void)
{
    const struct CMUnitTest tests[] = {CASE(renders), CASE(safe), CASE(never_slow), CASE(plain_is_whole), CASE(any_bytes), CASE(memory_ends), CASE(ranges), CASE(media_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
