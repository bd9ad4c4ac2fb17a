/* search.c -- one normaliser for both engines, and the queries that each of them understands. */
#include "learning/learning.h"

#include "learning_sql.h"

enum { WORDS_MOST = 12, WORD_MOST = 48 /* code points */, INDEX_MOST = 64 << 10 /* bytes */ };

/* ---- one code point ---- */

/* The base letters of U+00C0 to U+017F, lower case; '*' stays as it is, '/' is no letter. */
static const char latin[] =
    "aaaaaa*ceeeeiiii*nooooo/ouuuuy**aaaaaa*ceeeeiiii*nooooo/ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkk*llllll*"
    "*llnnnnnn***oooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Letters that Unicode also writes as letter and nukta: the letter. */
static const u32 nukta_letter[][2] = {
    {0x0929, 0x0928}, {0x0931, 0x0930}, {0x0934, 0x0933}, {0x0958, 0x0915}, {0x0959, 0x0916}, {0x095A, 0x0917}, {0x095B, 0x091C},
    {0x095C, 0x0921}, {0x095D, 0x0922}, {0x095E, 0x092B}, {0x095F, 0x092F}, {0x09DC, 0x09A1}, {0x09DD, 0x09A2}, {0x09DF, 0x09AF},
    {0x0A33, 0x0A32}, {0x0A36, 0x0A38}, {0x0A59, 0x0A16}, {0x0A5A, 0x0A17}, {0x0A5B, 0x0A1C}, {0x0A5E, 0x0A2B}, {0x0B5C, 0x0B21},
    {0x0B5D, 0x0B22},
};

/* Vowel signs that Unicode also writes in two parts: first, second, whole (NFC). */
static const u32 composed[][3] = {
    {0x09C7, 0x09BE, 0x09CB}, {0x09C7, 0x09D7, 0x09CC}, {0x0B47, 0x0B56, 0x0B48}, {0x0B47, 0x0B3E, 0x0B4B}, {0x0B47, 0x0B57, 0x0B4C},
    {0x0BC6, 0x0BBE, 0x0BCA}, {0x0BC7, 0x0BBE, 0x0BCB}, {0x0BC6, 0x0BD7, 0x0BCC}, {0x0B92, 0x0BD7, 0x0B94}, {0x0C46, 0x0C56, 0x0C48},
    {0x0CBF, 0x0CD5, 0x0CC0}, {0x0CC6, 0x0CD5, 0x0CC7}, {0x0CC6, 0x0CD6, 0x0CC8}, {0x0CC6, 0x0CC2, 0x0CCA}, {0x0CCA, 0x0CD5, 0x0CCB},
    {0x0D46, 0x0D3E, 0x0D4A}, {0x0D47, 0x0D3E, 0x0D4B}, {0x0D46, 0x0D57, 0x0D4C},
};

enum { DROP = 0, SPACE = ' ' };

static bool indic(u32 c)
{
    return c >= 0x0900 && c < 0x0D80;
}

static u32 fold_indic(u32 c)
{
    u32 low = c & 0x7F;
    if (low >= 0x66 && low <= 0x6F) return '0' + low - 0x66;               /* digits stand at the same place in every block */
    if (low == 0x3C && c < 0x0B80) return DROP;                            /* nukta */
    if (c == 0x0964 || c == 0x0965 || c == 0x0970) return SPACE;           /* danda, abbreviation sign */
    for (isize i = 0; i < COUNT_OF(nukta_letter); i++)
        if (nukta_letter[i][0] == c) return nukta_letter[i][1];
    return c;
}

static u32 fold_latin(u32 c)
{
    char base = latin[c - 0xC0];
    if (base == '/') return c == 0xD7 || c == 0xF7 ? SPACE : c;
    if (base != '*') return (u32)base;
    return c < 0xDF || (c > 0xFF && !(c & 1)) ? c + (c < 0xDF ? 0x20 : 1) : c; /* Æ, Ð, Þ and Œ have no base letter */
}

static u32 fold_one(u32 c)
{
    if (c < 0x80) {
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) return c;
        return c >= 'A' && c <= 'Z' ? c + 32 : SPACE;
    }
    if (c < 0xC0) return c == 0xAD ? DROP : SPACE;
    if (c < 0x180) return fold_latin(c);
    if (c >= 0x0300 && c <= 0x036F) return DROP;                           /* accents of their own */
    if (c >= 0x0391 && c <= 0x03A9) return c + 32;
    if (c >= 0x0410 && c <= 0x042F) return c + 32;
    if (c >= 0x0400 && c <= 0x040F) return c + 80;
    if (indic(c)) return fold_indic(c);
    if (c == 0x200C || c == 0x200D || c == 0xFEFF) return DROP;            /* joiners: how a conjunct is drawn, not what it says */
    if ((c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFE00 && c <= 0xFE6F) || c >= 0x1F000) return SPACE;
    return c;
}

/* ---- whole texts ---- */

static u32 compose(u32 last, u32 c)
{
    for (isize i = 0; i < COUNT_OF(composed); i++)
        if (composed[i][0] == last && composed[i][1] == c) return composed[i][2];
    return 0;
}

/* A code point never grows when it is folded, so the text's own length is room enough; Œ and its like keep theirs. */
struct folding { char *to; isize len, last_at, word; u32 last; bool space; };

static void put(struct folding *f, u32 c)
{
    if (c == DROP) return;
    if (c == SPACE) {
        f->space = f->len > 0;
        f->last = 0;
        f->word = 0;
        return;
    }
    u32 whole = f->last ? compose(f->last, c) : 0;
    if (whole) {
        f->len = f->last_at;
        c = whole;
    } else if (f->word++ >= WORD_MOST) {
        return;
    }
    if (f->space) f->to[f->len++] = ' ';
    f->space = false;
    f->last = c;
    f->last_at = f->len;
    f->len += utf8_put(f->to + f->len, c);
}

str search_fold(struct arena *a, str text)
{
    struct folding f = {.to = arena_alloc(a, text.len + 4, 1)};
    u32 c;
    for (isize at = 0, n; (n = utf8_next(text, at, &c)) > 0; at += n) put(&f, fold_one(c));
    return str_n(f.to, f.len);
}

str search_query(struct arena *a, enum db_engine engine, str typed)
{
    bool lite = engine == DB_SQLITE;
    str rest = search_fold(a, typed), word, query = S("");
    for (int i = 0; i < WORDS_MOST && rest.len && str_cut(&rest, ' ', &word); i++)
        query = str_format(a, lite ? "%.*s%s\"%.*s\"*" : "%.*s%s'%.*s':*", STR_ARGS(query), i == 0 ? "" : lite ? " " : " & ", STR_ARGS(word));
    return query;
}

/* Each word once: PostgreSQL's vectors hold it once anyway, and a name that stands in three texts should not count thrice. */
static str distinct(struct arena *a, str words)
{
    char *to = arena_alloc(a, words.len + 1, 1);
    isize n = 0;
    str rest = words, word;
    while (rest.len && str_cut(&rest, ' ', &word)) {
        str have = str_n(to, n), one;
        bool seen = false;
        while (!seen && have.len && str_cut(&have, ' ', &one)) seen = str_eq(one, word);
        if (seen) continue;
        if (n) to[n++] = ' ';
        memcpy(to + n, word.data, (size_t)word.len);
        n += word.len;
    }
    return str_n(to, n);
}

err learning_index_course(struct db *db, struct arena *a, i64 course)
{
    struct learning_index_source_rows rows;
    TRY(learning_sql_index_source(db, a, course, &rows));
    isize total = 0;
    for (isize i = 0; i < rows.count; i++) total += rows.row[i].text.len + 1;
    char *text = arena_alloc(a, total + 1, 1);
    isize n = 0;
    for (isize i = 0; i < rows.count; i++) {
        memcpy(text + n, rows.row[i].text.data, (size_t)rows.row[i].text.len);
        n += rows.row[i].text.len;
        text[n++] = ' ';
    }
    str words = distinct(a, search_fold(a, str_n(text, n < INDEX_MOST ? n : INDEX_MOST)));
    TRY(learning_sql_index_drop(db, course, NULL));
    return learning_sql_index_put(db, course, words, NULL);
}
