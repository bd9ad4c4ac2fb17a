#include "frac/frac.h"

#include "frac_sql.h"

/* ---- competencies and positions ---- */

static str *text_field(struct competency *c, str field)
{
    if (str_eq(field, S("name"))) return &c->name;
    if (str_eq(field, S("definition"))) return &c->definition;
    if (str_eq(field, S("facets"))) return &c->facets;
    if (field.len == 2 && field.data[0] == 'l' && field.data[1] >= '1' && field.data[1] <= '5') return &c->level_text[field.data[1] - '1'];
    return NULL;
}

err frac_competency(struct db *db, struct arena *a, enum lang lang, i64 id, struct competency *out)
{
    struct frac_competency_row r;
    bool found;
    TRY(frac_sql_competency(db, a, id, &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such competency."));
    *out = (struct competency){.id = r.id, .code = r.code, .kind = r.kind, .area = r.area, .theme = r.theme, .reviewed = r.reviewed != 0};
    struct frac_texts_rows texts;
    str wanted = str_of(lang_tag[lang]);
    TRY(frac_sql_texts(db, a, id, wanted, &texts));
    for (isize i = 0; i < texts.count; i++) {
        str *field = text_field(out, texts.row[i].field);
        if (field && (!field->data || str_eq(texts.row[i].language, wanted))) *field = texts.row[i].text;
    }
    if (!out->name.data) out->name = out->code;
    return OK;
}

static err take_competency(void *arg, const struct frac_competency_id_row *r)
{
    *(i64 *)arg = r->id;
    return OK;
}

err frac_competency_by_code(struct db *db, str code, i64 *id)
{
    *id = 0;
    TRY(frac_sql_competency_id(db, code, take_competency, id));
    return *id ? OK : err_set(ERR_NOT_FOUND, N_("There is no such competency."));
}

static err take_position(void *arg, const struct frac_position_id_row *row)
{
    *(i64 *)arg = row->id;
    return OK;
}

err frac_position_by_code(struct db *db, str code, i64 *id)
{
    *id = 0;
    TRY(frac_sql_position_id(db, code, take_position, id));
    return *id ? OK : err_set(ERR_NOT_FOUND, N_("There is no such position."));
}

err frac_position(struct db *db, struct arena *a, enum lang lang, i64 id, struct position *out)
{
    struct frac_position_row r;
    bool found;
    TRY(frac_sql_position(db, a, id, str_of(lang_tag[lang]), &r, &found));
    if (!found) return err_set(ERR_NOT_FOUND, N_("There is no such position."));
    *out = (struct position){.id = r.id, .code = r.code, .name = r.name, .grp = r.grp, .organisation = r.organisation,
                             .sanctioned = r.sanctioned, .filled = r.filled};
    return OK;
}

err frac_text_put(struct db *db, i64 subject, str field, str language, str text)
{
    return frac_sql_text_put(db, subject, field, language, text, NULL);
}

/* ---- reading maps ---- */

struct version { i64 id; u8 hash[32]; };

static err take_version(void *arg, const struct frac_map_on_row *r)
{
    struct version *v = arg;
    v->id = r->id;
    if (r->content_hash.len == (isize)sizeof v->hash) memcpy(v->hash, r->content_hash.data, sizeof v->hash);
    return OK;
}

static err version_on(struct db *db, i64 position, i64 day, struct version *out)
{
    *out = (struct version){0};
    return frac_sql_map_on(db, position, day, take_version, out);
}

err frac_map(struct db *db, i64 position, i64 day, i64 *map)
{
    struct version v;
    TRY(version_on(db, position, day, &v));
    *map = v.id;
    return v.id ? OK : err_set(ERR_NOT_FOUND, N_("Nobody has said yet what this position requires."));
}

/* Sorted here: the collations of the two engines differ. */
static int by_kind_and_name(const void *x, const void *y)
{
    const struct requirement *a = x, *b = y;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    int c = str_cmp(a->name, b->name);
    return c ? c : (a->competency > b->competency) - (a->competency < b->competency);
}

err frac_requirements(struct db *db, struct arena *a, enum lang lang, i64 map, struct requirement_list *out)
{
    struct frac_requirements_rows rows;
    TRY(frac_sql_requirements(db, a, map, str_of(lang_tag[lang]), &rows));
    out->count = rows.count;
    out->row = ARENA_ARRAY(a, struct requirement, rows.count);
    for (isize i = 0; i < rows.count; i++) {
        const struct frac_requirements_row *r = &rows.row[i];
        out->row[i] = (struct requirement){r->competency, r->kind, r->level, r->critical != 0, r->name};
    }
    if (out->count) qsort(out->row, (size_t)out->count, sizeof *out->row, by_kind_and_name);
    return OK;
}

static int by_name_then_id(str an, i64 a, str bn, i64 b)
{
    int c = str_cmp(an, bn);
    return c ? c : (a > b) - (a < b);
}

static int by_role_and_activity(const void *x, const void *y)
{
    const struct map_line *a = x, *b = y;
    int c = by_name_then_id(a->role_name, a->role, b->role_name, b->role);
    if (!c) c = by_name_then_id(a->activity_name, a->activity, b->activity_name, b->activity);
    return c ? c : by_name_then_id(a->competency_name, a->competency, b->competency_name, b->competency);
}

err frac_map_lines(struct db *db, struct arena *a, enum lang lang, i64 map, i64 competency, struct map_line_list *out)
{
    struct frac_map_lines_rows rows;
    TRY(frac_sql_map_lines(db, a, map, competency, str_of(lang_tag[lang]), &rows));
    out->count = rows.count;
    out->row = ARENA_ARRAY(a, struct map_line, rows.count);
    for (isize i = 0; i < rows.count; i++) {
        const struct frac_map_lines_row *r = &rows.row[i];
        out->row[i] = (struct map_line){.role = r->role, .activity = r->activity, .competency = r->competency, .level = r->level,
                                        .role_name = r->role_name, .activity_name = r->activity_name, .competency_name = r->competency_name,
                                        .critical = r->critical != 0, .reviewed = r->reviewed != 0};
    }
    if (out->count) qsort(out->row, (size_t)out->count, sizeof *out->row, by_role_and_activity);
    return OK;
}

/* ---- publishing a version ---- */

enum { CRITICAL_MAX = 5 };

static int by_key(const void *x, const void *y)
{
    const struct map_row *a = x, *b = y;
    if (a->role != b->role) return a->role < b->role ? -1 : 1;
    if (a->activity != b->activity) return a->activity < b->activity ? -1 : 1;
    return (a->competency > b->competency) - (a->competency < b->competency);
}

/* Distinct competencies marked critical, counted no further than one past the limit. */
static int critical_count(const struct map_row *row, isize count)
{
    i64 seen[CRITICAL_MAX + 1];
    int n = 0;
    for (isize i = 0; i < count && n <= CRITICAL_MAX; i++) {
        int j = 0;
        while (j < n && seen[j] != row[i].competency) j++;
        if (row[i].critical && j == n) seen[n++] = row[i].competency;
    }
    return n;
}

static err check_rows(const struct map_row *sorted, isize count)
{
    if (!count) return err_set(ERR_INVALID, N_("A map needs at least one competency."));
    for (isize i = 0; i < count; i++) {
        if (sorted[i].level < 1 || sorted[i].level > 5) return err_set(ERR_INVALID, N_("A level is a whole number from 1 to 5."));
        if (i && by_key(&sorted[i - 1], &sorted[i]) == 0)
            return err_set(ERR_INVALID, N_("An activity of a role can name each competency only once."));
    }
    if (critical_count(sorted, count) > CRITICAL_MAX)
        return err_set(ERR_INVALID, N_("At most five competencies of a position can be critical. Unmark one first."));
    return OK;
}

static u8 *put_i64(u8 *at, i64 n)
{
    for (int i = 0; i < 8; i++) at[i] = (u8)((u64)n >> (56 - 8 * i));
    return at + 8;
}

static void content_hash(struct arena *a, const struct map_row *sorted, isize count, u8 out[32])
{
    enum { ROW_BYTES = 6 * 8 };
    u8 *bytes = arena_alloc_n(a, count, ROW_BYTES, 1), *at = bytes;
    for (isize i = 0; i < count; i++) {
        at = put_i64(at, sorted[i].role);
        at = put_i64(at, sorted[i].activity);
        at = put_i64(at, sorted[i].competency);
        at = put_i64(at, sorted[i].level);
        at = put_i64(at, sorted[i].critical);
        at = put_i64(at, sorted[i].reviewed);
    }
    sha256(bytes, count * ROW_BYTES, out);
}

static err take_number(void *arg, const struct frac_map_last_row *r)
{
    *(i64 *)arg = r->version;
    return OK;
}

struct day_found { i64 day; bool found; };

static err take_day(void *arg, const struct frac_map_after_row *r)
{
    *(struct day_found *)arg = (struct day_found){r->from_day, true};
    return OK;
}

static err write_version(struct db *db, i64 position, const struct map_row *row, isize count, i64 from_day, const u8 hash[32], i64 *map)
{
    i64 last = 0;
    struct day_found next = {0};
    TRY(frac_sql_map_last(db, position, take_number, &last));
    TRY(frac_sql_map_after(db, position, from_day, take_day, &next));
    i64 until = next.day - 1;
    *map = id_new();
    TRY(frac_sql_map_add(db, *map, position, last + 1, from_day, next.found ? &until : NULL, str_n((const char *)hash, 32), NULL));
    for (isize i = 0; i < count; i++)
        TRY(frac_sql_item_add(db, *map, row[i].role, row[i].activity, row[i].competency, row[i].level, row[i].critical, row[i].reviewed, NULL));
    return frac_sql_requirement_fill(db, *map, NULL);
}

err frac_map_publish(struct db *db, struct arena *a, i64 position, const struct map_row *row, isize count, i64 from_day, i64 *map, bool *made)
{
    struct map_row *sorted = ARENA_ARRAY(a, struct map_row, count);
    if (count) {
        memcpy(sorted, row, (size_t)count * sizeof *row);
        qsort(sorted, (size_t)count, sizeof *sorted, by_key);
    }
    TRY(check_rows(sorted, count));
    u8 hash[32];
    content_hash(a, sorted, count, hash);
    struct version now;
    TRY(version_on(db, position, from_day, &now));
    *made = !now.id || memcmp(now.hash, hash, sizeof hash) != 0;
    *map = now.id;
    if (!*made) return OK;
    if (now.id) TRY(frac_sql_map_end(db, now.id, from_day - 1, NULL));
    return write_version(db, position, sorted, count, from_day, hash, map);
}

static bool holds(const i64 *list, isize count, i64 n)
{
    for (isize i = 0; i < count; i++)
        if (list[i] == n) return true;
    return false;
}

static bool all_in_map(const struct frac_items_rows *items, const i64 *competency, isize count)
{
    for (isize i = 0; i < count; i++) {
        isize j = 0;
        while (j < items->count && items->row[j].competency != competency[i]) j++;
        if (j == items->count) return false;
    }
    return true;
}

err frac_mark_critical(struct db *db, struct arena *a, i64 position, const i64 *competency, isize count, i64 today, i64 *map)
{
    struct frac_items_rows items;
    TRY(frac_map(db, position, today, map));
    TRY(frac_sql_items(db, a, *map, &items));
    if (!all_in_map(&items, competency, count)) return err_set(ERR_INVALID, N_("Choose from the competencies that this position requires."));
    struct map_row *row = ARENA_ARRAY(a, struct map_row, items.count);
    for (isize i = 0; i < items.count; i++) {
        const struct frac_items_row *r = &items.row[i];
        row[i] = (struct map_row){r->role, r->activity, r->competency, r->level, holds(competency, count, r->competency), r->reviewed != 0};
    }
    bool made;
    return frac_map_publish(db, a, position, row, items.count, today, map, &made);
}
