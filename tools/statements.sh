#!/bin/sh
# statements.sh OUT NAME… -- a C file with the statement lists of all modules.
set -eu
out=$1
shift
{
  printf '#include "db/db.h"\n'
  for n in "$@"; do printf 'extern const struct db_statement_list %s_statements;\n' "$n"; done
  printf 'extern const struct db_statement_list *const all_statements[];\nconst struct db_statement_list *const all_statements[] = {\n'
  for n in "$@"; do printf '    &%s_statements,\n' "$n"; done
  printf '    NULL,\n};\n'
} >"$out"
