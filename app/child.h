/* child.h -- PostgreSQL's own tools as child processes: arguments as an array, no shell, the password by the environment. */
#ifndef IGOT_CHILD_H
#define IGOT_CHILD_H

#include <sys/types.h>

#include "app/app.h"

/* A postgres:// URL as what may stand in an argument, and the password apart ("" if it has none). */
err child_connection(struct arena *a, str url, const char **arguments, const char **password) MUST_USE;

/* Starts argv[0] from the path. `in`: gives the end to write the child's input to; NULL: it has none. Its messages go to our stderr. */
err child_start(struct arena *a, const char *const *argv, const char *password, int *in, pid_t *pid) MUST_USE;
err child_wait(pid_t pid, const char *name) MUST_USE; /* ERR_IO unless it ended with 0 */

#endif
