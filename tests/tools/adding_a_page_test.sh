#!/bin/bash
# The example of docs/adding-a-page.md, taken from the page and compiled as it stands there.
set -u
cd "$(dirname "$0")/../.."
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
n=0
bad=0
step() { # step NAME COMMAND…
  n=$((n + 1))
  name=$1
  shift
  if "$@" >"$w/out" 2>&1; then echo "ok $n - $name"; else
    echo "not ok $n - $name"
    sed 's/^/  # /' "$w/out" | head -20
    bad=1
  fi
}
block() { awk -v lang="$1" '$0 == "```" lang {on = 1; next} $0 == "```" {on = 0} on' docs/adding-a-page.md; }
block sql >"$w/learning.sql"
block html >"$w/learning_newest.html"
{ printf '#include "web/web.h"\n#include "learning_sql.h"\n#include "learning_html.h"\n'; block c; printf 'extern const struct route *const example;\nconst struct route *const example = example_routes;\n'; } >"$w/page.c"
flags="-std=c17 -D_GNU_SOURCE -Isrc -I$w -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Werror -c"
step "the tools build" bash -c "gcc -std=c17 -O1 -o $w/sqlc tools/sqlc.c -lsqlite3 && gcc -std=c17 -O1 -o $w/htmlc tools/htmlc*.c && gcc -std=c17 -D_GNU_SOURCE -Isrc -O1 -o $w/schemac tools/schemac.c src/db/migrate_translate.c src/base/*.c -lsqlite3 -lsodium -lm"
step "the schema" "$w/schemac" --out "$w/schema.db" sql/[0-9]*.sql
step "the statement" "$w/sqlc" --schema "$w/schema.db" --module learning --out-h "$w/learning_sql.h" --out-c "$w/learning_sql.c" "$w/learning.sql"
step "the template" "$w/htmlc" --out-h "$w/learning_html.h" --out-c "$w/learning_html.c" "$w/learning_newest.html"
step "what sqlc made compiles" gcc $flags "$w/learning_sql.c" -o "$w/a.o"
step "what htmlc made compiles" gcc $flags "$w/learning_html.c" -o "$w/b.o"
step "handler, shape and route compile" gcc $flags "$w/page.c" -o "$w/c.o"
exit $bad
