#!/bin/sh
# The documentation catalogue of each 9unix module builds, and its links lead to symbols.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if ! command -v docc >/dev/null; then
  echo 'docc: there is no docc in PATH, nothing is checked' >&2
  exit 0
fi
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
cd "$root"
built=$(swift build --show-bin-path)
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')

# The module maps of C targets, which the modules import.
set --
for map in Sources/9unix/*/module.modulemap Sources/9unix/*/include/module.modulemap \
  "$built"/*.build/module.modulemap \
  .build/checkouts/*/Sources/*/include/module.modulemap; do
  if [ -f "$map" ]; then set -- "$@" -Xcc "-fmodule-map-file=$map"; fi
done

bad=0
for catalogue in Sources/9unix/*/*.docc; do
  module=$(basename "$catalogue" .docc)
  swift build -q --target "$module" >&2
  mkdir -p "$top/$module"
  swift-symbolgraph-extract -module-name "$module" -target "$target" -I "$built/Modules" "$@" \
    -minimum-access-level public -output-dir "$top/$module"
  # docc says what a page links to in vain, but calls it a warning.
  docc convert "$catalogue" --additional-symbol-graph-dir "$top/$module" \
    --fallback-display-name "$module" --fallback-bundle-identifier "9unix.$module" \
    --output-path "$top/$module.doccarchive" >"$top/log" 2>&1 || bad=1
  if grep -q -e "--> $module.md:" -e '^error:' "$top/log"; then
    echo "docc: $catalogue:" >&2
    grep -B 2 -A 6 -e "--> $module.md:" -e '^error:' "$top/log" >&2
    bad=1
  fi
done
exit "$bad"
