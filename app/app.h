/* app.h -- the program: its settings, its subcommands, the one list of modules. Nothing includes app but app. */
#ifndef IGOT_APP_H
#define IGOT_APP_H

#include "base/base.h"
#include "db/db.h"
#include "web/web.h"

/* Settings: by flag, environment (IGOT_*), file, in that order. */
struct config {
    str db;               /* --db, IGOT_DB: sqlite:PATH or postgres://… */
    str listen;           /* --listen, IGOT_LISTEN */
    str media;            /* --media, IGOT_MEDIA: folder of content-addressed files; default beside the database */
    str public_url;       /* --public-url, IGOT_PUBLIC_URL */
    str trusted_proxies;  /* --trusted-proxies, IGOT_TRUSTED_PROXIES */
    str metrics_token;    /* IGOT_METRICS_TOKEN: /metrics from elsewhere than loopback */
    i64 workers;          /* --workers, IGOT_WORKERS; default 2 x cores */
    bool allow_demo_public; /* --allow-demo-public, IGOT_ALLOW_DEMO_PUBLIC: demo accounts on a public address */
    bool access_log;      /* --no-access-log, IGOT_ACCESS_LOG=0 */
    struct arena *arena;  /* lives as long as the program */
};

/* Exit codes: 0 done; 1 it could not be done (input at fault or a check failed); 2 wrong usage; 3 the database or the system is at fault. */
enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3 };

struct command {
    const char *name, *summary, *help; /* help: the whole text of --help after the usage line */
    int (*run)(int argc, char **argv, const struct config *c); /* argv[0] is the command's name */
};
extern const struct command commands[]; /* NULL name ends */

err config_read(struct arena *a, int *argc, char **argv, struct config *out) MUST_USE; /* takes its flags out of argv */

/* Opens the database that the settings name and says on stderr what is wrong if it cannot. `migrated`: also refuse a schema older than this program, saying
** `igot migrate`. readers as given; bulk for one exclusive user. */
err app_open(const struct config *c, int readers, bool bulk, bool migrated, struct db_pool **out) MUST_USE;
/* The same, migrated, for what writes: also leases this process a node number. Every pool of app_open and of this is closed by app_close, which gives the number back. */
err app_open_to_write(const struct config *c, int readers, bool bulk, struct db_pool **out) MUST_USE;
void app_close(struct db_pool *pool);

/* node.c: takes the lowest free node number for a minute, renews it every 20 s in a thread of its own, and tells base. One a process.
** ERR_BUSY: none is free. node_release gives it back (nothing happens without one). */
err node_lease(struct db_pool *pool, struct arena *arena) MUST_USE;
void node_release(void);

/* Prints "igot COMMAND: message (detail)" to stderr and gives the exit code for e. */
int app_fail(const char *command, err e);

/* A progress bar on a terminal, plain lines (at most one a second) elsewhere; total 0: unknown. */
struct progress { const char *what; i64 last_us; bool terminal; };
void progress_begin(struct progress *p, const char *what);
void progress_at(struct progress *p, i64 done, i64 total);
void progress_end(struct progress *p, i64 done);

/* The flags of one command: `flag_next` walks argv; "--name value", "--name=value" and "--name". */
struct flags { int argc, at; char **argv; };
bool flag_is(struct flags *f, const char *name);                 /* at "--name": steps over it */
bool flag_value(struct flags *f, const char *name, str *value);  /* at "--name V" or "--name=V": steps over both */

err app_migrate(const struct config *c) MUST_USE; /* brings the schema up to date (makes it) and seeds roles */

/* modules.c: the one list of modules. */
extern const struct route *const app_routes[];
extern const struct route system_routes[];
extern const struct config *app_config; /* of the running server */
extern i64 app_started_us;

int cmd_serve(int argc, char **argv, const struct config *c);
int cmd_init(int argc, char **argv, const struct config *c);
int cmd_import(int argc, char **argv, const struct config *c);
int cmd_export(int argc, char **argv, const struct config *c);
int cmd_simulate(int argc, char **argv, const struct config *c);
int cmd_recount(int argc, char **argv, const struct config *c);
int cmd_audit(int argc, char **argv, const struct config *c);
int cmd_doctor(int argc, char **argv, const struct config *c);
int cmd_backup(int argc, char **argv, const struct config *c);
int cmd_restore(int argc, char **argv, const struct config *c);
int cmd_migrate(int argc, char **argv, const struct config *c);
int cmd_token(int argc, char **argv, const struct config *c);
int cmd_version(int argc, char **argv, const struct config *c);


#endif
