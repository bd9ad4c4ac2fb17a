#include "org/org_import.h"

#include "org_import_sql.h"

/* An empty text is "none": the row goes, so that readers fall back to English. */
static err text_put(struct db *db, struct arena *a, i64 subject, str language, str text, enum put *put)
{
    struct org_import_text_row old;
    bool found;
    TRY(org_import_sql_text(db, a, subject, S("name"), language, &old, &found));
    if (found ? str_eq(old.text, text) : text.len == 0) return OK;
    if (*put == PUT_UNCHANGED) *put = PUT_CHANGED;
    if (text.len == 0) return org_import_sql_text_drop(db, subject, S("name"), language, NULL);
    return org_text_put(db, subject, S("name"), language, text);
}

static err name_put(struct db *db, struct arena *a, i64 subject, str name_en, str name_hi, enum put *put)
{
    TRY(text_put(db, a, subject, S("en"), name_en, put));
    return text_put(db, a, subject, S("hi"), name_hi, put);
}

/* ---- organisations ---- */

err org_import_organisation_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct org_import_organisation_row r;
    bool found;
    TRY(org_import_sql_organisation(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err org_import_organisation_parent(struct db *db, struct arena *a, str code, str *parent)
{
    struct org_import_organisation_parent_row r;
    bool found;
    TRY(org_import_sql_organisation_parent(db, a, code, &r, &found));
    *parent = found ? r.parent : (str){0};
    return OK;
}

err org_import_organisation(struct db *db, struct arena *a, const struct organisation_in *in, i64 *id, enum put *put, bool *moved)
{
    struct org_import_organisation_row old;
    bool found;
    const i64 *parent = in->parent ? &in->parent : NULL;
    TRY(org_import_sql_organisation(db, a, in->code, &old, &found));
    *put = PUT_UNCHANGED;
    if (!found) {
        *put = PUT_ADDED;
        *moved = true;
        *id = id_new();
        TRY(org_import_sql_organisation_add(db, *id, in->code, parent, in->kind, in->source, NULL));
        return name_put(db, a, *id, in->name_en, in->name_hi, put);
    }
    *id = old.id;
    bool same_parent = (old.parent_null ? 0 : old.parent) == in->parent;
    if (!same_parent || !str_eq(old.kind, in->kind) || !str_eq(old.source, in->source)) {
        *put = PUT_CHANGED;
        *moved = *moved || !same_parent;
        TRY(org_import_sql_organisation_set(db, *id, parent, in->kind, in->source, NULL));
    }
    return name_put(db, a, *id, in->name_en, in->name_hi, put);
}

err org_import_rebuild(struct db *db)
{
    TRY(org_import_sql_above_clear(db, NULL));
    TRY(org_import_sql_above_fill(db, NULL));
    return org_import_sql_depth_set(db, NULL);
}

/* ---- services and designations: a code and a name ---- */

err org_import_service_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct org_import_service_row r;
    bool found;
    TRY(org_import_sql_service(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err org_import_designation_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct org_import_designation_row r;
    bool found;
    TRY(org_import_sql_designation(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

err org_import_service(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put)
{
    TRY(org_import_service_id(db, a, code, id));
    *put = *id ? PUT_UNCHANGED : PUT_ADDED;
    if (*put == PUT_ADDED) {
        *id = id_new();
        TRY(org_import_sql_service_add(db, *id, code, NULL));
    }
    return name_put(db, a, *id, name_en, name_hi, put);
}

err org_import_designation(struct db *db, struct arena *a, str code, str name_en, str name_hi, i64 *id, enum put *put)
{
    TRY(org_import_designation_id(db, a, code, id));
    *put = *id ? PUT_UNCHANGED : PUT_ADDED;
    if (*put == PUT_ADDED) {
        *id = id_new();
        TRY(org_import_sql_designation_add(db, *id, code, NULL));
    }
    return name_put(db, a, *id, name_en, name_hi, put);
}
