#!/bin/bash
# SPDX-License-Identifier: MIT
# What beginners' mistakes and the REPL print, compared with transcripts (*.expected). Addresses are replaced.
# usage: run.sh BUILD_DIR [--update]
set -u
build=$(cd "$1" && pwd) update=${2:-}
loko=$build/loko
cd "$(dirname "$0")" || exit 1
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
export NO_COLOR=1 PYTHONDONTWRITEBYTECODE=1
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

# Circular text is refused where it is no literal, at its place.
while IFS= read -r text; do
  echo "(import (rnrs)) $text" >"$tmp/circular.sps"
  expect "circular: $text" 1 '^[^ ]*circular.sps:1:[0-9]+: error: only a literal may contain itself' "$loko" --program "$tmp/circular.sps"
done <<'EOF'
#0=(begin #0#)
#0=(begin . #0#)
(let #0=((a 1) . #0#) a)
(lambda #0=(a . #0#) 1)
(import #0=(only #0# a))
(define-record-type a (fields . #0=(a . #0#)))
(define-enumeration a #0=(b . #0#) c)
(define-syntax a (syntax-rules () #0=((_ . #0#) 1)))
(define-syntax a (lambda (x) (syntax-case x () ((_ b) #'(quote #0=(b . #0#))))))
`#0=(a . #0#)
`#0=(a ,#0# . #0#)
(list #0=#(1) #0# #1=(car . #1#))
EOF
echo "(import (rnrs)) (define x '#0=(1 . #0#)) (define y #1=#(2 #1#)) (write (list (car (cdr x)) (vector-ref (vector-ref y 1) 0)))" >"$tmp/circular.sps"
expect "circular literals" 0 '^\(1 2\)$' "$loko" --program "$tmp/circular.sps"

for program in misspelled bracket argument-order missing-import car-of-empty string-plus-number wrong-arguments long-irritants r7rs-as-r6rs transformer transformer-violation; do
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
compare trap "$loko" --program trap.sps
compare notes "$loko" --program notes.sps
compare warnings "$loko" -Wall --program warnings.sps
expect "no warnings" 0 '^0$' bash -c "'$loko' -Wno-all --program warnings.sps 2>&1 >/dev/null | grep -c warning; true"
expect "unused imports on demand" 0 '^0$' bash -c "'$loko' --program warnings.sps 2>&1 >/dev/null | grep -c unused-import; true"
compare check-messages "$loko" -Wno-wrong-type --program check-messages.sps
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  chmod 755 "$tmp"; echo '(import (rnrs))' >"$tmp/secret.sps"; chmod 600 "$tmp/secret.sps"
  mkdir "$tmp/locked"; echo '(library (locked) (export) (import (rnrs)))' >"$tmp/locked/locked.sls"; chmod 600 "$tmp/locked/locked.sls"
  echo '(import (rnrs) (locked))' >"$tmp/uses.sps"; chmod 644 "$tmp/uses.sps"; cp "$loko" "$tmp/loko"
  expect "unreadable program" 66 'secret.sps: permission denied' setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/loko" --program "$tmp/secret.sps"
  expect "unreadable library" 1 'locked' setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/loko" -L "$tmp/locked" --program "$tmp/uses.sps"
  echo "(load \"$tmp/secret.sps\")" >"$tmp/in"
  expect "unreadable file of load" 0 "can't be read" setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "'$tmp/loko' <'$tmp/in'"
fi
if command -v objdump >/dev/null; then expect "disassembly as objdump's" 0 ', 0 wrong' python3 disassembly.py "$loko"; fi
expect "line editor" 0 ', 0 failed' timeout 120 python3 editor.py "$loko"
mkdir "$tmp/lib"; echo '(library (thing) (export thing) (import (rnrs)) (define (thing) 1))' >"$tmp/lib/thing.sls"
cat >"$tmp/reload" <<END
(import (thing))
(thing)
(call-with-port (open-file-output-port "$tmp/lib/thing.sls" (file-options no-fail) 'block (native-transcoder)) (lambda (p) (put-string p "(library (thing) (export thing) (import (rnrs)) (define (thing) 22))")))
,reload (thing)
(thing)
,reload
,reload (no such library)
(strin-append "a")
END
expect "reload" 0 '^> 22$' bash -c "'$loko' -L '$tmp/lib' <'$tmp/reload'"
expect "nearest name at run time" 0 'Did you mean string-append' bash -c "'$loko' -L '$tmp/lib' <'$tmp/reload'"
if command -v gdb >/dev/null; then
  "$loko" -g --compile debugged.sps --output "$tmp/debugged"
  expect "gdb: line tables and frames of a compiled program" 0 'fact .*debugged.sps:[0-9]+.*fact .*debugged.sps.*%run-main' \
    bash -c "gdb -batch -ex 'break debugged.sps:6' -ex run -ex 'continue 3' -ex bt '$tmp/debugged' 2>&1 | tr '\\n' ' '"
  expect "gdb: code compiled at run time" 0 'fact .*debugged.sps:[0-9]+.*fact .*debugged.sps' \
    bash -c "gdb -batch -ex 'set breakpoint pending on' -ex 'break debugged.sps:6' -ex run -ex 'continue 3' -ex bt --args '$loko' -g --program debugged.sps 2>&1 | tr '\\n' ' '"
  expect "gdb: symbols of the library" 0 'hashtable-ref' gdb -batch -ex 'info address hashtable-ref' "$loko"
  expect "gdb" 0 '^#vu8\(49 53 \.\.\.\)$' gdb -batch -ex 'source ../../tools/gdb/loko-gdb.py' -ex 'break loko::os_write' \
    -ex 'run -e "(begin (display 15) (flush-output-port (current-output-port)))"' -ex 'scheme $rsi' -ex 'set print elements 2' -ex 'scheme $rsi' -ex 'scheme-backtrace' "$loko"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
