/* learning.h -- hub b: courses (CBPs), search, enrolment, modules and their measured time, what to take next.
** Owns provider, course, course_competency, learning_text, module, course_search, enrolment, module_progress. */
#ifndef IGOT_LEARNING_H
#define IGOT_LEARNING_H

#include "competency/competency.h"
#include "db/db.h"
#include "web/html.h"

/* ---- search ---- */

/* Words folded for search, the same for both engines, split by single spaces: NFC as far as our scripts need it, lower case, Latin accents
** and nuktas removed, the digits of Indian scripts to ASCII; letters and vowel signs kept. */
str search_fold(struct arena *a, str text);
/* What a reader typed, in the engine's own query language: every word, as the beginning of a word, must be there. At most 12 words; "" if
** there is none. Each word is quoted: nothing that was typed is taken for an operator. */
str search_query(struct arena *a, enum db_engine engine, str typed);
/* (Re)writes the search row of a course from its texts, provider and competencies. */
err learning_index_course(struct db *db, struct arena *a, i64 course) MUST_USE;

/* ---- what to take next ---- */

struct next_step {           /* METHODS section 6, with its reason */
    i64 course, competency; str title, competency_name, language;
    i64 minutes;
    f64 gain, index, mean, se, required, effect, effect_se, shortfall;
    bool known, measured, complete; /* evidence of the level; effect measured; taught here with modules and a test */
};
struct next_step_list { struct next_step *row; isize count; };
/* Picks for an officer's gaps, at most `max`, in English and Hindi. Courses that are taught here come first: only those end in a test that
** can show whether the gap has closed. The catalogue behind it is kept in memory for ten minutes; learning_catalogue_drop after a change. */
err learning_for_gaps(struct db *db, struct arena *a, enum lang lang, const struct gap_list *gaps, isize max, struct next_step_list *out) MUST_USE;
void learning_catalogue_drop(void);
err learning_text_put(struct db *db, i64 subject, str field, str language, str text) MUST_USE;

/* ---- enrolment ---- */

enum enrolment_state { ENROLMENT_NONE, ENROLMENT_OPEN, ENROLMENT_STUDIED /* all modules finished */, ENROLMENT_COMPLETED /* and its test passed */, ENROLMENT_LEFT };
struct enrolment { i64 state, last_module /* 0: none opened */, modules, finished; };
/* NONE with the number of modules if she never enrolled. */
err learning_enrolment(struct db *db, struct arena *a, i64 officer, i64 course, struct enrolment *out) MUST_USE;
/* Also comes back to a course that was left: what was finished stays finished. ERR_NOT_FOUND; ERR_INVALID if the course is taught elsewhere. */
err learning_enrol(struct db *db, struct arena *a, i64 officer, i64 course, i64 now) MUST_USE;
/* ERR_INVALID unless enrolled and not yet completed. */
err learning_leave(struct db *db, struct arena *a, i64 officer, i64 course, i64 now) MUST_USE;
/* All modules finished and the test passed at the pass mark? Called by assessment after a course test. */
err learning_test_done(struct db *db, i64 officer, i64 course, bool passed, i64 now) MUST_USE;

/* ---- modules and their time, measured here ---- */

enum { BEAT_MOST_MS = 20000 };
struct course_module {
    i64 id, course, seq, minutes;
    str kind, title, body, file, language;
    i64 counted_ms, needed_ms, place; /* place: second of a video, page of a document */
    bool finished;
};
struct course_module_list { struct course_module *row; isize count; };
/* In their order, without body, with the officer's progress (officer 0: none). */
err learning_modules(struct db *db, struct arena *a, i64 officer, i64 course, i64 day, struct course_module_list *out) MUST_USE;
/* One of them with its body. ERR_NOT_FOUND if it is not of this course. */
err learning_module(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 day, struct course_module *out) MUST_USE;
/* The page was opened: time runs from now. ERR_DENIED if she is not enrolled. */
err learning_open(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now) MUST_USE;
/* A heartbeat. Its credit is the time since the officer's last beat on any module, at most BEAT_MOST_MS: however many tabs she has open, an
** hour counts once. place: NULL if there is none. `out` as it stands afterwards. */
err learning_beat(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, const i64 *place, i64 now, struct course_module *out) MUST_USE;
/* "I have read this", from a page without script: credits the time since it was opened, at most the stated minutes, by the same rule. */
err learning_read(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now) MUST_USE;
/* ERR_INVALID until a set share (constant module_share) of the stated minutes has been counted. next: the next unfinished module, 0 if there is none. */
err learning_finish(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now, i64 *next) MUST_USE;

#endif
