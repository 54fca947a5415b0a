#!/bin/sh
# The kqueue back end, which the normal build does not have: with AIO_KQUEUE in the environment the
# package is the runtime with it, on libkqueue.  Real clients use the programs (clients.sh), bytes
# go through a proxy, system calls are counted, and the tests of the runtime run, on kqueue as on
# its other back ends.  The build takes minutes: with CHECK_LONG=1 alone.
#
# libkqueue is what pkg-config finds (PKG_CONFIG_PATH says where else to look), or Debian's package
# where there is one.  KQUEUE_BUILD is the folder to build in, .build/kqueue if it is not set;
# KQUEUE_TESTS chooses the tests, as `swift test --filter` does.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${KQUEUE_BUILD:-$root/.build/kqueue}
top=$(mktemp -d)
running=''
clean() {
  for pid in $running; do kill -KILL "$pid" 2>/dev/null || :; done
  rm -rf "$top"
}
trap clean EXIT

skip() {
  echo "kqueue: $1: skipped" >&2
  exit 0
}

fail() {
  echo "kqueue: $1" >&2
  for log in "$top"/*.log; do
    if [ -s "$log" ]; then tail -n 20 "$log" >&2; fi
  done
  exit 1
}

[ "$(uname)" = Linux ] || skip 'this is for Linux and its libkqueue'
[ -n "${CHECK_LONG-}" ] || skip 'builds the runtime a second time, with CHECK_LONG=1 alone'
for program in pkg-config python3 swift; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
if ! pkg-config --exists libkqueue && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get install -y libkqueue-dev >"$top/apt.log" 2>&1 || :
fi
pkg-config --exists libkqueue || skip 'there is no libkqueue (package libkqueue-dev)'

LD_LIBRARY_PATH=$(pkg-config --variable=libdir libkqueue)${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

swift_build() { AIO_KQUEUE=1 swift build --package-path "$root" --scratch-path "$build" "$@"; }

swift_build --build-tests >"$top/build.log" 2>&1 || fail 'the package does not build'
bin=$(swift_build --show-bin-path)
: >"$top/build.log"

CLIENTS_BACKENDS=kqueue BUILD=$bin sh "$root/Tests/Scripts/clients.sh" >"$top/clients.log" 2>&1 ||
  fail 'clients are not served'
SYSCALLS_BACKENDS=kqueue BIN=$bin sh "$root/Tests/Scripts/syscalls.sh" >"$top/calls.log" 2>&1 ||
  fail 'an echo costs more calls than it should'
rm "$top"/*.log

# start NAME ARGUMENT...: starts a program; its port is in $port.
start() {
  name=$1
  shift
  mkfifo "$top/$name.ready"
  "$bin/$name" --backend kqueue "$@" >"$top/$name.ready" 2>"$top/$name.log" &
  running="$running $!"
  read -r ready <"$top/$name.ready" || fail "$name does not begin"
  port=${ready##*:}
}

start echo -t 2
start proxy --to "$port"
python3 - "$port" <<'PY' || fail 'what goes through the proxy to echo does not come back'
import socket
import sys
import threading

# Bytes and the end of them together, and more than any buffer holds; ten at a time.
failed = []


def talk(size):
    data = bytes(range(256)) * (size // 256)
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as connection:

            def send():
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)

            sender = threading.Thread(target=send)
            sender.start()
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
            sender.join()
            if b"".join(pieces) != data:
                failed.append(size)
    except OSError as error:
        failed.append(error)


for size in [256] * 20 + [1 << 20] * 3:
    threads = [threading.Thread(target=talk, args=(size,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
if failed:
    sys.exit(f"{len(failed)} of 230 connections failed, the first with {failed[0]}")
PY
for pid in $running; do kill -TERM "$pid"; done
for pid in $running; do wait "$pid" || fail 'a program that was told to end ends badly'; done
running=''

unended='
  /^[^ ]+ Test "/ && /started[.]$/ { begun[$2] }
  /^[^ ]+ Test "/ && / (passed|failed) after / { delete begun[$2] }
  END { for (test in begun) print "  has not ended: " test }'
timeout -s KILL 1200 "$bin"/*PackageTests.xctest --testing-library swift-testing \
  --filter "${KQUEUE_TESTS:-LibAIOTests}" >"$top/tests.log" 2>&1 || {
  grep -a '^✘' "$top/tests.log" >&2 || :
  awk -F'"' "$unended" "$top/tests.log" >&2
  fail 'the tests fail or hang'
}
grep -q 'kqueue' "$top/tests.log" || fail 'no test ran on kqueue'
