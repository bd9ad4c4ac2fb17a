/* styleguide.c -- one example of each part, made as the pages make them. */
#include "competency/home_web.h"

static str say(struct html *o, const char *msgid)
{
    return tr(o->lang, msgid);
}

static struct track track(enum track_state state, i64 need, f64 mean, f64 low, f64 high, bool met)
{
    return (struct track){.state = state, .need = need, .mean = mean, .low = low, .high = high, .met = met, .own = true};
}

static void levels(struct html *o, struct styleguide *s)
{
    i64 day = day_from_civil(2026, 8, 12);
    s->track[0] = track(TRACK_KNOWN, 4, 3.2, 2.2, 4.1, false);
    s->track[1] = track(TRACK_KNOWN, 3, 3.9, 3.3, 4.5, true);
    s->track[2] = track(TRACK_INDICATIVE, 3, 2.5, .9, 4.1, false);
    s->track[3] = track(TRACK_UNKNOWN, 5, 0, 0, 0, false);
    s->track[4] = track(TRACK_KNOWN, 1, 5.2, 4.6, 5.9, true);
    s->gap[0] = (struct gap_part){.href = S("#gap"), .name = say(o, N_("Noting and drafting")), .track = s->track[0], .shortfall = .8, .newest = day, .trend = .3,
                                  .trend_since = day, .critical = true, .next_href = S("#gap"), .next_label = say(o, N_("Noting that decides")),
                                  .next_note = tr_format(o->arena, o->lang, N_("{1}, closes about {2}"), (struct fmt[]){duration(300), dec1(.2)}, 2)};
    s->gap[1] = (struct gap_part){.href = S("#gap"), .name = say(o, N_("Social audit")), .track = s->track[3], .newest = -1, .trend_null = true,
                                  .next_href = S("#gap"), .next_label = say(o, N_("Take the short test"))};
}

static void evidence(struct html *o, struct styleguide *s)
{
    i64 day = day_from_civil(2026, 8, 12);
    s->evidence[0] = (struct evidence_part){.title = say(o, N_("Test at the end of a course")), .href = S("#evidence"), .day = day, .share = .33,
                                            .says = tr_format(o->arena, o->lang, N_("Says about {1}, give or take {2}."), (struct fmt[]){dec1(3.6), dec1(.4)}, 2),
                                            .by = say(o, N_("not proctored")), .standing = say(o, N_("Counting"))};
    s->evidence[1] = (struct evidence_part){.title = say(o, N_("Test at the end of a course")), .day = day - 1200, .share = -1, .faded = true,
                                            .gone = say(o, N_("Replaced by a later one"))};
    i64 at = ms_of_day(day);
    s->step[0] = (struct step){.state = STEP_DONE, .title = say(o, N_("Sent by you")), .soft = fmt_text(o->arena, o->lang, when(at))};
    s->step[1] = (struct step){.state = STEP_NOW, .title = say(o, N_("Being looked at")), .due = tr_format(o->arena, o->lang, N_("It was expected by {1}."), (struct fmt[]){day_text(day + 14)}, 1)};
    s->step[2] = (struct step){.state = STEP_LATER, .title = say(o, N_("Answered"))};
    difference_of(say(o, N_("Level 4")), say(o, N_("Brings a contested matter to a decision: weighs views of Finance and others.")),
                  say(o, N_("Brings a contested matter to a decision: weighs views of Finance and Law.")), &s->difference);
}

static void figures(struct html *o, struct styleguide *s)
{
    s->figure[0] = (struct figure_part){.label = say(o, N_("Share met")), .value = pct(.57), .low = dec(53, 0), .high = dec(61, 0), .interval = true};
    s->figure[1] = (struct figure_part){.label = say(o, N_("Mean gap, in levels")), .value = dec(.65, 2), .low = dec(.58, 2), .high = dec(.72, 2), .interval = true};
    s->figure[2] = (struct figure_part){.label = say(o, N_("Mean gap, in levels")), .few = true};
    s->chart[0] = (struct chart_row){tr_format(o->arena, o->lang, N_("Group {1}"), (struct fmt[]){lit("A")}, 1), 61, 52, 70, false};
    s->chart[1] = (struct chart_row){tr_format(o->arena, o->lang, N_("Group {1}"), (struct fmt[]){lit("B")}, 1), 49, 41, 57, false};
    s->chart[2] = (struct chart_row){tr_format(o->arena, o->lang, N_("Group {1}"), (struct fmt[]){lit("C")}, 1), 0, 0, 0, true};
    for (int i = 0; i < 5; i++) s->axis[i] = num(25 * i);
}

struct styleguide *styleguide_examples(struct html *o)
{
    struct styleguide *s = ARENA_ARRAY(o->arena, struct styleguide, 1);
    levels(o, s);
    evidence(o, s);
    figures(o, s);
    return s;
}
