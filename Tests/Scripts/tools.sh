#!/bin/sh
# The helpers in bin/, and syms: each does on a small case what it is there for.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
syms=${SYMS:-$root/.build/debug/syms}
config=${CONFIG:-$root/.build/debug/config}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
cd "$top"

fail() {
  echo "tools: $1" >&2
  exit 1
}
wants() { if [ "$2" != "$3" ]; then fail "$1: '$2' instead of '$3'"; fi; }
refuses() { # STATUS COMMAND...
  wanted=$1
  shift
  status=0
  "$@" >/dev/null 2>&1 || status=$?
  wants "$*" "status $status" "status $wanted"
}

for program in arch config describe genhdr genprog install-tree package run runit split; do
  case $program in
  config) continue ;; # config's own --help
  esac
  "$root/bin/$program" --help | grep -q "^usage: bin/$program" || fail "$program --help"
done
for program in arch describe genhdr run runit split; do refuses 2 "$root/bin/$program" --nosuch; done

# split: records of ours, and lines of a name and numbers.
printf '# old ones\na 1 10\nb 2 20\na 3 30\n' >lines
wants split "$("$root/bin/split" lines | tr '\n' ' ')" './a ./b '
wants 'split a' "$(tr '\n' ' ' <a)" '1 3 '
"$root/bin/split" -m 3 -d third <lines >/dev/null
wants 'split column 3' "$(tr '\n' ' ' <third/a)" '10 30 '
refuses 1 "$root/bin/split" /dev/null
printf 'a/b 1\na.b 2\na/b 3\n' >odd
wants 'split odd names' "$("$root/bin/split" -d odd.d odd | tr '\n' ' ')" 'odd.d/a_b odd.d/a.b '
printf 'a/b 1\na:b 2\n' >odd
refuses 1 "$root/bin/split" -d odd.d odd

# run and runit: numbers that ministat reads.
"$root/bin/run" -n 3 -o record.jsonl one='true' two='/bin/true' >/dev/null 2>&1 || fail run
"$root/bin/split" -d runs record.jsonl >/dev/null
wants 'run' "$(cat runs/one runs/two | grep -c '^[0-9.e-]*$')" 6
refuses 2 "$root/bin/run" 'no command'
"$root/bin/runit" -n 3 sh -c "test \"it's\" = \"it's\"" >numbers || fail runit
wants 'runit' "$(grep -c '^[0-9.e-]*$' numbers)" 3
refuses 2 "$root/bin/runit" -n 3 /no/such/program

# genprog and genhdr: directives that config takes.
mkdir conf src include
printf '#include <math.h>\n#include "part.h"\nint main(void) { return (int)cos(PART); }\n' >src/main.c
echo '#define PART 1' >src/part.h
echo 'int part;' >src/part.c
echo 'int api(void);' >include/api.h
printf './src/main.c\nsrc/part.c\n' | "$root/bin/genprog" hello >conf/HELLO
"$root/bin/genhdr" -m apis -i include/hello include >>conf/HELLO
cat >expected <<'END'
program	hello
	src/main.c
	src/part.c
	src/part.h
	library -lm
module	apis
	include/api.h
	install include/hello
END
cmp expected conf/HELLO || fail "genprog says: $(cat conf/HELLO)"
"$config" -W error conf/HELLO >/dev/null || fail 'config does not take what genprog wrote'
refuses 1 sh -c "'$root/bin/genprog' x </dev/null"

# syms: functions, lines, and text with addresses in it.
cat >p.c <<'END'
int f(int x) { return x * 3; }
int main(void) { return f(2); }
END
gcc -O0 -g -no-pie -o p p.c
address=$(nm p | sed -n 's/ T f$//p')
wants syms "$("$syms" -s p "0x$address")" "0x$address f+0x0"
case $("$syms" p "$address") in
"$address f+0x0 "*"/p.c:1"*) ;;
*) fail "syms: $("$syms" p "$address")" ;;
esac
wants 'syms as a filter' \
  "$(printf 'at 0x%s, and 0x1\nno more' "$address" | "$syms" -s p)" \
  "$(printf 'at 0x%s (f+0x0), and 0x1\nno more' "$address")"
wants 'syms of a loaded program' \
  "$("$syms" -s -b 0x1000 p "$(printf '0x%x' $((0x$address + 0x1002)))" | sed 's/.* //')" 'f+0x2'
wants 'syms of nothing' "$("$syms" p 0x1)" '0x1 ?'
refuses 2 "$syms"
refuses 2 "$syms" p xyz
refuses 1 "$syms" p.c 0x1
refuses 1 "$syms" /no/such/program 0x1

# install-tree: what was edited stays.
"$root/bin/install-tree" "$top/tree.d" "$config" >/dev/null
echo '# mine' >>tree.d/mk/Makefile.cfg
"$root/bin/install-tree" "$top/tree.d" "$config" | grep -q 'Makefile.cfg was edited' ||
  fail 'install-tree does not see an edited file'
wants 'an edited file' "$(tail -n 1 tree.d/mk/Makefile.cfg)" '# mine'
cmp "$root/mk/Makefile.cfg" tree.d/mk/Makefile.cfg.new
"$root/bin/install-tree" --remove "$top/tree.d"
wants 'what install-tree leaves' "$(cd tree.d && find . -type f | LC_ALL=C sort | tr '\n' ' ')" \
  './mk/Makefile.cfg ./mk/Makefile.cfg.new '
refuses 1 "$root/bin/install-tree" --remove "$top/nosuch"

# describe: a tree of its own, in which files come and go.
mkdir -p tree/bin tree/conf tree/Sources/9unix/A/Sub tree/Sources/bench/b/B
cp "$root/bin/describe" tree/bin/
for file in 9unix/A/a.swift 9unix/A/Sub/c.swift 9unix/A/z.swift bench/b/B/m.c; do
  : >"tree/Sources/$file"
done
printf '# A\nmodule\tA\n\tSources/9unix/A/gone.swift\n\tSources/9unix/A/z.swift\toption Z\n\tmodule B\n\nmodule\tB\n\tSources/bench/b/B/m.c\n' >tree/conf/files
refuses 1 tree/bin/describe --check
tree/bin/describe >/dev/null
printf '# A\nmodule\tA\n\tSources/9unix/A/Sub/c.swift\n\tSources/9unix/A/a.swift\n\tSources/9unix/A/z.swift\toption Z\n\tmodule B\n\nmodule\tB\n\tSources/bench/b/B/m.c\n' >expected
cmp expected tree/conf/files || fail "describe wrote: $(cat tree/conf/files)"
tree/bin/describe --check || fail 'describe is never content'
mkdir -p tree/Sources/9unix/LibNew tree/Sources/examples/new9
printf 'public import A\nimport Glibc\n' >tree/Sources/9unix/LibNew/n.swift
printf 'import LibNew\nimport A\n' >tree/Sources/examples/new9/main.swift
echo '.executable(name: "9new", targets: ["new9"]),' >tree/Package.swift
refuses 1 tree/bin/describe --check
tree/bin/describe >/dev/null
wants 'a new module' "$(tail -n +2 tree/conf/files.9unix)" "$(printf \
  'module\tLibNew\n\tSources/9unix/LibNew/n.swift\n\tmodule A\n\tinstall include/9unix')"
wants 'its library' "$(tail -n 3 tree/conf/files)" \
  "$(printf 'library\tlibNew shared 1.0\n\tmodule LibNew\n\tinstall lib')"
wants 'a new program' "$(tail -n 4 tree/conf/files.programs)" "$(printf \
  'program\t9new\n\tSources/examples/new9/main.swift\n\tmodule A LibNew\n\tlibrary libNew\toption SHARED')"
tree/bin/describe --check || fail 'describe is never content with what is new'
"$root/bin/describe" --check || fail 'conf/files* are out of date: run bin/describe'
