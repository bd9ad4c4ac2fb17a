/* sqlc.c -- compiles SQL statements to typed C functions. See README.md beside this file for the language.
**
**   sqlc --schema schema.db --module NAME --out-h x_sql.h --out-c x_sql.c x.sql
**
** Reads x.sql, prepares every SQLite body on the migrated schema, then writes both files; nothing is written if anything is wrong.
** Beyond README.md: a header may go on in further `--` lines while a parenthesis is open or before `->`; NULL in a column not declared with
** `?` is ERR_BUG at run time, as is a second row from a :one or :maybe that writes (such a statement is run to its end, because only
** there does the engine report what went wrong). A :one or :maybe that only reads takes the first row.
**
** A build-time program: libc and SQLite only, and memory is given back by leaving. */
#include <ctype.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LEN = 64, FIELD_MAX = 64 };

enum kind { ONE, MAYBE, MANY, EACH, RUN };
static const char *const kind_name[] = {"one", "maybe", "many", "each", "run"};

/* `sqlite` is the declared type of a column that may be read as this one. */
static const struct type { const char *name, *c, *constant, *sqlite, *member; } types[] = {
    {"i64", "i64", "DB_I64", "INTEGER", "i"}, {"f64", "f64", "DB_F64", "REAL", "f"},   {"str", "str", "DB_STR", "TEXT", "s"},
    {"blob", "str", "DB_BLOB", "BLOB", "s"},  {"i128", "i128", "DB_I128", "BLOB", "w"},
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

struct field {
    char name[NAME_LEN];
    const struct type *type;
    bool null;
};

struct fields { struct field at[FIELD_MAX]; int count; };

/* A statement's text: in the file, and as the engine gets it (the same length, so that offsets are places in the file). */
struct body { const char *from, *to; char *sql; };

struct statement {
    char name[NAME_LEN];
    enum kind kind;
    int line;
    struct fields param, column;
    const char *doc, *doc_end, *end; /* the comment after the header; the end of the whole */
    struct body sqlite, postgres;
    bool writes;
};

struct sqlc {
    const char *path, *module, *source, *at; /* at: where the header reader stands */
    struct statement *statement;
    int count, errors;
    sqlite3 *db;
    FILE *out;
};

/* ---- errors, memory, lines --------------------------------------------------------------------------------------------- */

static void *memory(void *p, size_t size)
{
    p = realloc(p, size);
    if (p) return p;
    fprintf(stderr, "sqlc: out of memory\n");
    exit(1);
}

static int line_of(const struct sqlc *c, const char *at)
{
    int line = 1;
    for (const char *p = c->source; p < at; p++) line += *p == '\n';
    return line;
}

/* Prints and counts; false, so that a check can return it. */
static bool error_at(struct sqlc *c, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool error_at(struct sqlc *c, int line, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: ", c->path, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    c->errors++;
    return false;
}

static const char *next_line(const char *p)
{
    const char *end = strchr(p, '\n');
    return end ? end + 1 : p + strlen(p);
}

static const char *skip_blank(const char *p)
{
    return p + strspn(p, " \t\r");
}

/* What a comment line says, or NULL if this line is none. */
static const char *comment_at(const char *line)
{
    line = skip_blank(line);
    return strncmp(line, "--", 2) == 0 ? skip_blank(line + 2) : NULL;
}

static bool is_header(const char *line)
{
    const char *says = comment_at(line);
    return says && (strncmp(says, "name:", 5) == 0 || strncmp(says, "name :", 6) == 0);
}

/* Whether this line is the mark `-- sqlite:` or `-- postgres:`. */
static bool is_mark(const char *line, const char *mark)
{
    const char *says = comment_at(line);
    size_t n = strlen(mark);
    if (!says || strncmp(says, mark, n) != 0) return false;
    says = skip_blank(says + n);
    return *says == '\n' || !*says;
}

/* ---- the header line ----------------------------------------------------------------------------------------------------- */

/* Names that a C compiler, base.h or banned.h would trip over. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {
        "auto", "bool", "break", "case", "char", "complex", "const", "continue", "default", "do", "double", "else", "enum", "err", "errno", "extern",
        "f64", "false", "float", "for", "goto", "i128", "i32", "i64", "if", "inline", "int", "isize", "linux", "long", "noreturn", "rand", "register",
        "restrict", "return", "short", "signed", "sizeof", "srand", "static", "stderr", "stdin", "stdout", "str", "struct", "switch", "true", "typedef",
        "u32", "u64", "u8", "union", "unix", "unsigned", "void", "volatile", "while", "alignas", "alignof", "asm", "typeof",
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(taken[i], name) == 0) return true;
    return false;
}

/* Moves over white space, and to the header's next line if there is one: always inside parentheses, else only where `->` or `(` begins it. */
static void header_space(struct sqlc *c, bool inside)
{
    for (;;) {
        c->at = skip_blank(c->at);
        if (*c->at != '\n') return;
        const char *says = comment_at(c->at + 1);
        bool more = says && !is_header(c->at + 1) && (inside || strncmp(says, "->", 2) == 0 || *says == '(');
        if (!more) return;
        c->at = says;
    }
}

static bool header_is(struct sqlc *c, const char *what, bool inside)
{
    header_space(c, inside);
    size_t n = strlen(what);
    if (strncmp(c->at, what, n) != 0) return false;
    c->at += n;
    return true;
}

static bool header_error(struct sqlc *c, const char *expected)
{
    int n = (int)strcspn(c->at, " \t\r\n");
    if (n == 0) return error_at(c, line_of(c, c->at), "expected %s, found the end of the line", expected);
    return error_at(c, line_of(c, c->at), "expected %s, found '%.*s'", expected, n > 40 ? 40 : n, c->at);
}

/* Lower-case letters, digits and single underscores, the last not an underscore: generated locals end in one. */
static bool header_name(struct sqlc *c, char out[NAME_LEN], const char *expected)
{
    size_t n = strspn(c->at, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || !islower((unsigned char)*c->at) || isalpha((unsigned char)c->at[n])) return header_error(c, expected);
    if (n >= NAME_LEN) return error_at(c, line_of(c, c->at), "this name is longer than %d characters", NAME_LEN - 1);
    if (c->at[n - 1] == '_') return error_at(c, line_of(c, c->at), "'%.*s': a name may not end in '_'", (int)n, c->at);
    memcpy(out, c->at, n);
    out[n] = 0;
    c->at += n;
    return true;
}

static bool header_type(struct sqlc *c, struct field *f)
{
    header_space(c, true);
    size_t n = strcspn(c->at, " \t\r\n,()?");
    for (int i = 0; i < TYPE_COUNT; i++)
        if (strlen(types[i].name) == n && strncmp(types[i].name, c->at, n) == 0) f->type = &types[i];
    if (!f->type && n == 0) return header_error(c, "a type");
    if (!f->type) return error_at(c, line_of(c, c->at), "%s: unknown type '%.*s': i64, f64, str, blob or i128", f->name, (int)n, c->at);
    c->at += n;
    f->null = header_is(c, "?", true);
    return true;
}

/* Two fields clash if C would see one name twice; NAME_null stands beside a nullable column. */
static bool clash(const struct field *a, const struct field *b, bool columns)
{
    size_t n = strlen(b->name);
    if (strcmp(a->name, b->name) == 0) return true;
    return columns && b->null && strncmp(a->name, b->name, n) == 0 && strcmp(a->name + n, "_null") == 0;
}

/* name type, name type? ) */
static bool header_fields(struct sqlc *c, struct fields *fields, bool columns)
{
    if (header_is(c, ")", true)) return true;
    do {
        if (fields->count == FIELD_MAX) return error_at(c, line_of(c, c->at), "more than %d in one list", FIELD_MAX);
        struct field *f = &fields->at[fields->count++];
        header_space(c, true);
        int line = line_of(c, c->at);
        if (!header_name(c, f->name, columns ? "a column's name" : "a parameter's name") || !header_type(c, f)) return false;
        if (is_taken(f->name)) return error_at(c, line, "'%s' is a word of C or of base.h", f->name);
        for (struct field *g = fields->at; g < f; g++)
            if (clash(f, g, columns) || clash(g, f, columns)) return error_at(c, line, "'%s' clashes with an earlier name of this list", f->name);
    } while (header_is(c, ",", true));
    return header_is(c, ")", true) || header_error(c, "',' or ')'");
}

static bool header_kind(struct sqlc *c, struct statement *st)
{
    char kind[NAME_LEN];
    if (!header_is(c, ":", false)) return header_error(c, "':' and a kind");
    const char *at = c->at;
    if (!header_name(c, kind, "a kind")) return false;
    for (int i = ONE; i <= RUN; i++) {
        if (strcmp(kind_name[i], kind) != 0) continue;
        st->kind = (enum kind)i;
        return true;
    }
    return error_at(c, line_of(c, at), "unknown kind ':%s': :one, :maybe, :many, :each or :run", kind);
}

static bool header(struct sqlc *c, struct statement *st)
{
    c->at = skip_blank(strchr(comment_at(c->at), ':') + 1);
    if (!header_name(c, st->name, "a statement's name") || !header_kind(c, st)) return false;
    if (header_is(c, "(", false) && !header_fields(c, &st->param, false)) return false;
    if (header_is(c, "->", false)) {
        if (st->kind == RUN) return error_at(c, st->line, "%s: a :run statement has no columns", st->name);
        if (!header_is(c, "(", false)) return header_error(c, "'('");
        if (!header_fields(c, &st->column, true)) return false;
    }
    header_space(c, false);
    if (*c->at && *c->at != '\n') return header_error(c, "'(', '->' or the end of the line");
    if (st->kind != RUN && st->column.count == 0) return error_at(c, st->line, "%s: a :%s statement needs '-> (columns)'", st->name, kind_name[st->kind]);
    return true;
}

/* ---- bodies -------------------------------------------------------------------------------------------------------------- */

/* The length of the white space or comment here; 0 if there is none. Unended comments are an error. */
static size_t gap_length(struct sqlc *c, const char *p, const char *end)
{
    if (isspace((unsigned char)*p)) return 1;
    if (end - p < 2) return 0;
    if (p[0] == '-' && p[1] == '-') {
        const char *next = next_line(p);
        return (size_t)((next < end ? next : end) - p);
    }
    if (p[0] != '/' || p[1] != '*') return 0;
    const char *close = strstr(p + 2, "*/");
    if (close && close < end) return (size_t)(close + 2 - p);
    error_at(c, line_of(c, p), "this comment has no end");
    return (size_t)(end - p);
}

static size_t token_length(struct sqlc *c, const char *p, const char *end)
{
    const char *q = p + 1;
    if (*p == '\'' || *p == '"') {
        while (q < end && *q != *p) q++;
        if (q < end) return (size_t)(q + 1 - p);
        error_at(c, line_of(c, p), *p == '"' ? "this quoted name has no end" : "this string has no end");
        return (size_t)(end - p);
    }
    if (*p == '$') {
        while (q < end && isdigit((unsigned char)*q)) q++;
    } else if (isalnum((unsigned char)*p) || *p == '_' || (unsigned char)*p >= 0x80) {
        while (q < end && (isalnum((unsigned char)*q) || *q == '_' || *q == '$' || (unsigned char)*q >= 0x80)) q++;
    }
    return (size_t)(q - p);
}

static void parameter(struct sqlc *c, const struct statement *st, const char *p, size_t n, bool used[])
{
    long number = n > 1 && n < 6 ? strtol(p + 1, NULL, 10) : 0;
    if (number >= 1 && number <= st->param.count) used[number - 1] = true;
    else error_at(c, line_of(c, p), "%s: %.*s, but %d parameter%s declared", st->name, (int)n, p, st->param.count, st->param.count == 1 ? " is" : "s are");
}

/* Reads a body token by token: narrows it to its first and last token and makes `sql` of it. */
static bool body_scan(struct sqlc *c, const struct statement *st, struct body *b, bool for_sqlite)
{
    const char *first = NULL, *last = NULL;
    char *sql = memory(NULL, (size_t)(b->to - b->from) + 1);
    bool used[FIELD_MAX] = {false}, ended = false;
    int errors = c->errors;
    memcpy(sql, b->from, (size_t)(b->to - b->from));
    size_t n;
    for (const char *p = b->from; p < b->to; p += n) {
        if ((n = gap_length(c, p, b->to)) > 0) continue;
        n = token_length(c, p, b->to);
        if (ended) return error_at(c, line_of(c, p), "%s: a second statement begins here", st->name);
        if (*p == ';') {
            ended = true;
            continue;
        }
        if (*p == '$') parameter(c, st, p, n, used);
        if (*p == '$' && for_sqlite) sql[p - b->from] = '?';
        if (for_sqlite && (*p == '?' || *p == ':' || *p == '@'))
            return error_at(c, line_of(c, p), "%s: '%c': parameters are written $1, $2", st->name, *p);
        if (!first) first = p;
        last = p + n;
    }
    if (c->errors > errors) return false;
    if (!first) return error_at(c, st->line, "%s: there is no SQL", st->name);
    for (int i = 0; i < st->param.count; i++)
        if (!used[i]) error_at(c, st->line, "%s: parameter %s ($%d) is not used", st->name, st->param.at[i].name, i + 1);
    b->sql = sql + (first - b->from);
    b->sql[last - first] = 0;
    b->from = first;
    b->to = last;
    return c->errors == errors;
}

/* Finds the doc comment and the two bodies, which may be one and the same text. */
static bool bodies(struct sqlc *c, struct statement *st, const char *p)
{
    st->doc = p;
    while (p < st->end && comment_at(p) && !is_mark(p, "sqlite:") && !is_mark(p, "postgres:")) p = next_line(p);
    st->doc_end = p;
    struct body common = {p, st->end, NULL};
    int order = 0; /* 1: after -- sqlite:, 2: after -- postgres: */
    for (; p < st->end; p = next_line(p)) {
        bool lite = is_mark(p, "sqlite:");
        if (!lite && !is_mark(p, "postgres:")) continue;
        if (order != (lite ? 0 : 1)) return error_at(c, line_of(c, p), "%s: one '-- sqlite:', then one '-- postgres:'", st->name);
        order++;
        *(lite ? &common.to : &st->sqlite.to) = p;
        (lite ? &st->sqlite : &st->postgres)->from = next_line(p);
    }
    if (order == 1) return error_at(c, st->line, "%s: there is no '-- postgres:' body", st->name);
    if (order == 0) {
        st->sqlite = st->postgres = common;
    } else {
        st->postgres.to = st->end;
        for (const char *q = common.from; q < common.to; q += gap_length(c, q, common.to))
            if (gap_length(c, q, common.to) == 0) return error_at(c, line_of(c, q), "%s: SQL before '-- sqlite:'", st->name);
    }
    bool good = body_scan(c, st, &st->sqlite, true);
    if (order == 0 && !good) return false; /* the same mistakes twice */
    return body_scan(c, st, &st->postgres, false) && good;
}

/* ---- checks on the schema -------------------------------------------------------------------------------------------------- */

/* Where in the file the engine's complaint points: by its offset, else at the name that ends its message. */
static int complaint_line(const struct sqlc *c, const struct body *b)
{
    int offset = sqlite3_error_offset(c->db);
    if (offset >= 0 && offset < b->to - b->from) return line_of(c, b->from + offset);
    const char *name = strrchr(sqlite3_errmsg(c->db), ' ');
    size_t n = name ? strlen(++name) : 0;
    for (const char *p = b->from; n > 0 && p + n <= b->to; p++)
        if (strncmp(p, name, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_') return line_of(c, p);
    return line_of(c, b->from);
}

static int column_named(const struct statement *st, const char *name)
{
    for (int i = 0; name && i < st->column.count; i++)
        if (strcmp(st->column.at[i].name, name) == 0) return i;
    return -1;
}

static void check_columns(struct sqlc *c, const struct statement *st, sqlite3_stmt *stmt)
{
    int have = sqlite3_column_count(stmt), want = st->column.count;
    if (have > 0 && st->kind == RUN) {
        error_at(c, st->line, "%s: a :run statement has no columns, this one gives %d", st->name, have);
        return;
    }
    if (have != want) {
        error_at(c, st->line, "%s: %d column%s declared, the statement gives %d", st->name, want, want == 1 ? " is" : "s are", have);
        return;
    }
    for (int i = 0; i < have; i++) {
        const struct field *f = &st->column.at[i];
        const char *decl = sqlite3_column_decltype(stmt, i);
        bool known = false;
        for (int k = 0; decl && k < TYPE_COUNT; k++) known = known || sqlite3_stricmp(decl, types[k].sqlite) == 0;
        if (known && sqlite3_stricmp(decl, f->type->sqlite) != 0)
            error_at(c, st->line, "%s: column %s is declared %s, but the table's column is %s", st->name, f->name, f->type->name, decl);
        /* Two of the same type that changed places would otherwise pass. */
        int other = column_named(st, sqlite3_column_name(stmt, i));
        if (other > i && column_named(st, sqlite3_column_name(stmt, other)) == i)
            error_at(c, st->line, "%s: columns %s and %s are in the other order in the statement", st->name, f->name, st->column.at[other].name);
    }
}

static void check(struct sqlc *c, struct statement *st)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(c->db, st->sqlite.sql, -1, &stmt, NULL) != SQLITE_OK) {
        error_at(c, complaint_line(c, &st->sqlite), "%s: %s", st->name, sqlite3_errmsg(c->db));
        return;
    }
    if (sqlite3_bind_parameter_count(stmt) != st->param.count)
        error_at(c, st->line, "%s: %d declared parameters, the statement has %d", st->name, st->param.count, sqlite3_bind_parameter_count(stmt));
    check_columns(c, st, stmt);
    st->writes = !sqlite3_stmt_readonly(stmt);
    sqlite3_finalize(stmt);
}

/* ---- the whole file -------------------------------------------------------------------------------------------------------- */

static void check_duplicate(struct sqlc *c, const struct statement *st)
{
    for (const struct statement *o = c->statement; o < st; o++) {
        if (strcmp(o->name, st->name) != 0) continue;
        error_at(c, st->line, "%s: already defined in line %d", st->name, o->line);
        return;
    }
}

/* One statement from its header to the next header, where it returns. */
static const char *read_statement(struct sqlc *c, const char *p)
{
    c->statement = memory(c->statement, (size_t)(c->count + 1) * sizeof *c->statement);
    struct statement *st = &c->statement[c->count];
    *st = (struct statement){.line = line_of(c, p)};
    for (st->end = next_line(p); *st->end && !is_header(st->end);) st->end = next_line(st->end);
    c->at = p;
    if (header(c, st)) {
        c->count++;
        check_duplicate(c, st);
        if (bodies(c, st, next_line(c->at))) check(c, st);
    }
    return st->end;
}

static void read_file(struct sqlc *c)
{
    const char *p = c->source;
    for (; *p && !is_header(p); p = next_line(p)) {
        const char *q = skip_blank(p);
        if (!comment_at(p) && *q && *q != '\n') {
            error_at(c, line_of(c, p), "SQL before the first '-- name:'");
            while (*p && !is_header(p)) p = next_line(p);
            break;
        }
    }
    while (*p) p = read_statement(c, p);
}

/* ---- C ------------------------------------------------------------------------------------------------------------------------ */

static void put(struct sqlc *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct sqlc *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(c->out, format, args);
    va_end(args);
}

/* The function's own parameters step back where the statement has one of that name. */
static const char *own(const struct statement *st, const char *name)
{
    static const char *const names[][2] = {{"db", "db_"}, {"a", "a_"}, {"out", "out_"}, {"found", "found_"}, {"each", "each_"}, {"arg", "arg_"}, {"changed", "changed_"}};
    for (int i = 0; i < st->param.count; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names && strcmp(st->param.at[i].name, name) == 0; k++)
            if (strcmp(names[k][0], name) == 0) return names[k][1];
    return name;
}

static bool by_pointer(const struct field *f)
{
    return f->null && strcmp(f->type->c, "str") != 0;
}

static void put_prototype(struct sqlc *c, const struct statement *st)
{
    const char *m = c->module, *n = st->name;
    put(c, "err %s_sql_%s(struct db *%s", m, n, own(st, "db"));
    if (st->kind == ONE || st->kind == MAYBE || st->kind == MANY) put(c, ", struct arena *%s", own(st, "a"));
    for (int i = 0; i < st->param.count; i++) {
        const struct field *f = &st->param.at[i];
        if (by_pointer(f)) put(c, ", const %s *%s", f->type->c, f->name);
        else put(c, ", %s %s", f->type->c, f->name);
    }
    if (st->kind == MANY) put(c, ", struct %s_%s_rows *%s)", m, n, own(st, "out"));
    if (st->kind == ONE) put(c, ", struct %s_%s_row *%s)", m, n, own(st, "out"));
    if (st->kind == MAYBE) put(c, ", struct %s_%s_row *%s, bool *%s)", m, n, own(st, "out"), own(st, "found"));
    if (st->kind == EACH) put(c, ", err (*%s)(void *, const struct %s_%s_row *), void *%s)", own(st, "each"), m, n, own(st, "arg"));
    if (st->kind == RUN) put(c, ", i64 *%s)", own(st, "changed"));
}

/* The comment after the header, as a comment of C: what would begin or end one inside it is taken apart. */
static void put_doc(struct sqlc *c, const struct statement *st)
{
    for (const char *p = st->doc; p < st->doc_end; p = next_line(p)) {
        const char *says = comment_at(p), *end = says + strcspn(says, "\r\n");
        put(c, p == st->doc ? "/* " : "\n** ");
        for (; says < end; says++) {
            putc(*says, c->out);
            if ((says[0] == '*' && says[1] == '/') || (says[0] == '/' && says[1] == '*')) putc(' ', c->out);
        }
    }
    if (st->doc < st->doc_end) put(c, " */\n");
}

static void put_row(struct sqlc *c, const struct statement *st)
{
    const char *m = c->module, *n = st->name;
    if (st->kind == RUN) return;
    put(c, "struct %s_%s_row {\n", m, n);
    for (int i = 0; i < st->column.count; i++) {
        const struct field *f = &st->column.at[i];
        if (f->null) put(c, "    bool %s_null;\n", f->name);
        put(c, "    %s %s;\n", f->type->c, f->name);
    }
    put(c, "};\n");
    if (st->kind == MANY) put(c, "struct %s_%s_rows { struct %s_%s_row *row; isize count; };\n", m, n, m, n);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_header(struct sqlc *c, const char *path)
{
    char guard[NAME_LEN * 2] = "IGOT_";
    size_t n = strlen(guard);
    for (const char *p = base_name(path); *p && n + 1 < sizeof guard; p++) guard[n++] = (char)(isalnum((unsigned char)*p) ? toupper((unsigned char)*p) : '_');
    put(c, "/* %s -- made by tools/sqlc from %s; do not edit. */\n#ifndef %s\n#define %s\n\n#include \"db/db.h\"\n\n", base_name(path), base_name(c->path), guard, guard);
    for (const struct statement *st = c->statement; st < c->statement + c->count; st++) {
        put_doc(c, st);
        put_row(c, st);
        put_prototype(c, st);
        put(c, " MUST_USE;\n\n");
    }
    put(c, "extern const struct db_statement_list %s_statements;\n\n#endif\n", c->module);
}

/* Octal escapes of three digits cannot run into what follows; `??` would be read as a trigraph. */
static void put_sql(struct sqlc *c, const char *sql)
{
    put(c, "\"");
    for (const char *p = sql; *p; p++) {
        unsigned char b = (unsigned char)*p;
        if (b == '\n') put(c, "\\n\"\n    \"");
        else if (b == '"' || b == '\\') put(c, "\\%c", b);
        else if (b == '?' && p > sql && p[-1] == '?') put(c, "\\?");
        else if (b >= ' ' && b < 127) putc(b, c->out);
        else put(c, "\\%03o", (unsigned)b);
    }
    put(c, "\"");
}

static void put_types(struct sqlc *c, const struct statement *st, const struct fields *fields, const char *what)
{
    if (fields->count == 0) return;
    put(c, "static const u8 %s_%s_[] = {", st->name, what);
    for (int i = 0; i < fields->count; i++) put(c, "%s%s", i ? ", " : "", fields->at[i].type->constant);
    put(c, "};\n");
}

static void put_statement(struct sqlc *c, const struct statement *st)
{
    put_types(c, st, &st->param, "param");
    put_types(c, st, &st->column, "column");
    put(c, "static int %s_slot_;\nstatic const struct db_statement %s_statement_ = {\n    .name = \"%s.%s\",\n    .sqlite = ", st->name, st->name, c->module, st->name);
    put_sql(c, st->sqlite.sql);
    put(c, ",\n    .postgres = ");
    put_sql(c, st->postgres.sql);
    if (st->param.count) put(c, ",\n    .param = %s_param_,\n    .param_count = %d", st->name, st->param.count);
    if (st->column.count) put(c, ",\n    .column = %s_column_,\n    .column_count = %d", st->name, st->column.count);
    put(c, ",\n    .slot = &%s_slot_,\n%s};\n\n", st->name, st->kind == EACH ? "    .each = true,\n" : "");
}

/* The reader of one row: rows of :each hold views, the others copies in the arena. */
static void put_reader(struct sqlc *c, const struct statement *st)
{
    bool copies = st->kind != EACH;
    bool strings = false;
    put(c, "static err %s_read_(struct db_cursor *cursor, %sstruct %s_%s_row *out)\n{\n", st->name, copies ? "struct arena *a, " : "", c->module, st->name);
    for (int i = 0; i < st->column.count; i++) {
        const struct field *f = &st->column.at[i];
        bool string = strcmp(f->type->c, "str") == 0;
        char read[64];
        strings = strings || string;
        if (string) snprintf(read, sizeof read, copies ? "db_column_str(cursor, %d, a)" : "db_column_view(cursor, %d)", i);
        else snprintf(read, sizeof read, "db_column_%s(cursor, %d)", f->type->c, i);
        if (f->null) {
            put(c, "    out->%s_null = db_column_null(cursor, %d);\n", f->name, i);
            put(c, "    out->%s = out->%s_null ? %s : %s;\n", f->name, f->name, string ? "(str){NULL, 0}" : "0", read);
        } else {
            put(c, "    if (db_column_null(cursor, %d)) return null_found_(\"%s.%s\", \"%s\");\n", i, c->module, st->name, f->name);
            put(c, "    out->%s = %s;\n", f->name, read);
        }
    }
    put(c, "%s    return OK;\n}\n\n", copies && !strings ? "    UNUSED(a);\n" : "");
}

static void put_values(struct sqlc *c, const struct statement *st)
{
    if (st->param.count) put(c, "    const struct db_value param_[] = {\n");
    for (int i = 0; i < st->param.count; i++) {
        const struct field *f = &st->param.at[i];
        const char *n = f->name, *constant = f->type->constant, *member = f->type->member;
        if (by_pointer(f)) put(c, "        {.type = %s, .null = !%s, .as.%s = %s ? *%s : 0},\n", constant, n, member, n, n);
        else if (*member == 's') put(c, "        {.type = %s, .null = !%s.data, .as.s = %s},\n", constant, n, n);
        else put(c, "        {.type = %s, .null = false, .as.%s = %s},\n", constant, member, n);
    }
    if (st->param.count) put(c, "    };\n");
}

static void put_single(struct sqlc *c, const struct statement *st)
{
    const char *n = st->name, *out = own(st, "out");
    put(c, "    TRY(db_step(cursor_, &more_));\n");
    if (st->kind == ONE) put(c, "    if (!more_) return err_set(ERR_NOT_FOUND, \"\");\n");
    else put(c, "    *%s = more_;\n    if (!more_) {\n        memset(%s, 0, sizeof *%s);\n        return OK;\n    }\n", own(st, "found"), out, out);
    put(c, "    err e_ = %s_read_(cursor_, %s, %s);\n", n, own(st, "a"), out);
    if (st->writes) {
        put(c, "    if (e_ == OK) {\n        TRY(db_step(cursor_, &more_));\n        if (!more_) return OK;\n");
        put(c, "        e_ = err_detail(ERR_BUG, \"\", \"%s.%s: more than one row\");\n    }\n", c->module, n);
    }
    put(c, "    db_cursor_close(cursor_);\n    return e_;\n");
}

static void put_loop(struct sqlc *c, const struct statement *st)
{
    const char *m = c->module, *n = st->name, *out = own(st, "out");
    put(c, "    for (;;) {\n        TRY(db_step(cursor_, &more_));\n        if (!more_) return OK;\n");
    if (st->kind == EACH) {
        put(c, "        struct %s_%s_row row_;\n        err e_ = %s_read_(cursor_, &row_);\n", m, n, n);
        put(c, "        if (e_ == OK) e_ = %s(%s, &row_);\n", own(st, "each"), own(st, "arg"));
    } else {
        put(c, "        if (%s->count == room_) {\n            room_ = room_ ? room_ * 2 : 8;\n", out);
        put(c, "            struct %s_%s_row *more_room_ = ARENA_ARRAY(%s, struct %s_%s_row, room_);\n", m, n, own(st, "a"), m, n);
        put(c, "            if (%s->count) memcpy(more_room_, %s->row, (size_t)%s->count * sizeof *more_room_);\n", out, out, out);
        put(c, "            %s->row = more_room_;\n        }\n", out);
        put(c, "        err e_ = %s_read_(cursor_, %s, &%s->row[%s->count]);\n", n, own(st, "a"), out, out);
    }
    put(c, "        if (e_ != OK) {\n            db_cursor_close(cursor_);\n            return e_;\n        }\n");
    if (st->kind == MANY) put(c, "        %s->count++;\n", out);
    put(c, "    }\n");
}

static void put_function(struct sqlc *c, const struct statement *st)
{
    const char *param = st->param.count ? "param_" : "NULL", *changed = own(st, "changed"), *out = own(st, "out");
    put_prototype(c, st);
    put(c, "\n{\n");
    put_values(c, st);
    if (st->kind == RUN) {
        put(c, "    i64 ignored_;\n    return db_run(%s, &%s_statement_, %s, %s ? %s : &ignored_);\n", own(st, "db"), st->name, param, changed, changed);
    } else {
        put(c, "    struct db_cursor *cursor_;\n    bool more_;\n");
        if (st->kind == MANY) put(c, "    isize room_ = 0;\n    %s->row = NULL;\n    %s->count = 0;\n", out, out);
        put(c, "    TRY(db_query(%s, &%s_statement_, %s, &cursor_));\n", own(st, "db"), st->name, param);
        if (st->kind == MANY || st->kind == EACH) put_loop(c, st);
        else put_single(c, st);
    }
    put(c, "}\n\n");
}

/* A column that the SQL promised would never be NULL. 0 in its place would be a wrong number without a reason. */
static void put_null_found(struct sqlc *c)
{
    bool needed = false;
    for (int i = 0; i < c->count; i++)
        for (int k = 0; k < c->statement[i].column.count; k++) needed = needed || !c->statement[i].column.at[k].null;
    if (needed)
        put(c, "static err null_found_(const char *statement, const char *column)\n{\n"
               "    return err_detail(ERR_BUG, \"\", \"%%s: NULL in column %%s, declared without '?'\", statement, column);\n}\n\n");
}

static void put_code(struct sqlc *c, const char *header)
{
    put(c, "/* Made by tools/sqlc from %s; do not edit. */\n#include \"%s\"\n\n", base_name(c->path), base_name(header));
    put(c, "#if defined(__GNUC__)\n#pragma GCC diagnostic ignored \"-Woverlength-strings\" /* a statement may pass C17's 4095 characters */\n#endif\n\n");
    put_null_found(c);
    for (const struct statement *st = c->statement; st < c->statement + c->count; st++) {
        put_statement(c, st);
        if (st->kind != RUN) put_reader(c, st);
        put_function(c, st);
    }
    if (c->count) put(c, "static const struct db_statement *const all_[] = {\n");
    for (int i = 0; i < c->count; i++) put(c, "    &%s_statement_,\n", c->statement[i].name);
    if (c->count) put(c, "};\n");
    put(c, "const struct db_statement_list %s_statements = {%s, %d};\n", c->module, c->count ? "all_" : "NULL", c->count);
}

/* ---- command line ---------------------------------------------------------------------------------------------------------------- */

static bool fail(const char *path, const char *what)
{
    fprintf(stderr, "%s:1: %s\n", path, what);
    return false;
}

static char *slurp(const char *path)
{
    char *text = NULL;
    size_t len = 0, n = 0;
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    do {
        text = memory(text, len + 65537);
        n = fread(text + len, 1, 65536, f);
        len += n;
    } while (n > 0);
    text[len] = 0;
    fclose(f);
    return memchr(text, 0, len) ? NULL : text;
}

static bool schema_open(struct sqlc *c, const char *path)
{
    bool good = sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL) == SQLITE_OK &&
                sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL) == SQLITE_OK &&
                sqlite3_exec(c->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;
    return good || fail(path, sqlite3_errmsg(c->db));
}

static bool file_close(struct sqlc *c, const char *path)
{
    bool good = !ferror(c->out);
    if (fclose(c->out) == 0 && good) return true;
    remove(path);
    return fail(path, "cannot be written");
}

static bool write_both(struct sqlc *c, const char *out_h, const char *out_c)
{
    if (!(c->out = fopen(out_h, "wb"))) return fail(out_h, strerror(errno));
    put_header(c, out_h);
    if (!file_close(c, out_h)) return false;
    if (!(c->out = fopen(out_c, "wb"))) return fail(out_c, strerror(errno));
    put_code(c, out_h);
    return file_close(c, out_c);
}

int main(int argc, char **argv)
{
    const char *schema = NULL, *out_h = NULL, *out_c = NULL;
    struct sqlc c = {.statement = memory(NULL, sizeof *c.statement)};
    for (int i = 1; i < argc; i++) {
        const char **to = strcmp(argv[i], "--schema") == 0   ? &schema
                          : strcmp(argv[i], "--module") == 0 ? &c.module
                          : strcmp(argv[i], "--out-h") == 0  ? &out_h
                          : strcmp(argv[i], "--out-c") == 0  ? &out_c
                                                             : NULL;
        if (to && i + 1 < argc) *to = argv[++i];
        else if (!to && !c.path && argv[i][0] != '-') c.path = argv[i];
        else schema = c.path = NULL, i = argc;
    }
    if (!schema || !c.module || !out_h || !out_c || !c.path) {
        fputs("usage: sqlc --schema schema.db --module NAME --out-h x_sql.h --out-c x_sql.c x.sql\n", stderr);
        return 1;
    }
    c.source = slurp(c.path);
    if (!c.source) return fail(c.path, "cannot be read as text"), 1;
    if (!schema_open(&c, schema)) return 1;
    read_file(&c);
    return c.errors == 0 && write_both(&c, out_h, out_c) ? 0 : 1;
}
