#!/bin/sh
# The probes of a stripped server (USDT, as perf and bpftrace use them): gdb finds them, and is told
# of each event, its kind and its cause.  Skipped, with a word, where there is no gdb.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/.build/debug}
top=$(mktemp -d)
debugger=''
trap '[ -z "$debugger" ] || kill -KILL "$debugger" 2>/dev/null || :; rm -rf "$top"' EXIT

fail() {
  echo "probes: $1" >&2
  if [ -s "$top/said" ]; then tail -n 20 "$top/said" >&2; fi
  exit 1
}

for program in gdb strip python3; do
  command -v "$program" >/dev/null || {
    echo "probes: there is no $program (Debian's packages gdb, binutils, python3): skipped" >&2
    exit 0
  }
done
case $(uname -m) in
x86_64 | aarch64) ;;
*)
  echo 'probes: there are none on this machine: skipped' >&2
  exit 0
  ;;
esac

strip -o "$top/echo" "$build/echo"
mkfifo "$top/ready"
cat >"$top/commands" <<'END_OF_COMMANDS'
set confirm off
set pagination off
set breakpoint pending on
handle SIGTERM SIGPIPE nostop noprint pass
break -probe-stap libaio:begin
commands
silent
printf "begin %lu <- %lu, kind %u, op %u\n", $_probe_arg0, $_probe_arg1, $_probe_arg2, $_probe_arg3
continue
end
break -probe-stap libaio:end
commands
silent
printf "end %lu\n", $_probe_arg0
continue
end
END_OF_COMMANDS
printf 'run -p 0 > %s/ready\nquit\n' "$top" >>"$top/commands"
gdb -nx -batch -x "$top/commands" "$top/echo" >"$top/said" 2>&1 </dev/null &
debugger=$!
read -r ready <"$top/ready" || case $(cat "$top/said") in
*ptrace* | *'not permitted'*)
  echo 'probes: processes may not be looked at here: skipped' >&2
  exit 0
  ;;
*) fail 'the server does not begin' ;;
esac
python3 - "${ready##*:}" <<'PY'
import socket
import sys
for _ in range(5):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
PY
pkill -TERM -P "$debugger" -x echo || fail 'the server has gone'
wait "$debugger" || fail 'gdb fails'
debugger=''

# Kind 3 is a completion; op 0 an accept, 2 a receive, which an accept has registered.
accept=$(sed -n 's/^begin \([0-9]*\) <- [0-9]*, kind 3, op 0$/\1/p' "$top/said" | head -n 1)
[ -n "$accept" ] || fail 'there is no event of an accept'
grep -q "^begin [0-9]* <- $accept, kind 3, op 2$" "$top/said" ||
  fail 'there is no receive that the accept has caused'
begun=$(grep -c '^begin ' "$top/said")
ended=$(grep -c '^end ' "$top/said")
[ "$begun" -eq "$ended" ] || fail "$begun events begin, and $ended end"
