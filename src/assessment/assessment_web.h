/* assessment_web.h -- what the pages of tests and results are made from. Text is in the reader's language, items in their own. */
#ifndef IGOT_ASSESSMENT_WEB_H
#define IGOT_ASSESSMENT_WEB_H

#include "assessment/assessment.h"
#include "web/parts.h"
#include "web/web.h"

struct option_view { i64 place; str text; bool chosen; };
struct mark_view { i64 seq; str stem, language; bool answered, here; };
struct test_view {               /* never holds which answer is right */
    i64 id, questions, answered, open, seq, deadline, course, competency, minutes;
    str title, kind, stem, language;
    bool over;                   /* the time is */
    struct option_view *option;
    isize options;
    struct mark_view *mark;
    isize marks;
    const char *error;
};

struct outcome_view { i64 seq, level; str stem, language, chosen, right, rationale; bool answered, correct; };
struct result_view {
    i64 id, questions, correct, answered, course, competency, required, number, submitted, target;
    str title, kind, competency_name;
    bool course_test, passed, practice, silent; /* silent: nothing was answered, so it says nothing */
    bool moved, had_before, met, disagree;
    f64 says, says_se;                          /* what this test alone says */
    f64 before, before_se, after, after_se;
    i64 awarded;
    struct track track;
    struct outcome_view *outcome;
    isize outcomes;
};

/* ---- proctored results ---- */
struct officer_view { i64 officer; str name, position, organisation; };
struct competency_choice { i64 id, required; str name; bool chosen; };
struct recorded_view { i64 officer, day, created; str evidence, officer_name, competency_name, note; f64 level, se; bool counting; };
struct results_view {
    str q;
    bool searched, chosen;                      /* chosen: the form for `officer` is shown */
    struct officer_view *found;
    isize founds;
    struct officer_view officer;
    struct competency_choice *competency;
    isize competencies;
    struct field f_competency, f_level, f_se, f_day, f_reference;
    str level, se, day, reference;              /* as typed */
    i64 competency_id;
    str competency_name;
    f64 level_value, se_value;
    i64 day_value;
    struct recorded_view *recorded;
    isize recordeds;
};

/* results_web.c */
extern const struct shape results_shape;
extern const struct input results_query[], results_input[], withdraw_input[];
err results_get(struct request *rq);
err results_post(struct request *rq);
err results_withdraw(struct request *rq);

#endif
