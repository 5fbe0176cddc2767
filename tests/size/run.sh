#!/bin/bash
# SPDX-License-Identifier: MIT
# Sizes of compiled programs, and that what they leave out is not missing. Ends with "N passed, N failed".
# usage: tests/size/run.sh BUILD_DIR
set -u
cd "$(dirname "$0")/../.."
build=$(cd "${1:-build}" && pwd)
loko=$build/loko
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
# check NAME COMMAND…: the command must succeed
check() {
  local name=$1; shift
  if "$@" >"$tmp/log" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $name"; head -n 12 "$tmp/log"; fi
}
# is FILE EXPECTED: the program's output
is() { local out; out=$("$1" 2>&1); [ "$out" = "$2" ] || { echo "got: $out"; return 1; }; }
# at_most BYTES FILE
at_most() { local n; n=$(stat -c %s "$2"); echo "$2: $n bytes, at most $1 are allowed"; [ "$n" -le "$1" ]; }
smaller() { local a b; a=$(stat -c %s "$1"); b=$(stat -c %s "$2"); echo "$a against $b"; [ "$a" -lt "$b" ]; }

check "compile hello" "$loko" --compile samples/hello/hello.sps --output "$tmp/hello"
check "hello runs" is "$tmp/hello" "Hello, world!"
check "hello is small" at_most 700000 "$tmp/hello"

# tables of Unicode: there if used, not if not
cat >"$tmp/unicode.sps" <<'EOF'
(import (rnrs))
(write (map char->integer (string->list (string-normalize-nfc "e\x301;o\x308;"))))
(write (map char->integer (string->list (string-normalize-nfkd "\xfb01;\xe9;"))))
(write (char->integer (char-upcase #\xe9)))
(write (string-upcase "stra\xdf;e"))
(write (string-ci=? "\x3a3;" "\x3c2;"))
(write (char-general-category #\x3bb))
EOF
check "compile with all tables" "$loko" --compile "$tmp/unicode.sps" --output "$tmp/unicode"
check "all tables" is "$tmp/unicode" '(233 246)(102 105 101 769)201"STRASSE"#tLl'
cat >"$tmp/upcase.sps" <<'EOF'
(import (rnrs))
(write (map (lambda (c) (char->integer (char-upcase c))) (string->list (call-with-port (open-string-input-port "\xe9;\x3bb;") get-line))))
EOF
check "compile with one table" "$loko" --compile "$tmp/upcase.sps" --output "$tmp/upcase"
check "one table" is "$tmp/upcase" '(201 923)'
check "normalization is left out" smaller "$tmp/upcase" "$tmp/unicode"
check "properties are left out" smaller "$tmp/hello" "$tmp/upcase"
# code: powers and libm, fasl
cat >"$tmp/code.sps" <<'EOF'
(import (rnrs) (only (loko fasl) fasl-write fasl-read))
(write (list (expt 2 100) (expt 2.0 0.5) (exp 0.0) (flsin 0.0) (sqrt -4) (string->number "1@0") (flexpt 2.0 3.0) (fllog 1.0)))
(write (call-with-values open-bytevector-output-port
  (lambda (port bytes)
    (fasl-write '(a "b" 1.5 #(c)) port)
    (fasl-read (open-bytevector-input-port (bytes))))))
EOF
check "compile with droppable code" "$loko" --compile "$tmp/code.sps" --output "$tmp/code"
check "droppable code" is "$tmp/code" '(1267650600228229401496703205376 1.4142135623730951 1.0 0.0 +2i 1 8.0 0.0)(a "b" 1.5 #(c))'
check "code is left out" smaller "$tmp/hello" "$tmp/code"
# what write needs to know is in each program
cat >"$tmp/write.sps" <<'EOF'
(import (rnrs))
(write (list "\x3bb;\x200b;\x1f600;\xe000;\x20000;\x7f;" #\x2028 #\xe9 (string->symbol "\xabcd0;")))
EOF
check "compile write" "$loko" --compile "$tmp/write.sps" --output "$tmp/write"
check "write without tables" is "$tmp/write" '("λ\x200B;😀\xE000;𠀀\x7F;" #\x2028 #\é \xABCD0;)'
check "write needs no tables" at_most $(($(stat -c %s "$tmp/hello") + 20000)) "$tmp/write"
# every primitive says which tables it needs
check "needs" bash -c "out=\$(objdump -r '$build/runtime_all.o' | awk -f tests/size/reaches.awk tools/link/droppable.ld '$build/generated/tables/entries.inc' '$build/generated/tables/entry_needs.inc' -); echo \"\$out\"; [ -z \"\$out\" ]"

# what a library held while its procedures served macros is not in the program, which has a fresh instance
mkdir -p "$tmp/st"
cat >"$tmp/st/data.sls" <<'EOF'
(library (st data) (export table next!)
  (import (rnrs))
  (define table (make-string 1000000 #\x))
  (define n 0)
  (define (next!) (set! n (+ n 1)) n))
EOF
cat >"$tmp/phases.sps" <<'EOF'
(import (rnrs) (for (st data) run expand))
(define-syntax m (lambda (x) (next!) (next!) (datum->syntax #'here (+ (string-length table) (next!)))))
(write (list (m) (next!) (string-length table)))
EOF
check "compile with a library of two phases" "$loko" -L "$tmp" --compile "$tmp/phases.sps" --output "$tmp/phases"
check "two phases" is "$tmp/phases" '(1000003 1 1000000)'
check "values of the first phase are left out" at_most $(($(stat -c %s "$tmp/hello") + 40000)) "$tmp/phases"
check "compile the same for eval" "$loko" -feval -L "$tmp" --compile "$tmp/phases.sps" --output "$tmp/phases"
check "two phases with eval" is "$tmp/phases" '(1000003 1 1000000)'

check "compile just-hello" "$loko" -ffreestanding --compile samples/hello/just-hello.sps --output "$tmp/just-hello"
check "just-hello runs" is "$tmp/just-hello" "Hello, world!"
check "just-hello is without the library" at_most 500000 "$tmp/just-hello"

licences() { "$loko" --licences >"$tmp/licences" && cmp "$tmp/licences" docs/licences.txt; }
check "licences print" licences
check "licences in programs" grep -q "GNU Multiple Precision" "$tmp/hello"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
