# Shell helpers of bin/quickstart and bin/check: packages, steps with progress, cleaning up.
#
# To be read with `.` by a POSIX sh script that has set `root` to the top of the repository.
# Progress goes to standard error, results to standard output.  A step's own output is kept in
# a file and shown only if the step fails.  Each command runs in the foreground, so that Ctrl-C
# reaches it; the clock beside it runs in the background and is stopped in every case.

program=${0##*/}
scratch='' ticker='' packages='' reasons=''

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE...: one line for each argument, and status 1.
die() {
  printf '%s: %s\n' "$program" "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# usage_error MESSAGE: status 2, as every program of ours does.
usage_error() {
  printf '%s: %s\n' "$program" "$1" >&2
  printf 'Try: bin/%s --help\n' "$program" >&2
  exit 2
}

# number OPTION VALUE MAX: VALUE, if it is a number from 1 to MAX.
number() {
  case $2 in
  '' | *[!0-9]* | 0*) usage_error "$1: '$2' is not a number from 1 to $3" ;;
  esac
  if [ ${#2} -gt ${#3} ] || [ "$2" -gt "$3" ]; then
    usage_error "$1: '$2' is not a number from 1 to $3"
  fi
  printf '%s\n' "$2"
}

# The end: whatever the reason, no clock is left running and no half-written file.

leave() {
  status=$?
  trap '' HUP INT TERM
  trap - EXIT
  exec 2>&3  # a signal may come while a step has its output redirected
  stop_clock
  if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
  exit "$status"
}

interrupted() {
  exec 2>&3
  stop_clock
  say ''
  say "$program: interrupted; nothing is left half-written, and the next run goes on from here"
  exit "$1"
}

# begin: makes the scratch directory and sees to the end.  Call it once, first.
begin() {
  exec 3>&2
  trap leave EXIT
  trap 'interrupted 129' HUP
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/$program.XXXXXX") || die 'cannot make a scratch directory'
  started=$(date +%s)
}

elapsed() { echo $(($(date +%s) - started)); }

# Progress.

# clock TEXT LOG: says once a second (on a terminal) or four times a minute that TEXT goes on.
clock() {
  seconds=0
  while :; do
    if [ -t 2 ]; then
      # The last thing that was said, such as SwiftPM's "[12/34] Compiling".
      last=$({ tail -c 300 "$2" | tr '\r\t' '\n ' | grep . | tail -n 1 | cut -c 1-40; } 2>/dev/null)
      printf '\r\033[K  ...   %s  %ss  %s' "$1" "$seconds" "$last" >&2
    elif [ "$seconds" -eq 2 ] || [ $((seconds % 15)) -eq 14 ]; then
      printf '  ...   %s  %ss\n' "$1" "$seconds" >&2
    fi
    sleep 1 >/dev/null 2>&1 3>&-
    seconds=$((seconds + 1))
  done
}

start_clock() {
  clock "$1" "$2" </dev/null >/dev/null &
  ticker=$!
}

stop_clock() {
  if [ -z "$ticker" ]; then return 0; fi
  # Not TERM: a shell that has just been forked may lose it, before its traps are its own.
  kill -KILL "$ticker" 2>/dev/null || :
  wait "$ticker" 2>/dev/null || :
  ticker=''
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# The static C library says of each of these that it may want shared libraries at run time.
without_noise() {
  grep -v -e 'in statically linked applications requires at runtime' \
    -e ': In function ' -e ': in function ' -e 'warning: Using ' "$1" || :
}

# attempt TEXT COMMAND...: runs COMMAND with progress; says what went wrong and fails if it fails.
# A shell function as COMMAND runs without `set -e`: it has to return its failures itself.
attempt() {
  text=$1
  shift
  log=$scratch/log
  : >"$log"
  from=$(date +%s)
  start_clock "$text" "$log"
  result=0
  "$@" >"$log" 2>&1 </dev/null || result=$?
  stop_clock
  if [ "$result" -eq 0 ]; then
    say "  ok    $text  $(($(date +%s) - from))s"
    return 0
  fi
  say "  FAIL  $text  $(($(date +%s) - from))s: status $result from $*"
  kept=${TMPDIR:-/tmp}/$program.$$.log
  without_noise "$log" >"$kept"
  if [ "$(wc -l <"$kept")" -le 60 ]; then
    sed 's/^/    /' "$kept" >&2
    rm -f "$kept"
  else
    grep -n -e 'error' "$kept" | head -n 20 | sed 's/^/    /' >&2 || :
    say '    ...'
    tail -n 30 "$kept" | sed 's/^/    /' >&2
    say "  all of it: $kept"
  fi
  return 1
}

# step TEXT COMMAND...: the same, and ends the script if COMMAND fails.
step() {
  if ! attempt "$@"; then die 'stopped, since nothing that follows would work'; fi
}

# Packages.

# is_there KIND:WHAT: true if the command, the file (a pattern) or the shared library is there.
#
# What is found will do, whoever installed it and whatever the package was called.
is_there() {
  case $1 in
  command:*) command -v "${1#*:}" >/dev/null 2>&1 ;;
  file:*)
    for match in ${1#*:}; do
      if [ -e "$match" ]; then return 0; fi
    done
    return 1
    ;;
  library:*) PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "^[[:blank:]]*${1#*:} " ;;
  esac
}

# want KIND:WHAT PACKAGE REASON: notes the Debian package PACKAGE unless WHAT is there already.
want() {
  if is_there "$1"; then return 0; fi
  packages="$packages $2"
  reasons="$reasons  $2: $3
"
}

# want_toolchain: Swift, and what its archive expects of the system and does not bring along.
want_toolchain() {
  if ! command -v swift >/dev/null 2>&1; then
    die 'there is no swift in PATH' 'Swift 6.2 or later is wanted: https://www.swift.org/install'
  fi
  want library:libncurses.so.6 libncurses6 'the Swift compiler needs it'
  want library:libsqlite3.so.0 libsqlite3-0 'the Swift package manager needs it'
  want library:libcurl.so.4 libcurl4 'the Swift package manager needs it'
  want library:libxml2.so.2 libxml2 'the Swift package manager needs it'
  want command:ld binutils 'links programs'
  want command:cc gcc 'compiles C and links programs'
  want file:/usr/include/stdio.h libc6-dev 'the headers and the static libraries of C'
  want 'file:/usr/lib/gcc/*/*/libstdc++.so' libstdc++-12-dev 'Swift programs are linked with it'
  want command:pkg-config pkg-config 'finds libbsd for the Swift package manager'
  want file:/usr/include/bsd/stdlib.h libbsd-dev 'BSD functions that our programs use'
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  # Package lists that are there are tried first: fetching them may take longer than the rest.
  # shellcheck disable=SC2086
  if apt-get install -y --no-install-recommends $packages; then return 0; fi
  apt-get update
  # shellcheck disable=SC2086
  apt-get install -y --no-install-recommends $packages
}

# install_wanted: installs what `want` noted, or says how and ends the script.
install_wanted() {
  if [ -z "$packages" ]; then return 0; fi
  say "missing Debian packages:"
  printf '%s' "$reasons" >&2
  if ! command -v apt-get >/dev/null 2>&1; then
    die 'this system has no apt-get: please install what these packages hold in its own way'
  fi
  if [ "$(id -u)" -ne 0 ]; then
    die 'installing them needs root; please run this, then try again:' \
      "sudo apt-get update && sudo apt-get install -y --no-install-recommends$packages"
  fi
  step 'install packages' apt_install
  packages='' reasons=''
}

# check_toolchain: ends the script unless the Swift that was found can read Package.swift.
check_toolchain() {
  found=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  case $found in
  '') die 'swift does not run:' "$(swift --version 2>&1 | tail -n 1)" ;;
  [0-5]\ * | 6\ [01]) die "Swift 6.2 or later is wanted; this is $(echo "$found" | tr ' ' .)" ;;
  esac
}

# arch: the architecture as config calls it, which names the build directories.
arch() {
  case $(uname -m) in
  x86_64 | amd64) echo amd64 ;;
  aarch64 | arm64) echo arm64 ;;
  i?86) echo 386 ;;
  *) uname -m ;;
  esac
}

# tool NAME: the path of our program NAME: $P9UNIX's, or the newest that was built here.
tool() {
  if [ -n "${P9UNIX-}" ] && [ -x "$P9UNIX/bin/$1" ]; then
    printf '%s\n' "$P9UNIX/bin/$1"
    return 0
  fi
  # The names are ours, and the newest first is what ls is good at.
  # shellcheck disable=SC2012
  found=$(ls -t "$root"/.build-static/release/"$1" "$root"/compile/LIBAIO.*/"$1" \
    "$root"/.build/release/"$1" "$root"/.build/debug/"$1" 2>/dev/null | head -n 1)
  if [ -z "$found" ]; then
    die "$1 has not been built" "swift build -c release --product $1, or make"
  fi
  printf '%s\n' "$found"
}
