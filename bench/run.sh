#!/bin/bash
# SPDX-License-Identifier: MIT
# Times our compiled programs against safe Chez Scheme (when installed), alternating, pinned to one core.
# usage: bench/run.sh BUILD_DIR [RUNS]     Whole-process user+system seconds, median of RUNS (default 3).
set -u
cd "$(dirname "$0")/.."
build=$(cd "${1:-build}" && pwd) runs=${2:-3}
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
chez=$(command -v chezscheme || command -v scheme || true)
echo "machine: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | xargs), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
pin=; command -v taskset >/dev/null && pin="taskset -c 0"
TIMEFORMAT='%U %S'
once() { { time $pin "$@" >/dev/null 2>&1; } 2>&1 | awk '{printf "%.3f", $1 + $2}'; }
median() { tr ' ' '\n' | sort -n | awk 'NF {a[n++]=$1} END {printf "%.3f", a[int(n/2)]}'; }
printf '%-10s %8s %8s %6s\n' program loko chez ratio
log=0 n=0
for p in bench/programs/*.sps; do
  name=$(basename "$p" .sps)
  "$build/loko" --compile "$p" --output "$tmp/$name" || continue
  [ -n "$chez" ] && echo "(let () (optimize-level 2) (compile-imported-libraries #t) (compile-program \"$p\" \"$tmp/$name.so\"))" | $chez -q >/dev/null 2>&1
  ours= theirs=
  for _ in $(seq "$runs"); do
    ours="$ours $(once "$tmp/$name")"
    [ -n "$chez" ] && theirs="$theirs $(once $chez --program "$tmp/$name.so")"
  done
  a=$(echo $ours | median) b=$(echo $theirs | median)
  printf '%-10s %8s %8s %6s\n' "$name" "$a" "${b:--}" "$(awk -v a="$a" -v b="${b:-0}" 'BEGIN {if (b > 0) printf "%.2f", a / b; else printf "-"}')"
done | tee "$tmp/table"
awk 'NF == 4 && $4 + 0 > 0 {s += log($4); n++} END {if (n) printf "geometric mean of the ratios over %d programs: %.2f\n", n, exp(s / n)}' "$tmp/table"
