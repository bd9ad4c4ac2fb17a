/* poc.c -- compiles a PO file to the table of web/messages.h.
**
**   poc --out messages.c [--allow-missing] po/hi.po
**
** Errors: an entry without its translation, or one that is marked fuzzy (warnings with --allow-missing); {1}..{9} that differ
** between text and translation; bytes that are not UTF-8; the same msgid twice. A build-time program: libc only. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 65536 };

struct text { char *data; size_t len, cap; };

enum part { PART_NONE, PART_ID, PART_PLURAL, PART_STR0, PART_STR1, PART_COUNT };

struct entry {
    struct text part[PART_COUNT];
    int line;      /* of msgid */
    bool has[PART_COUNT];
    bool fuzzy;
};

struct po {
    const char *path;
    int line;
    int errors;
    bool allow_missing;
    struct entry *entry;
    size_t count, cap;
    struct entry now;       /* being read */
    enum part part;         /* what a continuation line adds to */
    bool fuzzy;             /* said by a comment before the entry */
};

static void fault(struct po *po, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void fault(struct po *po, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", po->path, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    po->errors++;
}

static void *grown(void *p, size_t size)
{
    p = realloc(p, size);
    if (p) return p;
    fprintf(stderr, "poc: out of memory\n");
    exit(1);
}

static void text_char(struct text *t, char c)
{
    if (t->len + 2 > t->cap) {
        t->cap = t->cap ? t->cap * 2 : 32;
        t->data = grown(t->data, t->cap);
    }
    t->data[t->len++] = c;
    t->data[t->len] = 0;
}

static const char *text_z(const struct text *t)
{
    return t->data ? t->data : "";
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

static bool utf8_ok(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p;) {
        unsigned c = *p;
        int n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
        if (n == 0) return false;
        for (int i = 1; i < n; i++)
            if ((p[i] & 0xC0) != 0x80) return false;
        if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F)) return false; /* overlong, surrogate */
        if ((c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F)) return false; /* overlong, past 10FFFF */
        p += n;
    }
    return true;
}

/* One escape after the backslash at *p; leaves *p at its last character. */
static bool escape_read(const char **p, char *out)
{
    static const char from[] = "ntr\"\\abfv", to[] = "\n\t\r\"\\\a\b\f\v";
    const char *at = **p ? strchr(from, **p) : NULL;
    if (at) *out = to[at - from];
    return at != NULL;
}

/* Appends the quoted string at `p`, which must be all that is left of the line. */
static void string_read(struct po *po, const char *p)
{
    struct text *t = &po->now.part[po->part];
    if (*p++ != '"') {
        fault(po, po->line, "a string in double quotes was expected");
        return;
    }
    for (; *p && *p != '"'; p++) {
        char c = *p;
        if (c == '\\') {
            p++;
            if (!escape_read(&p, &c)) {
                fault(po, po->line, "unknown escape in the string");
                return;
            }
        }
        text_char(t, c);
    }
    if (*p != '"' || p[1 + strspn(p + 1, " \t\r")] != 0) fault(po, po->line, "the string does not end with the line");
}

static void entry_end(struct po *po)
{
    struct entry *e = &po->now;
    po->part = PART_NONE;
    if (!e->has[PART_ID]) return;
    if (po->count == po->cap) {
        po->cap = po->cap ? po->cap * 2 : 512;
        po->entry = grown(po->entry, po->cap * sizeof *po->entry);
    }
    po->entry[po->count++] = *e;
    *e = (struct entry){0};
}

static enum part keyword(const char *line, const char **rest)
{
    static const struct { const char *word; enum part part; } words[] = {
        {"msgid_plural", PART_PLURAL}, {"msgid", PART_ID}, {"msgstr[0]", PART_STR0}, {"msgstr[1]", PART_STR1}, {"msgstr", PART_STR0},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i].word);
        if (strncmp(line, words[i].word, n) != 0 || (line[n] != ' ' && line[n] != '\t' && line[n] != '"')) continue;
        *rest = line + n + strspn(line + n, " \t");
        return words[i].part;
    }
    return PART_NONE;
}

static void keyword_line(struct po *po, const char *line)
{
    const char *rest = line;
    enum part part = keyword(line, &rest);
    if (part == PART_NONE) {
        fault(po, po->line, "expected msgid, msgid_plural, msgstr, msgstr[0], msgstr[1] or a string");
        return;
    }
    if (part == PART_ID) {
        entry_end(po);
        po->now.line = po->line;
        po->now.fuzzy = po->fuzzy;
        po->fuzzy = false;
    } else if (!po->now.has[PART_ID]) {
        fault(po, po->line, "this comes before any msgid");
        return;
    }
    if (po->now.has[part]) fault(po, po->line, "said twice for one msgid");
    po->now.has[part] = true;
    po->part = part;
    string_read(po, rest);
}

static void line_read(struct po *po, char *line)
{
    if (!utf8_ok(line)) fault(po, po->line, "not UTF-8");
    line += strspn(line, " \t\r");
    if (*line == 0) {
        entry_end(po);
    } else if (*line == '#') {
        if (line[1] == '~') return; /* obsolete */
        entry_end(po);
        if (line[1] == ',' && strstr(line, "fuzzy")) po->fuzzy = true;
    } else if (*line == '"') {
        if (po->part == PART_NONE) fault(po, po->line, "a string that belongs to nothing");
        else string_read(po, line);
    } else {
        keyword_line(po, line);
    }
}

static void file_read(struct po *po)
{
    static char line[LINE_MAX_BYTES];
    FILE *f = fopen(po->path, "rb");
    if (!f) {
        fault(po, 0, "%s", strerror(errno));
        return;
    }
    while (fgets(line, sizeof line, f)) {
        po->line++;
        size_t n = strlen(line);
        if (n + 1 == sizeof line) fault(po, po->line, "line longer than %d bytes", LINE_MAX_BYTES - 2);
        while (n && (line[n - 1] == '\n' || line[n - 1] == '\r')) line[--n] = 0;
        line_read(po, line);
    }
    if (ferror(f)) fault(po, po->line, "%s", strerror(errno));
    fclose(f);
    entry_end(po);
}

/* ---- checking -------------------------------------------------------------------------------------------------------- */

static unsigned places_of(const struct text *t)
{
    unsigned set = 0;
    for (const char *p = text_z(t); *p; p++)
        if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') set |= 1u << (p[1] - '1');
    return set;
}

static void places_fault(struct po *po, const struct entry *e, unsigned want, unsigned got)
{
    for (int i = 0; i < 9; i++) {
        unsigned bit = 1u << i;
        if ((want & bit) && !(got & bit)) fault(po, e->line, "{%d} of the text is not in the translation", i + 1);
        if (!(want & bit) && (got & bit)) fault(po, e->line, "{%d} of the translation is not in the text", i + 1);
    }
}

/* The Hindi singular also stands for 0, so it may show the number where English says "one". */
static void places_check(struct po *po, const struct entry *e)
{
    unsigned one = places_of(&e->part[PART_ID]), got = places_of(&e->part[PART_STR0]);
    if (!e->has[PART_PLURAL]) {
        places_fault(po, e, one, got);
        return;
    }
    unsigned many = places_of(&e->part[PART_PLURAL]);
    if (got != many) places_fault(po, e, one, got);
    places_fault(po, e, many, places_of(&e->part[PART_STR1]));
}

static bool translated(const struct entry *e)
{
    if (e->fuzzy || e->part[PART_STR0].len == 0) return false;
    return !e->has[PART_PLURAL] || e->part[PART_STR1].len != 0;
}

static int entry_order(const void *a, const void *b)
{
    return strcmp(text_z(&((const struct entry *)a)->part[PART_ID]), text_z(&((const struct entry *)b)->part[PART_ID]));
}

/* Keeps what can be used: translated, and not the header. */
static void entries_check(struct po *po)
{
    enum { WARNINGS_MAX = 3 };
    size_t kept = 0, missing = 0;
    for (size_t i = 0; i < po->count; i++) {
        struct entry e = po->entry[i];
        if (e.part[PART_ID].len == 0) continue;
        if (e.has[PART_STR1] && !e.has[PART_PLURAL]) fault(po, e.line, "msgstr[1] without msgid_plural");
        if (translated(&e)) {
            places_check(po, &e);
            po->entry[kept++] = e;
            continue;
        }
        if (po->allow_missing && ++missing > WARNINGS_MAX) continue;
        if (po->allow_missing) fprintf(stderr, "%s:%d: warning: %s: %s\n", po->path, e.line, e.fuzzy ? "fuzzy" : "not translated", text_z(&e.part[PART_ID]));
        else fault(po, e.line, "%s: %s", e.fuzzy ? "fuzzy" : "not translated", text_z(&e.part[PART_ID]));
    }
    if (missing > WARNINGS_MAX) fprintf(stderr, "%s: warning: and %zu more\n", po->path, missing - WARNINGS_MAX);
    po->count = kept;
    if (kept) qsort(po->entry, kept, sizeof *po->entry, entry_order);
    for (size_t i = 1; i < kept; i++)
        if (entry_order(&po->entry[i - 1], &po->entry[i]) == 0)
            fault(po, po->entry[i].line, "the same msgid as line %d", po->entry[i - 1].line);
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

static void c_string(FILE *f, const char *s)
{
    fputc('"', f);
    for (char before = 0; *s; before = *s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') fprintf(f, "\\%c", c);
        else if (c < 0x20 || c == 0x7F) fprintf(f, "\\%03o", c);
        else if (c == '?' && before == '?') fputs("\\?", f); /* C17 still has trigraphs */
        else fputc(c, f);
    }
    fputc('"', f);
}

static bool table_write(const struct po *po, const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f) return false;
    fprintf(f, "/* Made by poc from %s; do not edit. */\n#include \"web/messages.h\"\n\nconst struct message messages_hi[] = {\n", po->path);
    for (size_t i = 0; i < po->count; i++) {
        const struct entry *e = &po->entry[i];
        fputs("    {", f);
        c_string(f, text_z(&e->part[PART_ID]));
        fputs(", {", f);
        c_string(f, text_z(&e->part[PART_STR0]));
        fputs(", ", f);
        if (e->has[PART_PLURAL]) c_string(f, text_z(&e->part[PART_STR1]));
        else fputs("NULL", f);
        fputs("}},\n", f);
    }
    if (po->count == 0) fputs("    {NULL, {NULL, NULL}},\n", f); /* C has no empty array */
    fprintf(f, "};\nconst int messages_hi_count = %zu;\n", po->count);
    bool failed = ferror(f) != 0;
    return fclose(f) == 0 && !failed;
}

int main(int argc, char **argv)
{
    static struct po po;
    const char *out = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--allow-missing") == 0) po.allow_missing = true;
        else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc) out = argv[++i];
        else po.path = argv[i];
    }
    if (!out || !po.path) {
        fprintf(stderr, "usage: poc --out messages.c [--allow-missing] po/hi.po\n");
        return 2;
    }
    file_read(&po);
    entries_check(&po);
    if (po.errors) return 1;
    if (table_write(&po, out)) return 0;
    fprintf(stderr, "%s:0: %s\n", out, strerror(errno));
    return 1;
}
