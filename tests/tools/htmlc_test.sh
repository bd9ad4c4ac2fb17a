#!/bin/sh
# Tests tools/htmlc: what it makes of good.html compiles without a warning and writes good.expected; each thing that it
# refuses is refused at its line. Usage: tests/tools/htmlc_test.sh [compiled htmlc]; run from the project's folder.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/tools/htmlc
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc}
strict="-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Werror"
tests=0 failures=0

fail() { failures=$((failures + 1)); printf 'FAIL: %s\n' "$1"; }

htmlc=${1:-}
if [ -z "$htmlc" ]; then
    htmlc=$work/htmlc
    $cc $strict -g -fsanitize=address,undefined -o "$htmlc" "$root"/tools/htmlc.c "$root"/tools/htmlc_code.c "$root"/tools/htmlc_page.c || exit 1
fi
export ASAN_OPTIONS=detect_leaks=0

good() {
    tests=$((tests + 1))
    (cd "$here" && "$htmlc" --out-h "$work/good_html.h" --out-c "$work/good_html.c" good.html) || { fail "good.html"; return; }
    $cc $strict -g -fsanitize=address,undefined -I"$root/src" -I"$here" -I"$work" -o "$work/good" "$work/good_html.c" "$here/good_main.c" \
        "$root/src/web/html.c" "$root/src/web/fmt.c" "$root"/src/base/*.c -lsodium -lm || { fail "good.html: the C does not compile"; return; }
    "$work/good" >"$work/good.out" || fail "good: a URL was refused"
    diff -u "$here/good.expected" "$work/good.out" || fail "good: other output"
}

# bad LINE MESSAGE <template: htmlc must say bad.html:LINE: and MESSAGE in it
bad() {
    tests=$((tests + 1))
    cat >"$work/bad.html"
    if (cd "$work" && "$htmlc" --out-h bad_html.h --out-c bad_html.c bad.html) 2>"$work/said"; then
        fail "accepted: $2"
        cat "$work/bad.html"
    elif ! grep -F -e "bad.html:$1: " "$work/said" | grep -q -F -e "$2"; then
        fail "wanted bad.html:$1: $2"
        cat "$work/said"
    fi
    [ -e "$work/bad_html.c" ] && { fail "wrote a file all the same: $2"; rm -f "$work"/bad_html.*; }
}

# b LINE MESSAGE LINE...: the same for the body of one template, whose first line is number 2
b() {
    at=$1 message=$2
    shift 2
    { echo '%% t(int x)'; printf '%s\n' "$@"; echo '%% end'; } >"$work/body"
    bad "$at" "$message" <"$work/body"
}

good

# Where no hole may be.
b 2 'hole in a script'            '<script src="/x.js">{{ x }}</script>'
b 2 'inline script'               '<script>{{ x }}</script>'
b 2 'inline script'               '<script>f()</script>'
b 3 'inline script'               '<script src="/x.js">' 'f()</script>'
b 2 '<style> is refused'          '<style>a{}</style>'
b 3 'hole in a comment'           '<!-- 1' '{{ x }} -->'
b 2 'hole in a tag name'          '<{{ x }}>'
b 2 'hole in a tag name'          '<h{{ x }}></h1>'
b 2 'hole in a tag name'          '<h1></h{{ x }}>'
b 2 'hole in an attribute name'   '<p {{ x }}></p>'
b 2 'hole in an attribute name'   '<p data-{{ x }}="1"></p>'
b 3 'hole in an unquoted value'   '<p' 'id={{ x }}></p>'
b 2 'hole in an unquoted value'   '<p id=a{{ x }}></p>'
b 2 'hole in srcset='             '<img src="/a" srcset="{{ x }}">'

# Attributes and elements refused outright.
b 2 'style= is refused'           '<p style="color:red"></p>'
b 2 'onclick= is refused'         '<p onclick="f()"></p>'
b 2 'onload= is refused'          '<img ONLOAD="{{ x }}" src="/a">'
b 2 '<base> is refused'           '<base href="/">'
b 2 'srcdoc= is refused'          '<iframe srcdoc="1"></iframe>'
b 2 'http-equiv= is refused'      '<meta http-equiv="refresh" content="1">'
b 2 'javascript: URL'             '<a href="javascript:1"></a>'
b 2 'javascript: URL'             '<a href=" JavaScript:{{ x }}"></a>'
b 2 'javascript: URL'             '<p data-x="javascript:1"></p>'
b 2 'href= must begin with'       '<a href="&#106;avascript:1"></a>'
b 2 'href= must begin with'       '<a href="data:{{ x }}"></a>'
b 2 'href= must begin with'       '<a href="page"></a>'
b 2 'action= must begin with'     '<form action=""></form>'
b 2 'a URL is not translated'     '<a href="/{{ _("a") }}"></a>'

# Words outside holes.
b 2 'words that are not translated' '<p>Hello</p>'
b 3 'words that are not translated' '<p>{{ x }}' 'é</p>'
b 2 'words that are not translated' '<p>नमस्ते</p>'
b 2 'words that are not translated' '<title>T</title>'
b 2 'words that are not translated' '<textarea>T</textarea>'
b 2 'words that are not translated' '<p>{{ "Hello" }}</p>'
b 2 'words that are not translated' '<p>{{ x ? "yes" : "no" }}</p>'
b 2 'words that are not translated' '<p>{{ _("{1}", "Hello") }}</p>'
b 2 'words in alt='               '<img src="/a" alt="picture">'
b 2 'words in title='             '<p title="1 {{ x }} of"></p>'
b 2 'words in placeholder='       '<input placeholder=name>'
b 2 'words in aria-label='        '<p aria-label="x"></p>'
b 2 'words in data-label='        '<p data-label="x"></p>'
b 3 'words in value='             '<input type="submit"' 'value="Save">'
b 2 'words in value='             '<input value="Save" type="submit">'
b 2 'words in content='           '<meta name="description" content="About">'

# The template's own syntax.
b 2 '{{ without its }}'           '<p>{{ x </p>'
b 2 '{{ without its }}'           '<p>{{ f(x }}</p>'
b 2 '{{ without its }}'           '<p>{{ "x }}</p>'
b 2 '}} without its {{'           '<p>x }}</p>'
b 2 'empty hole'                  '<p>{{ }}</p>'
b 2 'one value in a hole'         '<p>{{ x, x }}</p>'
b 2 '_() must be the whole hole'  '<p>{{ x ? _("a") : x }}</p>'
b 2 'must be a string literal'    '<p>{{ _(x) }}</p>'
b 2 'must be a string literal'    '<p>{{ _("") }}</p>'
b 2 '_n() needs the number'       '<p>{{ _n("a", "b") }}</p>'
b 2 '{2} has no argument'         '<p>{{ _("{1} {2}", x) }}</p>'
b 2 'argument 1 is not used'      '<p>{{ _("a", x) }}</p>'
b 2 'empty argument'              '<p>{{ _("{1}", x, ) }}</p>'
b 2 '{ is not closed'             '% if (x) {' '<p></p>'
b 3 '} closes nothing'            '<p></p>' '% }'
b 2 'else without an if'          '% } else {'
b 3 'else without an if'          '% for (;;) {' '% } else {' '% }'
b 4 'else without an if'          '% if (x) {' '% } else {' '% } else {' '% }'
b 3 'write } else { on one line'  '% if (x) {' '% else {' '% }'
b 2 'switch is refused'           '% switch (x) {'
b 2 'not a control line'          '% if (x) f();'
b 2 'not a control line'          '% if (x {'
b 2 'not a control line'          '% x = 1;'
b 2 'a call is %= name(arguments)' '%= row'
b 3 'a call of a template inside a tag' '<p' '%= row(x)' '></p>'
b 3 'a control line inside an attribute value' '<p class="' '% if (x) {' 'a' '% }' '"></p>'

# HTML that does not add up.
b 2 '<p> is not closed'           '<p>' '<br>'
b 2 '<b> is not closed'           '<b>'
b 3 '</i> where <b> of line 2'    '<b>' '</i></b>'
b 2 '</p> closes nothing'         '</p>'
b 2 '<br> has no end tag'         '</br>'
b 2 'does not close itself'       '<div/>'
b 3 'ends inside a tag of <p>'    '<p'
b 3 'ends inside an attribute value of <p>' '<p class="a'
b 3 'ends inside a title or textarea' '<title>1'
b 2 'comment without its end'     '<!-- a'
b 2 'a tag inside <textarea>'     '<textarea><b></textarea>'
b 2 'no white space after'        '<p id="a"class="b"></p>'
b 2 'a bare <'                    '<p>1 < 2</p>'
b 4 'an if without else must leave' '% if (x) {' '<p>' '% }' '</p>'
b 4 'a loop must leave'           '% for (;;) {' '<p>' '% }' '</p>'
b 6 'the branches leave different HTML' '% if (x) {' '<p>' '% } else {' '<b>' '% }' '</p>'
b 5 'the branches leave different HTML' '% if (x) {' '% } else if (x) {' '<p>' '% } else {' '<p>' '% }' '</p>'
b 7 'the branches leave different HTML' '<p' '% if (x) {' 'class="a"' '% } else {' '>' '% }' '</p>'
b 2 '%= card_begin is not closed' '%= card_begin()' '<p></p>'
b 2 '%= card_end closes nothing'  '%= card_end()'
b 4 '</p> where %= card_begin'    '<p>' '%= card_begin()' '</p>' '%= card_end()'

# Files.
bad 1 'outside a template' <<'X'
hello
X
bad 3 't is already at bad.html:1' <<'X'
%% t()
%% end
%% t()
X
bad 1 'a template begins with' <<'X'
%% t
X
bad 1 '%% end closes nothing' <<'X'
%% end
X
bad 1 'an include is' <<'X'
%include x.h
X
bad 1 'has no a_end beside it' <<'X'
%% a_begin()
<p>
X
bad 4 '</div> where a_begin left <p> open' <<'X'
%% a_begin()
<p>
%% a_end()
</div>
X
bad 3 'a_end closes 1 elements, a_begin left 2 open' <<'X'
%% a_begin()
<div><p>
%% a_end()
</p>
X
printf '%%%% t()\n<p>\n\300\200</p>\n' >"$work/bytes"
bad 3 'not UTF-8' <"$work/bytes"

# A fault in a hole is reported by the C compiler at the template's line.
tests=$((tests + 1))
printf '%%%% t(int x)\n<p>\n{{ y }}</p>\n' >"$work/line.html"
(cd "$work" && "$htmlc" --out-h line_html.h --out-c line_html.c line.html && $cc $strict -I"$root/src" -c line_html.c 2>said)
grep -q '^line.html:3:.*‘*y' "$work/said" || { fail '#line'; cat "$work/said"; }

printf 'htmlc: %d tests, %d failures\n' "$tests" "$failures"
[ "$failures" -eq 0 ]
