/* json.h -- structs to JSON by their shapes. */
#ifndef IGOT_JSON_H
#define IGOT_JSON_H

#include "web/web.h"

void json_object(struct buf *out, struct arena *a, const struct shape *shape, const void *data);
void json_str(struct buf *out, str s); /* the null str gives null */
void json_f64(struct buf *out, f64 x); /* at most 10 digits; infinities give null */

#endif
