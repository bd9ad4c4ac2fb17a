/* run.c -- calls what sqlc made of good.sql, on the database named by its argument. */
#include "demo_sql.h"
#include "fake_db.h"

#define CHECK(cond) check((cond), #cond)

static int bad;

static void check(bool good, const char *what)
{
    if (!good) printf("not true: %s\n", what);
    if (!good || fake_open_cursors() != 0) bad = 1;
    if (fake_open_cursors() != 0) printf("a cursor stays open after: %s\n", what);
}

static void fill(struct db *db)
{
    const f64 score = 3.5;
    i64 changed = 0;
    CHECK(demo_sql_add(db, 1, S("Asha"), S("\1\0\2"), &score, NULL, &changed) == OK && changed == 1);
    for (i64 i = 2; i <= 100; i++) {
        f64 s = (f64)i;
        CHECK(demo_sql_add(db, i, S("क्षमता"), (str){NULL, 0}, i % 2 ? &s : NULL, &i, NULL) == OK);
    }
    CHECK(demo_sql_add(db, 1, S("twice"), (str){NULL, 0}, NULL, NULL, NULL) == ERR_IO);
    for (i64 i = 1; i <= 20; i++) CHECK(demo_sql_level_set(db, 7, i, (f64)i / 4, -((i128)i << 90) - 1, NULL) == OK);
}

static void single(struct db *db, struct arena *a)
{
    struct demo_by_id_row r;
    CHECK(demo_sql_by_id(db, a, 1, &r) == OK);
    CHECK(str_eq(r.name, S("Asha")) && !r.photo_null && str_eq(r.photo, S("\1\0\2")) && !r.score_null && r.score > 3.4 && r.changed_null && r.changed == 0);
    CHECK(demo_sql_by_id(db, a, 2, &r) == OK && r.photo_null && !r.photo.data && r.score_null && !r.changed_null && r.changed == 2);
    CHECK(demo_sql_by_id(db, a, -1, &r) == ERR_NOT_FOUND);

    struct demo_find_row f;
    bool found;
    CHECK(demo_sql_find(db, a, S("Asha"), &f, &found) == OK && found && f.id == 1);
    CHECK(demo_sql_find(db, a, S("nobody"), &f, &found) == OK && !found && f.id == 0);
    CHECK(demo_sql_find(db, a, (str){NULL, 0}, &f, &found) == OK && !found);

    struct demo_engine_row e;
    CHECK(demo_sql_engine(db, a, &e) == OK && str_eq(e.engine, S("sqlite")));
    struct demo_nobody_row n;
    CHECK(demo_sql_nobody(db, a, &n) == ERR_BUG && strstr(err_log(), "demo.nobody: NULL in column mean"));

    struct demo_rename_row w;
    CHECK(demo_sql_rename(db, a, 100, S("Last"), &w, &found) == OK && found && str_eq(w.name, S("Last")));
    CHECK(demo_sql_rename(db, a, 101, S("Nobody"), &w, &found) == OK && !found);
    CHECK(demo_sql_rename(db, a, 99, S("Two"), &w, &found) == ERR_BUG && strstr(err_log(), "more than one row"));
}

static void many(struct db *db, struct arena *a)
{
    struct demo_all_rows r;
    CHECK(demo_sql_all(db, a, NULL, NULL, &r) == OK && r.count == 100);
    bool right = true;
    for (isize i = 0; i < r.count; i++) right = right && r.row[i].id == i + 1 && r.row[i].exit_null == (i % 2 == 1);
    CHECK(right);
    const f64 low = 10, high = 20;
    CHECK(demo_sql_all(db, a, &low, &high, &r) == OK && r.count == 5 && r.row[0].id == 11);
    CHECK(demo_sql_all(db, a, &high, &low, &r) == OK && r.count == 0 && !r.row);
    struct demo_in_view_rows v;
    CHECK(demo_sql_in_view(db, a, 50, &v) == OK && v.count == 51 && str_eq(v.row[0].name, S("क्षमता")));
    struct demo_search_rows s;
    CHECK(demo_sql_search(db, a, S("words"), &s) == OK && s.count == 0);
}

struct seen { i64 rows, stop; bool right; };

static err look(void *arg, const struct demo_dump_row *row)
{
    struct seen *seen = arg;
    seen->rows++;
    seen->right = seen->right && row->competency == seen->rows && row->total == -((i128)seen->rows << 90) - 1 && row->note_null == (seen->rows <= 8) &&
                  (row->note_null || str_eq(row->note, S("high")));
    return seen->rows == seen->stop ? ERR_FULL : OK;
}

static void each(struct db *db)
{
    struct seen all = {.right = true}, some = {.stop = 3, .right = true};
    CHECK(demo_sql_dump(db, 7, look, &all) == OK && all.rows == 20 && all.right);
    CHECK(demo_sql_dump(db, 7, look, &some) == ERR_FULL && some.rows == 3);
}

int main(int argc, char **argv)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    ASSERT(argc == 2);
    struct db *db = fake_open(argv[1]);
    fill(db);
    many(db, &a);
    single(db, &a);
    each(db);
    CHECK(demo_statements.count == 11 && strcmp(demo_statements.statement[0]->name, "demo.add") == 0);
    CHECK(strstr(demo_statements.statement[7]->postgres, "x ? 'a'"));
    CHECK(demo_statements.statement[5]->each && !demo_statements.statement[4]->each);
    arena_clear(&a);
    return bad;
}
