#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every test of the tree; prints one line per failure and ends with "N passed, N failed".
# usage: tests/run.sh BUILD_DIR      LOKO_TEST_LONG=1 runs the long ones too; LOKO_TEST_TIMES=1
# tells the seconds that each group takes.
set -u
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd)
loko=$build/loko
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "FAIL: $*"; }
# check NAME COMMAND…: the command must succeed
check() { local name=$1; shift; if timeout 120 "$@" >"$tmp/log" 2>&1; then pass; else fail "$name (exit $?)"; tail -n 12 "$tmp/log"; fi; }
# same NAME EXPECTED ACTUAL: two files are equal
same() { if cmp -s "$2" "$3"; then pass; else fail "$1: output differs"; diff "$2" "$3" | head -n 12; fi; }
# counted NAME COMMAND…: the command prints "N passed, N failed" lines; their sums count
counted() {
  local name=$1 status start=$SECONDS; shift
  timeout 300 "$@" >"$tmp/log" 2>&1; status=$?
  [ -z "${LOKO_TEST_TIMES-}" ] || echo "$((SECONDS - start)) s: $name"
  local p f; p=$(grep -Eo '[0-9]+ passed' "$tmp/log" | awk '{s+=$1} END {print s+0}'); f=$(grep -Eo '[0-9]+ failed' "$tmp/log" | awk '{s+=$1} END {print s+0}')
  passed=$((passed + p)); failed=$((failed + f))
  if [ "$p" = 0 ] || { [ $status != 0 ] && [ "$f" = 0 ]; }; then fail "$name (exit $status)"; tail -n 12 "$tmp/log"; elif [ "$f" != 0 ]; then echo "FAIL: $name"; grep -iE 'fail' "$tmp/log" | head -n 20; fi
}

# --- unit tests of the C++ parts ---
if ninja -C "$build" unit_tests >"$tmp/log" 2>&1; then
  timeout 600 "$build/unit_tests" --gtest_brief=1 >"$tmp/unit" 2>&1; status=$?
  p=$(grep -Eo 'PASSED  \] [0-9]+' "$tmp/unit" | awk '{print $3}'); f=$(grep -c '^\[  FAILED  \] .*ms)' "$tmp/unit")
  passed=$((passed + ${p:-0})); failed=$((failed + f))
  if [ $status != 0 ]; then
    echo "FAIL: unit_tests (exit $status)"; grep -E 'FAILED|rror|Failure' "$tmp/unit" | head -n 20
    [ "$f" = 0 ] && failed=$((failed + 1))
  fi
else fail "unit_tests does not build"; tail -n 20 "$tmp/log"; fi

# --- whole programs: REPL, --program and compiled must agree with the expected output ---
for program in tests/programs/*.sps; do
  name=$(basename "$program" .sps); expected=tests/programs/$name.out
  timeout 120 "$loko" --program "$program" >"$tmp/$name.run" 2>"$tmp/err" || { fail "$name --program (exit $?)"; head -n 8 "$tmp/err"; }
  same "$name --program" "$expected" "$tmp/$name.run"
  flags=; grep -q 'rnrs eval' "$program" && flags=-feval
  if timeout 120 "$loko" $flags --compile "$program" --output "$tmp/$name" >"$tmp/err" 2>&1; then
    timeout 120 "$tmp/$name" >"$tmp/$name.exe" 2>"$tmp/err" || { fail "$name compiled (exit $?)"; head -n 8 "$tmp/err"; }
    same "$name compiled" "$expected" "$tmp/$name.exe"
  else fail "$name --compile"; head -n 8 "$tmp/err"; fi
  echo "(load-program \"$program\")" | timeout 120 "$loko" --quiet >"$tmp/$name.repl" 2>"$tmp/err"
  same "$name from the REPL" "$expected" "$tmp/$name.repl"
done

# --- Scheme test programs that count their own checks ---
for t in tests/r6rs/*.s?? tests/r7rs/*.s?? tests/loko/*.s??; do
  [ -e "$t" ] || continue
  std=; case $t in tests/r7rs/*) std=-std=r7rs;; esac
  counted "$t" "$loko" $std --program "$t"
done

# --- further groups, one script each; they print "N passed, N failed" ---
for script in tests/*/run.sh; do
  [ -e "$script" ] || continue
  counted "$script" bash "$script" "$build"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
