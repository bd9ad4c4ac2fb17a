/* alloc_test.c -- every allocation of a request fails in turn: the answer is right or a clean error, whole; the next request works; nothing leaks (run under ASan). */
#include "tests/fault/world.h"

enum { MOST = 4000 };

/* also: what a repetition is answered with where that is not what the first one was. */
struct call { const char *method, *path, *body, *accept; int also; };

static bool clean(const struct answer *a)
{
    if (a->status == 0) return a->len == 0; /* not even the request could be kept */
    return a->whole && !strstr(a->text, "SQL") && !strstr(a->text, "src/");
}

/* Whether every run of `c` with one allocation failing went well; runs: how many. */
static bool torture(struct world *w, const struct call *c, int want, int *runs, int *refused)
{
    static struct answer a;
    *refused = 0;
    for (int n = 1; n <= MOST; n++) {
        world_open(w, NULL); /* anew each time, so that what a server makes once (statements, caches, buffers) is under torture too */
        i64 before = mem_count();
        mem_fail_at(n);
        send_request(w, c->method, c->path, c->body, c->accept, &a);
        mem_fail_at(0);
        bool struck = mem_count() - before >= n;
        *runs = n;
        bool good = clean(&a);
        int status = a.status;
        if (good && struck) send_request(w, "GET", "/competencies", NULL, "text/html", &a);
        world_close(w);
        if (!good) {
            printf("# %s %s, allocation %d: %d, %lld bytes: %.400s\n", c->method, c->path, n, a.status, (long long)a.len, a.text);
            return false;
        }
        if (!struck && status != want && status != c->also) printf("# %s %s: %d in the end, %d at first\n", c->method, c->path, status, want);
        if (!struck) return status == want || status == c->also;
        *refused += status == 0 || status >= 500;
        if (a.status == 200 && a.whole) continue;
        printf("# after %s %s, allocation %d: the next request got %d: %.400s\n", c->method, c->path, n, a.status, a.text);
        return false;
    }
    return false;
}

int main(void)
{
    static struct world w;
    static struct answer a;
    char self[80], detail[80], course[80], enrol[80], modules[80];
    int number = 0, bad = 0;
    world_make(&w);
    world_open(&w, NULL);
    sign_in(&w);
    find_id(&w, "/competencies", "\"competency\"", w.competency);
    find_id(&w, "/learning", "\"id\"", w.course);
    world_close(&w);
    snprintf(detail, sizeof detail, "/competencies/%s", w.competency);
    snprintf(self, sizeof self, "/competencies/%s/self", w.competency);
    snprintf(course, sizeof course, "/courses/%s", w.course);
    snprintf(enrol, sizeof enrol, "/courses/%s/enrol", w.course);
    snprintf(modules, sizeof modules, "/courses/%s/leave", w.course);
    const struct call calls[] = {
        {"GET", "/sign-in", NULL, "text/html", 0}, {"GET", "/about", NULL, "text/html", 0}, {"GET", "/styleguide", NULL, "text/html", 0}, {"GET", "/no/such", NULL, "text/html", 0}, {"GET", "/static/igot.css", NULL, "*/*", 0},
        {"GET", "/competencies", NULL, "text/html", 0}, {"GET", "/competencies", NULL, "application/json", 0}, {"GET", detail, NULL, "text/html", 0}, {"GET", detail, NULL, "application/json", 0},
        {"GET", "/position", NULL, "text/html", 0}, {"GET", "/home", NULL, "text/html", 0}, {"GET", "/learning", NULL, "text/html", 0}, {"GET", "/learning?q=%E0%A4%95%E0%A5%8D%E0%A4%B7%E0%A4%AE%E0%A4%A4%E0%A4%BE", NULL, "text/html", 0},
        {"GET", course, NULL, "text/html", 0}, {"GET", "/constants", NULL, "text/html", 0}, {"GET", "/account", NULL, "text/html", 0}, {"GET", "/openapi.json", NULL, "application/json", 0},
        {"GET", "/metrics", NULL, "*/*", 0}, {"POST", self, "level=3", "application/json", 0}, {"POST", self, "level=99", "application/json", 0}, {"POST", "/language", "language=hi&next=/", "text/html", 0},
        {"POST", "/position/report", "text=This+is+not+what+I+do+at+all", "application/json", 0}, {"POST", enrol, "", "application/json", 0}, {"POST", modules, "", "application/json", 400},
        {"POST", "/sign-in", "name=officer&password=wrong", "application/json", 503}, {"GET", "/readyz", NULL, "*/*", 0},
    };
    for (isize i = 0; i < COUNT_OF(calls); i++) {
        int runs = 0, refused = 0;
        world_open(&w, NULL);
        send_request(&w, calls[i].method, calls[i].path, calls[i].body, calls[i].accept, &a);
        int want = a.status;
        bool alike = want == 200 || want == 303 || want >= 400;
        world_close(&w);
        bool good = alike && want != 500 && torture(&w, &calls[i], want, &runs, &refused);
        printf("%s %d - %s %s (%d): %d allocations failed in turn, %d refused\n", good ? "ok" : "not ok", ++number, calls[i].method, calls[i].path, want, runs - 1, refused);
        fflush(stdout);
        bad |= !good;
    }
    printf("1..%d\n", number);
    world_end(&w);
    return bad;
}
