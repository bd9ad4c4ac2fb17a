/* htmlc_code.c -- holes, control lines and calls: reads the C in a template as far as brackets and strings, and writes C. */
#include "htmlc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LITERAL_MAX = 3800 /* C17 promises 4095 characters of a string */, ARG_MAX = 9 };

/* ---- C out --------------------------------------------------------------------------------------------------------- */

void c_line(struct text *t, const struct htmlc *h, int line)
{
    text_format(t, "#line %d \"%s\"\n", line, h->path);
}

static void c_char(struct text *t, char c, char before)
{
    if (c == '\n') text_put(t, "\\n", 2);
    else if (c == '"' || c == '\\') text_format(t, "\\%c", c);
    else if (c == '?' && before == '?') text_put(t, "\\?", 2); /* C17 still has trigraphs */
    else if ((unsigned char)c < 0x20) text_format(t, "\\%03o", (unsigned)c);
    else text_put(t, &c, 1);
}

/* One HTML_LIT for all output since the last hole, cut only where C's limit on a string asks for it. */
void literal_out(struct htmlc *h)
{
    const char *p = h->literal.data;
    size_t left = h->literal.len;
    while (left) {
        size_t n = left;
        if (n > LITERAL_MAX)
            for (n = LITERAL_MAX; ((unsigned char)p[n] & 0xC0) == 0x80;) n--;
        text_format(&h->body, "    HTML_LIT(o, \"");
        for (size_t i = 0; i < n; i++) {
            c_char(&h->body, p[i], i ? p[i - 1] : 0);
            if (p[i] == '\n' && i + 1 < n) text_format(&h->body, "\"\n                \"");
        }
        text_format(&h->body, "\");\n");
        p += n;
        left -= n;
    }
    h->literal.len = 0;
}

/* ---- reading C ----------------------------------------------------------------------------------------------------- */


struct span trimmed(const char *p, const char *end)
{
    while (p < end && isspace((unsigned char)*p)) p++;
    while (end > p && isspace((unsigned char)end[-1])) end--;
    return (struct span){p, end};
}

/* Past a string, a character or a comment that begins at `p`; `p` itself if none does; NULL if it does not end. */
static const char *c_skip(const char *p, const char *end)
{
    if (p + 1 < end && p[0] == '/' && p[1] == '*') {
        for (p += 2; p + 1 < end; p++)
            if (p[0] == '*' && p[1] == '/') return p + 2;
        return NULL;
    }
    if (p >= end || (*p != '"' && *p != '\'')) return p;
    char quote = *p;
    for (p++; p < end && *p != '\n'; p++) {
        if (*p == '\\') p++;
        else if (*p == quote) return p + 1;
    }
    return NULL;
}

/* From `p` to the first `stop` outside every bracket and string, or to the first such "}}" if `stop` is '}'. NULL if the text
** ends before, or brackets do not match. */
static const char *c_until(const char *p, const char *end, char stop)
{
    char open[DEPTH_MAX];
    int depth = 0;
    while (p < end) {
        const char *q = c_skip(p, end);
        if (!q) return NULL;
        if (q != p) {
            p = q;
            continue;
        }
        if (depth == 0 && *p == stop && (stop != '}' || (p + 1 < end && p[1] == '}'))) return p;
        if (strchr("([{", *p)) {
            if (depth == DEPTH_MAX) return NULL;
            open[depth++] = *p == '(' ? ')' : *p == '[' ? ']' : '}';
        } else if (strchr(")]}", *p)) {
            if (depth == 0 || open[--depth] != *p) return NULL;
        }
        p++;
    }
    return NULL;
}

static bool c_name_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Reads `name` at *p, moves past it. */
static bool c_name(const char **p, const char *end, char out[NAME_LEN])
{
    size_t n = 0;
    const char *q = *p;
    while (q + n < end && c_name_char(q[n])) n++;
    if (n == 0 || n >= NAME_LEN || isdigit((unsigned char)*q)) return false;
    memcpy(out, q, n);
    out[n] = 0;
    *p = q + n;
    return true;
}

/* `name ( args )` and nothing more. */
bool c_call(struct span s, char name[NAME_LEN], struct span *args)
{
    const char *p = s.p;
    if (!c_name(&p, s.end, name)) return false;
    while (p < s.end && isspace((unsigned char)*p)) p++;
    if (p == s.end || *p != '(') return false;
    const char *close = c_until(p + 1, s.end, ')');
    if (!close || close + 1 != s.end) return false;
    *args = trimmed(p + 1, close);
    return true;
}

/* The next of a list of arguments. */
static bool c_argument(struct htmlc *h, struct span *rest, struct span *out)
{
    if (rest->p >= rest->end) return false;
    const char *comma = c_until(rest->p, rest->end, ',');
    *out = trimmed(rest->p, comma ? comma : rest->end);
    if (out->p == out->end) fatal_at(h, h->line, "empty argument");
    rest->p = comma ? comma + 1 : rest->end;
    if (comma && trimmed(rest->p, rest->end).p == rest->end) fatal_at(h, h->line, "empty argument");
    return true;
}

/* ---- holes --------------------------------------------------------------------------------------------------------- */

static bool translation_word(struct span s, const char *p)
{
    if (*p != '_' || (p > s.p && c_name_char(p[-1]))) return false;
    p += p + 1 < s.end && p[1] == 'n' ? 2 : 1;
    while (p < s.end && *p == ' ') p++;
    return p < s.end && *p == '(';
}

/* Is there a call of _( or _n( anywhere, or words in a string outside every bracket? */
static void hole_words(struct htmlc *h, struct span s, bool visible)
{
    int depth = 0;
    for (const char *p = s.p; p < s.end;) {
        const char *q = c_skip(p, s.end);
        if (q && q != p) {
            if (visible && depth == 0 && *p == '"' && has_letters(p, (size_t)(q - p)))
                error_at(h, h->line, "words that are not translated: write _(\"…\"), or lit(\"…\") for a name");
            p = q;
            continue;
        }
        if (translation_word(s, p)) fatal_at(h, h->line, "_() must be the whole hole; choose with %% if, or pass tr(o->lang, …)");
        if (*p == ',' && depth == 0) fatal_at(h, h->line, "one value in a hole");
        depth += strchr("([{", *p) != NULL;
        depth -= strchr(")]}", *p) != NULL;
        p++;
    }
}

/* A string literal, adjacent pieces allowed; its {1}..{9} are set in *used. */
static bool message_literal(struct span s, unsigned *used)
{
    bool any = false;
    while (s.p < s.end) {
        const char *q = *s.p == '"' ? c_skip(s.p, s.end) : NULL;
        if (!q) return false;
        any = any || q - s.p > 2;
        for (const char *p = s.p; p + 2 < q; p++)
            if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') *used |= 1u << (p[1] - '1');
        for (s.p = q; s.p < s.end && isspace((unsigned char)*s.p);) s.p++;
    }
    return any;
}

static void message_text(struct htmlc *h, struct span *args, unsigned *used)
{
    struct span text;
    if (!c_argument(h, args, &text) || !message_literal(text, used))
        fatal_at(h, h->line, "the text to translate must be a string literal that is not empty");
    text_format(&h->body, ", %.*s", (int)(text.end - text.p), text.p);
}

/* Braces of a compound literal do not shield its commas from the preprocessor; parentheses do. */
static void value_out(struct htmlc *h, struct span expr)
{
    int n = (int)(expr.end - expr.p);
    bool braces = memchr(expr.p, '{', (size_t)n) != NULL;
    text_format(&h->body, braces ? "FMT((%.*s))" : "FMT(%.*s)", n, expr.p);
}

static void message_args(struct htmlc *h, struct span args, unsigned used)
{
    struct span arg;
    unsigned n = 0;
    for (; c_argument(h, &args, &arg); n++) {
        if (n == ARG_MAX) fatal_at(h, h->line, "more than %d arguments", ARG_MAX);
        hole_words(h, arg, true);
        text_format(&h->body, "%s", n ? ", " : ", (struct fmt[]){");
        value_out(h, arg);
    }
    text_format(&h->body, n ? "}, %u);\n" : ", NULL, %u);\n", n);
    for (unsigned i = 0; i < ARG_MAX; i++) {
        bool has = used >> i & 1;
        if (has && i >= n) error_at(h, h->line, "{%u} has no argument", i + 1);
        if (!has && i < n) error_at(h, h->line, "argument %u is not used: no {%u} in the text", i + 1, i + 1);
    }
}

static void message_out(struct htmlc *h, struct span args, bool plural, enum hole hole)
{
    if (hole == HOLE_URL || hole == HOLE_URL_PART) fatal_at(h, h->line, "a URL is not translated");
    unsigned used = 0;
    text_format(&h->body, "    html_tr%s(o, %s", plural ? "n" : "", hole == HOLE_TEXT ? "HTML_IN_TEXT" : "HTML_IN_ATTR");
    message_text(h, &args, &used);
    if (plural) {
        struct span count;
        message_text(h, &args, &used);
        if (!c_argument(h, &args, &count)) fatal_at(h, h->line, "_n() needs the number: _n(\"one\", \"many\", n, …)");
        text_format(&h->body, ", %.*s", (int)(count.end - count.p), count.p);
    }
    message_args(h, args, used);
}

void hole_out(struct htmlc *h)
{
    static const char *const writer[] = {"html_text", "html_attr", "html_url", "html_url_part"};
    bool visible;
    enum hole hole = page_hole(h, &visible);
    literal_out(h);
    const char *close = c_until(h->at + 2, h->end, '}');
    if (!close) fatal_at(h, h->line, "{{ without its }}, or unbalanced brackets in it");
    struct span expr = trimmed(h->at + 2, close), args;
    if (expr.p == expr.end) fatal_at(h, h->line, "empty hole");
    advance(h, (size_t)(expr.p - h->at));
    c_line(&h->body, h, h->line);
    char name[NAME_LEN];
    bool call = c_call(expr, name, &args);
    if (call && strcmp(name, "_") == 0) {
        message_out(h, args, false, hole);
    } else if (call && strcmp(name, "_n") == 0) {
        message_out(h, args, true, hole);
    } else {
        hole_words(h, expr, visible);
        text_format(&h->body, "    %s(o, ", writer[hole]);
        value_out(h, expr);
        text_format(&h->body, ");\n");
    }
    advance(h, (size_t)(close + 2 - h->at));
    h->line_start = false;
}

/* ---- control lines ------------------------------------------------------------------------------------------------- */

struct block {
    char kind;               /* 'i'f, 'f'or */
    bool told, has_else;     /* told: a branch has ended, and `branch` is how */
    int line;
    struct spot before, branch;
};
static struct block block_stack[BLOCK_MAX];
static int blocks_open;

static void block_open(struct htmlc *h, char kind)
{
    if (blocks_open == BLOCK_MAX) fatal_at(h, h->line, "blocks nest deeper than %d", BLOCK_MAX);
    struct block *b = &block_stack[blocks_open++];
    b->kind = kind;
    b->told = b->has_else = false;
    b->line = h->line;
    b->before = b->branch = h->spot;
}

static const char *where(const struct spot *s, char out[256])
{
    int n = snprintf(out, 256, "in %s", place_name[s->place]);
    if (s->place != IN_TEXT) n += snprintf(out + n, 256 - (size_t)n, " of <%s>", s->tag);
    if (s->depth) snprintf(out + n, 256 - (size_t)n, ", inside <%s>", s->open[s->depth - 1].name);
    return out;
}

static void spot_demand(struct htmlc *h, const struct spot *wanted, const char *what)
{
    char here[256], there[256];
    if (!spot_same(&h->spot, wanted))
        fatal_at(h, h->line, "%s: this ends %s, the other %s", what, where(&h->spot, here), where(wanted, there));
}

/* `} else {` and `} else if (…) {`: the next branch begins where the first one began. */
static void block_else(struct htmlc *h, bool final)
{
    if (blocks_open == 0) fatal_at(h, h->line, "else without an if");
    struct block *b = &block_stack[blocks_open - 1];
    if (b->kind == 'f' || b->has_else) fatal_at(h, h->line, "else without an if");
    if (!b->told) b->branch = h->spot;
    b->told = true;
    spot_demand(h, &b->branch, "the branches leave different HTML");
    b->has_else = final;
    h->spot = b->before;
}

static void block_close(struct htmlc *h)
{
    if (blocks_open == 0) fatal_at(h, h->line, "} closes nothing");
    struct block *b = &block_stack[--blocks_open];
    if (b->kind == 'f') spot_demand(h, &b->before, "a loop must leave the HTML as it found it");
    else if (b->has_else) spot_demand(h, &b->branch, "the branches leave different HTML");
    else spot_demand(h, &b->before, "an if without else must leave the HTML as it found it");
}

/* `word (…) {` */
static bool control_head(struct span s, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(s.end - s.p) < n || strncmp(s.p, word, n) != 0) return false;
    s = trimmed(s.p + n, s.end);
    if (s.p == s.end || *s.p != '(') return false;
    const char *close = c_until(s.p + 1, s.end, ')');
    if (!close) return false;
    s = trimmed(close + 1, s.end);
    return s.end - s.p == 1 && *s.p == '{';
}

static struct span after_brace(struct span s)
{
    if (s.p < s.end && *s.p == '}') return trimmed(s.p + 1, s.end);
    return (struct span){s.end, s.end};
}

bool word_is(struct span s, const char *word)
{
    return (size_t)(s.end - s.p) == strlen(word) && strncmp(s.p, word, strlen(word)) == 0;
}

/* `else {` after the brace, however it is spaced. */
static bool else_head(struct span s)
{
    if (s.end - s.p < 5 || strncmp(s.p, "else", 4) != 0) return false;
    return word_is(trimmed(s.p + 4, s.end), "{");
}

static bool else_if_head(struct span s)
{
    if (s.end - s.p < 5 || strncmp(s.p, "else", 4) != 0 || !isspace((unsigned char)s.p[4])) return false;
    return control_head(trimmed(s.p + 4, s.end), "if");
}

static void control_refused(struct htmlc *h, struct span s)
{
    if (s.end - s.p >= 6 && strncmp(s.p, "switch", 6) == 0) fatal_at(h, h->line, "switch is refused: use if and else if");
    if (s.end - s.p >= 4 && strncmp(s.p, "else", 4) == 0) fatal_at(h, h->line, "write } else { on one line");
    fatal_at(h, h->line, "not a control line: for (…) {   if (…) {   } else if (…) {   } else {   }   = name(…)");
}

void blocks_check(struct htmlc *h)
{
    if (blocks_open) fatal_at(h, block_stack[blocks_open - 1].line, "{ is not closed");
}

void control_out(struct htmlc *h, struct span s)
{
    struct span rest = after_brace(s);
    if (control_head(s, "for")) block_open(h, 'f');
    else if (control_head(s, "if")) block_open(h, 'i');
    else if (word_is(s, "}")) block_close(h);
    else if (else_head(rest)) block_else(h, true);
    else if (else_if_head(rest)) block_else(h, false);
    else control_refused(h, s);
    c_line(&h->body, h, h->line);
    text_format(&h->body, "    %.*s\n", (int)(s.end - s.p), s.p);
}

/* The part of `name` before `tail`, as a pseudo-element; false if it does not end so. */
bool pair_name(const char *name, const char *tail, char out[NAME_LEN])
{
    size_t n = strlen(name), k = strlen(tail);
    if (n <= k || strcmp(name + n - k, tail) != 0) return false;
    snprintf(out, NAME_LEN, "%%%.*s", (int)(n - k), name);
    return true;
}

void call_out(struct htmlc *h, struct span s)
{
    char name[NAME_LEN], pair[NAME_LEN];
    struct span args;
    if (h->spot.place != IN_TEXT) fatal_at(h, h->line, "a call of a template inside %s", place_name[h->spot.place]);
    if (!c_call(s, name, &args)) fatal_at(h, h->line, "a call is %%= name(arguments)");
    if (pair_name(name, "_begin", pair)) page_open(h, pair, h->line);
    if (pair_name(name, "_end", pair)) page_shut(h, pair, h->line);
    c_line(&h->body, h, h->line);
    text_format(&h->body, "    %s_html(o%s%.*s);\n", name, args.p < args.end ? ", " : "", (int)(args.end - args.p), args.p);
    page_after_call(h);
}
