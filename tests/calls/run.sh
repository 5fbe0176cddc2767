#!/bin/bash
# SPDX-License-Identifier: MIT
# Random calls of everything that the libraries export: nothing may trap or end the process. LOKO_TEST_LONG=1: more.
# usage: tests/calls/run.sh BUILD_DIR [FIRST_SEED [COUNT]]
loko=$(cd "${1:-build}" && pwd)/loko
cd "$(dirname "$0")" || exit 1
first=${2:-1} count=${3:-2} calls=2000
[ -n "${LOKO_TEST_LONG-}" ] && count=${3:-20} calls=10000
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
for ((seed = first; seed < first + count; seed++)); do
  LOKO_HEAP=500M timeout -s KILL 110 "$loko" -Wno-all --program calls.sps $seed $calls verbose >"$tmp/out" 2>"$tmp/calls" </dev/null
  status=$?
  grep -a '^FAIL' "$tmp/out"
  grep -aEo '[0-9]+ passed, [0-9]+ failed' "$tmp/out" | tail -n 1
  [ $status = 0 ] || [ $status = 1 ] || { echo "FAIL: seed $seed ended with status $status in"; grep -a '^((' "$tmp/calls" | tail -n 1; echo "0 passed, 1 failed"; }
done
