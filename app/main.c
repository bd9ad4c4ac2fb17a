/* main.c -- the table of subcommands. */
#include <sodium.h>

#include "app/app.h"

const struct command commands[] = {
    {"serve", "answer requests",
     "  --demo DIR       on an empty database: load DIR, simulate officers, make the demo accounts\n"
     "  --officers N     with --demo: how many (10000)\n", cmd_serve},
    {"init", "make the database and load a folder of data",
     "  --data DIR       load every data file of DIR (see docs/import-formats.md)\n"
     "  --officers N     then simulate N officers\n"
     "  --seed S         their random seed (1)\n"
     "  --as-of DAY      the day on which the simulation ends (today)\n"
     "  --demo           and make the demo accounts, whose passwords are public\n", cmd_init},
    {"import", "read CSV files",
     "  import [--skip-bad] [--as-of DAY] KIND FILE…   one kind\n"
     "  import all DIR                                 every data file of a folder, in the right order\n"
     "  import onet DIR                                O*NET's framework\n", cmd_import},
    {"export", "write a kind as CSV", "  export KIND [--out FILE]\n", cmd_export},
    {"simulate", "make officers with histories of evidence",
     "  --officers N     how many (10000)\n"
     "  --seed S         random seed (1): the same seed, day and data give the same bytes\n"
     "  --as-of DAY      the day on which the histories end (today)\n", cmd_simulate},
    {"recount", "count the organisations' sums from nothing", "  --as-of DAY      as of this day (today)\n", cmd_recount},
    {"audit", "check the audit log", "  audit verify     finds a changed or missing row\n", cmd_audit},
    {"doctor", "say what is wrong and how to mend it",
     "  one line a check: ok, warning or wrong, and the remedy; changes nothing. Exit code 0 if nothing is wrong, else 1\n", cmd_doctor},
    {"backup", "copy the database while the server runs", "  backup FILE      one file that restore takes\n", cmd_backup},
    {"restore", "bring a backup back", "  restore FILE     refuses what does not verify, and a database that is not empty\n", cmd_restore},
    {"migrate", "bring the schema up to date", "  --status         only say where it stands\n", cmd_migrate},
    {"token", "make or revoke a token for a program",
     "  token create ACCOUNT --label TEXT [--days N]   prints it once\n"
     "  token list ACCOUNT\n"
     "  token revoke ID\n", cmd_token},
    {"version", "print the version", "", cmd_version},
    {NULL, NULL, NULL, NULL},
};

static void usage(FILE *out)
{
    fprintf(out, "igot " IGOT_VERSION " -- capacity building for a civil service\n\nusage: igot COMMAND [options]\n\n");
    for (const struct command *c = commands; c->name; c++) fprintf(out, "  %-10s %s\n", c->name, c->summary);
    fprintf(out, "\nSettings, for every command: --db URL (sqlite:PATH or postgres://…), --config FILE; `igot COMMAND --help` tells the rest.\n");
}

static void help(const struct command *c)
{
    printf("igot %s -- %s\n\nusage: igot %s [options]\n%s\nSettings: --db, --media, --listen, --workers, --public-url, --trusted-proxies, --config FILE; or IGOT_DB, IGOT_MEDIA, … in the\n"
           "environment; or `name = value` lines in the file. Exit codes: 0 done, 1 not as it should be, 2 wrong usage, 3 the system is at fault.\n",
           c->name, c->summary, c->name, c->help);
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
    return false;
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0) {
        fputs("igot: the system gives no random numbers\n", stderr);
        return EXIT_SYSTEM;
    }
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) argv[1] = (char *)(uintptr_t)"version";
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(argv[1], c->name) != 0) continue;
        if (asks_help(argc - 1, argv + 1)) {
            help(c);
            return EXIT_DONE;
        }
        struct arena arena;
        arena_init(&arena, 1 << 20);
        struct config config;
        int rest = argc - 1;
        err e = config_read(&arena, &rest, argv + 1, &config);
        int code = e == OK ? c->run(rest, argv + 1, &config) : app_fail(c->name, e);
        arena_clear(&arena);
        return code;
    }
    fprintf(stderr, "igot: there is no command \"%s\"; `igot --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}
