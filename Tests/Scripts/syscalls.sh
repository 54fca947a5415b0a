#!/bin/sh
# System calls an echo: two on epoll, and a share of one on io_uring, by callbacks and by tasks.
#
# Counted by strace(1), under which events come together: a server that is slow finds many at once.
# Two loads that differ in length alone, so that starting and connecting cancel out.  The limits
# have two sides: fewer calls than that would mean that they are not counted.
#
# BIN is where the programs are; SYSCALLS_BACKENDS what echo runs on, "epoll uring" if not set.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${BIN:-$root/.build/debug}
top=$(mktemp -d)
tracer=
trap 'test -z "$tracer" || kill -9 "$tracer" 2>/dev/null; rm -rf "$top"' EXIT

skip() {
  echo "syscalls: skipped: $1"
  exit 0
}

test "$(uname -s)" = Linux || skip 'strace is for Linux'
command -v strace >/dev/null || {
  apt-get install -y -q strace >/dev/null 2>&1 || skip 'there is no strace, nor can it be installed'
}
command -v cc >/dev/null || skip 'there is no C compiler for the load generator'
cc -O2 -o "$top/load" "$root/Sources/bench/peers/load.c"
strace -qq -o /dev/null true 2>/dev/null || skip 'strace may not trace here'

# count SECONDS OPTION ...: "CALLS REQUESTS" of a server that is loaded for so long.
count() {
  seconds=$1
  shift
  : >"$top/ready"
  strace -f -c -qq -o "$top/calls" "$bin/echo" "$@" -p 0 >"$top/ready" &
  tracer=$!
  tries=0
  until grep -q listening "$top/ready"; do
    kill -0 "$tracer" 2>/dev/null && test "$tries" -lt 600 || return 1
    tries=$((tries + 1))
    sleep 0.1
  done
  server=$(cut -d' ' -f1 "/proc/$tracer/task/$tracer/children")
  "$top/load" -c 100 -t "$seconds" -w 0 "$(sed 's/.*://' "$top/ready")" "$server" >"$top/load.out"
  kill "$server"
  { wait "$tracer" || :; } 2>/dev/null
  tracer=
  echo "$(awk '$NF == "total" { print $4 }' "$top/calls") $(cut -d' ' -f2 "$top/load.out")"
}

# check NAME LEAST MOST OPTION ...: the calls an echo are between the two.
check() {
  name=$1 least=$2 most=$3
  shift 3
  short=$(count 0.2 "$@")
  long=$(count 0.8 "$@")
  echo "$short $long" | awk -v name="$name" -v least="$least" -v most="$most" '{
    each = ($3 - $1) / ($4 - $2)
    printf "syscalls: %s: %.3f an echo\n", name, each
    if (each >= least && each <= most) exit 0
    printf "syscalls: %s: wanted %s to %s; see strace -f -c\n", name, least, most
    exit 1
  }'
}

if "$bin/echo" --help | grep -q backend; then :; else
  echo "syscalls: $bin/echo is not the runtime's: build it, or set BIN" >&2
  exit 1
fi
for backend in ${SYSCALLS_BACKENDS:-epoll uring}; do
  case $backend in
  epoll)
    check epoll 1.9 2.4 --backend epoll
    check 'epoll, by tasks' 1.9 2.4 --backend epoll --async
    ;;
  kqueue)
    # Two are ours; libkqueue asks the socket how much there is to read.
    check kqueue 2.9 3.4 --backend kqueue
    check 'kqueue, by tasks' 2.9 3.4 --backend kqueue --async
    ;;
  uring)
    # One that may use a ring is still there after a second.
    status=0
    timeout 1 "$bin/echo" --backend uring -p 0 >/dev/null 2>&1 || status=$?
    if [ "$status" = 124 ]; then
      check io_uring 0.005 0.2 --backend uring
      check 'io_uring, by tasks' 0.005 0.3 --backend uring --async
    else
      echo 'syscalls: io_uring is not allowed here: skipped'
    fi
    ;;
  esac
done
