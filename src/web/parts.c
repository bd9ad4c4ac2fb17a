/* parts.c -- the small arithmetic of the shared parts. */
#include "web/parts.h"

f64 level_shown(f64 level)
{
    return level < .5 ? .5 : level > 5.5 ? 5.5 : level;
}

/* A tenth of a per cent is finer than a pixel. */
f64 track_x(f64 level)
{
    return floor((level_shown(level) - .5) * 200 + .5) / 10;
}

const char *track_class(const struct track *t)
{
    if (t->state == TRACK_INDICATIVE) return "track indicative";
    return t->met && t->state == TRACK_KNOWN ? "track met" : "track";
}

const char *track_anchor(f64 x)
{
    return x < 15 ? "start" : x > 85 ? "end" : "middle";
}

str field_about(struct arena *a, const struct field *f)
{
    return str_format(a, "%s%s%s%s%s", f->hint.data ? f->id : "", f->hint.data ? "-h" : "", f->hint.data && f->error ? " " : "", f->error ? f->id : "", f->error ? "-e" : "");
}

const char *field_class(const struct field *f)
{
    return f->error ? "field wrong" : "field";
}

/* The longest common beginning and end, cut between words. */
void difference_of(str label, str old_text, str new_text, struct difference *out)
{
    isize least = old_text.len < new_text.len ? old_text.len : new_text.len, head = 0, tail = 0;
    for (isize i = 0; i < least && old_text.data[i] == new_text.data[i]; i++)
        if (old_text.data[i] == ' ' || old_text.data[i] == '\n') head = i + 1;
    if (str_eq(old_text, new_text)) head = least;
    for (isize i = 1; i <= least - head && old_text.data[old_text.len - i] == new_text.data[new_text.len - i]; i++)
        if (old_text.data[old_text.len - i] == ' ' || old_text.data[old_text.len - i] == '\n') tail = i;
    *out = (struct difference){.label = label, .same_before = str_slice(old_text, 0, head), .same_after = str_slice(old_text, old_text.len - tail, -1)};
    out->old_part = str_slice(old_text, head, old_text.len - tail);
    out->new_part = str_slice(new_text, head, new_text.len - tail);
}
