#include "web/router.h"

/* A tree of segments. Few children each, so a list is walked. */
struct router_node {
    str segment;
    const struct route *route[METHOD_COUNT];
    struct router_node *child, *next;
};

struct router {
    struct arena arena;
    struct router_node root;
};

enum { ROUTER_MEMORY = 4 << 20 };

static bool is_param(str segment)
{
    return segment.len > 1 && (segment.data[0] == ':' || segment.data[0] == '*');
}

static struct router_node *node_child(struct router *r, struct router_node *parent, str segment)
{
    struct router_node **at = &parent->child;
    for (; *at; at = &(*at)->next)
        if (str_eq((*at)->segment, segment)) return *at;
    struct router_node *n = ARENA_NEW(&r->arena, struct router_node);
    n->segment = segment;
    /* Literals first, then ids, then names: the first that fits wins. */
    at = &parent->child;
    int rank = !is_param(segment) ? 0 : segment.data[0] == ':' ? 1 : 2;
    while (*at && (!is_param((*at)->segment) ? 0 : (*at)->segment.data[0] == ':' ? 1 : 2) <= rank) at = &(*at)->next;
    n->next = *at;
    *at = n;
    return n;
}

static void router_add(struct router *r, const struct route *route)
{
    struct router_node *n = &r->root;
    str rest = str_slice(str_of(route->path), 1, -1), segment;
    int params = 0;
    while (rest.len && str_cut(&rest, '/', &segment)) {
        n = node_child(r, n, segment);
        params += is_param(segment);
    }
    ASSERT(params <= PARAM_MAX);
    ASSERT(!n->route[route->method]);
    n->route[route->method] = route;
}

struct router *router_new(const struct route *const *tables)
{
    struct router *r = mem_alloc((isize)sizeof *r);
    if (!r) return NULL;
    arena_init(&r->arena, ROUTER_MEMORY);
    for (; *tables; tables++)
        for (const struct route *row = *tables; row->path; row++) router_add(r, row);
    return r;
}

void router_free(struct router *r)
{
    if (!r) return;
    arena_clear(&r->arena);
    mem_free(r);
}

static bool segment_fits(str pattern, str given, i64 *id)
{
    *id = 0;
    if (!is_param(pattern)) return str_eq(pattern, given);
    if (given.len == 0) return false;
    if (pattern.data[0] == '*') return true;
    return given.data[0] >= '0' && given.data[0] <= '9' && str_to_i64(given, id);
}

/* Depth first: a literal that leads nowhere gives way to the parameter beside it. */
static bool find(const struct router_node *n, enum method m, str rest, struct router_match *out)
{
    if (!rest.data || rest.len == 0) {
        for (int i = 0; i < METHOD_COUNT; i++)
            if (n->route[i]) out->allowed |= 1u << i;
        out->route = n->route[m];
        return out->route != NULL;
    }
    str segment;
    str_cut(&rest, '/', &segment);
    for (const struct router_node *c = n->child; c; c = c->next) {
        i64 id;
        if (!segment_fits(c->segment, segment, &id)) continue;
        int had = out->params;
        if (is_param(c->segment)) {
            out->id[had] = id;
            out->name[had] = segment;
            out->segment[had] = c->segment;
            out->params++;
        }
        if (find(c, m, rest, out)) return true;
        out->params = had;
    }
    return false;
}

void router_find(const struct router *r, enum method m, str path, struct router_match *out)
{
    memset(out, 0, sizeof *out);
    if (path.len == 0 || path.data[0] != '/') return;
    if (path.len > 1 && path.data[path.len - 1] == '/') return; /* one address a page */
    find(&r->root, m, str_slice(path, 1, -1), out);
}
