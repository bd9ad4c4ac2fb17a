/* learning_web.c -- the catalogue, a course, enrolment; and the table of routes. */
#include "learning/learning_web.h"

#include "learning_html.h"
#include "learning_sql.h"

enum { COURSES_A_PAGE = 20, STEPS_SHOWN = 3, STEPS_ASKED = 12, QUERY_MOST = 200 };

str language_own_name(str code)
{
    static const struct { const char *code, *name; } own[] = {
        {"en", "English"}, {"hi", "हिन्दी"}, {"as", "অসমীয়া"}, {"bn", "বাংলা"}, {"gu", "ગુજરાતી"}, {"kn", "ಕನ್ನಡ"}, {"ml", "മലയാളം"}, {"mr", "मराठी"},
        {"ne", "नेपाली"}, {"or", "ଓଡ଼ିଆ"}, {"pa", "ਪੰਜਾਬੀ"}, {"sa", "संस्कृतम्"}, {"ta", "தமிழ்"}, {"te", "తెలుగు"}, {"ur", "اردو"}};
    for (isize i = 0; i < COUNT_OF(own); i++)
        if (str_eq(code, str_of(own[i].code))) return str_of(own[i].name);
    return code;
}

err learning_officer(struct request *rq)
{
    return rq->user.officer ? OK : err_set(ERR_DENIED, N_("This account belongs to no officer, so it takes no courses and no tests."));
}

/* ---- the catalogue: what can be chosen ---- */

static err choose_competency(struct request *rq, i64 chosen, struct choice_list *out)
{
    struct learning_competencies_rows rows;
    TRY(learning_sql_competencies(rq->db, rq->arena, str_of(lang_tag[rq->lang]), &rows));
    *out = (struct choice_list){ARENA_ARRAY(rq->arena, struct choice_view, rows.count), rows.count};
    for (isize i = 0; i < rows.count; i++) out->row[i] = (struct choice_view){.id = rows.row[i].id, .name = rows.row[i].name, .chosen = rows.row[i].id == chosen};
    return OK;
}

static err choose_provider(struct request *rq, i64 chosen, struct choice_list *out)
{
    struct learning_providers_rows rows;
    TRY(learning_sql_providers(rq->db, rq->arena, str_of(lang_tag[rq->lang]), &rows));
    *out = (struct choice_list){ARENA_ARRAY(rq->arena, struct choice_view, rows.count), rows.count};
    for (isize i = 0; i < rows.count; i++) out->row[i] = (struct choice_view){.id = rows.row[i].id, .name = rows.row[i].name, .chosen = rows.row[i].id == chosen};
    return OK;
}

static err choose_language(struct request *rq, str chosen, struct choice_list *out)
{
    struct learning_languages_rows rows;
    TRY(learning_sql_languages(rq->db, rq->arena, &rows));
    *out = (struct choice_list){ARENA_ARRAY(rq->arena, struct choice_view, rows.count), rows.count};
    for (isize i = 0; i < rows.count; i++)
        out->row[i] = (struct choice_view){.code = rows.row[i].language, .name = language_own_name(rows.row[i].language), .chosen = str_eq(rows.row[i].language, chosen)};
    return OK;
}

static void choose_level(struct request *rq, i64 chosen, struct choice_list *out)
{
    *out = (struct choice_list){ARENA_ARRAY(rq->arena, struct choice_view, 4), 4};
    for (isize i = 0; i < 4; i++) out->row[i] = (struct choice_view){.id = i + 2, .chosen = chosen == i + 2};
}

/* ---- the catalogue ---- */

struct filter { str query, language; i64 competency, provider, level, sort; const i64 *with_competency, *with_provider, *with_level; };

static void read_filter(struct request *rq, struct filter *f)
{
    str sort = in_str(rq, "sort");
    *f = (struct filter){.query = search_query(rq->arena, db_engine(rq->db), in_str(rq, "q")), .language = in_str(rq, "language")};
    if (in_i64(rq, "competency", &f->competency)) f->with_competency = &f->competency;
    if (in_i64(rq, "provider", &f->provider)) f->with_provider = &f->provider;
    if (in_i64(rq, "level", &f->level)) f->with_level = &f->level;
    f->sort = str_eq(sort, S("short")) ? 1 : str_eq(sort, S("new")) ? 2 : 0;
}

static err find_courses(struct request *rq, const struct filter *f, struct learning_view *v)
{
    struct learning_find_count_row count;
    struct learning_find_rows rows;
    TRY(learning_sql_find_count(rq->db, rq->arena, f->query, f->with_competency, f->language, f->with_provider, f->with_level, &count));
    pager_of(rq, count.n, COURSES_A_PAGE, &v->pager);
    v->total = count.n;
    v->page = v->pager.page;
    v->pages = v->pager.pages;
    TRY(learning_sql_find(rq->db, rq->arena, f->query, str_of(lang_tag[rq->lang]), rq->user.officer, f->with_competency, f->language, f->with_provider, f->with_level,
                          f->sort, COURSES_A_PAGE, (v->page - 1) * COURSES_A_PAGE, &rows));
    v->course = ARENA_ARRAY(rq->arena, struct course_row_view, rows.count);
    v->courses = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct learning_find_row *r = &rows.row[i];
        v->course[i] = (struct course_row_view){.id = r->id, .minutes = r->minutes, .entry = r->entry, .exit = r->exit, .state = r->state, .title = r->title,
                                                .summary = r->summary, .provider = r->provider, .competency = r->competency, .language = r->language,
                                                .language_name = language_own_name(r->language), .complete = r->complete != 0};
    }
    return OK;
}

static bool passed(const struct learning_states_rows *states, i64 course)
{
    for (isize i = 0; i < states->count; i++)
        if (states->row[i].course == course) return states->row[i].state == ENROLMENT_COMPLETED;
    return false;
}

/* Nobody is told to take again what she has passed. */
static err steps_for_gaps(struct request *rq, struct learning_view *v)
{
    struct gap_list gaps;
    struct next_step_list steps;
    struct learning_states_rows states;
    err e = competency_gaps(rq->db, rq->arena, rq->lang, rq->user.officer, rq->today, &gaps);
    if (e == ERR_NOT_FOUND) return OK; /* no position with a map: no gaps to close */
    TRY(e);
    TRY(learning_for_gaps(rq->db, rq->arena, rq->lang, &gaps, STEPS_ASKED, &steps));
    TRY(learning_sql_states(rq->db, rq->arena, rq->user.officer, &states));
    v->step = steps.row;
    for (isize i = 0; i < steps.count && v->steps < STEPS_SHOWN; i++)
        if (!passed(&states, steps.row[i].course)) v->step[v->steps++] = steps.row[i];
    return OK;
}

static err own_courses(struct request *rq, struct learning_view *v)
{
    struct learning_yours_rows rows;
    i64 least = v->done ? ENROLMENT_COMPLETED : ENROLMENT_OPEN, most = v->done ? ENROLMENT_COMPLETED : ENROLMENT_STUDIED;
    TRY(learning_sql_yours(rq->db, rq->arena, rq->user.officer, str_of(lang_tag[rq->lang]), least, most, &rows));
    v->own = ARENA_ARRAY(rq->arena, struct yours_row_view, rows.count);
    v->owns = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct learning_yours_row *r = &rows.row[i];
        v->own[i] = (struct yours_row_view){r->id, r->minutes, r->state, r->modules, r->finished, r->title, r->provider, r->language, language_own_name(r->language)};
    }
    return OK;
}

static err catalogue(struct request *rq, struct learning_view *v)
{
    struct filter f;
    read_filter(rq, &f);
    v->filtered = f.with_competency || f.with_provider || f.with_level || f.language.data;
    TRY(find_courses(rq, &f, v));
    if (request_is_part(rq)) return OK;
    if (rq->user.officer && !v->q.data && !v->filtered && v->page == 1) TRY(steps_for_gaps(rq, v));
    if (request_wants_json(rq)) return OK;
    TRY(choose_competency(rq, f.competency, &v->competency));
    TRY(choose_provider(rq, f.provider, &v->provider));
    TRY(choose_language(rq, f.language, &v->language));
    choose_level(rq, f.level, &v->level);
    return OK;
}

static err learning_get(struct request *rq)
{
    struct learning_yours_count_row count;
    str show = in_str(rq, "show");
    struct learning_view v = {.officer = rq->user.officer != 0, .q = in_str(rq, "q"), .sort = in_str(rq, "sort"), .page = 1, .pages = 1};
    v.yours = v.officer && str_eq(show, S("yours"));
    v.done = v.officer && str_eq(show, S("done"));
    if (v.officer) {
        TRY(learning_sql_yours_count(rq->db, rq->arena, rq->user.officer, &count));
        v.open_count = count.open;
        v.done_count = count.done;
        v.tabs = count.open + count.done > 0;
    }
    TRY(v.yours || v.done ? own_courses(rq, &v) : catalogue(rq, &v));
    if (request_is_part(rq)) return RESPOND_PART(rq, learning_results, &v);
    return RESPOND(rq, tr(rq->lang, N_("Learning")), learning_page, &v);
}

/* ---- one course ---- */

static err teaches(struct request *rq, struct course_view *v)
{
    struct learning_teaches_rows rows;
    struct gap_list gaps = {0};
    TRY(learning_sql_teaches(rq->db, rq->arena, v->id, str_of(lang_tag[rq->lang]), &rows));
    if (rq->user.officer) {
        err e = competency_gaps(rq->db, rq->arena, rq->lang, rq->user.officer, rq->today, &gaps);
        if (e != OK && e != ERR_NOT_FOUND) return e;
        if (e != OK) gaps.count = 0;
    }
    v->teach = ARENA_ARRAY(rq->arena, struct teach_view, rows.count);
    v->teaches = rows.count;
    for (isize i = 0; i < rows.count; i++) {
        const struct learning_teaches_row *r = &rows.row[i];
        struct teach_view *t = &v->teach[i];
        *t = (struct teach_view){.competency = r->competency, .entry = r->entry, .exit = r->exit, .name = r->name, .reviewed = r->reviewed != 0};
        if (r->exit > v->exit) v->exit = r->exit;
        for (isize k = 0; k < gaps.count; k++) {
            const struct gap *g = &gaps.row[k];
            if (g->competency != r->competency) continue;
            t->required = g->required;
            t->known = g->status != LEVEL_NOT_ASSESSED;
            t->met = g->met;
            t->mean = g->mean;
            t->se = g->se;
            t->shortfall = g->shortfall;
        }
    }
    return OK;
}

static str kind_name(enum lang lang, str kind)
{
    if (str_eq(kind, S("video"))) return tr(lang, N_("Video"));
    if (str_eq(kind, S("pdf"))) return tr(lang, N_("PDF document"));
    return tr(lang, N_("Text"));
}

static err modules(struct request *rq, i64 last, struct course_view *v)
{
    struct course_module_list list;
    TRY(learning_modules(rq->db, rq->arena, rq->user.officer, v->id, rq->today, &list));
    v->module = ARENA_ARRAY(rq->arena, struct module_row_view, list.count);
    v->module_count = list.count;
    for (isize i = 0; i < list.count; i++) {
        const struct course_module *m = &list.row[i];
        v->module[i] = (struct module_row_view){.id = m->id, .seq = m->seq, .minutes = m->minutes, .counted_min = m->counted_ms / 60000, .kind = m->kind,
                                                .kind_name = kind_name(rq->lang, m->kind), .title = m->title, .finished = m->finished, .begun = m->counted_ms > 0};
        if (m->finished || (v->resume && m->id != last)) continue;
        v->resume = m->id; /* the one opened last, or else the first that is open */
        v->resume_title = m->title;
    }
    return OK;
}

static err course_get(struct request *rq)
{
    struct learning_course_row c;
    struct enrolment e = {0};
    bool found;
    TRY(learning_sql_course(rq->db, rq->arena, rq->param[0], str_of(lang_tag[rq->lang]), &c, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such course."));
    struct course_view v = {.id = c.id, .minutes = c.minutes, .code = c.code, .title = c.title, .summary = c.summary, .provider = c.provider_name, .language = c.language,
                            .language_name = language_own_name(c.language), .category = c.category, .source_id = c.source_id, .complete = c.complete != 0,
                            .officer = rq->user.officer != 0 && user_reach(&rq->user, "learning.use") != REACH_NONE};
    if (v.officer) TRY(learning_enrolment(rq->db, rq->arena, rq->user.officer, c.id, &e));
    v.state = e.state;
    v.modules = e.modules;
    v.finished = e.finished;
    v.enrolled = e.state == ENROLMENT_OPEN || e.state == ENROLMENT_STUDIED || e.state == ENROLMENT_COMPLETED;
    v.test_open = v.complete && v.enrolled && e.modules > 0 && e.finished == e.modules;
    TRY(teaches(rq, &v));
    TRY(modules(rq, e.last_module, &v));
    return RESPOND(rq, v.title, learning_course_page, &v);
}

/* The address that other pages of the hub build from its own. */
static err course_alias(struct request *rq)
{
    return respond_redirect(rq, "/courses/%lld", (long long)rq->param[0]);
}

static err enrol_post(struct request *rq)
{
    TRY(learning_officer(rq));
    TRY(learning_enrol(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->now));
    flash(rq, N_("You are enrolled. What you finish is kept, on every device."));
    return respond_redirect(rq, "/courses/%lld", (long long)rq->param[0]);
}

static err leave_confirm(struct request *rq)
{
    struct learning_course_row c;
    bool found;
    TRY(learning_sql_course(rq->db, rq->arena, rq->param[0], str_of(lang_tag[rq->lang]), &c, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such course."));
    struct course_view v = {.id = c.id, .title = c.title};
    learning_leave_page_html(page_begin(rq, tr(rq->lang, N_("Leave this course?"))), &v);
    return page_end(rq);
}

static err leave_post(struct request *rq)
{
    TRY(learning_officer(rq));
    if (!in_flag(rq, "confirmed") && !request_wants_json(rq)) return leave_confirm(rq);
    TRY(learning_leave(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->now));
    flash(rq, N_("You have left the course. What you finished is kept if you come back."));
    return respond_redirect(rq, "/courses/%lld", (long long)rq->param[0]);
}

/* ---- shapes ---- */

static const struct shape_field course_row_fields[] = {
    FIELD(SHAPE_ID, course_row_view, id), FIELD(SHAPE_STR, course_row_view, title), FIELD(SHAPE_STR, course_row_view, summary), FIELD(SHAPE_STR, course_row_view, provider),
    FIELD(SHAPE_STR, course_row_view, competency), FIELD(SHAPE_STR, course_row_view, language), FIELD(SHAPE_I64, course_row_view, minutes),
    FIELD(SHAPE_I64, course_row_view, entry), FIELD(SHAPE_I64, course_row_view, exit), FIELD(SHAPE_BOOL, course_row_view, complete),
    FIELD(SHAPE_I64, course_row_view, state), FIELD_END};
static const struct shape course_row_shape = {"course_line", sizeof(struct course_row_view), course_row_fields};

static const struct shape_field yours_fields[] = {
    FIELD(SHAPE_ID, yours_row_view, id), FIELD(SHAPE_STR, yours_row_view, title), FIELD(SHAPE_STR, yours_row_view, provider), FIELD(SHAPE_STR, yours_row_view, language),
    FIELD(SHAPE_I64, yours_row_view, minutes), FIELD(SHAPE_I64, yours_row_view, state), FIELD(SHAPE_I64, yours_row_view, modules),
    FIELD(SHAPE_I64, yours_row_view, finished), FIELD_END};
static const struct shape yours_shape = {"own_course", sizeof(struct yours_row_view), yours_fields};

static const struct shape_field step_fields[] = {
    FIELD(SHAPE_ID, next_step, course), FIELD(SHAPE_ID, next_step, competency), FIELD(SHAPE_STR, next_step, title), FIELD(SHAPE_STR, next_step, competency_name),
    FIELD(SHAPE_STR, next_step, language), FIELD(SHAPE_I64, next_step, minutes), FIELD(SHAPE_F64, next_step, gain), FIELD(SHAPE_F64, next_step, index),
    FIELD(SHAPE_F64, next_step, shortfall), FIELD(SHAPE_F64, next_step, mean), FIELD(SHAPE_F64, next_step, se), FIELD(SHAPE_F64, next_step, required),
    FIELD(SHAPE_F64, next_step, effect), FIELD(SHAPE_F64, next_step, effect_se), FIELD(SHAPE_BOOL, next_step, measured), FIELD(SHAPE_BOOL, next_step, complete), FIELD_END};
static const struct shape step_shape = {"next_step", sizeof(struct next_step), step_fields};

static const struct shape_field learning_fields[] = {
    FIELD(SHAPE_I64, learning_view, total), FIELD(SHAPE_I64, learning_view, page), FIELD(SHAPE_I64, learning_view, pages),
    FIELD_LIST(learning_view, course, courses, &course_row_shape), FIELD_LIST(learning_view, own, owns, &yours_shape), FIELD_LIST(learning_view, step, steps, &step_shape),
    FIELD(SHAPE_I64, learning_view, open_count), FIELD(SHAPE_I64, learning_view, done_count), FIELD_END};
static const struct shape learning_shape = {"learning", sizeof(struct learning_view), learning_fields};

static const struct shape_field teach_fields[] = {
    FIELD(SHAPE_ID, teach_view, competency), FIELD(SHAPE_STR, teach_view, name), FIELD(SHAPE_I64, teach_view, entry), FIELD(SHAPE_I64, teach_view, exit),
    FIELD(SHAPE_BOOL, teach_view, reviewed), FIELD(SHAPE_I64, teach_view, required), FIELD(SHAPE_BOOL, teach_view, known), FIELD(SHAPE_F64, teach_view, mean),
    FIELD(SHAPE_F64, teach_view, se), FIELD(SHAPE_F64, teach_view, shortfall), FIELD(SHAPE_BOOL, teach_view, met), FIELD_END};
static const struct shape teach_shape = {"teaches", sizeof(struct teach_view), teach_fields};

static const struct shape_field module_row_fields[] = {
    FIELD(SHAPE_ID, module_row_view, id), FIELD(SHAPE_I64, module_row_view, seq), FIELD(SHAPE_STR, module_row_view, kind), FIELD(SHAPE_STR, module_row_view, title),
    FIELD(SHAPE_I64, module_row_view, minutes), FIELD(SHAPE_I64, module_row_view, counted_min), FIELD(SHAPE_BOOL, module_row_view, finished), FIELD_END};
static const struct shape module_row_shape = {"module_line", sizeof(struct module_row_view), module_row_fields};

static const struct shape_field course_fields[] = {
    FIELD(SHAPE_ID, course_view, id), FIELD(SHAPE_STR, course_view, code), FIELD(SHAPE_STR, course_view, title), FIELD(SHAPE_STR, course_view, summary),
    FIELD(SHAPE_STR, course_view, provider), FIELD(SHAPE_STR, course_view, language), FIELD(SHAPE_STR, course_view, category), FIELD(SHAPE_STR, course_view, source_id),
    FIELD(SHAPE_I64, course_view, minutes), FIELD(SHAPE_BOOL, course_view, complete), FIELD(SHAPE_I64, course_view, state), FIELD(SHAPE_BOOL, course_view, test_open),
    FIELD(SHAPE_ID, course_view, resume), FIELD_LIST(course_view, teach, teaches, &teach_shape), FIELD_LIST(course_view, module, module_count, &module_row_shape), FIELD_END};
static const struct shape course_shape = {"course", sizeof(struct course_view), course_fields};

static const struct shape_field player_fields[] = {
    FIELD(SHAPE_ID, player_view, id), FIELD(SHAPE_ID, player_view, course), FIELD(SHAPE_I64, player_view, seq), FIELD(SHAPE_I64, player_view, modules),
    FIELD(SHAPE_STR, player_view, kind), FIELD(SHAPE_STR, player_view, title), FIELD(SHAPE_STR, player_view, language), {"body", SHAPE_STR, offsetof(struct player_view, body.markup), SIZE_MAX, NULL, 0},
    FIELD(SHAPE_STR, player_view, media), FIELD(SHAPE_STR, player_view, captions), FIELD(SHAPE_I64, player_view, minutes), FIELD(SHAPE_I64, player_view, counted_s),
    FIELD(SHAPE_I64, player_view, needed_s), FIELD(SHAPE_I64, player_view, place), FIELD(SHAPE_BOOL, player_view, finished), FIELD(SHAPE_ID, player_view, previous),
    FIELD(SHAPE_ID, player_view, next), FIELD_END};
static const struct shape player_shape = {"module", sizeof(struct player_view), player_fields};

static const struct shape_field beat_fields[] = {FIELD(SHAPE_I64, beat_view, counted_s), FIELD(SHAPE_I64, beat_view, needed_s), FIELD(SHAPE_BOOL, beat_view, done), FIELD_END};
static const struct shape beat_shape = {"heartbeat", sizeof(struct beat_view), beat_fields};

/* ---- input and routes ---- */

static const struct input find_input[] = {
    {"q", IN_LINE, false, 0, QUERY_MOST, NULL, N_("Search for at most 200 characters.")},
    {"competency", IN_ID, false, 0, 0, NULL, N_("Choose a competency from the list.")},
    {"provider", IN_ID, false, 0, 0, NULL, N_("Choose a provider from the list.")},
    {"language", IN_LINE, false, 2, 8, NULL, N_("Choose a language from the list.")},
    {"level", IN_I64, false, 1, 5, NULL, N_("Choose a level from 1 to 5.")},
    {"sort", IN_CHOICE, false, 0, 0, "relevance|short|new", N_("Choose an order from the list.")},
    {"show", IN_CHOICE, false, 0, 0, "find|yours|done", N_("Choose one of the lists.")},
    {"page", IN_LINE, false, 0, 12, NULL, N_("A page is a number.")},
    INPUT_END};
static const struct input leave_input[] = {{"confirmed", IN_FLAG, false, 0, 0, NULL, NULL}, INPUT_END};
static const struct input beat_input[] = {{"at_s", IN_I64, false, 0, 1000000, NULL, N_("The place is a second of the video or a page of the document.")}, INPUT_END};
static const struct input finish_input[] = {{"read", IN_FLAG, false, 0, 0, NULL, NULL}, INPUT_END};

extern const struct route learning_routes[];
const struct route learning_routes[] = {
    {READ, GET, "/learning", SIGNED_IN, learning_get, find_input, &learning_shape, "The catalogue: full-text search, filters, what closes the reader's gaps"},
    {READ, GET, "/learning/:course", SIGNED_IN, course_alias, NULL, NULL, "Leads to the course"},
    {READ, GET, "/courses/:course", SIGNED_IN, course_get, NULL, &course_shape, "A course: what it teaches, its modules, the reader's progress"},
    {WRITE, POST, "/courses/:course/enrol", "learning.use", enrol_post, NULL, NULL, "Enrol in a course, or come back to it"},
    {WRITE, POST, "/courses/:course/leave", "learning.use", leave_post, leave_input, NULL, "Leave a course; what was finished is kept"},
    {WRITE, GET, "/courses/:course/modules/:module", "learning.use", learning_module_get, NULL, &player_shape, "A module; its time runs from here"},
    {WRITE, POST, "/courses/:course/modules/:module/heartbeat", "learning.use", learning_heartbeat_post, beat_input, &beat_shape, "Still there: credits the time since the last beat"},
    {WRITE, POST, "/courses/:course/modules/:module/finish", "learning.use", learning_finish_post, finish_input, NULL, "Finish a module once enough time has been counted"},
    {LONG, GET, "/media/*name", SIGNED_IN, learning_media_get, NULL, NULL, "A video, its captions or a document, in ranges"},
    ROUTE_END};
