/* pieces.c -- what a page of the hub costs within the process: its statements and arithmetic, and packing a page of the same size.
**   pieces DB OFFICERS-FILE ROUNDS [PAGE-FILE]   prints "SQL_MS BROTLI_MS": CPU for one page of one officer, one after another. */
#include <brotli/encode.h>

#include "competency/competency.h"
#include "learning/learning.h"
#include "measure/measure.h"

enum { OFFICERS_MAX = 100000 };

static f64 cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (f64)t.tv_sec * 1e3 + (f64)t.tv_nsec / 1e6;
}

struct page { struct db *db; struct arena *a; i64 officer, day; };

static err read_page(void *arg)
{
    struct page *p = arg;
    struct gap_list gaps = {0};
    struct next_step_list steps = {0};
    TRY(competency_gaps(p->db, p->a, LANG_EN, p->officer, p->day, &gaps));
    return learning_for_gaps(p->db, p->a, LANG_EN, &gaps, 3, &steps);
}

static f64 statements(struct db_pool *pool, const i64 *officer, int officers, int rounds)
{
    struct arena a;
    arena_init(&a, 64 << 20);
    f64 began = 0;
    for (int i = -officers; i < rounds; i++) {
        if (i == 0) began = cpu_ms();
        struct page p = {.a = &a, .officer = officer[(i + officers) % officers], .day = day_of_ms(now_ms())};
        arena_reset(&a);
        if (db_begin(pool, DB_READ, &p.db) != OK || arena_guard(read_page, &p) != OK) {
            fprintf(stderr, "pieces: officer %lld: %s %s\n", (long long)p.officer, err_message(), err_log());
            exit(1);
        }
        db_rollback(p.db);
    }
    arena_clear(&a);
    return (cpu_ms() - began) / rounds;
}

static f64 packing(const char *path)
{
    static u8 in[1 << 20], out[1 << 20];
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    size_t n = fread(in, 1, sizeof in, f);
    fclose(f);
    f64 began = cpu_ms();
    for (int i = 0; i < 500; i++) {
        size_t room = sizeof out;
        if (!BrotliEncoderCompress(4, 18, BROTLI_MODE_TEXT, n, in, &room, out)) return 0;
    }
    return (cpu_ms() - began) / 500;
}

int main(int argc, char **argv)
{
    static i64 officer[OFFICERS_MAX];
    int officers = 0;
    if (argc < 4) return 2;
    FILE *f = fopen(argv[2], "re");
    char line[64];
    while (f && officers < OFFICERS_MAX && fgets(line, sizeof line, f))
        if (str_to_i64(str_trim(str_of(line)), &officer[officers])) officers++;
    if (!f || !officers) return 1;
    fclose(f);
    struct db_pool *pool;
    struct db_options o = {.url = str_of(argv[1]), .readers = 1, .writers = 1};
    if (db_pool_open(&o, &pool) != OK || constants_load(pool) != OK) {
        fprintf(stderr, "pieces: %s %s\n", err_message(), err_log());
        return 1;
    }
    printf("%.5f ", statements(pool, officer, officers, (int)strtol(argv[3], NULL, 10)));
    printf("%.5f\n", argc > 4 ? packing(argv[4]) : 0.0);
    constants_unload();
    db_pool_close(pool);
    return 0;
}
