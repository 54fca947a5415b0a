#!/bin/sh
# 9grep beside GNU grep: what it prints and its exit status, for each option and for odd files.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
ours=${NINEGREP:-$root/.build/debug/9grep}
work=$(mktemp -d "${TMPDIR:-/tmp}/9grep.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

printf 'alpha\nbeta gamma\n\nGAMMA delta\nfoo123\nlast' >a
printf 'one\ntwo beta\n' >b
: >empty
printf '\n\n' >newlines
printf 'beta\000binary\nbeta\n' >binary
printf 'beta\n^foo[0-9]+$\n' >patterns
printf 'x.y\na\\b\n(\n' >literals
: >none
awk 'BEGIN { for (i = 0; i < 20000; i++) print i, "line", i * 7919 % 10007, i % 97 == 0 ? "beta" : "" }' >big
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "long line "; print "beta"; print "short" }' >long

failures=0
compare() { # ARGUMENTS...
	status=0 wanted=0
	"$ours" "$@" >ours.out 2>ours.err <a || status=$?
	LC_ALL=C.UTF-8 grep -E --color=never "$@" >theirs.out 2>theirs.err <a || wanted=$?
	sed 's/^grep:/9grep:/' theirs.out >wanted.out
	if [ "$status" -ne "$wanted" ] || ! cmp -s ours.out wanted.out; then
		printf '9grep.sh: 9grep %s: status %s, grep says %s\n' "$*" "$status" "$wanted" >&2
		diff ours.out wanted.out | head -n 5 >&2 || :
		failures=$((failures + 1))
	fi
}

for options in '' -n -v -i -c -l -q -h -nv -vc -lv -hn; do
	for pattern in beta '^$' 'a$' 'gam+a' nothing '' '9.*9 beta'; do
		# grep counts nothing, not even 0, where no line can be selected.
		[ "$options$pattern" != -vc ] || continue
		for files in '' 'a empty - newlines b'; do
			# Options and files are lists.
			# shellcheck disable=SC2086
			compare $options -e "$pattern" $files
		done
	done
done
# Files of several blocks; a line that is longer than one; a file that is no text.
for options in '' -n -c -vc; do
	# shellcheck disable=SC2086
	compare $options '9.*9 beta' big long
done
compare -l beta a binary big long
compare beta a binary b
compare -n beta long
compare -f patterns a b
compare -vf patterns a
compare -f none a
compare -vf none a
compare -n -e foo -e last a
compare -e 'foo
last' a
compare beta a
compare -q beta missing a
compare beta missing
compare beta a missing
compare -- -x a

# Where grep wants another syntax or option.
expect() { # STATUS OUTPUT ARGUMENTS...
	wanted=$1 text=$2
	shift 2
	status=0
	out=$("$ours" "$@" 2>err <a) || status=$?
	if [ "$status" -ne "$wanted" ] || [ "$out" != "$text" ]; then
		printf '9grep.sh: 9grep %s: status %s, "%s"\n' "$*" "$status" "$out" >&2
		failures=$((failures + 1))
	fi
}
expect 0 '2:beta gamma' -n 'b[a-e]ta' a
expect 2 '' 'a(' a
grep -q '^9grep: unmatched left paren$' err || failures=$((failures + 1))
expect 2 '' -z a
expect 2 ''
grep -q '^usage: 9grep ' err || failures=$((failures + 1))
expect 2 '' -f missing a
expect 2 '' beta .
expect 0 'x.y' -F 'x.y' literals
expect 0 'a\b' -F 'a\b' literals
expect 0 "$(printf 'x.y\n(')" -F -e 'x.y' -e '(' literals
expect 0 'GAMMA delta' -i -e 'gamma d' a

[ "$failures" -eq 0 ] || exit 1
