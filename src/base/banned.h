/* banned.h -- functions that do not compile here, each with a way to do without it.
** Included by base.h after the system headers it names, so that their declarations stay legal. */
#ifndef IGOT_BANNED_H
#define IGOT_BANNED_H

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__GNUC__)
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison gmtime localtime ctime asctime rand srand rand_r drand48 setlocale atoi atol atof tmpnam mktemp
#endif

#endif
