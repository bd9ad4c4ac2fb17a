#include "import/private.h"

static void place(struct codes *c, struct code *code)
{
    isize at = (isize)(code->hash & (u64)(c->room - 1));
    while (c->slot[at]) at = (at + 1) & (c->room - 1);
    c->slot[at] = code;
}

static void grow(struct codes *c, struct arena *a)
{
    struct codes old = *c;
    c->room = old.room ? 2 * old.room : 256;
    c->slot = ARENA_ARRAY(a, struct code *, c->room);
    for (isize i = 0; i < old.room; i++)
        if (old.slot[i]) place(c, old.slot[i]);
}

struct code *codes_at(struct codes *c, struct arena *a, str key)
{
    if (2 * c->count >= c->room) grow(c, a);
    u64 hash = str_hash(key);
    isize at = (isize)(hash & (u64)(c->room - 1));
    for (; c->slot[at]; at = (at + 1) & (c->room - 1))
        if (c->slot[at]->hash == hash && str_eq(c->slot[at]->key, key)) return c->slot[at];
    struct code *code = ARENA_NEW(a, struct code);
    *code = (struct code){.key = str_dup(a, key), .hash = hash};
    c->slot[at] = code;
    c->count++;
    return code;
}
