#!/bin/bash
# SPDX-License-Identifier: MIT
# The web server of samples/ beside nginx with one worker (Go's net/http on one core, if there is no nginx): 1,000 connections
# that are kept alive, a small answer, in turns. Prints requests per second of wall time and of processor time of the server,
# errors, and the server's memory. usage: bench/fibers/web.sh [BUILD_DIR [SECONDS [TURNS]]]    needs wrk
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${1:-build}" && pwd); seconds=${2:-10}; turns=${3:-3}
tmp=$(mktemp -d); servers=
trap 'kill $servers 2>/dev/null; wait 2>/dev/null; rm -rf "$tmp"' EXIT
ulimit -n 8192
command -v wrk >/dev/null || { echo "wrk is not installed"; exit 1; }
"$build/loko" --compile "$here/../../samples/web-server.sps" --output "$tmp/server" || exit 1
"$tmp/server" 18081 >/dev/null 2>&1 & loko=$!; servers=$loko
if command -v nginx >/dev/null; then
  peer=nginx
  cat >"$tmp/nginx.conf" <<C
worker_processes 1; daemon off; pid $tmp/pid; error_log /dev/null;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000;
  server { listen 127.0.0.1:18082 backlog=4096; location /hello { default_type text/plain; return 200 "Hello, world!\n"; } } }
C
  nginx -c "$tmp/nginx.conf" -e /dev/null 2>/dev/null & other=$!; servers="$servers $other"
  sleep 1
  other=$(pgrep -P "$other" | head -n 1)
else
  peer=go
  cat >"$tmp/main.go" <<'C'
package main

import (
	"io"
	"net/http"
)

func main() {
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "Hello, world!\n") })
	http.ListenAndServe("127.0.0.1:18082", nil)
}
C
  go build -o "$tmp/peer" "$tmp/main.go" || exit 1
  GOMAXPROCS=1 "$tmp/peer" & other=$!; servers="$servers $other"
  sleep 1
fi
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
# one NAME PID PORT
one() {
  local before out n cpu
  before=$(ticks "$2")
  out=$(wrk -t1 -c1000 -d"$seconds" --timeout 20s "http://127.0.0.1:$3/hello")
  cpu=$(($(ticks "$2") - before))
  n=$(echo "$out" | awk '/requests in/ {print $1}')
  echo "$1: $((n / seconds)) requests/s, $((n * $(getconf CLK_TCK) / (cpu > 0 ? cpu : 1))) per second of its processor time," \
    "$(awk '/VmRSS/ {print $2}' "/proc/$2/status") KB" "$(echo "$out" | grep -E 'Socket errors|Non-2xx')"
}
for _ in $(seq "$turns"); do
  one loko "$loko" 18081
  one "$peer" "$other" 18082
done
