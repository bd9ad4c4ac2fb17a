#!/bin/sh
# run.sh BUILD -- serves; the first time it makes the database, loads data/ and simulates 10,000 officers.
# IGOT_LISTEN (default 127.0.0.1:8080) and IGOT_DB (default sqlite:var/igot.db) are honoured.
set -eu
igot=${1:?usage: tools/run.sh BUILD}/app/igot
: "${IGOT_LISTEN:=127.0.0.1:8080}" "${IGOT_DB:=sqlite:var/igot.db}"
export IGOT_LISTEN IGOT_DB
exec "$igot" serve --demo data --officers 10000
