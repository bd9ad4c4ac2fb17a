#!/bin/sh
# build.sh DIR [MESON OPTIONS…] -- configures DIR if need be (also when files came or went) and builds.
set -eu
dir=${1:?usage: tools/build.sh DIR}
shift
here=$(dirname "$0")
list=$(for k in app c sql mod test migrations static; do "$here/sources.sh" $k; done; find src -name '*.html' | sort)
if [ ! -f "$dir/build.ninja" ]; then
  meson setup "$dir" --buildtype=release "$@" >"$dir.setup.log" 2>&1 || { cat "$dir.setup.log" >&2; exit 1; }
  rm -f "$dir.setup.log"
elif [ "$list" != "$(cat "$dir/.sources" 2>/dev/null)" ]; then
  meson setup --reconfigure "$dir" >/dev/null
fi
echo "$list" >"$dir/.sources"
# The tools that generate code end without freeing; a sanitized build runs them too.
ASAN_OPTIONS=detect_leaks=0 ninja -C "$dir" --quiet
