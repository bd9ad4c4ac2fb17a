#!/bin/bash
# sqlc_test.sh -- sqlc, schemac and embed: good input compiles without a warning and runs; each mistake has its message and its line.
# CCS names the compilers (default: those of gcc and clang that are here). Prints ok / not ok; exits 1 if a check failed.
# shellcheck disable=SC2086,SC2016,SC2181 # flags are lists; $1 is SQL; a status is what `result` is about
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
fixtures=$here/sqlc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

flags="-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Werror -I$root/src -I$fixtures -I."
check="-g -fsanitize=address,undefined -fno-sanitize-recover=all"
base="$root/src/base/arena.c $root/src/base/buf.c $root/src/base/err.c $root/src/base/str.c"
compilers=${CCS:-$(for c in gcc clang; do command -v $c >/dev/null && echo $c; done)}
first=${compilers%%[[:space:]]*}
export ASAN_OPTIONS=detect_leaks=0 # the tools give their memory back by leaving
failed=0

result() { # 0 or not, name
    if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; failed=1; fi
}

same() { # name, file wanted, file got
    diff -u "$2" "$3"
    result $? "$1"
}

for cc in $compilers; do
    $cc $flags $check -o sqlc "$root/tools/sqlc.c" -lsqlite3 && $cc $flags $check -o embed "$root/tools/embed.c" &&
        $cc $flags $check -o schemac "$root/tools/schemac.c" "$root/src/db/migrate_translate.c" $base -lsqlite3
    result $? "the tools compile with $cc"
done

# ---- good input ----
./schemac --out schema.db "$fixtures/0001_test.sql"
result $? "schemac makes a schema"
./sqlc --schema schema.db --module demo --out-h demo_sql.h --out-c demo_sql.c "$fixtures/good.sql" 2>errors
result $? "good.sql is taken"
same "without a word" /dev/null errors
for cc in $compilers; do
    for level in -O0 -O2; do
        $cc $flags $level -c demo_sql.c
        result $? "what it gives compiles with $cc $level"
    done
    cp schema.db run.db
    $cc $flags $check -o run demo_sql.c "$fixtures/run.c" "$fixtures/fake_db.c" $base -lsqlite3 && ./run run.db
    result $? "and runs ($cc)"
done
grep -qF "parameter may be called as one of the function's own" demo_sql.h && grep -qF '** Second line. */' demo_sql.h
result $? "doc comments are carried to the header"
grep -qF "<> '\$3 ''?1 -- '" demo_sql.c && grep -qF '$8 either' demo_sql.c
result $? "\$N in strings and comments is left alone"
printf -- '-- nothing yet\n' >empty.sql
./sqlc --schema schema.db --module none --out-h none_sql.h --out-c none_sql.c empty.sql && $first $flags -c none_sql.c
result $? "a file without statements"
long=$(printf 'a%.0s' $(seq 5000))
printf -- "-- name: long :one () -> (t str)\nSELECT '%s';\n" "$long" >long.sql
./sqlc --schema schema.db --module long --out-h long_sql.h --out-c long_sql.c long.sql && $first $flags -c long_sql.c
result $? "a statement of more than 4095 characters"

# ---- mistakes: bad NAME MESSAGES <<SQL; each message begins with its line ----
bad() {
    cat >x.sql
    rm -f x_sql.h x_sql.c
    ./sqlc --schema schema.db --module x --out-h x_sql.h --out-c x_sql.c x.sql >got 2>&1
    local status=$?
    printf '%s\n' "$2" | sed 's/^/x.sql:/' >want
    [ $status -eq 1 ] && [ ! -e x_sql.h ] && [ ! -e x_sql.c ] && diff -u want got
    result $? "$1"
}

bad "SQL before the first header" "2: SQL before the first '-- name:'" <<'S'
-- rules
SELECT 1;
-- name: a :one () -> (x i64)
SELECT 1;
S
bad "duplicate name" "3: a: already defined in line 1" <<'S'
-- name: a :one () -> (x i64)
SELECT 1;
-- name: a :one () -> (x i64)
SELECT 1;
S
bad "unknown kind" "1: unknown kind ':lots': :one, :maybe, :many, :each or :run" <<'S'
-- name: a :lots () -> (x i64)
SELECT 1;
S
bad "no kind" "1: expected ':' and a kind, found '()'" <<'S'
-- name: a () -> (x i64)
SELECT 1;
S
bad "unknown type of a parameter" "1: p: unknown type 'int': i64, f64, str, blob or i128" <<'S'
-- name: a :one (p int) -> (x i64)
SELECT $1;
S
bad "unknown type of a column, in a second line" "2: x: unknown type 'text': i64, f64, str, blob or i128" <<'S'
-- name: a :one (p i64)
-- -> (x text)
SELECT $1;
S
bad "no type" "1: expected a type, found ')'" <<'S'
-- name: a :one (p) -> (x i64)
SELECT $1;
S
bad "list not closed" "1: expected ',' or ')', found '->'" <<'S'
-- name: a :one (p i64 -> (x i64)
SELECT $1;
S
bad "something after the header" "1: expected '(', '->' or the end of the line, found 'please'" <<'S'
-- name: a :one () -> (x i64) please
SELECT 1;
S
bad "a name that is not ours" "1: expected a statement's name, found 'Gap'
3: 'b_': a name may not end in '_'" <<'S'
-- name: Gap :one () -> (x i64)
SELECT 1;
-- name: b_ :one () -> (x i64)
SELECT 1;
S
bad "a word of C" "1: 'int' is a word of C or of base.h" <<'S'
-- name: a :one (int i64) -> (x i64)
SELECT $1;
S
bad "clashing parameters" "1: 'p' clashes with an earlier name of this list" <<'S'
-- name: a :one (p i64, p i64) -> (x i64)
SELECT $1 + $2;
S
bad "clashing columns" "1: 'x_null' clashes with an earlier name of this list" <<'S'
-- name: a :one () -> (x i64?, x_null i64)
SELECT 1, 2;
S
bad "columns of :run" "1: a: a :run statement has no columns" <<'S'
-- name: a :run () -> (x i64)
DELETE FROM officer;
S
bad ":run that gives columns" "1: a: a :run statement has no columns, this one gives 1" <<'S'
-- name: a :run ()
DELETE FROM officer RETURNING id;
S
bad "no columns" "1: a: a :many statement needs '-> (columns)'" <<'S'
-- name: a :many ()
SELECT 1;
S
bad "unused parameter" "1: a: parameter q (\$2) is not used" <<'S'
-- name: a :one (p i64, q i64) -> (x i64)
SELECT $1 /* $2 */ WHERE '$2' <> ''; -- $2
S
bad "missing parameter" "3: a: \$3, but 2 parameters are declared" <<'S'
-- name: a :one (p i64, q i64) -> (x i64)
SELECT $1
     + $2 + $3;
S
bad "parameter \$0" "2: a: \$0, but 1 parameter is declared" <<'S'
-- name: a :one (p i64) -> (x i64)
SELECT $0;
S
bad "other ways of writing parameters" "2: a: '?': parameters are written \$1, \$2
4: b: ':': parameters are written \$1, \$2" <<'S'
-- name: a :one (p i64) -> (x i64)
SELECT ?1;
-- name: b :one (p i64) -> (x i64)
SELECT :p;
S
bad "too few columns" "1: a: 2 columns are declared, the statement gives 1" <<'S'
-- name: a :one () -> (x i64, y i64)
SELECT 1;
S
bad "too many columns" "1: a: 1 column is declared, the statement gives 2" <<'S'
-- name: a :one () -> (x i64)
SELECT 1, 2;
S
bad "another type than the table's" "1: a: column name is declared i64, but the table's column is TEXT
1: a: column score is declared str, but the table's column is REAL
1: a: column photo is declared str, but the table's column is BLOB" <<'S'
-- name: a :many () -> (id i64, name i64, score str?, photo str?)
SELECT id, name, score, photo FROM officer;
S
bad "another type, through a view" "1: a: column name is declared blob, but the table's column is TEXT" <<'S'
-- name: a :many () -> (name blob)
SELECT name FROM officer_public;
S
bad "columns that changed places" "1: a: columns officer and competency are in the other order in the statement" <<'S'
-- name: a :many () -> (officer i64, competency i64)
SELECT competency, officer FROM level;
S
bad "misspelt column" "4: a: no such column: nmae" <<'S'
-- name: a :many () -> (id i64, name str)
-- Names.
SELECT id,
       nmae
  FROM officer;
S
bad "misspelt column in double quotes" "3: a: no such column: nmae" <<'S'
-- name: a :many () -> (id i64, name str)
SELECT id,
  "nmae" FROM officer;
S
bad "misspelt table" "3: a: no such table: oficer" <<'S'
-- name: a :many () -> (id i64)
SELECT id
  FROM oficer;
S
bad "syntax error" '3: a: near "WERE": syntax error' <<'S'
-- name: a :many () -> (id i64)
SELECT id FROM officer o
 WERE id = 1;
S
bad "two statements" "3: a: a second statement begins here" <<'S'
-- name: a :run ()
DELETE FROM level; -- and
DELETE FROM officer;
S
bad "no SQL" "1: a: there is no SQL" <<'S'
-- name: a :run ()
-- Only words.

-- name: b :run ()
DELETE FROM officer;
S
bad "string without end" "2: this string has no end" <<'S'
-- name: a :one () -> (x str)
SELECT 'x;
S
bad "comment without end" "2: this comment has no end" <<'S'
-- name: a :one () -> (x str)
SELECT 'x' /* ;
S
bad "no body for PostgreSQL" "1: a: there is no '-- postgres:' body" <<'S'
-- name: a :one () -> (x i64)
-- sqlite:
SELECT 1;
S
bad "bodies in the other order" "2: a: one '-- sqlite:', then one '-- postgres:'" <<'S'
-- name: a :one () -> (x i64)
-- postgres:
SELECT 1;
-- sqlite:
SELECT 1;
S
bad "SQL before the first body" "2: a: SQL before '-- sqlite:'" <<'S'
-- name: a :one () -> (x i64)
SELECT 0;
-- sqlite:
SELECT 1;
-- postgres:
SELECT 1;
S
bad "a parameter used by one body only" "1: a: parameter p (\$1) is not used" <<'S'
-- name: a :one (p i64) -> (x i64)
-- sqlite:
SELECT $1;
-- postgres:
SELECT 1;
S
bad "several mistakes, all told" "1: a: 2 columns are declared, the statement gives 1
4: b: no such column: missing
5: p: unknown type 'bool': i64, f64, str, blob or i128
8: c: no such table: absent" <<'S'
-- name: a :one () -> (x i64, y i64)
SELECT 1;
-- name: b :one () -> (x i64)
SELECT missing FROM officer;
-- name: d :run (p bool)
DELETE FROM officer WHERE id = $1;
-- name: c :run ()
DELETE FROM absent;
S
./sqlc --schema absent.db --module x --out-h x_sql.h --out-c x_sql.c empty.sql 2>got
[ $? -eq 1 ] && grep -q '^absent.db:1: ' got
result $? "no schema"

# ---- schemac ----
fails() { # name, message, command
    local name=$1 message=$2
    shift 2
    "$@" >got 2>&1
    [ $? -eq 1 ] && printf '%s\n' "$message" | diff -u - got
    result $? "$name"
}
printf 'SELECT 1;\n-- sqlite:\n' >0001_a.sql
fails "schemac: a section without end" "0001_a.sql:2: this section has no '-- end'" ./schemac --out s.db 0001_a.sql
printf 'CREATE TABLE t (a i64) @strict;\n\nCREATE INDEX i ON t\n (b);\n' >0001_a.sql
fails "schemac: no such column" "0001_a.sql:4: no such column: b" ./schemac --out s.db 0001_a.sql
printf '\nCREATE TABLE t (a int6) @strict;\n' >0001_a.sql
fails "schemac: a type that is none of ours" '0001_a.sql:2: unknown datatype for t.a: "int6"' ./schemac --out s.db 0001_a.sql
[ ! -e s.db ]
result $? "schemac leaves nothing behind"

# ---- embed ----
mkdir -p files/deep
printf 'a{}\n"\\??=\n' >files/a.css
printf '\0\1\377\x80123' >files/deep/b.png
: >files/empty.js
cat >embed_run.c <<'C'
#include "base/embed.h"
extern const struct embedded files[];
extern const int files_count;
int main(void)
{
    for (int i = 0; i < files_count; i++) {
        printf("%s %s %s ", files[i].path, files[i].mime, files[i].sha256_hex);
        fwrite(files[i].data, 1, (size_t)files[i].len, stdout);
        putchar('\n');
    }
    return 0;
}
C
hash() { sha256sum "$1" | cut -d' ' -f1; }
{
    echo "a.css text/css; charset=utf-8 $(hash files/a.css) $(cat files/a.css)"; echo
    printf 'deep/b.png image/png %s ' "$(hash files/deep/b.png)"; cat files/deep/b.png; echo
    echo "empty.js text/javascript; charset=utf-8 $(hash files/empty.js) "
} >want
for cc in $compilers; do
    for strip in files/ "$work/files"; do
        ./embed --name files --out files.c --strip "$strip" files/empty.js files/deep/b.png files/a.css && $cc $flags -o embed_run embed_run.c files.c && ./embed_run >got
        cmp want got
        result $? "embed --strip ${strip#"$work"} with $cc"
    done
    ./embed --migrations --out m.c "$fixtures/0001_test.sql" && $cc $flags -c m.c && grep -q '{1, "test", ' m.c
    result $? "embed --migrations with $cc"
done
cp 0001_a.sql 0003_a.sql
fails "embed: a gap in the numbers" "0003_a.sql:1: migrations are numbered from 0001 without gaps and given in order" ./embed --migrations --out m.c 0001_a.sql 0003_a.sql
fails "embed: a name that is none" "x.sql:1: a migration's name is NNNN_name.sql" ./embed --migrations --out m.c x.sql
fails "embed: outside the folder" "x.sql:1: is not below the folder of --strip" ./embed --name f --out m.c --strip files x.sql

exit $failed
