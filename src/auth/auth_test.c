/* auth_test.c -- sign-in and its slow-downs, sessions, reach, the audit log; on SQLite always, on PostgreSQL when IGOT_TEST_PG names one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

#include "auth_sql.h"
#include "auth/password.h"
#include "db/migrate.h"

/* ---- the world of a test ---- */

static enum db_engine engine;
static char folder[64];
static struct db_pool *pool;
static struct arena arena;

static const i64 T0 = 1795443300000; /* 23 Nov 2026, in the evening of India */
enum { DELHI = 10, RURAL = 11, MGNREGA = 12, POSTAL = 13 };                       /* organisations */
enum { ASHA = 101, RAVI = 102, FARIDA = 103, MEENA = 104 };                       /* officers */
static i64 asha, ravi, farida, meena, spv;                                        /* their accounts */

#define assert_err(expr, want)                                                                                         \
    do {                                                                                                               \
        err got_ = (expr);                                                                                             \
        if (got_ != (want)) fail_msg("%s: %s, not %s (%s; %s)", #expr, err_name(got_), err_name(want), err_message(), err_log()); \
    } while (0)
#define assert_ok(expr) assert_err(expr, OK)

static struct db *begin(enum db_mode mode)
{
    struct db *db;
    assert_ok(db_begin(pool, mode, &db));
    return db;
}

static void script(const char *sql)
{
    struct db *db = begin(DB_WRITE);
    assert_ok(db_script(db, str_of(sql)));
    assert_ok(db_commit(db));
}

static err open_pool(str url)
{
    struct db_options o = {.url = url, .readers = 3, .writers = 4, .create = true};
    return db_pool_open(&o, &pool);
}

static int open_world(void)
{
    char url[512];
    if (engine == DB_SQLITE) {
        snprintf(folder, sizeof folder, "/tmp/igot_auth_test.XXXXXX");
        if (!mkdtemp(folder)) return -1;
        snprintf(url, sizeof url, "sqlite:%s/igot.db", folder);
        assert_ok(open_pool(str_of(url)));
    } else {
        const char *base = getenv("IGOT_TEST_PG");
        assert_ok(open_pool(str_of(base)));
        script("DROP SCHEMA IF EXISTS auth_test CASCADE; CREATE SCHEMA auth_test");
        db_pool_close(pool);
        snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3Dauth_test", base, strchr(base, '?') ? '&' : '?');
        assert_ok(open_pool(str_of(url)));
    }
    return 0;
}

static const char people[] =
    "INSERT INTO organisation (id, code, parent, kind, depth, source) VALUES (10, 'in', NULL, 'government', 0, 't'), (11, 'in.rural', 10, 'department', 1, 't'),"
    " (12, 'in.rural.mgnrega', 11, 'division', 2, 't'), (13, 'in.postal', 10, 'department', 1, 't');"
    "INSERT INTO organisation_above VALUES (10, 10, 0), (11, 11, 0), (11, 10, 1), (12, 12, 0), (12, 11, 1), (12, 10, 2), (13, 13, 0), (13, 10, 1);"
    "INSERT INTO officer (id, name, grp, created) VALUES (101, 'Asha Verma', 'B', 1), (102, 'Ravi Shankar Prabhu', 'B', 1), (103, 'Farida Khatoon', 'A', 1), (104, 'Meena Iyer', 'B', 1);"
    /* Asha reports to Farida, in MGNREGA; Ravi in Rural; Meena in Postal. Asha was in Postal before. */
    "INSERT INTO posting (officer, id, position, organisation, supervisor, from_day, until_day) VALUES (101, 1, 1, 13, 104, 100, 200), (101, 2, 1, 12, 103, 201, NULL),"
    " (102, 3, 1, 11, NULL, 100, NULL), (103, 4, 1, 11, NULL, 100, NULL), (104, 5, 1, 13, NULL, 100, NULL);";

static i64 account_of(struct db *db, const char *name, i64 officer, const char *password)
{
    struct new_account n = {.name = str_of(name), .password = str_of(password), .officer = officer, .demo = officer != 0};
    i64 id;
    assert_ok(auth_account_create(db, &arena, &n, (str){0}, T0, &id));
    return id;
}

static err fill(void *arg)
{
    UNUSED(arg);
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_seed_roles(db));
    assert_ok(auth_seed_roles(db));
    assert_ok(db_script(db, str_of(people)));
    asha = account_of(db, " A.Verma ", ASHA, "four words that go well");
    ravi = account_of(db, "r.prabhu", RAVI, NULL);
    farida = account_of(db, "f.khatoon", FARIDA, NULL);
    meena = account_of(db, "m.iyer", MEENA, NULL);
    spv = account_of(db, "spv", 0, "karmayogi bharat runs it");
    assert_ok(db_commit(db));
    return OK;
}

static int make_world(void **state)
{
    UNUSED(state);
    arena_init(&arena, 1 << 24);
    err_clear();
    clock_set(T0);
    hash_slots_set(0);
    address_reset();
    if (open_world() != 0) return -1;
    assert_ok(migrate_run(pool, migration_count, NULL, NULL));
    assert_ok(arena_guard(fill, NULL));
    assert_ok(auth_load(pool));
    return 0;
}

static int end_world(void **state)
{
    UNUSED(state);
    auth_unload();
    db_pool_close(pool);
    pool = NULL;
    arena_clear(&arena);
    clock_set(0);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return engine == DB_SQLITE ? system(command) : 0;
}

/* ---- helpers ---- */

struct sign_in { str name, password; const char *address; str *cookie; };

static err sign_in_guarded(void *arg)
{
    struct sign_in *s = arg;
    return auth_sign_in(pool, &arena, s->name, s->password, s->address, S("Firefox/128 (Windows)"), now_ms(), s->cookie);
}

static err sign_in_from(const char *name, const char *password, const char *address, str *cookie)
{
    str ignored;
    struct sign_in s = {str_of(name), str_of(password), address, cookie ? cookie : &ignored};
    return arena_guard(sign_in_guarded, &s);
}

static err sign_in(const char *name, const char *password, str *cookie)
{
    return sign_in_from(name, password, "164.100.12.8", cookie);
}

static struct user user_by(str cookie)
{
    struct user u;
    assert_ok(auth_user_of_cookie(pool, cookie, now_ms(), &u));
    return u;
}

static i64 give(i64 account, const char *role, i64 organisation, i64 from, const i64 *until)
{
    struct db *db = begin(DB_WRITE);
    i64 grant;
    assert_ok(auth_grant(db, spv, account, str_of(role), organisation, from, until, now_ms(), &grant));
    assert_ok(db_commit(db));
    auth_forget(account);
    return grant;
}

static struct user user_with(i64 account, i64 officer)
{
    struct user u = {.account = account, .officer = officer};
    struct db *db = begin(DB_READ);
    assert_ok(grants_read(db, account, day_of_ms(now_ms()), &u));
    assert_ok(db_commit(db));
    return u;
}

static bool sees_officer(const struct user *u, const char *permission, i64 officer)
{
    struct db *db = begin(DB_READ);
    bool sees;
    assert_ok(user_sees_officer(db, u, permission, officer, &sees));
    assert_ok(db_commit(db));
    return sees;
}

static bool sees_organisation(const struct user *u, const char *permission, i64 organisation)
{
    struct db *db = begin(DB_READ);
    bool sees;
    assert_ok(user_sees_organisation(db, u, permission, organisation, &sees));
    assert_ok(db_commit(db));
    return sees;
}

static err count_action(void *arg, const struct auth_audit_all_row *row)
{
    struct { str action; i64 n; } *c = arg;
    if (str_eq(row->action, c->action)) c->n++;
    return OK;
}

static i64 logged(const char *action)
{
    struct { str action; i64 n; } c = {str_of(action), 0};
    struct db *db = begin(DB_READ);
    assert_ok(auth_sql_audit_all(db, count_action, &c));
    assert_ok(db_commit(db));
    return c.n;
}

/* ---- sign-in ---- */

static void sign_in_right_and_wrong(void **state)
{
    UNUSED(state);
    str cookie;
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    assert_int_equal(cookie.len, 43);
    struct user u = user_by(cookie);
    assert_int_equal(u.account, asha);
    assert_int_equal(u.officer, ASHA);
    assert_int_equal(u.organisation, MGNREGA);
    assert_string_equal(u.name, "Asha Verma");
    assert_int_equal(strlen(u.csrf), 32);
    assert_int_equal(u.lang, -1);
    assert_ok(sign_in("  A.VERMA", "four words that go well", NULL));
    assert_err(sign_in("a.verma", "four words that go wel", NULL), ERR_SIGN_IN);
    char words[300];
    snprintf(words, sizeof words, "%s", err_message());
    assert_err(sign_in("nobody", "four words that go well", NULL), ERR_SIGN_IN);
    assert_string_equal(err_message(), words);
    assert_err(sign_in("r.prabhu", "", NULL), ERR_SIGN_IN); /* has no password */
    assert_string_equal(err_message(), words);
    script("UPDATE account SET state = 1 WHERE name_key = 'a.verma'");
    assert_err(sign_in("a.verma", "four words that go well", NULL), ERR_SIGN_IN);
    assert_string_equal(err_message(), words);
    assert_int_equal(logged("sign-in.good"), 2);
    assert_int_equal(logged("sign-in.refused"), 4);
    struct user of_nobody = user_by(S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_int_equal(of_nobody.account, 0);
}

static void the_dummy_costs_what_a_password_costs(void **state)
{
    UNUSED(state);
    assert_true(password_hash_current(password_dummy()));
    assert_false(password_verify("", S("")));
}

static void failures_slow_down_and_end(void **state)
{
    UNUSED(state);
    assert_int_equal(signin_wait(4, T0, T0), 0);
    assert_int_equal(signin_wait(5, T0, T0), 1000);
    assert_int_equal(signin_wait(8, T0, T0 + 1000), 7000);
    assert_int_equal(signin_wait(500, T0, T0), 15 * MINUTE_MS);
    assert_int_equal(signin_wait(5, T0, T0 - HOUR_MS), 1000);
    for (int i = 0; i < FREE_FAILURES; i++) assert_err(sign_in("a.verma", "wrong", NULL), ERR_SIGN_IN);
    assert_err(sign_in("a.verma", "four words that go well", NULL), ERR_BUSY);
    clock_set(T0 + 1001);
    assert_err(sign_in("a.verma", "wrong", NULL), ERR_SIGN_IN);
    clock_set(T0 + 2002);
    assert_err(sign_in("a.verma", "four words that go well", NULL), ERR_BUSY); /* 2 s by now */
    clock_set(T0 + 3010);
    assert_ok(sign_in("a.verma", "four words that go well", NULL));
    assert_err(sign_in("a.verma", "wrong", NULL), ERR_SIGN_IN); /* the count began anew */
    for (int i = 0; i < FREE_FAILURES; i++) assert_err(sign_in("no.body", "wrong", NULL), ERR_SIGN_IN);
    assert_err(sign_in("no.body", "wrong", NULL), ERR_BUSY); /* a stranger learns nothing from it */
}

static void unlocking_ends_the_wait(void **state)
{
    UNUSED(state);
    for (int i = 0; i < FREE_FAILURES; i++) assert_err(sign_in("a.verma", "wrong", NULL), ERR_SIGN_IN);
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_unlock(db, spv, asha, now_ms()));
    assert_ok(db_commit(db));
    assert_ok(sign_in("a.verma", "four words that go well", NULL));
    assert_int_equal(logged("account.unlock"), 1);
}

static void an_address_is_only_slowed(void **state)
{
    UNUSED(state);
    for (int i = 0; i < 60; i++) {
        assert_true(address_free("10.0.0.1", T0));
        address_failed("10.0.0.1", T0);
    }
    assert_false(address_free("10.0.0.1", T0));
    assert_true(address_free("10.0.0.2", T0));
    assert_err(sign_in_from("a.verma", "four words that go well", "10.0.0.1", NULL), ERR_BUSY);
    assert_true(address_free("10.0.0.1", T0 + 1001));
    clock_set(T0 + 1001);
    assert_ok(sign_in_from("a.verma", "four words that go well", "10.0.0.1", NULL));
    for (int i = 0; i < 61; i++) address_failed("2001:db8::1", T0);
    assert_false(address_free("2001:db8::ffff", T0)); /* one customer */
}

static void *take_slot(void *arg)
{
    *(bool *)arg = hash_slot_take(2000);
    return NULL;
}

static void hashing_slots(void **state)
{
    UNUSED(state);
    hash_slots_set(1);
    assert_true(hash_slot_take(0));
    i64 began = mono_us();
    assert_false(hash_slot_take(50));
    assert_true(mono_us() - began >= 45000);
    pthread_t thread;
    bool got = false;
    assert_int_equal(pthread_create(&thread, NULL, take_slot, &got), 0);
    usleep(20000);
    hash_slot_give();
    pthread_join(thread, NULL);
    assert_true(got);
    hash_slot_give();
}

static void change_of_password(void **state)
{
    UNUSED(state);
    str cookie;
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    assert_err(auth_change_password(pool, asha, S("no"), S("a quite different phrase"), now_ms()), ERR_DENIED);
    assert_err(auth_change_password(pool, asha, S("four words that go well"), S("too short"), now_ms()), ERR_INVALID);
    assert_err(auth_change_password(pool, asha, S("four words that go well"), S("111111111111"), now_ms()), ERR_INVALID);
    assert_err(auth_change_password(pool, asha, S("four words that go well"), S("12345678901234"), now_ms()), ERR_INVALID);
    assert_err(auth_change_password(pool, asha, S("four words that go well"), S("i am A.Verma of rural"), now_ms()), ERR_INVALID);
    assert_err(auth_change_password(pool, asha, S("four words that go well"), S("four words that go well"), now_ms()), ERR_INVALID);
    assert_int_equal(user_by(cookie).account, asha);
    assert_ok(auth_change_password(pool, asha, S("four words that go well"), S("a quite different phrase"), now_ms()));
    assert_int_equal(user_by(cookie).account, 0);
    assert_err(sign_in("a.verma", "four words that go well", NULL), ERR_SIGN_IN);
    assert_ok(sign_in("a.verma", "a quite different phrase", NULL));
    assert_int_equal(logged("password.change"), 1);
    assert_int_equal(logged("password.refused"), 1);
}

static err create(void *arg)
{
    struct new_account *n = arg;
    i64 id;
    struct db *db = begin(DB_WRITE);
    err e = auth_account_create(db, &arena, n, (str){0}, T0, &id);
    db_rollback(db);
    return e;
}

static void accounts(void **state)
{
    UNUSED(state);
    assert_err(create(&(struct new_account){.name = S("A.VERMA")}), ERR_CONFLICT);
    assert_err(create(&(struct new_account){.name = S("other"), .officer = ASHA}), ERR_CONFLICT);
    assert_err(create(&(struct new_account){.name = S("  ")}), ERR_INVALID);
    struct db *db = begin(DB_WRITE);
    bool demo;
    assert_ok(auth_has_demo(db, &demo));
    assert_true(demo);
    assert_ok(auth_close(db, spv, asha, T0));
    assert_err(auth_close(db, spv, asha, T0), ERR_CONFLICT);
    assert_ok(db_commit(db));
    assert_err(sign_in("a.verma", "four words that go well", NULL), ERR_SIGN_IN);
}

/* ---- sessions ---- */

static void sessions_expire(void **state)
{
    UNUSED(state);
    str cookie;
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    clock_set(T0 + SESSION_IDLE_MS - 1);
    assert_int_equal(user_by(cookie).account, asha);
    assert_ok(auth_flush(pool, now_ms())); /* seen: twelve hours more */
    clock_set(T0 + 2 * SESSION_IDLE_MS - 2);
    assert_int_equal(user_by(cookie).account, asha);
    clock_set(T0 + 2 * SESSION_IDLE_MS); /* idle; the flush that would have kept it was never made */
    assert_int_equal(user_by(cookie).account, 0);
    clock_set(T0);
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    for (i64 t = HOUR_MS * 11; t < SESSION_MS; t += HOUR_MS * 11) {
        clock_set(T0 + t);
        assert_int_equal(user_by(cookie).account, asha);
        assert_ok(auth_flush(pool, now_ms()));
    }
    clock_set(T0 + SESSION_MS);
    assert_int_equal(user_by(cookie).account, 0); /* seven days in all */
}

static void the_cache_forgets(void **state)
{
    UNUSED(state);
    str cookie;
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    struct user u = user_by(cookie);
    assert_int_equal(u.grants, 0);
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO role_grant (id, account, role, organisation, from_day, created) VALUES (1, %lld, 'officer', 12, 0, 0)", (long long)asha);
    script(sql);
    assert_int_equal(user_by(cookie).grants, 0); /* from memory */
    clock_set(T0 + 9999);
    assert_int_equal(user_by(cookie).grants, 0);
    clock_set(T0 + 10000);
    assert_int_equal(user_by(cookie).grants, 1);
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_grant_end(db, spv, asha, 1, now_ms()));
    assert_ok(db_commit(db));
    assert_int_equal(user_by(cookie).grants, 1);
    auth_forget(asha);
    assert_int_equal(user_by(cookie).grants, 0);
    db = begin(DB_WRITE);
    assert_ok(auth_sign_out(db, u.session));
    assert_ok(db_commit(db));
    auth_forget(asha);
    assert_int_equal(user_by(cookie).account, 0);
}

static void every_session_ends(void **state)
{
    UNUSED(state);
    str one, two;
    assert_ok(sign_in("a.verma", "four words that go well", &one));
    assert_ok(sign_in("a.verma", "four words that go well", &two));
    assert_int_equal(user_by(one).account, asha);
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_sign_out_everywhere(db, asha));
    assert_ok(db_commit(db));
    auth_forget(asha);
    assert_int_equal(user_by(one).account, 0);
    assert_int_equal(user_by(two).account, 0);
}

static err make_token(void *arg)
{
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_token_create(db, &arena, spv, S("nightly export"), T0 + DAY_MS, T0, arg));
    assert_ok(db_commit(db));
    return OK;
}

struct revoking { err again; };

static err revoke_token(void *arg)
{
    struct revoking *r = arg;
    struct auth_token_list list;
    i64 account;
    struct db *db = begin(DB_WRITE);
    assert_ok(auth_account_by_name(db, &arena, S("SPV"), &account));
    assert_ok(auth_tokens_of(db, &arena, account, &list));
    assert_int_equal(list.count, 1);
    assert_ok(auth_token_revoke(db, 0, list.row[0].id, T0));
    r->again = auth_token_revoke(db, 0, list.row[0].id, T0);
    assert_ok(db_commit(db));
    return OK;
}

static void tokens(void **state)
{
    UNUSED(state);
    str token;
    struct user u;
    assert_ok(arena_guard(make_token, &token));
    assert_ok(auth_user_of_token(pool, token, T0, &u));
    assert_int_equal(u.account, spv);
    assert_true(u.token);
    assert_string_equal(u.csrf, "");
    assert_ok(auth_user_of_cookie(pool, token, T0, &u)); /* is no cookie, not even from memory */
    assert_int_equal(u.account, 0);
    assert_ok(auth_user_of_token(pool, token, T0 + DAY_MS, &u));
    assert_int_equal(u.account, 0);
    struct revoking r = {0};
    assert_ok(arena_guard(revoke_token, &r));
    assert_int_equal(r.again, ERR_NOT_FOUND);
    auth_forget(spv);
    assert_ok(auth_user_of_token(pool, token, T0, &u));
    assert_int_equal(u.account, 0);
}

static void the_flush_thread(void **state)
{
    UNUSED(state);
    str cookie;
    assert_ok(sign_in("a.verma", "four words that go well", &cookie));
    clock_set(T0 + HOUR_MS);
    assert_int_equal(user_by(cookie).account, asha);
    assert_ok(auth_flush_start(pool));
    auth_flush_stop(); /* writes once more */
    auth_forget(asha);
    clock_set(T0 + HOUR_MS + SESSION_IDLE_MS - 1);
    assert_int_equal(user_by(cookie).account, asha);
}

/* ---- reach ---- */

static void reach_of_every_kind(void **state)
{
    UNUSED(state);
    i64 today = day_of_ms(T0);
    give(asha, "officer", MGNREGA, today, NULL);
    give(farida, "supervisor", RURAL, today, NULL);
    give(ravi, "cbu", RURAL, today, NULL);
    give(meena, "author", POSTAL, today, NULL);
    give(spv, "cbc", 0, today, NULL);
    struct user a = user_with(asha, ASHA), f = user_with(farida, FARIDA), r = user_with(ravi, RAVI), m = user_with(meena, MEENA), c = user_with(spv, 0);
    assert_int_equal(user_reach(&a, "competency.own"), REACH_SELF);
    assert_int_equal(user_reach(&a, "audit.read"), REACH_NONE);
    assert_int_equal(user_reach(&c, "audit.read"), REACH_ALL);
    assert_true(user_has_role(&f, "supervisor"));
    assert_false(user_has_role(&f, "cbu"));
    /* self */
    assert_true(sees_officer(&a, "competency.own", ASHA));
    assert_false(sees_officer(&a, "competency.own", RAVI));
    assert_false(sees_officer(&a, "competency.read", ASHA));
    /* reports: not oneself, not a former one */
    assert_true(sees_officer(&f, "evidence.workplace", ASHA));
    assert_false(sees_officer(&f, "evidence.workplace", FARIDA));
    assert_false(sees_officer(&f, "evidence.workplace", RAVI));
    struct user old = user_with(farida, MEENA); /* Meena with Farida's roles: Asha reported to her until day 200 */
    assert_false(sees_officer(&old, "competency.read", ASHA));
    assert_false(sees_organisation(&f, "organisation.officers", RURAL));
    /* unit: the subtree, by the posting of today */
    assert_true(sees_officer(&r, "competency.read", ASHA));
    assert_true(sees_officer(&r, "competency.read", RAVI));
    assert_false(sees_officer(&r, "competency.read", MEENA));
    assert_true(sees_organisation(&r, "report.answer", RURAL));
    assert_true(sees_organisation(&r, "report.answer", MGNREGA));
    assert_false(sees_organisation(&r, "report.answer", DELHI));
    assert_false(sees_organisation(&r, "report.answer", POSTAL));
    assert_true(sees_organisation(&r, "organisation.read", POSTAL));
    /* provider */
    assert_true(sees_organisation(&m, "course.author", POSTAL));
    assert_false(sees_organisation(&m, "course.author", DELHI));
    assert_false(sees_officer(&m, "course.author", MEENA));
    /* all */
    assert_true(sees_officer(&c, "competency.read", MEENA));
    assert_true(sees_organisation(&c, "organisation.officers", DELHI));
    /* nobody */
    struct user none = {0};
    assert_false(sees_officer(&none, "competency.own", 0));
    assert_false(sees_organisation(&none, "organisation.read", DELHI));
}

static void grants_have_days(void **state)
{
    UNUSED(state);
    i64 today = day_of_ms(T0), tomorrow = today + 1, yesterday = today - 1;
    give(ravi, "cbu", RURAL, today - 10, &yesterday);
    give(ravi, "cca", RURAL, tomorrow, NULL);
    i64 last = give(ravi, "ministryhead", RURAL, today - 1, &today);
    struct user u = user_with(ravi, RAVI);
    assert_int_equal(u.grants, 1);
    assert_true(user_has_role(&u, "ministryhead"));
    struct db *db = begin(DB_WRITE);
    i64 id;
    assert_err(auth_grant(db, spv, ravi, S("cca"), RURAL, today, NULL, T0, &id), ERR_CONFLICT); /* overlaps from tomorrow */
    assert_err(auth_grant(db, spv, ravi, S("emperor"), RURAL, today, NULL, T0, &id), ERR_INVALID);
    assert_err(auth_grant(db, spv, ravi, S("cbu"), 999, today, NULL, T0, &id), ERR_INVALID);
    assert_err(auth_grant(db, spv, ravi, S("cbu"), RURAL, today, &yesterday, T0, &id), ERR_INVALID);
    assert_err(auth_grant(db, spv, 999, S("cbu"), RURAL, today, NULL, T0, &id), ERR_NOT_FOUND);
    assert_ok(auth_grant_end(db, spv, ravi, last, T0));
    assert_err(auth_grant_end(db, spv, ravi, last, T0), ERR_CONFLICT);
    assert_err(auth_grant_end(db, spv, asha, last, T0), ERR_NOT_FOUND);
    assert_ok(db_commit(db));
    u = user_with(ravi, RAVI);
    assert_int_equal(u.grants, 0);
    clock_set(T0 + DAY_MS);
    u = user_with(ravi, RAVI);
    assert_true(user_has_role(&u, "cca"));
}

static void nobody_climbs_by_granting(void **state)
{
    UNUSED(state);
    i64 today = day_of_ms(T0);
    give(ravi, "cbuhead", RURAL, today, NULL);
    give(spv, "spv", 0, today, NULL);
    struct user head = user_with(ravi, RAVI), top = user_with(spv, 0);
    static const char *const may[] = {"officer", "supervisor", "cbu", "cbuhead", "ministryhead", "cca"};
    static const char *const may_not[] = {"spv", "cbc", "assessor", "author", "reviewer"};
    for (isize i = 0; i < COUNT_OF(may); i++) assert_true(role_within(&head, role_find(str_of(may[i])), "role.grant"));
    for (isize i = 0; i < COUNT_OF(may_not); i++) assert_false(role_within(&head, role_find(str_of(may_not[i])), "role.grant"));
    for (int i = 0; i < role_count(); i++) assert_true(role_within(&top, role_at(i), "role.grant"));
    struct db *db = begin(DB_READ);
    bool sees;
    assert_ok(account_seen(db, &head, "account.admin", ASHA, &sees));
    assert_true(sees);
    assert_ok(account_seen(db, &head, "account.admin", MEENA, &sees));
    assert_false(sees);
    assert_ok(account_seen(db, &head, "account.admin", 0, &sees)); /* a program's account */
    assert_false(sees);
    assert_ok(db_commit(db));
}

static void roles_load_again(void **state)
{
    UNUSED(state);
    give(asha, "council", 0, day_of_ms(T0), NULL);
    struct user u = user_with(asha, ASHA);
    const struct role *before = role_find(S("council"));
    script("INSERT INTO role_permission VALUES ('council', 'audit.read', 5)");
    assert_int_equal(user_reach(&u, "audit.read"), REACH_NONE);
    assert_ok(auth_load(pool));
    assert_ptr_equal(role_find(S("council")), before);
    assert_int_equal(user_reach(&u, "audit.read"), REACH_ALL); /* also for who was read before */
}

/* ---- audit ---- */

static void write_log(int rows)
{
    struct db *db = begin(DB_WRITE);
    for (int i = 1; i <= rows; i++) assert_ok(audit_add(db, i % 2 ? spv : 0, "test.row", i, S("somebody's name"), T0 + i));
    assert_ok(db_commit(db));
}

static void assert_verdict(i64 rows, i64 broken_at)
{
    struct audit_verdict v;
    assert_ok(audit_verify(pool, &v));
    assert_int_equal(v.rows, rows);
    assert_int_equal(v.broken_at, broken_at);
    assert_true((v.what != NULL) == (broken_at != 0));
}

static void audit_clean(void **state)
{
    UNUSED(state);
    assert_verdict(0, 0);
    write_log(3);
    write_log(7);
    assert_verdict(10, 0);
    script("DELETE FROM audit_detail WHERE seq = 4"); /* erased on request */
    assert_verdict(10, 0);
    struct db *db = begin(DB_WRITE);
    assert_ok(audit_add(db, spv, "test.undone", 1, S(""), T0));
    db_rollback(db);
    assert_verdict(10, 0);
}

static void audit_changed(void **state)
{
    UNUSED(state);
    write_log(10);
    script("UPDATE audit SET subject = 99 WHERE seq = 5");
    assert_verdict(10, 5);
    script("UPDATE audit SET subject = 5 WHERE seq = 5");
    assert_verdict(10, 0);
    script("UPDATE audit SET actor = 0 WHERE seq = 6"); /* NULL is not 0 */
    assert_verdict(10, 6);
    script("UPDATE audit SET actor = NULL WHERE seq = 6; UPDATE audit_detail SET detail = 'somebody else' WHERE seq = 7");
    assert_verdict(10, 7);
}

static void audit_deleted(void **state)
{
    UNUSED(state);
    write_log(10);
    script("DELETE FROM audit_detail WHERE seq = 5; DELETE FROM audit WHERE seq = 5");
    assert_verdict(9, 5);
}

static void audit_reordered(void **state)
{
    UNUSED(state);
    write_log(10);
    script("DELETE FROM audit_detail; UPDATE audit SET seq = 100 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 100");
    assert_verdict(10, 4);
}

static void audit_cut(void **state)
{
    UNUSED(state);
    write_log(10);
    script("DELETE FROM audit_detail WHERE seq > 8; DELETE FROM audit WHERE seq > 8");
    assert_verdict(8, 9);
    write_log(1); /* going on does not hide it */
    assert_verdict(9, 9);
}

static void audit_head_moved(void **state)
{
    UNUSED(state);
    write_log(10);
    script("DELETE FROM setting WHERE name = 'audit.head'");
    assert_verdict(10, 10);
}

static void audit_all_gone(void **state)
{
    UNUSED(state);
    write_log(2);
    script("DELETE FROM audit_detail; DELETE FROM audit");
    assert_verdict(0, 1);
}

static void *add_rows(void *arg)
{
    UNUSED(arg);
    for (int i = 0; i < 20; i++) {
        err e = ERR_RETRY;
        while (e == ERR_RETRY) {
            struct db *db;
            e = db_begin(pool, DB_WRITE, &db);
            if (e != OK) continue;
            e = audit_add(db, spv, "test.row", 1, S("x"), T0);
            if (e == OK) e = db_commit(db);
            else db_rollback(db);
        }
    }
    return NULL;
}

static void audit_by_several(void **state)
{
    UNUSED(state);
    pthread_t thread[3];
    for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&thread[i], NULL, add_rows, NULL), 0);
    for (int i = 0; i < 3; i++) pthread_join(thread[i], NULL);
    assert_verdict(60, 0);
}

/* ---- statements ---- */

static void statements_prepare(void **state)
{
    UNUSED(state);
    struct db *db = begin(DB_READ);
    for (int i = 0; i < auth_statements.count; i++) assert_ok(db_check_statement(db, auth_statements.statement[i]));
    assert_ok(db_commit(db));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(statements_prepare), TEST(sign_in_right_and_wrong), TEST(the_dummy_costs_what_a_password_costs), TEST(failures_slow_down_and_end), TEST(unlocking_ends_the_wait),
        TEST(an_address_is_only_slowed), TEST(hashing_slots), TEST(change_of_password), TEST(accounts), TEST(sessions_expire), TEST(the_cache_forgets), TEST(every_session_ends),
        TEST(tokens), TEST(the_flush_thread), TEST(reach_of_every_kind), TEST(grants_have_days), TEST(nobody_climbs_by_granting), TEST(roles_load_again), TEST(audit_clean),
        TEST(audit_changed), TEST(audit_deleted), TEST(audit_reordered), TEST(audit_cut), TEST(audit_head_moved), TEST(audit_all_gone), TEST(audit_by_several),
    };
    int failed = cmocka_run_group_tests_name("auth, SQLite", tests, NULL, NULL);
    if (getenv("IGOT_TEST_PG")) {
        engine = DB_POSTGRES;
        failed += cmocka_run_group_tests_name("auth, PostgreSQL", tests, NULL, NULL);
    } else {
        printf("skipped: auth on PostgreSQL (IGOT_TEST_PG is not set)\n");
    }
    return failed;
}
