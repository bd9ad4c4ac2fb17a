/* onet.c -- O*NET's own files (tab separated, no quoting) as rows of our tables: from there on the same checks and the same writing.
**
** An occupation becomes a position of the organisation `onet`, with one role and one activity for each group of elements. Knowledge is
** domain; social skills (2.B.1) are behavioural, other skills functional; work styles are behavioural. An element is required where its
** importance is 3 or more and it is not marked "not relevant", at level min(5, 1 + floor(level / 1.4)). Work styles have no level in
** O*NET: there the importance stands for it, min(5, 1 + floor(importance - 1)). None of this has been reviewed for India's services:
** every line is marked so. Only what the ratings name is imported (879 of 1,016 occupations). */
#include "import/private.h"

#define TEXT(n) {.name = n, .type = COL_TEXT, .max = 4000}
#define TEXT_OR_NONE(n) {.name = n, .type = COL_TEXT, .max = 4000, .optional = true}
#define NUMBER(n) {.name = n, .type = COL_NUMBER}
#define NUMBER_OR_NONE(n) {.name = n, .type = COL_NUMBER, .optional = true}

enum { OCC_CODE, OCC_TITLE };
enum { ELM_ID, ELM_NAME, ELM_DESCRIPTION };
enum { RAT_CODE, RAT_ELEMENT, RAT_IMPORTANCE, RAT_LEVEL, RAT_NOT_RELEVANT };

static const struct column occupations[] = {{.name = "code", .type = COL_CODE}, TEXT("title")};
static const struct column elements[] = {TEXT("element_id"), TEXT("name"), TEXT("description")};
static const struct column ratings[] = {{.name = "code", .type = COL_CODE}, TEXT("element_id"), NUMBER("importance"), NUMBER_OR_NONE("level"),
                                        TEXT_OR_NONE("not_relevant")};
static const struct column styles[] = {{.name = "code", .type = COL_CODE}, TEXT("element_id"), NUMBER("importance")};

#define FILE_OF(n, c) {.name = n, .noun = n, .stem = n, .column = c, .columns = (int)COUNT_OF(c), .more = true, .format = CSV_TAB_PLAIN}
static const struct table_kind occupation_file = FILE_OF("occupations.tsv", occupations), element_file = FILE_OF("content_model.tsv", elements);

static const struct group { struct table_kind file; const char *code, *activity; bool levels; } groups[] = {
    {FILE_OF("knowledge.tsv", ratings), "knowledge", "Work that draws on knowledge", true},
    {FILE_OF("skills.tsv", ratings), "skills", "Work that draws on skills", true},
    {FILE_OF("work_styles.tsv", styles), "styles", "The way of working", false},
};

struct onet {
    struct importer *im;
    struct codes occupation, element; /* by O*NET's own code: the row in its file */
    struct codes made;                /* our codes that have their row already */
    str file;                         /* under way, for the places of faults */
};

static void take(struct onet *o, enum import_kind kind, const struct table_row *from, const str *cell)
{
    table_take(&o->im->table[kind], &o->im->faults, from->file, from->line, cell);
}

/* True the first time. */
static bool first(struct onet *o, str code)
{
    struct code *c = codes_at(&o->made, o->im->arena, code);
    bool is_first = !c->looked_up;
    c->looked_up = true;
    return is_first;
}

/* ---- what stands above the positions ---- */

static err make_roots(struct onet *o)
{
    struct importer *im = o->im;
    const struct table_row place = {.file = o->file, .line = 1};
    struct code *india;
    TRY(code_of(im, IMPORT_ORGANISATIONS, S("india"), &india));
    bool in_files = false;
    struct table *t = &im->table[IMPORT_ORGANISATIONS];
    for (isize i = 0; i < t->count; i++) in_files = in_files || str_eq(t->row[i].cell[ORG_CODE], S("india"));
    if (!india->stored && !in_files)
        take(o, IMPORT_ORGANISATIONS, &place, (str[]){S("india"), S(""), S("government"), S("Government of India"), S("भारत सरकार"), S("LGD")});
    take(o, IMPORT_ORGANISATIONS, &place,
         (str[]){S("onet"), S("india"), S("office"), S("O*NET occupations (United States Department of Labor)"), S(""), S("O*NET 29.0, CC BY 4.0")});
    take(o, IMPORT_DESIGNATIONS, &place, (str[]){S("onet.occupation"), S("Occupation of O*NET"), S("")});
    return OK;
}

static void make_position(struct onet *o, const struct table_row *occupation, str code)
{
    str title = occupation->cell[OCC_TITLE], no = S("");
    take(o, IMPORT_POSITIONS, occupation, (str[]){code, S("onet"), S("onet.occupation"), no, S("B"), title, no, S("0"), S("0")});
    take(o, IMPORT_ROLES, occupation, (str[]){code, title, no});
}

/* ---- elements ---- */

static str element_code(struct arena *a, str id)
{
    return str_format(a, "onet.%.*s", STR_ARGS(str_lower(a, id)));
}

static str element_kind(const struct group *g, str id)
{
    if (str_eq(str_of(g->code), S("knowledge"))) return S("domain");
    if (str_eq(str_of(g->code), S("skills")) && !str_starts(id, S("2.B.1."))) return S("functional");
    return S("behavioural");
}

/* The name of the element above: 2.B.1.a -> 2.B.1. */
static str area_of(struct onet *o, str id)
{
    isize cut = id.len;
    while (cut > 0 && id.data[cut - 1] != '.') cut--;
    struct code *above = codes_at(&o->element, o->im->arena, str_slice(id, 0, cut ? cut - 1 : 0));
    return above->row ? above->row->cell[ELM_NAME] : S("O*NET");
}

/* What a level is, in O*NET's own measure: it gives anchors, not descriptors. */
static str level_text(struct arena *a, bool levels, int level)
{
    if (!levels) return str_format(a, "Importance from %d to under %d on O*NET's scale of 1 to 5.", level, level + 1);
    return level < 5 ? str_format(a, "From %.1f to under %.1f on O*NET's level scale of 0 to 7.", 1.4 * (level - 1), 1.4 * level)
                     : S("From 5.6 to 7.0 on O*NET's level scale of 0 to 7.");
}

static void make_competency(struct onet *o, const struct group *g, const struct table_row *element, str code)
{
    struct arena *a = o->im->arena;
    str cell[CMP_COLUMNS], id = element->cell[ELM_ID];
    for (int i = 0; i < CMP_COLUMNS; i++) cell[i] = S("");
    cell[CMP_CODE] = code;
    cell[CMP_KIND] = element_kind(g, id);
    cell[CMP_AREA] = area_of(o, id);
    cell[CMP_THEME] = cell[CMP_NAME_EN] = element->cell[ELM_NAME];
    cell[CMP_DEFINITION_EN] = element->cell[ELM_DESCRIPTION];
    for (int level = 1; level <= 5; level++) cell[CMP_L1_EN + level - 1] = level_text(a, g->levels, level);
    cell[CMP_REVIEWED] = S("no");
    take(o, IMPORT_COMPETENCIES, element, cell);
}

/* ---- ratings ---- */

/* 0: not required. */
static int required_level(const struct group *g, const struct table_row *rating)
{
    f64 importance = cell_f64(rating, RAT_IMPORTANCE);
    if (importance < 3) return 0;
    if (g->levels && (str_eq(rating->cell[RAT_NOT_RELEVANT], S("Y")) || !rating->cell[RAT_LEVEL].len)) return 0;
    f64 steps = g->levels ? floor(cell_f64(rating, RAT_LEVEL) / 1.4) : floor(importance - 1);
    return steps >= 4 ? 5 : steps < 0 ? 1 : 1 + (int)steps;
}

static void take_rating(struct onet *o, const struct group *g, struct table_row *rating)
{
    struct arena *a = o->im->arena;
    struct table_row *occupation = codes_at(&o->occupation, a, rating->cell[RAT_CODE])->row;
    struct table_row *element = codes_at(&o->element, a, rating->cell[RAT_ELEMENT])->row;
    if (!occupation) fault_at(&o->im->faults, &g->file, rating, RAT_CODE, S(N_("the code of an occupation in occupations.tsv")));
    if (!element) fault_at(&o->im->faults, &g->file, rating, RAT_ELEMENT, S(N_("an element of content_model.tsv")));
    if (rating->bad) return;
    str position = str_format(a, "onet.%.*s", STR_ARGS(rating->cell[RAT_CODE]));
    str competency = element_code(a, rating->cell[RAT_ELEMENT]);
    if (first(o, position)) make_position(o, occupation, position);
    if (first(o, competency)) make_competency(o, g, element, competency);
    int level = required_level(g, rating);
    if (!level) return;
    str activity = str_format(a, "%.*s.%s", STR_ARGS(position), g->code);
    if (first(o, activity))
        take(o, IMPORT_ACTIVITIES, rating, (str[]){activity, str_format(a, "%s: %.*s", g->activity, STR_ARGS(occupation->cell[OCC_TITLE])), S("")});
    take(o, IMPORT_MAP, rating, (str[]){position, position, activity, competency, str_format(a, "%d", level), S("no"), S("no")});
}

/* ---- files ---- */

static err read_file(struct onet *o, const struct table_kind *kind, str folder, struct table *t)
{
    *t = (struct table){.kind = kind, .arena = o->im->arena};
    o->file = str_format(o->im->o->arena, "%.*s/%s", STR_ARGS(folder), kind->name);
    TRY(table_read(t, &o->im->faults, o->file));
    return OK;
}

static void index_rows(struct onet *o, struct table *t, struct codes *codes, int column)
{
    for (isize i = 0; i < t->count; i++)
        if (!t->row[i].bad) codes_at(codes, o->im->arena, t->row[i].cell[column])->row = &t->row[i];
}

err onet_read(struct importer *im, str folder)
{
    struct onet o = {.im = im};
    struct table elements_read, occupations_read, rated;
    TRY(read_file(&o, &element_file, folder, &elements_read));
    TRY(read_file(&o, &occupation_file, folder, &occupations_read));
    index_rows(&o, &elements_read, &o.element, ELM_ID);
    index_rows(&o, &occupations_read, &o.occupation, OCC_CODE);
    TRY(make_roots(&o));
    for (int g = 0; g < COUNT_OF(groups); g++) {
        import_progress(im, "reading O*NET", g, COUNT_OF(groups));
        TRY(read_file(&o, &groups[g].file, folder, &rated));
        for (isize i = 0; i < rated.count; i++)
            if (!rated.row[i].bad) take_rating(&o, &groups[g], &rated.row[i]);
    }
    return OK;
}
