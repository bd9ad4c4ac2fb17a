/* file.h -- which bytes of a file a Range header asks for (RFC 9110, section 14). */
#ifndef IGOT_FILE_H
#define IGOT_FILE_H

#include "base/base.h"

enum range { RANGE_WHOLE /* no range, or one that we may ignore: several, another unit, not well formed */, RANGE_PART, RANGE_NONE /* past the end: 416 */ };
/* first and last byte, both included, within size. */
enum range range_parse(str header, i64 size, i64 *first, i64 *last);
/* 64 lower-case hexadecimal digits, a dot and one of the kinds of file that the media folder holds: what kind, or NULL. */
const char *media_type(str name);

#endif
