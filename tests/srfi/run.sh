#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the tests of the SRFIs; each prints "N passed, N failed", a crash counts as a failure.
# usage: tests/srfi/run.sh BUILD_DIR
set -u
here=$(cd "$(dirname "$0")" && pwd)
loko=$(cd "$1" && pwd)/loko
for t in "$here"/*.sps; do
  out=$(timeout 60 "$loko" -L "$here/../.." --program "$t" 2>&1); status=$?
  grep -E '^[0-9]+ passed, [0-9]+ failed' <<<"$out" || { echo "FAIL: ${t##*/} (exit $status)"; tail -n 5 <<<"$out"; echo "0 passed, 1 failed"; }
  [ $status = 0 ] || grep -A3 '^FAILED' <<<"$out"
done
