#!/bin/sh
# The runtime's programs say so, and fail, where they cannot write what they have to say.
#
# BUILD is where the programs are, .build/debug if it is not set.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/.build/debug}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
if [ ! -c /dev/full ]; then
  echo 'full: there is no /dev/full here: skipped'
  exit 0
fi

# refuses NAME ARGUMENTS...: a full disk is told with the program's name, and the status is 1.
refuses() {
  name=$1
  status=0
  shift
  # A server that serves nevertheless would do so for ever.
  timeout 100 "$build/$name" "$@" >/dev/full 2>"$top/err" || status=$?
  if [ "$status" != 1 ] || [ "$(cat "$top/err")" != "$name: write error: No space left on device" ]
  then
    echo "full: $name $*: status $status, and it says:" >&2
    cat "$top/err" >&2
    exit 1
  fi
}

for name in aio-sim echo httpd pool proxy timers wakes; do
  if [ ! -x "$build/$name" ]; then
    echo "full: there is no $build/$name: swift build --product $name" >&2
    exit 1
  fi
  refuses "$name" --help
done
refuses aio-sim --version
refuses aio-sim --seeds 3
refuses aio-sim --seed 3
refuses aio-sim --seed 3 --verbose
refuses pool -t 1 -n 100 -r 1 flat
refuses timers 100
refuses wakes 10
refuses echo
refuses httpd
refuses proxy --to 'tcp!127.0.0.1!9'

# Who only does not read any more is none of a server's business: it begins, and serves.
if [ -r /proc/self/status ]; then
  mkfifo "$top/pipe"
  exec 3<>"$top/pipe" 4>"$top/pipe"
  exec 3<&-
  "$build/echo" >&4 2>"$top/err" &
  server=$!
  exec 4>&-
  # It is about to say that it is ready when it has a handler of SIGUSR1.
  while kill -0 "$server" 2>/dev/null && ! grep -q '^SigCgt:.*[2367abef]..$' "/proc/$server/status"
  do :; done 2>/dev/null
  kill -TERM "$server" 2>/dev/null || :
  status=0
  wait "$server" || status=$?
  if [ "$status" != 0 ] || [ -s "$top/err" ]; then
    echo "full: a server whose reader has gone: status $status" >&2
    cat "$top/err" >&2
    exit 1
  fi
fi
echo 'full: what cannot be written is told'
