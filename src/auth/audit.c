/* audit.c -- the hash-chained log.
**
** hash = SHA-256 of: the previous row's hash (32 bytes, zeros before the first row); seq; at; actor; action; subject; detail_hash.
** Integers are 8 bytes, big end first; actor and subject are led by a byte 1, or are the byte 0 alone when NULL; action is led by its
** length (8 bytes). detail_hash = SHA-256 of 16 bytes of salt and the detail: what the detail says may be erased, with its salt, and
** nobody can find it again by guessing. Setting 'audit.head' holds "seq hash" of the newest row and is written with it. */
#include <sodium.h>

#include "auth_sql.h"
#include "auth/private.h"

enum { SALT_BYTES = 16, HEAD_TEXT = 20 + 1 + 2 * HASH_BYTES + 1 };

struct link { i64 seq; u8 hash[HASH_BYTES]; };

/* ---- the hash of a row ---- */

static void put_i64(crypto_hash_sha256_state *s, i64 n)
{
    u8 bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (u8)((u64)n >> (56 - 8 * i));
    crypto_hash_sha256_update(s, bytes, sizeof bytes);
}

static void put_nullable(crypto_hash_sha256_state *s, const i64 *n)
{
    u8 is = n != NULL;
    crypto_hash_sha256_update(s, &is, 1);
    if (n) put_i64(s, *n);
}

struct entry { i64 seq, at; const i64 *actor, *subject; str action; const u8 *detail_hash; };

static void entry_hash(const u8 previous[HASH_BYTES], const struct entry *e, u8 out[HASH_BYTES])
{
    crypto_hash_sha256_state s;
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, previous, HASH_BYTES);
    put_i64(&s, e->seq);
    put_i64(&s, e->at);
    put_nullable(&s, e->actor);
    put_i64(&s, e->action.len);
    crypto_hash_sha256_update(&s, (const u8 *)e->action.data, (unsigned long long)e->action.len);
    put_nullable(&s, e->subject);
    crypto_hash_sha256_update(&s, e->detail_hash, HASH_BYTES);
    crypto_hash_sha256_final(&s, out);
}

static void detail_hash(const u8 *salt, str detail, u8 out[HASH_BYTES])
{
    crypto_hash_sha256_state s;
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, salt, SALT_BYTES);
    crypto_hash_sha256_update(&s, (const u8 *)detail.data, (unsigned long long)detail.len);
    crypto_hash_sha256_final(&s, out);
}

/* ---- the newest row ---- */

struct head { bool found, good; struct link link; };

static err head_row(void *arg, const struct auth_audit_head_row *row)
{
    struct head *h = arg;
    str rest = row->value, seq;
    size_t n = 0;
    h->found = true;
    str_cut(&rest, ' ', &seq);
    h->good = str_to_i64(seq, &h->link.seq) && rest.len == 2 * HASH_BYTES &&
              sodium_hex2bin(h->link.hash, HASH_BYTES, rest.data, (size_t)rest.len, NULL, &n, NULL) == 0 && n == HASH_BYTES;
    return OK;
}

static err last_row(void *arg, const struct auth_audit_last_row *row)
{
    struct link *l = arg;
    l->seq = row->seq;
    if (row->hash.len == HASH_BYTES) memcpy(l->hash, row->hash.data, HASH_BYTES);
    return OK;
}

/* The next row goes on from the head that was written, not from what rows are left: a tail that was cut stays a gap for ever. */
static err newest(struct db *db, struct link *out)
{
    struct head head = {0};
    struct link last = {0};
    TRY(auth_sql_audit_head(db, head_row, &head));
    TRY(auth_sql_audit_last(db, last_row, &last));
    *out = head.good ? head.link : last;
    if (last.seq > out->seq) out->seq = last.seq;
    return OK;
}

static err head_write(struct db *db, const struct link *l)
{
    char text[HEAD_TEXT], digits[2 * HASH_BYTES + 1];
    sodium_bin2hex(digits, sizeof digits, l->hash, HASH_BYTES);
    snprintf(text, sizeof text, "%lld %s", (long long)l->seq, digits);
    return auth_sql_audit_head_set(db, str_of(text), NULL);
}

err audit_add(struct db *db, i64 actor, const char *action, i64 subject, str detail, i64 at)
{
    struct link link = {0};
    u8 salt[SALT_BYTES], hash[HASH_BYTES];
    if (!detail.data) detail = S("");
    TRY(newest(db, &link));
    random_bytes(salt, sizeof salt);
    detail_hash(salt, detail, hash);
    const i64 *who = actor ? &actor : NULL, *what = subject ? &subject : NULL;
    struct entry e = {link.seq + 1, at, who, what, str_of(action), hash};
    entry_hash(link.hash, &e, link.hash);
    link.seq++;
    TRY(auth_sql_audit_insert(db, e.seq, at, who, e.action, what, str_n((const char *)hash, sizeof hash), str_n((const char *)link.hash, sizeof link.hash), NULL));
    TRY(auth_sql_audit_detail_insert(db, e.seq, str_n((const char *)salt, sizeof salt), detail, NULL));
    return head_write(db, &link);
}

/* ---- verifying ---- */

struct reading { struct link link; struct audit_verdict *verdict; };

static void broken(struct audit_verdict *v, i64 seq, const char *what)
{
    if (v->broken_at) return;
    v->broken_at = seq;
    v->what = what;
}

static bool detail_matches(const struct auth_audit_all_row *row)
{
    u8 hash[HASH_BYTES];
    if (!row->salt.data) return true; /* erased */
    if (row->salt.len != SALT_BYTES) return false;
    detail_hash((const u8 *)row->salt.data, row->detail, hash);
    return memcmp(hash, row->detail_hash.data, HASH_BYTES) == 0;
}

static bool row_matches(const struct reading *r, const struct auth_audit_all_row *row)
{
    u8 hash[HASH_BYTES];
    if (row->detail_hash.len != HASH_BYTES || row->hash.len != HASH_BYTES) return false;
    struct entry e = {row->seq, row->at, row->actor_null ? NULL : &row->actor, row->subject_null ? NULL : &row->subject, row->action, (const u8 *)row->detail_hash.data};
    entry_hash(r->link.hash, &e, hash);
    return memcmp(hash, row->hash.data, HASH_BYTES) == 0;
}

static err verify_row(void *arg, const struct auth_audit_all_row *row)
{
    struct reading *r = arg;
    r->verdict->rows++;
    if (r->verdict->broken_at) return OK; /* only counted: after the first break every link is wrong */
    if (row->seq != r->link.seq + 1) broken(r->verdict, r->link.seq + 1, N_("A row is missing."));
    else if (!row_matches(r, row)) broken(r->verdict, row->seq, N_("A row was changed, or stands in another's place."));
    else if (!detail_matches(row)) broken(r->verdict, row->seq, N_("The detail of a row was changed."));
    r->link.seq = row->seq;
    if (row->hash.len == HASH_BYTES) memcpy(r->link.hash, row->hash.data, HASH_BYTES);
    return OK;
}

static void verify_head(const struct reading *r, const struct head *head)
{
    i64 end = r->link.seq;
    if (!head->found && end == 0) return;
    if (!head->good) broken(r->verdict, end ? end : 1, N_("The record of the newest row is gone."));
    else if (head->link.seq > end) broken(r->verdict, end + 1, N_("The newest rows are missing."));
    else if (head->link.seq < end) broken(r->verdict, head->link.seq + 1, N_("Rows were added that the log did not write."));
    else if (memcmp(head->link.hash, r->link.hash, HASH_BYTES) != 0) broken(r->verdict, end, N_("A row was changed, or stands in another's place."));
}

err audit_check(struct db *db, struct audit_verdict *out)
{
    *out = (struct audit_verdict){0};
    struct reading r = {.verdict = out};
    struct head head = {0};
    TRY(auth_sql_audit_head(db, head_row, &head));
    TRY(auth_sql_audit_all(db, verify_row, &r));
    verify_head(&r, &head);
    return OK;
}

static err verify_work(struct db *db, void *arg)
{
    return audit_check(db, arg);
}

err audit_verify(struct db_pool *pool, struct audit_verdict *out)
{
    return auth_transaction(pool, DB_READ, verify_work, out);
}

/* ---- in words ---- */

const char *audit_words(const char *action)
{
    static const char *const words[][2] = {
        {"sign-in.good", N_("Signed in")},
        {"sign-in.refused", N_("Sign-in refused")},
        {"sign-out", N_("Signed out")},
        {"sign-out.everywhere", N_("Signed out everywhere")},
        {"session.end", N_("Signed a device out")},
        {"password.change", N_("Changed the password")},
        {"password.refused", N_("Change of password refused")},
        {"account.unlock", N_("Unlocked an account")},
        {"account.close", N_("Closed an account")},
        {"grant.give", N_("Gave a role")},
        {"grant.end", N_("Ended a role")},
        {"token.create", N_("Made a token")},
        {"token.revoke", N_("Revoked a token")},
    };
    for (isize i = 0; i < COUNT_OF(words); i++)
        if (strcmp(words[i][0], action) == 0) return words[i][1];
    return action;
}
