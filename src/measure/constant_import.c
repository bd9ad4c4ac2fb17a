#include "measure/constant_import.h"

#include "constant_import_sql.h"
#include "measure/measure.h"

static bool same(const struct constant_import_constant_row *old, const struct constant_in *in)
{
    return old->value == in->value && str_eq(old->unit, in->unit) && str_eq(old->basis, in->basis) && str_eq(old->reason_en, in->reason_en) &&
           str_eq(old->reason_hi, in->reason_hi);
}

err constant_import_allowed(struct db *db, struct arena *a, const struct constant_in *in, i64 today, bool *allowed)
{
    struct constant_import_constant_row old;
    struct constant_import_known_row known;
    bool found, any;
    TRY(constant_import_sql_constant(db, a, in->name, in->from_day, &old, &found));
    TRY(constant_import_sql_known(db, a, in->name, &known, &any));
    *allowed = in->from_day > today || (found ? old.value == in->value : !any);
    return OK;
}

err constant_import(struct db *db, struct arena *a, const struct constant_in *in, i64 now, enum put *put)
{
    struct constant_import_constant_row old;
    bool found;
    TRY(constant_import_sql_constant(db, a, in->name, in->from_day, &old, &found));
    *put = !found ? PUT_ADDED : same(&old, in) ? PUT_UNCHANGED : PUT_CHANGED;
    if (*put == PUT_UNCHANGED) return OK;
    TRY(constant_check(in->name, in->value, in->from_day, in->from_day - 1)); /* its range; which days may change was asked before */
    return constant_import_sql_constant_add(db, id_new(), in->name, in->value, in->unit, in->basis, in->reason_en, in->reason_hi, in->from_day,
                                            now, NULL);
}
