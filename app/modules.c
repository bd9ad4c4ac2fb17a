/* modules.c -- the one list of modules. */
#include "app/app.h"
#include "assessment/assessment.h"
#include "auth/auth.h"
#include "competency/competency.h"
#include "learning/learning.h"
#include "measure/measure.h"

extern const struct route auth_routes[], competency_routes[], learning_routes[], assessment_routes[], measure_routes[];

const struct route *const app_routes[] = {system_routes, auth_routes, competency_routes, learning_routes, assessment_routes, measure_routes, NULL};
