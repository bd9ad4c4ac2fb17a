#include "base/base.h"

isize utf8_next(str s, isize at, u32 *cp)
{
    if (at >= s.len) return 0;
    const u8 *p = (const u8 *)s.data + at;
    isize left = s.len - at;
    u32 c = p[0];
    isize n;
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    if (c >= 0xC2 && c <= 0xDF) { n = 2; c &= 0x1F; }
    else if (c >= 0xE0 && c <= 0xEF) { n = 3; c &= 0x0F; }
    else if (c >= 0xF0 && c <= 0xF4) { n = 4; c &= 0x07; }
    else return 0;
    if (left < n) return 0;
    for (isize i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10FFFF)) || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *cp = c;
    return n;
}

bool utf8_valid(str s)
{
    isize i = 0;
    while (i < s.len) {
        u32 cp;
        isize n = utf8_next(s, i, &cp);
        if (n == 0 || cp == 0) return false;
        i += n;
    }
    return true;
}

isize utf8_count(str s)
{
    isize count = 0;
    for (isize i = 0; i < s.len; i++) count += ((u8)s.data[i] & 0xC0) != 0x80;
    return count;
}

isize utf8_put(char out[4], u32 cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

str utf8_cut(str s, isize code_points)
{
    isize i = 0;
    u32 cp;
    while (code_points-- > 0 && i < s.len) {
        isize n = utf8_next(s, i, &cp);
        if (n == 0) break;
        i += n;
    }
    return str_n(s.data, i);
}
