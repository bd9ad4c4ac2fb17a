/* Writes the templates of good.html, in English and in Hindi. */
#include "good_html.h"
#include "web/messages.h"

const struct message messages_hi[] = {
    {"Save", {"सहेजें", NULL}},
    {"{1} thing", {"{1} वस्तु", "{1} वस्तुएँ"}},
};
const int messages_hi_count = 2;

int main(void)
{
    struct thing row[] = {{1, S("A&B \"c\""), 3.14159}, {2, S("क/ख"), -0.005}};
    struct thing_list list = {row, 2};
    struct buf out;
    buf_init(&out, 1 << 20);
    struct html o = {.out = &out, .csrf = "t0k\"en", .path = "/"};
    for (o.lang = LANG_EN; o.lang < LANG_COUNT; o.lang++) {
        page_html(&o, &list, (struct safe_html){S("<em>1</em>")});
        BUF_LIT(&out, "\n----\n");
    }
    fwrite(out.data, 1, (size_t)out.len, stdout);
    buf_clear(&out);
    return o.bad;
}
