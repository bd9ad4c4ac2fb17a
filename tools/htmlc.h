/* htmlc.h -- what the three parts of htmlc share.
**
** A build-time program: libc only, and memory is given back by leaving. */
#ifndef HTMLC_H
#define HTMLC_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_LEN = 64, DEPTH_MAX = 64, BLOCK_MAX = 32 };

/* A growing piece of text. */
struct text { char *data; size_t len, cap; };
void text_put(struct text *t, const char *data, size_t len);
void text_format(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where in the HTML the template stands. Comments, scripts and tag names have no state of their own: they are read in one go,
** because nothing of the template language is allowed inside. */
enum place { IN_TEXT, IN_RCDATA /* title, textarea */, IN_TAG /* between attributes */, IN_VALUE /* quoted */ };
extern const char *const place_name[];

struct element { char name[NAME_LEN]; int line; };

/* All that two branches must leave alike. */
struct spot {
    enum place place;
    struct element open[DEPTH_MAX];   /* elements, and "%name" for a call of name_begin */
    int depth;
    struct element shut[DEPTH_MAX];   /* closed here but opened elsewhere: only in *_end templates */
    int shuts;
    char tag[NAME_LEN];               /* IN_TAG, IN_VALUE: whose attributes these are */
};

/* What of a tag's attributes matters at its end, where all of them are known. */
struct tag_facts {
    int line;
    int letters_line;                 /* of letters in value= or content=; 0: none */
    bool src, http_equiv;
    char type[NAME_LEN], name[NAME_LEN];
};

struct attribute {
    char name[NAME_LEN];
    char quote;
    bool url, visible, decided_later; /* decided_later: value= and content=, see tag_facts */
    bool begun;                       /* a hole or enough of the text has settled the URL's scheme */
    bool lettered;                    /* letters were reported already */
    char head[NAME_LEN];              /* the literal's first bytes */
    int head_len;
};

enum space { NO_SPACE, ONE_SPACE, ONE_NEWLINE };

struct htmlc {
    const char *path;
    const char *at, *end;             /* the rest of the file; `end` is that of the template while in one */
    int line;
    bool line_start;
    int errors;

    char template[NAME_LEN];
    struct spot spot;
    struct tag_facts facts;
    struct attribute attribute;
    enum space space;                 /* white space of text not yet written */
    bool snug;                        /* white space here would not be seen: after a block's tag, after a control line */
    bool fresh_raw;                   /* right after <textarea> or <pre>, where the parser of HTML eats one newline */
    bool lettered;                    /* letters were reported in this run of text */

    struct text literal;              /* output not yet written as HTML_LIT */
    struct text body;                 /* C of this module */
};

/* Prints file:line: message, counts it. `fatal` does not return. */
void error_at(struct htmlc *h, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void fatal_at(struct htmlc *h, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* htmlc_page.c */
void page_step(struct htmlc *h);                       /* takes the next piece of HTML at h->at */
void page_space_out(struct htmlc *h);                  /* writes the white space that is pending */
void page_before_control(struct htmlc *h);
void page_after_call(struct htmlc *h);
enum hole { HOLE_TEXT, HOLE_ATTR, HOLE_URL, HOLE_URL_PART };
enum hole page_hole(struct htmlc *h, bool *visible);   /* what a hole here is; errors where none may be */
void page_open(struct htmlc *h, const char *name, int line);
void page_shut(struct htmlc *h, const char *name, int line);
bool spot_same(const struct spot *a, const struct spot *b);
bool has_letters(const char *p, size_t n);
bool advance(struct htmlc *h, size_t n);               /* moves on, counting lines; always true */
bool in_pre(const struct htmlc *h);

/* htmlc_code.c */
struct span { const char *p, *end; };
struct span trimmed(const char *p, const char *end);
bool word_is(struct span s, const char *word);
bool c_call(struct span s, char name[NAME_LEN], struct span *args);  /* `name ( args )` and nothing more */
bool pair_name(const char *name, const char *tail, char out[NAME_LEN]); /* "card_begin", "_begin" -> "%card"; false: no such tail */
void c_line(struct text *t, const struct htmlc *h, int line);        /* #line */
void literal_out(struct htmlc *h);
void hole_out(struct htmlc *h);                        /* at {{ */
void control_out(struct htmlc *h, struct span line);   /* what follows % */
void call_out(struct htmlc *h, struct span line);      /* what follows %= */
void blocks_check(struct htmlc *h);                    /* at the end of a template */

#endif
