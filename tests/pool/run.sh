#!/bin/bash
# SPDX-License-Identifier: MIT
# Pools and supervisors: each program as it is, compiled, with collections and with switches of fibers everywhere; the examples
# of the documentation; the samples; random kills.
# usage: tests/pool/run.sh BUILD_DIR      LOKO_TEST_LONG=1: kills for LOKO_STRESS_SECONDS (60)
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")/../.."
export LOKO_LIBRARY_PATH=$PWD:$PWD/tests/loci
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/support/reports.sh

for t in pool supervise; do
  one "$t" "$build/loko" --program tests/pool/$t.sps
  timeout 120 "$build/loko" -feval --compile tests/pool/$t.sps --output "$tmp/t" && one "$t compiled" "$tmp/t"
  one "$t with collections" "$build/loko" --torture=3011 --program tests/pool/$t.sps
  one "$t switching at every safepoint" "$build/loko" --torture-switch=1 --program tests/pool/$t.sps
done

for page in pool supervise loci; do one "docs/reference/$page.md" "$build/loko" --program tests/support/page-examples.sps docs/reference/$page.md; done
# at the REPL: what is defined or changed after the workers were started is what they use
got=$(printf '%s\n' '(import (loko loci pool))' '(define p (make-pool))' '(define (f x) (* x 14))' "(pool-map p f '(1 2 3))" '(define (f x) (- x))' \
  "(pool-map p f '(1 2 3))" "(let ((k 2)) (locus-map (lambda (x) (* k x)) '(1 2)))" '(touch (pool-future p (error (quote f) "failed here" 1)))' '(touch (pool-submit p f 5))' |
  timeout 20 "$build/loko" --quiet 2>&1 | grep -E '^\(|^-|failed here')
same REPL '(14 28 42)
(-1 -2 -3)
(2 4)
 3. &message: "failed here"
-5' "$got"
# the processors that this process may use
cat >"$tmp/count.sps" <<'P'
(import (rnrs) (loko loci))
(display (processor-count))
P
same processor-count "$(nproc)" "$("$build/loko" --program "$tmp/count.sps")"
same "processor-count of one" 1 "$(taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')" "$build/loko" --program "$tmp/count.sps")"
# the samples
run() { timeout 60 "$build/loko" --program "$@" 2>&1; }
same "word-count, made text" "40000 in 15" "$(sed 's/> n 0/> n -1000/' samples/loci/word-count.sps >"$tmp/w.sps"; run "$tmp/w.sps" | awk '{s += $1; n++} END {print s, "in", n}')"
LC_ALL=C tr -cs "A-Za-z'" '\n' <tests/README.md | tr A-Z a-z | grep . | sort | uniq -c | sort -k1,1nr -k2,2 | head -n 12 | awk '{print $1 "\t" $2}' >"$tmp/expected"
same "word-count of a file" "$(cat "$tmp/expected")" "$(LC_ALL=C tr -cd '\000-\177' <tests/README.md >"$tmp/text"; run samples/loci/word-count.sps "$tmp/text")"
same "mandelbrot does not depend on the workers" "$(run samples/loci/mandelbrot.sps 40 1 | md5sum)" "$(run samples/loci/mandelbrot.sps 40 5 | md5sum)"
same "mandelbrot, its middle row" ".....@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@*+===------------" "$(run samples/loci/mandelbrot.sps | sed -n 16p)"
same supervised-service '(1 (sum 6))
(1 (poisoned failed))
(2 (product -42))' "$(run samples/loci/supervised-service.sps | grep '^([0-9]')"

# random kills, for as long as one wants; nobody of the session is left
stress() {
  local session out
  setsid "$build/loko" --program tests/pool/stress.sps "$1" "$2" >"$tmp/out" 2>"$tmp/err" & session=$!
  for _ in $(seq $((10 * ($1 + 60)))); do kill -0 $session 2>/dev/null || break; sleep 0.1; done
  kill -9 $session 2>/dev/null && echo "FAIL: random kills with seed $2: it hangs"
  wait $session; out=$?
  grep -E ' failed|FAILED|got|expected' "$tmp/out" || echo "0 passed, 1 failed"
  [ $out = 0 ] || { echo "FAIL: random kills with seed $2 (exit $out)"; head -n 5 "$tmp/err"; }
  for _ in $(seq 100); do [ -z "$(ps -o stat= -s $session | grep -v '^[ZX]')" ] && break; sleep 0.1; done
  same "random kills leave nobody" "" "$(ps -o pid=,stat= -s $session | grep -v ' [ZX]')"
}
stress 3 $RANDOM
[ -z "${LOKO_TEST_LONG-}" ] || stress "${LOKO_STRESS_SECONDS:-60}" $RANDOM
