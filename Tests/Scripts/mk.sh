#!/bin/sh
# mk/: a library and programs outside, in C and Swift, by GNU make and by BSD make, with 9l.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
linker=${LINK9:-$root/.build/debug/9l}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

fail() {
  echo "mk: $1" >&2
  if [ -s "$top/said" ]; then tail -n 20 "$top/said" >&2; fi
  exit 1
}

# An installation without libraries of ours.
P9UNIX=$top/9unix
export P9UNIX
mkdir -p "$P9UNIX/bin" "$P9UNIX/lib" "$P9UNIX/include/9unix"
cp "$linker" "$P9UNIX/bin/9l"
cp "$root/Sources/9unix/CNineFace/include/autolib.h" "$P9UNIX/include/9unix/"
sh "$root/bin/install-tree" "$P9UNIX" "$config" >"$top/said" || fail 'install-tree'

# A library whose header says what it is, and one that needs it.
mkdir "$top/greet" "$top/polite" "$top/hello" "$top/swift"
cat >"$top/greet/Makefile" <<'END'
p9root = ${P9UNIX}
LIB = libgreet
OFILES = greet.o
HFILES = greet.h
MAN = greet.3
include ${p9root}/mk/Makefile.inc
END
cat >"$top/greet/greet.h" <<'END'
#include <autolib.h>
AUTOLIB(greet)
const char *greeting(void);
END
printf '#include "greet.h"\nconst char *greeting(void) { return "hello"; }\n' >"$top/greet/greet.c"
printf '.Dd November 21, 2025\n.Dt GREET 3\n.Os\n' >"$top/greet/greet.3"
sed -e 's/libgreet/libpolite/; s/greet/polite/g' "$top/greet/Makefile" | grep -v MAN \
  >"$top/polite/Makefile"
cat >"$top/polite/polite.h" <<'END'
#include <autolib.h>
AUTOLIB(polite)
double politely(double x);
END
cat >"$top/polite/polite.c" <<'END'
#include <greet.h>
#include <math.h>
#include <stdio.h>
#include "polite.h"
double politely(double x) { return printf("%s, if you please\n", greeting()) + cos(x); }
END
cat >"$top/hello/Makefile" <<'END'
p9root = ${P9UNIX}
TARG = hello
OFILES = hello.o more.o
SCRIPTS = hello.sh
CLEANFILES = dust
include ${p9root}/mk/Makefile.inc
END
cat >"$top/hello/hello.c" <<'END'
#include <polite.h>
#include "more.h"
int main(int argc, char **argv) { (void)argv; return politely(argc) > 99 ? 1 : more(); }
END
printf '#define MORE 0\nint more(void);\n' >"$top/hello/more.h"
printf '#include "more.h"\nint more(void) { return MORE; }\n' >"$top/hello/more.c"
printf '#!/bin/sh\nexec hello\n' >"$top/hello/hello.sh"

wants() { if [ "$2" != "$3" ]; then fail "$1: '$2' instead of '$3'"; fi; }

build() { # MAKE DIRECTORY TARGET...
  make=$1 in=$2
  shift 2
  (cd "$top/$in" && $make "$@") >"$top/said" 2>&1 || fail "$make $* in $in"
}

makes='make'
if command -v bmake >/dev/null; then makes="$makes bmake"; fi
for make in $makes; do
  build "$make" greet install
  test -f "$P9UNIX/lib/libgreet.so" || fail 'there is no libgreet.so'
  test -f "$P9UNIX/lib/libgreet.a" || fail 'there is no libgreet.a'
  test -f "$P9UNIX/include/9unix/greet.h" || fail 'greet.h is not installed'
  test -f "$P9UNIX/share/man/man3/greet.3" || fail 'greet.3 is not installed'
  build "$make" polite install
  build "$make" hello all
  wants "$make: hello" "$("$top/hello/hello")" 'hello, if you please'
  # A second run does nothing.
  build "$make" hello all
  if grep -q -e '9l' -e ' -c ' "$top/said"; then fail "$make: something is left to do"; fi
  # A header that changes compiles what includes it; bmake looks at whole seconds.
  (cd "$top/hello" && touch -d '1 minute ago' ./*.[ch] && touch -d '40 seconds ago' ./*.o &&
    touch -d '20 seconds ago' hello)
  sed -i 's/MORE 0/MORE 3/' "$top/hello/more.h"
  build "$make" hello all
  status=0
  "$top/hello/hello" >/dev/null || status=$?
  wants "$make: after a header" "$status" 3
  sed -i 's/MORE 3/MORE 0/' "$top/hello/more.h"
  build "$make" hello nuke
  # With archives, for another place, for debugging.
  build "$make" hello install LDFLAGS=-a DEBUG=1 DESTDIR="$top/dest" PREFIX=/opt/x
  if ! grep -q -e '-O0' "$top/said"; then fail "$make: DEBUG=1 is not for debugging"; fi
  wants "$make: installed" "$("$top/dest/opt/x/bin/hello")" 'hello, if you please'
  test -x "$top/dest/opt/x/bin/hello.sh" || fail 'hello.sh is not installed'
  if readelf -d "$top/hello/hello" | grep -q greet; then fail "$make: -a linked a shared library"; fi
  : >"$top/hello/dust"
  build "$make" hello clean
  wants "$make: clean leaves" "$(cd "$top/hello" && echo *)" \
    'Makefile hello hello.c hello.sh more.c more.h'
  for in in hello polite greet; do build "$make" "$in" nuke; done
  wants "$make: nuke leaves" "$(cd "$top/greet" && echo *)" 'Makefile greet.3 greet.c greet.h'
  rm -rf "${P9UNIX:?}/lib" "$P9UNIX/share" "$top/dest"
  mkdir "$P9UNIX/lib"
done

# A module of Swift as a library, and a program of two files on it.
cat >"$top/swift/Makefile" <<'END'
p9root = ${P9UNIX}
LIB = libCount
MODULE = LibCount
SFILES = count.swift
SWIFTFLAGS = -Onone
include ${p9root}/mk/Makefile.inc
END
echo 'public func count() -> Int { 41 }' >"$top/swift/count.swift"
build make swift install
mkdir "$top/program"
cat >"$top/program/Makefile" <<'END'
p9root = ${P9UNIX}
TARG = counts
MODULE = Counts
SFILES = main.swift more.swift
SWIFTFLAGS = -Onone
include ${p9root}/mk/Makefile.inc
END
printf 'import LibCount\nprint(count() + more())\n' >"$top/program/main.swift"
echo 'func more() -> Int { 1 }' >"$top/program/more.swift"
build make program all
wants 'a program in Swift' "$("$top/program/counts")" 42

# What depends on the system is a file of its name; what a make reads, both can read.
for file in "$root"/mk/Makefile.*; do
  case $file in
  *.inc | *.cfg | *.tree*) continue ;;
  esac
  # shellcheck disable=SC2016
  printf 'include %s\nall:\n\t@echo "${SOEXT}${ARCHFLAGS}"\n' "$file" >"$top/probe"
  wants "$file" "$(make -s -f "$top/probe")" "$(bmake -s -f "$top/probe" 2>/dev/null ||
    make -s -f "$top/probe")"
done
echo "mk: $makes"
