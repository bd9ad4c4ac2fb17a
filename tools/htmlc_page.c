/* htmlc_page.c -- follows the HTML of a template: tags, attributes, nesting, white space, and what is refused. */
#include "htmlc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const place_name[] = {"text", "a title or textarea", "a tag", "an attribute value"};

/* ---- words --------------------------------------------------------------------------------------------------------- */

/* `list` is words between single spaces, with a space at either end. */
static bool among(const char *word, const char *list)
{
    char key[NAME_LEN + 2];
    int n = snprintf(key, sizeof key, " %s ", word);
    return n > 2 && (size_t)n < sizeof key && strstr(list, key) != NULL;
}

static const char voids[] = " area base br col embed hr img input link meta param source track wbr ";
/* White space beside these is not seen. */
static const char blocks[] =
    " html head body title meta link div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption"
    " colgroup col section article header footer main nav aside form fieldset legend figure figcaption blockquote pre hr br"
    " details summary address hgroup dialog menu search option optgroup"
    " g path circle rect line polyline polygon ellipse defs use stop marker symbol lineargradient clippath ";
static const char shapes[] = " g path circle rect line polyline polygon ellipse defs use stop marker symbol lineargradient"
                             " radialgradient clippath text tspan image pattern mask ";
static const char url_names[] = " href src action formaction poster cite data ping background manifest xlink:href"
                                " data-heartbeat hx-get hx-post hx-put hx-patch hx-delete ";
static const char visible_names[] = " alt title placeholder aria-label aria-description aria-valuetext aria-roledescription"
                                    " data-label label data-confirm data-yes data-no ";
/* Words of machines, not of readers. */
static const char silent_inputs[] = " hidden radio checkbox ";
static const char silent_metas[] = " viewport theme-color color-scheme robots referrer format-detection ";

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':' || c == '.' || c == '@';
}

/* Scripts and letters above ASCII; punctuation, arrows, currency and emoji are not. */
static bool letter(unsigned cp)
{
    if (cp < 0x80) return isalpha((int)cp);
    if (cp == 0xAA || cp == 0xB5 || cp == 0xBA) return true;
    if (cp < 0xC0 || cp == 0xD7 || cp == 0xF7) return false;
    return cp < 0x2000 || (cp >= 0x2C00 && cp < 0x2E00) || (cp >= 0x3040 && cp < 0xFE00);
}

/* The length of a character reference (&amp; &#160;) at `p`, or 0. */
static size_t reference(const char *p, size_t n)
{
    size_t i = 1;
    if (n < 3 || p[0] != '&') return 0;
    while (i < n && (isalnum((unsigned char)p[i]) || (i == 1 && p[i] == '#'))) i++;
    return i > 1 && i < n && p[i] == ';' ? i + 1 : 0;
}

static size_t decode(const char *p, size_t n, unsigned *cp)
{
    unsigned char c = (unsigned char)p[0];
    size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    *cp = c < 0x80 ? c : c & (0xFFu >> (want + 1));
    if (want > n) return n;
    for (size_t i = 1; i < want; i++) *cp = *cp << 6 | ((unsigned char)p[i] & 0x3F);
    return want;
}

bool has_letters(const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t skip = reference(p + i, n - i);
        unsigned cp = 0;
        if (!skip) skip = decode(p + i, n - i, &cp);
        if (letter(cp)) return true;
        i += skip;
    }
    return false;
}

bool advance(struct htmlc *h, size_t n)
{
    for (; n && h->at < h->end; n--, h->at++) {
        h->line_start = *h->at == '\n';
        h->line += h->line_start;
    }
    return true;
}

static bool starts(const struct htmlc *h, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(h->end - h->at) >= n && strncasecmp(h->at, word, n) == 0;
}

static void skip_space(struct htmlc *h)
{
    while (h->at < h->end && isspace((unsigned char)*h->at)) advance(h, 1);
}

static void take_name(struct htmlc *h, char out[NAME_LEN])
{
    int n = 0;
    for (; h->at < h->end && name_char(*h->at); advance(h, 1)) {
        if (n == NAME_LEN - 1) fatal_at(h, h->line, "name longer than %d letters", NAME_LEN - 1);
        out[n++] = (char)tolower((unsigned char)*h->at);
    }
    out[n] = 0;
}

/* ---- white space --------------------------------------------------------------------------------------------------- */

bool in_pre(const struct htmlc *h)
{
    for (int i = 0; i < h->spot.depth; i++)
        if (strcmp(h->spot.open[i].name, "pre") == 0) return true;
    return false;
}

static bool keeps_space(const struct htmlc *h)
{
    if (h->spot.place == IN_RCDATA) return strcmp(h->spot.tag, "textarea") == 0;
    return in_pre(h);
}

void page_space_out(struct htmlc *h)
{
    if (h->space != NO_SPACE && !h->snug) text_put(&h->literal, h->space == ONE_NEWLINE ? "\n" : " ", 1);
    h->space = NO_SPACE;
    h->snug = false;
}

/* The newline before a control line belongs to what came before; its branch decides what follows, so one is written here
** and none after. */
void page_before_control(struct htmlc *h)
{
    if (h->spot.place == IN_TEXT || h->spot.place == IN_RCDATA) page_space_out(h);
    h->snug = true;
    h->lettered = false;
    h->fresh_raw = false;
}

void page_after_call(struct htmlc *h)
{
    h->snug = false;
    h->space = in_pre(h) ? NO_SPACE : ONE_NEWLINE;
}

static void before_tag(struct htmlc *h, const char *name)
{
    if (among(name, blocks)) h->space = NO_SPACE;
    page_space_out(h);
    h->lettered = false;
    h->fresh_raw = false;
}

/* ---- nesting ------------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), k = strlen(tail);
    return n > k && strcmp(s + n - k, tail) == 0;
}

/* "%card" stands for what card_begin opened. */
static const char *spoken(const char *name, bool closing, char out[NAME_LEN + 16])
{
    if (name[0] == '%') snprintf(out, NAME_LEN + 16, "%%= %s_%s", name + 1, closing ? "end" : "begin");
    else snprintf(out, NAME_LEN + 16, closing ? "</%s>" : "<%s>", name);
    return out;
}

static void push(struct htmlc *h, struct element *list, int *n, const char *name, int line)
{
    if (*n == DEPTH_MAX) fatal_at(h, line, "elements nest deeper than %d", DEPTH_MAX);
    snprintf(list[*n].name, NAME_LEN, "%s", name);
    list[(*n)++].line = line;
}

void page_open(struct htmlc *h, const char *name, int line)
{
    push(h, h->spot.open, &h->spot.depth, name, line);
}

void page_shut(struct htmlc *h, const char *name, int line)
{
    char closing[NAME_LEN + 16], opening[NAME_LEN + 16];
    struct spot *s = &h->spot;
    if (s->depth == 0) {
        if (!ends_with(h->template, "_end")) error_at(h, line, "%s closes nothing", spoken(name, true, closing));
        else push(h, s->shut, &s->shuts, name, line);
        return;
    }
    struct element *top = &s->open[s->depth - 1];
    if (strcmp(top->name, name) != 0)
        fatal_at(h, line, "%s where %s of line %d is to be closed", spoken(name, true, closing),
                 spoken(top->name, false, opening), top->line);
    s->depth--;
}

static bool elements_same(const struct element *a, int na, const struct element *b, int nb)
{
    if (na != nb) return false;
    for (int i = 0; i < na; i++)
        if (strcmp(a[i].name, b[i].name) != 0) return false;
    return true;
}

bool spot_same(const struct spot *a, const struct spot *b)
{
    if (a->place != b->place || (a->place != IN_TEXT && strcmp(a->tag, b->tag) != 0)) return false;
    return elements_same(a->open, a->depth, b->open, b->depth) && elements_same(a->shut, a->shuts, b->shut, b->shuts);
}

/* ---- attributes ---------------------------------------------------------------------------------------------------- */

static void attribute_begin(struct htmlc *h, const char *name, char quote)
{
    struct attribute *a = &h->attribute;
    *a = (struct attribute){.quote = quote};
    snprintf(a->name, NAME_LEN, "%s", name);
    a->url = among(name, url_names);
    a->visible = among(name, visible_names);
    a->decided_later = strcmp(name, "value") == 0 ? strcmp(h->spot.tag, "input") == 0 : strcmp(name, "content") == 0;
}

static void attribute_refused(struct htmlc *h, const char *name)
{
    if (strcmp(name, "style") == 0) error_at(h, h->line, "style= is refused: use a class, or SVG attributes");
    else if (strncmp(name, "on", 2) == 0 || strncmp(name, "hx-on", 5) == 0)
        error_at(h, h->line, "%s= is refused: scripts stand in static/", name);
    else if (strcmp(name, "srcdoc") == 0) error_at(h, h->line, "srcdoc= is refused");
    else if (strcmp(name, "http-equiv") == 0) error_at(h, h->line, "http-equiv= is refused: the server sends headers");
}

static bool head_is(const struct attribute *a, const char *start)
{
    return strncasecmp(a->head, start, strlen(start)) == 0;
}

/* At the first hole, or at the end: is what stands there the beginning of an allowed URL? */
static void url_settle(struct htmlc *h, bool at_end)
{
    struct attribute *a = &h->attribute;
    const char *p = a->head + strspn(a->head, " \t\r\n");
    if (strncasecmp(p, "javascript:", 11) == 0) error_at(h, h->line, "javascript: URL");
    else if (a->url && !a->begun && (at_end || a->head_len)) {
        bool ok = (a->head_len && strchr("/#?", a->head[0])) || head_is(a, "http:") || head_is(a, "https:") || head_is(a, "mailto:");
        if (!ok) error_at(h, h->line, "%s= must begin with / # ? http: https: or mailto:", a->name);
    }
    a->begun = true;
}

static void attribute_literal(struct htmlc *h, const char *p, size_t n)
{
    struct attribute *a = &h->attribute;
    for (size_t i = 0; i < n && !a->begun && a->head_len < NAME_LEN - 1; i++) a->head[a->head_len++] = p[i];
    text_put(&h->literal, p, n);
    if (!has_letters(p, n)) return;
    if (a->decided_later && !h->facts.letters_line) h->facts.letters_line = h->line;
    if (!a->visible || a->lettered) return;
    a->lettered = true;
    error_at(h, h->line, "words in %s= that are not translated: write {{ _(\"…\") }} or {{ lit(\"…\") }}", a->name);
}

static void attribute_end(struct htmlc *h)
{
    struct attribute *a = &h->attribute;
    bool holes = a->begun;
    url_settle(h, true);
    if (strcmp(a->name, "src") == 0) h->facts.src = true;
    if (strcmp(a->name, "type") == 0 && !holes) memcpy(h->facts.type, a->head, NAME_LEN);
    if (strcmp(a->name, "name") == 0 && !holes) memcpy(h->facts.name, a->head, NAME_LEN);
}

static void unquoted_value(struct htmlc *h)
{
    const char *from = h->at;
    while (h->at < h->end && !isspace((unsigned char)*h->at) && *h->at != '>') {
        if (starts(h, "{{")) fatal_at(h, h->line, "hole in an unquoted value: write %s=\"{{ … }}\"", h->attribute.name);
        if (strchr("\"'<=`", *h->at)) fatal_at(h, h->line, "%c in an unquoted value", *h->at);
        advance(h, 1);
    }
    if (from == h->at) fatal_at(h, h->line, "%s= without a value", h->attribute.name);
    text_put(&h->literal, "\"", 1);
    attribute_literal(h, from, (size_t)(h->at - from));
    text_put(&h->literal, "\"", 1);
    attribute_end(h);
}

static bool peek_equals(const struct htmlc *h)
{
    const char *p = h->at;
    while (p < h->end && isspace((unsigned char)*p)) p++;
    return p < h->end && *p == '=';
}

static void attribute_step(struct htmlc *h)
{
    char name[NAME_LEN];
    const char *from = h->at;
    take_name(h, name);
    if (starts(h, "{{")) fatal_at(h, h->line, "hole in an attribute name");
    if (!*name) fatal_at(h, h->line, "%c in a tag where an attribute should begin", *h->at);
    text_put(&h->literal, " ", 1);
    text_put(&h->literal, from, (size_t)(h->at - from)); /* as written: SVG's viewBox keeps its capital */
    attribute_refused(h, name);
    if (!peek_equals(h)) return;
    skip_space(h);
    advance(h, 1);
    skip_space(h);
    char quote = h->at < h->end ? *h->at : 0;
    text_put(&h->literal, "=", 1);
    attribute_begin(h, name, quote);
    if (quote != '"' && quote != '\'') {
        unquoted_value(h);
        return;
    }
    text_put(&h->literal, &quote, 1);
    advance(h, 1);
    h->spot.place = IN_VALUE;
}

static void value_step(struct htmlc *h)
{
    struct attribute *a = &h->attribute;
    if (*h->at == a->quote) {
        text_put(&h->literal, h->at, 1);
        advance(h, 1);
        attribute_end(h);
        h->spot.place = IN_TAG;
        if (h->at < h->end && !isspace((unsigned char)*h->at) && *h->at != '>' && *h->at != '/')
            error_at(h, h->line, "no white space after %s=…", a->name);
        return;
    }
    const char *from = h->at, *p = from;
    while (p < h->end && *p != a->quote && *p != '\n' && !(p + 1 < h->end && p[0] == p[1] && (*p == '{' || *p == '}'))) p++;
    if (p == from) p++; /* a newline, or a lone brace that the caller has judged */
    attribute_literal(h, from, (size_t)(p - from));
    advance(h, (size_t)(p - from));
}

/* ---- tags ---------------------------------------------------------------------------------------------------------- */

static void script_body(struct htmlc *h)
{
    skip_space(h);
    if (starts(h, "</script")) return;
    if (starts(h, "{{")) fatal_at(h, h->line, "hole in a script");
    fatal_at(h, h->line, "inline script: put it in static/ and name it in src=");
}

static bool foreign(const struct htmlc *h)
{
    for (int i = 0; i < h->spot.depth; i++)
        if (among(h->spot.open[i].name, " svg math ")) return true;
    return among(h->spot.tag, shapes);
}

static void facts_check(struct htmlc *h)
{
    const struct tag_facts *f = &h->facts;
    const char *tag = h->spot.tag;
    if (strcmp(tag, "script") == 0 && !f->src) fatal_at(h, f->line, "inline script: put it in static/ and name it in src=");
    if (!f->letters_line) return;
    if (strcmp(tag, "input") == 0 && among(f->type, silent_inputs)) return;
    if (strcmp(tag, "meta") == 0 && among(f->name, silent_metas)) return;
    error_at(h, f->letters_line, "words in %s= that are not translated: write {{ _(\"…\") }} or {{ lit(\"…\") }}",
             strcmp(tag, "input") == 0 ? "value" : "content");
}

static void tag_end(struct htmlc *h, bool self_closing)
{
    struct spot *s = &h->spot;
    facts_check(h);
    bool is_void = among(s->tag, voids), outside = foreign(h);
    if (self_closing && !is_void && !outside) error_at(h, h->facts.line, "<%s/> does not close itself in HTML", s->tag);
    text_put(&h->literal, self_closing && outside ? "/>" : ">", self_closing && outside ? 2 : 1);
    s->place = IN_TEXT;
    h->snug = among(s->tag, blocks);
    if (is_void || self_closing) return;
    page_open(h, s->tag, h->facts.line);
    if (strcmp(s->tag, "script") == 0) script_body(h);
    if (among(s->tag, " title textarea ")) s->place = IN_RCDATA;
    h->fresh_raw = among(s->tag, " pre textarea ");
}

static void tag_step(struct htmlc *h)
{
    if (isspace((unsigned char)*h->at)) {
        advance(h, 1);
    } else if (*h->at == '>') {
        advance(h, 1);
        tag_end(h, false);
    } else if (starts(h, "/>")) {
        advance(h, 2);
        tag_end(h, true);
    } else {
        attribute_step(h);
    }
}

static void end_tag(struct htmlc *h)
{
    char name[NAME_LEN];
    int line = h->line;
    const char *from = h->at + 2;
    advance(h, 2);
    take_name(h, name);
    const char *to = h->at;
    if (starts(h, "{{")) fatal_at(h, h->line, "hole in a tag name");
    skip_space(h);
    if (!*name || h->at == h->end || *h->at != '>') fatal_at(h, line, "bad end tag");
    if (among(name, voids)) fatal_at(h, line, "<%s> has no end tag", name);
    advance(h, 1);
    before_tag(h, name);
    page_shut(h, name, line);
    text_put(&h->literal, "</", 2);
    text_put(&h->literal, from, (size_t)(to - from));
    text_put(&h->literal, ">", 1);
    h->snug = among(name, blocks);
    h->spot.place = IN_TEXT;
}

static void start_tag(struct htmlc *h)
{
    h->facts = (struct tag_facts){.line = h->line};
    const char *from = h->at;
    advance(h, 1);
    take_name(h, h->spot.tag);
    if (starts(h, "{{")) fatal_at(h, h->line, "hole in a tag name");
    if (strcmp(h->spot.tag, "base") == 0) error_at(h, h->line, "<base> is refused");
    if (strcmp(h->spot.tag, "style") == 0) fatal_at(h, h->line, "<style> is refused: put it in static/igot.css");
    before_tag(h, h->spot.tag);
    text_put(&h->literal, from, (size_t)(h->at - from));
    h->spot.place = IN_TAG;
}

static void comment(struct htmlc *h)
{
    int line = h->line;
    for (advance(h, 4); h->at < h->end && !starts(h, "-->"); advance(h, 1))
        if (starts(h, "{{")) fatal_at(h, h->line, "hole in a comment");
    if (h->at == h->end) fatal_at(h, line, "comment without its end");
    advance(h, 3); /* not sent: the reader of the page has no use for it */
}

static void declaration(struct htmlc *h)
{
    const char *from = h->at;
    while (h->at < h->end && *h->at != '>' && !starts(h, "{{")) advance(h, 1);
    if (h->at == h->end || *h->at != '>') fatal_at(h, h->line, "bad <!doctype>");
    advance(h, 1);
    text_put(&h->literal, from, (size_t)(h->at - from));
    h->snug = true;
}

static void markup(struct htmlc *h)
{
    if (starts(h, "<!--")) comment(h);
    else if (starts(h, "<!doctype")) declaration(h);
    else if (starts(h, "</")) end_tag(h);
    else if (h->at + 1 < h->end && isalpha((unsigned char)h->at[1])) start_tag(h);
    else if (starts(h, "<{{")) fatal_at(h, h->line, "hole in a tag name");
    else fatal_at(h, h->line, "a bare < : write &lt;");
}

/* ---- text ---------------------------------------------------------------------------------------------------------- */

static void space_step(struct htmlc *h)
{
    if (keeps_space(h)) {
        text_put(&h->literal, h->at, 1);
        h->fresh_raw = false;
    } else if (*h->at == '\n') {
        h->space = ONE_NEWLINE;
    } else if (h->space == NO_SPACE) {
        h->space = ONE_SPACE;
    }
    advance(h, 1);
}

static void text_step(struct htmlc *h)
{
    if (isspace((unsigned char)*h->at)) {
        space_step(h);
        return;
    }
    const char *p = h->at;
    while (p < h->end && !isspace((unsigned char)*p) && *p != '<' && !(p + 1 < h->end && p[0] == p[1] && (*p == '{' || *p == '}'))) p++;
    if (p == h->at) p++;
    size_t n = (size_t)(p - h->at);
    if (!h->lettered && has_letters(h->at, n)) {
        error_at(h, h->line, "words that are not translated: write {{ _(\"…\") }}, or {{ lit(\"…\") }} for a name");
        h->lettered = true;
    }
    page_space_out(h);
    h->fresh_raw = false;
    text_put(&h->literal, h->at, n);
    advance(h, n);
}

static void rcdata_step(struct htmlc *h)
{
    if (*h->at != '<') {
        text_step(h);
        return;
    }
    if (!starts(h, "</") || strncasecmp(h->at + 2, h->spot.tag, strlen(h->spot.tag)) != 0)
        fatal_at(h, h->line, "a tag inside <%s>", h->spot.tag);
    h->spot.place = IN_TEXT;
    end_tag(h);
}

void page_step(struct htmlc *h)
{
    switch (h->spot.place) {
    case IN_TEXT:
        if (*h->at == '<') markup(h);
        else text_step(h);
        break;
    case IN_RCDATA: rcdata_step(h); break;
    case IN_TAG: tag_step(h); break;
    case IN_VALUE: value_step(h); break;
    }
}

enum hole page_hole(struct htmlc *h, bool *visible)
{
    struct attribute *a = &h->attribute;
    *visible = true;
    if (h->spot.place == IN_TAG) fatal_at(h, h->line, "hole in an attribute name: put a control line around the attribute");
    if (h->spot.place != IN_VALUE) {
        page_space_out(h);
        if (h->fresh_raw) text_put(&h->literal, "\n", 1); /* or a first newline of the value would be lost */
        h->fresh_raw = false;
        h->lettered = false;
        return h->spot.place == IN_TEXT ? HOLE_TEXT : HOLE_ATTR; /* markup means nothing in a title: escape it */
    }
    *visible = a->visible;
    if (strcmp(a->name, "srcset") == 0) fatal_at(h, h->line, "hole in srcset=");
    bool first = !a->begun && a->head_len == 0;
    url_settle(h, false);
    if (!a->url) return HOLE_ATTR;
    return first ? HOLE_URL : HOLE_URL_PART;
}
