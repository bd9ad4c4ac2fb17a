#!/bin/bash
# run.sh BUILD SANITIZED [PART…] -- everything functional: tools, unit tests, the HTTP suite on both engines, the stories in a browser, lint.
# Parts: tools unit http story lint cli. Unit and HTTP run under ASan and UBSan. Every part prints TAP lines; the last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
build=${1:?usage: tests/run.sh BUILD SANITIZED [PART…]}
san=${2:?usage: tests/run.sh BUILD SANITIZED [PART…]}
shift 2
parts=${*:-tools unit cli http story lint}
work=$(mktemp -d)
log=$work/all.log
: >"$log"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 CMOCKA_MESSAGE_OUTPUT=TAP
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 TZ=UTC LC_ALL=C.UTF-8

finish() {
  [ -z "${IGOT_TEST_PG_DIR:-}" ] || tests/tools/pg_start.sh stop "$IGOT_TEST_PG_DIR" >/dev/null 2>&1
  rm -rf "$work"
}
trap finish EXIT

# part NAME COMMAND… -- its TAP lines count; a command that fails without a "not ok" line counts as one failure.
part() {
  name=$1
  shift
  began=$(date +%s)
  echo "# $name"
  timeout "${limit:-420}" "$@" >"$work/out" 2>&1
  code=$?
  sed -i 's/^not ok \([0-9]* # SKIP\)/# skipped \1/' "$work/out" # cmocka says so of a test that skips itself
  failed=$(grep -c '^not ok' "$work/out")
  passed=$(grep -c '^ok' "$work/out")
  grep '^ok\|^not ok\|^# SKIP\|SKIPPED' "$work/out" | sed "s|^|$name: |" >>"$log"
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then
    echo "$name: not ok - exit code $code" >>"$log"
    failed=1
  fi
  [ "$failed" = 0 ] || { echo "---- $name failed; its output:"; tail -n 120 "$work/out"; echo "----"; }
  grep -i 'skipped\|# SKIP' "$work/out" | sort -u | head -5
  echo "# $name: $passed passed, $failed failed ($(($(date +%s) - began)) s)"
}

for p in $parts; do
  case $p in
  unit | http | cli | story)
    [ -n "${IGOT_TEST_PG:-}" ] || eval "$(tests/tools/pg_start.sh)"
    export IGOT_TEST_PG
    ;;
  esac
  case $p in
  unit | http | cli | story) [ -n "${san_built:-}" ] || { echo "# building with sanitizers"; ASAN_OPTIONS=detect_leaks=0 tools/build.sh "$san" --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dtest_clock=true || { echo "not ok - build" >>"$log"; break; }; san_built=1; } ;;
  esac
  case $p in
  tools)
    for t in tests/tools/*_test.sh; do part "$(basename "$t" .sh)" bash "$t"; done
    ;;
  unit)
    for t in $(tools/sources.sh test); do part "$(basename "$t" .c)" "$san/src/$(basename "$t" .c)"; done
    ;;
  cli) part cli bash tests/cli_test.sh "$san/app/igot" ;;
  http)
    tests/browser/setup.sh || { echo "http: not ok - set-up" >>"$log"; continue; }
    part http-sqlite "$(tests/browser/setup.sh node)" tests/http/run.mjs "$san/app/igot" sqlite
    part http-postgres "$(tests/browser/setup.sh node)" tests/http/run.mjs "$san/app/igot" postgres
    ;;
  story)
    tests/browser/setup.sh || { echo "story: not ok - set-up" >>"$log"; continue; }
    part story "$(tests/browser/setup.sh node)" tests/browser/run.mjs "$san/app/igot"
    ;;
  lint) part lint bash tests/lint/run.sh "$build" ;;
  esac
done

passed=$(grep -c ': ok' "$log")
failed=$(grep -c 'not ok' "$log")
[ "$failed" = 0 ] || { echo "failed:"; grep 'not ok' "$log" | head -50; }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
