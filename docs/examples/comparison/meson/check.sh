#!/bin/sh
# check.sh STATUS OUTPUT COMMAND...: Meson itself compares only statuses, with 0.
wanted=$1 output=$2
shift 2
said=$("$@" 2>/dev/null | tr -d '\r'; exit 0)
"$@" >/dev/null 2>&1
status=$?
test "$status" = "$wanted" && { test -z "$output" || test "$said" = "$output"; }
