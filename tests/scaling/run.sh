#!/bin/bash
# SPDX-License-Identifier: MIT
# Generated programs of several shapes, N and 4 N definitions, clauses or levels: the time and memory that their compilation takes
# must grow in proportion. A quadratic pass makes 16 of 4; what is tolerated lies far from both, since machines are noisy.
# usage: run.sh BUILD_DIR [SHAPE …]
set -u
loko=$(cd "$1" && pwd)/loko; shift
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
n=1000
passed=0 failed=0
# cost SHAPE COUNT [TIMES]: the least of some measurements of CPU time in hundredths of a second, and the memory in KB
cost() {
  "$loko" --program "$here/shapes.sps" "$1" "$2" >p.sps || return 1
  local best=999999 kb=0
  for ((i = 0; i < ${3:-1}; i++)); do
    local before after
    python3 - "$loko" <<'PY' >measured || return 1
import resource, subprocess, sys
status = subprocess.run([sys.argv[1], "-Wno-all", "--compile", "p.sps", "--output", "p"], stdout=subprocess.DEVNULL).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(round(usage.ru_utime * 100), usage.ru_maxrss)
sys.exit(status)
PY
    read -r before after <measured
    [ "$before" -lt "$best" ] && best=$before
    kb=$after
  done
  echo "$best $kb"
}
within() { [ $((t4 - base_time)) -le $((9 * (t1 > base_time ? t1 - base_time : 0) + 10)) ]; }
base=$(cost begin 1 3) || { echo "FAIL: the compiler does not run"; exit 1; }
read -r base_time base_kb <<<"$base"
for shape in ${*:-$("$loko" --program "$here/shapes.sps")}; do
  if ! one=$(cost "$shape" $n) || ! four=$(cost "$shape" $((4 * n))); then failed=$((failed + 1)); echo "FAIL: $shape does not compile"; continue; fi
  read -r t1 m1 <<<"$one"; read -r t4 m4 <<<"$four"
  if ! within; then read -r t1 m1 <<<"$(cost "$shape" $n 3)"; read -r t4 m4 <<<"$(cost "$shape" $((4 * n)) 3)"; fi  # a busy machine?
  m1=$((m1 - base_kb)) m4=$((m4 - base_kb))
  [ -z "${LOKO_TEST_TIMES-}" ] || echo "$shape: $((t1 - base_time)) -> $((t4 - base_time)) (1/100 s), $m1 -> $m4 KB"
  # Small costs drown in noise: 0.1 s and 32 MB are given.
  if within; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $shape: time grows from $((t1 - base_time)) to $((t4 - base_time))"; fi
  if [ $m4 -le $((7 * (m1 > 0 ? m1 : 0) + 32768)) ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $shape: memory grows from $m1 to $m4 KB"; fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
