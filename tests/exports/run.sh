#!/bin/bash
# SPDX-License-Identifier: MIT
# The exports of the standard libraries against the tables of the reports, the names on which R6RS and R7RS differ in
# both dialects, and the reference that is written from the tables. usage: run.sh BUILD_DIR
set -u
build=$(cd "${1:?build directory}" && pwd)
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
status=0
tables=(src/tables/exports/r6rs.scm src/tables/exports/r7rs.scm src/tables/dialects.scm)
program=tools/exports/exports.sps

timeout 100 "$build/loko" --program $program check "${tables[@]}" || status=1

if timeout 100 "$build/loko" --program $program reference "${tables[@]}" >"$tmp/libraries.md" &&
   cmp -s "$tmp/libraries.md" docs/reference/libraries.md; then
  echo "reference: 1 passed, 0 failed"
else
  echo "FAIL: docs/reference/libraries.md is not up to date: make exports"
  diff docs/reference/libraries.md "$tmp/libraries.md" | head -n 12
  echo "reference: 0 passed, 1 failed"; status=1
fi

# --- a table that asks for too much, or too little, fails ---
cat >"$tmp/wrong.scm" <<'S'
(library (rnrs mutable-pairs (6)) "x" set-car! set-cdr! set-cxr!)
(library (rnrs mutable-strings (6)) "x" string-set!)
(differs string-set! (r6rs (rnrs mutable-strings) "") (r7rs (scheme base) "") (example (+ 1 1) => 2 3))
S
timeout 100 "$build/loko" --program $program check "$tmp/wrong.scm" >"$tmp/wrong.out"
if grep -q 'lacks (set-cxr!)' "$tmp/wrong.out" && grep -q 'more than the report says: (string-fill!)' "$tmp/wrong.out" &&
   [ "$(grep -c 'string-set! in r7rs: .* => 2, not 3' "$tmp/wrong.out")" = 2 ]; then
  echo "wrong tables: 1 passed, 0 failed"
else echo "FAIL: wrong tables are not found"; cat "$tmp/wrong.out"; echo "wrong tables: 0 passed, 1 failed"; status=1; fi
exit $status
