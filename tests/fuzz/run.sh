#!/bin/bash
# run.sh [SECONDS] [TARGET…] -- builds each target with libFuzzer, ASan and UBSan, and runs it for SECONDS (20) from its corpus. TAP. What breaks one is left in
# build-fuzz/crash-*; IGOT_FUZZ_BUILD names another folder.
set -u
cd "$(dirname "$0")/../.."
seconds=${1:-20}
shift
build=${IGOT_FUZZ_BUILD:-build-fuzz}
targets=${*:-$(ls tests/fuzz/fuzz_*.c | sed 's|.*/fuzz_||; s|\.c$||')}
mkdir -p "$build"
flags="-std=c17 -D_GNU_SOURCE -DIGOT_VERSION=\"fuzz\" -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined"
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
libs="-lsodium -ljansson -lcmark-gfm -lcmark-gfm-extensions -lcsv -lsqlite3 -lpq -lmicrohttpd -lz -lbrotlienc -lxlsxwriter -lpthread -lm"
# The tree's own library, instrumented; generated files come with it.
CC=clang tools/build.sh "$build/lib" --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link >"$build/build.log" 2>&1 ||
  ASAN_OPTIONS=detect_leaks=0 ninja -C "$build/lib" src/libigotcore.a src/libbase.a >>"$build/build.log" 2>&1 || { tail -20 "$build/build.log"; echo "not ok 1 - build"; echo 1..1; exit 1; }
n=0
bad=0
for t in $targets; do
  n=$((n + 1))
  more=
  [ "$t" != config ] || more="app/config.c app/node.c"
  # shellcheck disable=SC2086
  if ! clang $flags -fsanitize=fuzzer -I. -Isrc -I"$build/lib/src" -Itests/fuzz "tests/fuzz/fuzz_$t.c" $more "$build/lib/src/libigotcore.a" "$build/lib/src/libbase.a" $libs -o "$build/fuzz_$t" >"$build/$t.log" 2>&1; then
    echo "not ok $n - $t: does not build"
    head -20 "$build/$t.log" | sed 's/^/  # /'
    bad=1
    continue
  fi
  mkdir -p "$build/corpus/$t"
  if "$build/fuzz_$t" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -close_fd_mask=0 -artifact_prefix="$build/crash-$t-" "$build/corpus/$t" "tests/fuzz/corpus/$t" >"$build/$t.log" 2>&1; then
    echo "ok $n - $t: $(sed -n 's/^stat::number_of_executed_units: *//p; s/^Done \([0-9]*\) runs.*/\1 inputs/p' "$build/$t.log" | tail -1)"
  else
    echo "not ok $n - $t"
    grep -v '^#[0-9]' "$build/$t.log" | tail -40 | sed 's/^/  # /'
    bad=1
  fi
done
echo "1..$n"
exit $bad
