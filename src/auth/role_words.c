/* role_words.c -- the platform's roles: what each may, and their names in words. */
#include "auth/private.h"
#include "auth_sql.h"

struct seed_right { const char *permission; enum reach reach; };
struct seed_role { const char *code, *title; struct seed_right right[10]; };

static const struct seed_role seed[] = {
    {"officer", N_("Officer"), {{"competency.own", REACH_SELF}, {"learning.use", REACH_SELF}, {"organisation.read", REACH_ALL}, {"report.own", REACH_SELF}}},
    {"supervisor", N_("Supervisor"), {{"competency.read", REACH_REPORTS}, {"organisation.read", REACH_ALL}, {"organisation.officers", REACH_REPORTS}, {"evidence.workplace", REACH_REPORTS}}},
    {"cbu", N_("Capacity building unit"), {{"competency.read", REACH_UNIT}, {"organisation.read", REACH_ALL}, {"organisation.officers", REACH_UNIT}, {"report.answer", REACH_UNIT}, {"framework.critical", REACH_UNIT}}},
    {"cbuhead", N_("Head of the capacity building unit"), {{"competency.read", REACH_UNIT}, {"organisation.read", REACH_ALL}, {"organisation.officers", REACH_UNIT}, {"report.answer", REACH_UNIT},
        {"framework.critical", REACH_UNIT}, {"account.admin", REACH_UNIT}, {"role.grant", REACH_UNIT}}},
    {"ministryhead", N_("Head of the ministry or department"), {{"organisation.read", REACH_ALL}, {"organisation.officers", REACH_UNIT}, {"competency.read", REACH_UNIT}}},
    {"cca", N_("Cadre controlling authority"), {{"organisation.read", REACH_ALL}, {"organisation.officers", REACH_UNIT}, {"competency.read", REACH_UNIT}}},
    {"author", N_("Course author"), {{"course.author", REACH_PROVIDER}, {"organisation.read", REACH_ALL}}},
    {"reviewer", N_("Course reviewer"), {{"course.review", REACH_PROVIDER}, {"organisation.read", REACH_ALL}}},
    {"assessor", N_("Assessor"), {{"evidence.proctored", REACH_ALL}, {"organisation.read", REACH_ALL}}},
    {"cbc", N_("Capacity Building Commission"), {{"constants.write", REACH_ALL}, {"organisation.read", REACH_ALL}, {"organisation.officers", REACH_ALL}, {"audit.read", REACH_ALL}, {"competency.read", REACH_ALL}}},
    {"spv", N_("Karmayogi Bharat (runs the platform)"), {{"account.admin", REACH_ALL}, {"role.grant", REACH_ALL}, {"audit.read", REACH_ALL}, {"organisation.read", REACH_ALL}, {"jobs.read", REACH_ALL}}},
    {"coordination", N_("Coordination unit"), {{"organisation.read", REACH_ALL}}},
    {"council", N_("Public Human Resources Council"), {{"organisation.read", REACH_ALL}}},
};

err auth_seed_roles(struct db *db)
{
    for (isize i = 0; i < COUNT_OF(seed); i++) {
        TRY(auth_sql_role_add(db, str_of(seed[i].code), NULL));
        for (const struct seed_right *r = seed[i].right; r->permission; r++)
            TRY(auth_sql_role_permission_add(db, str_of(seed[i].code), str_of(r->permission), (i64)r->reach, NULL));
    }
    return OK;
}

const char *role_title(const char *code)
{
    for (isize i = 0; i < COUNT_OF(seed); i++)
        if (strcmp(seed[i].code, code) == 0) return seed[i].title;
    return code;
}

const char *reach_words(enum reach reach)
{
    switch (reach) {
    case REACH_SELF: return N_("yourself");
    case REACH_REPORTS: return N_("those who report to you");
    case REACH_UNIT: return N_("the organisation and all below it");
    case REACH_PROVIDER: return N_("your provider");
    case REACH_ALL: return N_("without limit");
    case REACH_NONE: break;
    }
    return N_("nobody");
}

const char *permission_words(const char *permission)
{
    static const char *const words[][2] = {
        {"competency.own", N_("See one's own competencies")},
        {"learning.use", N_("Take courses and tests")},
        {"report.own", N_("Report a mistake in one's own position")},
        {"organisation.read", N_("See organisations and their figures")},
        {"organisation.officers", N_("See officers")},
        {"competency.read", N_("See officers' competencies")},
        {"evidence.workplace", N_("Record workplace assessments")},
        {"evidence.proctored", N_("Record results of proctored tests")},
        {"report.answer", N_("Answer reports on positions")},
        {"framework.critical", N_("Mark competencies as critical")},
        {"account.admin", N_("Look after accounts")},
        {"role.grant", N_("Give and take roles")},
        {"course.author", N_("Write courses")},
        {"course.review", N_("Review courses")},
        {"constants.write", N_("Change the constants of measurement")},
        {"audit.read", N_("Read the audit log")},
        {"jobs.read", N_("See background work")},
    };
    for (isize i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i][0], permission) == 0) return words[i][1];
    return permission;
}
