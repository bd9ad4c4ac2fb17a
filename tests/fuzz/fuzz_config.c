/* The settings file. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/app.h"
#include "fuzz.h"

err fuzz_one(struct fuzz *f)
{
    struct config c;
    char path[64], flag[] = "--config", name[] = "x";
    int fd = memfd_create("settings", 0), argc = 3;
    ASSERT(fd >= 0 && (f->input.len == 0 || write(fd, f->input.data, (size_t)f->input.len) == f->input.len));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char *argv[] = {name, flag, path, NULL};
    err e = config_read(&f->arena, &argc, argv, &c);
    ASSERT(e != OK || (c.workers > 0 && c.workers <= 1024 && argc == 1));
    close(fd);
    return OK;
}
