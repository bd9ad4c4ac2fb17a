/* password.h -- argon2id with explicit limits, in a bounded number at once (memory and CPU share). */
#ifndef IGOT_PASSWORD_H
#define IGOT_PASSWORD_H

#include "auth/private.h"

enum { HASH_WAIT_MS = 5000 };

/* Both take tens of milliseconds and 19 MiB: only between hash_slot_wait (ERR_BUSY after 5 s) and hash_slot_give. */
err hash_slot_wait(void) MUST_USE;
/* `hash` "": compares with a hash of nothing that anybody knows, so that it takes the same time, and says no. */
bool password_verify(const char *hash, str password);
err password_hash(str password, char out[PASSWORD_HASH_MAX + 1]) MUST_USE;

bool password_hash_current(const char *hash); /* made with today's limits */
const char *password_dummy(void);

/* ERR_INVALID with what to do about it. `key`: the account's folded name. */
err password_check(str password, str key) MUST_USE;

/* At most `n` hashes at once; 0: half the cores, at least 1. */
void hash_slots_set(int n);
bool hash_slot_take(i64 wait_ms);
void hash_slot_give(void);

#endif
