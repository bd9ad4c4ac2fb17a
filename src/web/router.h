/* router.h -- from a path and a method to a row of the route tables. Built once at start; read without locks. */
#ifndef IGOT_ROUTER_H
#define IGOT_ROUTER_H

#include "web/web.h"

struct router;
/* Segments that hold numbers only match ":name"; "*name" takes any segment (percent-decoded, valid UTF-8). Literal segments win. Two rows with the same
** method and pattern are a bug. */
struct router *router_new(const struct route *const *tables);
void router_free(struct router *r);

struct router_match {
    const struct route *route; /* NULL: see `allowed` */
    u32 allowed;               /* bits of enum method that this path has; 0: no such path */
    int params;
    i64 id[PARAM_MAX];
    str name[PARAM_MAX];       /* as sent; the caller decodes it */
    str segment[PARAM_MAX];    /* the pattern's segment: ":officer" */
};
void router_find(const struct router *r, enum method m, str path, struct router_match *out);

#endif
