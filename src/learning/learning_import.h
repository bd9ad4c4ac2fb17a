/* learning_import.h -- how `igot import` writes providers, courses, what they teach and their modules. A put looks at what is stored
** first: the same content writes nothing (org/org_import.h has enum put). The search row is the caller's duty: learning_index_course
** for each course that a put names as changed, or that stands in the lists below. */
#ifndef IGOT_LEARNING_IMPORT_H
#define IGOT_LEARNING_IMPORT_H

#include "learning/learning.h"
#include "org/org_import.h"

/* The id of a code, or 0. */
err learning_import_provider_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;
err learning_import_course_id(struct db *db, struct arena *a, str code, i64 *id) MUST_USE;

struct provider_in { str code, name_en, name_hi; i64 organisation; /* 0: none */ };
err learning_import_provider(struct db *db, struct arena *a, const struct provider_in *in, i64 *id, enum put *put) MUST_USE;

/* Texts: [0] English, [1] Hindi; empty is none. */
struct course_in { str code, language, title[2], summary[2], category, source_id; i64 provider, minutes; };
err learning_import_course(struct db *db, struct arena *a, const struct course_in *in, i64 *id, enum put *put) MUST_USE;

struct course_competency_in { i64 course, competency, entry, exit; bool reviewed; };
err learning_import_course_competency(struct db *db, struct arena *a, const struct course_competency_in *in, enum put *put) MUST_USE;

struct module_in { i64 course, seq, minutes; str kind, title, body, file; };
err learning_import_module(struct db *db, struct arena *a, const struct module_in *in, enum put *put) MUST_USE;

/* A course is complete when it has modules and, as its caller counts, items enough for a test. */
err learning_import_complete(struct db *db, i64 course, bool enough_items, bool *changed) MUST_USE;

/* Courses whose search row holds this provider's or this competency's name. */
struct course_ids { i64 *id; isize count; };
err learning_import_courses_of_provider(struct db *db, struct arena *a, i64 provider, struct course_ids *out) MUST_USE;
err learning_import_courses_of_competency(struct db *db, struct arena *a, i64 competency, struct course_ids *out) MUST_USE;

#endif
