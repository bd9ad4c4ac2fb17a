/* signin.c -- sign-in by password and the change of one: slow-downs, and answers that tell a stranger nothing. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>

#include "auth_sql.h"
#include "auth/password.h"

/* ---- slow-down per name ---- */

static const i64 WAIT_MAX_MS = 15 * MINUTE_MS;

i64 signin_wait(i64 failures, i64 last, i64 now)
{
    if (failures < FREE_FAILURES) return 0;
    i64 doublings = failures - FREE_FAILURES;
    i64 wait = doublings > 10 ? WAIT_MAX_MS : SECOND_MS << doublings;
    if (wait > WAIT_MAX_MS) wait = WAIT_MAX_MS;
    i64 left = last + wait - now;
    return left < 0 ? 0 : left > wait ? wait : left; /* a clock set back must not lengthen it */
}

static err wait_error(i64 wait)
{
    if (wait <= 10 * SECOND_MS) return err_set(ERR_BUSY, N_("There were several failed tries. Wait 10 seconds, then try again."));
    if (wait <= MINUTE_MS) return err_set(ERR_BUSY, N_("There were several failed tries. Wait a minute, then try again."));
    if (wait <= 5 * MINUTE_MS) return err_set(ERR_BUSY, N_("There were several failed tries. Wait five minutes, then try again, or ask the administrator of your office to unlock the account."));
    return err_set(ERR_BUSY, N_("There were several failed tries. Wait a quarter of an hour, then try again, or ask the administrator of your office to unlock the account."));
}

struct failure { i64 failures, last; };

static err failure_row(void *arg, const struct auth_failure_get_row *row)
{
    *(struct failure *)arg = (struct failure){row->failures, row->last};
    return OK;
}

static err wait_read(struct db *db, str key, i64 now, i64 *wait)
{
    struct failure f = {0};
    TRY(auth_sql_failure_get(db, key, failure_row, &f));
    *wait = signin_wait(f.failures, f.last, now);
    return OK;
}

/* ---- slow-down per address ---- */

/* A whole office may stand behind one address, so this only keeps one machine from trying thousands of names: 60 failures at
** once, then one a second; nobody's success costs anything. In memory, since it is no more than a brake. */
enum { BUCKETS = 4096, BUCKET_TOKENS = 60 };

static struct {
    pthread_mutex_t lock;
    bool keyed;
    u8 key[crypto_shorthash_KEYBYTES]; /* so that nobody can choose an address that shares a bucket with another's */
    struct { u64 who; i64 spent_ms; i64 at; } bucket[BUCKETS];
} address = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* An IPv6 customer holds a whole /64. */
static u64 address_key(const char *text)
{
    u8 bytes[16] = {0};
    u64 key;
    if (inet_pton(AF_INET, text, bytes) != 1 && inet_pton(AF_INET6, text, bytes) == 1) memset(bytes + 8, 0, 8);
    if (!address.keyed) {
        random_bytes(address.key, sizeof address.key);
        address.keyed = true;
    }
    crypto_shorthash((u8 *)&key, bytes, sizeof bytes, address.key);
    return key;
}

/* What has been spent and not come back yet, in ms of refill; the lock is held. */
static i64 *address_spent(const char *text, i64 now)
{
    u64 who = address_key(text);
    i64 slot = (i64)(who % BUCKETS);
    if (address.bucket[slot].who != who) {
        address.bucket[slot].who = who;
        address.bucket[slot].spent_ms = 0;
    }
    i64 passed = now - address.bucket[slot].at;
    i64 *spent = &address.bucket[slot].spent_ms;
    if (passed > 0) *spent = *spent > passed ? *spent - passed : 0;
    address.bucket[slot].at = now;
    return spent;
}

bool address_free(const char *text, i64 now)
{
    pthread_mutex_lock(&address.lock);
    bool is_free = *address_spent(text, now) <= (BUCKET_TOKENS - 1) * SECOND_MS;
    pthread_mutex_unlock(&address.lock);
    return is_free;
}

void address_failed(const char *text, i64 now)
{
    pthread_mutex_lock(&address.lock);
    *address_spent(text, now) += SECOND_MS;
    pthread_mutex_unlock(&address.lock);
}

void address_reset(void)
{
    pthread_mutex_lock(&address.lock);
    memset(address.bucket, 0, sizeof address.bucket);
    pthread_mutex_unlock(&address.lock);
}

/* ---- one try ---- */

struct try {
    str key;
    i64 now;
    i64 wait;
    struct account_row account;
    bool right;
    /* sign-in */
    const char *address;
    str agent;
    struct arena *arena;
    str cookie;
    /* change of password */
    char new_hash[PASSWORD_HASH_MAX + 1];
};

static err try_look(struct db *db, void *arg)
{
    struct try *t = arg;
    return wait_read(db, t->key, t->now, &t->wait);
}

/* The failure is booked before the password is compared and taken back on success: else a hundred tries at once would all
** read the count of the first. */
static err try_claim(struct db *db, void *arg)
{
    struct try *t = arg;
    TRY(wait_read(db, t->key, t->now, &t->wait));
    if (t->wait) return OK;
    TRY(auth_sql_failure_add(db, t->key, t->now, NULL));
    return account_read_key(db, t->key, &t->account);
}

/* An account that is locked or closed is compared with nothing, in the same time. */
static err try_compare(struct db_pool *pool, struct try *t, str password)
{
    TRY(auth_transaction(pool, DB_WRITE, try_claim, t));
    if (t->wait) return wait_error(t->wait);
    bool may = t->account.found && t->account.state == ACCOUNT_ACTIVE;
    t->right = password_verify(may ? t->account.password : "", password);
    return OK;
}

/* The account as it was compared may have been closed, or have a new password, since. */
static err try_still_right(struct db *db, struct try *t)
{
    struct account_row again;
    TRY(account_read(db, t->account.id, &again));
    t->right = again.found && again.state == ACCOUNT_ACTIVE && strcmp(again.password, t->account.password) == 0;
    return OK;
}

/* ---- sign-in ---- */

static err signin_good(struct db *db, struct try *t)
{
    TRY(auth_sql_failure_clear(db, t->key, NULL));
    TRY(session_open(db, t->arena, t->account.id, t->address, t->agent, t->now, &t->cookie));
    return audit_add(db, t->account.id, "sign-in.good", t->account.id, str_of(t->address), t->now);
}

/* A name that is no account's is not kept: people type passwords into the wrong field. */
static err signin_end(struct db *db, void *arg)
{
    struct try *t = arg;
    if (t->right) TRY(try_still_right(db, t));
    if (t->right) return signin_good(db, t);
    return audit_add(db, 0, "sign-in.refused", t->account.found ? t->account.id : 0, str_of(t->address), t->now);
}

static err signin_refused(void)
{
    return err_set(ERR_SIGN_IN, N_("The user name or the password is not right. Check both and try again."));
}

/* Longer than any account's: cut, so that it is slowed down all the same. */
static str key_of(struct arena *a, str name)
{
    str key = auth_name_key(a, name);
    return key.len > NAME_KEY_MAX ? utf8_cut(key, NAME_KEY_MAX / 4) : key;
}

err auth_sign_in(struct db_pool *pool, struct arena *a, str name, str password, const char *from, str agent, i64 now, str *cookie)
{
    if (!utf8_valid(name) || password.len > PASSWORD_MAX) return signin_refused();
    struct try t = {.key = key_of(a, name), .now = now, .address = from ? from : "", .agent = agent, .arena = a};
    if (!address_free(t.address, now)) return err_set(ERR_BUSY, N_("Many tries from your network failed in the last minute. Wait ten seconds, then try again."));
    TRY(auth_transaction(pool, DB_READ, try_look, &t)); /* those who must wait take no slot */
    if (t.wait) return wait_error(t.wait);
    TRY(hash_slot_wait());
    err e = try_compare(pool, &t, password);
    hash_slot_give();
    if (e == OK) e = auth_transaction(pool, DB_WRITE, signin_end, &t);
    if (e != OK) return e;
    if (!t.right) {
        address_failed(t.address, now);
        return signin_refused();
    }
    *cookie = t.cookie;
    return OK;
}

/* ---- change of password ---- */

static err change_end(struct db *db, void *arg)
{
    struct try *t = arg;
    if (t->right) TRY(try_still_right(db, t));
    if (!t->right) return audit_add(db, t->account.id, "password.refused", t->account.id, S(""), t->now);
    TRY(auth_sql_failure_clear(db, t->key, NULL));
    TRY(auth_sql_account_password(db, t->account.id, str_of(t->new_hash), t->now, NULL));
    TRY(auth_sql_session_drop_all(db, t->account.id, NULL));
    return audit_add(db, t->account.id, "password.change", t->account.id, S(""), t->now);
}

struct wanted { i64 id; struct account_row row; };

static err wanted_read(struct db *db, void *arg)
{
    struct wanted *w = arg;
    return account_read(db, w->id, &w->row);
}

err auth_change_password(struct db_pool *pool, i64 account, str old_password, str new_password, i64 now)
{
    struct wanted wanted = {.id = account};
    TRY(auth_transaction(pool, DB_READ, wanted_read, &wanted));
    if (!wanted.row.found) return err_set(ERR_NOT_FOUND, N_("There is no such account."));
    TRY(password_check(new_password, str_of(wanted.row.key)));
    if (str_eq(old_password, new_password)) return err_set(ERR_INVALID, N_("The new password is the old one. Choose another."));
    if (old_password.len > PASSWORD_MAX) old_password = S("");
    struct try t = {.key = str_of(wanted.row.key), .now = now};
    TRY(hash_slot_wait());
    err e = try_compare(pool, &t, old_password);
    if (e == OK && t.right) e = password_hash(new_password, t.new_hash);
    hash_slot_give();
    if (e == OK) e = auth_transaction(pool, DB_WRITE, change_end, &t);
    if (e != OK) return e;
    if (!t.right) return err_set(ERR_DENIED, N_("The present password is not right. Type it again."));
    auth_forget(account);
    return OK;
}
