#include "app/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, LINE_MAX_BYTES = 300 };

static const char *const engine_word[] = {[DB_SQLITE] = "sqlite", [DB_POSTGRES] = "postgres"};

static err at_fault(const char *message, const char *path)
{
    bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return err_detail(full ? ERR_FULL : ERR_IO, full ? N_("The disk is full. Free some space, or choose another place, and try again.") : message, "%s: %s", path, strerrordesc_np(errno));
}

err archive_write(int fd, const void *data, isize n)
{
    for (const char *at = data; n > 0;) {
        ssize_t w = write(fd, at, (size_t)n);
        if (w < 0 && errno == EINTR) continue;
        if (w <= 0) return at_fault(N_("A file could not be written."), "write");
        at += w;
        n -= w;
    }
    return OK;
}

err archive_sync_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = !slash ? "." : slash == path ? "/" : str_z(a, str_n(path, slash - path));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return at_fault(N_("A folder could not be opened."), folder);
    err e = fsync(fd) == 0 ? OK : at_fault(N_("A folder could not be synced."), folder);
    close(fd);
    return e;
}

/* ---- writing ---- */

static err put(struct archive_out *o, const void *data, isize n)
{
    crypto_hash_sha256_update(&o->all, data, (unsigned long long)n);
    return archive_write(o->fd, data, n);
}

err archive_create(struct archive_out *o, struct arena *a, const char *path, enum db_engine engine, int schema, i64 now)
{
    o->path = path;
    o->part = str_z(a, str_format(a, "%s.part", path));
    crypto_hash_sha256_init(&o->all);
    o->fd = open(o->part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600); /* personal data: for the owner alone */
    if (o->fd < 0) return at_fault(N_("The backup cannot be written there. Choose a folder that exists and that you may write to."), o->part);
    str line = str_format(a, "igot-backup 1 %s %d %lld\n", engine_word[engine], schema, (long long)now);
    return put(o, line.data, line.len);
}

static err file_hash(int fd, const char *path, i64 *length, u8 out[32])
{
    static char chunk[CHUNK];
    crypto_hash_sha256_state s;
    crypto_hash_sha256_init(&s);
    *length = 0;
    for (;;) {
        ssize_t n = pread(fd, chunk, sizeof chunk, *length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return at_fault(N_("A file could not be read."), path);
        if (n == 0) break;
        crypto_hash_sha256_update(&s, (const u8 *)chunk, (unsigned long long)n);
        *length += n;
    }
    crypto_hash_sha256_final(&s, out);
    return OK;
}

static err file_copy(struct archive_out *o, int fd, const char *path, i64 length, const u8 want[32])
{
    static char chunk[CHUNK];
    crypto_hash_sha256_state s;
    u8 hash[32];
    crypto_hash_sha256_init(&s);
    for (i64 at = 0; at < length;) {
        ssize_t n = pread(fd, chunk, at + CHUNK < length ? CHUNK : (size_t)(length - at), at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return at_fault(N_("A file could not be read."), path);
        if (n == 0) break;
        crypto_hash_sha256_update(&s, (const u8 *)chunk, (unsigned long long)n);
        TRY(put(o, chunk, n));
        at += n;
        progress_at(o->progress, o->done += n, o->total);
    }
    crypto_hash_sha256_final(&s, hash);
    if (memcmp(hash, want, 32) == 0) return OK;
    return err_detail(ERR_CONFLICT, N_("A file changed while it was being copied. Run the backup again."), "%s", path);
}

static err add_open(struct archive_out *o, int fd, const char *name, const char *from)
{
    char line[LINE_MAX_BYTES], digits[65];
    u8 hash[32];
    i64 length;
    TRY(file_hash(fd, from, &length, hash));
    sodium_bin2hex(digits, sizeof digits, hash, 32);
    int n = snprintf(line, sizeof line, "entry %s %lld %s\n", name, (long long)length, digits);
    ASSERT(n > 0 && n < (int)sizeof line);
    TRY(put(o, line, n));
    return file_copy(o, fd, from, length, hash);
}

err archive_add(struct archive_out *o, const char *name, const char *from)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return at_fault(N_("A file could not be read."), from);
    err e = add_open(o, fd, name, from);
    close(fd);
    return e;
}

err archive_finish(struct archive_out *o)
{
    char line[80], digits[65];
    u8 hash[32];
    struct arena arena;
    crypto_hash_sha256_final(&o->all, hash);
    sodium_bin2hex(digits, sizeof digits, hash, 32);
    int n = snprintf(line, sizeof line, "end %s\n", digits);
    TRY(archive_write(o->fd, line, n));
    if (fsync(o->fd) != 0) return at_fault(N_("The backup could not be written."), o->part);
    close(o->fd);
    o->fd = -1;
    if (rename(o->part, o->path) != 0) return at_fault(N_("The backup could not be written."), o->path);
    o->part = NULL;
    arena_init(&arena, 1 << 16);
    err e = archive_sync_folder(&arena, o->path);
    arena_clear(&arena);
    return e;
}

void archive_abandon(struct archive_out *o)
{
    if (o->fd >= 0) close(o->fd);
    if (o->part) unlink(o->part);
    o->fd = -1;
    o->part = NULL;
}

/* ---- reading ---- */

/* One pass from the first byte to the last; memory: a chunk. */
struct pass {
    struct archive *r;
    struct arena *a;
    struct progress *progress;
    crypto_hash_sha256_state all;
    i64 at, size;
    isize room;
};

static err bad(const struct archive *r, i64 at, const char *why)
{
    return err_detail(ERR_CORRUPT, N_("This backup does not verify, so nothing was changed. Use another copy of it, or an older backup."), "%s: %s at byte %lld", r->path, why, (long long)at);
}

static err read_at(const struct archive *r, i64 at, void *out, isize n)
{
    for (isize got = 0; got < n;) {
        ssize_t k = pread(r->fd, (char *)out + got, (size_t)(n - got), at + got);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return at_fault(N_("The backup could not be read."), r->path);
        if (k == 0) return bad(r, at + got, "the file ends");
        got += k;
    }
    return OK;
}

/* The line at p->at without its newline, in `text`. */
static err read_line(struct pass *p, char text[LINE_MAX_BYTES], str *line)
{
    i64 left = p->size - p->at;
    isize n = left < LINE_MAX_BYTES ? (isize)left : LINE_MAX_BYTES;
    TRY(read_at(p->r, p->at, text, n));
    isize end = str_find_char(str_n(text, n), '\n');
    if (end < 0) return bad(p->r, p->at, "no line");
    *line = str_n(text, end);
    return OK;
}

static void pass_line(struct pass *p, str line)
{
    crypto_hash_sha256_update(&p->all, (const u8 *)line.data, (unsigned long long)line.len + 1);
    p->at += line.len + 1;
}

static bool hash_of(str digits, u8 out[32])
{
    size_t n = 0;
    return digits.len == 64 && sodium_hex2bin(out, 32, digits.data, 64, NULL, &n, NULL) == 0 && n == 32;
}

static bool name_good(str name)
{
    if (str_eq(name, S("database"))) return true;
    if (!str_starts(name, S("media/")) || name.len > ARCHIVE_NAME_MAX) return false;
    str file = str_slice(name, 6, -1);
    for (isize i = 0; i < file.len; i++) {
        char c = file.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && (i == 0 || (c != '.' && c != '-'))) return false;
    }
    return file.len > 0;
}

static err read_header(struct pass *p)
{
    char text[LINE_MAX_BYTES];
    str line, word;
    i64 version;
    struct archive *r = p->r;
    if (p->size < 14) return err_detail(ERR_CORRUPT, N_("This file is not an igot backup. Give the path of one."), "%s", r->path);
    TRY(read_at(r, 0, text, 12));
    if (memcmp(text, "igot-backup ", 12) != 0) return err_detail(ERR_CORRUPT, N_("This file is not an igot backup. Give the path of one."), "%s", r->path);
    TRY(read_line(p, text, &line));
    str rest = str_slice(line, 12, -1);
    str_cut(&rest, ' ', &word);
    if (!str_to_i64(word, &version)) return bad(r, 0, "header");
    if (version != 1) return err_detail(ERR_INVALID, N_("This backup was made by a newer igot. Restore it with that version or a later one; nothing was changed."), "%s: format %lld", r->path, (long long)version);
    str_cut(&rest, ' ', &word);
    r->engine = str_eq(word, S("postgres")) ? DB_POSTGRES : DB_SQLITE;
    if (!str_eq(word, str_of(engine_word[r->engine]))) return bad(r, 0, "header");
    str_cut(&rest, ' ', &word);
    if (!str_to_i64(word, &r->schema) || r->schema < 0 || !str_to_i64(rest, &r->created)) return bad(r, 0, "header");
    pass_line(p, line);
    return OK;
}

static err verify_bytes(struct pass *p, const struct archive_entry *e)
{
    static char chunk[CHUNK];
    crypto_hash_sha256_state s;
    u8 hash[32];
    crypto_hash_sha256_init(&s);
    for (i64 left = e->length; left > 0;) {
        isize n = left < CHUNK ? (isize)left : CHUNK;
        TRY(read_at(p->r, p->at, chunk, n));
        crypto_hash_sha256_update(&s, (const u8 *)chunk, (unsigned long long)n);
        crypto_hash_sha256_update(&p->all, (const u8 *)chunk, (unsigned long long)n);
        p->at += n;
        left -= n;
        if (p->progress) progress_at(p->progress, p->at, p->size);
    }
    crypto_hash_sha256_final(&s, hash);
    return memcmp(hash, e->hash, 32) == 0 ? OK : bad(p->r, e->offset, "an entry's hash differs");
}

static err read_entry(struct pass *p, str line)
{
    struct archive *r = p->r;
    struct archive_entry e;
    str rest = str_slice(line, 6, -1), name, length;
    str_cut(&rest, ' ', &name);
    str_cut(&rest, ' ', &length);
    if (!name_good(name) || !str_to_i64(length, &e.length) || e.length < 0 || !hash_of(rest, e.hash)) return bad(r, p->at, "an entry's line");
    if (str_eq(name, S("database")) != (r->count == 0)) return bad(r, p->at, "the database is not the first entry");
    e.name = str_dup(p->a, name);
    pass_line(p, line);
    e.offset = p->at;
    if (e.length > p->size - p->at) return bad(r, p->at, "the file is cut short");
    if (r->count == p->room) {
        if (p->room >= ARCHIVE_ENTRIES_MAX) return bad(r, p->at, "too many entries");
        struct archive_entry *grown = ARENA_ARRAY(p->a, struct archive_entry, p->room ? 2 * p->room : 64);
        if (r->count) memcpy(grown, r->entry, (size_t)r->count * sizeof *grown);
        r->entry = grown;
        p->room = p->room ? 2 * p->room : 64;
    }
    r->entry[r->count++] = e;
    r->bytes += e.length;
    return verify_bytes(p, &e);
}

static err read_all(struct pass *p)
{
    char text[LINE_MAX_BYTES];
    u8 said[32], found[32];
    str line;
    TRY(read_header(p));
    for (;;) {
        TRY(read_line(p, text, &line));
        if (!str_starts(line, S("entry "))) break;
        TRY(read_entry(p, line));
    }
    if (!str_starts(line, S("end ")) || !hash_of(str_slice(line, 4, -1), said)) return bad(p->r, p->at, "neither an entry nor the end");
    if (p->at + line.len + 1 != p->size) return bad(p->r, p->at, "something stands after the end");
    crypto_hash_sha256_final(&p->all, found);
    if (memcmp(said, found, 32) != 0) return bad(p->r, p->at, "the hash of the whole differs");
    return p->r->count ? OK : bad(p->r, p->at, "there is no database in it");
}

err archive_open(struct archive *r, struct arena *a, const char *path, struct progress *progress)
{
    struct stat st;
    *r = (struct archive){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (r->fd < 0) return err_detail(errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, N_("The backup cannot be opened. Check its path."), "%s: %s", path, strerrordesc_np(errno));
    if (fstat(r->fd, &st) != 0 || !S_ISREG(st.st_mode)) return err_detail(ERR_CORRUPT, N_("This file is not an igot backup. Give the path of one."), "%s", path);
    struct pass p = {.r = r, .a = a, .progress = progress, .size = st.st_size};
    crypto_hash_sha256_init(&p.all);
    return read_all(&p);
}

err archive_extract(const struct archive *r, const struct archive_entry *e, int to)
{
    static char chunk[CHUNK];
    crypto_hash_sha256_state s;
    u8 hash[32];
    crypto_hash_sha256_init(&s);
    for (i64 done = 0; done < e->length;) {
        isize n = e->length - done < CHUNK ? (isize)(e->length - done) : CHUNK;
        TRY(read_at(r, e->offset + done, chunk, n));
        crypto_hash_sha256_update(&s, (const u8 *)chunk, (unsigned long long)n);
        TRY(archive_write(to, chunk, n));
        done += n;
    }
    crypto_hash_sha256_final(&s, hash);
    return memcmp(hash, e->hash, 32) == 0 ? OK : bad(r, e->offset, "the file changes while it is read");
}

void archive_close(struct archive *r)
{
    if (r->fd >= 0) close(r->fd);
    r->fd = -1;
}
