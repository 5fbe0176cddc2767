#!/bin/bash
# SPDX-License-Identifier: MIT
# Fibers: each program as it is, compiled, with a switch of fibers at every safepoint, and with collections.
# usage: tests/fibers/run.sh BUILD_DIR
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
export LOKO=$build/loko LOKO_LIBRARY_PATH=$PWD/../..
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. ../support/reports.sh
for t in *.sps; do
  one "$t" "$build/loko" --program "$t"
  LOKO_TEST_FEW=1 one "$t switching at every safepoint" "$build/loko" --torture-switch=1 --program "$t"
  timeout 120 "$build/loko" --compile "$t" --output "$tmp/t" && one "$t compiled" "$tmp/t"
done
# The timer comes at other moments each time: a lost fiber shows as a deadlock.
for seed in 1 2 3 4 5 6; do one "stress.sps seed $seed" "$build/loko" --program stress.sps 4 $seed; done
# No step of the scheduler that has safepoints of its own is copied into a program, where fibers could be switched within.
if "$build/loko" --dump=optimized --program stress.sps 0 1 2>&1 >"$tmp/out" | grep -q '(global \(schedule!\|dispatch\|run-head\))'; then
  echo "FAIL: the scheduler's code in a program"; echo "0 passed, 1 failed"
else
  echo "1 passed, 0 failed"
fi
LOKO_TEST_FEW=1 one "pieces.sps with collections" "$build/loko" --torture=997 --torture-switch=3 --program pieces.sps
for every in 31 97; do LOKO_TEST_FEW=1 one "parameters.sps with collections" "$build/loko" --torture=$every --torture-switch=3 --program parameters.sps; done
one "operations.sps with collections" "$build/loko" --torture=2011 --torture-switch=7 --program operations.sps
# Long: more seeds with collections, and the tests of the libraries while another fiber runs at each n-th safepoint.
if [ -n "${LOKO_TEST_LONG-}" ]; then
  for seed in $(seq 11 20); do one "stress.sps seed $seed with collections" "$build/loko" --torture=997 --torture-switch=3 --program stress.sps 4 $seed; done
  stride=3                               # another one for each program, so that switches fall on other safepoints
  for t in ../r6rs/*.s?? ../r7rs/*.s?? ../srfi/*.sps; do
    std=; case $t in ../r7rs/*) std=-std=r7rs;; esac
    stride=$((stride % 17 + 2))
    case $t in ../r6rs/lists.scm) every=997;; *) every=$stride;; esac        # lists.scm searches circles a million steps long
    printf '(import (loko system fibers))\n(spawn-fiber (lambda () (let loop () (yield-current-task) (loop))))\n(load-program "%s")\n' "tests/${t#../}" >"$tmp/beside"
    (cd ../.. && one "$t beside another fiber" "$build/loko" $std --quiet --torture-switch=$every <"$tmp/beside")
  done
fi
for page in fibers system; do
  (cd ../.. && one "docs/reference/$page.md" "$build/loko" --program tests/support/page-examples.sps docs/reference/$page.md)
done
one "repl.py" python3 repl.py "$build/loko"
one "paste.py" python3 paste.py "$build/loko"
