/* suppress.c -- which cells of a published table are left blank. */
#include "measure/measure.h"

/* Primary: a cell of 1 to least-1 people. If what is blank could be found by subtraction from the shown total (one blank cell, or fewer than `least` people
** behind all blanks together), the smallest cell that is still shown goes with it, until nothing follows. */
bool measure_suppress(const i64 *n, isize count, i64 least, u8 *state)
{
    isize blanks = 0;
    i64 people = 0;
    bool changed = false;
    for (isize i = 0; i < count; i++) {
        if (!state[i] && n[i] > 0 && n[i] < least) {
            state[i] = SUPPRESS_SMALL;
            changed = true;
        }
        blanks += state[i] != 0;
        people += state[i] ? n[i] : 0;
    }
    while (blanks > 0 && (blanks == 1 || people < least)) {
        isize smallest = -1;
        for (isize i = 0; i < count; i++)
            if (!state[i] && n[i] > 0 && (smallest < 0 || n[i] < n[smallest])) smallest = i;
        if (smallest < 0) break; /* nothing is left to show */
        state[smallest] = SUPPRESS_SIBLING;
        changed = true;
        blanks++;
        people += n[smallest];
    }
    return changed;
}
