/* schemac.c -- makes the SQLite file on which sqlc prepares statements.
**
**   schemac --out schema.db sql/0001_init.sql …
**
** Applies the migrations in the order given, translated as the program itself will; errors are `file:line: what is wrong`. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrate.h"

enum { FILE_MAX = 8 << 20 };

static bool slurp(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    char part[16384];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(out, part, (isize)n);
    bool good = !ferror(f) && !out->full;
    fclose(f);
    return good;
}

static int line_at(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++) line += *text == '\n';
    return line;
}

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

/* Statement by statement, so that an error has its line. */
static bool apply(sqlite3 *db, const char *path, const char *sql)
{
    for (const char *at = skip_space(sql); *at; at = skip_space(at)) {
        sqlite3_stmt *stmt = NULL;
        const char *next = at;
        int rc = sqlite3_prepare_v2(db, at, -1, &stmt, &next);
        int offset = rc == SQLITE_OK ? 0 : sqlite3_error_offset(db);
        while (rc == SQLITE_OK && stmt && (rc = sqlite3_step(stmt)) == SQLITE_ROW) rc = SQLITE_OK;
        if (rc != SQLITE_OK && rc != SQLITE_DONE) {
            fprintf(stderr, "%s:%d: %s\n", path, line_at(sql, at + (offset > 0 ? offset : 0)), sqlite3_errmsg(db));
            sqlite3_finalize(stmt);
            return false;
        }
        sqlite3_finalize(stmt);
        at = next;
    }
    return true;
}

/* err_log is "line N: what": the file's name goes before it, in the form of every tool. */
static void report(const char *path)
{
    int line = 0, skip = 0;
    if (sscanf(err_log(), "line %d: %n", &line, &skip) == 1) fprintf(stderr, "%s:%d: %s\n", path, line, err_log() + skip);
    else fprintf(stderr, "%s:1: %s\n", path, err_message());
}

static bool migrate(sqlite3 *db, const char *path)
{
    struct buf text, sql;
    buf_init(&text, FILE_MAX);
    buf_init(&sql, FILE_MAX);
    bool good = slurp(path, &text);
    if (!good) fprintf(stderr, "%s:1: cannot be read\n", path);
    if (good && migrate_translate(DB_SQLITE, buf_view(&text), &sql) != OK) {
        report(path);
        good = false;
    }
    if (good) {
        buf_char(&sql, 0);
        good = !sql.full && apply(db, path, sql.data);
    }
    buf_clear(&text);
    buf_clear(&sql);
    return good;
}

/* A foreign key whose parent has no such unique columns only shows when it is used, or here. */
static bool check_keys(sqlite3 *db)
{
    char *message = NULL;
    if (sqlite3_exec(db, "PRAGMA foreign_key_check", NULL, NULL, &message) == SQLITE_OK) return true;
    fprintf(stderr, "schemac: %s\n", message);
    sqlite3_free(message);
    return false;
}

static bool build(const char *out, char **path, int count)
{
    sqlite3 *db = NULL;
    remove(out);
    bool good = sqlite3_open(out, &db) == SQLITE_OK &&
                sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL) == SQLITE_OK &&
                sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL) == SQLITE_OK &&
                sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    if (!good) fprintf(stderr, "%s:1: cannot be made: %s\n", out, sqlite3_errmsg(db));
    for (int i = 0; good && i < count; i++) good = migrate(db, path[i]);
    if (good) good = check_keys(db);
    if (good && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s:1: cannot be written: %s\n", out, sqlite3_errmsg(db));
        good = false;
    }
    sqlite3_close(db);
    if (!good) remove(out);
    return good;
}

int main(int argc, char **argv)
{
    if (argc < 4 || strcmp(argv[1], "--out") != 0) {
        fprintf(stderr, "usage: schemac --out schema.db sql/0001_name.sql ...\n");
        return 1;
    }
    return build(argv[2], argv + 3, argc - 3) ? 0 : 1;
}
