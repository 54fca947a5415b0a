#!/bin/sh
# What config says and leaves behind when the system fails it: full disks, closed pipes,
# directories in the place of files, files that cannot be read.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
tree=$(mktemp -d)
trap 'umount "$tree/small" 2>/dev/null || :; rm -rf "$tree"' EXIT
cd "$tree"
mkdir conf src small
: >src/a.c
printf 'program p\n\tsrc/a.c\n' >conf/P

# expect STATUS TEXT COMMAND...: the command ends so, and says so on standard error.
expect() {
  status=$1 text=$2
  shift 2
  result=0
  "$@" >out 2>err || result=$?
  if [ "$result" != "$status" ] || ! grep -qF -- "$text" err; then
    echo "expected status $status and '$text' from: $*" >&2
    echo "got status $result and:" >&2
    cat err >&2
    exit 1
  fi
}

expect 1 "cannot open 'nosuch': No such file or directory" "$config" nosuch
expect 1 "cannot open 'conf': Is a directory" "$config" conf
expect 2 'Name a configuration' "$config"
expect 2 "invalid for '--make" "$config" --make nmake conf/P
expect 2 'Unknown option' "$config" --frobnicate conf/P
expect 1 'holds no configuration' "$config" -x conf/P
expect 1 'No such file or directory' "$config" -x nosuch
expect 1 'No space left on device' sh -c "'$config' conf/P >/dev/full"
expect 1 'No space left on device' sh -c "'$config' --version >/dev/full"
if [ -d /proc/self ]; then
  expect 1 "/proc/x" "$config" -d /proc/x conf/P
  expect 1 "/proc/x" "$config" defaults /proc/x
fi
rm -rf compile
: >compile
expect 1 "choose another build directory with '-d" "$config" conf/P
test ! -s compile
rm compile
mkdir -p b/Makefile
expect 1 'Is a directory' "$config" -d b conf/P
test -z "$(find b -name '.*.new')"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
  expect 1 'nothing was changed' "$config" -d small/b conf/P
  test ! -e small/b/Makefile
  umount small
else
  echo 'troubles: no tmpfs may be mounted here: the full disk was not tried'
fi
if [ "$(id -u)" != 0 ]; then
  chmod 0 conf/P
  expect 1 'Permission denied' "$config" conf/P
fi
echo 'troubles: every one is told with its place, and nothing is half-written'
