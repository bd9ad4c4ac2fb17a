/* messages.h -- the table of translations that tools/poc makes from po/hi.po. Looked up by the msgid's bytes.
** libintl is not used at run time: its language belongs to the process, ours to the request. */
#ifndef IGOT_MESSAGES_H
#define IGOT_MESSAGES_H

#include "base/base.h"

struct message { const char *msgid; const char *text[2]; }; /* text[1] is the plural, or NULL */
extern const struct message messages_hi[];                  /* sorted by msgid (strcmp) */
extern const int messages_hi_count;

#endif
