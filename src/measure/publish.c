/* publish.c -- the daily snapshot: every organisation's sums over its subtree, by Group and competency, with suppression. */
#include "measure/measure.h"
#include "measure_sql.h"

enum { GROUPS = 4 }; /* A, B, C, and all of them */
static const char *const group_name[GROUPS] = {"A", "B", "C", ""};

struct cell { i64 officers, required, assessed, met, shortfall_micro, shortfall_sq_milli, own; u8 blank; }; /* own: people of the unit itself, not below it */
struct org_node { i64 id; isize parent; }; /* parent: index, -1 at a root */

struct table {
    struct arena *arena;
    struct org_node *org;
    isize orgs;
    i64 *competency; /* [0] is 0: all of them */
    isize competencies, competency_room;
    struct cell *cell; /* [org][group][competency] */
    i64 *people;       /* one family or one row of competencies at a time: room for the longest */
    u8 *state;
};

static struct cell *cell_at(const struct table *t, isize org, int group, isize competency)
{
    return &t->cell[(org * GROUPS + group) * t->competencies + competency];
}

static int group_of(str grp)
{
    return grp.len == 1 && grp.data[0] >= 'A' && grp.data[0] <= 'C' ? grp.data[0] - 'A' : 3;
}

static isize org_index(const struct table *t, i64 id)
{
    isize low = 0, high = t->orgs;
    while (low < high) {
        isize middle = (low + high) / 2;
        if (t->org[middle].id < id) low = middle + 1;
        else high = middle;
    }
    return low < t->orgs && t->org[low].id == id ? low : -1;
}

static isize competency_index(const struct table *t, i64 id)
{
    for (isize i = 0; i < t->competencies; i++)
        if (t->competency[i] == id) return i;
    return -1;
}

/* ---- reading ---- */

static err note_competency(void *arg, const struct measure_own_cells_row *row)
{
    struct table *t = arg;
    if (competency_index(t, row->competency) >= 0) return OK;
    if (t->competencies == t->competency_room) {
        isize room = t->competency_room ? 2 * t->competency_room : 128;
        i64 *more = ARENA_ARRAY(t->arena, i64, room);
        if (t->competencies) memcpy(more, t->competency, (size_t)t->competencies * sizeof *more);
        t->competency = more;
        t->competency_room = room;
    }
    t->competency[t->competencies++] = row->competency;
    return OK;
}

static void cell_add(struct cell *c, const struct measure_subtree_cells_row *r)
{
    c->required += r->required;
    c->assessed += r->assessed;
    c->met += r->met;
    c->shortfall_micro += r->shortfall_micro;
    c->shortfall_sq_milli += r->shortfall_sq_milli;
}

static err add_cell(void *arg, const struct measure_subtree_cells_row *r)
{
    struct table *t = arg;
    isize org = org_index(t, r->organisation), competency = competency_index(t, r->competency);
    ASSERT(competency > 0);
    if (org < 0) return OK;
    for (int g = 0; g < 2; g++) {
        int group = g ? 3 : group_of(r->grp);
        cell_add(cell_at(t, org, group, competency), r);
        cell_add(cell_at(t, org, group, 0), r);
    }
    return OK;
}

static err add_own(void *arg, const struct measure_own_cells_row *r)
{
    struct table *t = arg;
    isize org = org_index(t, r->organisation), competency = competency_index(t, r->competency);
    if (org < 0) return OK;
    cell_at(t, org, group_of(r->grp), competency)->own += r->assessed;
    cell_at(t, org, 3, competency)->own += r->assessed;
    return OK;
}

static err read_orgs(struct db *db, struct table *t, struct measure_subtree_heads_rows *heads)
{
    TRY(measure_sql_subtree_heads(db, t->arena, heads));
    t->org = ARENA_ARRAY(t->arena, struct org_node, heads->count);
    for (isize i = 0; i < heads->count; i++)
        if (t->orgs == 0 || t->org[t->orgs - 1].id != heads->row[i].organisation) t->org[t->orgs++].id = heads->row[i].organisation;
    for (isize i = 0; i < heads->count; i++) {
        isize at = org_index(t, heads->row[i].organisation);
        t->org[at].parent = heads->row[i].parent_null ? -1 : org_index(t, heads->row[i].parent);
    }
    return OK;
}

static err read_table(struct db *db, struct table *t)
{
    struct measure_subtree_heads_rows heads;
    struct measure_own_heads_rows own;
    TRY(read_orgs(db, t, &heads));
    TRY(note_competency(t, &(struct measure_own_cells_row){.competency = 0}));
    TRY(measure_sql_own_cells(db, note_competency, t));
    t->cell = ARENA_ARRAY(t->arena, struct cell, t->orgs * GROUPS * t->competencies);
    isize longest = t->orgs + 2 > t->competencies ? t->orgs + 2 : t->competencies;
    t->people = ARENA_ARRAY(t->arena, i64, longest);
    t->state = ARENA_ARRAY(t->arena, u8, longest);
    for (isize i = 0; i < heads.count; i++) {
        isize org = org_index(t, heads.row[i].organisation);
        for (isize c = 0; c < t->competencies; c++) {
            cell_at(t, org, group_of(heads.row[i].grp), c)->officers += heads.row[i].officers;
            cell_at(t, org, 3, c)->officers += heads.row[i].officers;
        }
    }
    TRY(measure_sql_own_heads(db, t->arena, &own));
    for (isize i = 0; i < own.count; i++) {
        isize org = org_index(t, own.row[i].organisation);
        cell_at(t, org, group_of(own.row[i].grp), 0)->own += own.row[i].officers;
        cell_at(t, org, 3, 0)->own += own.row[i].officers;
    }
    TRY(measure_sql_subtree_cells(db, add_cell, t));
    return measure_sql_own_cells(db, add_own, t);
}

/* ---- suppression ---- */

/* How many people stand behind a figure; of nobody assessed, those whose share of nothing it would be. */
static i64 people(const struct cell *c, isize competency)
{
    if (c->assessed == 0) return competency == 0 ? c->officers : c->required;
    return competency == 0 && c->officers < c->assessed ? c->officers : c->assessed;
}

/* Siblings are the children of one organisation and its own people, whom no page lists but subtraction finds; and the whole, where that is blank: it
** would be found by adding its parts up. So no sum that is published has a single blank, and as each cell stands in two of them at most (as a part and
** as a whole), which makes no ring, none can be found from several sums either. */
struct family { const isize *child; isize children, parent; };

static bool suppress_family(struct table *t, const struct family *f, int group, isize competency, i64 least, bool own_blank)
{
    i64 *n = t->people;
    u8 *state = t->state;
    struct cell *whole = cell_at(t, f->parent, group, competency);
    isize count = f->children, blanks = 0;
    for (isize i = 0; i < f->children; i++) {
        const struct cell *c = cell_at(t, f->child[i], group, competency);
        n[i] = people(c, competency);
        state[i] = c->blank;
    }
    n[count] = whole->own;
    state[count++] = own_blank && whole->own ? SUPPRESS_SMALL : SUPPRESS_NOT;
    if (whole->blank) {
        n[count] = people(whole, competency);
        state[count++] = whole->blank;
    }
    bool blanked = false;
    measure_suppress(n, count, least, state);
    for (isize i = 0; i < f->children; i++) {
        struct cell *c = cell_at(t, f->child[i], group, competency);
        blanked |= c->blank != state[i];
        c->blank = state[i];
    }
    for (isize i = 0; i < count; i++) blanks += state[i] != SUPPRESS_NOT;
    if (blanks != 1 || whole->blank) return blanked;
    whole->blank = SUPPRESS_SIBLING; /* nobody else is in it: the whole is that part */
    return true;
}

/* The Groups of an organisation are shown all three or not at all: with some of them, sums over Groups and sums over the tree would close to rings.
** One that nobody is in is then blank like the others. */
static bool suppress_groups(struct table *t, isize org, isize competency, i64 least)
{
    bool any = cell_at(t, org, 3, competency)->blank != SUPPRESS_NOT, changed = false;
    for (int g = 0; g < 3; g++) {
        const struct cell *c = cell_at(t, org, g, competency);
        i64 n = people(c, competency);
        any |= c->blank || (n > 0 && n < least);
    }
    for (int g = 0; any && g < 3; g++) {
        struct cell *c = cell_at(t, org, g, competency);
        i64 n = people(c, competency);
        if (c->blank) continue;
        c->blank = n > 0 && n < least ? SUPPRESS_SMALL : SUPPRESS_SIBLING;
        changed = true;
    }
    return changed;
}

static bool own_groups_small(const struct table *t, isize org, isize competency, i64 least)
{
    for (int g = 0; g < 3; g++) {
        i64 n = cell_at(t, org, g, competency)->own;
        if (n > 0 && n < least) return true;
    }
    return false;
}

static bool suppress_org(struct table *t, const struct family *f, isize competency, i64 least)
{
    struct cell *all = cell_at(t, f->parent, 3, competency);
    i64 n = people(all, competency);
    bool changed = false, small = own_groups_small(t, f->parent, competency, least);
    if (!all->blank && n > 0 && n < least) {
        all->blank = SUPPRESS_SMALL;
        changed = true;
    }
    changed |= suppress_groups(t, f->parent, competency, least);
    for (int g = 0; f->children && g < GROUPS; g++) changed |= suppress_family(t, f, g, competency, least, g < 3 && small);
    return changed;
}

/* The competencies of one organisation add up to its shown total: a single blank one could be found by subtraction. */
static bool suppress_competencies(struct table *t, isize org, int group, i64 least)
{
    if (cell_at(t, org, group, 0)->blank) return false;
    isize count = t->competencies - 1;
    i64 *n = t->people;
    u8 *state = t->state;
    for (isize c = 0; c < count; c++) {
        const struct cell *x = cell_at(t, org, group, c + 1);
        n[c] = people(x, c + 1);
        state[c] = x->blank;
    }
    bool changed = measure_suppress(n, count, least, state);
    for (isize c = 0; c < count; c++) cell_at(t, org, group, c + 1)->blank = state[c];
    return changed;
}

static bool suppress_once(struct table *t, i64 least)
{
    bool changed = false;
    isize *child = ARENA_ARRAY(t->arena, isize, t->orgs);
    for (isize org = 0; org < t->orgs; org++) {
        struct family f = {child, 0, org};
        for (isize i = 0; i < t->orgs; i++)
            if (t->org[i].parent == org) child[f.children++] = i;
        for (isize c = 0; c < t->competencies; c++) changed |= suppress_org(t, &f, c, least);
        for (int g = 0; g < GROUPS; g++) changed |= suppress_competencies(t, org, g, least);
    }
    return changed;
}

/* ---- writing ---- */

static err write_table(struct db *db, const struct table *t, i64 day)
{
    TRY(measure_sql_drop_snapshot(db, day, NULL));
    for (isize org = 0; org < t->orgs; org++)
        for (int g = 0; g < GROUPS; g++)
            for (isize c = 0; c < t->competencies; c++) {
                const struct cell *x = cell_at(t, org, g, c);
                if (x->required == 0 && !x->blank && (c > 0 || x->officers == 0)) continue; /* an empty cell that is blank hides that it is empty */
                TRY(measure_sql_put_snapshot(db, t->org[org].id, day, str_of(group_name[g]), t->competency[c], x->officers, x->required, x->assessed, x->met,
                                             x->shortfall_micro, x->shortfall_sq_milli, x->blank, NULL));
            }
    return OK;
}

err measure_published_before(struct db *db, struct arena *a, i64 day, i64 *last)
{
    struct measure_published_before_row row;
    bool found;
    TRY(measure_sql_published_before(db, a, day, &row, &found));
    *last = found ? row.day : -1;
    return OK;
}

err measure_publish(struct db *db, struct arena *a, i64 day)
{
    struct table t = {.arena = a};
    i64 least = (i64)constant_value("publish_min", day);
    TRY(read_table(db, &t));
    while (suppress_once(&t, least)) continue;
    return write_table(db, &t, day);
}

err measure_publish_once(struct db *db, struct arena *a, i64 day)
{
    struct measure_published_on_row row;
    bool published;
    TRY(measure_sql_published_on(db, a, day, &row, &published));
    return published ? OK : measure_publish(db, a, day);
}
