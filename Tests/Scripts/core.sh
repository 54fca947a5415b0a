#!/bin/sh
# A core file of a stripped server tells what its loops were doing: Sources/libaio/gdb/aio.py finds
# the rings by the program's section.  Skipped, with a word, where there is no gdb.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/.build/debug}
top=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || :; rm -rf "$top"' EXIT

fail() {
  echo "core: $1" >&2
  for file in "$top/said" "$top/gcore.log"; do
    if [ -s "$file" ]; then tail -n 20 "$file" >&2; fi
  done
  exit 1
}

for program in gdb gcore strip python3; do
  command -v "$program" >/dev/null || {
    echo "core: there is no $program (Debian's packages gdb, binutils, python3): skipped" >&2
    exit 0
  }
done
if ! gdb -nx -batch -ex 'python print(1)' >/dev/null 2>&1; then
  echo 'core: this gdb has no Python: skipped' >&2
  exit 0
fi

strip -o "$top/echo" "$build/echo"
mkfifo "$top/ready"
"$top/echo" -t 2 --trace "$top/trace" >"$top/ready" &
server=$!
read -r ready <"$top/ready"
python3 - "${ready##*:}" <<'PY'
import socket
import sys
for _ in range(20):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
PY
gcore -o "$top/core" "$server" >"$top/gcore.log" 2>&1 ||
  case $(cat "$top/gcore.log") in
  *'ptrace'* | *'not permitted'*)
    echo 'core: processes may not be looked at here: skipped' >&2
    exit 0
    ;;
  *) fail 'gcore fails' ;;
  esac
gdb -nx -batch -x "$root/Sources/libaio/gdb/aio.py" -ex 'aio loops' -ex 'aio records' \
  "$top/echo" "$top/core.$server" >"$top/said" 2>&1 || fail 'gdb fails'

[ "$(grep -c '^loop [01]: worker [01], waiting; events ' "$top/said")" = 2 ] ||
  fail 'two loops that wait are not found'
for words in 'completion accept' 'completion receive' 'completion send' 'completion close'; do
  from='from Servers/[A-Z][A-Za-z]*\.swift:[1-9][0-9]* in [a-z]'
  grep -q "^loop [01]: [01]\.[0-9]* .*$words $from.*, for [A-Z][A-Za-z]*$" "$top/said" ||
    fail "there is no record of '$words', with its place and receiver"
done
# What is no core of ours is said to be none.
gdb -nx -batch -x "$root/Sources/libaio/gdb/aio.py" -ex 'aio loops' "$(command -v strip)" \
  >"$top/said" 2>&1 || :
grep -q 'no section eel_dbg' "$top/said" || fail 'a program without loops is not noticed'
