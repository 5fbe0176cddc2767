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
# generate SEED COUNT MODE: prints a program
generate() { timeout 60 "$loko" -L "$here/../.." --program "$here/differential.sps" "$@"; }
# agree SEED NAME…: each output is that of -O0
agree() {
  local seed=$1 name; shift
  for name in "$@"; do
    if cmp -s O0 $name; then passed=$((passed + 1))
    else failed=$((failed + 1)); echo "FAIL: seed $seed: -O0 and $name differ"; diff O0 $name | cut -c1-200 | head -n 6; fi
  done
}
for ((seed = first; seed < first + count; seed++)); do
  if ! generate $seed $size direct >p.sps; then
    failed=$((failed + 1)); echo "FAIL: seed $seed: the generator"; continue
  fi
  generate $seed $size eval >e.sps
  run O0 "$loko" -Wno-all -O0 --program p.sps
  run O2 "$loko" -Wno-all -O2 --program p.sps
  run eval "$loko" --program e.sps
  rm -f p; timeout 60 "$loko" --compile p.sps --output p >err 2>&1
  run compiled ./p
  [ -n "$other" ] && run other "$other" --program p.sps
  agree $seed O2 eval compiled ${other:+other}

  # top-level procedures that call each other, within a program and across libraries
  generate $seed $size one >p.sps
  generate $seed $size libraries >l.sps
  run O0 "$loko" -Wno-all -O0 --program p.sps
  run one "$loko" -Wno-all -O2 --program p.sps
  run libraries "$loko" -Wno-all -O2 --program l.sps
  rm -f p; timeout 60 "$loko" -Wno-all --compile l.sps --output p >err 2>&1
  run compiled-libraries ./p
  [ -n "$other" ] && run other-one "$other" --program p.sps
  agree $seed one libraries compiled-libraries ${other:+other-one}

  # loops over vectors
  if ! python3 "$here/loops.py" $seed 20 >p.sps; then failed=$((failed + 1)); echo "FAIL: seed $seed: loops.py"; continue; fi
  run O0 "$loko" -Wno-all -O0 --program p.sps
  run loops "$loko" -Wno-all -O2 --program p.sps
  [ -n "$other" ] && run other-loops "$other" --program p.sps
  agree $seed loops ${other:+other-loops}
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
