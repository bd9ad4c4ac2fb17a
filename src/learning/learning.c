#include "learning/learning.h"

#include "learning_sql.h"
#include "measure/measure.h"

enum { MINUTE_MS = 60000 };

err learning_text_put(struct db *db, i64 subject, str field, str language, str text)
{
    return learning_sql_text_put(db, subject, field, language, text, NULL);
}

/* ---- enrolment ---- */

err learning_enrolment(struct db *db, struct arena *a, i64 officer, i64 course, struct enrolment *out)
{
    struct learning_enrolment_row row;
    struct learning_module_count_row count;
    bool found;
    TRY(learning_sql_enrolment(db, a, officer, course, &row, &found));
    TRY(learning_sql_module_count(db, a, course, officer, &count));
    *out = (struct enrolment){.modules = count.modules, .finished = count.finished};
    if (!found) return OK;
    out->state = row.state;
    out->last_module = row.last_module_null ? 0 : row.last_module;
    return OK;
}

static bool is_enrolled(const struct enrolment *e)
{
    return e->state == ENROLMENT_OPEN || e->state == ENROLMENT_STUDIED || e->state == ENROLMENT_COMPLETED;
}

err learning_enrol(struct db *db, struct arena *a, i64 officer, i64 course, i64 now)
{
    struct learning_course_row c;
    struct enrolment e;
    bool found;
    TRY(learning_sql_course(db, a, course, S("en"), &c, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such course."));
    TRY(learning_enrolment(db, a, officer, course, &e));
    if (is_enrolled(&e)) return OK;
    if (e.modules == 0) return err_set(ERR_INVALID, N_("This course is taught elsewhere. Its page says by whom."));
    return learning_sql_enrol(db, officer, course, e.finished == e.modules ? ENROLMENT_STUDIED : ENROLMENT_OPEN, now, NULL);
}

err learning_leave(struct db *db, struct arena *a, i64 officer, i64 course, i64 now)
{
    struct enrolment e;
    TRY(learning_enrolment(db, a, officer, course, &e));
    if (e.state == ENROLMENT_COMPLETED) return err_set(ERR_INVALID, N_("You have passed this course, so there is nothing to leave."));
    if (!is_enrolled(&e)) return err_set(ERR_INVALID, N_("You are not enrolled in this course."));
    return learning_sql_set_state(db, officer, course, ENROLMENT_LEFT, now, NULL);
}

err learning_test_done(struct db *db, i64 officer, i64 course, bool passed, i64 now)
{
    struct arena scratch;
    struct enrolment e;
    if (!passed) return OK;
    arena_init(&scratch, 64 << 10);
    err answer = learning_enrolment(db, &scratch, officer, course, &e);
    arena_clear(&scratch);
    TRY(answer);
    if (e.state == ENROLMENT_COMPLETED || e.finished < e.modules) return OK;
    return learning_sql_set_state(db, officer, course, ENROLMENT_COMPLETED, now, NULL);
}

/* ---- modules ---- */

static i64 needed_ms(i64 minutes, i64 day)
{
    return (i64)((f64)(minutes * MINUTE_MS) * constant_value("module_share", day));
}

err learning_modules(struct db *db, struct arena *a, i64 officer, i64 course, i64 day, struct course_module_list *out)
{
    struct learning_modules_rows rows;
    TRY(learning_sql_modules(db, a, course, officer, &rows));
    out->row = ARENA_ARRAY(a, struct course_module, rows.count);
    out->count = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct learning_modules_row *r = &rows.row[i];
        out->row[i] = (struct course_module){.id = r->id, .course = course, .seq = r->seq, .minutes = r->minutes, .kind = r->kind, .title = r->title,
                                             .counted_ms = r->counted_ms, .needed_ms = needed_ms(r->minutes, day), .place = r->place,
                                             .finished = !r->finished_null};
    }
    return OK;
}

err learning_module(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 day, struct course_module *out)
{
    struct learning_module_row r;
    bool found;
    TRY(learning_sql_module(db, a, module, course, officer, &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("This course has no such module."));
    *out = (struct course_module){.id = module, .course = course, .seq = r.seq, .minutes = r.minutes, .kind = r.kind, .title = r.title, .body = r.body,
                                  .file = r.file, .language = r.language, .counted_ms = r.counted_ms, .needed_ms = needed_ms(r.minutes, day),
                                  .place = r.place, .finished = !r.finished_null};
    return OK;
}

/* ---- time ---- */

static err must_be_enrolled(struct db *db, struct arena *a, i64 officer, i64 course)
{
    struct enrolment e;
    TRY(learning_enrolment(db, a, officer, course, &e));
    return is_enrolled(&e) ? OK : err_set(ERR_DENIED, N_("Enrol in this course first."));
}

/* How long ago the officer's last beat was, on any module; -1 if there is none. */
static err since_last(struct db *db, struct arena *a, i64 officer, i64 now, i64 *ms)
{
    struct learning_last_beat_row last;
    TRY(learning_sql_last_beat(db, a, officer, &last));
    *ms = last.beat_null ? -1 : now > last.beat ? now - last.beat : 0;
    return OK;
}

err learning_open(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now)
{
    struct course_module m;
    struct learning_progress_row row;
    bool found;
    i64 since;
    TRY(must_be_enrolled(db, a, officer, course));
    TRY(learning_module(db, a, officer, course, module, day_of_ms(now), &m));
    TRY(learning_sql_set_last(db, officer, course, module, now, NULL));
    TRY(learning_sql_progress(db, a, officer, module, &row, &found));
    TRY(since_last(db, a, officer, now, &since));
    /* Loading the page again does not lose the time so far of a reader without script. */
    if (found && now - row.beat <= since && since < m.minutes * MINUTE_MS) return OK;
    return learning_sql_beat(db, officer, module, 0, now, NULL, NULL);
}

/* Credits the time since the last beat on any module, at most `most`, to a module that was opened before. */
static err credit(struct db *db, struct arena *a, i64 officer, i64 module, i64 most, const i64 *place, i64 now)
{
    struct learning_progress_row row;
    bool found;
    i64 since;
    TRY(learning_sql_progress(db, a, officer, module, &row, &found));
    TRY(since_last(db, a, officer, now, &since));
    i64 ms = !found || since < 0 ? 0 : since < most ? since : most;
    return learning_sql_beat(db, officer, module, ms, now, place, NULL);
}

err learning_beat(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, const i64 *place, i64 now, struct course_module *out)
{
    TRY(must_be_enrolled(db, a, officer, course));
    TRY(learning_module(db, a, officer, course, module, day_of_ms(now), out));
    TRY(credit(db, a, officer, module, BEAT_MOST_MS, place, now));
    return learning_module(db, a, officer, course, module, day_of_ms(now), out);
}

err learning_read(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now)
{
    struct course_module m;
    TRY(must_be_enrolled(db, a, officer, course));
    TRY(learning_module(db, a, officer, course, module, day_of_ms(now), &m));
    return credit(db, a, officer, module, m.minutes * MINUTE_MS, NULL, now);
}

/* The first that is not finished after this one, or else before it. */
static i64 next_open(const struct course_module_list *list, i64 module)
{
    i64 first = 0, after = 0;
    bool past = false;
    for (isize i = 0; i < list->count; i++) {
        const struct course_module *m = &list->row[i];
        if (m->id == module) past = true;
        else if (!m->finished && !first) first = m->id;
        if (m->id != module && past && !m->finished && !after) after = m->id;
    }
    return after ? after : first;
}

err learning_finish(struct db *db, struct arena *a, i64 officer, i64 course, i64 module, i64 now, i64 *next)
{
    struct course_module m;
    struct course_module_list list;
    struct enrolment e;
    TRY(must_be_enrolled(db, a, officer, course));
    TRY(learning_module(db, a, officer, course, module, day_of_ms(now), &m));
    if (!m.finished && m.counted_ms < m.needed_ms)
        return err_set(ERR_INVALID, N_("You have not spent enough time on this module yet. At least half of its stated length has to be counted while the page is open; your time so far is kept."));
    TRY(learning_sql_finish(db, officer, module, now, NULL));
    TRY(learning_enrolment(db, a, officer, course, &e));
    if (e.state == ENROLMENT_OPEN && e.finished == e.modules) TRY(learning_sql_set_state(db, officer, course, ENROLMENT_STUDIED, now, NULL));
    TRY(learning_modules(db, a, officer, course, day_of_ms(now), &list));
    *next = next_open(&list, module);
    return OK;
}
