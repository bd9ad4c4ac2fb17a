#include "web/html.h"

#include <stdatomic.h>
#include <threads.h>

#include "web/fmt.h"
#include "web/messages.h"

const char *const lang_tag[LANG_COUNT] = {"en", "hi"};

/* ---- translations --------------------------------------------------------------------------------------------------- */

/* An open hash, built on first use: a slot holds 16 bits of the hash and the message's index + 1, so that a look-up touches
** one line of it, and of the messages only the right one. */
enum { SLOTS = 1 << 14, MESSAGES_MOST = SLOTS / 2 };
static u32 slot[SLOTS];
static once_flag slots_once = ONCE_FLAG_INIT;
static _Atomic bool slots_ready;

/* Eight bytes at a time; for this table only, so the order of bytes does not matter. */
static u64 message_hash(const char *s, size_t n)
{
    const u64 k = 0x9E3779B97F4A7C15u;
    u64 h = n * k, w;
    for (; n >= 8; s += 8, n -= 8) {
        memcpy(&w, s, 8);
        h = (h ^ w) * k;
        h ^= h >> 32;
    }
    w = 0;
    memcpy(&w, s, n);
    h = (h ^ w) * k;
    return h ^ h >> 29;
}

static void slots_build(void)
{
    ASSERT(messages_hi_count <= MESSAGES_MOST);
    for (int i = 0; i < messages_hi_count; i++) {
        const char *id = messages_hi[i].msgid;
        u64 h = message_hash(id, strlen(id));
        u32 at = (u32)h % SLOTS;
        while (slot[at]) at = (at + 1) % SLOTS;
        slot[at] = (u32)(h >> 48) << 16 | (u32)(i + 1);
    }
    atomic_store_explicit(&slots_ready, true, memory_order_release);
}

static const struct message *message_find(const char *msgid, size_t n)
{
    if (!atomic_load_explicit(&slots_ready, memory_order_acquire)) call_once(&slots_once, slots_build);
    u64 h = message_hash(msgid, n);
    u32 tag = (u32)(h >> 48);
    for (u32 at = (u32)h % SLOTS; slot[at]; at = (at + 1) % SLOTS) {
        if (slot[at] >> 16 != tag) continue;
        const struct message *m = &messages_hi[(slot[at] & 0xFFFF) - 1];
        if (strcmp(m->msgid, msgid) == 0) return m;
    }
    return NULL;
}

str tr(enum lang lang, const char *msgid)
{
    str id = str_of(msgid);
    if (lang == LANG_EN || id.len == 0) return id;
    const struct message *m = message_find(msgid, (size_t)id.len);
    return m && m->text[0] ? str_of(m->text[0]) : id;
}

/* Hindi counts 0 with the singular, English does not. */
static str tr_plural(enum lang lang, const char *one, const char *many, i64 count)
{
    if (lang == LANG_EN) return str_of(count == 1 ? one : many);
    const struct message *m = message_find(one, strlen(one));
    bool singular = count == 0 || count == 1;
    if (!m || !m->text[0]) return str_of(count == 1 ? one : many);
    return str_of(singular || !m->text[1] ? m->text[0] : m->text[1]);
}

/* Cuts `rest` at its next {1}..{n}: what stands before goes to *head, the argument's index to *arg (-1 at the end). */
static bool message_piece(str *rest, int n, str *head, int *arg)
{
    if (rest->len == 0) return false;
    const char *p = rest->data, *end = p + rest->len;
    *arg = -1;
    while (n > 0 && (p = memchr(p, '{', (size_t)(end - p))) != NULL) {
        if (end - p >= 3 && p[1] >= '1' && p[1] < '1' + n && p[2] == '}') {
            *head = str_n(rest->data, p - rest->data);
            *arg = p[1] - '1';
            *rest = str_n(p + 3, end - p - 3);
            return true;
        }
        p++;
    }
    *head = *rest;
    *rest = str_n(end, 0);
    return true;
}

/* ---- escaping ------------------------------------------------------------------------------------------------------- */

/* The bytes that need an entity, in text and quoted attributes alike. */
static const u8 special[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};
static const str entity[] = {{"", 0}, {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&#34;", 5}, {"&#39;", 5}};

static u64 zero_byte(u64 w)
{
    return (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
}

/* Of eight bytes at once. " & ' differ only in the bits 05, < and > only in the bit 02; # is taken for one of the former, which
** costs a second look and no more. */
static bool clean_8(const char *p)
{
    u64 w;
    memcpy(&w, p, 8);
    u64 quote = (w | 0x0505050505050505u) ^ 0x2727272727272727u;
    u64 angle = (w | 0x0202020202020202u) ^ 0x3E3E3E3E3E3E3E3Eu;
    return (zero_byte(quote) | zero_byte(angle)) == 0;
}

static const char *clean_run(const char *p, const char *end)
{
    while (end - p >= 8 && clean_8(p)) p += 8;
    while (p < end && !special[(u8)*p]) p++;
    return p;
}

static void put_escaped(struct buf *b, str s)
{
    if (s.len == 0) return; /* data may be NULL */
    const char *p = s.data, *end = p + s.len;
    while (p < end) {
        const char *q = clean_run(p, end);
        if (q > p) buf_put(b, p, q - p);
        for (; q < end && special[(u8)*q]; q++) buf_str(b, entity[special[(u8)*q]]);
        p = q;
    }
}

static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Threefold room at once: these values are short. */
static void put_percent(struct buf *b, str s)
{
    static const char digit[] = "0123456789ABCDEF";
    char *to = s.len ? buf_room(b, s.len * 3) : NULL, *p = to;
    if (!to) return;
    for (isize i = 0; i < s.len; i++) {
        u8 c = (u8)s.data[i];
        if (unreserved((char)c)) {
            *p++ = (char)c;
            continue;
        }
        *p++ = '%';
        *p++ = digit[c >> 4];
        *p++ = digit[c & 15];
    }
    buf_added(b, p - to);
}

/* ---- what templates call -------------------------------------------------------------------------------------------- */

static void check_room(struct html *o)
{
    if (o->out->full) o->bad = true;
}

void html_raw(struct html *o, const char *bytes, isize n)
{
    buf_put(o->out, bytes, n);
    check_room(o);
}

static void put_value(struct html *o, struct fmt v, bool raw_html)
{
    if (v.kind == FMT_STR || (v.kind == FMT_HTML && !raw_html)) {
        put_escaped(o->out, v.as.s);
    } else if (v.kind == FMT_HTML) {
        buf_str(o->out, v.as.s);
    } else {
        char *to = buf_room(o->out, FMT_MAX);
        if (to) buf_added(o->out, fmt_write(to, o->lang, v));
    }
    check_room(o);
}

void html_text(struct html *o, struct fmt value)
{
    put_value(o, value, true);
}

void html_attr(struct html *o, struct fmt value)
{
    put_value(o, value, false);
}

/* The string of a value, in `room` if it has to be made. */
static str value_str(struct html *o, struct fmt v, char room[FMT_MAX])
{
    if (v.kind == FMT_STR || v.kind == FMT_HTML) return v.as.s;
    return str_n(room, fmt_write(room, o->lang, v));
}

/* Compared from the first byte, so that no white space or control character inside a scheme can hide it. */
static bool url_allowed(str url)
{
    static const str scheme[] = {{"http:", 5}, {"https:", 6}, {"mailto:", 7}};
    if (url.len == 0) return false;
    if (url.data[0] == '/' || url.data[0] == '#' || url.data[0] == '?') return true;
    for (isize i = 0; i < COUNT_OF(scheme); i++)
        if (str_eq_nocase(str_slice(url, 0, scheme[i].len), scheme[i])) return true;
    return false;
}

void html_url(struct html *o, struct fmt value)
{
    char room[FMT_MAX];
    str url = value_str(o, value, room);
    if (url_allowed(url)) {
        put_escaped(o->out, url);
        check_room(o);
    } else {
        o->bad = true;
    }
}

void html_url_part(struct html *o, struct fmt value)
{
    char room[FMT_MAX];
    put_percent(o->out, value_str(o, value, room));
    check_room(o);
}

static void put_message(struct html *o, enum html_place place, str text, const struct fmt *arg, int n)
{
    str head;
    int at;
    while (message_piece(&text, n, &head, &at)) {
        put_escaped(o->out, head);
        if (at >= 0) put_value(o, arg[at], place == HTML_IN_TEXT);
    }
    check_room(o);
}

void html_tr(struct html *o, enum html_place place, const char *msgid, const struct fmt *arg, int n)
{
    put_message(o, place, tr(o->lang, msgid), arg, n);
}

void html_trn(struct html *o, enum html_place place, const char *one, const char *many, i64 count, const struct fmt *arg, int n)
{
    put_message(o, place, tr_plural(o->lang, one, many, count), arg, n);
}

/* ---- the same for C code --------------------------------------------------------------------------------------------- */

str fmt_text(struct arena *a, enum lang lang, struct fmt value)
{
    if (value.kind == FMT_STR || value.kind == FMT_HTML) return value.as.s;
    char room[FMT_MAX];
    return str_dup(a, str_n(room, fmt_write(room, lang, value)));
}

str tr_format(struct arena *a, enum lang lang, const char *msgid, const struct fmt *arg, int n)
{
    str text = tr(lang, msgid), rest = text, head, value[9];
    int at;
    isize len = 0;
    ASSERT(n >= 0 && n <= COUNT_OF(value));
    for (int i = 0; i < n; i++) value[i] = fmt_text(a, lang, arg[i]);
    while (message_piece(&rest, n, &head, &at)) len += head.len + (at >= 0 ? value[at].len : 0);
    char *out = ARENA_ARRAY(a, char, len + 1), *p = out;
    while (message_piece(&text, n, &head, &at)) {
        if (head.len) memcpy(p, head.data, (size_t)head.len);
        p += head.len;
        if (at < 0 || value[at].len == 0) continue;
        memcpy(p, value[at].data, (size_t)value[at].len);
        p += value[at].len;
    }
    return str_n(out, len);
}
