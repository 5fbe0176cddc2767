#!/bin/bash
# SPDX-License-Identifier: MIT
# Ports against the system: iconv as the oracle of transcoders; pipes, full disks, closed descriptors, terminals, signals,
# sparse files. Ends with "N passed, N failed". usage: tests/io/run.sh BUILD_DIR
set -u
cd "$(dirname "$0")/../.."
loko=$(cd "${1:-build}" && pwd)/loko
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "FAIL: $*"; }
equal() { if [ "$2" = "$3" ]; then pass; else fail "$1: got '$2' instead of '$3'"; fi; }

# --- transcoders against iconv ---
"$loko" --compile tests/io/convert.sps --output "$tmp/convert" || fail "convert.sps does not compile"
i=0
while [ $i -lt 3000 ]; do printf 'line %d: h\303\251llo w\303\266rld \316\273 \342\202\254 \360\237\230\200 \357\277\275\n' $i; i=$((i + 1)); done >"$tmp/utf-8"
sed 's/\xce\xbb.*//' "$tmp/utf-8" >"$tmp/western"
iconv -f UTF-8 -t UTF-16BE "$tmp/utf-8" >"$tmp/be"; { printf '\376\377'; cat "$tmp/be"; } >"$tmp/utf-16"
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE "$tmp/utf-8"; } >"$tmp/utf-16le"
iconv -f UTF-8 -t LATIN1 "$tmp/western" >"$tmp/latin-1"
# convert FROM-CODEC TO-CODEC INPUT EXPECTED [EOL-IN EOL-OUT]
convert() {
  for how in chars lines blocks all; do
    if "$tmp/convert" "$1" "$2" $how ${5-} ${6-} <"$tmp/$3" | cmp -s - "$tmp/$4"; then pass; else fail "$3 from $1 to $2 by $how"; fi
  done
  # bytes that arrive in pieces
  if { dd bs=37 count=50 status=none; sleep 0.05; cat; } <"$tmp/$3" | "$tmp/convert" "$1" "$2" chars ${5-} ${6-} | cmp -s - "$tmp/$4"; then pass; else fail "$3 from $1 to $2 through a pipe"; fi
}
convert utf-8 utf-8 utf-8 utf-8
convert utf-8 utf-16 utf-8 utf-16
convert utf-16 utf-8 utf-16 utf-8
convert utf-16 utf-8 utf-16le utf-8
convert utf-16 utf-8 be utf-8
convert latin-1 utf-8 latin-1 western
convert utf-8 latin-1 western latin-1
# line ends, with sed as the oracle
sed 's/$/\r/' "$tmp/utf-8" >"$tmp/crlf"; tr '\n' '\r' <"$tmp/utf-8" >"$tmp/cr"; sed 's/$/\r/' "$tmp/western" | iconv -f UTF-8 -t LATIN1 >"$tmp/latin-1-crlf"
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE "$tmp/crlf"; } >"$tmp/utf-16le-crlf"; { printf '\376\377'; iconv -f UTF-8 -t UTF-16BE "$tmp/cr"; } >"$tmp/utf-16-cr"
convert utf-8 utf-8 crlf utf-8 crlf lf
convert utf-8 utf-8 utf-8 crlf none crlf
convert utf-8 utf-8 crlf cr lf cr
convert utf-16 utf-16 utf-16le-crlf utf-16-cr crlf cr
convert latin-1 latin-1 latin-1-crlf latin-1-crlf lf crlf

# --- collections at every few safepoints ---
for every in 41 ${LOKO_TEST_LONG:+1 2 3}; do
  line=$(timeout 550 "$loko" --torture=$every --program tests/io/collections.sps "$tmp" 2>&1) || { echo "$line" | head -n 20; fail "ports with a collection at every ${every}th safepoint"; }
  case ${line##*$'\n'} in *" passed, 0 failed") passed=$((passed + ${line%% passed*})) ;; esac
done

# --- output that can't be written ---
cat >"$tmp/hello.sps" <<'END'
(import (rnrs))
(display "hello")
END
cat >"$tmp/lines.sps" <<'END'
(import (rnrs))
(do ((i 0 (+ i 1))) ((= i 100000)) (display i) (newline))
END
cat >"$tmp/handled.sps" <<'END'
(import (rnrs))
(guard (c ((and (i/o-write-error? c) (i/o-port-error? c)) (display "handled" (current-error-port))))
  (do ((i 0 (+ i 1))) ((= i 100000)) (display i) (newline)))
END
"$loko" --program "$tmp/hello.sps" >/dev/full 2>"$tmp/err"; equal "final flush on a full disk" $? 70
grep -q "no space left" "$tmp/err" && pass || fail "message of the final flush"
equal "the message comes once" "$(grep -c 'An exception' "$tmp/err")" 1
"$loko" --program "$tmp/lines.sps" >/dev/full 2>"$tmp/err"; equal "full disk" $? 70
equal "one message" "$(grep -c 'An exception' "$tmp/err")" 1
"$loko" --program "$tmp/hello.sps" >&- 2>"$tmp/err"; equal "closed descriptor" $? 70
grep -q "bad file descriptor" "$tmp/err" && pass || fail "message of the closed descriptor"
{ "$loko" --program "$tmp/lines.sps" 2>"$tmp/err"; echo $? >"$tmp/status"; } | head -n 1 >/dev/null
equal "broken pipe" "$(cat "$tmp/status")" 70
grep -q "broken pipe" "$tmp/err" && pass || fail "message of the broken pipe"
{ "$loko" --program "$tmp/handled.sps" 2>"$tmp/err"; echo $? >"$tmp/status"; } | head -n 1 >/dev/null
grep -q "^handled" "$tmp/err" && pass || fail "a broken pipe can be handled"
equal "but what is left unwritten is reported" "$(cat "$tmp/status")" 70

# each kind of output port on a full disk: the condition comes, names the port, and the port can be closed
cat >"$tmp/full.sps" <<'END'
(import (rnrs))
(define (attempt name mode tc text)
  (let ((p (open-file-output-port "/dev/full" (file-options no-create no-truncate) mode tc)))
    (define (told? thunk)
      (guard (c ((and (i/o-write-error? c) (i/o-port-error? c) (eq? p (i/o-error-port c))) #t)) (thunk) #f))
    (let* ((put (told? (lambda () (if tc (put-string p text) (put-bytevector p (string->utf8 text))) (flush-output-port p))))
           (again (told? (lambda () (flush-output-port p))))
           (closing (told? (lambda () (close-port p)))))
      (if (not (equal? (list put again closing (guard (c (#t 'closed)) (flush-output-port p))) '(#t #t #t closed)))
          (begin (write (list name mode put again closing)) (newline))))))
(for-each
  (lambda (mode)
    (attempt 'binary mode #f "abc")
    (attempt 'utf-8 mode (native-transcoder) "abc\n")
    (attempt 'utf-16 mode (make-transcoder (utf-16-codec)) "abc\n")
    (attempt 'latin-1 mode (make-transcoder (latin-1-codec) 'crlf 'raise) "abc\n")
    (attempt 'long mode (make-transcoder (utf-16-codec)) (make-string 50000 #\x)))
  '(block line))
(display "done")
END
equal "full disk by kind of port" "$("$loko" --program "$tmp/full.sps" 2>&1)" "done"
# pipes: more than they hold, blocks as they come, no positions; a closed descriptor
cat >"$tmp/pipe.sps" <<'END'
(import (rnrs))
(define p (standard-input-port))
(define first (get-bytevector-some p))
(let loop ((n (bytevector-length first)) (blocks 1))
  (let ((b (get-bytevector-some p)))
    (if (eof-object? b)
        (begin (write (list n (> blocks 1) (port-has-port-position? p) (port-has-set-port-position!? p))) (newline) (flush-output-port (current-output-port)))
        (loop (+ n (bytevector-length b)) (+ blocks 1)))))
(define out (standard-output-port))
(put-bytevector out (make-bytevector 300000 120))
(close-port out)
END
equal "through pipes" "$({ printf abc; sleep 0.1; head -c 200000 /dev/zero; } | "$loko" --program "$tmp/pipe.sps" 2>&1 | { sleep 0.2; cat; } | md5sum)" "$({ echo '(200003 #t #f #f)'; head -c 300000 /dev/zero | tr '\0' x; } | md5sum)"
cat >"$tmp/closed.sps" <<'END'
(import (rnrs))
(write (guard (c ((and (i/o-read-error? c) (i/o-port-error? c)) (condition-message c))) (get-char (current-input-port))))
END
equal "closed standard input" "$("$loko" --program "$tmp/closed.sps" <&- 2>&1)" '"bad file descriptor"'

# --- terminals ---
line=$(timeout 120 python3 tests/io/terminal.py "$loko") || echo "$line"
p=${line##*$'\n'}; case $p in *passed,*) ;; *) p="0 passed, 1 failed" ;; esac
passed=$((passed + ${p%% passed*})); p=${p#*, }; failed=$((failed + ${p%% failed*}))

line=$(timeout 200 python3 tests/io/hangup.py "$loko") || echo "$line"
p=${line##*$'\n'}; case $p in *passed,*) ;; *) p="0 passed, 1 failed" ;; esac
passed=$((passed + ${p%% passed*})); p=${p#*, }; failed=$((failed + ${p%% failed*}))

# --- signals: buffered output is written ---
cat >"$tmp/wait.sps" <<'END'
(import (rnrs))
(display "partial")
(call-with-output-file (cadr (command-line)) (lambda (p) (display "ready" p)))
(get-char (current-input-port))
END
mkfifo "$tmp/fifo"
"$loko" --program "$tmp/wait.sps" "$tmp/ready" <"$tmp/fifo" >"$tmp/out" & pid=$!
exec 7>"$tmp/fifo"
n=0; while [ ! -s "$tmp/ready" ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
kill -TERM $pid; wait $pid; equal "status after SIGTERM" $? 143
exec 7>&-
equal "output before SIGTERM" "$(cat "$tmp/out")" partial

# --- at random moments: a step of a library is not ended half-way ---
TMPDIR=$tmp python3 tests/io/ending.py "$loko" tests/io/ending.sps

# --- files that may not be written: read-only is said of those that nobody may write ---
cat >"$tmp/rights.sps" <<'END'
(import (rnrs))
(define (kind open name . options)
  (guard (c ((i/o-file-is-read-only-error? c) 'read-only) ((i/o-file-protection-error? c) 'protected))
    (apply open (string-append (cadr (command-line)) name) options)
    'open))
(write (list (kind open-file-output-port "read-only" (file-options no-fail)) (kind open-file-input/output-port "read-only" (file-options no-create))
             (kind open-file-input-port "read-only") (kind open-file-output-port "private" (file-options no-fail)) (kind open-file-input-port "private")
             (kind open-file-output-port "new")))
END
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  mkdir "$tmp/rights"; echo x >"$tmp/rights/read-only"; echo x >"$tmp/rights/private"; chmod 755 "$tmp" "$tmp/rights"; chmod 444 "$tmp/rights/read-only"; chmod 600 "$tmp/rights/private"
  cp "$loko" "$tmp/loko"
  equal "kinds of protection" "$(setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/loko" --program "$tmp/rights.sps" "$tmp/rights/" 2>&1)" "(read-only read-only open protected protected protected)"
fi

# --- a sparse file of 5 GB: positions beyond 32 bits, flat memory ---
cat >"$tmp/sparse.sps" <<'END'
(import (rnrs))
(define file (cadr (command-line)))
(define far (* 5 (expt 2 30)))
(call-with-port (open-file-output-port file)
  (lambda (p) (put-bytevector p #vu8(1 2 3)) (set-port-position! p far) (put-bytevector p #vu8(4 5 6)) (write (= (port-position p) (+ far 3)))))
(call-with-port (open-file-input-port file)
  (lambda (p) (set-port-position! p (- far 1)) (write (get-bytevector-all p)) (set-port-position! p 1) (write (get-bytevector-n p 4))))
END
equal "sparse file" "$("$loko" --program "$tmp/sparse.sps" "$tmp/sparse" 2>&1)" "#t#vu8(0 4 5 6)#vu8(2 3 0 0)"
rm -f "$tmp/sparse"
cat >"$tmp/count.sps" <<'END'
(import (rnrs))
(define bv (make-bytevector 65536))
(call-with-port (open-file-input-port (cadr (command-line)))
  (lambda (p) (let loop ((n 0)) (let ((m (get-bytevector-n! p bv 0 65536))) (if (eof-object? m) (write n) (loop (+ n m)))))))
END
truncate -s 300M "$tmp/large"
equal "memory stays flat" "$(LOKO_HEAP=32 "$loko" --program "$tmp/count.sps" "$tmp/large" 2>&1)" 314572800

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
