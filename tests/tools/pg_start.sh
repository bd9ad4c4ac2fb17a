#!/bin/sh
# A private PostgreSQL 15 for tests, on a unix socket in a temporary folder.
#   eval "$(tests/tools/pg_start.sh)"      starts it; sets IGOT_TEST_PG (an empty database) and IGOT_TEST_PG_DIR
#   tests/tools/pg_start.sh stop DIR       stops it and removes the folder
set -eu
bin=${IGOT_PG_BIN:-/usr/lib/postgresql/15/bin}

# PostgreSQL refuses to run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

if [ "${1:-}" = stop ]; then
    dir=${2:?usage: pg_start.sh stop DIR}
    [ -f "$dir/data/PG_VERSION" ] || { echo "pg_start.sh: $dir holds no server" >&2; exit 1; }
    [ ! -f "$dir/data/postmaster.pid" ] || as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null
    rm -rf "$dir"
    exit 0
fi
[ $# -eq 0 ] || { echo "usage: pg_start.sh [stop DIR]" >&2; exit 2; }
[ -x "$bin/initdb" ] || { echo "pg_start.sh: PostgreSQL 15 is not installed ($bin/initdb)" >&2; exit 1; }

# A short path: a socket's may have 107 bytes at most. The folder is the server's alone, so that "trust" trusts nobody else.
dir=$(mktemp -d /tmp/igot_pg.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$dir"
fail() {
    echo "pg_start.sh: $1 failed" >&2
    cat "$dir/log" >&2 || true
    rm -rf "$dir"
    exit 1
}
as_server "$bin/initdb" -D "$dir/data" -U igot -A trust -E UTF8 --locale=C.UTF-8 >"$dir/log" 2>&1 || fail initdb
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 100
fsync = on
synchronous_commit = on
CONF
as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w start >>"$dir/log" 2>&1 </dev/null || fail start
as_server "$bin/createdb" -h "$dir" -U igot igot_test >>"$dir/log" 2>&1 || fail createdb
echo "IGOT_TEST_PG='postgres://igot@/igot_test?host=$dir'; export IGOT_TEST_PG"
echo "IGOT_TEST_PG_DIR='$dir'; export IGOT_TEST_PG_DIR"
