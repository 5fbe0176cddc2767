#!/bin/bash
# SPDX-License-Identifier: MIT
# Loci: each program as it is and with collections; compiled; and processes when their creator is killed.
# usage: tests/loci/run.sh BUILD_DIR
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
export LOKO_LIBRARY_PATH=$PWD:$PWD/../..
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. ../support/reports.sh
for t in interface sharing extras servers hostile memory limits faults document; do one "$t" "$build/loko" --program $t.sps; done
timeout 120 "$build/loko" -feval --compile interface.sps --output "$tmp/t" && one "interface compiled" "$tmp/t"
"$build/loko" --compile sharing.sps --output "$tmp/t" && one "sharing compiled" "$tmp/t"
"$build/loko" --compile linked.sps --output "$tmp/t" && one "linked, compiled without eval" "$tmp/t"
for t in interface sharing servers; do one "$t with collections" "$build/loko" --torture=3011 --program $t.sps; done

one "faults switching at every safepoint" "$build/loko" --torture-switch=1 --program faults.sps
one "servers switching at every safepoint" "$build/loko" --torture-switch=1 --program servers.sps
one "hostile with collections" "$build/loko" --torture=5003 --program hostile.sps
one "fuzz" "$build/loko" --program fuzz.sps 1 $RANDOM
[ -z "${LOKO_TEST_LONG:-}" ] || one "longer fuzz" "$build/loko" --program fuzz.sps 30 $RANDOM
one "random kills" "$build/loko" --program stress.sps 3 $RANDOM
[ -z "${LOKO_TEST_LONG:-}" ] || one "random kills, longer" "$build/loko" --program stress.sps 60 $RANDOM
one "many" "$build/loko" --program many.sps 100 50 5
[ -z "${LOKO_TEST_LONG:-}" ] || one "very many" "$build/loko" --program many.sps 500 10000 100
one "interrupt key" python3 interrupt_group.py "$build/loko" group.sps
if timeout 60 "$build/loko" --program closed.sps >&-; then echo "1 passed, 0 failed"; else echo "FAIL: closed output"; echo "0 passed, 1 failed"; fi
# the samples
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
for _ in $(seq 500); do [ "$(wc -l <"$tmp/pids")" = 6 ] && break; sleep 0.02; done
kill -9 $creator; wait $creator 2>/dev/null
left=6
for _ in $(seq 500); do
  left=0
  while read -r pid; do case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in ""|Z*|X*) ;; *) left=$((left + 1)) ;; esac; done <"$tmp/pids"
  [ $left = 0 ] && break
  sleep 0.02
done
if [ "$(wc -l <"$tmp/pids")" = 6 ] && [ $left = 0 ]; then echo "1 passed, 0 failed"; else echo "FAIL: $left loci survived their creator"; echo "0 passed, 1 failed"; fi
# at the REPL: definitions made there are seen by the locus; the locus does not read the REPL's input
got=$(printf '%s\n' '(import (loko loci))' '(define (f x) (* x 14))' '(define l (locus ch (locus-channel-put ch (f 3))))' '(locus-channel-get l)' '(locus-wait l)' | timeout 20 "$build/loko" --quiet 2>&1)
if [ "$got" = "42
0" ]; then echo "1 passed, 0 failed"; else echo "FAIL: REPL: $got"; echo "0 passed, 1 failed"; fi

# a locus never runs the program's expressions again: what they print is there once
cat >"$tmp/once.sps" <<'P'
(import (rnrs) (loko loci))
(display "begin\n")
(define (f) (display "once\n") 14)
(define x (f))
(define l (locus ch (locus-channel-put ch (* 3 x)) "a result"))
(display (locus-channel-get l)) (newline)
(display (locus-wait l)) (newline)
P
once=$'begin\nonce\n42\n0'
same "the program's expressions" "$once" "$(timeout 30 "$build/loko" --program "$tmp/once.sps")"
"$build/loko" --compile "$tmp/once.sps" --output "$tmp/once" && same "the program's expressions, compiled" "$once" "$(timeout 30 "$tmp/once")"

# what loci see: from the early server as from a fork of the creator; and most come from the server
early() {                                     # name, program ...
  local name=$1; shift
  rm -f "$tmp/served"
  timeout 100 "$@" "$tmp/served" >"$tmp/by-server" 2>"$tmp/by-server-errors"
  LOKO_LOCI=fork timeout 100 "$@" >"$tmp/by-fork" 2>"$tmp/by-fork-errors"
  same "$name: the same both ways" "" "$(diff "$tmp/by-server" "$tmp/by-fork"; diff "$tmp/by-server-errors" "$tmp/by-fork-errors")"
  same "$name: cases" 55 "$(grep -c . "$tmp/by-fork")"
  same "$name: which way" "44 server
afterwards
assigned-parameters
continuations
evaluation
fibers
library-variables
much
shared-memory
string-ports" "$(grep -c ' server)\| \. server)' "$tmp/served") server
$(grep -v 'server)' "$tmp/served" | sed 's/(\([^ ]*\) .*/\1/' | sort)"
}
early "early" "$build/loko" --program early.sps
timeout 120 "$build/loko" -feval --compile early.sps --output "$tmp/early" 2>"$tmp/warnings" && early "early, compiled" "$tmp/early"
timeout 100 "$build/loko" --torture=3011 --program early.sps >"$tmp/tortured" 2>"$tmp/tortured-errors"
same "early with collections" "$(cat "$tmp/tortured")" "$(LOKO_LOCI=fork timeout 100 "$build/loko" --program early.sps 2>"$tmp/errors")"
LOKO_LOCI=fork one "interface, by forks" "$build/loko" --program interface.sps
one "early server" "$build/loko" --program early-server.sps

# however the creator ends, its loci end with it
gone() {                                      # the processes in the file end, sooner or later; prints how many don't
  local left pid
  for _ in $(seq 500); do
    left=0
    while read -r pid; do case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in ""|Z*|X*) ;; *) left=$((left + 1)) ;; esac; done <"$1"
    [ $left = 0 ] && break
    sleep 0.02
  done
  echo "$(wc -l <"$1") $left"
}
for ending in '(exit 3)' "(error 'creator \"on purpose\")" '#t' '(list-tail 5 5)'; do
  cat >"$tmp/ends.sps" <<P
(import (rnrs) (loko loci) (loko system fibers))
(define all (list (locus ch (locus-channel-get ch) (sleep 1000)) (locus ch (let loop () (loop)))))
(for-each (lambda (l) (display (locus-pid l)) (newline)) all)
(flush-output-port (current-output-port))
$ending
P
  timeout 30 "$build/loko" --program "$tmp/ends.sps" >"$tmp/pids" 2>/dev/null
  same "the creator ends by $ending" "2 0" "$(gone "$tmp/pids")"
done
for signal in TERM HUP INT; do                # INT as the terminal sends it, to the group
  : >"$tmp/pids"
  ( set -m
    "$build/loko" --program orphans.sps >"$tmp/pids" 2>/dev/null &
    for _ in $(seq 500); do [ "$(wc -l <"$tmp/pids")" = 6 ] && break; sleep 0.02; done
    if [ $signal = INT ]; then kill -INT -- -$!; else kill -$signal $!; fi
    wait $! ) 2>/dev/null
  same "the creator ends by SIG$signal" "6 0" "$(gone "$tmp/pids")"
done
# at the REPL what the body gives is not printed
got=$(printf '%s\n' '(import (loko loci))' '(define l (locus ch (list 1 2 3)))' '(locus-wait l)' | timeout 20 "$build/loko" --quiet 2>&1)
same "results at the REPL" 0 "$got"
# a creator that ends, in order or not, while its loci wait for messages: they don't complain of the end of their channels
cat >"$tmp/quiet.sps" <<'P'
(import (rnrs) (loko loci))
(define (serve ch) (let loop () (locus-channel-put ch (+ 1 (locus-channel-get ch))) (loop)))
(define all (map (lambda (i) (locus ch (serve ch))) '(1 2 3 4 5 6)))
(for-each (lambda (l) (locus-channel-put/get l 1)) all)
(if (pair? (cdr (command-line))) (raise 'on-purpose))
P
"$build/loko" --compile "$tmp/quiet.sps" --output "$tmp/quiet"
same "orderly ends are silent" 0 "$(for _ in 1 2 3 4 5 6; do timeout 30 "$tmp/quiet"; done 2>&1 | grep -c exception)"
same "other ends are reported once" 6 "$(for _ in 1 2 3 4 5 6; do timeout 30 "$tmp/quiet" x; done 2>&1 | grep -c exception)"
