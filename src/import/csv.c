#include "import/csv.h"

#include <csv.h>

struct csv_reader {
    struct csv_parser parser;
    csv_row_fn *row;
    void *arg;
    struct buf cells;               /* the record so far, cell after cell */
    isize end[CSV_COLUMN_MAX];      /* of each cell in it */
    int count;
    i64 bytes, line, record_line;   /* line: where the next byte stands */
    bool after_cr, in_record;
    u8 head[3];                     /* the first bytes, until it is known whether they are a byte order mark */
    int head_len;
    bool begun;
    enum csv_stop why;
    err left;
};

/* libcsv grows its cell by this much; past the limit it gets nothing and stops, so that an open quote cannot take all memory. */
enum { CELL_STEP = 4096 };

static void *cell_room(void *p, size_t n)
{
    return n > (size_t)CSV_CELL_MAX + 2 * CELL_STEP ? NULL : mem_resize(p, (isize)n);
}

static void stop(struct csv_reader *r, enum csv_stop why)
{
    if (r->why == CSV_GOOD) r->why = why;
}

/* ---- what libcsv calls ---- */

static void take_cell(void *data, size_t len, void *arg)
{
    struct csv_reader *r = arg;
    if (r->why != CSV_GOOD) return;
    if (len > CSV_CELL_MAX) stop(r, CSV_CELL_TOO_LONG);
    else if (r->count == CSV_COLUMN_MAX) stop(r, CSV_TOO_MANY_CELLS);
    else if (len) buf_put(&r->cells, data, (isize)len);
    if (r->cells.full) stop(r, CSV_NO_MEMORY);
    if (r->why == CSV_GOOD) r->end[r->count++] = r->cells.len;
}

static void take_row(int ended_by, void *arg)
{
    UNUSED(ended_by);
    struct csv_reader *r = arg;
    r->in_record = false;
    if (r->why != CSV_GOOD) return;
    str cell[CSV_COLUMN_MAX];
    for (int i = 0; i < r->count; i++) {
        isize from = i ? r->end[i - 1] : 0;
        cell[i] = str_n(r->cells.data ? r->cells.data + from : "", r->end[i] - from);
    }
    r->left = r->row(r->arg, r->record_line, cell, r->count);
    if (r->left != OK) stop(r, CSV_LEFT);
    r->count = 0;
    buf_reset(&r->cells);
}

/* ---- feeding ---- */

struct csv_reader *csv_open(enum csv_format format, csv_row_fn *row, void *arg)
{
    struct csv_reader *r = mem_alloc((isize)sizeof *r);
    if (!r) return NULL;
    memset(r, 0, sizeof *r);
    if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        mem_free(r);
        return NULL;
    }
    csv_set_realloc_func(&r->parser, cell_room);
    csv_set_free_func(&r->parser, mem_free);
    csv_set_blk_size(&r->parser, CELL_STEP);
    if (format == CSV_TAB_PLAIN) {
        csv_set_delim(&r->parser, CSV_TAB);
        csv_set_quote(&r->parser, '\0'); /* no text holds it */
    }
    buf_init(&r->cells, CSV_ROW_MAX);
    r->row = row;
    r->arg = arg;
    r->line = 1;
    return r;
}

static void stop_by_parser(struct csv_reader *r, bool at_end)
{
    bool no_room = csv_error(&r->parser) == CSV_ENOMEM && csv_get_buffer_size(&r->parser) < CSV_CELL_MAX;
    if (csv_error(&r->parser) == CSV_EPARSE) stop(r, at_end ? CSV_OPEN_QUOTE : CSV_BAD_QUOTE);
    else stop(r, no_room ? CSV_NO_MEMORY : CSV_CELL_TOO_LONG);
}

/* Bytes of one physical line, or a part of it. */
static void parse(struct csv_reader *r, const u8 *bytes, isize n)
{
    if (!r->in_record) r->record_line = r->line; /* a blank line leaves in_record to the next */
    for (isize i = 0; i < n && !r->in_record; i++) r->in_record = bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n';
    if (csv_parse(&r->parser, bytes, (size_t)n, take_cell, take_row, r) != (size_t)n) stop_by_parser(r, false);
}

/* To the end of the line that `bytes` begins in, its newline included. */
static isize line_length(const u8 *bytes, isize n)
{
    for (isize i = 0; i < n; i++)
        if (bytes[i] == '\n' || bytes[i] == '\r') return i + 1;
    return n;
}

static void feed_lines(struct csv_reader *r, const u8 *bytes, isize n)
{
    while (n > 0 && r->why == CSV_GOOD) {
        isize part = line_length(bytes, n);
        bool lf_of_crlf = r->after_cr && bytes[0] == '\n';
        parse(r, bytes, part);
        u8 last = bytes[part - 1];
        if ((last == '\n' && !lf_of_crlf) || last == '\r') r->line++;
        r->after_cr = last == '\r';
        bytes += part;
        n -= part;
    }
}

static void feed_head(struct csv_reader *r)
{
    static const u8 mark[3] = {0xEF, 0xBB, 0xBF};
    r->begun = true;
    if (r->head_len < 3 || memcmp(r->head, mark, 3) != 0) feed_lines(r, r->head, r->head_len);
}

bool csv_feed(struct csv_reader *r, const void *bytes, isize n)
{
    const u8 *at = bytes;
    r->bytes += n;
    if (r->bytes > CSV_FILE_MAX) stop(r, CSV_FILE_TOO_LARGE);
    for (; !r->begun && n > 0; n--) {
        r->head[r->head_len++] = *at++;
        if (r->head_len == 3) feed_head(r);
    }
    feed_lines(r, at, n);
    return r->why == CSV_GOOD;
}

bool csv_finish(struct csv_reader *r)
{
    if (!r->begun) feed_head(r);
    if (r->why == CSV_GOOD && csv_fini(&r->parser, take_cell, take_row, r) != 0) stop_by_parser(r, true);
    return r->why == CSV_GOOD;
}

/* ---- what became of it ---- */

enum csv_stop csv_why(const struct csv_reader *r)
{
    return r->why;
}

err csv_left_with(const struct csv_reader *r)
{
    return r->left;
}

i64 csv_line(const struct csv_reader *r)
{
    return r->record_line;
}

int csv_column(const struct csv_reader *r)
{
    return r->count;
}

const char *csv_expected(enum csv_stop why)
{
    switch (why) {
    case CSV_BAD_QUOTE: return N_("a double quote only in a quoted cell, and doubled there: \"He said \"\"yes\"\"\"");
    case CSV_OPEN_QUOTE: return N_("a closing double quote before the file ends");
    case CSV_CELL_TOO_LONG: return N_("at most 65,536 bytes in a cell");
    case CSV_TOO_MANY_CELLS: return N_("at most 256 columns");
    case CSV_FILE_TOO_LARGE: return N_("a file of at most 2 GiB; split it");
    case CSV_NO_MEMORY: return N_("enough memory to read this file");
    case CSV_GOOD:
    case CSV_LEFT: break;
    }
    return "";
}

void csv_close(struct csv_reader *r)
{
    if (!r) return;
    csv_free(&r->parser);
    buf_clear(&r->cells);
    mem_free(r);
}
