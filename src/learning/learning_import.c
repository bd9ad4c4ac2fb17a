#include "learning/learning_import.h"

#include "learning_import_sql.h"

static err text_put(struct db *db, struct arena *a, i64 subject, str field, str language, str text, enum put *put)
{
    struct learning_import_text_row old;
    bool found;
    TRY(learning_import_sql_text(db, a, subject, field, language, &old, &found));
    if (found ? str_eq(old.text, text) : text.len == 0) return OK;
    if (*put == PUT_UNCHANGED) *put = PUT_CHANGED;
    if (text.len == 0) return learning_import_sql_text_drop(db, subject, field, language, NULL);
    return learning_import_sql_text_put(db, subject, field, language, text, NULL);
}

static err both_put(struct db *db, struct arena *a, i64 subject, str field, str english, str hindi, enum put *put)
{
    TRY(text_put(db, a, subject, field, S("en"), english, put));
    return text_put(db, a, subject, field, S("hi"), hindi, put);
}

/* A column that may be NULL takes the null str for "none". */
static str or_null(str s)
{
    return s.len ? s : (str){0};
}

/* ---- providers ---- */

err learning_import_provider_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct learning_import_provider_row r;
    bool found;
    TRY(learning_import_sql_provider(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err learning_import_provider(struct db *db, struct arena *a, const struct provider_in *in, i64 *id, enum put *put)
{
    struct learning_import_provider_row old;
    bool found;
    const i64 *organisation = in->organisation ? &in->organisation : NULL;
    TRY(learning_import_sql_provider(db, a, in->code, &old, &found));
    *put = found ? PUT_UNCHANGED : PUT_ADDED;
    *id = found ? old.id : id_new();
    if (!found) {
        TRY(learning_import_sql_provider_add(db, *id, in->code, organisation, NULL));
    } else if ((old.organisation_null ? 0 : old.organisation) != in->organisation) {
        *put = PUT_CHANGED;
        TRY(learning_import_sql_provider_set(db, *id, organisation, NULL));
    }
    return both_put(db, a, *id, S("name"), in->name_en, in->name_hi, put);
}

/* ---- courses ---- */

err learning_import_course_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct learning_import_course_row r;
    bool found;
    TRY(learning_import_sql_course(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

static bool same_course(const struct learning_import_course_row *old, const struct course_in *in)
{
    return old->provider == in->provider && old->minutes == in->minutes && str_eq(old->language, in->language) &&
           str_eq(old->category, in->category) && str_eq(or_null(old->source_id), or_null(in->source_id));
}

err learning_import_course(struct db *db, struct arena *a, const struct course_in *in, i64 *id, enum put *put)
{
    struct learning_import_course_row old;
    bool found;
    str source = or_null(in->source_id);
    TRY(learning_import_sql_course(db, a, in->code, &old, &found));
    *put = found ? PUT_UNCHANGED : PUT_ADDED;
    *id = found ? old.id : id_new();
    if (!found) {
        TRY(learning_import_sql_course_add(db, *id, in->code, in->provider, in->language, in->minutes, in->category, source, NULL));
    } else if (!same_course(&old, in)) {
        *put = PUT_CHANGED;
        TRY(learning_import_sql_course_set(db, *id, in->provider, in->language, in->minutes, in->category, source, NULL));
    }
    TRY(both_put(db, a, *id, S("title"), in->title[0], in->title[1], put));
    return both_put(db, a, *id, S("summary"), in->summary[0], in->summary[1], put);
}

err learning_import_course_competency(struct db *db, struct arena *a, const struct course_competency_in *in, enum put *put)
{
    struct learning_import_teaches_row old;
    bool found;
    TRY(learning_import_sql_teaches(db, a, in->course, in->competency, &old, &found));
    bool same = found && old.entry == in->entry && old.exit == in->exit && old.reviewed == in->reviewed;
    *put = same ? PUT_UNCHANGED : found ? PUT_CHANGED : PUT_ADDED;
    return same ? OK : learning_import_sql_teaches_put(db, in->course, in->competency, in->entry, in->exit, in->reviewed, NULL);
}

/* ---- modules ---- */

static bool same_module(const struct learning_import_module_row *old, const struct module_in *in)
{
    return old->minutes == in->minutes && str_eq(old->kind, in->kind) && str_eq(old->title, in->title) && str_eq(old->body, in->body) &&
           str_eq(or_null(old->file), or_null(in->file));
}

err learning_import_module(struct db *db, struct arena *a, const struct module_in *in, enum put *put)
{
    struct learning_import_module_row old;
    bool found;
    str file = or_null(in->file);
    TRY(learning_import_sql_module(db, a, in->course, in->seq, &old, &found));
    *put = !found ? PUT_ADDED : same_module(&old, in) ? PUT_UNCHANGED : PUT_CHANGED;
    if (*put == PUT_ADDED) return learning_import_sql_module_add(db, id_new(), in->course, in->seq, in->kind, in->minutes, in->title, in->body, file, NULL);
    if (*put == PUT_CHANGED) return learning_import_sql_module_set(db, old.id, in->kind, in->minutes, in->title, in->body, file, NULL);
    return OK;
}

err learning_import_complete(struct db *db, i64 course, bool enough_items, bool *changed)
{
    i64 rows;
    TRY(learning_import_sql_course_complete(db, course, enough_items, &rows));
    *changed = rows > 0;
    return OK;
}

/* ---- courses whose search row may have changed ---- */

err learning_import_courses_of_provider(struct db *db, struct arena *a, i64 provider, struct course_ids *out)
{
    struct learning_import_course_of_provider_rows rows;
    TRY(learning_import_sql_course_of_provider(db, a, provider, &rows));
    *out = (struct course_ids){ARENA_ARRAY(a, i64, rows.count), rows.count};
    for (isize i = 0; i < rows.count; i++) out->id[i] = rows.row[i].id;
    return OK;
}

err learning_import_courses_of_competency(struct db *db, struct arena *a, i64 competency, struct course_ids *out)
{
    struct learning_import_course_of_competency_rows rows;
    TRY(learning_import_sql_course_of_competency(db, a, competency, &rows));
    *out = (struct course_ids){ARENA_ARRAY(a, i64, rows.count), rows.count};
    for (isize i = 0; i < rows.count; i++) out->id[i] = rows.row[i].id;
    return OK;
}
