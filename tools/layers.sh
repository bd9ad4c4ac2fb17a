#!/bin/bash
# layers.sh -- prints every include of a header from a higher layer than the file's own (tools/layers.txt).
# x_web.[ch] of every module are the layer "pages", x_import.[ch] the layer "import"; tests may include anything.
cd "$(dirname "$0")/.."
awk '
  FILENAME == "tools/layers.txt" {
    if ($0 ~ /^#/ || NF == 0) next
    for (i = 1; i <= NF; i++) {
      if (split($i, p, "@") == 2) { own[p[1]] = p[2] } else rank[$i] = ++n
    }
    next
  }
  FNR == 1 { split(FILENAME, f, "/"); 
    layer = (FILENAME in own) ? own[FILENAME] : f[1] == "app" ? "app" : FILENAME ~ /_web\.[ch]$/ ? "pages" : FILENAME ~ /_import\.[ch]$/ ? "import" : f[2] }
  FILENAME !~ /_test\.[ch]$|_bench\.c$|test_[a-z]+\.h$/ && match($0, /^#include "[a-z0-9_]+\/[a-z0-9_]+\.h"/) {
    split($0, q, "\""); h = q[2]; split(h, g, "/"); path = "src/" h
    other = (path in own) ? own[path] : path ~ /_web\.h$/ ? "pages" : path ~ /_import\.h$/ ? "import" : g[1]
    if (!(layer in rank)) { print FILENAME ": folder " layer " is not in tools/layers.txt"; nextfile }
    if (!(other in rank)) { print FILENAME ":" FNR ": folder " other " is not in tools/layers.txt"; next }
    if (rank[other] > rank[layer]) print FILENAME ":" FNR ": " layer " may not include " h
  }' tools/layers.txt $(find src app -name '*.[ch]')
