# SPDX-License-Identifier: MIT
# For run.sh of a group; $tmp is its directory for files.

# one NAME COMMAND...: runs a test program, which prints its counts; a failure without them counts as one.
one() {
  local name=$1 status
  shift
  timeout 120 "$@" >"$tmp/out" 2>"$tmp/err"
  status=$?
  cat "$tmp/out"
  [ $status = 0 ] && return
  echo "FAIL: $name (exit $status)"
  head -n 5 "$tmp/err"
  grep -q ' failed' "$tmp/out" || echo "0 passed, 1 failed"
}

# same NAME EXPECTED GOT: one check.
same() { if [ "$2" = "$3" ]; then echo "1 passed, 0 failed"; else echo "FAIL: $1: $3"; echo "0 passed, 1 failed"; fi; }
