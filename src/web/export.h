/* export.h -- what the exports of web.h are made of, for their own test and for the end of a request. */
#ifndef IGOT_EXPORT_H
#define IGOT_EXPORT_H

#include "base/base.h"

/* True for text that a spreadsheet would run: it begins with = + - @, a tab or a line end. Such a cell of a CSV begins with an apostrophe. */
bool export_is_formula(str text);
/* One cell as RFC 4180 wants it, in pieces. */
void export_csv_cell(str text, void (*to)(void *arg, const char *data, isize len), void *arg);
/* Gives back what this thread's last export left when it failed. */
void export_abandon(void);

#endif
