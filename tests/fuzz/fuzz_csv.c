/* The CSV reader: any cut of the bytes gives the same records. */
#include "fuzz.h"
#include "import/csv.h"

struct seen { u64 hash; i64 rows; };

static err row(void *arg, i64 line, const str *cell, int count)
{
    struct seen *s = arg;
    s->rows++;
    s->hash = s->hash * 31 + (u64)line + (u64)count;
    for (int i = 0; i < count; i++) s->hash = s->hash * 31 + str_hash(cell[i]);
    return OK;
}

static bool read_in(str text, isize piece, enum csv_format format, struct seen *s, enum csv_stop *why)
{
    struct csv_reader *r = csv_open(format, row, s);
    bool good = true;
    ASSERT(r);
    for (isize at = 0; good && at < text.len; at += piece) good = csv_feed(r, text.data + at, at + piece < text.len ? piece : text.len - at);
    if (good) good = csv_finish(r);
    *why = csv_why(r);
    ASSERT(csv_expected(*why) != NULL);
    csv_close(r);
    return good;
}

err fuzz_one(struct fuzz *f)
{
    for (int format = CSV_COMMA_QUOTED; format <= CSV_TAB_PLAIN; format++) {
        struct seen whole = {0}, cut = {0};
        enum csv_stop a, b;
        bool one = read_in(f->input, f->input.len ? f->input.len : 1, (enum csv_format)format, &whole, &a);
        bool two = read_in(f->input, 7, (enum csv_format)format, &cut, &b);
        ASSERT(one == two && a == b && whole.hash == cut.hash && whole.rows == cut.rows);
    }
    return OK;
}
