/* home_web.h -- the handlers of home_web.c and what their pages are made from. */
#ifndef IGOT_HOME_WEB_H
#define IGOT_HOME_WEB_H

#include "competency/competency_web.h"

struct about_view { str version, licence; };
struct more_view { const struct user *user; str name; };

extern const struct shape about_shape, more_shape;

/* Examples of the parts, for the style guide. */
struct styleguide { struct track track[5]; struct gap_part gap[2]; struct figure_part figure[3]; struct evidence_part evidence[2]; struct step step[3]; struct difference difference; struct chart_row chart[3]; struct fmt axis[5]; };
struct styleguide *styleguide_examples(struct html *o);

err landing(struct request *rq);
err about(struct request *rq);
err more(struct request *rq);
err styleguide(struct request *rq);

#endif
