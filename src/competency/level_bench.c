/* level_bench.c -- prints what a level costs: make bench. */
#include "competency/level_math.h"

enum { PIECES = 24, ROUNDS = 400000 };

static const struct level_constants *const constants = &level_constants_default;
static volatile f64 kept; /* so that no work is left out */

static void report(const char *what, i64 started)
{
    printf("%-14s %6.0f ns\n", what, 1000 * (f64)(mono_us() - started) / ROUNDS);
}

static err fill(struct level_sums *s, i128 w[PIECES])
{
    for (int i = 0; i < PIECES; i++) {
        enum evidence_class c = (enum evidence_class)(i % CLASS_COUNT);
        TRY(level_weight(constants, c, .1 + c, 1500 + 20 * i, i / 8, &w[i]));
        level_add(s, c, 3000 + 10 * i, w[i], i / 8, +1);
    }
    return OK;
}

static err run(void)
{
    struct level_sums s = {0};
    i128 w[PIECES];
    u8 bytes[LEVEL_SUMS_BYTES];
    isize n = 0;
    TRY(fill(&s, w));

    i64 started = mono_us();
    for (int i = 0; i < ROUNDS; i++) {
        struct level_reading r;
        level_read(constants, &s, 2000 + i % 365, &r);
        kept += r.mean;
    }
    report("level_read", started);

    started = mono_us();
    for (int i = 0; i < ROUNDS; i++) level_add(&s, (enum evidence_class)(i / 2 % CLASS_COUNT), 3000, w[i / 2 % PIECES], 0, i & 1 ? -1 : +1);
    report("level_add", started);

    started = mono_us();
    for (int i = 0; i < ROUNDS; i++) TRY(level_weight(constants, CLASS_P, .09, i % 2500, 0, &w[0]));
    report("level_weight", started);

    started = mono_us();
    for (int i = 0; i < ROUNDS; i++) kept += (f64)(n = level_pack(&s, bytes));
    report("level_pack", started);

    started = mono_us();
    for (int i = 0; i < ROUNDS; i++) TRY(level_unpack(str_n((const char *)bytes, n), &s));
    report("level_unpack", started);
    printf("%d pieces in four classes pack into %td bytes\n", PIECES, n);
    return OK;
}

int main(void)
{
    return run() == OK ? 0 : 1;
}
