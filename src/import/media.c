#include "import/media.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static err io_error(const char *what)
{
    return errno == ENOSPC ? err_set(ERR_FULL, N_("The disk is full.")) : err_detail(ERR_IO, N_("A media file could not be stored."), "%s: %s", what, strerrordesc_np(errno));
}

static err read_all(const char *path, u8 **data, isize *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return io_error(path);
    if (fstat(fd, &st) != 0 || st.st_size > MEDIA_FILE_MAX) {
        close(fd);
        return err_detail(ERR_TOO_LARGE, N_("A media file may have 512 MiB at most."), "%s", path);
    }
    *size = st.st_size;
    *data = mem_alloc(*size + 1);
    isize got = 0;
    while (*data && got < *size) {
        ssize_t n = read(fd, *data + got, (size_t)(*size - got));
        if (n <= 0) break;
        got += n;
    }
    close(fd);
    if (*data && got == *size) return OK;
    mem_free(*data);
    return *data ? io_error(path) : ERR_MEMORY;
}

static err write_synced(const char *path, const u8 *data, isize size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0) return io_error(path);
    isize put = 0;
    while (put < size) {
        ssize_t n = write(fd, data + put, (size_t)(size - put));
        if (n <= 0) break;
        put += n;
    }
    err e = put < size || fsync(fd) != 0 ? io_error(path) : OK;
    close(fd);
    if (e != OK) unlink(path);
    return e;
}

static err sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return io_error(folder);
    err e = fsync(fd) != 0 ? io_error(folder) : OK;
    close(fd);
    return e;
}

static str extension(str name)
{
    isize dot = name.len;
    while (dot > 0 && name.data[dot - 1] != '.') dot--;
    return str_slice(name, dot, -1);
}

/* The folder and those above it. */
static err make_folder(struct arena *a, str folder)
{
    for (isize i = 1; i <= folder.len; i++) {
        if (i < folder.len && folder.data[i] != '/') continue;
        const char *path = str_z(a, str_slice(folder, 0, i));
        if (mkdir(path, 0750) != 0 && errno != EEXIST) return io_error(path);
    }
    return OK;
}

err media_store(struct arena *a, str store, str folder, str name, str *stored)
{
    const char *from = str_z(a, str_format(a, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(name)));
    u8 *data = NULL, hash[32];
    isize size = 0;
    TRY(read_all(from, &data, &size));
    sha256(data, size, hash);
    *stored = str_format(a, "%.*s.%.*s", STR_ARGS(hex(a, hash, 32)), STR_ARGS(str_lower(a, extension(name))));
    const char *to = str_z(a, str_format(a, "%.*s/%.*s", STR_ARGS(store), STR_ARGS(*stored)));
    const char *part = str_z(a, str_format(a, "%s.part", to));
    err e = OK;
    if (access(to, R_OK) != 0) {
        e = make_folder(a, store);
        if (e == OK) e = write_synced(part, data, size);
        if (e == OK && rename(part, to) != 0) e = io_error(to);
        if (e == OK) e = sync_folder(str_z(a, store));
    }
    mem_free(data);
    return e;
}

err media_store_module(struct arena *a, str store, str folder, str kind, str name, str *stored)
{
    str given = name, caption_name;
    str_cut(&given, ' ', &name);
    TRY(media_store(a, store, folder, name, stored));
    if (!str_eq(kind, S("video"))) return OK;
    str captions = given.len ? given : str_format(a, "%.*svtt", STR_ARGS(str_slice(name, 0, name.len - extension(name).len)));
    if (access(str_z(a, str_format(a, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(captions))), R_OK) != 0) return OK;
    TRY(media_store(a, store, folder, captions, &caption_name));
    *stored = str_format(a, "%.*s %.*s", STR_ARGS(*stored), STR_ARGS(caption_name));
    return OK;
}
