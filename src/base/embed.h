/* embed.h -- a file inside the binary. tools/embed makes arrays of these:
**
**   extern const struct embedded static_files[];   the name is the tool's --name; sorted by path
**   extern const int static_files_count;
**
** The bytes are ordinary string literals: no assembler, no object format, and 5 MB compile in under half a second.
** (They pass the 4095 characters that C17 promises; the generated file silences just that warning.) */
#ifndef IGOT_EMBED_H
#define IGOT_EMBED_H

#include "base/base.h"

struct embedded {
    const char *path;       /* below the stripped folder: "igot.css" */
    const char *data;       /* followed by a NUL that `len` does not count */
    isize len;
    const char *mime;       /* by the suffix, with charset where it is text */
    const char *sha256_hex; /* of the bytes; 64 lower-case digits */
};

#endif
