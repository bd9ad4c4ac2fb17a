/* learning_web.h -- what the pages of the learning hub are made from. Text is in the reader's language already. */
#ifndef IGOT_LEARNING_WEB_H
#define IGOT_LEARNING_WEB_H

#include "learning/learning.h"
#include "web/web.h"

struct choice_view { i64 id; str code, name; bool chosen; };
struct choice_list { struct choice_view *row; isize count; };

struct course_row_view { i64 id, minutes, entry, exit, state; str title, summary, provider, competency, language, language_name; bool complete; };
struct yours_row_view { i64 id, minutes, state, modules, finished; str title, provider, language, language_name; };

struct learning_view {
    bool officer, tabs;            /* holds a position; shows her own lists */
    bool yours, done;              /* which list, if not the catalogue */
    str q, sort;
    struct choice_list competency, provider, language, level;
    bool filtered;
    struct course_row_view *course;
    isize courses;
    struct yours_row_view *own;
    isize owns;
    i64 open_count, done_count;
    struct next_step *step;
    isize steps;
    i64 total, page, pages;
    struct pager pager;
};

/* One competency that a course teaches, beside the reader's own level in it. */
struct teach_view {
    i64 competency, entry, exit, required;  /* required 0: her position does not need it */
    str name;
    bool reviewed, known, met;
    f64 mean, se, shortfall;                /* read if required */
};
struct module_row_view { i64 id, seq, minutes, counted_min; str kind, kind_name, title; bool finished, begun; };
struct course_view {
    i64 id, minutes, state, modules, finished, exit;
    str code, title, summary, provider, language, language_name, category, source_id;
    bool complete, officer, enrolled, test_open;
    struct teach_view *teach;
    isize teaches;
    struct module_row_view *module;
    isize module_count;
    i64 resume;                             /* module to go on with; 0: none */
    str resume_title;
};

struct player_view {
    i64 id, course, seq, modules, minutes, counted_s, needed_s, counted_min, needed_min, wait_min, place, previous, next, share_percent;
    str title, course_title, kind, language, media, captions, previous_title, next_title;
    struct safe_html body;
    bool finished, done;                    /* done: enough time has been counted */
    const char *error;
};

struct beat_view { i64 counted_s, needed_s; bool done; };

/* A language's own name: what its readers look for. */
str language_own_name(str code);
/* ERR_DENIED for accounts that are nobody's: programs and operators. */
err learning_officer(struct request *rq) MUST_USE;

/* player_web.c */
err learning_module_get(struct request *rq);
err learning_heartbeat_post(struct request *rq);
err learning_finish_post(struct request *rq);
err learning_media_get(struct request *rq);

#endif
