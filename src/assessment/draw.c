#include "assessment/draw.h"

enum { LEVELS = 5, OPTION_COUNT = 4 };

static void shuffle(struct rng *r, isize *x, isize n)
{
    for (isize i = n - 1; i > 0; i--) {
        isize k = (isize)rng_below(r, i + 1), t = x[i];
        x[i] = x[k];
        x[k] = t;
    }
}

/* Takes from the levels in turn, among the items that were seen (or not), in the order of `deck`. */
static isize take(const struct draw_item *item, const isize *deck, isize count, bool seen, bool *used, isize want, isize *pick, isize n)
{
    bool any = true;
    while (any && n < want) {
        any = false;
        for (i64 level = 1; level <= LEVELS && n < want; level++) {
            isize i = 0;
            while (i < count && (used[deck[i]] || item[deck[i]].seen != seen || item[deck[i]].level != level)) i++;
            if (i == count) continue;
            used[deck[i]] = true;
            pick[n++] = deck[i];
            any = true;
        }
    }
    return n;
}

isize draw_test(struct arena *a, const struct draw_item *item, isize count, isize want, u64 seed, isize *pick)
{
    struct rng r = {seed};
    isize *deck = ARENA_ARRAY(a, isize, count);
    bool *used = ARENA_ARRAY(a, bool, count);
    for (isize i = 0; i < count; i++) deck[i] = i;
    shuffle(&r, deck, count);
    isize n = take(item, deck, count, false, used, want, pick, 0);
    n = take(item, deck, count, true, used, want, pick, n);
    shuffle(&r, pick, n);
    return n;
}

i64 draw_order(struct rng *r)
{
    isize option[OPTION_COUNT] = {0, 1, 2, 3};
    shuffle(r, option, OPTION_COUNT);
    i64 order = 0;
    for (int place = 0; place < OPTION_COUNT; place++) order |= (i64)option[place] << (2 * place);
    return order;
}

int order_at(i64 order, int place)
{
    return (int)(order >> (2 * place)) & 3;
}

int order_place(i64 order, int option)
{
    int place = 0;
    while (place < OPTION_COUNT - 1 && order_at(order, place) != option) place++;
    return place;
}
