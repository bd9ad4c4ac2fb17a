#include "web/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <threads.h>

/* ---- memory: the arena's, so that running out leaves through its guard and nothing leaks ---- */

static thread_local struct arena *room;

enum { HEAD = 16 }; /* the size of a piece stands before it */

static void *room_calloc(size_t n, size_t size)
{
    ASSERT(size == 0 || n < PTRDIFF_MAX / 4 / size);
    char *p = arena_alloc(room, HEAD + (isize)(n * size), HEAD);
    memset(p, 0, HEAD + n * size);
    *(size_t *)(void *)p = n * size;
    return p + HEAD;
}

static void *room_realloc(void *old, size_t size)
{
    if (!old) return room_calloc(1, size);
    size_t had = *(size_t *)(void *)((char *)old - HEAD);
    if (size <= had) return old;
    void *p = room_calloc(1, size);
    memcpy(p, old, had);
    return p;
}

static void room_free(void *p)
{
    UNUSED(p);
}

static cmark_mem room_memory = {room_calloc, room_realloc, room_free};

/* ---- what is parsed at all ---- */

/* How many blocks a line opens within each other: '>' and list markers, and four spaces of indent for each. */
static int depth_of(str line)
{
    int depth = 0;
    isize i = 0, spaces = 0;
    for (; i < line.len; i++) {
        char c = line.data[i];
        bool marked = i + 1 >= line.len || line.data[i + 1] == ' ' || line.data[i + 1] == '\t';
        if (c == ' ') spaces++;
        else if (c == '\t') spaces += 4;
        else if (c == '>') depth++;
        else if ((c == '-' || c == '+' || c == '*' || c == '.' || c == ')') && marked) depth++;
        else if (c < '0' || c > '9') break;
    }
    return depth + (int)(spaces / 4);
}

struct extent { int depth; isize columns, cells; };

/* cmark fills short rows of a table up to its widest: cells are rows of one run of lines times the most columns of any of them. */
static struct extent extent_of(str text)
{
    struct extent e = {0};
    isize rows = 0, most = 0;
    str rest = text, line;
    while (rest.len && str_cut(&rest, '\n', &line)) {
        isize bars = 0;
        for (isize i = 0; i < line.len; i++) bars += line.data[i] == '|';
        int depth = depth_of(line);
        if (depth > e.depth) e.depth = depth;
        if (bars > e.columns) e.columns = bars;
        bool blank = str_trim(line).len == 0;
        rows = blank ? 0 : rows + 1;
        most = blank ? 0 : bars > most ? bars : most;
        if (rows * most > e.cells) e.cells = rows * most;
    }
    return e;
}

/* ---- plain text ---- */

static struct safe_html plain(struct arena *a, str text)
{
    static const char *const entity[256] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\n'] = "<br>\n"};
    isize size = 16;
    for (isize i = 0; i < text.len; i++) size += entity[(u8)text.data[i]] ? (isize)strlen(entity[(u8)text.data[i]]) : 1;
    char *to = arena_alloc(a, size, 1);
    memcpy(to, "<p>", 3);
    isize n = 3;
    for (isize i = 0; i < text.len; i++) {
        const char *as = entity[(u8)text.data[i]];
        isize len = as ? (isize)strlen(as) : 1;
        memcpy(to + n, as ? as : text.data + i, (size_t)len);
        n += len;
    }
    memcpy(to + n, "</p>", 4);
    return (struct safe_html){str_n(to, n + 4)};
}

/* ---- cmark ---- */

static once_flag extensions_once = ONCE_FLAG_INIT;

/* The highest heading there is (1..6; 7: none). `shift` is added to each. */
static int walk_headings(cmark_node *root, int shift)
{
    int highest = 7;
    cmark_iter *it = cmark_iter_new(root);
    for (cmark_event_type ev; (ev = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(it);
        if (ev != CMARK_EVENT_ENTER || cmark_node_get_type(n) != CMARK_NODE_HEADING) continue;
        int level = cmark_node_get_heading_level(n);
        if (level < highest) highest = level;
        if (shift) cmark_node_set_heading_level(n, level + shift < 6 ? level + shift : 6);
    }
    cmark_iter_free(it);
    return highest;
}

/* The text's highest heading becomes the second of the page, so that no level is left out. */
static void place_headings(cmark_node *root)
{
    int highest = walk_headings(root, 0);
    if (highest < 7 && highest != 2) walk_headings(root, 2 - highest);
}

/* Of the extensions only tables: the others change tables of cmark's own that its threads share. */
static struct safe_html render(struct arena *a, str text, bool tables)
{
    call_once(&extensions_once, cmark_gfm_core_extensions_ensure_registered);
    room = a;
    cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8, &room_memory);
    cmark_syntax_extension *table = tables ? cmark_find_syntax_extension("table") : NULL;
    if (table) cmark_parser_attach_syntax_extension(parser, table);
    cmark_parser_feed(parser, text.data, (size_t)text.len);
    cmark_node *root = cmark_parser_finish(parser);
    place_headings(root);
    char *markup = cmark_render_html_with_mem(root, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions(parser), &room_memory);
    struct safe_html out = {str_of(markup)};
    cmark_parser_free(parser); /* the extensions' list is of cmark's own memory */
    room = NULL;
    return out;
}

struct safe_html markdown(struct arena *a, str text)
{
    if (text.len == 0) return (struct safe_html){S("")};
    struct extent e = extent_of(text);
    if (text.len > MARKDOWN_MAX || e.depth > MARKDOWN_DEPTH) return plain(a, text);
    return render(a, text, e.columns <= MARKDOWN_COLUMNS && e.cells <= MARKDOWN_CELLS);
}
