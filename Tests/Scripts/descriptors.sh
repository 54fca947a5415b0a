#!/bin/sh
# fdserve hands out open files below its folder and nothing else; 9scan finds its TCP port.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=${BIN:-$root/.build/debug}
top=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$top"' EXIT
mkdir -p "$top/root/sub" "$top/out"
echo hello >"$top/root/sub/a"
echo secret >"$top/out/secret"
ln -s "$top/out" "$top/root/link"
ln -s ../../out/secret "$top/root/sub/link"
mkfifo "$top/root/pipe"

fail() {
  echo "descriptors: $1" >&2
  exit 1
}

# ask NAME: what the server says; it ends after one request, so that nothing is left over.
ask() {
  rm -f "$top/sock"
  "$bin/fdserve" -1 "$top/root" "unix!$top/sock" &
  server=$!
  tries=0
  # The socket is there as soon as the server listens, or a little before.
  while ! answer=$("$bin/fdget" "unix!$top/sock" "$1" 2>&1); do
    case $answer in
    *"$top/sock"*) ;;
    *) break ;;
    esac
    kill -0 "$server" 2>/dev/null || break
    tries=$((tries + 1))
    [ "$tries" -lt 100000 ] || fail "the server does not listen"
  done
  wait "$server" || fail "the server failed"
  server=
  printf '%s\n' "$answer"
}

[ "$(ask sub/a)" = hello ] || fail "a file is served"
[ "$(ask ./sub/../sub//a)" = hello ] || fail "names are cleaned"
for name in link/secret sub/link ../out/secret pipe sub nothing; do
  case $(ask "$name") in
  *hello* | *secret) fail "$name was served" ;;
  *fdget:*) ;;
  *) fail "$name: no complaint" ;;
  esac
done
if "$bin/scan9" -p 1 -u 1000 127.0.0.1 >/dev/null 2>&1; then
  fail "nobody listens on port 1"
fi
if "$bin/scan9" -p 1-0 127.0.0.1 >/dev/null 2>&1; then
  fail "ports go up"
fi
