#!/bin/sh
# sources.sh KIND -- the files of the tree that the build takes: a file in its folder is in the build.
#   c      the library's sources        sql   statements            html DIR   a module's templates
#   test   unit tests beside the code   mod   folders with templates   migrations
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C
case $1 in
c) find src -name '*.c' ! -name '*_test.c' ! -name '*_bench.c' ! -path 'src/base/*' | sort ;;
sql) find src app -name '*.sql' | sort ;;
mod) find src -name '*.html' | sed 's|/[^/]*$||' | sort -u ;;
html) find "$2" -name '*.html' | sort ;;
test) find src -name '*_test.c' | sort ;;
migrations) find sql -name '[0-9]*.sql' | sort ;;
app) find app -name '*.c' | sort ;;
static) find static -type f | sort ;;
esac
