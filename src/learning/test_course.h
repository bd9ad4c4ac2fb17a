/* test_course.h -- for tests only: a position that needs two competencies, two officers who hold it, a course of two modules, one of a
** Hindi title, one taught elsewhere. Include after cmocka.h. */
#ifndef IGOT_TEST_COURSE_H
#define IGOT_TEST_COURSE_H

#include "frac/frac_import.h"
#include "learning/learning_import.h"
#include "measure/measure.h"
#include "org/test_world.h"

enum { MINUTE = 60000 };
static struct arena *const A = &world_arena;
static struct { i64 unit, position, competency[2], officer[2], provider, course, hindi, elsewhere, module[2], now; } w;

static inline void course_organisation(struct db *db)
{
    enum put what;
    bool moved = false;
    i64 role, activity, map;
    bool made;
    struct organisation_in o = {S("india"), S("government"), S("LGD"), S("India"), S(""), 0};
    assert_ok(org_import_organisation(db, A, &o, &w.unit, &what, &moved));
    assert_ok(org_import_rebuild(db));
    struct position_in p = {S("pos.a"), S("B"), S("Assistant"), S("सहायक"), w.unit, 0, 0, 10, 8};
    assert_ok(frac_import_position(db, A, &p, &w.position, &what));
    assert_ok(frac_import_role(db, A, S("role.a"), S("Accounts"), S(""), &role, &what));
    assert_ok(frac_import_activity(db, A, S("act.a"), S("Note"), S(""), &activity, &what));
    for (int i = 0; i < 2; i++) {
        struct competency_in c = {.code = str_format(A, "c.%d", i), .kind = 2, .area = S("Area"), .theme = S("Theme"), .reviewed = true};
        c.name[0] = i ? S("Handling RTI Matters") : S("Office Management");
        c.name[1] = i ? S("सूचना का अधिकार") : S("कार्यालय प्रबंधन");
        c.definition[0] = S("What it is.");
        for (int l = 0; l < 5; l++) c.level[0][l] = str_format(A, "Level %d", l + 1);
        assert_ok(frac_import_competency(db, A, &c, &w.competency[i], &what));
    }
    struct map_row row[2] = {{role, activity, w.competency[0], 2, true, true}, {role, activity, w.competency[1], 4, false, true}};
    assert_ok(frac_map_publish(db, A, w.position, row, 2, 100, &map, &made));
    for (int i = 0; i < 2; i++) {
        struct new_officer n = {.name = i ? S("Ravi") : S("Asha"), .grp = S("B"), .position = w.position, .organisation = w.unit, .from_day = 100};
        assert_ok(officer_create(db, &n, w.now, &w.officer[i]));
    }
}

static inline void course_one(struct db *db, const char *code, const char *language, const char *en, const char *hi, i64 minutes, i64 competency, i64 exit, i64 *id)
{
    enum put what;
    struct course_in c = {.code = str_of(code), .language = str_of(language), .title = {str_of(en), str_of(hi)}, .category = S("Course"), .provider = w.provider, .minutes = minutes};
    c.summary[0] = S("How the section writes, numbers 1 and 2.");
    assert_ok(learning_import_course(db, A, &c, id, &what));
    struct course_competency_in t = {*id, competency, 1, exit, true};
    assert_ok(learning_import_course_competency(db, A, &t, &what));
    assert_ok(learning_index_course(db, A, *id));
}

static inline void course_courses(struct db *db)
{
    enum put what;
    bool changed;
    struct provider_in p = {S("prv.a"), S("Institute of Secretariat Training"), S("सचिवालय प्रशिक्षण संस्थान"), 0};
    assert_ok(learning_import_provider(db, A, &p, &w.provider, &what));
    course_one(db, "crs.a", "en", "Noting and Drafting", "टिप्पणी और नोटिंग", 40, w.competency[0], 3, &w.course);
    course_one(db, "crs.b", "hi", "", "सूचना का अधिकार: व्यवहार में", 30, w.competency[1], 3, &w.hindi);
    course_one(db, "crs.c", "en", "RTI for counters", "", 30, w.competency[1], 3, &w.elsewhere);
    for (int i = 0; i < 2; i++) {
        struct module_in m = {.course = w.course, .seq = i + 1, .minutes = 20, .kind = S("text"), .title = S("Module"), .body = S("# Head\n\nText.")};
        assert_ok(learning_import_module(db, A, &m, &what));
    }
    assert_ok(learning_import_complete(db, w.course, true, &changed));
    struct course_module_list list;
    assert_ok(learning_modules(db, A, 0, w.course, day_of_ms(w.now), &list));
    assert_int_equal(list.count, 2);
    for (int i = 0; i < 2; i++) w.module[i] = list.row[i].id;
}

static inline int course_make(const char *name)
{
    if (world_make(name)) return -1;
    learning_catalogue_drop();
    w.now = ms_of_day(2000) + 36000000;
    clock_set(w.now);
    struct db *db = world_begin(DB_WRITE);
    course_organisation(db);
    course_courses(db);
    assert_ok(db_commit(db));
    return 0;
}

static inline int course_end(void **state)
{
    clock_set(0);
    learning_catalogue_drop();
    return world_end(state);
}

/* Sits out a module: beats of 15 s until it can be finished. */
static inline void course_study(struct db *db, i64 officer, i64 module)
{
    i64 next;
    struct course_module m;
    assert_ok(learning_open(db, A, officer, w.course, module, w.now));
    for (int i = 0; i < 40; i++) {
        w.now += 15000;
        assert_ok(learning_beat(db, A, officer, w.course, module, NULL, w.now, &m));
    }
    assert_ok(learning_finish(db, A, officer, w.course, module, w.now, &next));
}

#endif
