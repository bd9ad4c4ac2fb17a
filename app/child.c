#include "app/child.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENVIRONMENT_MAX = 4096 };

static str quoted(struct arena *a, const char *text)
{
    isize n = (isize)strlen(text), k = 0;
    char *out = arena_alloc(a, 2 * n + 3, 1);
    out[k++] = '\'';
    for (isize i = 0; i < n; i++) {
        if (text[i] == '\'' || text[i] == '\\') out[k++] = '\\';
        out[k++] = text[i];
    }
    out[k++] = '\'';
    return str_n(out, k);
}

err child_connection(struct arena *a, str url, const char **arguments, const char **password)
{
    char *words = NULL;
    PQconninfoOption *option = PQconninfoParse(str_z(a, url), &words);
    PQfreemem(words); /* not shown: it may quote the password */
    if (!option) return err_set(ERR_INVALID, N_("The PostgreSQL address cannot be read. Give it as postgres://USER@HOST/NAME."));
    str all = S("");
    *password = "";
    for (PQconninfoOption *o = option; o->keyword; o++) {
        if (!o->val || !*o->val) continue;
        if (strcmp(o->keyword, "password") == 0) *password = str_z(a, str_of(o->val));
        else all = str_format(a, "%.*s%s%s=%.*s", STR_ARGS(all), all.len ? " " : "", o->keyword, STR_ARGS(quoted(a, o->val)));
    }
    PQconninfoFree(option);
    *arguments = str_z(a, all);
    return OK;
}

static char **environment_with(struct arena *a, const char *password)
{
    isize n = 0;
    while (environ[n] && n < ENVIRONMENT_MAX) n++;
    char **out = ARENA_ARRAY(a, char *, n + 2);
    isize k = 0;
    for (isize i = 0; i < n; i++)
        if (!*password || strncmp(environ[i], "PGPASSWORD=", 11) != 0) out[k++] = environ[i];
    if (*password) out[k++] = (char *)(uintptr_t)str_z(a, str_format(a, "PGPASSWORD=%s", password));
    return out;
}

err child_start(struct arena *a, const char *const *argv, const char *password, int *in, pid_t *pid)
{
    int pipes[2] = {-1, -1};
    posix_spawn_file_actions_t act;
    posix_spawnattr_t attr;
    sigset_t none, defaults;
    char **env = environment_with(a, password);
    if (in && pipe2(pipes, O_CLOEXEC) != 0) return err_detail(ERR_IO, N_("A helper program could not be started."), "pipe: %s", strerrordesc_np(errno));
    posix_spawn_file_actions_init(&act);
    posix_spawnattr_init(&attr);
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (in) posix_spawn_file_actions_adddup2(&act, pipes[0], STDIN_FILENO);
    else posix_spawn_file_actions_addopen(&act, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&act, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawnp(pid, argv[0], &act, &attr, (char *const *)(uintptr_t)argv, env);
    posix_spawn_file_actions_destroy(&act);
    posix_spawnattr_destroy(&attr);
    if (in) close(pipes[0]);
    if (rc == 0) {
        if (in) *in = pipes[1];
        return OK;
    }
    if (in) close(pipes[1]);
    return err_detail(ERR_IO, N_("A program of PostgreSQL's could not be started. Install postgresql-client, in the server's version or a later one."), "%s: %s", argv[0], strerrordesc_np(rc));
}

err child_wait(pid_t pid, const char *name)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return err_detail(ERR_IO, N_("A helper program could not be waited for."), "%s: %s", name, strerrordesc_np(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OK;
    return err_detail(ERR_IO, N_("A program of PostgreSQL's has failed; what it says stands above."), "%s: %s %d", name, WIFEXITED(status) ? "exit code" : "signal",
                      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}
