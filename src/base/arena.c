#include "base/base.h"

#include <setjmp.h>
#include <stdatomic.h>

enum { ARENA_FIRST = 64 * 1024, ARENA_NEXT = 256 * 1024 };

struct arena_block {
    struct arena_block *older;
    isize size; /* bytes after this header */
};

/* ---- counted memory, so that the n-th allocation can be made to fail ---- */

static _Atomic i64 mem_made;
static _Atomic i64 mem_failing; /* the count at which to fail; 0 = never */

static bool mem_must_fail(void)
{
    i64 n = atomic_fetch_add_explicit(&mem_made, 1, memory_order_relaxed) + 1;
    return n == atomic_load_explicit(&mem_failing, memory_order_relaxed);
}

void *mem_alloc(isize size)
{
    if (size < 0 || mem_must_fail()) return NULL;
    return calloc(1, (size_t)(size ? size : 1));
}

void *mem_resize(void *p, isize size)
{
    if (size < 0 || mem_must_fail()) return NULL;
    return realloc(p, (size_t)(size ? size : 1));
}

void mem_free(void *p)
{
    free(p);
}

void mem_fail_at(i64 n)
{
    i64 made = atomic_load(&mem_made);
    atomic_store(&mem_failing, n > 0 ? made + n : 0);
}

i64 mem_count(void)
{
    return atomic_load(&mem_made);
}

/* ---- guard ---- */

struct guard {
    jmp_buf out;
    struct guard *outer;
};
static _Thread_local struct guard *guard_top;

/* Kept apart from arena_guard so that no local of the caller lives across setjmp. */
static err guard_enter(struct guard *g, err (*work)(void *), void *arg)
{
    if (setjmp(g->out) == 0) return work(arg);
    return err_set(ERR_MEMORY, N_("This needs more memory than one request may use. Ask for less at once."));
}

err arena_guard(err (*work)(void *), void *arg)
{
    struct guard g;
    g.outer = guard_top;
    guard_top = &g;
    err e = guard_enter(&g, work, arg);
    guard_top = g.outer;
    return e;
}

/* ---- arena ---- */

void arena_init(struct arena *a, isize limit)
{
    memset(a, 0, sizeof *a);
    a->limit = limit;
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->block;
    if (!b) return;
    while (b->older) {
        struct arena_block *older = b->older;
        mem_free(b);
        b = older;
    }
    a->block = b;
    a->at = (u8 *)(b + 1);
    a->end = a->at + b->size;
    a->used = 0;
}

void arena_clear(struct arena *a)
{
    for (struct arena_block *b = a->block; b;) {
        struct arena_block *older = b->older;
        mem_free(b);
        b = older;
    }
    a->block = NULL;
    a->at = a->end = NULL;
    a->used = 0;
}

static bool arena_grow(struct arena *a, isize need)
{
    isize size = a->block ? ARENA_NEXT : ARENA_FIRST;
    if (size < need) size = need;
    struct arena_block *b = mem_alloc((isize)sizeof *b + size);
    if (!b) return false;
    b->older = a->block;
    b->size = size;
    a->block = b;
    a->at = (u8 *)(b + 1);
    a->end = a->at + size;
    return true;
}

void *arena_try(struct arena *a, isize size, isize align)
{
    if (size < 0 || size > a->limit - a->used) return NULL;
    isize pad = (isize)(-(uintptr_t)a->at & (uintptr_t)(align - 1));
    if (!a->at || size + pad > a->end - a->at) {
        if (!arena_grow(a, size + align)) return NULL;
        pad = (isize)(-(uintptr_t)a->at & (uintptr_t)(align - 1));
    }
    u8 *p = a->at + pad;
    a->at = p + size;
    a->used += size + pad;
    return p;
}

void *arena_alloc(struct arena *a, isize size, isize align)
{
    void *p = arena_try(a, size, align);
    if (p) return memset(p, 0, (size_t)size);
    ASSERT(guard_top);
    longjmp(guard_top->out, 1);
}

void *arena_alloc_n(struct arena *a, isize n, isize size, isize align)
{
    isize bytes;
    if (n < 0 || __builtin_mul_overflow(n, size, &bytes)) bytes = PTRDIFF_MAX;
    return arena_alloc(a, bytes, align);
}
