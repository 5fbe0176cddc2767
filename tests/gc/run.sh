#!/bin/bash
# SPDX-License-Identifier: MIT
# GC safety: the runtime's link test, and real programs with a full collection and heap check at every n-th safepoint.
# usage: run.sh BUILD_DIR
set -u
cd "$(dirname "$0")/../.."
build=$1; passed=0 failed=0
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
if bash tests/gc/freestanding_link.sh "$build" >"$tmp/log" 2>&1; then passed=1; else failed=1; echo "FAIL: freestanding link"; tail -n 5 "$tmp/log"; fi
# program interval: hash tables keyed by address rehash after each collection, so programs with them get longer intervals
for row in "json 3" "generators 1" "heap 29" "interpreter 97" "tokenizer 11" "adventure 1" "matrix 5" "sudoku 997" "pi 97" "huffman 101" "continuation-pieces 9973" "address-tables 5" "table-growth 299993"; do
  set -- $row
  timeout 120 "$build/loko" --torture="$2" --program "tests/programs/$1.sps" >"$tmp/out" 2>"$tmp/err"; status=$?
  if [ $status = 0 ] && cmp -s "$tmp/out" "tests/programs/$1.out"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $1 with a collection at every $2th safepoint (exit $status)"; tail -n 5 "$tmp/err"; fi
done
for t in deep-recursion evaluated-code; do
  timeout 300 "$build/loko" --program tests/gc/$t.sps >"$tmp/out" 2>"$tmp/err"; status=$?
  counts=$(tail -n 1 "$tmp/out"); passed=$((passed + ${counts%% passed*}))
  [ $status = 0 ] || { failed=$((failed + 1)); echo "FAIL: $t (exit $status)"; tail -n 8 "$tmp/out" "$tmp/err"; }
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
