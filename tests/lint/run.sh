#!/bin/bash
# run.sh BUILD -- rules that no compiler checks: layers, translations, self-contained headers, generated files out of the tree.
set -u
cd "$(dirname "$0")/../.."
build=${1:?}
n=0
bad=0
check() { # check NAME OUTPUT: passes if the output is empty
  n=$((n + 1))
  if [ -z "$2" ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    echo "$2" | head -40 | sed 's/^/  # /'
    bad=1
  fi
}

check "no file includes a header of a higher layer" "$(tools/layers.sh)"
check "every header compiles by itself" "$(for h in $(find src -name '*.h'); do gcc -std=c17 -D_GNU_SOURCE -Isrc -I"$build/src" -I/usr/include/postgresql -fsyntax-only -x c "$h" 2>&1 | grep -m1 error; done)"
check "no source file is over 900 lines" "$(find src app tools -name '*.c' | xargs wc -l | awk '$1 > 900 && $2 != "total" {print $2 ": " $1}')"
check "no malloc outside src/base" "$(grep -rnE '\b(malloc|calloc|realloc|free)\(' src app --include=*.c | grep -v '^src/base/' | grep -vE 'mem_free|//|\* ')"
check "nothing unfinished is marked" "$(grep -rnE '\b(TODO|FIXME|XXX)\b' src app tools static sql --include=* | grep -v 'tests/lint' || true)"
check "no generated file stands in the tree" "$(git ls-files 2>/dev/null | grep -E '_(sql|html)\.[ch]$|(^|/)messages\.c$' || true)"
check "no landed migration was edited" "$(cd sql && sha256sum --quiet -c landed.sha256 2>&1)"
check "every string has its Hindi" "$(tools/messages.sh check "$build")"
exit $bad
