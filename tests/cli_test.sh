#!/bin/bash
# cli_test.sh BINARY -- the subcommands from outside: help, exit codes, settings, and that what they promise is so. TAP. PostgreSQL too if IGOT_TEST_PG is set.
set -u
cd "$(dirname "$0")/.."
igot=$(realpath "${1:?usage: tests/cli_test.sh BINARY}")
work=$(mktemp -d /tmp/igot-cli.XXXXXX)
n=0
bad=0
servers=
made=
unset IGOT_DB IGOT_CONFIG IGOT_LISTEN IGOT_MEDIA
export IGOT_MEDIA=$work/media
export TZ=UTC LC_ALL=C.UTF-8
finish() {
  for p in $servers; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null; done
  for d in $made; do psql "$IGOT_TEST_PG" -X -q -c "DROP DATABASE IF EXISTS $d WITH (FORCE)" 2>/dev/null; done
  rm -rf "$work"
}
trap finish EXIT

# ok NAME STATUS: what was tested last; $out holds what was printed.
ok() {
  n=$((n + 1))
  if [ "$2" = 0 ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    printf '%s\n' "$out" | tail -n 15 | sed 's/^/  # /'
    bad=1
  fi
}
# run CODE NAME COMMAND…: it ends with CODE.
run() {
  local want=$1 name=$2
  shift 2
  out=$("$@" 2>&1)
  code=$?
  [ "$code" = "$want" ] || out="exit code $code, not $want: $out"
  [ "$code" = "$want" ]
  ok "$name" $?
}
says() { printf '%s' "$out" | grep -qiE -- "$2"; ok "$1" $?; } # says NAME PATTERN: of the last output
same() { out=$(diff "$2" "$3" 2>&1 | head -12); [ -z "$out" ]; ok "$1" $?; }
day() { date -u -d "+5 hours 30 minutes ${1:-0} days" +%F; } # the IST day

fresh() { # fresh ENGINE NAME: prints the URL of a new database
  if [ "$1" = sqlite ]; then echo "sqlite:$work/$2.db"; else
    psql "$IGOT_TEST_PG" -X -q -c "CREATE DATABASE igot_cli_$$_$2" >&2
    echo "$IGOT_TEST_PG" | sed -E "s|^(postgres(ql)?://[^/]*/)[^?]*|\1igot_cli_$$_$2|"
  fi
}
note_made() { [ "$1" = sqlite ] || made="$made igot_cli_$$_$2"; }
dump() { # dump URL [TABLE…]: its rows in an order of their own
  local url=$1 t
  shift
  case $url in
  sqlite:*) for t in "${@:-}"; do sqlite3 "${url#sqlite:}" ".dump $t"; done ;;
  *)
    local only=()
    for t in "$@"; do only+=(-t "$t"); done
    pg_dump --data-only --inserts --no-owner "${only[@]}" "$url" | grep -v '^\\\|^--\|^SET\|^SELECT\|^$'
    ;;
  esac | sort
}
sql() { case $1 in sqlite:*) sqlite3 -cmd '.timeout 10000' "${1#sqlite:}" "$2" ;; *) psql "$1" -X -q -A -t -c "$2" ;; esac; }
serve() { # serve URL ARGS…: sets $url and $pid
  local db=$1 i
  shift
  serial=$((serial + 1))
  log=$work/serve.$serial.log
  "$igot" serve --listen 127.0.0.1:0 --no-access-log --db "$db" "$@" 2>"$log" &
  pid=$!
  servers="$servers $pid"
  for i in $(seq 300); do
    url=$(sed -n 's|.*ready on \(http://[^/]*\)/.*|\1|p' "$log")
    [ -z "$url" ] || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep .1
  done
  out=$(cat "$log")
  return 1
}
serial=0
end() { kill "$1"; wait "$1"; }

# ---- help, usage, exit codes ----
commands="serve init import export simulate recount audit doctor backup restore migrate token version"
for c in $commands; do
  run 0 "$c --help ends with 0" "$igot" "$c" --help
  says "$c --help tells how it is used" "usage: igot $c"
done
run 0 "--help lists the commands" "$igot" --help
for c in $commands; do printf '%s' "$out" | grep -q "  $c " || { out="no $c"; break; }; done
[ "$out" != "no $c" ]
ok "every one of them" $?
run 0 "version" "$igot" version
says "version says which" '^igot [0-9]+\.[0-9]+'
run 0 "--version" "$igot" --version
run 2 "no command is wrong usage" "$igot"
run 2 "an unknown command is wrong usage" "$igot" frobnicate
says "and is named" 'frobnicate'
db=sqlite:$work/none.db
for c in serve init simulate recount doctor migrate "import --nope" "export officers" "token list officer" backup restore audit; do
  run 2 "$c with an unknown option is wrong usage" "$igot" $c --nope --db "$db"
done
run 2 "recount with a bad day" "$igot" recount --as-of 2026-02-30 --db "$db"
run 2 "token without words" "$igot" token
run 2 "backup without a file" "$igot" backup --db "$db"
run 1 "recount without a database" "$igot" recount --db "$db"
says "says what to do" 'igot (migrate|init)'
[ ! -e "$work/none.db" ]
ok "and makes none" $?
run 3 "a server that does not answer is the system's fault" "$igot" recount --db "postgres://nobody@127.0.0.1:1/none"
run 1 "a database URL of an unknown kind" "$igot" recount --db mysql:x
says "says which kinds there are" 'sqlite:PATH'
run 1 "workers must be a number" "$igot" migrate --status --workers many --db "$db"

# ---- settings ----
printf '# settings\ndb = sqlite:%s/file.db\n' "$work" >"$work/settings"
run 0 "settings from a file" "$igot" migrate --config "$work/settings"
[ -e "$work/file.db" ]
ok "the file's database" $?
out=$(IGOT_DB=sqlite:$work/env.db "$igot" migrate --config "$work/settings" 2>&1)
[ -e "$work/env.db" ]
ok "the environment goes before the file" $?
out=$(IGOT_DB=sqlite:$work/env2.db "$igot" migrate --db "sqlite:$work/flag.db" --config "$work/settings" 2>&1)
[ -e "$work/flag.db" ] && [ ! -e "$work/env2.db" ]
ok "a flag goes before both" $?
out=$(IGOT_CONFIG=$work/settings "$igot" migrate --status 2>&1)
ok "IGOT_CONFIG names the file" $?
printf 'db = sqlite:x\ncolour = red\n' >"$work/bad"
run 1 "a line that is no setting is refused" "$igot" migrate --config "$work/bad"
says "with its place" 'bad:2'
run 1 "a settings file that is not there" "$igot" migrate --config "$work/absent"

# ---- a database that is not ours ----
head -c 40000 /dev/urandom >"$work/garbage.db"
run 3 "garbage is refused" "$igot" recount --db "sqlite:$work/garbage.db"
says "with what to do" 'check the path|restore'
run 1 "the doctor says so" "$igot" doctor --db "sqlite:$work/garbage.db"
"$igot" migrate --db "sqlite:$work/cut.db" 2>/dev/null
truncate -s 30000 "$work/cut.db"
out=$("$igot" recount --db "sqlite:$work/cut.db" 2>&1)
[ $? != 0 ]
ok "a truncated database is refused" $?
says "with what to do" 'restore'
"$igot" migrate --db "sqlite:$work/newer.db" 2>/dev/null
sqlite3 "$work/newer.db" "INSERT INTO migration VALUES (9999, 'later', zeroblob(32), 0)"
run 3 "a newer database is refused" "$igot" recount --db "sqlite:$work/newer.db"
says "with what to do" 'install that version'
sqlite3 "$work/other.db" "PRAGMA application_id=1; CREATE TABLE t (x)"
run 3 "another program's database is refused" "$igot" recount --db "sqlite:$work/other.db"

# ---- what each engine owes ----
suite() {
  local e=$1 a b c d
  a=$(fresh "$e" a) b=$(fresh "$e" b) c=$(fresh "$e" c) d=$(fresh "$e" d)
  for x in a b c d; do note_made "$e" $x; done
  local past
  past=$(day -5)

  run 0 "$e: migrate makes the schema" "$igot" migrate --db "$c"
  run 0 "$e: migrate again changes nothing" "$igot" migrate --db "$c"
  [ -z "$out" ]
  ok "$e: and says so by saying nothing" $?
  run 0 "$e: migrate --status" "$igot" migrate --status --db "$c"
  says "$e: the schema is whole" "schema ([0-9]+) of \1"
  run 0 "$e: the doctor finds an empty but whole database good" "$igot" doctor --db "$c"

  run 0 "$e: init --as-of" "$igot" init --data data --officers 50 --seed 3 --as-of "$past" --db "$a"
  run 0 "$e: init again elsewhere" "$igot" init --data data --officers 50 --seed 3 --as-of "$past" --db "$b"
  dump "$a" >"$work/a.dump"
  dump "$b" >"$work/b.dump"
  same "$e: the same seed, day and data give the same bytes" "$work/a.dump" "$work/b.dump"
  [ "$(wc -l <"$work/a.dump")" -gt 2000 ]
  ok "$e: and they are many" $?
  [ "$(sql "$a" 'SELECT count(*) FROM node_lease')" = 0 ]
  ok "$e: the node number is given back" $?

  run 0 "$e: import again" "$igot" import all data --db "$a"
  ! printf '%s' "$out" | grep -E ' [1-9][0-9]* (added|changed)' >/dev/null
  ok "$e: changes nothing" $?
  dump "$a" >"$work/again.dump"
  same "$e: not a byte" "$work/a.dump" "$work/again.dump"
  run 1 "$e: a bad file is refused" "$igot" import services /dev/stdin --db "$a" <<<$'code,name_en,name_hi\nBad Code,x,y'
  says "$e: with line and column" 'stdin:2: column code'

  round_trip "$e" "$a"
  backup_restore "$e" "$a" "$d"
  recount_agrees "$e" "$a"
  tokens "$e" "$a"
  audit_broken "$e" "$a"
  nodes "$e" "$b"
}

round_trip() {
  local e=$1 a=$2 k t args=()
  t=$(fresh "$e" trip)
  note_made "$e" trip
  mkdir -p "$work/$e-out" "$work/media"
  ln -s "$work/media" "$work/$e-out/media"
  "$igot" migrate --db "$t" 2>/dev/null
  for k in $("$igot" export 2>&1 | sed -n 's/^kinds: //p' | sed 's/ levels//'); do
    "$igot" export "$k" --out "$work/$e-out/$k.csv" --db "$a" 2>/dev/null || { out="export $k"; ok "$e: export $k" 1; }
    args+=("$k" "$work/$e-out/$k.csv")
  done
  run 0 "$e: what export writes, import reads" "$igot" import "${args[@]}" --as-of "$(day -370)" --db "$t"
  local differ=
  for k in $("$igot" export 2>&1 | sed -n 's/^kinds: //p' | sed 's/ levels//'); do
    "$igot" export "$k" --out "$work/$e-out/$k.again" --db "$t" 2>/dev/null
    cmp -s "$work/$e-out/$k.csv" "$work/$e-out/$k.again" || differ="$differ $k"
  done
  out="differ:$differ"
  [ -z "$differ" ]
  ok "$e: and export writes the same again" $?
  run 1 "$e: export of an unknown kind" "$igot" export nonsense --db "$a"
}

backup_restore() {
  local e=$1 a=$2 d=$3 writer f=$work/$1.backup i
  mkdir -p "$work/$e.media"
  head -c 300000 /dev/urandom >"$work/$e.media/raw"
  mv "$work/$e.media/raw" "$work/$e.media/$(sha256sum "$work/$e.media/raw" | cut -c1-64).mp4"
  "$igot" init --demo --data data --db "$(fresh "$e" live)" --media "$work/$e.media" >/dev/null 2>&1
  note_made "$e" live
  local live
  if [ "$e" = sqlite ]; then live=sqlite:$work/live.db; else live=$(echo "$a" | sed "s/igot_cli_$$_a/igot_cli_$$_live/"); fi
  serve "$live" --media "$work/$e.media"
  ok "$e: a live server" $?
  # Each write is a token and a row of the audit chain, so a copy that is not of one moment shows.
  (for i in $(seq 400); do "$igot" token create cbc --label "t$i" --db "$live" >/dev/null 2>&1; [ -e "$work/stop" ] && break; done) &
  writer=$!
  sleep .5
  run 0 "$e: backup beside a live server under writes" "$igot" backup "$f.live" --db "$live" --media "$work/$e.media"
  touch "$work/stop"
  wait "$writer"
  rm "$work/stop"
  run 0 "$e: it restores" "$igot" restore "$f.live" --db "$d" --media "$work/$e.restored"
  run 0 "$e: of one moment: the audit chain is whole" "$igot" audit verify --db "$d"
  run 0 "$e: the doctor finds it good" "$igot" doctor --db "$d" --media "$work/$e.restored"
  [ "$(sql "$d" 'SELECT count(*) FROM token')" -gt 0 ]
  ok "$e: with writes in it" $?
  out=$(diff -r "$work/$e.media" "$work/$e.restored" 2>&1)
  [ -z "$out" ]
  ok "$e: the media files come back" $?
  end "$pid"

  run 0 "$e: backup" "$igot" backup "$f" --db "$a" --media "$work/$e.media"
  [ ! -e "$f.part" ] && [ ! -e "$f.part-database" ]
  ok "$e: leaves nothing beside it" $?
  [ "$(stat -c %a "$f")" = 600 ]
  ok "$e: for the owner alone" $?
  local r
  r=$(fresh "$e" restored)
  note_made "$e" restored
  local size cut
  size=$(stat -c %s "$f")
  for i in 1 40 200 $((size / 2)) $((size - 400)) $((size - 3)); do
    cp "$f" "$f.bad"
    printf "\\x$(printf %02x $((0x$(xxd -s "$i" -l 1 -p "$f") ^ 1)))" | dd of="$f.bad" bs=1 seek="$i" conv=notrunc status=none
    run 1 "$e: a flipped bit at byte $i is refused" "$igot" restore "$f.bad" --db "$r" --media "$work/$e.no"
  done
  says "$e: with what to do" 'another copy|older backup|backup'
  for cut in 0 10 100 $((size / 2)) $((size - 1)); do
    head -c "$cut" "$f" >"$f.bad"
    run 1 "$e: a backup cut at $cut bytes is refused" "$igot" restore "$f.bad" --db "$r" --media "$work/$e.no"
  done
  (cat "$f"; echo more) >"$f.bad"
  run 1 "$e: a backup with more after its end is refused" "$igot" restore "$f.bad" --db "$r"
  [ ! -e "$work/$e.no" ] && { [ "$e" = postgres ] || [ ! -e "${r#sqlite:}" ]; }
  ok "$e: and nothing was touched" $?
  run 1 "$e: a backup that is not there" "$igot" restore "$f.absent" --db "$r"
  other=$([ "$e" = sqlite ] && echo "postgres://x@127.0.0.1:1/x" || echo "sqlite:$work/wrong.db")
  run 1 "$e: a backup of the other engine is refused" "$igot" restore "$f" --db "$other"
  run 1 "$e: a database that is not empty is refused" "$igot" restore "$f" --db "$a"
  says "$e: with what to do" 'new one'
  sed "1s/^igot-backup 1 \([a-z]*\) [0-9]*/igot-backup 1 \1 9999/" "$f" >"$f.newer"
  head -c -69 "$f.newer" >"$f.new" # without the end line: "end ", 64 digits, newline
  printf 'end %s\n' "$(sha256sum "$f.new" | cut -c1-64)" >>"$f.new"
  run 1 "$e: a backup of a newer schema is refused" "$igot" restore "$f.new" --db "$r"
  says "$e: with what to do" 'newer igot'
  run 0 "$e: restore" "$igot" restore "$f" --db "$r" --media "$work/$e.r"
  dump "$a" >"$work/x.dump"
  dump "$r" >"$work/y.dump"
  same "$e: gives the same rows" "$work/x.dump" "$work/y.dump"
  run 3 "$e: a folder that is not there" "$igot" backup "$work/no/such/x" --db "$a"
}

# The daily job ages every level to today; counting from nothing must then find the same.
recount_agrees() {
  local e=$1 a=$2 i
  serve "$a"
  ok "$e: the server runs the daily job" $?
  for i in $(seq 300); do
    [ "$(sql "$a" "SELECT count(*) FROM job WHERE kind = 'daily' AND state = 2")" = 1 ] && break
    sleep .1
  done
  end "$pid"
  out=$(sql "$a" 'SELECT * FROM job')
  [ "$(sql "$a" "SELECT count(*) FROM job WHERE kind = 'daily' AND state = 2")" = 1 ]
  ok "$e: to its end" $?
  dump "$a" tally headcount contribution snapshot level >"$work/kept.dump"
  run 0 "$e: recount" "$igot" recount --as-of "$(day)" --db "$a"
  dump "$a" tally headcount contribution snapshot level >"$work/counted.dump"
  same "$e: counts from nothing what was kept day by day" "$work/kept.dump" "$work/counted.dump"
  [ "$(grep -c tally "$work/kept.dump")" -gt 20 ]
  ok "$e: and that is not nothing" $?
}

status() { curl -s -o /dev/null -w '%{http_code}' -H 'Accept: application/json' "$@"; }

tokens() {
  local e=$1 live token id i
  if [ "$e" = sqlite ]; then live=sqlite:$work/live.db; else live=$(echo "$2" | sed "s/igot_cli_$$_a/igot_cli_$$_live/"); fi
  serve "$live"
  ok "$e: a server with demo accounts on loopback" $?
  out=$(status "$url/account")
  [ "$out" = 401 ]
  ok "$e: without a token 401" $?
  run 0 "$e: token create" "$igot" token create officer --label "for the test" --days 2 --db "$live"
  token=$out
  printf '%s' "$token" | grep -qE '^igot_[A-Za-z0-9_-]{43}$'
  ok "$e: prints it alone" $?
  out=$(status -H "Authorization: Bearer $token" "$url/competencies")
  [ "$out" = 200 ]
  ok "$e: it opens the hub" $?
  out=$(status -H "Authorization: Bearer ${token}x" "$url/competencies")
  [ "$out" = 401 ]
  ok "$e: one like it does not" $?
  run 0 "$e: token list" "$igot" token list officer --db "$live"
  says "$e: names it" 'for the test'
  id=$(printf '%s' "$out" | sed -n 's/^\([0-9]*\)  for the test.*/\1/p')
  run 0 "$e: token revoke" "$igot" token revoke "$id" --db "$live"
  for i in $(seq 130); do # another process forgets it within ten seconds
    out=$(status -H "Authorization: Bearer $token" "$url/competencies")
    [ "$out" = 401 ] && break
    sleep .1
  done
  [ "$out" = 401 ]
  ok "$e: then it opens nothing" $?
  run 1 "$e: a token for nobody" "$igot" token create nobody-here --db "$live"
  end "$pid"
  run 1 "$e: demo accounts are not served on a public address" timeout 20 "$igot" serve --listen 0.0.0.0:0 --db "$live"
  says "$e: with what to do" 'loopback'
  run 1 "$e: the doctor warns of it" "$igot" doctor --listen 0.0.0.0:8080 --db "$live"
  says "$e: by name" 'wrong +demo accounts'
  serve "$live" --listen 0.0.0.0:0 --allow-demo-public
  ok "$e: unless told otherwise" $?
  end "$pid"
}

audit_broken() {
  local e=$1 live x
  if [ "$e" = sqlite ]; then live=sqlite:$work/live.db; else live=$(echo "$2" | sed "s/igot_cli_$$_a/igot_cli_$$_live/"); fi
  run 0 "$e: audit verify" "$igot" audit verify --db "$live"
  x=$(sql "$live" "SELECT max(seq) - 3 FROM audit")
  sql "$live" "UPDATE audit SET action = 'token.kreate' WHERE seq = $x"
  run 1 "$e: finds a changed row" "$igot" audit verify --db "$live"
  says "$e: and which" "row $x"
  run 1 "$e: the doctor too" "$igot" doctor --db "$live"
  sql "$live" "UPDATE audit SET action = 'token.create' WHERE seq = $x"
  run 0 "$e: changed back it is whole" "$igot" audit verify --db "$live"
  sql "$live" "DELETE FROM audit_detail WHERE seq = $x; DELETE FROM audit WHERE seq = $x"
  run 1 "$e: finds a missing row" "$igot" audit verify --db "$live"
  says "$e: and which" "row $x"
}

# Two programs on one database have two numbers.
nodes() {
  local e=$1 b=$2 first
  serve "$b"
  first=$pid
  serve "$b"
  ok "$e: two servers on one database" $?
  out=$(sql "$b" 'SELECT node, holder FROM node_lease ORDER BY node')
  [ "$(sql "$b" 'SELECT count(DISTINCT holder) FROM node_lease WHERE node IN (0, 1)')" = 2 ] && [ "$(sql "$b" 'SELECT count(*) FROM node_lease')" = 2 ]
  ok "$e: have two node numbers" $?
  run 0 "$e: a command beside them takes a third" "$igot" import services data/services.csv --db "$b"
  end "$first"
  [ "$(sql "$b" 'SELECT min(node) FROM node_lease')" = 1 ]
  ok "$e: whoever ends gives its number back" $?
  end "$pid"
  [ "$(sql "$b" 'SELECT count(*) FROM node_lease')" = 0 ]
  ok "$e: the last too" $?
  sql "$b" "INSERT INTO job (id, kind, argument, state, run_after, created, changed, message) VALUES (1, 'daily', 'x', 3, 0, 0, 0, 'it broke')"
  sql "$b" "UPDATE module SET file = '$(printf 0%.0s $(seq 64)).mp4' WHERE id = (SELECT min(id) FROM module)"
  run 1 "$e: the doctor misses a media file" "$igot" doctor --db "$b"
  says "$e: names it" 'wrong +media files +1 of [0-9]+'
  says "$e: and a failed job" 'warning +jobs +1 failed'
}

suite sqlite
if [ -n "${IGOT_TEST_PG:-}" ]; then suite postgres; else echo "# SKIPPED: PostgreSQL (IGOT_TEST_PG is not set)"; fi
echo "1..$n"
exit $bad
