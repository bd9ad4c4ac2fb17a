/* competency_web.c -- one competency: what its levels mean, why it is required, every piece of evidence and the arithmetic of the estimate. */
#include "assessment/assessment.h"
#include "competency/home_web.h"
#include "competency_html.h"
#include "competency_sql.h"
#include "measure/measure.h"

enum { STEPS_SHOWN = 2, FROM_LEVEL_INDEPENDENT = 3 };

static const char *const class_code[CLASS_COUNT] = {"proctored", "workplace", "course", "self"};
static const char *const status_code[] = {"not_assessed", "indicative", "provisional", "confirmed"};
static const char *const status_words[] = {N_("Not yet known"), N_("By own word only"), N_("Provisional"), N_("Confirmed")};

/* ---- the arithmetic ---- */

static const char *class_title(int c, bool own)
{
    switch (c) {
    case CLASS_P: return N_("Proctored tests");
    case CLASS_W: return N_("Workplace assessments");
    case CLASS_C: return N_("Course tests and short tests, not proctored");
    default: return own ? N_("Your own word") : N_("Own word");
    }
}

static void class_lines(struct request *rq, const struct level_constants *k, const struct level_sums *sums, struct competency_view *v)
{
    const struct level_reading *r = &v->reading;
    v->line = ARENA_ARRAY(rq->arena, struct class_line, CLASS_COUNT);
    for (int c = 0; c < CLASS_COUNT; c++) {
        if (!sums->n[c]) continue;
        v->line[v->lines++] = (struct class_line){
            .title = tr(rq->lang, class_title(c, v->own)), .n = sums->n[c], .says = r->class_mean[c] + k->bias[c], .bias = k->bias[c], .mean = r->class_mean[c],
            .precision = r->precision[c], .limit = 1 / (k->b[c] * k->b[c]), .share = r->precision[c] / r->total_precision, .shift = r->shift[c]};
    }
}

static void read_reading(struct request *rq, const struct level_constants *k, const struct level_sums *sums, struct competency_view *v)
{
    const struct level_reading *r = &v->reading;
    v->unknown = r->status == LEVEL_NOT_ASSESSED;
    v->indicative = r->status == LEVEL_INDICATIVE;
    v->known = !v->unknown && !v->indicative;
    v->status = str_of(status_code[r->status]);
    v->status_title = tr(rq->lang, status_words[r->status]);
    v->mu0 = k->mu0;
    v->lambda0 = k->lambda0;
    v->prior_share = r->total_precision > 0 ? k->lambda0 / r->total_precision : 1;
    v->award = k->award;
    v->confirm_se = k->confirm_se;
    v->birge = r->se_plain > 0 ? r->se / r->se_plain : 1;
    v->has_independent = sums->n[CLASS_P] || sums->n[CLASS_W];
    v->needs_independent = v->required >= FROM_LEVEL_INDEPENDENT && !v->has_independent;
    v->next_level = r->awarded < 5 ? r->awarded + 1 : 0;
    v->chance = r->awarded ? normal_cdf((r->mean - r->awarded + .5) / r->se) : 1;
    v->chance_next = v->next_level ? normal_cdf((r->mean - (f64)v->next_level + .5) / r->se) : 0;
    v->shortfall = v->required && !v->unknown ? level_gap(r, (f64)v->required) : 0;
    v->track = track_of(r->status, r->mean, r->se, v->required, v->required && r->awarded >= v->required, v->own);
    class_lines(rq, k, sums, v);
}

/* ---- evidence ---- */

static const char *kind_words(str kind, bool own)
{
    if (str_eq(kind, S("course_test"))) return N_("Test at the end of a course");
    if (str_eq(kind, S("diagnostic"))) return N_("Short test");
    if (str_eq(kind, S("proctored"))) return N_("Proctored test");
    if (str_eq(kind, S("workplace"))) return N_("Workplace assessment");
    if (str_eq(kind, S("self"))) return own ? N_("Your own word") : N_("Own word");
    return N_("Simulated, for this demonstration");
}

static const char *class_words(i64 class)
{
    static const char *const words[CLASS_COUNT] = {N_("proctored"), N_("at the workplace"), N_("not proctored"), N_("own word")};
    return words[class];
}

static const char *state_words(const struct evidence_line *e, bool fading)
{
    switch (e->state) {
    case EVIDENCE_REPLACED: return N_("Replaced by a later one");
    case EVIDENCE_WITHDRAWN: return N_("Withdrawn");
    case EVIDENCE_PRACTICE: return N_("Practice: does not count");
    default: return fading ? N_("Counting, fading with age") : N_("Counting");
    }
}

static str by_words(struct request *rq, const struct evidence_line *e, bool own)
{
    const char *class = class_words(e->class);
    if (e->class == CLASS_S) return tr(rq->lang, own ? N_("by you; counts least and never confirms a level") : N_("by the officer; counts least and never confirms a level"));
    if (e->recorded_by_name.data)
        return tr_format(rq->arena, rq->lang, N_("{1}, recorded by {2}"), (struct fmt[]){FMT(tr(rq->lang, class)), FMT(e->recorded_by_name)}, 2);
    return tr_format(rq->arena, rq->lang, N_("{1}, recorded by the platform"), (struct fmt[]){FMT(tr(rq->lang, class))}, 1);
}

/* Both the piece and its class age by the same factor, so the piece's part of its class is the ratio of the stored integers. */
static f64 share_of(const struct evidence_line *e, const struct level_sums *sums, const struct level_reading *r)
{
    if (e->state != EVIDENCE_COUNTING || sums->a[e->class] <= 0 || r->total_precision <= 0) return -1;
    return (f64)e->weight / (f64)sums->a[e->class] * r->precision[e->class] / r->total_precision;
}

static void fill_evidence(struct request *rq, const struct level_constants *k, const struct level_sums *sums, const struct evidence_line *e, struct competency_view *v,
                          struct evidence_view *to)
{
    static const char *const state[] = {"", "counting", "replaced", "withdrawn", "practice"};
    bool counts = e->state == EVIDENCE_COUNTING, fading = counts && rq->today - e->day > k->half_life[e->class];
    *to = (struct evidence_view){.id = e->id, .source = e->source, .recorded_by = e->recorded_by, .class = str_of(class_code[e->class]), .kind = e->kind,
                                 .state = str_of(state[e->state]), .level = (f64)e->level_milli / 1000, .variance = e->variance, .learning_events = e->nle};
    struct evidence_part *p = &to->part;
    *p = (struct evidence_part){.title = tr(rq->lang, kind_words(e->kind, v->own)), .day = e->day, .by = by_words(rq, e, v->own), .faded = !counts,
                                .share = share_of(e, sums, &v->reading), .note = e->note};
    if (e->source && str_eq(e->kind, S("course_test"))) p->href = course_href(rq, e->source);
    f64 se = sqrt(e->variance);
    p->says = tr_format(rq->arena, rq->lang, N_("Says about {1}, give or take {2}."), (struct fmt[]){FMT(dec1(to->level)), FMT(dec1(se))}, 2);
    str standing = tr(rq->lang, state_words(e, fading));
    if (counts) p->standing = standing;
    else p->gone = standing;
}

static err fill_all_evidence(struct request *rq, const struct level_constants *k, const struct level_sums *sums, struct competency_view *v)
{
    struct evidence_line_list list;
    TRY(evidence_of(rq->db, rq->arena, v->place.officer, v->competency.id, &list));
    v->evidence = ARENA_ARRAY(rq->arena, struct evidence_view, list.count);
    v->evidence_count = list.count;
    v->newest_null = true;
    for (isize i = 0; i < list.count; i++) {
        const struct evidence_line *e = &list.row[i];
        fill_evidence(rq, k, sums, e, v, &v->evidence[i]);
        if (e->state == EVIDENCE_COUNTING && (v->newest_null || e->day > v->newest)) {
            v->newest = e->day;
            v->newest_null = false;
        }
    }
    return OK;
}

/* ---- history: a line over time, the same rows as the table ---- */

static f64 chart_y(f64 level)
{
    return floor((5.5 - level_shown(level)) * 200 + .5) / 10;
}

static void draw_history(struct request *rq, struct competency_view *v)
{
    const f64 z90 = 1.6448536269514722;
    isize n = v->history_count;
    i64 first = n ? v->history[0].day : 0, span = rq->today - first;
    const struct history_view *before = NULL;
    v->link = ARENA_ARRAY(rq->arena, struct link_view, n);
    for (isize i = 0; i < n; i++) {
        struct history_view *h = &v->history[i];
        h->low = level_shown(h->mean - z90 * h->se);
        h->high = level_shown(h->mean + z90 * h->se);
        h->x = span > 0 ? floor(4 + 92 * (f64)(h->day - first) / (f64)span) : 50;
        h->y = chart_y(h->mean);
        h->y_low = chart_y(h->low);
        h->y_high = chart_y(h->high);
        if (before && h->known && before->known) v->link[v->links++] = (struct link_view){before->x, before->y, h->x, h->y};
        before = h;
    }
}

static err fill_history(struct request *rq, struct competency_view *v)
{
    struct level_point_list list;
    TRY(competency_history(rq->db, rq->arena, v->place.officer, v->competency.id, &list));
    v->history = ARENA_ARRAY(rq->arena, struct history_view, list.count);
    v->history_count = list.count;
    for (isize i = 0; i < list.count; i++) {
        const struct level_point *p = &list.row[i];
        v->history[i] = (struct history_view){.at = p->at, .day = p->day, .awarded = p->awarded, .mean = (f64)p->mean_milli / 1000, .se = (f64)p->se_milli / 1000,
                                              .status = str_of(status_code[p->status]), .note = tr(rq->lang, status_words[p->status]),
                                              .known = p->status != LEVEL_NOT_ASSESSED};
    }
    draw_history(rq, v);
    return OK;
}

/* ---- why it is required, and what comes next ---- */

/* The activity that asks most stands first. */
static int by_level(const void *x, const void *y)
{
    const struct map_line *a = x, *b = y;
    if (a->level != b->level) return a->level > b->level ? -1 : 1;
    int c = str_cmp(a->role_name, b->role_name);
    return c ? c : str_cmp(a->activity_name, b->activity_name);
}

static err fill_need(struct request *rq, struct competency_view *v)
{
    struct map_line_list lines = {0};
    if (v->place.map) TRY(frac_map_lines(rq->db, rq->arena, rq->lang, v->place.map, v->competency.id, &lines));
    v->why = lines.row;
    v->why_count = lines.count;
    for (isize i = 0; i < lines.count; i++) {
        if (lines.row[i].level > v->required) v->required = lines.row[i].level;
        v->critical |= lines.row[i].critical;
    }
    v->needed = v->required > 0;
    if (lines.count) qsort(lines.row, (size_t)lines.count, sizeof *lines.row, by_level);
    return OK;
}

static err fill_steps(struct request *rq, struct competency_view *v)
{
    struct gap gap = {.competency = v->competency.id, .kind = v->competency.kind, .required = v->required, .name = v->competency.name, .critical = v->critical,
                      .status = v->reading.status, .mean = v->reading.mean, .se = v->reading.se, .shortfall = v->shortfall, .awarded = v->reading.awarded,
                      .met = v->track.met, .newest = v->newest, .weight = constant_value(v->critical ? "weight_critical" : "weight_other", rq->today)};
    struct gap_list one = {&gap, 1};
    struct next_step_list steps = {0};
    if (v->needed && !v->track.met) TRY(learning_for_gaps(rq->db, rq->arena, rq->lang, &one, STEPS_SHOWN, &steps));
    v->step = steps.row;
    v->steps = steps.count;
    TRY(diagnostic_known(rq, v->competency.id, &v->diagnostic));
    struct competency_supervisor_name_row row;
    bool found;
    TRY(competency_sql_supervisor_name(rq->db, rq->arena, v->place.officer, rq->today, &row, &found));
    if (found) v->supervisor = row.name;
    return OK;
}

static err show_competency(struct request *rq, i64 officer, i64 competency, bool own, str base)
{
    struct competency_view v = {.own = own, .base = base, .csrf = str_of(rq->user.csrf), .self_error = form_error_of(rq, "level")};
    struct level_sums sums;
    struct level_constants k = constants_level(rq->today);
    if (rq->route->method == POST) v.self_choice = in_raw(rq, "level");
    TRY(place_of(rq, officer, &v.place));
    TRY(frac_competency(rq->db, rq->arena, rq->lang, competency, &v.competency));
    v.kind_title = kind_title(rq, v.competency.kind);
    TRY(fill_need(rq, &v));
    TRY(competency_level(rq->db, rq->arena, officer, competency, rq->today, &v.reading, &sums));
    read_reading(rq, &k, &sums, &v);
    TRY(fill_all_evidence(rq, &k, &sums, &v));
    TRY(fill_history(rq, &v));
    if (own) TRY(fill_steps(rq, &v));
    return RESPOND(rq, v.competency.name, competency_page, &v);
}

static err need_officer(struct request *rq)
{
    if (rq->user.officer) return OK;
    return err_set(ERR_NOT_FOUND, N_("Your account holds no position, so no competencies are required of you."));
}

err competency_own(struct request *rq)
{
    TRY(need_officer(rq));
    return show_competency(rq, rq->user.officer, rq->param[0], true, S("/competencies"));
}

err competency_officer(struct request *rq)
{
    str base = str_format(rq->arena, "/officers/%lld/competencies", (long long)rq->param[0]);
    return show_competency(rq, rq->param[0], rq->param[1], false, base);
}

/* ---- one's own word ---- */

static err withdraw_old_word(struct request *rq, i64 competency)
{
    struct evidence_line_list list;
    TRY(evidence_of(rq->db, rq->arena, rq->user.officer, competency, &list));
    for (isize i = 0; i < list.count; i++) {
        const struct evidence_line *e = &list.row[i];
        if (e->class == CLASS_S && e->state == EVIDENCE_COUNTING)
            TRY(competency_withdraw(rq->db, rq->arena, rq->user.officer, e->id, EVIDENCE_REPLACED, rq->now));
    }
    return OK;
}

err competency_self(struct request *rq)
{
    TRY(need_officer(rq));
    if (form_bad(rq)) return competency_own(rq);
    struct competency c;
    f64 level;
    i64 id;
    TRY(frac_competency(rq->db, rq->arena, rq->lang, rq->param[0], &c));
    if (!str_to_f64(in_str(rq, "level"), &level)) return err_set(ERR_INVALID, N_("Choose the level that describes you best."));
    TRY(withdraw_old_word(rq, c.id));
    struct evidence_new n = {.officer = rq->user.officer, .competency = c.id, .class = CLASS_S, .kind = S("self"), .y = level,
                             .variance = constant_value("s2_self", rq->today), .day = rq->today, .recorded_by = rq->user.account};
    TRY(competency_record(rq->db, rq->arena, &n, rq->now, &id));
    flash(rq, N_("Your own word is noted. It counts least, and is shown as such."));
    return respond_redirect(rq, "/competencies/%lld", (long long)c.id);
}

/* ---- JSON ---- */

#define INNER(name, type, st, member) {name, type, offsetof(struct st, member), SIZE_MAX, NULL, 0}
#define INNER_NULL(name, type, st, member, null) {name, type, offsetof(struct st, member), offsetof(struct st, null), NULL, 0}
#define LISTED(name, st, member, count, shape) {name, SHAPE_LIST, offsetof(struct st, member), SIZE_MAX, shape, offsetof(struct st, count)}

static const struct shape_field class_fields[] = {
    FIELD(SHAPE_STR, class_line, title), FIELD(SHAPE_I64, class_line, n), FIELD(SHAPE_F64, class_line, says), FIELD(SHAPE_F64, class_line, bias),
    FIELD(SHAPE_F64, class_line, mean), FIELD(SHAPE_F64, class_line, precision), FIELD(SHAPE_F64, class_line, limit), FIELD(SHAPE_F64, class_line, share),
    FIELD(SHAPE_F64, class_line, shift), FIELD_END};
static const struct shape class_shape = {"EvidenceClass", sizeof(struct class_line), class_fields};

static const struct shape_field evidence_fields[] = {
    FIELD(SHAPE_ID, evidence_view, id), FIELD(SHAPE_STR, evidence_view, class), FIELD(SHAPE_STR, evidence_view, kind), FIELD(SHAPE_STR, evidence_view, state),
    FIELD(SHAPE_F64, evidence_view, level), FIELD(SHAPE_F64, evidence_view, variance), INNER("day", SHAPE_DAY, evidence_view, part.day),
    INNER("by", SHAPE_STR, evidence_view, part.by), FIELD(SHAPE_I64, evidence_view, learning_events), FIELD(SHAPE_ID, evidence_view, source),
    INNER("share", SHAPE_F64, evidence_view, part.share), INNER("note", SHAPE_STR, evidence_view, part.note), FIELD_END};
static const struct shape evidence_shape = {"Evidence", sizeof(struct evidence_view), evidence_fields};

static const struct shape_field history_fields[] = {
    FIELD(SHAPE_TIME, history_view, at), FIELD(SHAPE_DAY, history_view, day), FIELD(SHAPE_F64, history_view, mean), FIELD(SHAPE_F64, history_view, se),
    FIELD(SHAPE_I64, history_view, awarded), FIELD(SHAPE_STR, history_view, status), FIELD_END};
static const struct shape history_shape = {"LevelPoint", sizeof(struct history_view), history_fields};

static const struct shape_field why_fields[] = {
    FIELD(SHAPE_ID, map_line, role), FIELD(SHAPE_STR, map_line, role_name), FIELD(SHAPE_ID, map_line, activity), FIELD(SHAPE_STR, map_line, activity_name),
    FIELD(SHAPE_I64, map_line, level), FIELD(SHAPE_BOOL, map_line, reviewed), FIELD_END};
static const struct shape why_shape = {"Need", sizeof(struct map_line), why_fields};

static const struct shape_field step_fields[] = {
    FIELD(SHAPE_ID, next_step, course), FIELD(SHAPE_STR, next_step, title), FIELD(SHAPE_I64, next_step, minutes), FIELD(SHAPE_F64, next_step, gain),
    FIELD(SHAPE_F64, next_step, effect), FIELD(SHAPE_F64, next_step, effect_se), FIELD(SHAPE_BOOL, next_step, measured), FIELD_END};
static const struct shape step_shape = {"NextStep", sizeof(struct next_step), step_fields};

static const struct shape_field competency_fields[] = {
    INNER("officer", SHAPE_ID, competency_view, place.officer), INNER("competency", SHAPE_ID, competency_view, competency.id),
    INNER("code", SHAPE_STR, competency_view, competency.code), INNER("name", SHAPE_STR, competency_view, competency.name),
    INNER("definition", SHAPE_STR, competency_view, competency.definition), INNER("level_1", SHAPE_STR, competency_view, competency.level_text[0]),
    INNER("level_2", SHAPE_STR, competency_view, competency.level_text[1]), INNER("level_3", SHAPE_STR, competency_view, competency.level_text[2]),
    INNER("level_4", SHAPE_STR, competency_view, competency.level_text[3]), INNER("level_5", SHAPE_STR, competency_view, competency.level_text[4]),
    FIELD(SHAPE_I64, competency_view, required), FIELD(SHAPE_BOOL, competency_view, critical), FIELD(SHAPE_STR, competency_view, status),
    INNER_NULL("mean", SHAPE_F64, competency_view, reading.mean, unknown), INNER_NULL("se", SHAPE_F64, competency_view, reading.se, unknown),
    INNER_NULL("low", SHAPE_F64, competency_view, track.low, unknown), INNER_NULL("high", SHAPE_F64, competency_view, track.high, unknown),
    INNER_NULL("awarded", SHAPE_INT, competency_view, reading.awarded, unknown), INNER_NULL("shortfall", SHAPE_F64, competency_view, shortfall, unknown),
    INNER("met", SHAPE_BOOL, competency_view, track.met), INNER("disagree", SHAPE_BOOL, competency_view, reading.disagree),
    FIELD(SHAPE_F64, competency_view, mu0), FIELD(SHAPE_F64, competency_view, lambda0), INNER("total_precision", SHAPE_F64, competency_view, reading.total_precision),
    INNER("se_plain", SHAPE_F64, competency_view, reading.se_plain), FIELD(SHAPE_F64, competency_view, chance), FIELD(SHAPE_F64, competency_view, chance_next),
    LISTED("classes", competency_view, line, lines, &class_shape), LISTED("evidence", competency_view, evidence, evidence_count, &evidence_shape),
    LISTED("history", competency_view, history, history_count, &history_shape), LISTED("why", competency_view, why, why_count, &why_shape),
    LISTED("next", competency_view, step, steps, &step_shape), FIELD(SHAPE_BOOL, competency_view, diagnostic), FIELD_END};
const struct shape competency_shape = {"Competency", sizeof(struct competency_view), competency_fields};

/* ---- routes ---- */

#define INPUT_CSRF {"csrf", IN_LINE, false, 0, 64, NULL, NULL}

static const struct input csrf_input[] = {INPUT_CSRF, {"until", IN_ID, true, 0, 0, NULL, N_("Go back to the first page and try again.")}, INPUT_END};
static const struct input order_input[] = {{"order", IN_CHOICE, false, 0, 0, "kind|matters|role", N_("The order is kind, matters or role.")}, INPUT_END};
static const struct input self_input[] = {
    INPUT_CSRF, {"level", IN_CHOICE, true, 0, 0, "1|1.5|2|2.5|3|3.5|4|4.5|5", N_("Choose the level that describes you best.")}, INPUT_END};
static const struct input wrong_input[] = {
    INPUT_CSRF, {"text", IN_TEXT, true, REPORT_TEXT_MIN, REPORT_TEXT_MAX, NULL, N_("Say in 10 to 2,000 characters what is wrong.")}, INPUT_END};
static const struct input answer_input[] = {
    INPUT_CSRF, {"changed", IN_I64, true, 0, INT64_MAX, NULL, N_("Open the report again before you answer it.")},
    {"state", IN_CHOICE, true, 0, 0, "looking|accepted|declined", N_("Choose a state.")},
    {"answer", IN_TEXT, true, REPORT_TEXT_MIN, REPORT_TEXT_MAX, NULL, N_("Answer the officer in 10 to 2,000 characters.")}, INPUT_END};
static const struct input reports_input[] = {
    {"page", IN_LINE, false, 0, 20, NULL, NULL}, {"format", IN_CHOICE, false, 0, 0, "csv|xlsx", N_("The format is csv or xlsx.")},
    {"state", IN_CHOICE, false, 0, 0, "open|looking|accepted|declined|all", N_("Choose a state.")}, INPUT_END};
static const struct input critical_input[] = {INPUT_CSRF, {"competency", IN_ID, false, 0, 0, NULL, N_("Choose from the list.")}, INPUT_END};

extern const struct route competency_routes[];
const struct route competency_routes[] = {
    {INLINE, GET, "/", PUBLIC, landing, NULL, &about_shape, "What this is; for those signed in, their home."},
    {READ, GET, "/home", SIGNED_IN, home, NULL, &home_shape, "The one next step, what waits, notices."},
    {WRITE, POST, "/notices/seen", SIGNED_IN, notices_seen, csrf_input, NULL, "Mark notices as seen, up to an id."},
    {INLINE, GET, "/more", PUBLIC, more, NULL, &more_shape, "All places, for small screens."},
    {INLINE, GET, "/about", PUBLIC, about, NULL, &about_shape, "Version, licence, where the data come from."},
    {INLINE, GET, "/styleguide", PUBLIC, styleguide, NULL, &about_shape, "One example of each part of the pages."},
    {INLINE, GET, "/competencies", "competency.own", hub_own, order_input, &hub_shape, "What one's position needs beside what the evidence says."},
    {READ, GET, "/competencies/:competency", "competency.own", competency_own, NULL, &competency_shape, "One competency: levels, why it is required, evidence, arithmetic."},
    {WRITE, POST, "/competencies/:competency/self", "competency.own", competency_self, self_input, NULL, "One's own word on a level; replaces the former."},
    {READ, GET, "/officers/:officer/competencies", "competency.read", hub_officer, order_input, &hub_shape, "The same for an officer within reach."},
    {READ, GET, "/officers/:officer/competencies/:competency", "competency.read", competency_officer, NULL, &competency_shape, "One competency of an officer within reach."},
    {READ, GET, "/position", "competency.own", position_show, NULL, &position_shape, "One's position: roles, activities, competencies with levels."},
    {WRITE, POST, "/position/report", "report.own", position_report_post, wrong_input, NULL, "My position is wrong."},
    {READ, GET, "/position/reports/:report", "report.own", report_own, NULL, &report_shape, "A report of one's own and where it stands."},
    {READ, GET, "/reports", "report.answer", reports_list, reports_input, &reports_shape, "Reports on positions within reach."},
    {LONG, GET, "/reports/export", "report.answer", reports_csv, reports_input, NULL, "The same as a file."},
    {READ, GET, "/reports/:report", "report.answer", report_show, NULL, &report_shape, "A report on a position."},
    {WRITE, POST, "/reports/:report", "report.answer", report_answer_post, answer_input, &report_shape, "Answer it; 409 with both versions if it changed meanwhile."},
    {READ, GET, "/positions/:position/critical", "framework.critical", critical_show, NULL, &critical_shape, "Which competencies of a position are critical."},
    {WRITE, POST, "/positions/:position/critical", "framework.critical", critical_post, critical_input, NULL, "Mark up to five."},
    ROUTE_END,
};
