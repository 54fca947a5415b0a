# What a POSIX shell that was built right can do.  Run by the shell in question, which is named
# by the argument: SHELL test.sh SHELL.  dash's source carries no tests; these are ours.

checks=0 failures=0 shell=$1
LC_ALL=C
export LC_ALL
dir=$(mktemp -d) && cd "$dir" || exit 1
trap 'cd /; rm -rf "$dir"' EXIT

# equal FOUND WANTED
equal() {
  checks=$((checks + 1))
  if [ "$1" = "$2" ]; then return 0; fi
  failures=$((failures + 1))
  printf 'check %d: found <%s>, wanted <%s>\n' "$checks" "$1" "$2"
}
# run SCRIPT [ARGUMENT...]: what a new shell says to SCRIPT, without its own name, and its status
run() {
  { "$shell" -c "$@" 2>&1; echo "=$?"; } | sed 's/^.*: 1: //'
}

# Expansion.
a=path/to/file.tar.gz unset_one='' n=3
unset none
equal "${a#*/}|${a##*/}|${a%.*}|${a%%.*}|${#a}" 'to/file.tar.gz|file.tar.gz|path/to/file.tar|path/to/file|19'
equal "${none-x}|${none:-y}|${unset_one-x}|${unset_one:-z}|${a:+set}" 'x|y||z|set'
equal "${none:=given}$none" givengiven
equal "$(run 'echo "${none?is missing}"')" "none: is missing
=2"
equal "$(echo "a  b" | { read -r x y; echo "$x,$y"; })" a,b
equal "$(printf '%s|' "$@" a b)" "$(for w in "$@" a b; do printf '%s|' "$w"; done)"
equal "$(set -- 1 '2 3' 4; echo $# "$2"; shift 2; echo "$*")" '3 2 3
4'
equal "$(IFS=:; set -- $(echo a:b::c); echo $#)" 4
equal "$((n * (2 + 4) % 7)) $((0x1f ^ 1)) $((1 << 40)) $((n > 2 ? 10 : 20)) $((-7 / 2))" '4 30 1099511627776 10 -3'
equal "$((n += 4))$n" 77
equal "$(echo {a,b} ~+ "$(echo 'in "quotes"')")" '{a,b} ~+ in "quotes"'
equal "$(cat <<EOF
$n $(echo sub) \$n
EOF
)" '7 sub $n'
equal "$(cat <<-'EOF'
	$n
	EOF
)" '$n'
touch one.c two.c three.h .hidden '[x]'
equal "$(echo *.c)" 'one.c two.c'
equal "$(echo [!ot]* nothing*)" '[x] nothing*'
equal "$(echo '[x]' \[*)" '[x] [x]'
equal "$(case file.c in *.[ch]) echo source ;; *) echo other ;; esac)" source
equal "$(case x in a | x) echo yes ;; esac)" yes

# Commands.
equal "$(for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done)" '1
3'
equal "$(i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; until [ $i = 0 ]; do i=$((i - 1)); done; echo $i)" 0
f() { local v=inner; echo "$v $1"; return 5; }
v=outer
equal "$(f arg; echo "$? $v")" 'inner arg
5 outer'
equal "$( (exit 3); echo $?)" 3
equal "$(if ! false && { true || exit 1; }; then echo ok; fi)" ok
equal "$(echo one two | sed 's/one/1/' | tr 'a-z' 'A-Z')" '1 TWO'
equal "$(false | true; echo $?)" 0
equal "$(eval 'x=1; echo $x$x')" 11
fact() { if [ "$1" -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }
equal "$(fact 15)" 1307674368000
equal "$(alias say=echo; eval 'say hi'; unalias say; type say 2>/dev/null || echo gone)" 'hi
say: not found
gone'
equal "$(command -v cd; type f | head -n 1)" 'cd
f is a shell function'

# Redirection.
echo text >out
echo more >>out
equal "$(cat <out)" 'text
more'
equal "$( { echo to-out; echo to-err >&2; } 2>&1 >/dev/null)" to-err
exec 4>four; echo four >&4; exec 4>&-
equal "$(cat four)" four
set -C
equal "$( (echo x >out) 2>/dev/null || echo kept)" kept
set +C
equal "$(read -r line <out; echo "$line")" text
equal "$(cat <<A; cat <<B
first
A
second
B
)" 'first
second'

# Built-in commands.
equal "$(printf '%05d|%-4s|%x|%c|%b|%s' 42 ab 255 xyz 'a\tb' 100%)" '00042|ab  |ff|x|a	b|100%'
equal "$(printf '%.2f %e' 3.14159 12345)" '3.14 1.234500e+04'
equal "$([ -f out ] && [ ! -d out ] && [ out -ef out ] && [ 5 -gt 3 ] && [ a != b ] && echo yes)" yes
equal "$([ \( 1 = 2 -o 3 = 3 \) -a -n x ] && echo yes)" yes
equal "$(while getopts ab: o -a -b val rest; do echo "$o=$OPTARG"; done)" 'a=
b=val'
equal "$(umask 027; umask; umask -S)" '0027
u=rwx,g=rx,o='
equal "$(cd / && pwd; cd - >/dev/null && pwd)" "/
$dir"
equal "$(kill -l 15)" TERM
equal "$(x=5; export x; "$shell" -c 'echo $x')" 5
equal "$(readonly r=1; (r=2) 2>/dev/null || echo constant)" constant
equal "$(set -- c a b; for w; do echo "$w"; done | sort | tr '\n' ' ')" 'a b c '
equal "$(ulimit -n | tr -d 0-9)" ''
equal "$(echo "$LINENO" | tr -d 0-9)" ''
equal "$(times | wc -l | tr -d ' ')" 2

# Processes and signals.
equal "$(sleep 0 & wait $!; echo $?)" 0
equal "$( (exit 7) & wait $!; echo $?)" 7
equal "$(run 'trap "echo caught" USR1; kill -USR1 $$; echo after')" 'caught
after
=0'
equal "$(run 'trap "echo bye" EXIT; exit 4')" 'bye
=4'
equal "$(run 'kill -KILL $$; echo not reached' 2>/dev/null | tail -n 1)" '=137'
equal "$(jobs)" ''

# Options and errors.
equal "$(run 'set -e; false; echo not reached')" '=1'
equal "$(run 'set -u; echo $nothing')" "nothing: parameter not set
=2"
equal "$(run 'set -x; echo a')" '+ echo a
a
=0'
equal "$(run 'set -n; echo a')" '=0'
equal "$(run 'echo "$0 $1"' zero one)" 'zero one
=0'
equal "$(run 'nosuchcommand')" "nosuchcommand: not found
=127"
equal "$(run 'if')" "Syntax error: end of file unexpected (expecting \"then\")
=2"
equal "$(run 'case x in')" "Syntax error: end of file unexpected (expecting \")\")
=2"
equal "$(echo 'echo from stdin' | "$shell")" 'from stdin'

echo "$((checks - failures)) of $checks checks"
if [ "$failures" != 0 ]; then exit 1; fi
