/* kinds.c -- the columns of docs/import-formats.md, as data. */
#include "import/table.h"

enum { NAME_MAX_CHARS = 300, TEXT_MAX_CHARS = 4000, BODY_MAX_CHARS = CSV_CELL_MAX, COUNT_MAX = 10 * 1000 * 1000 };

#define CODE {.name = "code", .type = COL_CODE, .key = true}
#define REF(n, k) {.name = n, .type = COL_REF, .ref = k}
#define KEY_REF(n, k) {.name = n, .type = COL_REF, .ref = k, .key = true}
#define REF_OR_NONE(n, k) {.name = n, .type = COL_REF, .ref = k, .optional = true}
#define TEXT(n, most) {.name = n, .type = COL_TEXT, .max = most}
#define TEXT_OR_NONE(n, most) {.name = n, .type = COL_TEXT, .max = most, .optional = true}
#define WHOLE(n, least, most) {.name = n, .type = COL_WHOLE, .min = least, .max = most}
#define LEVEL(n) WHOLE(n, 1, 5)
#define CHOICE(n, list) {.name = n, .type = COL_CHOICE, .choices = list}
#define YES_NO(n) {.name = n, .type = COL_BOOL}
#define NAMES TEXT("name_en", NAME_MAX_CHARS), TEXT_OR_NONE("name_hi", NAME_MAX_CHARS)

static const struct column organisations[] = {
    CODE, REF_OR_NONE("parent", IMPORT_ORGANISATIONS),
    CHOICE("kind", "government, ministry, department, attached, subordinate, statutory, institute, office, state"), NAMES,
    TEXT("source", NAME_MAX_CHARS)};
static const struct column named[] = {CODE, NAMES};
static const struct column providers[] = {CODE, REF_OR_NONE("organisation", IMPORT_ORGANISATIONS), NAMES};
static const struct column competencies[] = {
    CODE, CHOICE("kind", "behavioural, functional, domain"), TEXT("area", NAME_MAX_CHARS), TEXT("theme", NAME_MAX_CHARS), NAMES,
    TEXT("definition_en", TEXT_MAX_CHARS), TEXT_OR_NONE("definition_hi", TEXT_MAX_CHARS), TEXT_OR_NONE("facets", TEXT_MAX_CHARS),
    TEXT("l1_en", TEXT_MAX_CHARS), TEXT("l2_en", TEXT_MAX_CHARS), TEXT("l3_en", TEXT_MAX_CHARS), TEXT("l4_en", TEXT_MAX_CHARS),
    TEXT("l5_en", TEXT_MAX_CHARS), TEXT_OR_NONE("l1_hi", TEXT_MAX_CHARS), TEXT_OR_NONE("l2_hi", TEXT_MAX_CHARS),
    TEXT_OR_NONE("l3_hi", TEXT_MAX_CHARS), TEXT_OR_NONE("l4_hi", TEXT_MAX_CHARS), TEXT_OR_NONE("l5_hi", TEXT_MAX_CHARS), YES_NO("reviewed")};
static const struct column positions[] = {
    CODE, REF("organisation", IMPORT_ORGANISATIONS), REF("designation", IMPORT_DESIGNATIONS), REF_OR_NONE("service", IMPORT_SERVICES),
    CHOICE("group", "A, B, C"), NAMES, WHOLE("sanctioned", 0, COUNT_MAX), WHOLE("filled", 0, COUNT_MAX)};
static const struct column map[] = {
    KEY_REF("position", IMPORT_POSITIONS), KEY_REF("role", IMPORT_ROLES), KEY_REF("activity", IMPORT_ACTIVITIES),
    KEY_REF("competency", IMPORT_COMPETENCIES), LEVEL("level"), YES_NO("critical"), YES_NO("reviewed")};
static const struct column courses[] = {
    CODE, REF("provider", IMPORT_PROVIDERS), {.name = "language", .type = COL_LANGUAGE}, TEXT_OR_NONE("title_en", NAME_MAX_CHARS),
    TEXT_OR_NONE("title_hi", NAME_MAX_CHARS), TEXT_OR_NONE("summary_en", TEXT_MAX_CHARS), TEXT_OR_NONE("summary_hi", TEXT_MAX_CHARS),
    WHOLE("minutes", 1, 100000), TEXT("category", NAME_MAX_CHARS), TEXT_OR_NONE("source_id", NAME_MAX_CHARS)};
static const struct column course_competencies[] = {
    KEY_REF("course", IMPORT_COURSES), KEY_REF("competency", IMPORT_COMPETENCIES), LEVEL("entry"), LEVEL("exit"), YES_NO("reviewed")};
static const struct column modules[] = {
    KEY_REF("course", IMPORT_COURSES), {.name = "seq", .type = COL_WHOLE, .min = 1, .max = 1000, .key = true}, CHOICE("kind", "text, video, pdf"),
    TEXT("title", NAME_MAX_CHARS), WHOLE("minutes", 1, 10000), TEXT("body", BODY_MAX_CHARS), {.name = "file", .type = COL_FILE, .optional = true}};
static const struct column items[] = {
    CODE, REF("course", IMPORT_COURSES), REF("competency", IMPORT_COMPETENCIES), LEVEL("level"), {.name = "language", .type = COL_LANGUAGE},
    TEXT("stem", TEXT_MAX_CHARS), TEXT("option_a", TEXT_MAX_CHARS), TEXT("option_b", TEXT_MAX_CHARS), TEXT("option_c", TEXT_MAX_CHARS),
    TEXT("option_d", TEXT_MAX_CHARS), CHOICE("key", "a, b, c, d"), TEXT("rationale", TEXT_MAX_CHARS)};
static const struct column constants[] = {
    {.name = "name", .type = COL_NAME, .key = true}, {.name = "value", .type = COL_NUMBER}, TEXT_OR_NONE("unit", NAME_MAX_CHARS),
    CHOICE("basis", "E, S, P"), TEXT("reason_en", TEXT_MAX_CHARS), TEXT_OR_NONE("reason_hi", TEXT_MAX_CHARS),
    {.name = "from", .type = COL_DAY, .key = true}};

#define KIND(n, a, s, c) {.name = n, .noun = a, .stem = s, .column = c, .columns = (int)COUNT_OF(c)}

const struct table_kind import_kinds[IMPORT_KINDS] = {
    [IMPORT_ORGANISATIONS] = KIND("organisations", N_("an organisation"), "organisations", organisations),
    [IMPORT_SERVICES] = KIND("services", N_("a service"), "services", named),
    [IMPORT_DESIGNATIONS] = KIND("designations", N_("a designation"), "designations", named),
    [IMPORT_PROVIDERS] = KIND("providers", N_("a provider"), "providers", providers),
    [IMPORT_COMPETENCIES] = KIND("competencies", N_("a competency"), "competencies", competencies),
    [IMPORT_ROLES] = KIND("roles", N_("a role"), "roles", named),
    [IMPORT_ACTIVITIES] = KIND("activities", N_("an activity"), "activities", named),
    [IMPORT_POSITIONS] = KIND("positions", N_("a position"), "positions", positions),
    [IMPORT_MAP] = KIND("map", N_("a line of the map"), "map", map),
    [IMPORT_COURSES] = KIND("courses", N_("a course"), "courses", courses),
    [IMPORT_COURSE_COMPETENCIES] = KIND("course-competencies", N_("a competency of a course"), "course_competencies", course_competencies),
    [IMPORT_MODULES] = KIND("modules", N_("a module"), "modules", modules),
    [IMPORT_ITEMS] = KIND("items", N_("an item"), "items", items),
    [IMPORT_CONSTANTS] = KIND("constants", N_("a constant"), "constants", constants),
};

const char *import_kind_name(enum import_kind kind)
{
    return kind < IMPORT_KINDS ? import_kinds[kind].name : NULL;
}

bool import_kind_named(str name, enum import_kind *kind)
{
    for (int k = 0; k < IMPORT_KINDS; k++) {
        if (!str_eq(name, str_of(import_kinds[k].name))) continue;
        *kind = (enum import_kind)k;
        return true;
    }
    return false;
}
