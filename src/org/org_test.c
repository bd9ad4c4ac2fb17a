/* org_test.c -- the tree, names and their fallback, postings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "org/org_import.h"
#include "org/test_world.h"

static struct arena *const A = &world_arena;
static i64 root, ministry, department, office;

static i64 put(struct db *db, const char *code, const char *kind, const char *en, const char *hi, i64 parent)
{
    struct organisation_in in = {str_of(code), str_of(kind), S("LGD"), str_of(en), str_of(hi), parent};
    i64 id;
    enum put what;
    bool moved = false;
    assert_ok(org_import_organisation(db, A, &in, &id, &what, &moved));
    assert_int_equal(what, PUT_ADDED);
    assert_true(moved);
    return id;
}

static int make(void **state)
{
    UNUSED(state);
    if (world_make("org_test")) return -1;
    struct db *db = world_begin(DB_WRITE);
    root = put(db, "india", "government", "Government of India", "भारत सरकार", 0);
    ministry = put(db, "min.a", "ministry", "Ministry of A", "क मंत्रालय", root);
    department = put(db, "dep.z", "department", "Z", "", ministry);
    office = put(db, "off.1", "office", "Office", "कार्यालय", department);
    put(db, "dep.b", "department", "B", "य", ministry);
    assert_ok(org_import_rebuild(db));
    assert_ok(db_commit(db));
    return 0;
}

static void reads(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_READ);
    struct organisation o;
    assert_ok(organisation_get(db, A, LANG_HI, ministry, &o));
    assert_str(o.name, S("क मंत्रालय"));
    assert_int_equal(o.parent, root);
    assert_int_equal(o.depth, 1);
    assert_ok(organisation_get(db, A, LANG_HI, department, &o));
    assert_str(o.name, S("Z")); /* no Hindi: English */
    assert_ok(organisation_get(db, A, LANG_EN, root, &o));
    assert_true(o.parent_null);
    assert_err(organisation_get(db, A, LANG_EN, 7, &o), ERR_NOT_FOUND);
    i64 id;
    assert_ok(organisation_by_code(db, A, S("dep.z"), &id));
    assert_int_equal(id, department);
    assert_err(organisation_by_code(db, A, S("dep.q"), &id), ERR_NOT_FOUND);
    db_rollback(db);
}

static void walks(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_READ);
    struct organisation_list list;
    assert_ok(organisation_children(db, A, LANG_EN, ministry, &list));
    assert_int_equal(list.count, 2);
    assert_str(list.row[0].name, S("B"));
    assert_str(list.row[1].name, S("Z"));
    assert_ok(organisation_path(db, A, LANG_EN, office, &list));
    assert_int_equal(list.count, 4);
    assert_str(list.row[0].code, S("india"));
    assert_str(list.row[3].code, S("off.1"));
    assert_int_equal(list.row[3].depth, 3);
    assert_err(organisation_path(db, A, LANG_EN, 7, &list), ERR_NOT_FOUND);
    i64 m;
    assert_ok(organisation_ministry(db, office, &m));
    assert_int_equal(m, ministry);
    assert_ok(organisation_ministry(db, ministry, &m));
    assert_int_equal(m, ministry);
    assert_ok(organisation_ministry(db, root, &m));
    assert_int_equal(m, root);
    assert_err(organisation_ministry(db, 7, &m), ERR_NOT_FOUND);
    db_rollback(db);
}

static void moves(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    struct organisation_in in = {S("off.1"), S("office"), S("LGD"), S("Office"), S("कार्यालय"), root};
    i64 id;
    enum put what;
    bool moved = false;
    assert_ok(org_import_organisation(db, A, &in, &id, &what, &moved));
    assert_int_equal(what, PUT_CHANGED);
    assert_true(moved);
    assert_ok(org_import_rebuild(db));
    struct organisation_list list;
    assert_ok(organisation_path(db, A, LANG_EN, office, &list));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.row[1].depth, 1);
    moved = false;
    assert_ok(org_import_organisation(db, A, &in, &id, &what, &moved));
    assert_int_equal(what, PUT_UNCHANGED);
    assert_false(moved);
    in.name_hi = S(""); /* taken out: readers get English */
    assert_ok(org_import_organisation(db, A, &in, &id, &what, &moved));
    assert_int_equal(what, PUT_CHANGED);
    struct organisation o;
    assert_ok(organisation_get(db, A, LANG_HI, office, &o));
    assert_str(o.name, S("Office"));
    assert_ok(db_commit(db));
}

static void posts(void **state)
{
    UNUSED(state);
    struct db *db = world_begin(DB_WRITE);
    i64 service, her, other;
    enum put what;
    assert_ok(org_import_service(db, A, S("svc.a"), S("Service A"), S(""), &service, &what));
    struct new_officer n = {.id = 77, .name = S("Asha Rao"), .grp = S("A"), .service = service, .position = 5, .organisation = department, .from_day = 100};
    assert_ok(officer_create(db, &n, 1000, &her));
    assert_int_equal(her, 77);
    n = (struct new_officer){.name = S("Ravi"), .grp = S("C"), .position = 6, .organisation = office, .supervisor = her, .from_day = 200};
    assert_ok(officer_create(db, &n, 1000, &other));
    assert_true(other > 77);
    struct posting p;
    assert_err(posting_current(db, A, her, 99, &p), ERR_NOT_FOUND);
    assert_ok(posting_current(db, A, her, 100, &p));
    assert_int_equal(p.position, 5);
    assert_true(p.supervisor_null);
    assert_str(p.officer_name, S("Asha Rao"));
    assert_ok(posting_current(db, A, other, 4000, &p));
    assert_int_equal(p.supervisor, 77);
    assert_str(p.grp, S("C"));
    n.name = S(" ");
    assert_err(officer_create(db, &n, 1000, &other), ERR_INVALID);
    db_rollback(db);

    db = world_begin(DB_WRITE); /* a failed statement poisons the transaction, so it has its own */
    n.name = S("Ravi");
    n.grp = S("D");
    assert_err(officer_create(db, &n, 1000, &other), ERR_INVALID);
    db_rollback(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads, make, world_end),
        cmocka_unit_test_setup_teardown(walks, make, world_end),
        cmocka_unit_test_setup_teardown(moves, make, world_end),
        cmocka_unit_test_setup_teardown(posts, make, world_end),
    };
    return world_run(tests);
}
