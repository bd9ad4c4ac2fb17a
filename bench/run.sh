#!/bin/bash
# run.sh BUILD -- measures, and prints how. All within one run on one machine, so that ratios mean something. IGOT_BENCH_BIG=1: also among 1,000,000 officers.
# IGOT_BENCH_OFFICERS (10000), IGOT_BENCH_REQUESTS (5000).
set -u
cd "$(dirname "$0")/.."
build=${1:?usage: bench/run.sh BUILD}
igot=$build/app/igot
officers=${IGOT_BENCH_OFFICERS:-10000}
requests=${IGOT_BENCH_REQUESTS:-5000}
work=$(mktemp -d /tmp/igot-bench.XXXXXX)
pid=
unset IGOT_DB IGOT_CONFIG IGOT_LISTEN IGOT_MEDIA
finish() { [ -z "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }; rm -rf "$work"; }
trap finish EXIT
die() { echo "bench: $*" >&2; exit 1; }
calc() { awk "BEGIN { printf \"%.${2:-3}f\", $1 }"; }
serve() { # serve DB: sets $pid, $port
  "$igot" serve --listen 127.0.0.1:0 --no-access-log --db "$1" --media "$work/media" 2>"$work/log" &
  pid=$!
  for _ in $(seq 600); do
    port=$(sed -n 's|.*ready on http://[^/]*:\([0-9]*\)/.*|\1|p' "$work/log")
    [ -z "$port" ] || return 0
    sleep .1
  done
  cat "$work/log"
  die "the server is not ready"
}
end() { kill "$pid"; wait "$pid"; pid=; }
quiet() { # waits until the daily job is done
  for _ in $(seq 3000); do
    [ "$(sqlite3 "$1" "SELECT count(*) FROM job WHERE state IN (0, 1)")" = 0 ] && return
    sleep .2
  done
}
sign_in() { # sign_in NAME: sets $cookie
  local jar=$work/jar csrf
  rm -f "$jar"
  csrf=$(curl -s -c "$jar" "http://127.0.0.1:$port/sign-in" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -1)
  curl -s -o /dev/null -b "$jar" -c "$jar" --data-urlencode "name=$1" --data-urlencode "password=demo-$1" --data-urlencode "csrf=$csrf" "http://127.0.0.1:$port/sign-in"
  cookie=$(awk '$6 ~ /^igot_/ { printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$jar")
  [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Cookie: $cookie" "http://127.0.0.1:$port/account")" = 200 ] || die "sign-in as $1 failed"
}
ask() { "$work/client" "$port" "$pid" "$requests" "$@" -H "Accept-Encoding: ${encoding:-identity}" -H "Accept: ${accept:-text/html}"; }
cpu() { ask "$@" | cut -d' ' -f1; }

gcc -O2 -D_GNU_SOURCE bench/client.c -o "$work/client" || die "client.c"
gcc -std=c17 -D_GNU_SOURCE -O2 -I. -Isrc -I"$build/src" bench/pieces.c "$build/src/libigotcore.a" "$build/src/libbase.a" -lsqlite3 -lpq -lsodium -ljansson -lcmark-gfm -lcmark-gfm-extensions \
  -lcsv -lxlsxwriter -lmicrohttpd -lz -lbrotlienc -lpthread -lm -o "$work/pieces" || die "pieces.c"
echo "machine: $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1); $("$igot" version); $(date -u +%F)"

db=$work/b.db
"$igot" init --data data --demo --db "sqlite:$db" --media "$work/media" >/dev/null 2>&1 || die "init"
began=$(date +%s.%N)
"$igot" simulate --officers "$officers" --db "sqlite:$db" >/dev/null 2>&1 || die "simulate"
took=$(calc "$(date +%s.%N) - $began")
echo
echo "simulate: $(calc "60 * $officers / $took" 0) officers a minute ($officers in $took s by the clock, with postings, levels, evidence, enrolments; goal 100000, aim 400000)"

serve "sqlite:$db"
quiet "$db"
end
serve "sqlite:$db"
echo "ready: $(sed -n 's/.*after \([0-9]* ms\).*/\1/p' "$work/log") after the start on that database (the program's own clock, from main to the listening socket; goal 200 ms)"

sign_in officer
curl -s -H "Cookie: $cookie" -H 'Accept: text/html' "http://127.0.0.1:$port/competencies" >"$work/page"
size=$(stat -c %s "$work/page")
near=$(for f in static/*; do echo "$(($(stat -c %s "$f") - size)) /static/$(basename "$f")"; done | sed 's/^-//' | sort -n | head -1 | cut -d' ' -f2)
page=$(cpu /competencies -H "Cookie: $cookie")
static=$(cpu "$near")
static_size=$(ask "$near" | cut -d' ' -f3)
health=$(cpu /healthz)
about=$(cpu /about)
signed=$(cpu /about -H "Cookie: $cookie")
packed=$(encoding=br cpu /competencies -H "Cookie: $cookie")
packed_size=$(encoding=br ask /competencies -H "Cookie: $cookie" | cut -d' ' -f3)
sqlite3 "$db" "SELECT officer FROM account WHERE name = 'officer'" >"$work/one"
read -r sql brotli <<<"$("$work/pieces" "sqlite:$db" "$work/one" 3000 "$work/page")"
session=$(calc "$signed - $about")
echo
echo "CPU of the server's process for one request, from its CPU clock, over $requests requests on one keep-alive connection after 200 to warm up; identity encoding"
echo "  /competencies signed in, $size bytes:        $page ms   (goal 0.15, aim 0.10)"
echo "  $near, $static_size bytes, the same server:  $static ms"
echo "  ratio:                                       $(calc "$page / $static" 2)"
echo "  of which HTTP                                $static ms   (the static file)"
echo "           session                             $session ms   (/about with the cookie less /about without: $signed - $about)"
echo "           statements and arithmetic           $sql ms   (competency_gaps and learning_for_gaps in a process of their own, bench/pieces.c)"
echo "           template and the rest               $(calc "$page - $static - $session - $sql") ms   (by subtraction)"
echo "  compression (brotli, $packed_size bytes)     $(calc "$packed - $page") ms on top   (the same page asked for with br; brotli alone on its bytes: $brotli ms)"
echo "  a worker's hand-over and the least answer    $health ms   (/healthz)"

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
end
serve "sqlite:$db"
before=$(rss "$pid")
ulimit -n 4096 2>/dev/null
"$work/client" --idle "$port" 1000 5 >"$work/held" &
holder=$!
for _ in $(seq 100); do [ -s "$work/held" ] && break; sleep .1; done
echo
echo "1,000 idle keep-alive connections, each after one request: $(calc "$(rss "$pid") / 1024" 1) MiB resident (VmRSS; $(calc "$before / 1024" 1) before them; goal under 64)"
wait "$holder"

total=0
list=$(curl -s -H 'Accept: text/html' "http://127.0.0.1:$port/" | grep -oE '(href|src)="/static/[^"#]+' | cut -d'"' -f2 | sort -u)
for p in / $list; do
  n=$(curl -s -H 'Accept: text/html' -H 'Accept-Encoding: br, gzip' -o - "http://127.0.0.1:$port$p" | wc -c)
  total=$((total + n))
  each="${each:-} $p $n"
done
echo "first page: $(calc "$total / 1024" 1) KiB with all it loads, as sent to a browser that reads brotli (goal under 60):$each"

# The same page for officers taken at random, read by one whose reach is all.
crowd() { # crowd DB: CPU a page
  sqlite3 "$1" "SELECT p.officer FROM posting p JOIN position_map m ON m.position = p.position WHERE p.until_day IS NULL AND m.until_day IS NULL ORDER BY random() LIMIT 1000" >"$work/crowd"
  sign_in cbc
  # shellcheck disable=SC2046
  "$work/client" "$port" "$pid" 1000 $(sed 's|.*|/officers/&/competencies|' "$work/crowd") -H "Cookie: $cookie" -H 'Accept: text/html' -H 'Accept-Encoding: identity' | cut -d' ' -f1
}
small=$(crowd "$db")
end
echo
echo "an officer's page, 1,000 officers at random after a warm-up of as many, among $officers: $small ms of CPU"
if [ "${IGOT_BENCH_BIG:-0}" = 1 ]; then
  big=$work/big.db
  "$igot" init --data data --demo --db "sqlite:$big" --media "$work/media" >/dev/null 2>&1 || die "init"
  began=$(date +%s.%N)
  /usr/bin/env bash -c '"$0" simulate --officers 1000000 --db "$1" >/dev/null 2>&1 & p=$!; m=0; while kill -0 $p 2>/dev/null; do r=$(sed -n "s/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p" /proc/$p/status 2>/dev/null); [ "${r:-0}" -gt $m ] && m=$r; sleep 1; done; wait $p && echo $m' "$igot" "sqlite:$big" >"$work/peak" || die "simulate"
  took=$(calc "$(date +%s.%N) - $began")
  echo "simulate: $(calc "60 * 1000000 / $took" 0) officers a minute (1,000,000 in $took s), at most $(calc "$(cat "$work/peak") / 1024" 0) MiB resident, $(calc "$(stat -c %s "$big") / 1048576" 0) MiB on disk"
  serve "sqlite:$big"
  quiet "$big"
  large=$(crowd "$big")
  echo "the same among 1,000,000: $large ms; ratio $(calc "$large / $small" 2) (goal 1.30)"
  end
else
  echo "among 1,000,000: not measured (IGOT_BENCH_BIG=1 does it)"
fi
