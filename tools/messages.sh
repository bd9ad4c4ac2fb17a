#!/bin/bash
# messages.sh update|check BUILD -- strings of the interface: extracted from C and from the generated templates (#line gives the right place) into po/igot.pot.
#   update   merges them into po/hi.po: new ones come empty, vanished ones go
#   check    prints what po/hi.po lacks
set -eu
cd "$(dirname "$0")/.."
what=${1:?usage: tools/messages.sh update|check BUILD}
build=${2:?usage: tools/messages.sh update|check BUILD}
pot=$(mktemp --suffix=.pot)
trap 'rm -f "$pot" "$pot.po"' EXIT
xgettext --language=C --from-code=UTF-8 --no-location --sort-output -o "$pot" \
  --keyword=N_ --keyword=html_tr:3 --keyword=html_trn:3,4 --keyword=tr:2 --keyword=tr_format:3 --keyword=flash:2 \
  $(find src app -name '*.c' ! -name '*_test.c' | sort) $(find src -name '*.h' | sort) $(ls "$build"/src/*_html.c) 2>/dev/null
sed -i 's/charset=CHARSET/charset=UTF-8/' "$pot"
case $what in
update)
  msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-output --no-location -o po/hi.po po/hi.po "$pot"
  msgattrib --no-obsolete --no-wrap --sort-output -o po/hi.po po/hi.po
  msgfmt --statistics -o /dev/null po/hi.po
  ;;
check)
  msgmerge --quiet --no-fuzzy-matching --no-wrap -o "$pot.po" po/hi.po "$pot"
  msgattrib --untranslated --no-obsolete --no-wrap "$pot.po" | grep '^msgid "..*"' || true
  msgattrib --only-fuzzy --no-obsolete --no-wrap "$pot.po" | grep '^msgid "..*"' || true
  ;;
esac
