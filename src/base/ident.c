/* ident.c -- ids, reproducible and secret randomness, hashes and their text. */
#include "base/base.h"

#include <sodium.h>
#include <stdatomic.h>

enum { ID_NODE_BITS = 10, ID_SEQUENCE_BITS = 12 };

static const i64 id_epoch = 1577836800000; /* 2020-01-01T00:00:00Z */
static _Atomic i64 id_last;                /* milliseconds and sequence of the newest id */
static _Atomic int id_node_number;

void id_node(int node)
{
    ASSERT(node >= 0 && node < 1 << ID_NODE_BITS);
    atomic_store(&id_node_number, node);
}

/* The clock and the sequence advance as one number: a burst of more than 4,096 in a millisecond, or a clock that steps
** back, borrows from the time to come instead of repeating. */
i64 id_new(void)
{
    i64 clock = (now_ms() - id_epoch) << ID_SEQUENCE_BITS;
    i64 last = atomic_load_explicit(&id_last, memory_order_relaxed);
    i64 next;
    do next = clock > last ? clock : last + 1;
    while (!atomic_compare_exchange_weak(&id_last, &last, next));
    i64 ms = next >> ID_SEQUENCE_BITS;
    i64 sequence = next & ((1 << ID_SEQUENCE_BITS) - 1);
    return ms << (ID_NODE_BITS + ID_SEQUENCE_BITS) | (i64)atomic_load(&id_node_number) << ID_SEQUENCE_BITS | sequence;
}

void id_above(i64 id)
{
    i64 floor = (id >> (ID_NODE_BITS + ID_SEQUENCE_BITS)) << ID_SEQUENCE_BITS | (id & ((1 << ID_SEQUENCE_BITS) - 1));
    i64 last = atomic_load(&id_last);
    while (last < floor && !atomic_compare_exchange_weak(&id_last, &last, floor)) continue;
}

u64 rng_next(struct rng *r)
{
    u64 z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

f64 rng_unit(struct rng *r)
{
    return (f64)(rng_next(r) >> 11) * 0x1p-53;
}

f64 rng_normal(struct rng *r)
{
    f64 u1 = rng_unit(r), u2 = rng_unit(r);
    return sqrt(-2 * log(1 - u1)) * cos(2 * 3.14159265358979323846 * u2);
}

i64 rng_below(struct rng *r, i64 n)
{
    ASSERT(n > 0);
    return (i64)(rng_next(r) % (u64)n);
}

void random_bytes(void *out, isize n)
{
    randombytes_buf(out, (size_t)n);
}

void sha256(const void *data, isize n, u8 out[32])
{
    crypto_hash_sha256(out, data, (unsigned long long)n);
}

str hex(struct arena *a, const u8 *bytes, isize n)
{
    static const char digit[] = "0123456789abcdef";
    char *p = arena_alloc(a, 2 * n, 1);
    for (isize i = 0; i < n; i++) {
        p[2 * i] = digit[bytes[i] >> 4];
        p[2 * i + 1] = digit[bytes[i] & 15];
    }
    return (str){p, 2 * n};
}

str base64url(struct arena *a, const u8 *bytes, isize n)
{
    size_t room = sodium_base64_ENCODED_LEN((size_t)n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *p = arena_alloc(a, (isize)room, 1);
    sodium_bin2base64(p, room, bytes, (size_t)n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(p);
}
