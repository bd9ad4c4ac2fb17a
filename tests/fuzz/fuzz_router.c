/* Paths: the router, and what becomes of its names. */
#include "fuzz.h"
#include "web/form.h"
#include "web/router.h"

static const struct route routes[] = {
    {READ, GET, "/", PUBLIC, NULL, NULL, NULL, ""}, {READ, GET, "/competencies", PUBLIC, NULL, NULL, NULL, ""}, {READ, GET, "/competencies/:competency", PUBLIC, NULL, NULL, NULL, ""},
    {READ, POST, "/competencies/:competency/self", PUBLIC, NULL, NULL, NULL, ""}, {READ, GET, "/officers/:officer/competencies/:competency", PUBLIC, NULL, NULL, NULL, ""},
    {READ, GET, "/constants/*name", PUBLIC, NULL, NULL, NULL, ""}, {READ, GET, "/constants/new", PUBLIC, NULL, NULL, NULL, ""}, {READ, GET, "/a/*x/b/*y/:z", PUBLIC, NULL, NULL, NULL, ""}, ROUTE_END,
};
static const struct route *const tables[] = {routes, NULL};

err fuzz_one(struct fuzz *f)
{
    static struct router *r;
    struct router_match m;
    str out;
    if (!r) r = router_new(tables);
    for (int method = 0; method < METHOD_COUNT; method++) {
        router_find(r, (enum method)method, f->input, &m);
        ASSERT(m.params >= 0 && m.params <= PARAM_MAX);
        for (int i = 0; m.route && i < m.params; i++)
            if (percent_decode(&f->arena, m.name[i], false, &out) == OK) ASSERT(utf8_valid(out));
    }
    if (percent_decode(&f->arena, f->input, true, &out) == OK) ASSERT(utf8_valid(out) && out.len <= f->input.len && str_find_char(out, 0) < 0);
    return OK;
}
