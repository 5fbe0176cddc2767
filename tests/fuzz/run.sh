#!/bin/bash
# SPDX-License-Identifier: MIT
# Random programs must do the same at -O0 and -O2, run, compiled and through eval, and under another Scheme if there is one.
# usage: run.sh BUILD_DIR [FIRST_SEED [COUNT]]      LOKO_TEST_LONG=1 tries more seeds.
set -u
loko=$(cd "$1" && pwd)/loko
here=$(cd "$(dirname "$0")" && pwd)
first=${2:-1} count=${3:-4} size=${LOKO_FUZZ_SIZE:-60}
[ "${LOKO_TEST_LONG:-}" = 1 ] && count=${3:-60}
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
other=$(command -v chezscheme || command -v scheme) && [ "$(echo '(display (fixnum-width))' | timeout 10 "$other" -q 2>/dev/null)" = 61 ] || other=
passed=0 failed=0
# run NAME COMMAND…: its output, with the status if it isn't 0
run() { local name=$1; shift; timeout 60 "$@" >"$name" 2>err </dev/null || { echo "exit $?"; head -n 3 err; } >>"$name"; }
for ((seed = first; seed < first + count; seed++)); do
  if ! timeout 60 "$loko" --program "$here/differential.sps" $seed $size direct >p.sps; then
    failed=$((failed + 1)); echo "FAIL: seed $seed: the generator"; continue
  fi
  timeout 60 "$loko" --program "$here/differential.sps" $seed $size eval >e.sps
  run O0 "$loko" -Wno-unused-variable -O0 --program p.sps
  run O2 "$loko" -Wno-unused-variable -O2 --program p.sps
  run eval "$loko" --program e.sps
  rm -f p; timeout 60 "$loko" --compile p.sps --output p >err 2>&1
  run compiled ./p
  names="O2 eval compiled"
  [ -n "$other" ] && { run other "$other" --program p.sps; names="$names other"; }
  for name in $names; do
    if cmp -s O0 $name; then passed=$((passed + 1))
    else failed=$((failed + 1)); echo "FAIL: seed $seed: -O0 and $name differ"; diff O0 $name | cut -c1-200 | head -n 6; fi
  done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
