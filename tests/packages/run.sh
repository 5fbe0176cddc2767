#!/bin/bash
# SPDX-License-Identifier: MIT
# Real packages, loaded unchanged from where the system installs them: Debian's scheme-chez-srfi and
# r6rs-nanopass-dev. Without them nothing is tested. usage: run.sh BUILD_DIR
set -u
loko=$(cd "$1" && pwd)/loko
cd "$(dirname "$0")" || exit 1
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
unset LOKO_LIBRARY_PATH
passed=0 failed=0
# program NAME: its output is that of NAME.expected
program() {
  timeout 120 "$loko" --program "$1.sps" >"$tmp/out" 2>&1
  if cmp -s "$1.expected" "$tmp/out"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $1"; diff "$1.expected" "$tmp/out" | head -n 20; fi
}
if [ -d /usr/share/r6rs/srfi ]; then
  program srfi
  # all libraries but those for other systems (name.system.sls); the files of :N are links or copies of %3aN
  (cd /usr/share/r6rs/srfi && find . -path './%3a*' -name '*.sls' ! -name '*.*.sls' | sort) |
    sed -e 's|^\./%3a|(srfi :|; s|\.sls$|)|; s|/| |g; s|%2a|*|g; s|%21|!|g' >"$tmp/names"
  timeout 120 "$loko" --program import-all.sps <"$tmp/names" >"$tmp/out" 2>"$tmp/err"
  grep -v imported "$tmp/out" >"$tmp/failed"
  grep -v '^#' not-imported.txt >"$tmp/expected"
  n=$(sed -n 's/ imported$//p' "$tmp/out")
  if [ "${n:-0}" -gt 100 ] && cmp -s "$tmp/failed" "$tmp/expected"; then passed=$((passed + n))
  else failed=$((failed + 1)); echo "FAIL: imports (not-imported.txt lists those that may fail)"; diff "$tmp/expected" "$tmp/failed"; head -n 5 "$tmp/err"; fi
fi
[ -d /usr/share/r6rs/nanopass ] && program nanopass
echo "$passed passed, $failed failed"
[ $failed = 0 ]
