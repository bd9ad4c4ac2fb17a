/* demo.h -- a database with real data, simulated officers and the accounts that the README names. */
#ifndef IGOT_DEMO_H
#define IGOT_DEMO_H

#include "app/app.h"

/* Makes an empty database ready: schema, the folder's data, officers, demo accounts. Leaves one that has a schema as it is (but migrates it). Exit code. */
int demo_prepare(const struct config *c, str data, i64 officers);
/* The accounts, each with what its story needs: the officer has a gap to level 2 in cyber security and one to level 4 in office management. */
err demo_accounts(struct db *db, struct arena *a, i64 day) MUST_USE;

#endif
