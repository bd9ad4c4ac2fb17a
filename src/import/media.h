/* media.h -- a file becomes content: stored under the SHA-256 of its bytes, written, synced and renamed before the transaction that names it. */
#ifndef IGOT_IMPORT_MEDIA_H
#define IGOT_IMPORT_MEDIA_H

#include "base/base.h"

enum { MEDIA_FILE_MAX = 512 << 20 };

/* Copies folder/name into `store` as HEX.ext; gives that name. A store that has it already is left as it is. */
err media_store(struct arena *a, str store, str folder, str name, str *stored) MUST_USE;
/* What a module keeps: the stored name of its file and, for a video, after a space that of the captions (same name, .vtt, or named after a
** space in `name`, as export writes them) if there are any. */
err media_store_module(struct arena *a, str store, str folder, str kind, str name, str *stored) MUST_USE;

#endif
