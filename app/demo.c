/* demo.c -- the accounts that the README names, and the story of the officer among them. */
#include "app/demo.h"

#include "auth/auth.h"
#include "competency/competency.h"
#include "frac/frac.h"
#include "measure/measure.h"
#include "org/org.h"

/* organisation: a code; officer: her name, or NULL where the account is no officer. */
struct demo_account { const char *name, *role, *organisation, *officer, *position, *supervisor; };

static const struct demo_account accounts[] = {
    {"supervisor", "supervisor", "dep.personnel-and-training", "Meera Krishnan", "pos.under-secretary-dopt", NULL},
    {"officer", "officer", "dep.personnel-and-training", "Asha Verma", "pos.section-officer-dopt", "supervisor"},
    {"cbu", "cbu", "min.personnel-public-grievances-and-pensions", NULL, NULL, NULL},
    {"cbuhead", "cbuhead", "min.personnel-public-grievances-and-pensions", NULL, NULL, NULL},
    {"author", "author", "org.institute-of-secretariat-training-and-management", NULL, NULL, NULL},
    {"reviewer", "reviewer", "org.institute-of-secretariat-training-and-management", NULL, NULL, NULL},
    {"assessor", "assessor", "india", NULL, NULL, NULL},
    {"cbc", "cbc", "india", NULL, NULL, NULL},
    {"spv", "spv", "india", NULL, NULL, NULL},
    {"coordination", "coordination", "india", NULL, NULL, NULL},
    {"council", "council", "india", NULL, NULL, NULL},
};

/* What the officer's evidence says before her story begins: a gap to level 2 in cyber security, which the test at the end of a course can close, and
** one to level 4 in office management, which takes a proctored result. Others are met, unknown, or known by her own word only. days: before today. */
struct demo_evidence { const char *competency; enum evidence_class class; const char *kind; f64 y, variance; i64 days; };

static const struct demo_evidence story[] = {
    {"dom.cyber-security", CLASS_C, "course_test", 1.1, .35, 620},
    {"fun.office-management", CLASS_C, "course_test", 3.0, .30, 700},
    {"fun.office-management", CLASS_W, "workplace", 3.2, .45, 240},
    {"fun.rti", CLASS_P, "proctored", 3.7, .09, 200},
    {"fun.rti", CLASS_C, "course_test", 3.4, .30, 400},
    {"fun.grievance-redressal", CLASS_C, "course_test", 2.6, .34, 150},
    {"fun.grievance-redressal", CLASS_W, "workplace", 2.4, .50, 320},
    {"beh.communication", CLASS_W, "workplace", 3.8, .40, 240},
    {"beh.communication", CLASS_S, "self", 4.0, 8.6, 90},
    {"fun.establishment-hr", CLASS_W, "workplace", 3.9, .45, 240},
    {"fun.establishment-hr", CLASS_P, "proctored", 3.6, .10, 500},
    {"fun.digital-fluency", CLASS_S, "self", 3.0, 8.6, 60},
    {"beh.collaboration", CLASS_W, "workplace", 3.6, .40, 240},
    {"fun.parliamentary-matters", CLASS_C, "course_test", 1.9, .33, 300},
};

static err give_history(struct db *db, struct arena *a, i64 officer, i64 day, i64 now)
{
    for (isize i = 0; i < COUNT_OF(story); i++) {
        const struct demo_evidence *d = &story[i];
        struct evidence_new n = {.officer = officer, .class = d->class, .kind = str_of(d->kind), .y = d->y, .variance = d->variance, .day = day - d->days};
        i64 evidence;
        TRY(frac_competency_by_code(db, str_of(d->competency), &n.competency));
        TRY(competency_record(db, a, &n, now, &evidence));
    }
    return OK;
}

static err make_officer(struct db *db, struct arena *a, const struct demo_account *d, i64 organisation, i64 supervisor, i64 day, i64 now, i64 *officer)
{
    struct new_officer n = {.name = str_of(d->officer), .organisation = organisation, .supervisor = supervisor, .from_day = day - 900};
    struct position p;
    TRY(frac_position_by_code(db, str_of(d->position), &n.position));
    TRY(frac_position(db, a, LANG_EN, n.position, &p));
    n.grp = p.grp;
    TRY(officer_create(db, &n, now, officer));
    TRY(measure_headcount(db, organisation, n.grp, +1));
    return competency_contribute(db, a, *officer, day);
}

err demo_accounts(struct db *db, struct arena *a, i64 day)
{
    i64 now = now_ms(), supervisor = 0;
    for (isize i = 0; i < COUNT_OF(accounts); i++) {
        const struct demo_account *d = &accounts[i];
        struct new_account n = {.name = str_of(d->name), .password = str_format(a, "demo-%s", d->name), .demo = true};
        i64 organisation, account, grant;
        str hash;
        TRY(organisation_by_code(db, a, str_of(d->organisation), &organisation));
        if (d->officer) TRY(make_officer(db, a, d, organisation, d->supervisor ? supervisor : 0, day, now, &n.officer));
        TRY(auth_hash(a, n.password, &hash));
        TRY(auth_account_create(db, a, &n, hash, now, &account));
        TRY(auth_grant(db, 0, account, str_of(d->role), organisation, day, NULL, now, &grant));
        if (d->officer && strcmp(d->role, "officer") != 0) TRY(auth_grant(db, 0, account, S("officer"), organisation, day, NULL, now, &grant));
        if (strcmp(d->name, "supervisor") == 0) supervisor = n.officer;
        if (strcmp(d->name, "officer") == 0) TRY(give_history(db, a, n.officer, day, now));
    }
    return OK;
}
