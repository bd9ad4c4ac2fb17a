/* level_pack.c -- the sums as bytes. Numbers are LEB128 without idle groups, so that equal sums have equal bytes:
**   version 1 | bit c set: class c is held | for each class held: A, zigzag B, highest nle + 1, that many counts, the last above 0
** n and nle_top follow from the counts and are not stored. */
#include "competency/level_math.h"

__extension__ typedef unsigned __int128 u128;

enum { PACK_VERSION = 1 };

static u8 *put(u8 *p, u128 x)
{
    for (; x > 127; x >>= 7) *p++ = (u8)(x & 127) | 128;
    *p++ = (u8)x;
    return p;
}

static u128 zigzag(i128 x)
{
    return x < 0 ? ~((u128)x << 1) : (u128)x << 1;
}

static i128 unzigzag(u128 z)
{
    return (i128)(z >> 1) ^ -(i128)(z & 1);
}

static int counts_in_use(const struct level_sums *s, int c)
{
    int top = s->nle_top;
    while (top > 0 && s->count[c][top - 1] == 0) top--;
    return top;
}

isize level_pack(const struct level_sums *s, u8 *out)
{
    u8 *p = out, held = 0;
    for (int c = 0; c < CLASS_COUNT; c++)
        if (s->n[c]) held = (u8)(held | 1 << c);
    *p++ = PACK_VERSION;
    *p++ = held;
    for (int c = 0; c < CLASS_COUNT; c++) {
        if (!s->n[c]) continue;
        int top = counts_in_use(s, c);
        p = put(p, (u128)s->a[c]);
        p = put(p, zigzag(s->b[c]));
        p = put(p, (u128)top);
        for (int k = 0; k < top; k++) p = put(p, (u128)s->count[c][k]);
    }
    return p - out;
}

struct reader {
    const u8 *at, *end;
    bool bad;
};

/* A canonical number of at most `most`; 0 and bad on anything else. */
static u128 get(struct reader *r, u128 most)
{
    u128 x = 0;
    for (int shift = 0; r->at < r->end && shift < 128; shift += 7) {
        u128 group = *r->at & 127;
        bool last = *r->at++ < 128;
        if (group << shift >> shift != group) break;
        x |= group << shift;
        if (!last) continue;
        if (x > most || (group == 0 && shift > 0)) break;
        return x;
    }
    r->bad = true;
    return 0;
}

/* What level_add can have made of n pieces: each weighs 1 to LEVEL_WEIGHT_MAX and lies within LEVEL_MILLI_MAX. */
static bool possible(i128 a, i128 b, i64 n)
{
    u128 size = b < 0 ? -(u128)b : (u128)b;
    return n > 0 && n <= INT32_MAX && a >= n && (a - 1) >> LEVEL_WEIGHT_BITS < n && (size + LEVEL_MILLI_MAX - 1) / LEVEL_MILLI_MAX <= (u128)a;
}

static bool get_class(struct reader *r, struct level_sums *s, int c)
{
    const u128 any = ~(u128)0;
    s->a[c] = (i128)get(r, any >> 1);
    s->b[c] = unzigzag(get(r, any));
    int top = (int)get(r, NLE_MAX);
    i64 n = 0;
    for (int k = 0; k < top; k++) n += s->count[c][k] = (i32)get(r, INT32_MAX);
    if (r->bad || top == 0 || s->count[c][top - 1] == 0 || !possible(s->a[c], s->b[c], n)) return false;
    s->n[c] = (i32)n;
    if (top > s->nle_top) s->nle_top = (u8)top;
    return true;
}

static bool get_sums(str bytes, struct level_sums *out)
{
    const u8 *data = (const u8 *)bytes.data;
    memset(out, 0, sizeof *out);
    if (bytes.len < 2 || bytes.len > LEVEL_SUMS_BYTES || data[0] != PACK_VERSION || data[1] >> CLASS_COUNT) return false;
    struct reader r = {data + 2, data + bytes.len, false};
    for (int c = 0; c < CLASS_COUNT; c++)
        if (data[1] >> c & 1 && !get_class(&r, out, c)) return false;
    return r.at == r.end;
}

err level_unpack(str bytes, struct level_sums *out)
{
    if (get_sums(bytes, out)) return OK;
    memset(out, 0, sizeof *out);
    return err_set(ERR_CORRUPT, N_("A stored level does not verify."));
}
