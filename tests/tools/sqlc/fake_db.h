/* fake_db.h -- see fake_db.c. */
#ifndef FAKE_DB_H
#define FAKE_DB_H

#include "db/db.h"

struct db *fake_open(const char *path);
int fake_open_cursors(void); /* 0 when every statement has ended */

#endif
