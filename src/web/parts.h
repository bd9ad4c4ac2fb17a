/* parts.h -- our own parts of a page (LOOK.md), one template each in web_parts.html, an example of each at /styleguide.
**
** A template file that uses them begins with %include "web/parts.h" and %include "web_html.h". Text (`str`) is in the reader's language already;
** a null str leaves its place out. */
#ifndef IGOT_PARTS_H
#define IGOT_PARTS_H

#include "web/html.h"

/* ---- level track: the five bands, what is needed, what the evidence says with its 90 % interval; level_track draws, level_said says the same ---- */
enum track_state { TRACK_UNKNOWN, TRACK_INDICATIVE /* by her own word only */, TRACK_KNOWN };
struct track {
    enum track_state state;
    i64 need;             /* 1..5; 0: nothing is required */
    f64 mean, low, high;  /* levels; not read if unknown */
    bool met;
    bool own;             /* the reader's own level: "you say" */
};
f64 track_x(f64 level);                       /* per cent of the width; clamped to 0.5 .. 5.5 */
f64 level_shown(f64 level);                   /* the same clamp, for words beside it */
const char *track_class(const struct track *t);
const char *track_anchor(f64 x);

/* ---- gap row ---- */
struct gap_part {
    str href, name;
    struct track track;
    f64 shortfall;        /* levels below */
    bool critical, disagree, fading;
    i64 newest;           /* day; -1: no evidence */
    f64 trend;
    i64 trend_since;
    bool trend_null;
    str next_href, next_label, next_note;
};

/* ---- figure with interval, inside <dl class="figures"> ---- */
struct figure_part {
    str label;
    struct fmt value, low, high;
    bool interval;        /* low and high are shown */
    bool few;             /* suppressed: "fewer than 10 people" instead of a value */
    str after, note;      /* "of 1,702"; a quiet line below */
};
/* Dots and whiskers, drawn from the rows of the table that stands below it. x in per cent of the axis. */
struct chart_row { str label; f64 x, low, high; bool few; };
struct chart { str caption; const struct chart_row *row; isize count; f64 mean; bool mean_null; const struct fmt *axis; /* five */ };

/* ---- evidence line ---- */
struct evidence_part {
    str title, href;      /* href null: no link */
    str says, by, standing, note;
    i64 day;
    bool faded;           /* no longer counts, or hardly */
    f64 share;            /* of the level, 0..1; below 0: does not count, and `gone` says so */
    str gone;
};

/* ---- steps of a workflow ---- */
enum step_state { STEP_DONE, STEP_NOW, STEP_LATER };
struct step { enum step_state state; str title, text, soft; str due; /* a line with the tag "Act now" */ };
struct step_list { const struct step *row; isize count; };

/* ---- difference of two versions: what both share stands as it is ---- */
struct difference { str label, same_before, old_part, new_part, same_after; };
struct difference_list { const struct difference *row; isize count; str old_title, new_title; };
void difference_of(str label, str old_text, str new_text, struct difference *out);

/* ---- fields: field_begin, the input with id `id`, field_end. What describes the input: aria-describedby="{{ field_about(a, f) }}" ---- */
struct field { const char *id; str label, hint; const char *error; /* msgid or NULL */ };
str field_about(struct arena *a, const struct field *f);
const char *field_class(const struct field *f);

#endif
