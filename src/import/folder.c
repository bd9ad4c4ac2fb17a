/* folder.c -- which files of a folder are of which kind. */
#include <dirent.h>

#include "import/table.h"

enum { FILES_MAX = 1000 };

static bool is_of_kind(str name, str stem)
{
    if (!str_starts(name, stem) || !str_ends(name, S(".csv"))) return false;
    str middle = str_slice(name, stem.len, name.len - 4);
    return middle.len == 0 || middle.data[0] == '-';
}

static int by_kind_and_name(const void *x, const void *y)
{
    const struct import_source *a = x, *b = y;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return str_cmp(a->file, b->file);
}

static isize list_files(struct arena *a, str folder, DIR *dir, struct import_source *source)
{
    isize n = 0;
    for (struct dirent *entry; n < FILES_MAX && (entry = readdir(dir));) {
        str name = str_of(entry->d_name);
        for (int k = 0; k < IMPORT_KINDS && n < FILES_MAX; k++)
            if (is_of_kind(name, str_of(import_kinds[k].stem)))
                source[n++] = (struct import_source){(enum import_kind)k, str_format(a, "%.*s/%.*s", STR_ARGS(folder), STR_ARGS(name))};
    }
    return n;
}

err import_folder(struct arena *a, str folder, struct import_source **source, isize *count)
{
    while (folder.len > 1 && folder.data[folder.len - 1] == '/') folder.len--;
    *source = ARENA_ARRAY(a, struct import_source, FILES_MAX);
    DIR *dir = opendir(str_z(a, folder));
    if (!dir) return err_detail(ERR_NOT_FOUND, N_("This folder cannot be read."), "%.*s", STR_ARGS(folder));
    *count = list_files(a, folder, dir, *source);
    (void)closedir(dir);
    if (!*count) return err_detail(ERR_NOT_FOUND, N_("This folder holds none of the files that can be imported."), "%.*s", STR_ARGS(folder));
    qsort(*source, (size_t)*count, sizeof **source, by_kind_and_name);
    return OK;
}
