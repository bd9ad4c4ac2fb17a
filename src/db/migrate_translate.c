/* migrate_translate.c -- a migration in our type words becomes one in an engine's. The language: sql/README.md.
**
** Reads token by token, so that a type word inside a string, a comment or a quoted name stays what it is. What is left out keeps
** its newlines: an engine's complaint about line 80 means line 80 of the file. */
#include "db/migrate.h"

enum section { COMMON, FOR_SQLITE, FOR_POSTGRES };

struct translation {
    enum db_engine engine;
    str text;
    isize at;
    int line, section_line, table_line; /* where the section, the CREATE TABLE began */
    enum section section;
    bool create;                        /* the last word was CREATE */
    bool in_table, marked;              /* in a CREATE TABLE; its mark has been seen */
    struct buf *out;
};

static const struct word { str ours, sqlite, postgres; } words[] = {
    {{"i64", 3}, {"INTEGER", 7}, {"BIGINT", 6}},
    {{"f64", 3}, {"REAL", 4}, {"DOUBLE PRECISION", 16}},
    {{"str", 3}, {"TEXT", 4}, {"TEXT", 4}},
    {{"blob", 4}, {"BLOB", 4}, {"BYTEA", 5}},
    {{"i128", 4}, {"BLOB", 4}, {"NUMERIC(39)", 11}},
};

static err bad(int line, const char *what)
{
    return err_detail(ERR_INVALID, N_("This migration cannot be read."), "line %d: %s", line, what);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (u8)c >= 0x80;
}

static bool wanted(const struct translation *t)
{
    return t->section == COMMON || (t->section == FOR_SQLITE) == (t->engine == DB_SQLITE);
}

/* Takes `n` bytes of the text: copied if they are for this engine, else only their newlines. */
static void take(struct translation *t, isize n)
{
    bool copy = wanted(t);
    for (isize i = 0; i < n; i++) {
        char c = t->text.data[t->at + i];
        if (c == '\n') t->line++;
        if (copy || c == '\n') buf_char(t->out, c);
    }
    t->at += n;
}

static str rest(const struct translation *t)
{
    return str_slice(t->text, t->at, -1);
}

/* The rest of the line, without its newline. */
static str rest_of_line(const struct translation *t)
{
    str s = rest(t);
    isize end = str_find_char(s, '\n');
    return end < 0 ? s : str_slice(s, 0, end);
}

static bool at_line_start(const struct translation *t)
{
    for (isize i = t->at; i > 0; i--) {
        char c = t->text.data[i - 1];
        if (c == '\n') return true;
        if (c != ' ' && c != '\t' && c != '\r') return false;
    }
    return true;
}

static err section_begin(struct translation *t, enum section section)
{
    if (t->section != COMMON) return bad(t->line, "a section inside a section: '-- end' is missing");
    if (t->in_table) return bad(t->line, "a section may not begin inside CREATE TABLE");
    t->section = section;
    t->section_line = t->line;
    return OK;
}

static err section_end(struct translation *t)
{
    if (t->section == COMMON) return bad(t->line, "'-- end' without '-- sqlite:' or '-- postgres:'");
    t->section = COMMON;
    t->create = false;
    return OK;
}

/* A comment to the end of the line. A section's marks are dropped whatever the engine. */
static err line_comment(struct translation *t)
{
    str comment = rest_of_line(t);
    str what = str_trim(str_slice(comment, 2, -1));
    bool mark = at_line_start(t);
    if (mark && str_eq(what, S("sqlite:"))) TRY(section_begin(t, FOR_SQLITE));
    else if (mark && str_eq(what, S("postgres:"))) TRY(section_begin(t, FOR_POSTGRES));
    else if (mark && str_eq(what, S("end"))) TRY(section_end(t));
    else {
        take(t, comment.len);
        return OK;
    }
    t->at += comment.len;
    return OK;
}

static err block_comment(struct translation *t)
{
    isize end = str_find(str_slice(rest(t), 2, -1), S("*/"));
    if (end < 0) return bad(t->line, "this comment has no end");
    take(t, end + 4);
    return OK;
}

/* A string or a quoted name. A doubled quote is two of them side by side, which comes to the same. */
static err quoted(struct translation *t, char quote)
{
    isize end = str_find_char(str_slice(rest(t), 1, -1), quote);
    if (end < 0) return bad(t->line, quote == '\'' ? "this string has no end" : "this quoted name has no end");
    take(t, end + 2);
    return OK;
}

/* @strict and @keyed. Elsewhere an @ is an operator of PostgreSQL's. */
static err table_mark(struct translation *t)
{
    isize n = 1;
    while (t->at + n < t->text.len && is_word(t->text.data[t->at + n])) n++;
    str mark = str_slice(t->text, t->at, t->at + n);
    bool strict = str_eq(mark, S("@strict")), keyed = str_eq(mark, S("@keyed"));
    if (!strict && !keyed && t->section == COMMON) return bad(t->line, "expected @strict or @keyed");
    if (!strict && !keyed) {
        take(t, 1);
        return OK;
    }
    if (t->section == COMMON && !t->in_table) return bad(t->line, "@strict and @keyed end a CREATE TABLE");
    t->marked = true;
    if (wanted(t) && t->engine == DB_SQLITE) buf_str(t->out, strict ? S("STRICT") : S("STRICT, WITHOUT ROWID"));
    t->at += n;
    return OK;
}

static void word(struct translation *t)
{
    isize n = 1;
    while (t->at + n < t->text.len && is_word(t->text.data[t->at + n])) n++;
    str s = str_slice(t->text, t->at, t->at + n);
    if (t->create && str_eq_nocase(s, S("TABLE")) && t->section == COMMON) {
        t->in_table = true;
        t->marked = false;
        t->table_line = t->line;
    }
    t->create = str_eq_nocase(s, S("CREATE"));
    for (isize i = 0; i < COUNT_OF(words); i++) {
        if (!str_eq(s, words[i].ours)) continue;
        if (wanted(t)) buf_str(t->out, t->engine == DB_SQLITE ? words[i].sqlite : words[i].postgres);
        t->at += n;
        return;
    }
    take(t, n);
}

/* Every common table says what it is; one inside a section is in the engine's own words. */
static err statement_end(struct translation *t)
{
    if (t->in_table && !t->marked) return bad(t->table_line, "this table does not end in @strict or @keyed");
    t->in_table = false;
    take(t, 1);
    return OK;
}

static err token(struct translation *t)
{
    str s = rest(t);
    char c = s.data[0];
    if (str_starts(s, S("--"))) return line_comment(t);
    if (str_starts(s, S("/*"))) return block_comment(t);
    if (c == '\'' || c == '"') return quoted(t, c);
    if (c == '@') return table_mark(t);
    if (c == ';') return statement_end(t);
    if (is_word(c)) word(t);
    else take(t, 1);
    return OK;
}

err migrate_translate(enum db_engine engine, str sql, struct buf *out)
{
    struct translation t = {.engine = engine, .text = sql, .line = 1, .out = out};
    while (t.at < sql.len) TRY(token(&t));
    if (t.section != COMMON) return bad(t.section_line, "this section has no '-- end'");
    if (t.in_table) return bad(t.table_line, "this CREATE TABLE has no ';'");
    return out->full ? err_set(ERR_MEMORY, N_("There is no memory left for this.")) : OK;
}
