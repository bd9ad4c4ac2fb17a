/* frac_test.c -- competencies and their texts, versions of a position's map, what they amount to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "frac/frac_import.h"
#include "org/test_world.h"

static struct arena *const A = &world_arena;
static i64 unit, position, role[2], activity[2], competency[7];

static void put_framework(struct db *db)
{
    enum put what;
    bool moved = false;
    struct organisation_in o = {S("india"), S("government"), S("LGD"), S("India"), S(""), 0};
    assert_ok(org_import_organisation(db, A, &o, &unit, &what, &moved));
    assert_ok(org_import_rebuild(db));
    struct position_in p = {S("pos.a"), S("B"), S("Assistant"), S("सहायक"), unit, 0, 0, 10, 8};
    assert_ok(frac_import_position(db, A, &p, &position, &what));
    assert_ok(frac_import_role(db, A, S("role.z"), S("Zeal"), S(""), &role[0], &what));
    assert_ok(frac_import_role(db, A, S("role.a"), S("Accounts"), S(""), &role[1], &what));
    assert_ok(frac_import_activity(db, A, S("act.a"), S("Add"), S("जोड़ना"), &activity[0], &what));
    assert_ok(frac_import_activity(db, A, S("act.b"), S("Balance"), S(""), &activity[1], &what));
    for (int i = 0; i < 7; i++) {
        struct competency_in c = {.code = str_format(A, "c.%d", i), .kind = 1 + i % 3, .area = S("Area"), .theme = S("Theme"), .reviewed = i == 0};
        c.name[0] = str_format(A, "Competency %d", 9 - i);
        c.definition[0] = S("What it is.");
        for (int l = 0; l < 5; l++) c.level[0][l] = str_format(A, "Level %d", l + 1);
        if (i == 0) c.name[1] = S("क्षमता"), c.level[1][2] = S("स्तर ३"), c.facets = S("one | two");
        assert_ok(frac_import_competency(db, A, &c, &competency[i], &what));
        assert_int_equal(what, PUT_ADDED);
        assert_ok(frac_import_competency(db, A, &c, &competency[i], &what));
        assert_int_equal(what, PUT_UNCHANGED);
    }
}

static int make(void **state)
{
    UNUSED(state);
    if (world_make("frac_test")) return -1;
    struct db *db = world_begin(DB_WRITE);
    put_framework(db);
    assert_ok(db_commit(db));
    return 0;
}

static void texts(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_READ);
    struct competency c;
    assert_ok(frac_competency(db, A, LANG_HI, competency[0], &c));
    assert_str(c.name, S("क्षमता"));
    assert_str(c.definition, S("What it is."));
    assert_str(c.level_text[2], S("स्तर ३"));
    assert_str(c.level_text[3], S("Level 4"));
    assert_str(c.facets, S("one | two"));
    assert_true(c.reviewed);
    assert_ok(frac_competency(db, A, LANG_EN, competency[0], &c));
    assert_str(c.name, S("Competency 9"));
    assert_err(frac_competency(db, A, LANG_EN, 7, &c), ERR_NOT_FOUND);
    i64 id;
    assert_ok(frac_competency_by_code(db, S("c.3"), &id));
    assert_int_equal(id, competency[3]);
    assert_err(frac_competency_by_code(db, S("c.9"), &id), ERR_NOT_FOUND);
    struct position p;
    assert_ok(frac_position(db, A, LANG_HI, position, &p));
    assert_str(p.name, S("सहायक"));
    assert_int_equal(p.filled, 8);
    assert_err(frac_position(db, A, LANG_HI, 7, &p), ERR_NOT_FOUND);
    db_rollback(db);
}

static void versions(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    struct map_row row[3] = {{role[0], activity[0], competency[0], 2, true, false},
                             {role[0], activity[1], competency[0], 4, false, false},
                             {role[1], activity[1], competency[1], 3, false, true}};
    i64 first, second, again, map;
    bool made;
    assert_err(frac_map(db, position, 100, &map), ERR_NOT_FOUND);
    assert_ok(frac_map_publish(db, A, position, row, 3, 100, &first, &made));
    assert_true(made);
    struct map_row turned[3] = {row[2], row[0], row[1]};
    assert_ok(frac_map_publish(db, A, position, turned, 3, 150, &again, &made)); /* the order is no content */
    assert_false(made);
    assert_int_equal(again, first);

    row[2].level = 5;
    assert_ok(frac_map_publish(db, A, position, row, 3, 200, &second, &made));
    assert_true(made);
    assert_err(frac_map(db, position, 99, &map), ERR_NOT_FOUND);
    assert_ok(frac_map(db, position, 199, &map));
    assert_int_equal(map, first);
    assert_ok(frac_map(db, position, 200, &map));
    assert_int_equal(map, second);

    i64 same_day, between;
    row[2].level = 1;
    assert_ok(frac_map_publish(db, A, position, row, 3, 200, &same_day, &made)); /* replaces one that never was in force */
    assert_true(made);
    assert_ok(frac_map(db, position, 200, &map));
    assert_int_equal(map, same_day);
    assert_ok(frac_map(db, position, 199, &map));
    assert_int_equal(map, first);
    row[2].level = 2;
    assert_ok(frac_map_publish(db, A, position, row, 3, 150, &between, &made)); /* a later version stays */
    assert_ok(frac_map(db, position, 199, &map));
    assert_int_equal(map, between);
    assert_ok(frac_map(db, position, 149, &map));
    assert_int_equal(map, first);
    assert_ok(frac_map(db, position, 3000, &map));
    assert_int_equal(map, same_day);
    assert_ok(db_commit(db));
}

static void amounts_to(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    const struct map_row row[] = {{role[0], activity[0], competency[0], 2, true, false},  {role[0], activity[1], competency[0], 4, false, false},
                                  {role[1], activity[1], competency[3], 3, false, true},  {role[1], activity[0], competency[3], 1, false, true},
                                  {role[1], activity[0], competency[1], 1, false, false}};
    i64 map;
    bool made;
    assert_ok(frac_map_publish(db, A, position, row, COUNT_OF(row), 10, &map, &made));
    struct requirement_list need;
    assert_ok(frac_requirements(db, A, LANG_EN, map, &need));
    assert_int_equal(need.count, 3);
    assert_str(need.row[0].name, S("Competency 6")); /* behavioural first, by name */
    assert_int_equal(need.row[0].level, 3);
    assert_str(need.row[1].name, S("Competency 9"));
    assert_int_equal(need.row[1].level, 4);
    assert_true(need.row[1].critical);
    assert_int_equal(need.row[2].kind, KIND_FUNCTIONAL);

    struct map_line_list lines;
    assert_ok(frac_map_lines(db, A, LANG_HI, map, 0, &lines));
    assert_int_equal(lines.count, 5);
    assert_str(lines.row[0].role_name, S("Accounts"));
    assert_str(lines.row[0].activity_name, S("Balance"));
    assert_str(lines.row[1].activity_name, S("जोड़ना"));
    assert_str(lines.row[4].role_name, S("Zeal"));
    assert_ok(frac_map_lines(db, A, LANG_EN, map, competency[3], &lines));
    assert_int_equal(lines.count, 2);
    assert_true(lines.row[0].reviewed);
    db_rollback(db);
}

static void refusals(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    i64 map;
    bool made;
    assert_err(frac_map_publish(db, A, position, NULL, 0, 10, &map, &made), ERR_INVALID);
    struct map_row row[7];
    for (int i = 0; i < 7; i++) row[i] = (struct map_row){role[0], activity[0], competency[i], 3, i < 6, false};
    assert_err(frac_map_publish(db, A, position, row, 7, 10, &map, &made), ERR_INVALID); /* six critical */
    row[5].critical = false;
    row[6].level = 6;
    assert_err(frac_map_publish(db, A, position, row, 7, 10, &map, &made), ERR_INVALID);
    row[6] = row[0];
    assert_err(frac_map_publish(db, A, position, row, 7, 10, &map, &made), ERR_INVALID);
    assert_ok(frac_map_publish(db, A, position, row, 6, 10, &map, &made));
    db_rollback(db);
}

static void critical(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    i64 map, first;
    bool made;
    struct map_row row[6];
    for (int i = 0; i < 6; i++) row[i] = (struct map_row){role[0], activity[0], competency[i], 3, i == 0, false};
    assert_err(frac_mark_critical(db, A, position, &competency[1], 1, 20, &map), ERR_NOT_FOUND);
    assert_ok(frac_map_publish(db, A, position, row, 6, 10, &first, &made));
    assert_err(frac_mark_critical(db, A, position, competency, 6, 20, &map), ERR_INVALID);
    assert_err(frac_mark_critical(db, A, position, &competency[6], 1, 20, &map), ERR_INVALID);
    assert_ok(frac_mark_critical(db, A, position, &competency[1], 2, 20, &map));
    assert_int_not_equal(map, first);
    struct requirement_list need;
    assert_ok(frac_requirements(db, A, LANG_EN, map, &need));
    for (isize i = 0; i < need.count; i++) assert_int_equal(need.row[i].critical, need.row[i].competency == competency[1] || need.row[i].competency == competency[2]);
    assert_ok(frac_map(db, position, 19, &map));
    assert_int_equal(map, first);
    db_rollback(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts, make, world_end),      cmocka_unit_test_setup_teardown(versions, make, world_end),
        cmocka_unit_test_setup_teardown(amounts_to, make, world_end), cmocka_unit_test_setup_teardown(refusals, make, world_end),
        cmocka_unit_test_setup_teardown(critical, make, world_end),
    };
    return world_run(tests);
}
