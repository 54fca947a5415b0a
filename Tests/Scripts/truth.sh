#!/bin/sh
# Random edits over GNU make, Ninja and BSD make: every incremental build is that from nothing.
# A few edits by default; bin/check --long makes 500.  --help says more, --seed repeats a run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
if [ ! -x "$config" ]; then
  echo "truth: there is no $config: swift build --product config" >&2
  exit 1
fi
for program in python3 make ninja bmake gcc swiftc; do
  command -v "$program" >/dev/null || {
    echo "truth: there is no $program" >&2
    exit 1
  }
done
# What everybody runs before a change must not depend on the day: there the seed is given.
if [ $# -eq 0 ] && [ -z "${CHECK_LONG-}" ]; then set -- --seed 1; fi
exec python3 -B "$here/truth/main.py" --config "$config" "$@"
