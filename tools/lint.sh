#!/bin/bash
# lint.sh BUILD -- the rules of tests/lint, then clang-tidy and cppcheck over our sources. Fails on what tests/lint refuses; prints the rest.
set -u
cd "$(dirname "$0")/.."
build=${1:?usage: tools/lint.sh BUILD}
bash tests/lint/run.sh "$build"
code=$?
sources=$(find src app -name '*.c' ! -name '*_test.c' ! -name '*_bench.c')
echo "# clang-tidy"
clang-tidy --quiet $sources -- -std=c17 -D_GNU_SOURCE -DIGOT_VERSION='"lint"' -I. -Isrc -I"$build/src" -I/usr/include/postgresql 2>/dev/null | grep -E 'warning|error' | sort -u
echo "# cppcheck"
cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem -Isrc -I"$build/src" $sources 2>&1 | head -50
exit $code
