/* competency_web.h -- what the pages of the competency hub are made from. Text here is in the reader's language. */
#ifndef IGOT_COMPETENCY_WEB_H
#define IGOT_COMPETENCY_WEB_H

#include "competency/competency.h"
#include "frac/frac.h"
#include "learning/learning.h"
#include "web/parts.h"
#include "web/web.h"

enum { REPORT_TEXT_MIN = 10, REPORT_TEXT_MAX = 2000, REPORT_DAYS = 14, CRITICAL_MAX = 5, REPORTS_PER_PAGE = 50, NOTICES_SHOWN = 20 };

/* ---- who, where ---- */
struct place {
    i64 officer, position, organisation, map;   /* map 0: none in force */
    str officer_name, grp, position_name, organisation_name;
    i64 roles, activities;
};
/* ERR_NOT_FOUND if the officer holds no position today. */
err place_of(struct request *rq, i64 officer, struct place *out) MUST_USE;

/* ---- hub ---- */
enum hub_order { ORDER_KIND, ORDER_MATTERS, ORDER_ROLE };

struct hub_row {
    struct gap gap;
    bool unknown, indicative;   /* no evidence; own word only */
    str kind, status;           /* words for programs: "functional"; "not_assessed", "indicative", "provisional", "confirmed" */
    f64 low, high;              /* 90 % interval, clamped to the scale */
    bool newest_null;
    i64 next_course;            /* the next best step: a course of Hub b */
    f64 next_gain;
    bool next_course_null;
    struct gap_part part;
};
struct hub_group { str title; isize *row; isize count; };    /* places in hub_view.row */
struct hub_view {
    struct place place;
    bool own, mapped;           /* mapped: the position has a map */
    i64 competencies, met, below, unknown;   /* unknown: no evidence, or own word only */
    i64 critical_open;          /* critical ones that are unknown or fading */
    str largest;                /* name of the largest gap; null if there is none */
    str measure_href, measure_name;
    i64 as_of;
    str base;                   /* "/competencies" */
    enum hub_order order;
    struct hub_row *row;
    isize count;
    struct hub_group *group;
    isize groups;
};

/* ---- one competency ---- */
struct class_line {             /* one class of evidence in the arithmetic */
    str title, limit_note;
    i64 n;
    f64 says;                   /* mean before the bias is taken off */
    f64 bias, mean, precision, limit, share, shift;
};
struct evidence_view {
    struct evidence_part part;
    i64 id, source, recorded_by;
    str class, kind, state;     /* words for programs */
    f64 level, variance;
    i64 learning_events;
};
struct history_view { i64 at, day, awarded; f64 mean, se, low, high; str status, note; f64 x, y, y_low, y_high; bool known; };
struct link_view { f64 x1, y1, x2, y2; };
struct competency_view {
    struct place place;
    bool own, needed;
    struct competency competency;
    str kind_title, base;       /* "/competencies" or "/officers/1/competencies" */
    i64 required;
    bool critical;
    struct track track;
    struct level_reading reading;
    str status, status_title;
    bool known, unknown, indicative, fading;
    f64 shortfall, mu0, lambda0, prior_share, award, confirm_se, birge;
    f64 chance, chance_next;    /* of the awarded level, and of the next */
    i64 next_level;             /* 0: level 5 is awarded */
    bool needs_independent;     /* level 3 and up take proctored or workplace evidence, and there is none */
    bool has_independent;
    i64 newest;
    bool newest_null;
    struct class_line *line;
    isize lines;
    struct evidence_view *evidence;
    isize evidence_count;
    struct history_view *history;
    isize history_count;
    struct link_view *link;
    isize links;
    struct map_line *why;
    isize why_count;
    struct next_step *step;
    isize steps;
    bool diagnostic, waits_for_bank;
    str supervisor;             /* null: none on record */
    str self_choice;            /* "3.5" */
    const char *self_error;
    str csrf;
};

/* ---- position, reports ---- */
struct report_line { i64 id, state, created, changed; str text, state_title, officer_name, position_name, organisation_name; i64 officer; };
struct position_view {
    struct place place;
    struct map_line *line;
    isize lines;
    i64 competencies, unreviewed;
    struct report_line *report;
    isize reports;
    str typed;
    const char *text_error;
};
/* Lines from `i` on that belong to the same activity of the same role. */
static inline i64 position_span(const struct position_view *v, isize i)
{
    isize n = i + 1;
    while (n < v->lines && v->line[n].role == v->line[i].role && str_eq(v->line[n].activity_name, v->line[i].activity_name)) n++;
    return n - i;
}
struct report_view {
    i64 id, officer, position, organisation, state, created, changed;
    str officer_name, position_name, organisation_name, text, state_title, answer, answered_name;
    struct step_list steps;
    bool own, may_answer;
    str answer_typed, state_typed;
    const char *answer_error, *state_error;
    bool stale;                 /* 409: somebody changed it first; both versions are shown */
    struct difference_list difference;
};
struct reports_view { struct pager pager; i64 total, page, pages; str state, csv; struct report_line *report; isize count; };
struct critical_line { i64 competency; str name; i64 level; bool critical; };
struct critical_view {
    i64 position;
    str name;
    struct critical_line *line;
    isize lines;
    const char *error;
};

/* ---- home ---- */
struct enrolment_line { i64 course, state, modules, done; str title; };
struct notice_line { i64 id, created; str kind, title, detail, link; bool seen; };
struct home_view {
    str name;
    struct place place;
    bool placed, mapped;
    i64 competencies, met, below, unknown;
    struct hub_row *now;        /* the gap to close first; NULL: none */
    struct next_step *step;     /* the course for it; NULL: none */
    str now_href;
    bool now_test;              /* it is to be measured, and there is a short test */
    struct enrolment_line *enrolment;
    isize enrolments;
    struct notice_line *notice;
    isize notices, notices_new;
    i64 notices_until;
    bool answers, records;
    i64 reports_waiting;
};

/* Shared by the files of the hub. */
err hub_rows(struct request *rq, const struct gap_list *gaps, const struct next_step_list *steps, bool own, str base, struct hub_row **out) MUST_USE;
str kind_title(struct request *rq, i64 kind);
str course_href(struct request *rq, i64 course);
const char *report_state_words(i64 state);
err diagnostic_known(struct request *rq, i64 competency, bool *has) MUST_USE;  /* cached a minute */
void count_gaps(const struct gap_list *gaps, i64 *met, i64 *below, i64 *unknown);
struct track track_of(i64 status, f64 mean, f64 se, i64 need, bool met, bool own);

extern const struct shape place_shape, competency_shape, hub_shape, position_shape, report_shape, reports_shape, critical_shape, home_shape;

err hub_own(struct request *rq);
err hub_officer(struct request *rq);
err competency_own(struct request *rq);
err competency_officer(struct request *rq);
err competency_self(struct request *rq);
err position_show(struct request *rq);
err position_report_post(struct request *rq);
err report_own(struct request *rq);
err reports_list(struct request *rq);
err reports_csv(struct request *rq);
err report_show(struct request *rq);
err report_answer_post(struct request *rq);
err critical_show(struct request *rq);
err critical_post(struct request *rq);
err home(struct request *rq);
err notices_seen(struct request *rq);

#endif
