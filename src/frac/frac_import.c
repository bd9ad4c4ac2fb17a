#include "frac/frac_import.h"

#include "frac_import_sql.h"

/* ---- texts: all those of a subject are read once, and only what differs is written ---- */

struct text_in { str field, language, text; };

static err text_put(struct db *db, i64 subject, const struct frac_import_texts_rows *old, const struct text_in *t, enum put *put)
{
    const struct frac_import_texts_row *row = NULL;
    for (isize i = 0; i < old->count && !row; i++)
        if (str_eq(old->row[i].field, t->field) && str_eq(old->row[i].language, t->language)) row = &old->row[i];
    if (row ? str_eq(row->text, t->text) : t->text.len == 0) return OK;
    if (*put == PUT_UNCHANGED) *put = PUT_CHANGED;
    if (t->text.len == 0) return frac_import_sql_text_drop(db, subject, t->field, t->language, NULL);
    return frac_text_put(db, subject, t->field, t->language, t->text);
}

static err texts_put(struct db *db, struct arena *a, i64 subject, const struct text_in *text, isize count, enum put *put)
{
    struct frac_import_texts_rows old = {0};
    if (*put != PUT_ADDED) TRY(frac_import_sql_texts(db, a, subject, &old));
    for (isize i = 0; i < count; i++) TRY(text_put(db, subject, &old, &text[i], put));
    return OK;
}

static err name_put(struct db *db, struct arena *a, i64 subject, str name_en, str name_hi, enum put *put)
{
    const struct text_in text[] = {{S("name"), S("en"), name_en}, {S("name"), S("hi"), name_hi}};
    return texts_put(db, a, subject, text, COUNT_OF(text), put);
}

/* ---- competencies ---- */

err frac_import_competency_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct frac_import_competency_row r;
    bool found;
    TRY(frac_import_sql_competency(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

static err competency_texts(struct db *db, struct arena *a, i64 id, const struct competency_in *in, enum put *put)
{
    static const char *const level_field[5] = {"l1", "l2", "l3", "l4", "l5"};
    const str language[2] = {S("en"), S("hi")};
    struct text_in text[15];
    isize n = 0;
    for (int k = 0; k < 2; k++) {
        text[n++] = (struct text_in){S("name"), language[k], in->name[k]};
        text[n++] = (struct text_in){S("definition"), language[k], in->definition[k]};
        for (int i = 0; i < 5; i++) text[n++] = (struct text_in){str_of(level_field[i]), language[k], in->level[k][i]};
    }
    text[n++] = (struct text_in){S("facets"), S("en"), in->facets};
    return texts_put(db, a, id, text, n, put);
}

err frac_import_competency(struct db *db, struct arena *a, const struct competency_in *in, i64 *id, enum put *put)
{
    struct frac_import_competency_row old;
    bool found;
    TRY(frac_import_sql_competency(db, a, in->code, &old, &found));
    *put = PUT_UNCHANGED;
    if (!found) {
        *put = PUT_ADDED;
        *id = id_new();
        TRY(frac_import_sql_competency_add(db, *id, in->code, in->kind, in->area, in->theme, in->reviewed, NULL));
        return competency_texts(db, a, *id, in, put);
    }
    *id = old.id;
    if (old.kind != in->kind || old.reviewed != in->reviewed || !str_eq(old.area, in->area) || !str_eq(old.theme, in->theme)) {
        *put = PUT_CHANGED;
        TRY(frac_import_sql_competency_set(db, *id, in->kind, in->area, in->theme, in->reviewed, NULL));
    }
    return competency_texts(db, a, *id, in, put);
}

/* ---- roles and activities: a code and a name ---- */

err frac_import_role_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct frac_import_role_row r;
    bool found;
    TRY(frac_import_sql_role(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err frac_import_activity_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct frac_import_activity_row r;
    bool found;
    TRY(frac_import_sql_activity(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err frac_import_role(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put)
{
    TRY(frac_import_role_id(db, a, code, id));
    *put = *id ? PUT_UNCHANGED : PUT_ADDED;
    if (*put == PUT_ADDED) {
        *id = id_new();
        TRY(frac_import_sql_role_add(db, *id, code, NULL));
    }
    return name_put(db, a, *id, name_en, name_hi, put);
}

err frac_import_activity(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put)
{
    TRY(frac_import_activity_id(db, a, code, id));
    *put = *id ? PUT_UNCHANGED : PUT_ADDED;
    if (*put == PUT_ADDED) {
        *id = id_new();
        TRY(frac_import_sql_activity_add(db, *id, code, NULL));
    }
    return name_put(db, a, *id, name_en, name_hi, put);
}

/* ---- positions ---- */

err frac_import_position_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct frac_import_position_row r;
    bool found;
    TRY(frac_import_sql_position(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

static bool same_position(const struct frac_import_position_row *old, const struct position_in *in)
{
    return old->organisation == in->organisation && (old->designation_null ? 0 : old->designation) == in->designation &&
           (old->service_null ? 0 : old->service) == in->service && str_eq(old->grp, in->grp) && old->sanctioned == in->sanctioned &&
           old->filled == in->filled;
}

err frac_import_position(struct db *db, struct arena *a, const struct position_in *in, i64 *id, enum put *put)
{
    struct frac_import_position_row old;
    bool found;
    const i64 *designation = in->designation ? &in->designation : NULL, *service = in->service ? &in->service : NULL;
    TRY(frac_import_sql_position(db, a, in->code, &old, &found));
    *put = PUT_UNCHANGED;
    if (!found) {
        *put = PUT_ADDED;
        *id = id_new();
        TRY(frac_import_sql_position_add(db, *id, in->code, in->organisation, designation, service, in->grp, in->sanctioned, in->filled, NULL));
        return name_put(db, a, *id, in->name_en, in->name_hi, put);
    }
    *id = old.id;
    if (!same_position(&old, in)) {
        *put = PUT_CHANGED;
        TRY(frac_import_sql_position_set(db, *id, in->organisation, designation, service, in->grp, in->sanctioned, in->filled, NULL));
    }
    return name_put(db, a, *id, in->name_en, in->name_hi, put);
}
