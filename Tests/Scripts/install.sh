#!/bin/sh
# conf/LIBAIO: described for every make; and, with CHECK_LONG=1, built, installed and used from
# outside by programs in C and Swift.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
cd "$root"

fail() {
  echo "install: $1" >&2
  if [ -s "$top/said" ]; then
    grep -n -e 'error:' "$top/said" | head -n 20 >&2 || :
    tail -n 20 "$top/said" >&2
  fi
  exit 1
}
wants() { if [ "$2" != "$3" ]; then fail "$1: '$2' instead of '$3'"; fi; }
quietly() { "$@" >"$top/said" 2>&1 || fail "$*"; }

# The generator takes it, without a word, for every make and with every option.
for name in LIBAIO SIMULATE TREE_SPLAY; do
  quietly "$config" -W error --make gnu --ninja -d "$top/made/$name" "conf/$name"
  if grep -q -v -e "files changed$" "$top/said"; then fail "config has something to say of $name"; fi
done
printf 'like LIBAIO\noption SHARED\noption AIO_BACKEND epoll\n' >"$top/SHARED"
quietly "$config" -W error --make bsd -s "$root" -I "$root/conf" -d "$top/shared" "$top/SHARED"
# What a library holds, those that need it do not hold again.
objects=$(sed -n '/^OBJS.libFmt.a/,/[^\\]$/p' "$top/made/LIBAIO/Makefile" | grep -c 'o/\.swift')
wants 'modules in libFmt' "$objects" 1

# The Makefile at the top is for both makes.
flavours='make'
if command -v bmake >/dev/null; then flavours='bmake make'; fi
for make in $flavours; do
  quietly env CONFIG="$config" "$make" config NAME=TREE_SPLAY
  if ! (cd compile/TREE_SPLAY.* && "$make" -n all) >"$top/said" 2>&1; then
    fail "make config made nothing that $make can read"
  fi
done

if [ -z "${CHECK_LONG-}" ]; then
  echo 'install: described; CHECK_LONG=1 builds and installs it, too'
  exit 0
fi

# All of it, for debugging, which is the cheaper half (-g); DESTDIR and PREFIX are honoured.
build=$root/compile/check-install
quietly "$config" -g -d "$build" conf/LIBAIO
quietly make -j 2 -C "$build"
top_make() { # TARGET: by the Makefile at the top, for this build directory
  quietly env CONFIG="$config" make "$1" CONFIGFLAGS="-g -d $build" BUILD="$build" \
    DESTDIR="$top/dest" PREFIX=/opt/9unix
}
top_make install
P9UNIX=$top/dest/opt/9unix
export P9UNIX
quietly make -C "$build"
if grep -q -e ' -c ' -e 'swiftc' "$top/said"; then fail 'a second make has something to do'; fi

# C, by pkg-config.
cd "$top"
cat >hello.c <<'END'
#include <nine.h>

int
main(int argc, char **argv)
{
  (void)argc;
  p9_setargv0(argv[0]);
  p9_werrstr("nothing is %d", 42);
  return p9_print("hello, %s: %r\n", "world") < 0;
}
END
PKG_CONFIG_PATH=$P9UNIX/lib/pkgconfig
export PKG_CONFIG_PATH
# What pkg-config prints is a list of words.
# shellcheck disable=SC2046
quietly gcc -Wall -Wextra -Werror -o hello hello.c $(pkg-config --cflags --libs 9unix)
wants C "$(LD_LIBRARY_PATH=$(pkg-config --variable=libdir 9unix) ./hello)" \
  'hello, world: nothing is 42'

# Swift: modules, C modules beneath them, and the other package's.
cat >greet.swift <<'END'
import Lib9c
import LibAIO
import LibFmt
import SystemPackage

fprint(1, "%5d|%s\n", 42, FilePath("/a/b").lastComponent?.string ?? "?")
fprint(1, "%s\n", quote("it's"))
let loop = try Aio.World.machine.makeLoop()
withExtendedLifetime(loop) {}
END
swift=$(pkg-config --variable=swiftdir 9unix)
quietly swiftc -I "$swift" -L "$P9UNIX/lib" -lFmt -lUTF -l9c -lAIO -lSys9 greet.swift -o greet \
  -Xlinker -rpath -Xlinker "$P9UNIX/lib"
expected="   42|b
'it''s'"
wants Swift "$(./greet)" "$expected"

# The same by 9l: shared, with archives, and static.
quietly gcc -c "-I$P9UNIX/include/9unix" hello.c
quietly swiftc -I "$swift" -c greet.swift -o greet.o
for how in '' -a -static; do
  # shellcheck disable=SC2086
  quietly "$P9UNIX/bin/9l" $how -o hello hello.o
  wants "9l $how, C" "$(./hello)" 'hello, world: nothing is 42'
  # shellcheck disable=SC2086
  quietly "$P9UNIX/bin/9l" $how -o greet greet.o
  wants "9l $how, Swift" "$(./greet)" "$expected"
done

# The installed config finds its conf/ beside itself; an edited toolchain counts.
mkdir -p tree/conf tree/src
printf 'program p\n\tsrc/p.c\n' >tree/conf/P
echo 'int main(void) { return 0; }' >tree/src/p.c
sed -i 's/-O2 -g/-O1/' "$P9UNIX/conf/config.cc.mk"
(unset P9UNIX && cd tree && "$top/dest/opt/9unix/bin/config" conf/P >/dev/null)
grep -q 'CFLAGS = -O1' tree/compile/P.*/Makefile || fail 'the installed conf/ is not looked at'

cd "$root"
# The way out.
top_make uninstall
left=$(find "$P9UNIX" -type f | sed "s,$P9UNIX/,,")
wants 'left behind' "$left" 'conf/config.cc.mk'

# SHARED: the same objects, and programs that find their libraries beside themselves.
quietly "$config" -g -s "$root" -I "$root/conf" -d "$build" "$top/SHARED"
quietly make -j 2 -C "$build" 9cat
if ! readelf -d "$build/9cat" | grep -q 'NEEDED.*libBio.so.1'; then fail 'SHARED shares nothing'; fi
wants 'a program with SHARED' "$(cd / && echo a | "$build/9cat" -n)" "$(printf '     1\ta')"
echo "install: built, installed, used and removed"
