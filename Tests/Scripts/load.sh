#!/bin/sh
# The runtime's servers under load and faults: peers that do not read, that stop, that come all at
# once; too few descriptors, a dead target, signals in the middle.  A short form by default
# (epoll by callbacks, io_uring by tasks), everything with CHECK_LONG=1.  BUILD is where the
# programs are, .build/debug if it is not set; --help says more.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${BUILD:-$root/.build/debug}
for program in echo httpd proxy; do
  if [ ! -x "$build/$program" ]; then
    echo "load: there is no $build/$program: swift build --product $program" >&2
    exit 1
  fi
done
for program in python3 gcc; do
  command -v "$program" >/dev/null || {
    echo "load: there is no $program" >&2
    exit 1
  }
done
exec python3 -B "$here/load/main.py" --build "$build" ${CHECK_LONG:+--long} "$@"
