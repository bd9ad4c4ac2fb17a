/* csv.h -- reads CSV record by record: libcsv does the grammar, this file keeps the place and the limits.
**
** RFC 4180, strictly: a double quote stands only in a quoted cell, doubled. UTF-8 with or without a byte order mark (the text itself is
** not checked here: a cell with bad bytes is the caller's fault to report, with its column); LF, CRLF or CR ends a line. Spaces outside
** quotes around a cell are dropped, blank lines are skipped. `line` is the physical line on which the record begins, from 1.
**
** Pure: no files, no state but the reader's own. Memory: at most one record (CSV_ROW_MAX) through mem_alloc. */
#ifndef IGOT_CSV_H
#define IGOT_CSV_H

#include "base/base.h"

enum { CSV_CELL_MAX = 64 * 1024, CSV_COLUMN_MAX = 256 }; /* bytes; cells in a record */
#define CSV_FILE_MAX ((i64)2 << 30)                      /* bytes */
#define CSV_ROW_MAX ((isize)(CSV_COLUMN_MAX + 1) * CSV_CELL_MAX)

enum csv_format { CSV_COMMA_QUOTED, CSV_TAB_PLAIN }; /* the latter: tabs, no quoting at all (O*NET) */

/* Why reading stopped. */
enum csv_stop { CSV_GOOD, CSV_BAD_QUOTE, CSV_OPEN_QUOTE, CSV_CELL_TOO_LONG, CSV_TOO_MANY_CELLS, CSV_FILE_TOO_LARGE, CSV_NO_MEMORY, CSV_LEFT };

/* A record; cells are views, valid during the call. Anything but OK stops the reading (CSV_LEFT). */
typedef err csv_row_fn(void *arg, i64 line, const str *cell, int count);

struct csv_reader;
struct csv_reader *csv_open(enum csv_format format, csv_row_fn *row, void *arg) MUST_USE; /* NULL: no memory */
/* Any cut of the bytes gives the same records. False: stopped, csv_why tells; more is ignored. */
bool csv_feed(struct csv_reader *r, const void *bytes, isize n);
/* The last record, which may lack its newline. False: stopped now or before. */
bool csv_finish(struct csv_reader *r);
enum csv_stop csv_why(const struct csv_reader *r);
err csv_left_with(const struct csv_reader *r); /* what the callback returned, if CSV_LEFT */
i64 csv_line(const struct csv_reader *r);      /* where the record begins at which reading stopped */
int csv_column(const struct csv_reader *r);    /* the cell in it, from 0 */
/* What was expected there, as a msgid. */
const char *csv_expected(enum csv_stop why);
void csv_close(struct csv_reader *r);

#endif
