#!/bin/bash
# run_long.sh BUILD [PART…] -- what takes long: faults and fuzzing, after `make test`. Parts: power write alloc kill9 fuzz tsan. The last line is "N passed, N failed".
# IGOT_FUZZ_SECONDS (20): for each target.
set -u
cd "$(dirname "$0")/.."
build=${1:?usage: tests/run_long.sh BUILD [PART…]}
shift
parts=${*:-power write alloc kill9 fuzz tsan}
work=$(mktemp -d)
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export TZ=UTC LC_ALL=C.UTF-8
finish() {
  [ -z "${IGOT_TEST_PG_DIR:-}" ] || tests/tools/pg_start.sh stop "$IGOT_TEST_PG_DIR" >/dev/null 2>&1
  rm -rf "$work"
}
trap finish EXIT
: >"$work/all"

part() { # part NAME COMMAND…
  name=$1
  shift
  began=$(date +%s)
  echo "# $name"
  "$@" 2>&1 | tee "$work/out" | grep --line-buffered '^ok\|^not ok\|^#'
  code=${PIPESTATUS[0]}
  grep '^ok\|^not ok' "$work/out" | sed "s|^|$name: |" >>"$work/all"
  if [ "$code" != 0 ] && ! grep -q '^not ok' "$work/out"; then
    echo "$name: not ok - exit code $code" >>"$work/all"
    tail -n 60 "$work/out"
  fi
  echo "# $name: $(($(date +%s) - began)) s"
}

built() { ninja -C "$1" "$2" >"$work/build.log" 2>&1 || { tail -20 "$work/build.log"; echo "$2: not ok - build" >>"$work/all"; return 1; }; }
sanitized() { tools/build.sh "$build-san" --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dtest_clock=true && built "$build-san" "$1"; }
postgres() { [ -n "${IGOT_TEST_PG:-}" ] || eval "$(tests/tools/pg_start.sh)"; export IGOT_TEST_PG; }

for p in $parts; do
  case $p in
  power) tools/build.sh "$build" && built "$build" tests/power_loss_test && part power "$build/tests/power_loss_test" ;;
  write) sanitized tests/write_test && part write "$build-san/tests/write_test" ;;
  alloc) sanitized tests/alloc_test && part alloc "$build-san/tests/alloc_test" ;;
  kill9)
    postgres
    tools/build.sh "$build"
    part kill9-sqlite node tests/fault/kill9.mjs "$build/app/igot" sqlite
    part kill9-postgres node tests/fault/kill9.mjs "$build/app/igot" postgres
    ;;
  fuzz) part fuzz tests/fuzz/run.sh "${IGOT_FUZZ_SECONDS:-20}" ;;
  tsan)
    postgres
    export TSAN_OPTIONS=halt_on_error=0:exitcode=66
    tools/build.sh "$build-tsan" --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dtest_clock=true
    part tsan-http-sqlite node tests/http/run.mjs "$build-tsan/app/igot" sqlite
    part tsan-http-postgres node tests/http/run.mjs "$build-tsan/app/igot" postgres
    for t in db_test auth_test; do part "tsan-$t" "$build-tsan/src/$t"; done
    ;;
  esac
done
passed=$(grep -c ': ok' "$work/all")
failed=$(grep -c 'not ok' "$work/all")
[ "$failed" = 0 ] || { echo "failed:"; grep 'not ok' "$work/all" | head -50; }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
