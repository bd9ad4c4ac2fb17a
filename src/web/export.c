/* export.c -- tables as CSV or XLSX: row by row into an unlinked file, which the answer is then sent from. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "web/export.h"
#include "web/private.h"

enum { OUT_ROOM = 65536, CELL_MAX = 32000, XLSX_ROWS_MAX = 1048575, COLUMNS_MAX = 64, EXCEL_DAY_0 = 43831 /* 2020-01-01 */ };
static const i64 FILE_MAX = (i64)4 << 30;

struct exporter {
    struct request *rq;
    const struct export_column *column;
    int columns;
    int fd;
    bool xlsx;
    char name[96];
    i64 rows, bytes;
    err fault;
    isize used;
    char out[OUT_ROOM];
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *day_format;
    char cell[CELL_MAX + 8]; /* libxlsxwriter wants strings that end with NUL */
};

/* What a request that failed half-way has left is given back here, or by the thread's next export at the latest. */
static _Thread_local struct exporter *open_exporter;

/* ---- the file ---- */

static err file_fault(const char *what)
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return err_detail(ERR_FULL, N_("The server's disk has no room for this export. Nothing is lost. Try again later, or narrow the list first."),
                          "%s: %s", what, strerror(errno));
    return err_detail(ERR_IO, N_("The export could not be written."), "%s: %s", what, strerror(errno));
}

/* On disk rather than in /tmp, which may be memory. */
static const char *folder_of(void)
{
    const char *dir = getenv("TMPDIR");
    if (dir && access(dir, W_OK) == 0) return dir;
    return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

static int open_unlinked(void)
{
    int fd = open(folder_of(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    char path[512];
    if (snprintf(path, sizeof path, "%s/igot-export-XXXXXX", folder_of()) >= (int)sizeof path) return -1;
    fd = mkostemp(path, O_CLOEXEC); /* a file system without O_TMPFILE */
    if (fd >= 0) unlink(path);
    return fd;
}

static err write_out(struct exporter *x)
{
    for (isize at = 0; at < x->used;) {
        ssize_t n = write(x->fd, x->out + at, (size_t)(x->used - at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return file_fault("write");
        at += n;
    }
    x->bytes += x->used;
    x->used = 0;
    return x->bytes > FILE_MAX ? err_set(ERR_TOO_LARGE, N_("This export would be larger than 4 GB. Narrow the list first.")) : OK;
}

static void put(struct exporter *x, const char *data, isize len)
{
    while (len > 0 && x->fault == OK) {
        isize n = len < OUT_ROOM - x->used ? len : OUT_ROOM - x->used;
        memcpy(x->out + x->used, data, (size_t)n);
        x->used += n;
        data += n;
        len -= n;
        if (x->used == OUT_ROOM) x->fault = write_out(x);
    }
}

/* ---- CSV ---- */

bool export_is_formula(str text)
{
    return text.len > 0 && memchr("=+-@\t\r\n", text.data[0], 7) != NULL;
}

void export_csv_cell(str text, void (*to)(void *arg, const char *data, isize len), void *arg)
{
    bool quoted = text.len > 0 && (text.data[0] == ' ' || text.data[text.len - 1] == ' ');
    for (isize i = 0; i < text.len && !quoted; i++)
        quoted = text.data[i] == '"' || text.data[i] == ',' || text.data[i] == '\n' || text.data[i] == '\r';
    if (quoted) to(arg, "\"", 1);
    if (export_is_formula(text)) to(arg, "'", 1);
    while (text.len) {
        isize quote = quoted ? str_find_char(text, '"') : -1;
        isize upto = quote < 0 ? text.len : quote + 1;
        to(arg, text.data, upto);
        if (quote >= 0) to(arg, "\"", 1);
        text = str_slice(text, upto, -1);
    }
    if (quoted) to(arg, "\"", 1);
}

static void put_any(void *arg, const char *data, isize len)
{
    put(arg, data, len);
}

static void put_number(struct exporter *x, f64 v)
{
    char text[40];
    put(x, text, snprintf(text, sizeof text, "%.10g", v));
}

static void csv_cell(struct exporter *x, int column, const struct export_cell *c)
{
    char text[24];
    int year, month, dom;
    if (c->null) return;
    switch (x->column[column].kind) {
    case EXPORT_TEXT: export_csv_cell(c->text, put_any, x); return;
    case EXPORT_INT: put(x, text, snprintf(text, sizeof text, "%lld", (long long)c->i)); return;
    case EXPORT_NUM: put_number(x, c->f); return;
    case EXPORT_DAY:
        day_civil(c->i, &year, &month, &dom);
        put(x, text, snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, dom));
        return;
    }
}

/* ---- XLSX ---- */

static err sheet_fault(lxw_error e)
{
    if (e == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return err_set(ERR_MEMORY, N_("There is not enough memory for this export just now. Try again in a minute."));
    if (errno == 0) errno = EIO;
    return file_fault(lxw_strerror(e));
}

static const char *cell_z(struct exporter *x, str text)
{
    isize n = text.len < CELL_MAX ? text.len : CELL_MAX;
    while (n < text.len && n > 0 && ((u8)text.data[n] & 0xC0) == 0x80) n--;
    if (n) memcpy(x->cell, text.data, (size_t)n);
    x->cell[n] = 0;
    return x->cell;
}

static err sheet_begin(struct exporter *x)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/self/fd/%d", x->fd);
    lxw_workbook_options o = {.constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)folder_of()};
    x->book = workbook_new_opt(path, &o);
    x->sheet = x->book ? workbook_add_worksheet(x->book, NULL) : NULL;
    if (!x->sheet) return sheet_fault(LXW_ERROR_MEMORY_MALLOC_FAILED);
    lxw_format *bold = workbook_add_format(x->book);
    x->day_format = workbook_add_format(x->book);
    if (!bold || !x->day_format) return sheet_fault(LXW_ERROR_MEMORY_MALLOC_FAILED);
    format_set_bold(bold);
    format_set_num_format(x->day_format, "yyyy-mm-dd");
    for (int i = 0; i < x->columns; i++) {
        f64 width = x->column[i].kind == EXPORT_TEXT ? 28 : 14;
        (void)worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
        lxw_error e = worksheet_write_string(x->sheet, 0, (lxw_col_t)i, cell_z(x, tr(x->rq->lang, x->column[i].title)), bold);
        if (e != LXW_NO_ERROR) return sheet_fault(e);
    }
    worksheet_freeze_panes(x->sheet, 1, 0);
    return OK;
}

static err sheet_row(struct exporter *x, const struct export_cell *cell)
{
    if (x->rows == XLSX_ROWS_MAX)
        return err_set(ERR_TOO_LARGE, N_("A spreadsheet holds at most 10,48,576 rows. Narrow the list, or take it as CSV."));
    lxw_row_t row = (lxw_row_t)(x->rows + 1);
    for (int i = 0; i < x->columns; i++) {
        lxw_error e = LXW_NO_ERROR;
        lxw_col_t col = (lxw_col_t)i;
        errno = 0;
        if (cell[i].null) continue;
        switch (x->column[i].kind) {
        case EXPORT_TEXT: e = worksheet_write_string(x->sheet, row, col, cell_z(x, cell[i].text), NULL); break;
        case EXPORT_INT: e = worksheet_write_number(x->sheet, row, col, (f64)cell[i].i, NULL); break;
        case EXPORT_NUM: e = worksheet_write_number(x->sheet, row, col, cell[i].f, NULL); break;
        case EXPORT_DAY: e = worksheet_write_number(x->sheet, row, col, (f64)(cell[i].i + EXCEL_DAY_0), x->day_format); break;
        }
        if (e != LXW_NO_ERROR) return sheet_fault(e);
    }
    return OK;
}

/* The library checks neither the rows that it sets aside nor the sheet that it makes of them, so we do: closing takes as much again, at most. */
static err sheet_room(struct exporter *x)
{
    struct stat st;
    struct statvfs vfs;
    FILE *aside = x->sheet->optimize_tmpfile;
    if (!aside) return OK;
    errno = 0;
    if (fflush(aside) != 0 || ferror(aside)) {
        if (errno == 0) errno = ENOSPC;
        return file_fault("rows");
    }
    if (fstat(fileno(aside), &st) != 0 || fstatvfs(fileno(aside), &vfs) != 0) return file_fault("stat");
    if ((i64)vfs.f_bavail * (i64)vfs.f_frsize >= 2 * (i64)st.st_size) return OK;
    errno = ENOSPC;
    return file_fault("space");
}

static err sheet_end(struct exporter *x)
{
    TRY(sheet_room(x));
    lxw_workbook *book = x->book;
    x->book = NULL; /* closing frees it, even if it fails */
    errno = 0;
    lxw_error e = workbook_close(book);
    return e == LXW_NO_ERROR ? OK : sheet_fault(e);
}

/* ---- the three calls ---- */

void export_abandon(void)
{
    struct exporter *x = open_exporter;
    open_exporter = NULL;
    if (!x) return;
    if (x->book) {
        if (x->sheet && x->sheet->optimize_tmpfile) fclose(x->sheet->optimize_tmpfile); /* the library forgets this one */
        lxw_workbook_free(x->book);
    }
    if (x->fd >= 0) close(x->fd);
    mem_free(x);
}

static err header_row(struct exporter *x)
{
    if (x->xlsx) return sheet_begin(x);
    put(x, "\xEF\xBB\xBF", 3);
    for (int i = 0; i < x->columns; i++) {
        if (i) put(x, ",", 1);
        export_csv_cell(tr(x->rq->lang, x->column[i].title), put_any, x);
    }
    put(x, "\r\n", 2);
    return x->fault;
}

err export_begin(struct request *rq, const char *filename, const struct export_column *column, int columns, struct exporter **out)
{
    ASSERT(columns > 0 && columns <= COLUMNS_MAX);
    export_abandon();
    struct exporter *x = mem_alloc((isize)sizeof *x);
    if (!x) return err_set(ERR_MEMORY, N_("There is not enough memory for this export just now. Try again in a minute."));
    *x = (struct exporter){.rq = rq, .column = column, .columns = columns, .xlsx = str_eq(in_raw(rq, "format"), S("xlsx"))};
    open_exporter = x;
    x->fd = open_unlinked();
    if (x->fd < 0) return file_fault("open");
    snprintf(x->name, sizeof x->name, "%.80s.%s", filename, x->xlsx ? "xlsx" : "csv");
    *out = x;
    return header_row(x);
}

err export_row(struct exporter *x, const struct export_cell *cell)
{
    if (x->xlsx) {
        TRY(sheet_row(x, cell));
        x->rows++;
        return OK;
    }
    for (int i = 0; i < x->columns; i++) {
        if (i) put(x, ",", 1);
        csv_cell(x, i, &cell[i]);
    }
    put(x, "\r\n", 2);
    x->rows++;
    return x->fault;
}

err export_end(struct exporter *x)
{
    struct stat st;
    struct web_private *p = x->rq->private;
    TRY(x->xlsx ? sheet_end(x) : write_out(x));
    if (fstat(x->fd, &st) != 0) return file_fault("stat");
    struct MHD_Response *r = MHD_create_response_from_fd64((u64)st.st_size, x->fd);
    if (!r) return err_set(ERR_MEMORY, N_("There is not enough memory for this export just now. Try again in a minute."));
    x->fd = -1; /* the response closes it */
    p->streamed = r;
    p->answered = true;
    p->mime = x->xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8";
    respond_header(x->rq, "Content-Disposition", str_format(x->rq->arena, "attachment; filename=\"%s\"", x->name));
    export_abandon();
    return OK;
}
