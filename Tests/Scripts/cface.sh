#!/bin/sh
# A C program, compiled by gcc, that uses the C face of 9unix and links to libnine.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

swift build -q --package-path "$root" --product nine >&2
built=$(swift build --package-path "$root" --show-bin-path)
runtime=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
face=$root/Sources/9unix/CNineFace/include

# The header is C99 and C++, without a warning.
gcc -std=c99 -D_POSIX_C_SOURCE=200809L -O -Wall -Wextra -Werror -I "$face" \
  -c "$root/Tests/Scripts/cface/main.c" -o "$top/main.o"
printf '#include <nine.h>\nint main() { return 0; }\n' >"$top/header.cc"
g++ -Wall -Wextra -Werror -I "$face" -fsyntax-only "$top/header.cc"

# What the library wants of Swift stands in its objects.
swift-autolink-extract "$built/libnine.a" -o "$top/flags"
gcc -o "$top/program" "$top/main.o" "$runtime/linux/$(uname -m)/swiftrt.o" "$built/libnine.a" \
  -L "$runtime/linux" -Wl,-rpath,"$runtime/linux" @"$top/flags" -lm

said=$("$top/program" "$top" all) || {
  printf 'cface: %s\n' "$said" >&2
  exit 1
}
if [ "$said" != 'done, 0 faults' ]; then
  printf 'cface: the program says: %s\n' "$said" >&2
  exit 1
fi

status=0
said=$("$top/program" broken 2>&1) || status=$?
if [ "$status" != 1 ] || [ "$said" != "$top/program: broken: the reason" ]; then
  printf 'cface: sysfatal says with status %s: %s\n' "$status" "$said" >&2
  exit 1
fi

# C1: no function of ours bears a name that C programs or libraries have.
bad=$(nm -g --defined-only "$built/libnine.a" 2>/dev/null | awk '$2 == "T" { print $3 }' |
  grep -E -x 'dial|announce|listen|accept|open|create|wait|print|fprint|errstr|werrstr|sysfatal|regcomp|regexec|inflate|deflate|crc32|adler32' || :)
if [ -n "$bad" ]; then
  printf 'cface: the library exports names of others: %s\n' "$bad" >&2
  exit 1
fi
