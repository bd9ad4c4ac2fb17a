/* htmlc.c -- compiles HTML templates to typed C functions. See README.md beside this file for the language.
**
**   htmlc --out-h x_html.h --out-c x_html.c x_page.html [more.html …]
**
** This part reads and writes files and finds the templates in them; htmlc_code.c turns holes, control lines and calls into C;
** htmlc_page.c follows the HTML between them. */
#include "htmlc.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEMPLATE_MAX = 512 };

/* What the whole module is to know: every template, what pairs leave open, what the header holds. */
struct template { char name[NAME_LEN]; const char *path; int line; struct spot spot; };
struct module {
    struct template *template;
    int count;
    struct text includes, prototypes;
};

/* ---- text and errors ----------------------------------------------------------------------------------------------- */

static void *grown(void *p, size_t size)
{
    p = realloc(p, size);
    if (p) return p;
    fprintf(stderr, "htmlc: out of memory\n");
    exit(1);
}

void text_put(struct text *t, const char *data, size_t len)
{
    if (t->len + len + 1 > t->cap) {
        t->cap = (t->len + len + 1) * 2;
        t->data = grown(t->data, t->cap);
    }
    if (len) memcpy(t->data + t->len, data, len);
    t->len += len;
    t->data[t->len] = 0;
}

void text_format(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *line = grown(NULL, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(line, (size_t)n + 1, format, args);
    va_end(args);
    text_put(t, line, (size_t)n);
    free(line);
}

static void complain(struct htmlc *h, int line, const char *format, va_list args)
{
    fprintf(stderr, "%s:%d: ", h->path, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    h->errors++;
}

void error_at(struct htmlc *h, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(h, line, format, args);
    va_end(args);
}

_Noreturn void fatal_at(struct htmlc *h, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(h, line, format, args);
    va_end(args);
    exit(1);
}

/* ---- lines --------------------------------------------------------------------------------------------------------- */

static struct span line_here(const struct htmlc *h)
{
    const char *end = memchr(h->at, '\n', (size_t)(h->end - h->at));
    return trimmed(h->at, end ? end : h->end);
}

static void line_done(struct htmlc *h)
{
    const char *end = memchr(h->at, '\n', (size_t)(h->end - h->at));
    advance(h, (size_t)((end ? end + 1 : h->end) - h->at));
}

/* A line that begins with % is taken whole; it leaves no white space behind. */
static void percent_line(struct htmlc *h)
{
    struct span s = line_here(h);
    s.p++;
    if (s.p < s.end && *s.p == '#') { /* a remark */
        line_done(h);
        return;
    }
    if (h->spot.place == IN_VALUE) fatal_at(h, h->line, "a control line inside an attribute value");
    page_before_control(h);
    literal_out(h);
    if (s.p < s.end && *s.p == '=') call_out(h, trimmed(s.p + 1, s.end));
    else control_out(h, trimmed(s.p, s.end));
    line_done(h);
}

/* ---- templates ----------------------------------------------------------------------------------------------------- */

static void pair_check(struct htmlc *h)
{
    char pair[NAME_LEN];
    const struct spot *s = &h->spot;
    if (s->depth && !pair_name(h->template, "_begin", pair)) {
        const struct element *e = &s->open[s->depth - 1];
        if (e->name[0] == '%') fatal_at(h, e->line, "%%= %s_begin is not closed by %%= %s_end", e->name + 1, e->name + 1);
        fatal_at(h, e->line, "<%s> is not closed", e->name);
    }
}

static void template_body(struct htmlc *h)
{
    h->spot = (struct spot){.place = IN_TEXT};
    h->space = NO_SPACE;
    h->snug = true;
    h->lettered = h->fresh_raw = false;
    while (h->at < h->end) {
        struct span s = line_here(h);
        size_t left = (size_t)(h->end - h->at);
        if (h->line_start && s.p < s.end && *s.p == '%') percent_line(h);
        else if (left > 1 && h->at[0] == '{' && h->at[1] == '{') hole_out(h);
        else if (left > 1 && h->at[0] == '}' && h->at[1] == '}') fatal_at(h, h->line, "}} without its {{");
        else page_step(h);
    }
    blocks_check(h);
    if (h->spot.place != IN_TEXT) fatal_at(h, h->line, "the template ends inside %s of <%s>", place_name[h->spot.place], h->spot.tag);
    pair_check(h);
    literal_out(h);
}

/* Up to the next line that begins with %%. */
static const char *template_limit(const char *p, const char *end)
{
    while (p < end) {
        if (end - p > 1 && p[0] == '%' && p[1] == '%') return p;
        const char *n = memchr(p, '\n', (size_t)(end - p));
        p = n ? n + 1 : end;
    }
    return end;
}

static void template_add(struct htmlc *h, struct module *m, int line)
{
    for (int i = 0; i < m->count; i++)
        if (strcmp(m->template[i].name, h->template) == 0)
            fatal_at(h, line, "%s is already at %s:%d", h->template, m->template[i].path, m->template[i].line);
    if (m->count == TEMPLATE_MAX) fatal_at(h, line, "more than %d templates", TEMPLATE_MAX);
    struct template *t = &m->template[m->count++];
    snprintf(t->name, NAME_LEN, "%s", h->template);
    t->path = h->path;
    t->line = line;
}

static void template_read(struct htmlc *h, struct module *m)
{
    struct span head = line_here(h), args;
    int line = h->line;
    if (!c_call(trimmed(head.p + 2, head.end), h->template, &args)) fatal_at(h, line, "a template begins with %%%% name(arguments)");
    template_add(h, m, line);
    struct text *p = &m->prototypes;
    c_line(p, h, line);
    text_format(p, "void %s_html(struct html *o%s%.*s);\n", h->template, args.p < args.end ? ", " : "", (int)(args.end - args.p), args.p);
    text_format(&h->body, "\n");
    c_line(&h->body, h, line);
    text_format(&h->body, "void %s_html(struct html *o%s%.*s)\n{\n    (void)o;\n", h->template, args.p < args.end ? ", " : "",
                (int)(args.end - args.p), args.p);
    const char *file_end = h->end;
    line_done(h);
    h->end = template_limit(h->at, file_end);
    template_body(h);
    h->end = file_end;
    text_format(&h->body, "}\n");
    m->template[m->count - 1].spot = h->spot;
    if (h->at < h->end && word_is(line_here(h), "%% end")) line_done(h);
}

static void include_read(struct htmlc *h, struct module *m, struct span s)
{
    struct span file = trimmed(s.p + 8, s.end);
    size_t n = (size_t)(file.end - file.p);
    if (n < 3 || !((*file.p == '"' && file.end[-1] == '"') || (*file.p == '<' && file.end[-1] == '>')))
        fatal_at(h, h->line, "an include is %%include \"folder/name.h\"");
    char line[512];
    int k = snprintf(line, sizeof line, "#include %.*s\n", (int)n, file.p);
    if (k < 0 || (size_t)k >= sizeof line) fatal_at(h, h->line, "file name too long");
    if (!m->includes.data || !strstr(m->includes.data, line)) text_put(&m->includes, line, (size_t)k);
}

static void file_compile(struct htmlc *h, struct module *m, const struct text *file)
{
    h->at = file->data;
    h->end = file->data + file->len;
    h->line = 1;
    h->line_start = true;
    while (h->at < h->end) {
        struct span s = line_here(h);
        size_t n = (size_t)(s.end - s.p);
        if (n >= 2 && strncmp(s.p, "%%", 2) == 0) {
            if (word_is(s, "%% end")) fatal_at(h, h->line, "%%%% end closes nothing");
            template_read(h, m);
            continue;
        }
        if (n >= 8 && strncmp(s.p, "%include", 8) == 0) include_read(h, m, s);
        else if (n && strncmp(s.p, "%#", 2) != 0) fatal_at(h, h->line, "outside a template: only %%include, %%%% name(…) and %%# remarks");
        line_done(h);
    }
}

/* What name_begin leaves open is what name_end closes, innermost first. */
static void pairs_compare(struct htmlc *h, const struct template *begin, const struct template *end)
{
    for (int i = 0; i < begin->spot.depth && i < end->spot.shuts; i++) {
        const char *open = begin->spot.open[begin->spot.depth - 1 - i].name, *shut = end->spot.shut[i].name;
        if (strcmp(open, shut) == 0) continue;
        error_at(h, end->spot.shut[i].line, "</%s> where %s left <%s> open", shut, begin->name, open);
        return;
    }
    if (begin->spot.depth != end->spot.shuts)
        error_at(h, end->line, "%s closes %d elements, %s left %d open", end->name, end->spot.shuts, begin->name, begin->spot.depth);
}

static const struct template *template_find(const struct module *m, const char *stem, const char *tail)
{
    for (int i = 0; i < m->count; i++) {
        char pair[NAME_LEN];
        if (pair_name(m->template[i].name, tail, pair) && strcmp(pair, stem) == 0) return &m->template[i];
    }
    return NULL;
}

static void pairs_check(struct htmlc *h, const struct module *m)
{
    for (int i = 0; i < m->count; i++) {
        const struct template *t = &m->template[i];
        char pair[NAME_LEN];
        bool begins = pair_name(t->name, "_begin", pair);
        if (!begins && !pair_name(t->name, "_end", pair)) continue;
        const struct template *other = template_find(m, pair, begins ? "_end" : "_begin");
        h->path = begins && other ? other->path : t->path;
        if (!other) error_at(h, t->line, "%s has no %s%s beside it", t->name, pair + 1, begins ? "_end" : "_begin");
        else if (begins) pairs_compare(h, t, other);
    }
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

static bool utf8_bad_at(const struct text *t, int *line)
{
    *line = 1;
    for (size_t i = 0; i < t->len;) {
        unsigned char c = (unsigned char)t->data[i];
        size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
        if (n == 0 || c == 0 || i + n > t->len) return true;
        for (size_t k = 1; k < n; k++)
            if (((unsigned char)t->data[i + k] & 0xC0) != 0x80) return true;
        *line += c == '\n';
        i += n;
    }
    return false;
}

static void file_read(struct htmlc *h, struct text *out)
{
    char block[65536];
    FILE *f = fopen(h->path, "rb");
    if (!f) fatal_at(h, 0, "%s", strerror(errno));
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) text_put(out, block, n);
    if (ferror(f)) fatal_at(h, 0, "%s", strerror(errno));
    fclose(f);
    int line;
    if (out->len && utf8_bad_at(out, &line)) fatal_at(h, line, "not UTF-8");
}

static void file_write(const char *path, const struct text *t)
{
    FILE *f = fopen(path, "wb");
    if (f && fwrite(t->data, 1, t->len, f) == t->len && fclose(f) == 0) return;
    fprintf(stderr, "%s:0: %s\n", path, strerror(errno));
    exit(1);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void header_write(const char *path, const struct module *m)
{
    char guard[256];
    size_t n = 0;
    for (const char *p = base_name(path); *p && n < sizeof guard - 1; p++)
        guard[n++] = isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
    guard[n] = 0;
    struct text t = {0};
    text_format(&t, "/* Made by htmlc; do not edit. */\n#ifndef IGOT_%s\n#define IGOT_%s\n\n#include \"web/html.h\"\n%s\n%s\n#endif\n",
                guard, guard, m->includes.data ? m->includes.data : "", m->prototypes.data ? m->prototypes.data : "");
    file_write(path, &t);
}

static void source_write(const char *path, const char *header, const struct text *body)
{
    struct text t = {0};
    text_format(&t, "/* Made by htmlc; do not edit. */\n#include \"web/html.h\"\n#include \"%s\"\n%s", base_name(header),
                body->data ? body->data : "");
    file_write(path, &t);
}

int main(int argc, char **argv)
{
    const char *out_h = NULL, *out_c = NULL;
    static struct template templates[TEMPLATE_MAX];
    struct module m = {.template = templates};
    static struct htmlc h;
    int i = 1;
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--out-h") == 0) out_h = argv[i + 1];
        else if (strcmp(argv[i], "--out-c") == 0) out_c = argv[i + 1];
    }
    if (!out_h || !out_c || i >= argc) {
        fprintf(stderr, "usage: htmlc --out-h x_html.h --out-c x_html.c x_page.html [more.html ...]\n");
        return 2;
    }
    for (; i < argc; i++) {
        struct text file = {0};
        h.path = argv[i];
        file_read(&h, &file);
        if (file.len) file_compile(&h, &m, &file);
    }
    pairs_check(&h, &m);
    if (h.errors) return 1;
    header_write(out_h, &m);
    source_write(out_c, out_h, &h.body);
    return 0;
}
