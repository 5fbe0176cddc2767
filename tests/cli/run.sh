#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line as a user meets it: options, exit codes, bad input. usage: run.sh BUILD_DIR
set -u
loko=$1/loko
programs=$(cd "$(dirname "$0")/../programs" && pwd)
tmp=$(mktemp -d); trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0 failed=0
# expect NAME STATUS PATTERN COMMAND…: exit status and an extended regular expression in the output (both streams)
expect() {
  local name=$1 status=$2 pattern=$3; shift 3
  timeout 60 "$@" >out 2>&1 </dev/null; local got=$?
  if [ $got = "$status" ] && { [ -z "$pattern" ] || grep -Eq -- "$pattern" out; }; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $name: exit $got (wanted $status), wanted /$pattern/ in:"; head -n 12 out; fi
}
file() { printf '%b' "$2" >"$1"; }

file hello.sps '(import (rnrs))\n(display "Hello, world!\\n")\n'
expect "run" 0 '^Hello, world!$' "$loko" --program hello.sps
expect "compile" 0 '' "$loko" --compile hello.sps
expect "compiled runs" 0 '^Hello, world!$' ./hello
expect "options in any order" 0 '' "$loko" --output other --compile hello.sps
expect "other runs" 0 '^Hello, world!$' ./other
expect "linux only" 0 '' "$loko" -ftarget=linux --compile hello.sps --output t
expect "netbsd" 64 'not built yet' "$loko" -ftarget=netbsd --compile hello.sps
expect "cp0 limits" 0 '' "$loko" -fcp0-size-limit=8 -fcp0-effort-limit=20 --compile hello.sps
# Without checks, programs that make no errors do the same; one that does may do anything.
for name in heap huffman interpreter json matrix nqueens pi ray sudoku tokenizer wordcount; do
  "$loko" --without-checks --compile "$programs/$name.sps" --output unchecked >/dev/null 2>&1 && ./unchecked >unchecked.out 2>&1
  expect "$name without checks" 0 '' cmp unchecked.out "$programs/$name.out"
done

# Deep nesting compiles, or is an error with a place.
nest() {  # nest BEFORE OPEN N MIDDLE CLOSE AFTER
  printf '(import (rnrs))\n(define (f x) %s' "$1"; yes "$2" | head -n "$3"; printf '%s' "$4"; yes "$5" | head -n "$3" | tr -d '\n'; printf '%s)\n(display (f 7))\n' "$6"
}
nest '(cond ' '((eqv? x 0) 1)' 6000 '(else 42)' '' ')' >deep.sps
expect "cond of 6,000 clauses" 0 '^42$' "$loko" deep.sps
nest '(cond ' '((eqv? x 0) 1)' 30000 '(else 42)' '' ')' >deep.sps
expect "cond of 30,000 clauses" 0 '^42$' "$loko" deep.sps
nest '(cond ' '((eqv? x 0) 1)' 300000 '(else 42)' '' ')' >deep.sps
expect "cond of 300,000 clauses" 1 'deep.sps:[0-9]+:[0-9]+: error: the program is nested too deeply' "$loko" deep.sps
nest '(and ' '(eqv? x 7)' 300000 '' '' ')' >deep.sps
expect "and of 300,000 operands" 1 'deep.sps:[0-9]+:[0-9]+: error: the program is nested too deeply' "$loko" deep.sps
nest '' '(if (eqv? x 0) 1' 20000 42 ')' '' >deep.sps
expect "if 20,000 deep" 0 '^42$' "$loko" deep.sps
nest '' '(+ 1' 20000 x ')' '' >deep.sps
expect "sums 20,000 deep" 0 '^20007$' "$loko" deep.sps
nest "(length '" '(x' 20000 '()' ')' ')' >deep.sps
expect "a quotation 20,000 deep" 0 '^2$' "$loko" deep.sps
nest '(length ' '(list x' 6000 "'()" ')' ')' >deep.sps
expect "lists 6,000 deep" 0 '^2$' "$loko" deep.sps
nest '' '(list x' 300000 "'()" ')' '' >deep.sps
expect "lists 300,000 deep" 1 'nested too deeply' "$loko" deep.sps
nest "(vector-length '#(" 'x' 1000000 '' '' '))' >deep.sps
expect "a vector of 1,000,000 elements" 0 '^1000000$' "$loko" deep.sps
rm deep.sps

file stop.sps '(import (rnrs))\n(define f (lambda () (+ 1 2)))\n(display (f))\n'
expect "list of passes" 0 '^cp0 +core +-> core' "$loko" --passes
expect "stop after a pass" 0 'define-global! f .*quote 3' "$loko" --stop-after=cp0 --program stop.sps
expect "stop after a pass of low" 0 'load-abs .*' "$loko" --stop-after=ranges --program stop.sps
expect "unknown pass" 64 'there is no pass cp1' "$loko" --stop-after=cp1 --program stop.sps
mkdir -p my; file my/lib.sls '(library (my lib) (export sq big fresh) (import (rnrs)) (define (sq x) (* x x)) (define n 0) (define (fresh) (set! n (+ n 1)) n)\n(define (big l) (let loop ((l l) (s 0)) (if (pair? l) (loop (cdr l) (+ s (sq (car l)) (length (list s s)) (string-length (make-string 2 #\\a)))) (list s (vector s) (fresh))))))\n'
file uses.sps '(import (rnrs) (my lib))\n(write (list (sq 3) (map sq (list 1 2)) (big (list 1 2 3)) (fresh)))\n'
expect "from another library" 0 '^\(9 \(1 4\) \(26 #\(26\) 1\) 2\)$' "$loko" --program uses.sps
expect "procedures of another library integrated" 0 'prim list \(quote 9\)|\(quote 9\)$' "$loko" --stop-after=cp0 --program uses.sps
"$loko" --compile uses.sps
expect "from another library, compiled" 0 '^\(9 \(1 4\) \(26 #\(26\) 1\) 2\)$' ./uses
file args.sps '(import (rnrs))\n(write (cdr (command-line)))\n(newline)\n'
expect "arguments" 0 '^\("a" "-b" "--c"\)$' "$loko" --program args.sps a -b --c
"$loko" --compile args.sps
expect "arguments compiled" 0 '^\("a" "-b"\)$' ./args a -b
ln -s "$loko" scheme-script
expect "scheme-script" 0 '^\("x"\)$' ./scheme-script args.sps x
file r7.scm '(import (scheme base) (scheme write))\n(display (string-map char-upcase "abc"))\n(newline)\n'
file r7b.scm '(import (scheme base) (scheme write) (scheme char))\n(display (string-map char-upcase "abc"))\n(newline)\n'
expect "R7RS" 0 '^ABC$' "$loko" -std=r7rs --program r7b.scm
expect "R7RS compile" 0 '' "$loko" -std=r7rs --compile r7b.scm
expect "R7RS compiled" 0 '^ABC$' ./r7b
expect "missing import" '1' "r7.scm:2:22: error: .*char-upcase" "$loko" -std=r7rs --program r7.scm
expect "version" 0 '0\.12\.1|[0-9]+\.[0-9]+' "$loko" --version
expect "help" 0 '--compile' "$loko" --help
expect "eval" 0 '^3$' "$loko" -e '(+ 1 2)'
expect "unknown option" 64 'unknown option|unrecognized' "$loko" --frobnicate

for status in 0 1 7 255; do
  file exit.sps "(import (rnrs))\n(exit $status)\n"
  expect "exit $status" $status '' "$loko" --program exit.sps
done
file exit.sps '(import (rnrs))\n(exit #f)\n'
expect "exit #f" 1 '' "$loko" --program exit.sps
file raise.sps '(import (rnrs))\n(display "before\\n")\n(car (cdr (list 1)))\n'
expect "uncaught" 70 'The condition has [0-9]+ components' "$loko" --program raise.sps
expect "output is flushed" 70 '^before$' "$loko" --program raise.sps
"$loko" --compile raise.sps
expect "uncaught compiled" 70 'The condition has [0-9]+ components' ./raise

expect "no such file" 66 'nowhere.sps' "$loko" --program nowhere.sps
mkdir dir.sps
expect "a directory" 66 'dir.sps' "$loko" --program dir.sps
file lib.sps '(import (rnrs) (rnrs lists2))\n'
expect "missing library" 1 'lib.sps:1:16: error: .*rnrs lists2' "$loko" --program lib.sps
mkdir -p cyc; file cyc/a.sls '(library (cyc a) (export) (import (cyc b)))\n'; file cyc/b.sls '(library (cyc b) (export) (import (cyc a)))\n'
file cyc.sps '(import (rnrs) (cyc a))\n'
expect "import cycle" 1 'circle' "$loko" --program cyc.sps
file dup.sps '(import (rnrs))\n(define x 1)\n(define x 2)\n'
expect "duplicate definition" 1 'dup.sps:3:9: error: .*x' "$loko" --program dup.sps
file unbound.sps '(import (rnrs))\n(define (f lst) (vector-lenght lst))\n(f 1)\n(g 2)\n'
expect "unbound" 1 'unbound.sps:2:18: error: .*vector-lenght' "$loko" --program unbound.sps
expect "caret" 1 '^ *\^~*' "$loko" --program unbound.sps
expect "did you mean" 1 'vector-length' "$loko" --program unbound.sps
expect "further errors" 1 'unbound.sps:4:2: error' "$loko" --program unbound.sps
expect "compile fails" 1 'unbound.sps:2:18' "$loko" --compile unbound.sps
expect "no output then" 1 '' test -e unbound
file string.sps '(import (rnrs))\n(display "abc)\n'
expect "unterminated string" 1 'string.sps:2:10: error' "$loko" --program string.sps
file list.sps '(import (rnrs))\n(define (f x)\n  (let ((y x)\n    y))\n'
expect "unterminated list" 1 'list.sps:2:1: error' "$loko" --program list.sps
file close.sps '(import (rnrs))\n(display 1))\n'
expect "closing bracket" 1 'close.sps:2:12: error' "$loko" --program close.sps
printf '(import (rnrs))\n(display "a\xff\xfe")\n' >utf8.sps
expect "invalid UTF-8" 1 'utf8.sps:2:' "$loko" --program utf8.sps
file number.sps '(import (rnrs))\n(display #xZZ)\n'
expect "number syntax" 1 'number.sps:2:10: error' "$loko" --program number.sps
(echo '(import (rnrs))'; echo -n "(display '"; head -c 1000000 /dev/zero | tr '\0' '('; echo) >deep.sps
expect "nesting a million deep" 1 'deep.sps:' "$loko" --program deep.sps
expect "unwritable output" 73 '/nonexistent/x|denied|No such' "$loko" --compile hello.sps --output /nonexistent/x
if [ -w /dev/full ]; then expect "full disk at run time" 70 '' sh -c "$loko --program hello.sps >/dev/full"; fi

file deep2.sps '(import (rnrs))\n(define (f n) (if (= n 0) 0 (+ 1 (f (- n 1)))))\n(display (f 10000000))\n(newline)\n'
expect "recursion ten million deep" 0 '^10000000$' "$loko" --program deep2.sps
file heap.sps '(import (rnrs))\n(define keep #f)\n(define (grow l) (set! keep l) (grow (cons (make-vector 1000 0) l)))\n(guard (c (#t (display "caught\\n"))) (grow (quote ())))\n(display "alive\\n")\n'
expect "heap exhaustion is a condition" 0 '^alive$' env LOKO_HEAP=64 "$loko" --program heap.sps
file large.sps '(import (rnrs))\n(define (check thunk) (guard (c ((implementation-restriction-violation? c) (display (condition-message c)) (newline))) (thunk)))\n(check (lambda () (make-vector 100000000 0)))\n(check (lambda () (make-string 800000000 #\\a)))\n(check (lambda () (make-bytevector 800000000)))\n(check (lambda () (let ((s (make-string 10000000))) (apply string-append (vector->list (make-vector 100 s))))))\n(display "alive\\n")\n'
expect "objects beyond the heap" 0 '^alive$' env LOKO_HEAP=64 "$loko" --program large.sps
expect "objects beyond the heap are conditions" 0 '^4$' sh -c "LOKO_HEAP=64 $loko --program large.sps | grep -c 'out of memory'"
file stack.sps '(import (rnrs))\n(define (f n) (+ 1 (f n)))\n(guard (c (#t (display "caught\\n"))) (f 1))\n'
expect "endless recursion is a condition" 0 '^caught$' env LOKO_HEAP=64 "$loko" --program stack.sps

# A program with eval shares its libraries with the environments that it makes: each body runs once, also when a macro needed
# the library while it was compiled, and when an earlier library evaluates something of a later one.
file counting.sls '(library (counting) (export next! count) (import (rnrs))\n(define n 0)\n(define (next!) (set! n (+ n 1)) n)\n(define (count) n)\n(display "counting runs. "))\n'
file eager.sls '(library (eager) (export seen) (import (rnrs) (rnrs eval))\n(define seen (eval (quote (next!)) (environment (quote (rnrs)) (quote (counting))))))\n'
file numbered.sls '(library (numbered) (export number) (import (rnrs) (for (counting) expand))\n(define-syntax number (lambda (x) (datum->syntax (syntax here) (next!)))))\n'
file shared.sps '(import (rnrs) (rnrs eval) (eager) (numbered) (counting))\n(define (evaluated e) (eval e (environment (quote (rnrs)) (quote (counting)))))\n(next!)\n(display (list seen (count) (evaluated (quote (count))) (evaluated (quote (next!))) (count)))\n'
for way in "--program shared.sps" "-feval --compile shared.sps"; do
  [ "$way" = "--program shared.sps" ] || expect "compile $way" 0 "" "$loko" $way
  case $way in *compile*) set -- ./shared;; *) set -- "$loko" $way;; esac
  expect "libraries shared with eval, $way" 0 '^counting runs. [(]1 2 2 3 3[)]$' "$@"
done
file numbers.sps '(import (rnrs) (rnrs eval) (numbered) (counting))\n(define a (list (number) (number)))\n(display (list (- (cadr a) (car a)) (eval (quote (next!)) (environment (quote (counting)))) (count)))\n'
expect "compile numbers" 0 '' "$loko" -feval --compile numbers.sps
expect "the compiler's instance is not the program's" 0 '^counting runs. [(]1 1 1[)]$' ./numbers

# the REPL over a pipe
repl() { local name=$1 pattern=$2 text=$3; printf '%b' "$text" | timeout 60 "$loko" >out 2>&1
  if [ $? = 0 ] && { [ -z "$pattern" ]; } || grep -Eq -- "$pattern" out; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: REPL $name: wanted /$pattern/ in:"; head -n 12 out; fi; }
repl "value" '3' '(+ 1 2)\n'
repl "definition" '49' '(define (sq x) (* x x))\n(sq 7)\n'
repl "redefinition" '343' '(define (sq x) (* x x))\n(define (cube x) (* x (sq x)))\n(cube 7)\n'
repl "macro" '#t' '(define-syntax swap (syntax-rules () ((_ a b) (let ((t a)) (set! a b) (set! b t)))))\n(define t 1)(define u 2)(swap t u)(= t 2)\n'
repl "multi-line" '120' '(define (fact n)\n  (if (= n 0)\n      1\n      (* n (fact (- n 1)))))\n(fact 5)\n'
repl "goes on after an error" '42' '(car 1)\n(undefined-thing)\n(* 6 7)\n'
repl "import" '#t' '(import (srfi :98))\n(pair? (get-environment-variables))\n'
repl "several values" '2' '(values 1 2)\n'
repl "circular values" "[(]1 #0=[(]2 . #0#[)][)]" '(import (rnrs mutable-pairs))\n(define l (list 2))\n(set-cdr! l l)\n(list 1 l)\n'
repl "incomplete at the end" '' '(+ 1\n'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
