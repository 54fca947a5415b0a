#!/bin/sh
# 9cat concatenates files as they are, and shows, repairs, numbers and counts what is in them.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${BIN:-$root/.build/debug}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

# expect NAME WANTED COMMAND ...: the command prints what is wanted.
expect() {
  name=$1
  printf '%b' "$2" >"$top/wanted"
  shift 2
  "$@" >"$top/output" 2>"$top/errors" || :
  cmp -s "$top/wanted" "$top/output" || {
    echo "9cat: $name:" >&2
    od -c "$top/output" >&2
    exit 1
  }
}

printf 'a\377b\n\342\200\213\ttail' >"$top/x"
printf 'second\n' >"$top/y"
expect 'as it is' 'a\0377b\n\0342\0200\0213\ttailsecond\n' "$bin/9cat" "$top/x" "$top/y"
expect 'numbered' '     1\tsecond\n     2\tsecond\n' "$bin/9cat" -n "$top/y" "$top/y"
expect 'visible' 'a\\xFFb\n\\u{200B}\ttail\n' "$bin/9cat" -v "$top/x"
expect 'repaired' 'a\0357\0277\0275b\n\0342\0200\0213\ttail\n' "$bin/9cat" -u "$top/x"
expect 'counted' "       2       10       12        1 $top/x\n" "$bin/9cat" -c "$top/x"
expect 'the standard input' 'second\n' "$bin/9cat" - <"$top/y"
# A file that cannot be read is told by its name, and the others are read all the same.
if "$bin/9cat" "$top" "$top/y" >"$top/output" 2>"$top/errors"; then
  echo '9cat: a folder is no success' >&2
  exit 1
fi
grep -qx "9cat: $top: Is a directory" "$top/errors"
grep -qx second "$top/output"
if "$bin/9cat" "$top/none" "$top/y" >"$top/output" 2>"$top/errors"; then
  echo '9cat: a file that is not there is no success' >&2
  exit 1
fi
grep -q "9cat: $top/none: No such file or directory" "$top/errors"
grep -q second "$top/output"
if "$bin/9cat" "$top/y" >/dev/full 2>"$top/errors"; then
  echo '9cat: a full device is no success' >&2
  exit 1
fi
grep -qx '9cat: write error: No space left on device' "$top/errors"
