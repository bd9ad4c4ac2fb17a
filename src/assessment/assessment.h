/* assessment.h -- the item bank, course tests, short diagnostic tests; proctored results that an assessor records.
** Owns item, attempt, attempt_item. */
#ifndef IGOT_ASSESSMENT_H
#define IGOT_ASSESSMENT_H

#include "db/db.h"
#include "web/html.h"

enum { TEST_QUESTIONS = 20, DIAGNOSTIC_QUESTIONS = 8, TEST_MINUTES = 40, DIAGNOSTIC_MINUTES = 16 };
enum {
    TEST_LEAST = 8,              /* a bank with fewer items gives no test */
    TEST_PASS_PERCENT = 60,
    TEST_GRACE_MS = 120000,      /* after the deadline, by the server's clock: for a slow network */
    DIAGNOSTIC_REST_DAYS = 30,
    OPTIONS = 4
};

/* Starts (or resumes an open) test at the end of a course: TEST_QUESTIONS drawn from its bank, balanced over levels up to the course's exit, those not
** seen before first; the draw and the order of options follow from the attempt's id. A test whose time is over is submitted first, as it stands.
** ERR_INVALID if the modules are not finished. One test gives evidence for the course's main competency, the one with the most items. */
err assessment_course_test(struct db *db, struct arena *a, i64 officer, i64 course, i64 now, i64 *attempt) MUST_USE;
/* A short test of one competency across the banks that measure it, over levels 1 to 4. ERR_NOT_FOUND if there are fewer than DIAGNOSTIC_QUESTIONS items in
** the language; ERR_INVALID within DIAGNOSTIC_REST_DAYS of the last. */
err assessment_diagnostic(struct db *db, struct arena *a, enum lang lang, i64 officer, i64 competency, i64 now, i64 *attempt) MUST_USE;
/* Whether there are items enough in some language. */
err assessment_has_diagnostic(struct db *db, i64 competency, bool *has) MUST_USE;

struct attempt {
    i64 id, course /* 0: none */, competency, target, number, started, deadline, questions, answered, correct, unseen;
    i64 submitted /* 0: not yet */, evidence /* 0: none */;
    str kind; /* course_test, diagnostic */
};
/* ERR_NOT_FOUND also for another officer's. */
err assessment_attempt(struct db *db, struct arena *a, i64 officer, i64 attempt, struct attempt *out) MUST_USE;
bool attempt_open(const struct attempt *t, i64 now);    /* takes answers: not submitted, not past deadline and grace */
bool attempt_passed(const struct attempt *t);

/* A question as it is shown: options in their order of this attempt, chosen and right as places in it (-1: none). */
struct question { i64 seq, item, level, chosen, right; str stem, option[OPTIONS], rationale, language; };
struct question_list { struct question *row; isize count; };
err assessment_questions(struct db *db, struct arena *a, i64 officer, i64 attempt, struct question_list *out) MUST_USE;

/* answer: the place of the option as shown, 0..3. ERR_INVALID on another; ERR_CONFLICT once the test is submitted or its time is over. */
err assessment_answer(struct db *db, struct arena *a, i64 officer, i64 attempt, i64 seq, i64 answer, i64 now) MUST_USE;
/* Scores it; METHODS "quiz to evidence"; a retake replaces the live record only if at least half of its items are unseen, else it is practice. A test
** without a single answer is closed and says nothing. The first pass with all modules finished is a verified learning event. ERR_CONFLICT if it was
** submitted before. */
err assessment_submit(struct db *db, struct arena *a, i64 officer, i64 attempt, i64 now) MUST_USE;

#endif
