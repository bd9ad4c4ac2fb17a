/* archive.h -- the file that backup writes and restore reads.
**
**   igot-backup 1 ENGINE SCHEMA CREATED\n        ENGINE sqlite or postgres; SCHEMA the newest migration; CREATED in ms
**   entry NAME LENGTH SHA256\n and LENGTH bytes  as often as there are entries: "database" first, then "media/NAME"
**   end SHA256\n                                 of every byte before this line; nothing follows
**
** A media name has letters, digits, '.', '_', '-', and does not begin with a dot. */
#ifndef IGOT_ARCHIVE_H
#define IGOT_ARCHIVE_H

#include <sodium.h>

#include "app/app.h"

enum { ARCHIVE_NAME_MAX = 128, ARCHIVE_ENTRIES_MAX = 1000000 };

struct archive_out {
    const char *path, *part;
    int fd;
    crypto_hash_sha256_state all;
    struct progress *progress;
    i64 done, total; /* bytes */
};
/* Opens PATH.part. */
err archive_create(struct archive_out *o, struct arena *a, const char *path, enum db_engine engine, int schema, i64 now) MUST_USE;
err archive_add(struct archive_out *o, const char *name, const char *from) MUST_USE; /* the file `from`; ERR_CONFLICT if it changes meanwhile */
err archive_finish(struct archive_out *o) MUST_USE;                                   /* syncs, and gives it its name */
void archive_abandon(struct archive_out *o);                                          /* removes the part; nothing after finish */

struct archive_entry { str name; i64 length, offset; u8 hash[32]; };
struct archive {
    const char *path;
    int fd;
    enum db_engine engine;
    i64 schema, created;
    struct archive_entry *entry;
    isize count;
    i64 bytes; /* of all entries */
};
/* Opens the file and verifies all of it: ERR_CORRUPT with what to do unless every hash and the last byte are right. */
err archive_open(struct archive *r, struct arena *a, const char *path, struct progress *p) MUST_USE;
err archive_extract(const struct archive *r, const struct archive_entry *e, int to) MUST_USE; /* verifies again what it copies */
void archive_close(struct archive *r);

err archive_write(int fd, const void *data, isize n) MUST_USE; /* all of it; ERR_FULL, ERR_IO */
err archive_sync_folder(struct arena *a, const char *path) MUST_USE; /* of the folder that holds `path` */

#endif
