/* fmt.h -- numbers, dates and durations as text; used by html.c only, everyone else makes values (html.h) and lets it write. */
#ifndef IGOT_FMT_H
#define IGOT_FMT_H

#include "web/html.h"

enum { FMT_MAX = 96 }; /* bytes; the longest is rupees of INT64_MIN */

/* Writes any value but FMT_STR and FMT_HTML to `out`, not NUL-ended; gives its length. What is written holds none of & < > " '.
** A number that is not finite, or past 9e18, is shown as an en dash (as 0 in fmt_f64, where an attribute needs a number). */
isize fmt_write(char out[FMT_MAX], enum lang lang, struct fmt value);

#endif
