#include "assessment/item_import.h"

#include "item_import_sql.h"

err item_import_id(struct db *db, struct arena *a, str code, i64 *id)
{
    struct item_import_item_row r;
    bool found;
    TRY(item_import_sql_item(db, a, code, &r, &found));
    *id = found ? r.id : 0;
    return OK;
}

static bool same(const struct item_import_item_row *old, const struct item_in *in)
{
    return (old->course_null ? 0 : old->course) == in->course && old->competency == in->competency && old->level == in->level &&
           old->answer == in->answer && str_eq(old->language, in->language) && str_eq(old->stem, in->stem) &&
           str_eq(old->option_a, in->option[0]) && str_eq(old->option_b, in->option[1]) && str_eq(old->option_c, in->option[2]) &&
           str_eq(old->option_d, in->option[3]) && str_eq(old->rationale, in->rationale);
}

err item_import(struct db *db, struct arena *a, const struct item_in *in, i64 *id, enum put *put)
{
    struct item_import_item_row old;
    bool found;
    const i64 *course = in->course ? &in->course : NULL;
    const str *o = in->option;
    TRY(item_import_sql_item(db, a, in->code, &old, &found));
    *put = !found ? PUT_ADDED : same(&old, in) ? PUT_UNCHANGED : PUT_CHANGED;
    *id = found ? old.id : id_new();
    if (*put == PUT_ADDED)
        return item_import_sql_item_add(db, *id, in->code, course, in->competency, in->level, in->language, in->stem, o[0], o[1], o[2], o[3],
                                        in->answer, in->rationale, NULL);
    if (*put == PUT_CHANGED)
        return item_import_sql_item_set(db, *id, course, in->competency, in->level, in->language, in->stem, o[0], o[1], o[2], o[3], in->answer,
                                        in->rationale, NULL);
    return OK;
}

err item_import_count(struct db *db, struct arena *a, i64 course, i64 *count)
{
    struct item_import_item_count_row r;
    TRY(item_import_sql_item_count(db, a, course, &r));
    *count = r.n;
    return OK;
}
