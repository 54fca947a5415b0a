#!/bin/sh
# Real clients against the runtime's programs, on each back end, by callbacks and by tasks: curl,
# wrk, nc, openssl, and Chromium where it is installed or CLIENTS_BROWSER names one.  What is not
# installed is skipped, and said.
#
# BUILD is where the programs are, .build/debug if it is not set; CLIENTS_BACKENDS what they run on,
# "epoll uring" if it is not set.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/.build/debug}
backends=${CLIENTS_BACKENDS:-epoll uring}
top=$(mktemp -d)
running=''
clean() {
  for pid in $running; do kill -KILL "$pid" 2>/dev/null || :; done
  rm -rf "$top"
}
trap clean EXIT
way=''

fail() {
  echo "clients: $way: $1" >&2
  for log in "$top"/*.log; do
    if [ -s "$log" ]; then
      echo "  $(basename "$log"):" >&2
      tail -n 10 "$log" | sed 's/^/    /' >&2
    fi
  done
  exit 1
}

for program in echo httpd proxy; do
  if [ ! -x "$build/$program" ]; then
    echo "clients: there is no $build/$program: swift build --product $program" >&2
    exit 1
  fi
done

# has COMMAND PACKAGE: whether there is such a client; what is missed is installed if that is easy.
has() {
  if command -v "$1" >/dev/null 2>&1; then return 0; fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 &&
    apt-get install -y --no-install-recommends "$2" >"$top/apt.log" 2>&1; then
    command -v "$1" >/dev/null 2>&1 && return 0
  fi
  echo "clients: there is no $1 (Debian's package $2): skipped" >&2
  return 1
}
clients=''
for pair in curl:curl wrk:wrk nc:netcat-openbsd openssl:openssl; do
  if has "${pair%%:*}" "${pair#*:}"; then clients="$clients ${pair%%:*} "; fi
done
rm -f "$top/apt.log"
browser=${CLIENTS_BROWSER:-$(command -v chromium || :)}

# start NAME PROGRAM OPTIONS...: starts a server and waits until it is ready; sets `address`,
# `port` and `server`.
start() {
  log=$top/$1
  name=$1
  shift
  program=$1
  shift
  mkfifo "$log.ready"
  "$build/$program" "$@" >"$log.ready" 2>"$log.log" &
  server=$!
  running="$running $server"
  read -r ready <"$log.ready" || fail "$name does not start"
  rm "$log.ready"
  address=${ready##*listening on }
  port=${address##*:}
}

# stop: ends the last server that was started, which must end well.
stop() {
  kill -TERM "$server"
  status=0
  wait "$server" || status=$?
  running=$(echo "$running" | sed "s/ $server\$//")
  if [ "$status" -ne 0 ]; then fail "$name ended with status $status"; fi
}

# same WHAT EXPECTED FOUND: compares two texts.
same() {
  if [ "$2" != "$3" ]; then fail "$1: '$3' and not '$2'"; fi
}

curl_files() {
  start httpd httpd $options --root "$top/site"
  at=http://$address
  same 'a page' '<p>' "$(curl -sS "$at/" | head -c 3)"
  curl -sS "$at/big" -o "$top/got"
  cmp "$top/site/big" "$top/got" || fail 'a large file is not the same'
  curl -sS -r 200000-1199999 "$at/big" -o "$top/got"
  tail -c +200001 "$top/site/big" | head -c 1000000 | cmp - "$top/got" || fail 'a range'
  curl -sS -r -5 "$at/big" | cmp - "$top/last5" || fail 'the last five bytes'
  curl -sS --fail "$at/big" -r 0-99,200-299 -o "$top/got" || fail 'several ranges'
  same 'a head' "Content-Length: $(wc -c <"$top/site/big")" \
    "$(curl -sSI "$at/big" | tr -d '\r' | grep -i '^content-length')"
  same 'no file' 404 "$(curl -sS -o /dev/null -w '%{http_code}' "$at/none")"
  same 'a post' 405 "$(curl -sS -o /dev/null -w '%{http_code}' -d x=1 "$at/")"
  # One connection for all of them.
  same 'connections that stay' '1 0 0 0' \
    "$(curl -sS -o /dev/null -o /dev/null -o /dev/null -o /dev/null -w '%{num_connects} ' \
      "$at/" "$at/style.css" "$at/none" "$at/script.js" | sed 's/ $//')"
  tag=$(curl -sSI "$at/style.css" | tr -d '\r' | sed -n 's/^ETag: //Ip')
  same 'a tag that is known' 304 \
    "$(curl -sS -o /dev/null -w '%{http_code}' -H "If-None-Match: $tag" "$at/style.css")"
  same 'HTTP/1.0' 200 "$(curl -sS -0 -o /dev/null -w '%{http_code}' "$at/")"
  # Uploads that are refused end in an answer, however large.
  same 'a large upload' 405 \
    "$(curl -sS -o /dev/null -w '%{http_code}' -T "$top/site/big" -H 'Expect:' "$at/x" || :)"
  # Many at once.
  i=0
  while [ $i -lt 8 ]; do
    echo "url = $at/big"
    echo "output = $top/many.$i"
    i=$((i + 1))
  done >"$top/many"
  curl -sS --no-progress-meter --parallel --parallel-max 8 -K "$top/many" || fail 'many at once'
  for file in "$top"/many.*; do
    cmp "$top/site/big" "$file" || fail 'one of many is not the same'
  done
  rm -f "$top"/many*
  stop
}

curl_places() {
  if [ -e /proc/net/if_inet6 ] && grep -q lo /proc/net/if_inet6; then
    start httpd6 httpd $options --listen 'tcp!::1!0'
    same IPv6 'Hello, World!' "$(curl -sS "http://$address/")"
    stop
  fi
  start httpd-unix httpd $options --listen "unix!$top/socket"
  same 'a Unix socket' 'Hello, World!' "$(curl -sS --unix-socket "$top/socket" http://a/)"
  stop
}

wrk_load() {
  start httpd httpd $options -t 2
  wrk -t 2 -c 50 -d 1s "http://$address/" >"$top/wrk" || fail 'wrk fails'
  if grep -e 'Socket errors' -e 'Non-2xx' "$top/wrk" >&2; then fail 'wrk saw errors'; fi
  grep -q 'Requests/sec' "$top/wrk" || fail 'wrk counted nothing'
  stop
  start httpd httpd $options --root "$top/site"
  wrk -t 1 -c 20 -d 1s "http://$address/style.css" >"$top/wrk" || fail 'wrk fails'
  if grep -e 'Socket errors' -e 'Non-2xx' "$top/wrk" >&2; then fail 'wrk saw errors'; fi
  stop
}

nc_half_close() {
  start echo echo $options
  # nc -N ends its side behind the last byte; the rest must come back nevertheless.
  nc -N 127.0.0.1 "$port" <"$top/site/big" >"$top/got" || fail 'nc fails'
  cmp "$top/site/big" "$top/got" || fail 'what comes back is not what was sent'
  # Requests in a row without waiting, and the end behind them: all are answered.
  stop
  start httpd httpd $options --root "$top/site"
  i=0
  while [ $i -lt 100 ]; do
    printf 'GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n'
    i=$((i + 1))
  done >"$top/requests"
  same 'requests in a row' 100 \
    "$(nc -N 127.0.0.1 "$port" <"$top/requests" | tr -d '\r' | grep -c '^HTTP/1.1 200')"
  stop
}

# tls_server OPTIONS...: openssl's server on the port `tls`; sets `other`.
tls_server() {
  tls=$((20000 + ($$ + tls) % 20000))
  mkfifo "$top/stdin" 2>/dev/null || :
  (cd "$top/site" && exec openssl s_server -accept "127.0.0.1:$tls" -cert "$top/cert" \
    -key "$top/key" "$@") >"$top/taken" 2>"$top/s_server.log" 0<>"$top/stdin" &
  other=$!
  running="$running $other "
}

end_of_other() {
  kill "$other" 2>/dev/null || :
  wait "$other" 2>/dev/null || :
  running=$(echo "$running" | sed "s/ $other / /")
}

# tls_client IN OPTIONS...: openssl's client through the proxy, until its server is there.
tls_client() {
  from=$1
  shift
  tries=0
  until timeout 20 openssl s_client -connect "$address" "$@" <"$from" >"$top/got" \
    2>"$top/s_client.log"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ]; then fail 'openssl s_client fails'; fi
  done
}

tls=0
openssl_through_proxy() {
  # A file comes by openssl's own web server.
  tls_server -WWW
  start proxy proxy $options --to "$tls"
  printf 'GET /big HTTP/1.0\r\n\r\n' >"$top/request"
  tls_client "$top/request" -quiet -ign_eof
  tail -c "$(wc -c <"$top/site/big")" "$top/got" | cmp - "$top/site/big" ||
    fail 'a file that comes through TLS and the proxy is not the same'
  end_of_other
  stop
  # A file goes, and the end behind it.
  tls_server -quiet -naccept 1
  start proxy proxy $options --to "$tls"
  tls_client "$top/site/big" -quiet -no_ign_eof
  wait "$other" || fail 'openssl s_server fails'
  cmp "$top/taken" "$top/site/big" ||
    fail 'a file that goes through TLS and the proxy is not the same'
  end_of_other
  stop
}

browse() {
  start httpd httpd $options --root "$top/site"
  timeout 60 "$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$top/profile" \
    --virtual-time-budget=5000 --dump-dom "http://$address/" >"$top/dom" 2>"$top/browser.log" ||
    fail 'the browser fails'
  # The script says so when the picture and the style sheet have come.
  grep -q 'script ran, 40 by 30, rgb(1, 2, 3)' "$top/dom" || {
    cat "$top/dom" >&2
    fail 'the page is not whole'
  }
  rm -f "$top/browser.log"
  stop
}

# A site: a page with a style sheet, a script and a picture; a large file.
mkdir "$top/site"
cat >"$top/site/index.html" <<'PAGE'
<p>A page.<link rel="stylesheet" href="style.css"><img id="picture" src="picture.bmp">
<p id="said">nothing<script src="script.js"></script>
PAGE
echo 'p { color: rgb(1, 2, 3) }' >"$top/site/style.css"
cat >"$top/site/script.js" <<'SCRIPT'
addEventListener('load', () => {
  const picture = document.getElementById('picture')
  const said = document.getElementById('said')
  said.textContent = `script ran, ${picture.naturalWidth} by ${picture.naturalHeight}, ` +
    getComputedStyle(said).color
})
SCRIPT
# 40 by 30 points of 24 bits, all of one colour.
{
  printf 'BM\106\016\0\0\0\0\0\0\066\0\0\0\050\0\0\0\050\0\0\0\036\0\0\0\001\0\030\0'
  head -c 24 /dev/zero
  head -c 3600 /dev/zero | tr '\0' '\200'
} >"$top/site/picture.bmp"
i=0
while [ $i -lt 2000 ]; do
  printf '%d: %s\n' $i 'a line of a file that is large enough to come in many pieces, and more'
  i=$((i + 1))
done >"$top/lines"
while [ "$(wc -c <"$top/lines")" -lt 1200000 ]; do
  cat "$top/lines" "$top/lines" "$top/lines" >"$top/more"
  mv "$top/more" "$top/lines"
done
mv "$top/lines" "$top/site/big"
tail -c 5 "$top/site/big" >"$top/last5"
if case $clients in *' openssl '*) true ;; *) false ;; esac then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$top/key" -out "$top/cert" -days 2 \
    -subj /CN=localhost >/dev/null 2>&1
fi

for backend in $backends; do
  for by in callbacks tasks; do
    way="$backend by $by"
    options="--backend $backend"
    if [ $by = tasks ]; then options="$options --async"; fi
    for client in $clients; do
      case $client in
      curl) curl_files; curl_places ;;
      wrk) wrk_load ;;
      nc) nc_half_close ;;
      openssl) openssl_through_proxy ;;
      esac
    done
    if [ -n "$browser" ]; then browse; fi
  done
done
echo "clients:$clients${browser:+$browser}: all well on $backends, by callbacks and tasks"
