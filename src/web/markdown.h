/* markdown.h -- course texts and notes as markup that is safe: the only maker of struct safe_html besides templates. */
#ifndef IGOT_MARKDOWN_H
#define IGOT_MARKDOWN_H

#include "web/html.h"

/* CommonMark with tables (cmark-gfm, safe mode: raw HTML is left out, links and images with javascript:, vbscript:, file: and data: lose
** their address). The highest heading of a text becomes an h2, under the page's own. What could take long to parse (very wide or very long tables, nesting past
** MARKDOWN_DEPTH, more than MARKDOWN_MAX bytes) is shown as plain text, whole. All memory is the arena's. */
enum { MARKDOWN_MAX = 256 << 10, MARKDOWN_DEPTH = 16, MARKDOWN_COLUMNS = 24, MARKDOWN_CELLS = 4000 };
struct safe_html markdown(struct arena *a, str text);

#endif
