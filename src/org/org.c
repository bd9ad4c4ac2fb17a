#include "org/org.h"

#include "org_sql.h"

static err no_organisation(void)
{
    return err_set(ERR_NOT_FOUND, N_("There is no such organisation."));
}

/* ---- the tree ---- */

err organisation_get(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation *out)
{
    struct org_organisation_row r;
    bool found;
    TRY(org_sql_organisation(db, a, id, str_of(lang_tag[lang]), &r, &found));
    if (!found) return no_organisation();
    *out = (struct organisation){r.id, r.code, r.kind, r.name, r.parent, r.parent_null, r.depth};
    return OK;
}

err organisation_by_code(struct db *db, struct arena *a, str code, i64 *id)
{
    struct org_organisation_id_row r;
    bool found;
    TRY(org_sql_organisation_id(db, a, code, &r, &found));
    if (!found) return no_organisation();
    *id = r.id;
    return OK;
}

/* By name, in C: the collations of the two engines differ. */
static int by_name(const void *x, const void *y)
{
    const struct organisation *a = x, *b = y;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

err organisation_children(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation_list *out)
{
    struct org_organisation_children_rows rows;
    TRY(org_sql_organisation_children(db, a, id, str_of(lang_tag[lang]), &rows));
    out->count = rows.count;
    out->row = ARENA_ARRAY(a, struct organisation, rows.count);
    for (isize i = 0; i < rows.count; i++) {
        const struct org_organisation_children_row *r = &rows.row[i];
        out->row[i] = (struct organisation){r->id, r->code, r->kind, r->name, r->parent, r->parent_null, r->depth};
    }
    if (out->count) qsort(out->row, (size_t)out->count, sizeof *out->row, by_name);
    return OK;
}

err organisation_path(struct db *db, struct arena *a, enum lang lang, i64 id, struct organisation_list *out)
{
    struct org_organisation_path_rows rows;
    TRY(org_sql_organisation_path(db, a, id, str_of(lang_tag[lang]), &rows));
    if (!rows.count) return no_organisation();
    out->count = rows.count;
    out->row = ARENA_ARRAY(a, struct organisation, rows.count);
    for (isize i = 0; i < rows.count; i++) {
        const struct org_organisation_path_row *r = &rows.row[i];
        out->row[i] = (struct organisation){r->id, r->code, r->kind, r->name, r->parent, r->parent_null, r->depth};
    }
    return OK;
}

static err take_ministry(void *arg, const struct org_organisation_ministry_row *r)
{
    *(i64 *)arg = r->ministry;
    return OK;
}

err organisation_ministry(struct db *db, i64 id, i64 *ministry)
{
    *ministry = 0;
    TRY(org_sql_organisation_ministry(db, id, take_ministry, ministry));
    return *ministry ? OK : no_organisation();
}

err org_text_put(struct db *db, i64 subject, str field, str language, str text)
{
    return org_sql_text_put(db, subject, field, language, text, NULL);
}

/* ---- officers ---- */

err posting_current(struct db *db, struct arena *a, i64 officer, i64 day, struct posting *out)
{
    struct org_posting_current_row r;
    bool found;
    TRY(org_sql_posting_current(db, a, officer, day, &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("This officer holds no position on that day."));
    *out = (struct posting){.officer = r.officer, .id = r.id, .position = r.position, .organisation = r.organisation, .supervisor = r.supervisor,
                            .from_day = r.from_day, .supervisor_null = r.supervisor_null, .officer_name = r.officer_name, .grp = r.grp};
    return OK;
}

err officer_create(struct db *db, const struct new_officer *n, i64 now, i64 *officer)
{
    if (!str_trim(n->name).len) return err_set(ERR_INVALID, N_("Give the officer's name."));
    *officer = n->id ? n->id : id_new();
    TRY(org_sql_officer_add(db, *officer, n->name, n->grp, n->service ? &n->service : NULL, now, NULL));
    return org_sql_posting_add(db, *officer, id_new(), n->position, n->organisation, n->supervisor ? &n->supervisor : NULL, n->from_day, NULL);
}
