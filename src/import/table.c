#include "import/table.h"

#include <errno.h>

/* ---- faults ---- */

/* As a person can read it: short, one line, no bytes that a terminal would act on. */
static str shown(struct arena *a, str value)
{
    enum { SHOWN_MAX = 80 };
    char out[SHOWN_MAX * 4 + 8];
    isize n = 0, at = 0;
    for (int i = 0; i < SHOWN_MAX && at < value.len; i++) {
        u32 cp;
        isize step = utf8_next(value, at, &cp);
        if (step == 0) {
            n += snprintf(out + n, 5, "\\x%02X", (unsigned)(u8)value.data[at]);
            step = 1;
        } else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
            out[n++] = ' ';
        } else {
            n += utf8_put(out + n, cp);
        }
        at += step;
    }
    if (at < value.len) n += utf8_put(out + n, 0x2026); /* … */
    return str_dup(a, str_n(out, n));
}

static int order_of(struct faults *f, str file)
{
    for (int i = 0; i < f->files && i < (int)COUNT_OF(f->file); i++)
        if (str_eq(f->file[i], file)) return i;
    if (f->files < (int)COUNT_OF(f->file)) f->file[f->files] = file;
    return f->files++;
}

void fault_add(struct faults *f, str file, i64 line, str column, str value, str expected)
{
    struct import_report *r = f->report;
    r->faults++;
    if (r->faults_kept == IMPORT_FAULTS_KEPT) return;
    r->fault[r->faults_kept++] = (struct import_fault){.file = file, .line = line, .column = str_dup(f->arena, column), .value = shown(f->arena, value),
                                                       .expected = str_dup(f->arena, expected), .file_order = order_of(f, file)};
}

void fault_at(struct faults *f, const struct table_kind *kind, struct table_row *row, int column, str expected)
{
    row->bad = true;
    bool whole = column < 0;
    fault_add(f, row->file, row->line, whole ? S("") : str_of(kind->column[column].name), whole ? S("") : row->cell[column], expected);
}

static int by_place(const void *x, const void *y)
{
    const struct import_fault *a = x, *b = y;
    if (a->file_order != b->file_order) return a->file_order < b->file_order ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

void faults_sort(struct faults *f)
{
    struct import_report *r = f->report; /* an insertion sort: stable, so that the cells of a row stay in their order */
    for (int i = 1; i < r->faults_kept; i++) {
        struct import_fault moved = r->fault[i];
        int j = i;
        for (; j > 0 && by_place(&r->fault[j - 1], &moved) > 0; j--) r->fault[j] = r->fault[j - 1];
        r->fault[j] = moved;
    }
}

/* ---- one cell ---- */

static bool lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_code(str s)
{
    if (s.len < 1 || s.len > 64 || (!lower(s.data[0]) && !digit(s.data[0]))) return false;
    for (isize i = 1; i < s.len; i++)
        if (!lower(s.data[i]) && !digit(s.data[i]) && s.data[i] != '.' && s.data[i] != '-') return false;
    return true;
}

static bool is_name(str s)
{
    if (s.len < 1 || s.len > 47 || !lower(s.data[0])) return false;
    for (isize i = 1; i < s.len; i++)
        if (!lower(s.data[i]) && !digit(s.data[i]) && s.data[i] != '_') return false;
    return true;
}

static bool is_language(str s)
{
    if (s.len < 2 || s.len > 3) return false;
    for (isize i = 0; i < s.len; i++)
        if (!lower(s.data[i])) return false;
    return true;
}

/* A plain name: it can lead nowhere but into the folder. */
static bool is_file(str s)
{
    if (s.len < 1 || s.len > 200 || s.data[0] == '.') return false;
    for (isize i = 0; i < s.len; i++)
        if (s.data[i] == '/' || s.data[i] == '\\' || (u8)s.data[i] < 0x20) return false;
    return true;
}

static bool is_choice(const char *choices, str s)
{
    str rest = str_of(choices), one;
    while (str_cut(&rest, ',', &one))
        if (str_eq(str_trim(one), s)) return true;
    return false;
}

static bool fits(const struct column *c, str s)
{
    i64 n;
    f64 x;
    if (!utf8_valid(s)) return false;
    if (s.len == 0) return c->optional;
    switch (c->type) {
    case COL_CODE:
    case COL_REF: return is_code(s);
    case COL_NAME: return is_name(s);
    case COL_TEXT: return utf8_count(s) <= c->max;
    case COL_WHOLE: return str_to_i64(s, &n) && n >= c->min && n <= c->max;
    case COL_NUMBER: return str_to_f64(s, &x);
    case COL_BOOL: return str_eq(s, S("yes")) || str_eq(s, S("no"));
    case COL_DAY: return day_parse(s, &n);
    case COL_CHOICE: return is_choice(c->choices, s);
    case COL_LANGUAGE: return is_language(s);
    case COL_FILE: return is_file(s);
    }
    return false;
}

static str expected_by_type(struct arena *a, const struct column *c)
{
    switch (c->type) {
    case COL_CODE: return S(N_("a code: at most 64 of a to z, 0 to 9, dot and dash, beginning with a letter or digit"));
    case COL_REF: return str_format(a, N_("the code of %s"), import_kinds[c->ref].noun);
    case COL_NAME: return S(N_("a name: at most 47 of a to z, 0 to 9 and _, beginning with a letter"));
    case COL_TEXT: return str_format(a, N_("a text of at most %d characters"), (int)c->max);
    case COL_WHOLE: return str_format(a, N_("a whole number from %d to %d"), (int)c->min, (int)c->max);
    case COL_NUMBER: return S(N_("a number such as 0.25"));
    case COL_BOOL: return S(N_("yes or no"));
    case COL_DAY: return S(N_("a day such as 2026-11-23"));
    case COL_CHOICE: return str_format(a, N_("one of: %s"), c->choices);
    case COL_LANGUAGE: return S(N_("a language of two or three small letters, such as en, hi or te"));
    case COL_FILE: return S(N_("the plain name of a file in the media folder"));
    }
    return S("");
}

static str expected(struct arena *a, const struct column *c, str value)
{
    if (!utf8_valid(value)) return S(N_("text in UTF-8; save the file as \"CSV UTF-8\""));
    str what = expected_by_type(a, c);
    return c->optional ? str_format(a, N_("%.*s, or nothing"), STR_ARGS(what)) : what;
}

/* ---- rows ---- */

static struct table_row *new_row(struct table *t)
{
    if (t->count == t->room) {
        isize room = t->room ? 2 * t->room : 64;
        struct table_row *bigger = ARENA_ARRAY(t->arena, struct table_row, room);
        if (t->count) memcpy(bigger, t->row, (size_t)t->count * sizeof *bigger);
        t->row = bigger;
        t->room = room;
    }
    return &t->row[t->count++];
}

void table_take(struct table *t, struct faults *f, str file, i64 line, const str *cell)
{
    struct table_row *row = new_row(t);
    *row = (struct table_row){.file = file, .line = line, .cell = ARENA_ARRAY(t->arena, str, t->kind->columns)};
    for (int i = 0; i < t->kind->columns; i++) {
        const struct column *c = &t->kind->column[i];
        row->cell[i] = cell[i];
        if (!fits(c, cell[i])) fault_at(f, t->kind, row, i, expected(f->arena, c, cell[i]));
    }
}

i64 cell_i64(const struct table_row *row, int column)
{
    i64 n = 0;
    return str_to_i64(row->cell[column], &n) ? n : 0;
}

f64 cell_f64(const struct table_row *row, int column)
{
    f64 x = 0;
    return str_to_f64(row->cell[column], &x) ? x : 0;
}

bool cell_yes(const struct table_row *row, int column)
{
    return str_eq(row->cell[column], S("yes"));
}

i64 cell_day(const struct table_row *row, int column)
{
    i64 day = 0;
    return day_parse(row->cell[column], &day) ? day : 0;
}

/* ---- a file ---- */

struct reading {
    struct table *table;
    struct faults *faults;
    str file;
    int place[CSV_COLUMN_MAX]; /* the kind's column of each column in the file; -1: passed over */
    int count;                 /* columns in the file */
    bool header;
};

static str column_list(struct arena *a, const struct table_kind *k)
{
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < k->columns; i++) {
        if (i) BUF_LIT(&b, ", ");
        buf_str(&b, str_of(k->column[i].name));
    }
    str list = str_dup(a, buf_view(&b));
    buf_clear(&b);
    return list;
}

static int column_named(const struct table_kind *k, str name)
{
    for (int i = 0; i < k->columns; i++)
        if (str_eq(name, str_of(k->column[i].name))) return i;
    return -1;
}

/* A header at fault ends the file: no cell would stand where it belongs. */
static err take_header(struct reading *r, i64 line, const str *cell, int count)
{
    const struct table_kind *k = r->table->kind;
    struct arena *a = r->faults->arena;
    i64 before = r->faults->report->faults;
    bool seen[CSV_COLUMN_MAX] = {0};
    r->header = true;
    r->count = count;
    for (int i = 0; i < count; i++) {
        str name = str_trim(cell[i]);
        int c = r->place[i] = column_named(k, name);
        if (c < 0 && !k->more)
            fault_add(r->faults, r->file, line, name, name, str_format(a, N_("only these columns: %.*s"), STR_ARGS(column_list(a, k))));
        if (c >= 0 && seen[c]) fault_add(r->faults, r->file, line, name, name, S(N_("each column once")));
        if (c >= 0) seen[c] = true;
    }
    for (int c = 0; c < k->columns; c++)
        if (!seen[c]) fault_add(r->faults, r->file, line, str_of(k->column[c].name), S(""), str_format(a, N_("a column \"%s\" in the header row"), k->column[c].name));
    return r->faults->report->faults == before ? OK : ERR_INVALID;
}

static err take_record(void *arg, i64 line, const str *cell, int count)
{
    struct reading *r = arg;
    struct arena *a = r->faults->arena;
    if (!r->header) return take_header(r, line, cell, count);
    if (count != r->count) {
        fault_add(r->faults, r->file, line, S(""), cell[0], str_format(a, N_("%d cells, as in the header row; there are %d"), r->count, count));
        r->table->dropped++;
        return OK;
    }
    str own[CSV_COLUMN_MAX];
    for (int i = 0; i < count; i++)
        if (r->place[i] >= 0) own[r->place[i]] = str_dup(r->table->arena, str_trim(cell[i]));
    table_take(r->table, r->faults, r->file, line, own);
    return OK;
}

static err feed_file(struct csv_reader *csv, FILE *in)
{
    char piece[64 * 1024];
    size_t n;
    bool going = true;
    while (going && (n = fread(piece, 1, sizeof piece, in)) > 0) going = csv_feed(csv, piece, (isize)n);
    if (ferror(in)) return ERR_IO;
    if (going) csv_finish(csv);
    return OK;
}

struct feeding { struct csv_reader *csv; FILE *in; };

static err feed_work(void *arg)
{
    struct feeding *f = arg;
    return feed_file(f->csv, f->in);
}

static void fault_unreadable(struct reading *r, int error)
{
    fault_add(r->faults, r->file, 0, S(""), S(""), str_format(r->faults->arena, N_("a file that can be read (%s)"), strerror(error)));
}

static err why_stopped(struct reading *r, const struct csv_reader *csv)
{
    const struct table_kind *k = r->table->kind;
    int at = csv_column(csv);
    enum csv_stop why = csv_why(csv);
    if (why == CSV_LEFT) return csv_left_with(csv) == ERR_INVALID ? OK : csv_left_with(csv);
    if (why == CSV_NO_MEMORY) return err_set(ERR_MEMORY, N_("There is not enough memory to read this file."));
    if (why != CSV_GOOD) {
        str column = r->header && at < r->count && r->place[at] >= 0 ? str_of(k->column[r->place[at]].name) : S("");
        fault_add(r->faults, r->file, csv_line(csv), column, S(""), str_of(csv_expected(why)));
    } else if (!r->header) {
        fault_add(r->faults, r->file, 1, S(""), S(""), str_format(r->faults->arena, N_("a header row: %.*s"), STR_ARGS(column_list(r->faults->arena, k))));
    }
    return OK;
}

err table_read(struct table *t, struct faults *f, str file)
{
    struct reading r = {.table = t, .faults = f, .file = file};
    order_of(f, file);
    struct feeding feeding = {.in = fopen(str_z(f->arena, file), "re")};
    if (!feeding.in) {
        fault_unreadable(&r, errno);
        return OK;
    }
    feeding.csv = csv_open(t->kind->format, take_record, &r);
    if (!feeding.csv) {
        (void)fclose(feeding.in);
        return err_set(ERR_MEMORY, N_("There is not enough memory to read this file."));
    }
    err e = arena_guard(feed_work, &feeding); /* so that reader and file are given back when the arena ends */
    int error = errno;
    if (e == ERR_IO) fault_unreadable(&r, error);
    if (e == ERR_IO) e = OK;
    else if (e == OK) e = why_stopped(&r, feeding.csv);
    csv_close(feeding.csv);
    (void)fclose(feeding.in);
    return e;
}
