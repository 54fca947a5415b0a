#!/bin/sh
# A build that is spread over distcc: `makeoption LAUNCHER distcc` and a daemon on loopback.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${CONFIG:-$root/.build/debug/config}
top=$(mktemp -d)
chmod 755 "$top"
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :; rm -rf "$top"' EXIT

fail() {
  echo "distcc: $1" >&2
  if [ -e "$top/log" ]; then tail -n 20 "$top/log" >&2; fi
  exit 1
}

for program in distcc distccd; do
  PATH=$PATH:/usr/sbin command -v $program >/dev/null ||
    fail "there is no $program: apt-get install distcc"
done
PATH=$PATH:/usr/sbin

# A port that nobody listens on: the daemon says if it could not have it.
port=$((20000 + $$ % 20000))
mkdir "$top/tmp" "$top/state"
chmod 777 "$top/tmp"
: >"$top/log"
chmod 666 "$top/log"
TMPDIR="$top/tmp" distccd --daemon --allow 127.0.0.1 --listen 127.0.0.1 --port $port --jobs 2 \
  --pid-file "$top/tmp/pid" --log-file "$top/log" --enable-tcp-insecure ||
  fail 'the daemon did not start'
daemon=$(cat "$top/tmp/pid")

mkdir -p "$top/tree/conf" "$top/tree/src"
cd "$top/tree"
printf 'makeoption CC gcc\nmakeoption LAUNCHER distcc\nprogram p\n' >conf/P
printf 'int main(void) { return 0' >src/p.c
i=0
while [ $i -lt 12 ]; do
  printf '\tsrc/f%d.c\n' $i >>conf/P
  printf 'int f%d(void) { return %d; }\n' $i $i >src/f$i.c
  printf ' + f%d()' $i >>src/p.c
  i=$((i + 1))
done
printf '; }\n' >>src/p.c
i=0
while [ $i -lt 12 ]; do
  printf 'int f%d(void);\n' $i
  i=$((i + 1))
done | cat - src/p.c >src/q.c
mv src/q.c src/p.c
printf '\tsrc/p.c\n' >>conf/P

# No falling back: what the daemon does not compile fails.
export DISTCC_HOSTS="127.0.0.1:$port" DISTCC_FALLBACK=0 DISTCC_DIR="$top/state"
for make in gnu ninja; do
  case $make in
  gnu) backend='--make gnu' build='make -j 4' ;;
  ninja) backend=--ninja build='ninja -j 4' ;;
  esac
  # shellcheck disable=SC2086
  "$config" $backend -d "$top/$make" conf/P >/dev/null
  before=$(grep -c 'COMPILE_OK' "$top/log" || :)
  # shellcheck disable=SC2086
  (cd "$top/$make" && $build) >"$top/said" 2>&1 || { cat "$top/said" >&2; fail "$make failed"; }
  status=0
  "$top/$make/p" || status=$?
  if [ $status != 66 ]; then fail "$make: the program gives $status, not 66"; fi
  after=$(grep -c 'COMPILE_OK' "$top/log" || :)
  if [ $((after - before)) != 14 ]; then
    fail "$make: the daemon compiled $((after - before)) of 14 sources"
  fi
done
# The compiler behind the launcher counts: another one compiles anew.
printf '#!/bin/sh\nexec gcc "$@"\n' >"$top/mygcc"
chmod +x "$top/mygcc"
mkdir "$top/tools"
ln -s /usr/bin/gcc "$top/tools/gcc"
sed -i "s;CC gcc;CC $top/tools/gcc;" conf/P
sed -i 's;LAUNCHER distcc;LAUNCHER env;' conf/P
"$config" --make gnu -d "$top/gnu" conf/P >/dev/null
make -C "$top/gnu" >/dev/null
if ! make -q -C "$top/gnu" >/dev/null; then fail 'make has something left to do'; fi
rm "$top/tools/gcc"
cp "$top/mygcc" "$top/tools/gcc"
make -C "$top/gnu" >"$top/said"
if ! grep -q 'env .*gcc -c' "$top/said"; then fail 'another compiler compiled nothing'; fi
