#!/bin/sh
# Tests tools/poc: the table that it makes, and each fault at its line. Usage: tests/tools/poc_test.sh [compiled poc]
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc}
strict="-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Werror"
tests=0 failures=0

fail() { failures=$((failures + 1)); printf 'FAIL: %s\n' "$1"; }

poc=${1:-}
if [ -z "$poc" ]; then
    poc=$work/poc
    $cc $strict -g -fsanitize=address,undefined -o "$poc" "$root/tools/poc.c" || exit 1
fi
export ASAN_OPTIONS=detect_leaks=0

head='msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

'

# bad LINE MESSAGE: of the PO file that stands in $po
bad() {
    tests=$((tests + 1))
    printf '%s' "$po" >"$work/hi.po"
    rm -f "$work/out.c"
    if (cd "$work" && "$poc" --out out.c hi.po) 2>"$work/said"; then
        fail "accepted: $2"
    elif ! grep -F -e "hi.po:$1: " "$work/said" | grep -q -F -e "$2"; then
        fail "wanted hi.po:$1: $2"
        cat "$work/said"
    fi
    [ -e "$work/out.c" ] && fail "wrote a file all the same: $2"
}

# good: what is written, sorted, with every kind of string
tests=$((tests + 1))
cat >"$work/hi.po" <<'X'
# The header is not a message.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

#. a remark
#: src/x.html:12
#, c-format
msgid "Sign in"
msgstr "साइन इन"

msgid "{1} officer"
msgid_plural "{1} officers"
msgstr[0] "{1} अधिकारी"
msgstr[1] "{1} अधिकारियों"

msgid "One left"
msgid_plural "{1} left"
msgstr[0] "{1} शेष"
msgstr[1] "{1} शेष"

#~ msgid "Old"
#~ msgstr ""

msgid ""
"A \"long\" "
"one??!\n"
"\ttail \\ {1}"
msgstr ""
"एक \"लंबा\"\n"
"{1}"
X
cat >"$work/main.c" <<'X'
#include "web/messages.h"
int main(void)
{
    for (int i = 0; i < messages_hi_count; i++)
        printf("[%s] [%s] [%s]\n", messages_hi[i].msgid, messages_hi[i].text[0], messages_hi[i].text[1] ? messages_hi[i].text[1] : "-");
    return 0;
}
X
cat >"$work/wanted" <<'X'
[A "long" one??!
	tail \ {1}] [एक "लंबा"
{1}] [-]
[One left] [{1} शेष] [{1} शेष]
[Sign in] [साइन इन] [-]
[{1} officer] [{1} अधिकारी] [{1} अधिकारियों]
X
(cd "$work" && "$poc" --out messages.c hi.po && $cc $strict -I"$root/src" -o main main.c messages.c && ./main >out) || fail "good"
diff -u "$work/wanted" "$work/out" || fail "good: other table"

po="${head}msgid \"a\"
msgstr \"\"
";                                   bad 4 'not translated: a'
po="${head}msgid \"a\"
msgid_plural \"b\"
msgstr[0] \"x\"
msgstr[1] \"\"
";                                   bad 4 'not translated: a'
po="${head}#, fuzzy
msgid \"a\"
msgstr \"b\"
";                                   bad 5 'fuzzy: a'
po="${head}
msgid \"{1} of {2}\"
msgstr \"{1}\"
";                                   bad 5 '{2} of the text is not in the translation'
po="${head}msgid \"a\"
msgstr \"b {1}\"
";                                   bad 4 '{1} of the translation is not in the text'
po="${head}msgid \"{1} a\"
msgid_plural \"{1} b\"
msgstr[0] \"{1} x\"
msgstr[1] \"x\"
";                                   bad 4 '{1} of the text is not in the translation'
po="${head}msgid \"a\"
msgstr \"$(printf '\340\244')\"
";                                   bad 5 'not UTF-8'
po="${head}msgid \"a\"
msgstr \"$(printf '\355\240\200')\"
";                                   bad 5 'not UTF-8'
po="${head}msgid \"a\"
msgstr \"b\"
msgid \"a\"
msgstr \"c\"
";                                   bad 6 'the same msgid as line 4'
po="${head}msgid \"a
msgstr \"b\"
";                                   bad 4 'does not end with the line'
po="${head}msgid \"a\\q\"
msgstr \"b\"
";                                   bad 4 'unknown escape'
po="${head}msgctxt \"c\"
msgid \"a\"
msgstr \"b\"
";                                   bad 4 'expected msgid'
po="msgstr \"b\"
";                                   bad 1 'before any msgid'
po="\"b\"
";                                   bad 1 'belongs to nothing'

# --allow-missing warns and leaves the entry out
tests=$((tests + 1))
printf '%smsgid "a"\nmsgstr ""\n' "$head" >"$work/hi.po"
(cd "$work" && "$poc" --out messages.c --allow-missing hi.po 2>said && $cc $strict -I"$root/src" -c messages.c) || fail "--allow-missing"
grep -q 'hi.po:4: warning: not translated: a' "$work/said" || fail "--allow-missing says nothing"
grep -q 'messages_hi_count = 0' "$work/messages.c" || fail "--allow-missing keeps the entry"

printf 'poc: %d tests, %d failures\n' "$tests" "$failures"
[ "$failures" -eq 0 ]
