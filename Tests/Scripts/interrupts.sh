#!/bin/sh
# A run of config that is interrupted leaves either what was there or what should be there:
# no temporary file, no half of a file, and the next run puts everything right.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir conf src
i=0
while [ $i -lt 400 ]; do
  : >"src/f$i.c"
  printf 'library l%s\n\tsrc/f%s.c\n' $i $i >>conf/files
  i=$((i + 1))
done

describe() {
  printf 'ident B\noption A%s\nmakeoption X v%s\ninclude files\n' "$1" "$1" >conf/B
}

check() {
  left=$(find compile -name '.*.new' 2>/dev/null | head -n 3)
  if [ -n "$left" ]; then
    echo "interrupted at $1: left behind: $left" >&2
    exit 1
  fi
}

describe 0
"$config" -d compile conf/B >/dev/null
round=1
for moment in 0.002 0.005 0.01 0.02 0.03 0.04 0.05 0.06 0.08 0.1 0.15 0.2; do
  describe $round
  timeout -s INT "$moment" "$config" -d compile conf/B >/dev/null 2>&1 || :
  check "$moment"
  "$config" -d compile conf/B >/dev/null
  check "$moment, after the next run"
  "$config" -d compile.fresh conf/B >/dev/null
  for file in Makefile config.h config.c; do
    cmp "compile/$file" "compile.fresh/$file"
  done
  test -e "compile/opt/A$round.h"
  test ! -e "compile/opt/A$((round - 1)).h"
  rm -rf compile.fresh
  round=$((round + 1))
done
echo "interrupts: $((round - 1)) runs interrupted, none left anything half-written"
