#!/bin/bash
# SPDX-License-Identifier: MIT
# The tables of primitives: the committed reference is what tablegen writes now; the examples hold as written, compiled
# with operands that the compiler can't see, and by eval, in a run program and in a compiled one. usage: run.sh BUILD_DIR
set -u
build=$(cd "${1:?build directory}" && pwd)
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
status=0
tables=(src/tables/primitives/*.scm)
tablegen=$build/tablegen

# --- the reference ---
if "$tablegen" --reference "$tmp/primitives.md" "${tables[@]}" && cmp -s "$tmp/primitives.md" docs/reference/primitives.md; then
  echo "reference: 1 passed, 0 failed"
else
  echo "FAIL: docs/reference/primitives.md is not up to date: $tablegen --reference docs/reference/primitives.md src/tables/primitives/*.scm"
  diff docs/reference/primitives.md "$tmp/primitives.md" | head -n 12
  echo "reference: 0 passed, 1 failed"; status=1
fi

# --- mistakes in examples are errors, wrong ones are found ---
cat >"$tmp/wrong.scm" <<'S'
(primitive car (takes (p pair)) (gives any) (low car)
  (examples ((car '(1 2)) => 2) ((car '(1 2)) => (raises &assertion)) ((car 5) => 1) ((car 5) => (raises &lexical))
    ((car '(1)) => 1) ((display 1) => 1)))
S
echo "(primitive car (takes (p pair)) (low car) (examples ((car '(a)) => 'a)))" >"$tmp/quoted.scm"
"$tablegen" --examples "$tmp/wrong.sps" "$tmp/wrong.scm" >/dev/null && "$build/loko" --program "$tmp/wrong.sps" >"$tmp/wrong.out"
if [ "$(tail -n 1 "$tmp/wrong.out")" = "3 passed, 12 failed" ] && [ "$(grep -c '^skipped ' "$tmp/wrong.out")" = 1 ]; then
  echo "wrong examples: 1 passed, 0 failed"
else echo "FAIL: wrong examples are not found"; cat "$tmp/wrong.out"; echo "wrong examples: 0 passed, 1 failed"; status=1; fi
if "$tablegen" --examples "$tmp/quoted.sps" "$tmp/quoted.scm" 2>"$tmp/err" || ! grep -q 'quoted.scm:1: error: ' "$tmp/err"; then
  echo "FAIL: a quoted value is accepted"; echo "ill-formed example: 0 passed, 1 failed"; status=1
else echo "ill-formed example: 1 passed, 0 failed"; fi

# --- the examples ---
"$tablegen" --examples "$tmp/examples.sps" "${tables[@]}" || exit 1
timeout 120 "$build/loko" --program "$tmp/examples.sps" || status=1
"$build/loko" -feval --compile "$tmp/examples.sps" --output "$tmp/examples" && timeout 120 "$tmp/examples" || status=1

# --- folding: with random constants the compiler computes what the program would ---
"$tablegen" --foldable "$tmp/foldable.scm" "${tables[@]}" || exit 1
rounds=10 seed=1
[ "${LOKO_TEST_LONG:-}" = 1 ] && rounds=200 seed=$RANDOM
timeout 300 "$build/loko" -Wno-all --program tests/tables/folding.sps "$tmp/foldable.scm" $seed $rounds || { echo "(seed $seed)"; status=1; }
exit $status
