/* layout.h -- what the frame of every page and the error page are made from. */
#ifndef IGOT_LAYOUT_H
#define IGOT_LAYOUT_H

#include "web/web.h"

struct layout {
    str title, path, query;
    const struct user *user;
    const char *flash;              /* msgid, or NULL */
    enum lang lang;
    const struct form_fault *fault; /* for the error summary */
    isize faults;
};

struct error_view { int status; const char *message; /* msgid */ };

/* True if `path` is `root` or lies below it: marks where the reader is. */
bool path_under(const char *path, const char *root);

#endif
