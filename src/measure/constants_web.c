/* constants_web.c -- the constants of the methods: what is in force, why, since when, what comes; and the Commission's change of one. */
#include "measure/measure_web.h"

#include "measure_html.h"
#include "measure_sql.h"
#include "measure_web_sql.h"

/* ---- words ---- */

static const char *const titles[][2] = {
    {"mu0", N_("Where an estimate starts")},
    {"lambda0", N_("Weight of the start")},
    {"b_p", N_("Error that proctored tests share")},
    {"b_w", N_("Error that workplace ratings share")},
    {"b_c", N_("Error that course tests share")},
    {"b_s", N_("Error that self-assessments share")},
    {"bias_c", N_("Course tests read too high by")},
    {"bias_s", N_("Self-assessments read too high by")},
    {"half_life_p", N_("Half-life of a proctored test")},
    {"half_life_w", N_("Half-life of a workplace rating")},
    {"half_life_c", N_("Half-life of a course test")},
    {"half_life_s", N_("Half-life of a self-assessment")},
    {"award", N_("A level is awarded when its chance is at least")},
    {"contradiction_p", N_("Sources disagree when chance explains less than")},
    {"confirm_se", N_("A level is confirmed when its error is at most")},
    {"quiz_rp", N_("Share of right answers at which a question shows its level")},
    {"quiz_retake", N_("What a further attempt adds to the error")},
    {"quiz_unseen", N_("Unseen questions that a further attempt needs")},
    {"s2_supervisor", N_("Error of a supervisor’s rating")},
    {"s2_peer", N_("Error of a colleague’s rating")},
    {"s2_subordinate", N_("Error of a subordinate’s rating")},
    {"s2_self", N_("Error of a self-assessment")},
    {"severity_k", N_("Ratings after which half of a rater’s severity is corrected")},
    {"severity_clip", N_("Farthest that a rating may lie from the middle one")},
    {"kappa", N_("Weight of ratings that look arranged")},
    {"raters_min", N_("Fewest raters of one group")},
    {"survey_min", N_("Fewest answers of a survey")},
    {"effect_unmeasured", N_("Effect of a course not yet measured")},
    {"effect_unmeasured_var", N_("Uncertainty of that effect")},
    {"hours_fixed", N_("Time that any course costs beside its own")},
    {"fit_width", N_("How far a course may lie from the level")},
    {"explore_share", N_("Places for courses not yet measured")},
    {"weight_critical", N_("Weight of a critical competency")},
    {"weight_other", N_("Weight of any other competency")},
    {"module_share", N_("Least time spent on a module")},
    {"learning_event_gap", N_("Days between learning events that count")},
    {"publish_min", N_("Fewest people behind a published figure")},
};

static const char *const units[] = {
    N_("level"),
    N_("levels"),
    N_("levels squared"),
    N_("per level squared"),
    N_("days"),
    N_("hours"),
    N_("probability"),
    N_("weight"),
    N_("officers"),
    N_("raters"),
    N_("ratings"),
    N_("answers"),
    N_("share of items"),
    N_("share of places"),
    N_("share of the stated time"),
    N_("share of the variance, per further attempt"),
};

static str title_of(enum lang lang, str name)
{
    for (isize i = 0; i < COUNT_OF(titles); i++)
        if (str_eq(name, str_of(titles[i][0]))) return tr(lang, titles[i][1]);
    return name;
}

static str unit_of(enum lang lang, str unit)
{
    for (isize i = 0; i < COUNT_OF(units); i++)
        if (str_eq(unit, str_of(units[i]))) return tr(lang, units[i]);
    return unit;
}

static str basis_of(enum lang lang, str basis)
{
    if (str_eq(basis, S("E"))) return tr(lang, N_("Research literature"));
    if (str_eq(basis, S("S"))) return tr(lang, N_("Simulation"));
    if (str_eq(basis, S("P"))) return tr(lang, N_("Policy"));
    return basis;
}

static str number_words(struct arena *a, f64 value)
{
    return str_format(a, "%.10g", value);
}

/* What will be different, in words. */
static const char *effect_of(str name)
{
    static const char *const level[] = {"mu0", "lambda0", "b_", "bias_", "half_life_", "award", "contradiction_p", "confirm_se"};
    static const char *const evidence[] = {"quiz_", "s2_", "severity_", "kappa", "raters_min"};
    static const char *const courses[] = {"effect_", "hours_fixed", "fit_width", "explore_share", "weight_"};
    for (isize i = 0; i < COUNT_OF(level); i++)
        if (str_starts(name, str_of(level[i])))
            return N_("From {1} every level is read with {2} in place of {3}. Levels read before that day keep {3}.");
    for (isize i = 0; i < COUNT_OF(evidence); i++)
        if (str_starts(name, str_of(evidence[i])))
            return N_("From {1} new evidence is weighed with {2} in place of {3}. What was weighed before keeps {3}.");
    for (isize i = 0; i < COUNT_OF(courses); i++)
        if (str_starts(name, str_of(courses[i]))) return N_("From {1} courses are recommended with {2} in place of {3}.");
    return N_("From {1} the value {2} is used in place of {3}.");
}

/* ---- from rows to views ---- */

static struct constant_version version_of(struct request *rq, const struct measure_web_constant_row *r)
{
    struct constant_version v = {.id = r->id,
                                 .from_day = r->from_day,
                                 .created = r->created,
                                 .value = r->value,
                                 .reason_en = r->reason_en,
                                 .reason_hi = r->reason_hi,
                                 .by = r->set_by_name};
    v.value_words = number_words(rq->arena, r->value);
    v.reason = rq->lang == LANG_HI && r->reason_hi.len ? r->reason_hi : r->reason_en;
    return v;
}

/* Rows: latest day first, of one day the newest first; that one counts. */
static void constant_fill(struct request *rq, str name, const struct measure_web_constant_row *row, isize count, struct constant_view *v)
{
    *v = (struct constant_view){.name = name,
                                .title = title_of(rq->lang, name),
                                .unit = row->unit,
                                .unit_words = unit_of(rq->lang, row->unit),
                                .basis = row->basis,
                                .basis_words = basis_of(rq->lang, row->basis)};
    v->coming = ARENA_ARRAY(rq->arena, struct constant_version, count);
    v->past = ARENA_ARRAY(rq->arena, struct constant_version, count);
    for (isize i = 0; i < count; i++) {
        bool replaced = i > 0 && row[i].from_day == row[i - 1].from_day;
        if (row[i].from_day > rq->today && !replaced) v->coming[v->coming_count++] = version_of(rq, &row[i]);
        if (row[i].from_day > rq->today) continue;
        if (v->in_force)
            v->past[v->past_count++] = version_of(rq, &row[i]);
        else
            v->now = version_of(rq, &row[i]);
        v->in_force = true;
    }
    for (isize i = 0; i < v->coming_count / 2; i++) {
        struct constant_version swap = v->coming[i];
        v->coming[i] = v->coming[v->coming_count - 1 - i];
        v->coming[v->coming_count - 1 - i] = swap;
    }
}

static i64 newest_of(const struct measure_web_constant_row *row, isize count)
{
    i64 newest = 0;
    for (isize i = 0; i < count; i++)
        if (row[i].id > newest) newest = row[i].id;
    return newest;
}

static err constant_read(struct db *db, struct arena *a, str name, struct measure_web_constant_rows *rows)
{
    TRY(measure_web_sql_constant(db, a, name, rows));
    return rows->count ? OK : err_set(ERR_NOT_FOUND, N_("There is no constant of this name."));
}

/* ---- the list ---- */

static bool may_change(struct request *rq)
{
    return user_reach(&rq->user, "constants.write") == REACH_ALL;
}

static const struct measure_web_constant_row *rows_of_all(struct request *rq, const struct measure_constant_rows_rows *all)
{
    struct measure_web_constant_row *row = ARENA_ARRAY(rq->arena, struct measure_web_constant_row, all->count);
    for (isize i = 0; i < all->count; i++) {
        const struct measure_constant_rows_row *r = &all->row[i];
        row[i] = (struct measure_web_constant_row){.id = r->id,
                                                   .value = r->value,
                                                   .unit = r->unit,
                                                   .basis = r->basis,
                                                   .reason_en = r->reason_en,
                                                   .reason_hi = r->reason_hi,
                                                   .from_day = r->from_day,
                                                   .set_by_name = r->set_by_name,
                                                   .created = r->created};
    }
    return row;
}

/* In the order of the methods, as the titles stand; names that have none come last. */
static isize place_of(str name)
{
    for (isize i = 0; i < COUNT_OF(titles); i++)
        if (str_eq(name, str_of(titles[i][0]))) return i;
    return COUNT_OF(titles);
}

static int by_place(const void *pa, const void *pb)
{
    const struct constant_view *a = pa, *b = pb;
    isize x = place_of(a->name), y = place_of(b->name);
    return x == y ? str_cmp(a->name, b->name) : x < y ? -1 : 1;
}

err constants_list(struct request *rq)
{
    struct measure_constant_rows_rows all;
    TRY(measure_sql_constant_rows(rq->db, rq->arena, &all));
    const struct measure_web_constant_row *row = rows_of_all(rq, &all);
    struct constants_view v = {
        .today = rq->today, .may_change = may_change(rq), .constants = ARENA_ARRAY(rq->arena, struct constant_view, all.count)};
    for (isize from = 0, to; from < all.count; from = to) {
        for (to = from; to < all.count && str_eq(all.row[to].name, all.row[from].name); to++) continue;
        constant_fill(rq, all.row[from].name, row + from, to - from, &v.constants[v.constants_count++]);
    }
    qsort(v.constants, (size_t)v.constants_count, sizeof *v.constants, by_place);
    return RESPOND(rq, tr(rq->lang, N_("Constants of measurement")), measure_constants_page, &v);
}

err constants_export(struct request *rq)
{
    static const struct export_column columns[] = {
        {N_("Name"), EXPORT_TEXT},  {N_("Constant"), EXPORT_TEXT}, {N_("Value"), EXPORT_NUM}, {N_("Unit"), EXPORT_TEXT},
        {N_("Basis"), EXPORT_TEXT}, {N_("Reason"), EXPORT_TEXT},   {N_("From"), EXPORT_DAY},  {N_("Set by"), EXPORT_TEXT},
    };
    struct measure_constant_rows_rows all;
    struct exporter *x;
    TRY(measure_sql_constant_rows(rq->db, rq->arena, &all));
    TRY(export_begin(rq, "constants", columns, COUNT_OF(columns), &x));
    for (isize i = 0; i < all.count; i++) {
        const struct measure_constant_rows_row *r = &all.row[i];
        const struct export_cell cell[] = {
            {.text = r->name},
            {.text = title_of(rq->lang, r->name)},
            {.f = r->value},
            {.text = unit_of(rq->lang, r->unit)},
            {.text = basis_of(rq->lang, r->basis)},
            {.text = rq->lang == LANG_HI && r->reason_hi.len ? r->reason_hi : r->reason_en},
            {.i = r->from_day},
            {.text = r->set_by_name},
        };
        TRY(export_row(x, cell));
    }
    return export_end(x);
}

/* ---- one ---- */

static void form_fields(struct request *rq, struct constant_page_view *v)
{
    bool posted = rq->route->method == POST;
    v->value_field = (struct field){"value", tr(rq->lang, N_("New value")), v->constant.unit_words, posted ? form_error_of(rq, "value") : NULL};
    v->reason_en_field = (struct field){"reason_en", tr(rq->lang, N_("Reason, in English")),
                                        tr(rq->lang, N_("Everybody can read it beside the value.")), posted ? form_error_of(rq, "reason_en") : NULL};
    v->reason_hi_field = (struct field){"reason_hi", tr(rq->lang, N_("Reason, in Hindi")), (str){0}, posted ? form_error_of(rq, "reason_hi") : NULL};
    v->from_field = (struct field){"from", tr(rq->lang, N_("In force from")),
                                   tr(rq->lang, N_("Tomorrow at the earliest, so that results already shown keep their constants.")),
                                   posted ? form_error_of(rq, "from") : NULL};
}

static err constant_answer(struct request *rq, struct constant_page_view *v)
{
    v->may_change = may_change(rq);
    form_fields(rq, v);
    return RESPOND(rq, v->constant.title, measure_constant_page, v);
}

err constant_show(struct request *rq)
{
    struct measure_web_constant_rows rows;
    struct constant_page_view v = {.from_typed = day_iso(rq->arena, rq->today + 1)};
    TRY(constant_read(rq->db, rq->arena, rq->param_name[0], &rows));
    constant_fill(rq, rq->param_name[0], rows.row, rows.count, &v.constant);
    v.seen = newest_of(rows.row, rows.count);
    return constant_answer(rq, &v);
}

/* ---- the change ---- */

struct change {
    struct request *rq;
    struct db *db;
    str name;
    f64 value;
    i64 from_day, seen;
    bool knows; /* the form said which version it was made from */
    struct measure_web_constant_rows rows;
};

static err read_work(void *arg)
{
    struct change *c = arg;
    return constant_read(c->db, c->rq->arena, c->name, &c->rows);
}

static bool is_stale(const struct change *c)
{
    return c->knows && c->seen != newest_of(c->rows.row, c->rows.count);
}

static err write_work(void *arg)
{
    struct change *c = arg;
    struct request *rq = c->rq;
    TRY(read_work(c));
    if (is_stale(c))
        return err_set(ERR_CONFLICT,
                       N_("Somebody changed this constant since you opened the form. Nothing was changed. Open it again, and decide anew."));
    return constant_set(c->db, rq->arena, rq->user.account, c->name, c->value, in_str(rq, "reason_en"), in_str(rq, "reason_hi"), c->from_day,
                        rq->now);
}

/* A handler of a LONG route has no transaction: the commit has to be done before the constants are loaded. */
static err in_transaction(struct change *c, enum db_mode mode, err (*work)(void *))
{
    TRY(db_begin(c->rq->pool, mode, &c->db));
    err e = arena_guard(work, c);
    if (e == OK) return db_commit(c->db);
    db_rollback(c->db);
    return e;
}

static err form_again(struct request *rq, const struct change *c)
{
    struct constant_page_view v = {.seen = c->knows ? c->seen : newest_of(c->rows.row, c->rows.count),
                                   .value_typed = in_raw(rq, "value"),
                                   .reason_en = in_raw(rq, "reason_en"),
                                   .reason_hi = in_raw(rq, "reason_hi"),
                                   .from_typed = in_raw(rq, "from")};
    constant_fill(rq, c->name, c->rows.row, c->rows.count, &v.constant);
    return constant_answer(rq, &v);
}

static void check_fill(struct request *rq, const struct change *c, struct constant_check_view *v)
{
    *v = (struct constant_check_view){.seen = newest_of(c->rows.row, c->rows.count),
                                      .from_day = c->from_day,
                                      .value_typed = number_words(rq->arena, c->value),
                                      .reason_en = in_str(rq, "reason_en"),
                                      .reason_hi = in_str(rq, "reason_hi"),
                                      .from_typed = day_iso(rq->arena, c->from_day)};
    constant_fill(rq, c->name, c->rows.row, c->rows.count, &v->constant);
    const struct measure_web_constant_row *until = NULL; /* what would hold on that day without the change */
    for (isize i = 0; i < c->rows.count && !until; i++)
        if (c->rows.row[i].from_day <= c->from_day) until = &c->rows.row[i];
    if (!until) until = &c->rows.row[c->rows.count - 1];
    v->effect = tr_format(rq->arena, rq->lang, effect_of(c->name),
                          (struct fmt[]){day_text(c->from_day), fmt_str(v->value_typed), fmt_str(number_words(rq->arena, until->value))}, 3);
}

static err check_page(struct request *rq, const struct change *c)
{
    struct constant_check_view v;
    check_fill(rq, c, &v);
    measure_constant_check_page_html(page_begin(rq, tr(rq->lang, N_("Check the change"))), &v);
    return page_end(rq);
}

static err stale_page(struct request *rq, const struct change *c)
{
    struct constant_stale_view v;
    check_fill(rq, c, &v.mine);
    const struct measure_web_constant_row *theirs = c->rows.row;
    for (isize i = 0; i < c->rows.count; i++)
        if (c->rows.row[i].id == v.mine.seen) theirs = &c->rows.row[i];
    v.theirs = version_of(rq, theirs);
    struct difference *d = ARENA_ARRAY(rq->arena, struct difference, 4);
    difference_of(tr(rq->lang, N_("Value")), v.theirs.value_words, v.mine.value_typed, &d[0]);
    difference_of(tr(rq->lang, N_("In force from")), fmt_text(rq->arena, rq->lang, day_text(v.theirs.from_day)),
                  fmt_text(rq->arena, rq->lang, day_text(c->from_day)), &d[1]);
    difference_of(tr(rq->lang, N_("Reason, in English")), v.theirs.reason_en, v.mine.reason_en, &d[2]);
    difference_of(tr(rq->lang, N_("Reason, in Hindi")), v.theirs.reason_hi, v.mine.reason_hi, &d[3]);
    v.differences = (struct difference_list){d, 4, tr(rq->lang, N_("Saved meanwhile")), tr(rq->lang, N_("Yours, not saved"))};
    respond_status(rq, 409);
    measure_constant_stale_page_html(page_begin(rq, tr(rq->lang, N_("Somebody changed this first"))), &v);
    return page_end(rq);
}

err constant_post(struct request *rq)
{
    struct change c = {.rq = rq, .name = rq->param_name[0]};
    bool program = request_wants_json(rq);
    TRY(in_transaction(&c, DB_READ, read_work));
    c.knows = in_i64(rq, "seen", &c.seen);
    if (form_bad(rq) || in_flag(rq, "back")) return form_again(rq, &c);
    if (!in_f64(rq, "value", &c.value) || !in_i64(rq, "from", &c.from_day)) return ERR_BUG;
    err e = constant_check(c.name, c.value, c.from_day, rq->today);
    if (e == ERR_INVALID && !program) {
        form_error(rq, c.from_day <= rq->today ? "from" : "value", err_message());
        return form_again(rq, &c);
    }
    TRY(e);
    if (is_stale(&c) && !program) return stale_page(rq, &c);
    if (!in_flag(rq, "confirmed") && !program) return check_page(rq, &c);
    e = in_transaction(&c, DB_WRITE, write_work);
    if (e == ERR_CONFLICT && !program && is_stale(&c)) return stale_page(rq, &c);
    TRY(e);
    if (constants_load(rq->pool) != OK)
        log_event(LOG_WARN, "constants_not_loaded", "detail", err_log(), NULL); /* the change is made; the next tick loads it */
    flash(rq, N_("The change is saved. It takes effect on its day."));
    return respond_redirect(rq, "/constants/%.*s", STR_ARGS(c.name));
}

/* ---- shapes ---- */

static const struct shape_field version_fields[] = {
    FIELD(SHAPE_ID, constant_version, id),         FIELD(SHAPE_F64, constant_version, value),
    FIELD(SHAPE_DAY, constant_version, from_day),  FIELD(SHAPE_STR, constant_version, reason_en),
    FIELD(SHAPE_STR, constant_version, reason_hi), FIELD(SHAPE_STR, constant_version, by),
    FIELD(SHAPE_TIME, constant_version, created),  FIELD_END,
};
static const struct shape version_shape = {"ConstantVersion", sizeof(struct constant_version), version_fields};
static const struct shape_field one_fields[] = {
    FIELD(SHAPE_STR, constant_view, name),
    FIELD(SHAPE_STR, constant_view, title),
    FIELD(SHAPE_STR, constant_view, unit),
    FIELD(SHAPE_STR, constant_view, basis),
    FIELD(SHAPE_BOOL, constant_view, in_force),
    FIELD_OBJECT(constant_view, now, &version_shape),
    FIELD_LIST(constant_view, coming, coming_count, &version_shape),
    FIELD_LIST(constant_view, past, past_count, &version_shape),
    FIELD_END,
};
static const struct shape one_shape = {"ConstantVersions", sizeof(struct constant_view), one_fields};
static const struct shape_field constants_fields[] = {FIELD_LIST(constants_view, constants, constants_count, &one_shape), FIELD_END};
const struct shape constants_shape = {"Constants", sizeof(struct constants_view), constants_fields};
static const struct shape_field constant_fields[] = {FIELD_OBJECT(constant_page_view, constant, &one_shape),
                                                     FIELD(SHAPE_ID, constant_page_view, seen), FIELD_END};
const struct shape constant_shape = {"Constant", sizeof(struct constant_page_view), constant_fields};
