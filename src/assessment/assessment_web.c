/* assessment_web.c -- taking a test and reading its result; the table of routes. Officers see their own tests only. */
#include "assessment/assessment_web.h"

#include "assessment_html.h"
#include "assessment_sql.h"
#include "competency/competency.h"

static const f64 z90 = 1.6448536269514722;

static err must_be_officer(struct request *rq)
{
    return rq->user.officer ? OK : err_set(ERR_DENIED, N_("This account belongs to no officer, so it takes no courses and no tests."));
}

static err to_test(struct request *rq, i64 attempt, i64 question)
{
    if (question) return respond_redirect(rq, "/tests/%lld?question=%lld", (long long)attempt, (long long)question);
    return respond_redirect(rq, "/tests/%lld", (long long)attempt);
}

static err to_result(struct request *rq, i64 attempt)
{
    return respond_redirect(rq, "/tests/%lld/result", (long long)attempt);
}

/* ---- starting ---- */

static err course_test_post(struct request *rq)
{
    i64 attempt;
    TRY(must_be_officer(rq));
    err e = assessment_course_test(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->now, &attempt);
    if ((e == ERR_INVALID || e == ERR_NOT_FOUND) && !request_wants_json(rq)) {
        flash(rq, err_message());
        return respond_redirect(rq, "/courses/%lld", (long long)rq->param[0]);
    }
    TRY(e);
    return to_test(rq, attempt, 0);
}

/* In the reader's language, or else in another that has questions enough: they say which. */
static err diagnostic_post(struct request *rq)
{
    i64 attempt;
    err e = ERR_NOT_FOUND;
    TRY(must_be_officer(rq));
    for (int i = 0; i < LANG_COUNT && e == ERR_NOT_FOUND; i++)
        e = assessment_diagnostic(rq->db, rq->arena, (enum lang)(((int)rq->lang + i) % LANG_COUNT), rq->user.officer, rq->param[0], rq->now, &attempt);
    if ((e == ERR_INVALID || e == ERR_NOT_FOUND) && !request_wants_json(rq)) {
        flash(rq, err_message());
        return respond_redirect(rq, "/competencies/%lld", (long long)rq->param[0]);
    }
    TRY(e);
    return to_test(rq, attempt, 0);
}

/* ---- taking ---- */

static str title_of(struct request *rq, const struct attempt *t, const struct assessment_names_row *names)
{
    str name = t->course && names->course_title.data ? names->course_title : names->competency_name;
    return tr_format(rq->arena, rq->lang, t->course ? N_("Test: {1}") : N_("Short test: {1}"), (struct fmt[]){fmt_str(name)}, 1);
}

static err load_test(struct request *rq, struct attempt *t, struct question_list *list, struct test_view *v)
{
    struct assessment_names_row names;
    i64 officer = rq->user.officer, id = rq->param[0];
    TRY(must_be_officer(rq));
    TRY(assessment_attempt(rq->db, rq->arena, officer, id, t));
    TRY(assessment_questions(rq->db, rq->arena, officer, id, list));
    TRY(assessment_sql_names(rq->db, rq->arena, t->course, t->competency, str_of(lang_tag[rq->lang]), &names));
    *v = (struct test_view){.id = id, .questions = t->questions, .answered = t->answered, .open = t->questions - t->answered, .deadline = t->deadline,
                            .course = t->course, .competency = t->competency, .title = title_of(rq, t, &names), .kind = t->kind, .over = !attempt_open(t, rq->now)};
    v->minutes = t->deadline > rq->now ? (t->deadline - rq->now + 59999) / 60000 : 0;
    v->mark = ARENA_ARRAY(rq->arena, struct mark_view, list->count);
    v->marks = list->count;
    for (isize i = 0; i < list->count; i++)
        v->mark[i] = (struct mark_view){.seq = list->row[i].seq, .stem = list->row[i].stem, .language = list->row[i].language, .answered = list->row[i].chosen >= 0};
    return OK;
}

/* Where she is: the question asked for, or the first that is open. */
static isize place_of(struct request *rq, const struct question_list *list)
{
    i64 seq;
    if (in_i64(rq, "question", &seq) && seq >= 1 && seq <= list->count) return (isize)seq - 1;
    for (isize i = 0; i < list->count; i++)
        if (list->row[i].chosen < 0) return i;
    return 0;
}

static err show_question(struct request *rq)
{
    struct attempt t;
    struct question_list list;
    struct test_view v;
    TRY(load_test(rq, &t, &list, &v));
    if (t.submitted) return to_result(rq, t.id);
    isize at = place_of(rq, &list);
    const struct question *q = &list.row[at];
    v.seq = q->seq;
    v.stem = q->stem;
    v.language = q->language;
    v.mark[at].here = true;
    v.error = form_error_of(rq, "answer");
    v.option = ARENA_ARRAY(rq->arena, struct option_view, OPTIONS);
    v.options = v.over ? 0 : OPTIONS;
    for (int i = 0; i < OPTIONS; i++) v.option[i] = (struct option_view){i, q->option[i], q->chosen == i};
    return RESPOND(rq, v.title, assessment_test_page, &v);
}

static err test_get(struct request *rq)
{
    return show_question(rq);
}

/* The question after or before this one; past the last the overview. */
static err go_on(struct request *rq, const struct attempt *t, i64 question)
{
    str go = in_str(rq, "go");
    i64 next = question + (str_eq(go, S("previous")) ? -1 : 1);
    if (str_eq(go, S("review")) || str_eq(go, S("submit")) || next > t->questions) return respond_redirect(rq, "/tests/%lld/review", (long long)t->id);
    return to_test(rq, t->id, next < 1 ? 1 : next);
}

static err answer_post(struct request *rq)
{
    struct attempt t;
    i64 question = 0, answer;
    TRY(must_be_officer(rq));
    if (form_bad(rq)) return form_error_of(rq, "question") ? err_set(ERR_INVALID, N_("This test has no such question.")) : show_question(rq);
    in_i64(rq, "question", &question);
    TRY(assessment_attempt(rq->db, rq->arena, rq->user.officer, rq->param[0], &t));
    if (t.submitted && !request_wants_json(rq)) return to_result(rq, t.id); /* the other tab was quicker */
    if (in_i64(rq, "answer", &answer)) {
        err e = assessment_answer(rq->db, rq->arena, rq->user.officer, t.id, question, answer, rq->now);
        if (e == ERR_CONFLICT && !request_wants_json(rq)) {
            flash(rq, err_message());
            return to_test(rq, t.id, 0);
        }
        TRY(e);
    }
    return go_on(rq, &t, question);
}

static err review_get(struct request *rq)
{
    struct attempt t;
    struct question_list list;
    struct test_view v;
    TRY(load_test(rq, &t, &list, &v));
    if (t.submitted) return to_result(rq, t.id);
    return RESPOND(rq, v.title, assessment_review_page, &v);
}

static err submit_post(struct request *rq)
{
    struct attempt t;
    TRY(must_be_officer(rq));
    TRY(assessment_attempt(rq->db, rq->arena, rq->user.officer, rq->param[0], &t));
    if (!t.submitted || request_wants_json(rq)) TRY(assessment_submit(rq->db, rq->arena, rq->user.officer, t.id, rq->now));
    return to_result(rq, t.id);
}

/* ---- the result ---- */

/* The level before this test and after it, from its history. */
static err moved(struct request *rq, const struct attempt *t, struct result_view *v)
{
    struct level_point_list points;
    TRY(competency_history(rq->db, rq->arena, rq->user.officer, t->competency, &points));
    for (isize i = 0; i < points.count; i++) {
        const struct level_point *p = &points.row[i], *before = i ? p - 1 : NULL;
        if (p->at != t->submitted) continue;
        v->moved = true;
        v->after = (f64)p->mean_milli / 1000;
        v->after_se = (f64)p->se_milli / 1000;
        v->awarded = p->awarded;
        v->had_before = before && before->status != LEVEL_NOT_ASSESSED;
        if (!v->had_before) continue;
        v->before = (f64)before->mean_milli / 1000;
        v->before_se = (f64)before->se_milli / 1000;
    }
    v->met = v->moved && v->required && v->awarded >= v->required;
    v->track = (struct track){.state = TRACK_KNOWN, .need = v->required, .mean = v->after, .low = v->after - z90 * v->after_se, .high = v->after + z90 * v->after_se,
                              .met = v->met, .own = true};
    return OK;
}

static err this_alone(struct request *rq, const struct attempt *t, struct result_view *v)
{
    struct evidence_line_list lines;
    if (!t->evidence) return OK;
    TRY(evidence_of(rq->db, rq->arena, rq->user.officer, t->competency, &lines));
    for (isize i = 0; i < lines.count; i++) {
        if (lines.row[i].id != t->evidence) continue;
        v->practice = lines.row[i].state == EVIDENCE_PRACTICE;
        v->says = (f64)lines.row[i].level_milli / 1000;
        v->says_se = sqrt(lines.row[i].variance);
    }
    return OK;
}

static err outcomes(struct request *rq, const struct attempt *t, struct result_view *v)
{
    struct question_list list;
    TRY(assessment_questions(rq->db, rq->arena, rq->user.officer, t->id, &list));
    v->outcome = ARENA_ARRAY(rq->arena, struct outcome_view, list.count);
    v->outcomes = list.count;
    for (isize i = 0; i < list.count; i++) {
        const struct question *q = &list.row[i];
        v->outcome[i] = (struct outcome_view){.seq = q->seq, .level = q->level, .stem = q->stem, .language = q->language, .right = q->option[q->right],
                                              .rationale = q->rationale, .answered = q->chosen >= 0, .correct = q->chosen == q->right};
        if (q->chosen >= 0) v->outcome[i].chosen = q->option[q->chosen];
    }
    return OK;
}

static err result_get(struct request *rq)
{
    struct attempt t;
    struct assessment_names_row names;
    struct assessment_required_row need;
    TRY(must_be_officer(rq));
    TRY(assessment_attempt(rq->db, rq->arena, rq->user.officer, rq->param[0], &t));
    if (!t.submitted) return to_test(rq, t.id, 0);
    TRY(assessment_sql_names(rq->db, rq->arena, t.course, t.competency, str_of(lang_tag[rq->lang]), &names));
    TRY(assessment_sql_required(rq->db, rq->arena, rq->user.officer, t.competency, rq->today, &need));
    struct result_view v = {.id = t.id, .questions = t.questions, .correct = t.correct, .answered = t.answered, .course = t.course, .competency = t.competency,
                            .required = need.level, .number = t.number, .submitted = t.submitted, .target = t.target, .title = title_of(rq, &t, &names), .kind = t.kind,
                            .competency_name = names.competency_name, .course_test = t.course != 0, .passed = attempt_passed(&t), .silent = !t.evidence};
    TRY(this_alone(rq, &t, &v));
    if (!v.practice && !v.silent) TRY(moved(rq, &t, &v));
    TRY(outcomes(rq, &t, &v));
    return RESPOND(rq, v.title, assessment_result_page, &v);
}

/* ---- shapes ---- */

static const struct shape_field option_fields[] = {FIELD(SHAPE_I64, option_view, place), FIELD(SHAPE_STR, option_view, text), FIELD(SHAPE_BOOL, option_view, chosen), FIELD_END};
static const struct shape option_shape = {"option", sizeof(struct option_view), option_fields};
static const struct shape_field mark_fields[] = {FIELD(SHAPE_I64, mark_view, seq), FIELD(SHAPE_STR, mark_view, stem), FIELD(SHAPE_STR, mark_view, language), FIELD(SHAPE_BOOL, mark_view, answered), FIELD_END};
static const struct shape mark_shape = {"question_mark", sizeof(struct mark_view), mark_fields};

static const struct shape_field test_fields[] = {
    FIELD(SHAPE_ID, test_view, id), FIELD(SHAPE_STR, test_view, kind), FIELD(SHAPE_STR, test_view, title), FIELD(SHAPE_ID, test_view, course),
    FIELD(SHAPE_ID, test_view, competency), FIELD(SHAPE_I64, test_view, questions), FIELD(SHAPE_I64, test_view, answered), FIELD(SHAPE_TIME, test_view, deadline),
    FIELD(SHAPE_BOOL, test_view, over), FIELD(SHAPE_I64, test_view, seq), FIELD(SHAPE_STR, test_view, stem), FIELD(SHAPE_STR, test_view, language),
    FIELD_LIST(test_view, option, options, &option_shape), FIELD_LIST(test_view, mark, marks, &mark_shape), FIELD_END};
static const struct shape test_shape = {"test", sizeof(struct test_view), test_fields};

static const struct shape_field outcome_fields[] = {
    FIELD(SHAPE_I64, outcome_view, seq), FIELD(SHAPE_I64, outcome_view, level), FIELD(SHAPE_STR, outcome_view, stem), FIELD(SHAPE_STR, outcome_view, language),
    FIELD(SHAPE_STR, outcome_view, chosen), FIELD(SHAPE_STR, outcome_view, right), FIELD(SHAPE_STR, outcome_view, rationale), FIELD(SHAPE_BOOL, outcome_view, correct), FIELD_END};
static const struct shape outcome_shape = {"outcome", sizeof(struct outcome_view), outcome_fields};

static const struct shape_field result_fields[] = {
    FIELD(SHAPE_ID, result_view, id), FIELD(SHAPE_STR, result_view, kind), FIELD(SHAPE_STR, result_view, title), FIELD(SHAPE_ID, result_view, course),
    FIELD(SHAPE_ID, result_view, competency), FIELD(SHAPE_STR, result_view, competency_name), FIELD(SHAPE_TIME, result_view, submitted),
    FIELD(SHAPE_I64, result_view, questions), FIELD(SHAPE_I64, result_view, answered), FIELD(SHAPE_I64, result_view, correct), FIELD(SHAPE_BOOL, result_view, passed),
    FIELD(SHAPE_BOOL, result_view, practice), FIELD(SHAPE_BOOL, result_view, silent), FIELD(SHAPE_I64, result_view, required), FIELD(SHAPE_F64, result_view, says),
    FIELD(SHAPE_F64, result_view, says_se), FIELD(SHAPE_BOOL, result_view, moved), FIELD(SHAPE_BOOL, result_view, had_before), FIELD(SHAPE_F64, result_view, before),
    FIELD(SHAPE_F64, result_view, before_se), FIELD(SHAPE_F64, result_view, after), FIELD(SHAPE_F64, result_view, after_se), FIELD(SHAPE_I64, result_view, awarded),
    FIELD(SHAPE_BOOL, result_view, met), FIELD_LIST(result_view, outcome, outcomes, &outcome_shape), FIELD_END};
static const struct shape result_shape = {"test_result", sizeof(struct result_view), result_fields};

/* ---- input and routes ---- */

static const struct input question_input[] = {{"question", IN_I64, false, 1, 1000, NULL, N_("This test has no such question.")}, INPUT_END};
static const struct input answer_input[] = {
    {"question", IN_I64, true, 1, 1000, NULL, N_("This test has no such question.")},
    {"answer", IN_I64, false, 0, OPTIONS - 1, NULL, N_("Choose one of the four answers.")},
    {"go", IN_CHOICE, false, 0, 0, "next|previous|review|submit", N_("Choose where to go on.")},
    INPUT_END};

extern const struct route assessment_routes[];
const struct route assessment_routes[] = {
    {WRITE, POST, "/courses/:course/test", "learning.use", course_test_post, NULL, NULL, "Start the test at the end of a course, or go on with it"},
    {WRITE, POST, "/competencies/:competency/diagnostic", "learning.use", diagnostic_post, NULL, NULL, "Start a short test of one competency, or go on with it"},
    {READ, GET, "/tests/:attempt", "learning.use", test_get, question_input, &test_shape, "One question of a test and which are answered"},
    {WRITE, POST, "/tests/:attempt", "learning.use", answer_post, answer_input, NULL, "Keep an answer and go on"},
    {READ, GET, "/tests/:attempt/review", "learning.use", review_get, NULL, &test_shape, "Which questions are answered and which are open"},
    {WRITE, POST, "/tests/:attempt/submit", "learning.use", submit_post, NULL, NULL, "Hand the test in"},
    {READ, GET, "/tests/:attempt/result", "learning.use", result_get, NULL, &result_shape, "The score, the right answers, what moved"},
    {READ, GET, "/results", "evidence.proctored", results_get, results_query, &results_shape, "Officers to record a proctored result for; the latest recorded"},
    {WRITE, POST, "/results", "evidence.proctored", results_post, results_input, NULL, "Record the result of a proctored test"},
    {WRITE, POST, "/results/:officer/*evidence/withdraw", "evidence.proctored", results_withdraw, withdraw_input, NULL, "Withdraw a result recorded by oneself"},
    ROUTE_END};
