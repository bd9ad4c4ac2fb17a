#!/bin/sh
# setup.sh WHAT -- installs the Debian packages that WHAT (build, test, bench, lint, fuzz) needs and that are not there yet.
# Prints what it installs. Needs root, or sudo; says which packages are missing where it has neither.
set -eu
case ${1:-} in
build) want="gcc libc6-dev meson ninja-build pkg-config gettext libmicrohttpd-dev libsqlite3-dev libpq-dev libsodium-dev libjansson-dev
  zlib1g-dev libbrotli-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libcsv-dev libxlsxwriter-dev libcmocka-dev" ;;
test) want="postgresql postgresql-client curl jq sqlite3 unzip libasan8 libubsan1 nodejs npm chromium fonts-noto-core procps" ;;
bench) want="wrk postgresql curl" ;;
lint) want="clang clang-format clang-tidy cppcheck" ;;
fuzz) want="clang libclang-rt-14-dev llvm-14" ;;
*) echo "usage: tools/setup.sh build|test|bench|lint|fuzz" >&2; exit 2 ;;
esac
missing=
for p in $want; do
  # A tool that is there from elsewhere (a newer Node, say) serves as well as the package.
  case $p in
  nodejs) command -v node >/dev/null 2>&1 && continue ;;
  npm | chromium | wrk | curl | jq | clang | cppcheck | gcc | meson) command -v "$p" >/dev/null 2>&1 && continue ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "setup: installing$missing"
as=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "setup: run as root: apt-get install$missing" >&2; exit 1; }
  as=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# postgresql would otherwise make and start a cluster of its own; the tests make theirs.
[ -d /etc/postgresql-common ] || { $as mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" | $as tee /etc/postgresql-common/createcluster.conf >/dev/null; }
$as apt-get update -qq
$as apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
