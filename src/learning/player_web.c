/* player_web.c -- one module: text, video or document; its time; the files of the media folder. */
#include "learning/learning_web.h"
#include "learning_html.h"
#include "learning_sql.h"
#include "measure/measure.h"
#include "web/file.h"
#include "web/markdown.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000 };

static i64 round_up(i64 n, i64 by)
{
    return (n + by - 1) / by;
}

/* `file` holds the name of a video, and after a space that of its captions. */
static void media_of(const struct course_module *m, struct player_view *v)
{
    str rest = m->file;
    if (!rest.len) return;
    str_cut(&rest, ' ', &v->media);
    v->captions = rest.len ? rest : (str){0};
}

static err neighbours(struct request *rq, struct player_view *v)
{
    struct course_module_list list;
    TRY(learning_modules(rq->db, rq->arena, rq->user.officer, v->course, rq->today, &list));
    v->modules = list.count;
    for (isize i = 0; i < list.count; i++) {
        if (list.row[i].id != v->id) continue;
        if (i > 0) v->previous = list.row[i - 1].id, v->previous_title = list.row[i - 1].title;
        if (i + 1 < list.count) v->next = list.row[i + 1].id, v->next_title = list.row[i + 1].title;
    }
    return OK;
}

static err show(struct request *rq)
{
    struct course_module m;
    struct learning_title_row course;
    bool found;
    TRY(learning_module(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->param[1], rq->today, &m));
    TRY(learning_sql_title(rq->db, rq->arena, m.course, str_of(lang_tag[rq->lang]), &course, &found));
    i64 counted = m.counted_ms < m.needed_ms ? m.counted_ms : m.needed_ms;
    struct player_view v = {.id = m.id, .course = m.course, .seq = m.seq, .minutes = m.minutes, .title = m.title, .course_title = found ? course.title : S(""),
                            .kind = m.kind, .language = m.language, .place = m.place, .finished = m.finished, .done = m.finished || m.counted_ms >= m.needed_ms};
    v.counted_s = counted / SECOND_MS;
    v.needed_s = round_up(m.needed_ms, SECOND_MS);
    v.counted_min = m.counted_ms / MINUTE_MS;
    v.needed_min = round_up(m.needed_ms, MINUTE_MS);
    v.wait_min = round_up(m.needed_ms - counted, MINUTE_MS);
    v.share_percent = (i64)(100 * constant_value("module_share", rq->today) + .5);
    v.error = form_error_of(rq, "finish");
    v.body = markdown(rq->arena, m.body);
    media_of(&m, &v);
    TRY(neighbours(rq, &v));
    return RESPOND(rq, v.title, learning_module_page, &v);
}

err learning_module_get(struct request *rq)
{
    TRY(learning_officer(rq));
    err e = learning_open(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->param[1], rq->now);
    if (e == ERR_DENIED && !request_wants_json(rq)) {
        flash(rq, N_("Enrol in this course first."));
        return respond_redirect(rq, "/courses/%lld", (long long)rq->param[0]);
    }
    TRY(e);
    return show(rq);
}

err learning_heartbeat_post(struct request *rq)
{
    struct course_module m;
    i64 place;
    bool placed = in_i64(rq, "at_s", &place);
    TRY(learning_officer(rq));
    if (form_bad(rq)) return err_set(ERR_INVALID, N_("The place is a second of the video or a page of the document."));
    TRY(learning_beat(rq->db, rq->arena, rq->user.officer, rq->param[0], rq->param[1], placed ? &place : NULL, rq->now, &m));
    struct beat_view v = {.counted_s = m.counted_ms / SECOND_MS, .needed_s = round_up(m.needed_ms, SECOND_MS), .done = m.finished || m.counted_ms >= m.needed_ms};
    return respond_json(rq, &v);
}

err learning_finish_post(struct request *rq)
{
    i64 next = 0, officer = rq->user.officer, course = rq->param[0], module = rq->param[1];
    TRY(learning_officer(rq));
    if (in_flag(rq, "read")) TRY(learning_read(rq->db, rq->arena, officer, course, module, rq->now));
    err e = learning_finish(rq->db, rq->arena, officer, course, module, rq->now, &next);
    if (e == ERR_INVALID && !request_wants_json(rq)) {
        form_error(rq, "finish", err_message()); /* 422 undoes what was just counted; the time since opening is there to be counted again */
        return show(rq);
    }
    TRY(e);
    if (next) return respond_redirect(rq, "/courses/%lld/modules/%lld", (long long)course, (long long)next);
    flash(rq, N_("All modules are finished. The test is open."));
    return respond_redirect(rq, "/courses/%lld", (long long)course);
}

err learning_media_get(struct request *rq)
{
    str name = rq->param_name[0];
    const char *type = media_type(name);
    if (!type) return err_set(ERR_NOT_FOUND, N_("There is no such file."));
    return respond_file(rq, type, str_z(rq->arena, name));
}
