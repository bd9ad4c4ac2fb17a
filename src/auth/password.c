/* password.c -- hashing of passwords, few at a time, and what a new password must be. */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

#include "auth/password.h"

/* OWASP's second choice for argon2id: 19 MiB, two passes. About 20 ms of one core. */
static const unsigned long long HASH_PASSES = 2;
static const size_t HASH_MEMORY = (size_t)19 * 1024 * 1024;

/* Of 32 random bytes that nobody kept, with the limits above: what an unknown name is compared with. */
static const char dummy_hash[] = "$argon2id$v=19$m=19456,t=2,p=1$pdRB9IDrxKN3jzMFcqFtRw$FU71Ps6GDmUY2plefSEV8IaIPXLaJxNapMyIhmTrrbg";

_Static_assert((int)PASSWORD_HASH_MAX >= (int)crypto_pwhash_STRBYTES, "a hash fits where it is read to");

/* ---- slots ---- */

static struct {
    pthread_mutex_t lock;
    pthread_once_t once;
    pthread_cond_t given;
    int limit; /* 0: not decided yet */
    int taken;
} slots = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

/* The condition waits by the monotonic clock: a step of the system's must not stretch the five seconds. */
static void slots_init(void)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&slots.given, &attr);
    pthread_condattr_destroy(&attr);
    ASSERT(sodium_init() >= 0); /* chooses the processor's fastest code */
}

static int slots_default(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores >= 4 ? (int)(cores / 2) : 1;
}

void hash_slots_set(int n)
{
    pthread_once(&slots.once, slots_init);
    pthread_mutex_lock(&slots.lock);
    slots.limit = n > 0 ? n : slots_default();
    pthread_cond_broadcast(&slots.given);
    pthread_mutex_unlock(&slots.lock);
}

bool hash_slot_take(i64 wait_ms)
{
    pthread_once(&slots.once, slots_init);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&slots.lock);
    if (slots.limit == 0) slots.limit = slots_default();
    int waited = 0;
    while (slots.taken >= slots.limit && waited != ETIMEDOUT) waited = pthread_cond_timedwait(&slots.given, &slots.lock, &until);
    bool got = slots.taken < slots.limit;
    if (got) slots.taken++;
    pthread_mutex_unlock(&slots.lock);
    return got;
}

void hash_slot_give(void)
{
    pthread_mutex_lock(&slots.lock);
    ASSERT(slots.taken > 0);
    slots.taken--;
    pthread_cond_signal(&slots.given);
    pthread_mutex_unlock(&slots.lock);
}

/* ---- hashing ---- */

bool password_verify(const char *hash, str password)
{
    const char *against = hash[0] ? hash : dummy_hash;
    bool right = crypto_pwhash_str_verify(against, password.len ? password.data : "", (unsigned long long)password.len) == 0;
    return right && hash[0];
}

err password_hash(str password, char out[PASSWORD_HASH_MAX + 1])
{
    out[PASSWORD_HASH_MAX] = 0;
    if (crypto_pwhash_str(out, password.len ? password.data : "", (unsigned long long)password.len, HASH_PASSES, HASH_MEMORY) != 0)
        return err_set(ERR_MEMORY, N_("There is not enough memory to check a password now. Try again in a minute."));
    return OK;
}

bool password_hash_current(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, HASH_PASSES, HASH_MEMORY) == 0;
}

const char *password_dummy(void)
{
    return dummy_hash;
}

err hash_slot_wait(void)
{
    if (hash_slot_take(HASH_WAIT_MS)) return OK;
    return err_set(ERR_BUSY, N_("Many people are signing in at this moment. Wait a few seconds and try again."));
}

err auth_hash(struct arena *a, str password, str *hash)
{
    if (password.len > PASSWORD_MAX) return err_set(ERR_INVALID, N_("This password is too long. Choose one of at most 1,024 characters."));
    char text[PASSWORD_HASH_MAX + 1];
    TRY(hash_slot_wait());
    err e = password_hash(password, text);
    hash_slot_give();
    if (e == OK) *hash = str_dup(a, str_of(text));
    return e;
}

/* ---- what a new password must be ---- */

static bool all_the_same(str s)
{
    for (isize i = 1; i < s.len; i++)
        if (s.data[i] != s.data[0]) return false;
    return true;
}

/* Each character one more, or one less, than the one before: 123456789012 does not count (9 to 0), so digits wrap. */
static bool a_run(str s)
{
    for (isize i = 1; i < s.len; i++) {
        int step = s.data[i] - s.data[i - 1];
        bool wraps = s.data[i - 1] == '9' && s.data[i] == '0';
        if (step != 1 && !wraps) return false;
    }
    return true;
}

static bool holds_nocase(str s, str part)
{
    for (isize i = 0; i + part.len <= s.len; i++)
        if (str_eq_nocase(str_n(s.data + i, part.len), part)) return true;
    return false;
}

err password_check(str password, str key)
{
    if (password.len > PASSWORD_MAX) return err_set(ERR_INVALID, N_("This password is too long. Choose one of at most 1,024 characters."));
    if (!utf8_valid(password)) return err_set(ERR_INVALID, N_("This password holds bytes that are no text. Type it again."));
    if (utf8_count(password) < PASSWORD_MIN) return err_set(ERR_INVALID, N_("Choose a password of at least 12 characters. Four words that do not belong together are easy to keep in mind."));
    if (all_the_same(password) || a_run(password)) return err_set(ERR_INVALID, N_("This password is easily guessed. Choose one that is not a run of the same or of following characters."));
    if (key.len >= 4 && holds_nocase(password, key)) return err_set(ERR_INVALID, N_("This password holds your user name. Choose one that does not."));
    return OK;
}
