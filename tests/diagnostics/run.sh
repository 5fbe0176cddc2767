#!/bin/bash
# SPDX-License-Identifier: MIT
# What beginners' mistakes and the REPL print, compared with transcripts (*.expected). Addresses are replaced.
# usage: run.sh BUILD_DIR [--update]
set -u
build=$(cd "$1" && pwd) update=${2:-}
loko=$build/loko
cd "$(dirname "$0")" || exit 1
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
export NO_COLOR=1
unset LOKO_LIBRARY_PATH
passed=0 failed=0
# compare NAME STATUS COMMAND…: output of both streams and the status
compare() {
  local name=$1; shift
  timeout 60 "$@" >"$tmp/raw" 2>&1; echo "exit status $?" >>"$tmp/raw"
  sed -E 's/(program-counter: )#x[0-9a-f]+/\1#xPC/; s/more than [0-9]+ more/many more/; s/^(Loko Scheme) .*/\1/' "$tmp/raw" >"$tmp/out"
  [ -n "$update" ] && cp "$tmp/out" "$name.expected"
  if cmp -s "$name.expected" "$tmp/out"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $name"; diff "$name.expected" "$tmp/out" | head -n 20; fi
}
# expect NAME STATUS PATTERN COMMAND…
expect() {
  local name=$1 status=$2 pattern=$3; shift 3
  timeout 60 "$@" >"$tmp/out" 2>&1 </dev/null; local got=$?
  if [ $got = "$status" ] && grep -Eq -- "$pattern" "$tmp/out"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $name: exit $got, wanted $status and /$pattern/ in:"; head -n 8 "$tmp/out"; fi
}

for program in misspelled bracket argument-order missing-import car-of-empty string-plus-number wrong-arguments r7rs-as-r6rs; do
  compare $program "$loko" --program $program.sps
done
compare endless-recursion env LOKO_HEAP=64 "$loko" --program endless-recursion.sps
compare wrong-file-name "$loko" --program car-of-emtpy.sps
compare endless-loop python3 endless-loop.py "$loko"
compare long-computation python3 long-computation.py "$loko"
compare session "$loko" <session.repl

# the same text from load, and in the compiled program
echo '(load "argument-order.sps")' >"$tmp/in"
expect "load" 0 'third .*argument-order.sps:4:3' bash -c "'$loko' <'$tmp/in'"
"$loko" --compile argument-order.sps --output "$tmp/program"
expect "compiled" 70 'third .*argument-order.sps:4:3' "$tmp/program"
expect "warning" 70 'wrong-arguments.sps:4:10: warning: .*unused-variable' "$loko" wrong-arguments.sps
expect "no warning" 1 '^yes$' bash -c "'$loko' -Wno-unused-variable wrong-arguments.sps 2>&1 | grep unused-variable; echo yes; exit 1"
expect "warnings are errors" 1 'error: .*-Werror=unused-variable' "$loko" -Werror wrong-arguments.sps
expect "unknown warning" 64 'did you mean -Wno-unused-variable' "$loko" -Wno-unused-variables wrong-arguments.sps
expect "nearest option" 64 'did you mean --compile' "$loko" --complie x.sps
expect "version" 0 '^Loko Scheme [0-9]+\.[0-9]+\.[0-9]+' "$loko" --version
expect "disassemble" 0 "; 'car" bash -c "printf '(define (f x) (car x))\n,dis f\n' | '$loko'"
echo '(import (loko)) (define (f) (let ((l (current-backtrace))) (length l))) (display (cons (f) (backtrace-frame? (car (current-backtrace)))))' >"$tmp/frames.sps"
expect "backtrace as data" 0 '^\([1-9][0-9]* \. #t\)$' "$loko" "$tmp/frames.sps"
echo '(import (loko)) (display (condition-report-string (make-error)))' >"$tmp/report.sps"
expect "condition-report-string" 0 '^The condition has 1 component:$' "$loko" "$tmp/report.sps"
for warning in wrong-argument-count wrong-type unreachable-code unused-variable unused-import unbound-variable unknown-flag; do
  expect "help names $warning" 0 "$warning" "$loko" --help
done
compare warnings "$loko" -Wall --program warnings.sps
expect "no warnings" 0 '^0$' bash -c "'$loko' -Wno-all --program warnings.sps 2>&1 >/dev/null | grep -c warning; true"
expect "unused imports on demand" 0 '^0$' bash -c "'$loko' --program warnings.sps 2>&1 >/dev/null | grep -c unused-import; true"
compare check-messages "$loko" -Wno-wrong-type --program check-messages.sps
if command -v objdump >/dev/null; then expect "disassembly as objdump's" 0 ', 0 wrong' python3 disassembly.py "$loko"; fi
expect "line editor" 0 ', 0 failed' timeout 120 python3 editor.py "$loko"
if command -v gdb >/dev/null; then
  expect "gdb" 0 '^#vu8\(49 53 \.\.\.\)$' gdb -batch -ex 'source ../../tools/gdb/loko-gdb.py' -ex 'break loko::os_write' \
    -ex 'run -e "(begin (display 15) (flush-output-port (current-output-port)))"' -ex 'scheme $rsi' -ex 'set print elements 2' -ex 'scheme $rsi' -ex 'scheme-backtrace' "$loko"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
