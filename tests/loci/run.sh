#!/bin/bash
# SPDX-License-Identifier: MIT
# Loci: each program as it is and with collections; compiled; and processes when their creator is killed.
# usage: tests/loci/run.sh BUILD_DIR
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
export LOKO_LIBRARY_PATH=$PWD:$PWD/../..
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
one() { local name=$1; shift; timeout 120 "$@" >"$tmp/out" 2>"$tmp/err"; local s=$?; cat "$tmp/out"; [ $s = 0 ] || { echo "FAIL: $name (exit $s)"; head -n 5 "$tmp/err"; grep -q ' failed' "$tmp/out" || echo "0 passed, 1 failed"; }; }
for t in interface faults document; do one "$t" "$build/loko" --program $t.sps; done
timeout 120 "$build/loko" -feval --compile interface.sps --output "$tmp/t" && one "interface compiled" "$tmp/t"
one "interface with collections" "$build/loko" --torture=3011 --program interface.sps

one "faults switching at every safepoint" "$build/loko" --torture-switch=1 --program faults.sps
# the samples
same() { if [ "$2" = "$3" ]; then echo "1 passed, 0 failed"; else echo "FAIL: $1: $3"; echo "0 passed, 1 failed"; fi; }
same printing "hello from the creator
hello from a locus" "$(timeout 30 "$build/loko" --program ../../samples/loci/printing.sps)"
same failing "working
(completion-value 1)" "$(timeout 30 "$build/loko" --program ../../samples/loci/failing.sps 2>/dev/null)"
same "failing, on standard error" 1 "$(timeout 30 "$build/loko" --program ../../samples/loci/failing.sps 2>&1 >/dev/null | grep -c 'it went wrong')"
same scaling "(2 loci (1000.0 1000.0) milliseconds" "$(timeout 30 "$build/loko" --program ../../samples/loci/scaling.sps 2 1 | sed 's/ [0-9]*)$//')"
same factorials "(200 375 digits)" "$(timeout 30 "$build/loko" --program ../../samples/loci/factorials.sps | tail -n 1)"

# a creator that is killed leaves nobody behind
: >"$tmp/pids"
"$build/loko" --program orphans.sps >"$tmp/pids" & creator=$!
for _ in $(seq 500); do [ "$(wc -l <"$tmp/pids")" = 3 ] && break; sleep 0.02; done
kill -9 $creator; wait $creator 2>/dev/null
left=3
for _ in $(seq 500); do
  left=0
  while read -r pid; do case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in ""|Z*|X*) ;; *) left=$((left + 1)) ;; esac; done <"$tmp/pids"
  [ $left = 0 ] && break
  sleep 0.02
done
if [ "$(wc -l <"$tmp/pids")" = 3 ] && [ $left = 0 ]; then echo "1 passed, 0 failed"; else echo "FAIL: $left loci survived their creator"; echo "0 passed, 1 failed"; fi
# at the REPL: definitions made there are seen by the locus; the locus does not read the REPL's input
got=$(printf '%s\n' '(import (loko loci))' '(define (f x) (* x 14))' '(define l (locus ch (locus-channel-put ch (f 3))))' '(locus-channel-get l)' '(locus-wait l)' | timeout 20 "$build/loko" --quiet 2>&1)
if [ "$got" = "42
0" ]; then echo "1 passed, 0 failed"; else echo "FAIL: REPL: $got"; echo "0 passed, 1 failed"; fi
