#!/bin/bash
# SPDX-License-Identifier: MIT
# The same binaries on a bare PC, emulated: programs and the REPL on the serial line, collector, traps, command line,
# environment, files, interrupts and drivers, 32 MB and 6 GB, bad starts, and GRUB if its tools are installed. usage: run.sh BUILD_DIR
set -u
tests=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?build directory}" && pwd)
if ! command -v qemu-system-x86_64 >/dev/null; then
  echo "boot: qemu-system-x86_64 is not installed, nothing was booted"
  echo "1 passed, 0 failed"
  exit 0
fi
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0 failed=0 memory=256
# boot QEMU_ARGUMENT…: the serial line is standard input and output; the log goes to ./log
boot() {
  timeout 40 qemu-system-x86_64 -m "$memory" -display none -serial stdio -no-reboot -debugcon file:log \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 "$@" 2>>err
}
# result NAME STATUS WANTED_STATUS WANTED_OUTPUT: isa-debug-exit makes 2n + 1 of a status n
result() {
  if [ "$2" = $((2 * $3 + 1)) ] && [ "$(cat out)" = "$4" ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAIL: $1: QEMU's status $2, wanted $((2 * $3 + 1)) and $4"; head -n 20 out log err; fi
}
log_has() { if grep -q "$2" log; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $1: the log says"; head -n 5 log; fi; }
compile() { "$build/loko" --compile "$1.sps" --output "$1" || { failed=$((failed + 1)); echo "FAIL: $1 does not compile"; }; }

cat >hello.sps <<'S'
(import (rnrs))
(display "Hello, world!\n")
S
cat >stress.sps <<'S'
(import (rnrs))
;; Things that live for a while, of all kinds; the survivors are checked.
(define (make n)
  (let loop ((i 0) (l '()))
    (if (= i n) l (loop (+ i 1) (cons (vector i (number->string i) (* i 1.5)) l)))))
(define (good? l n)
  (let loop ((l l) (i (- n 1)))
    (cond ((null? l) (= i -1))
          ((and (= (vector-ref (car l) 0) i) (string=? (vector-ref (car l) 1) (number->string i))
                (= (vector-ref (car l) 2) (* i 1.5)))
           (loop (cdr l) (- i 1)))
          (else #f))))
(define keep (make 30000))
(define table (make-eqv-hashtable))
(do ((round 0 (+ round 1))) ((= round 10))
  (let ((l (make 10000)))
    (hashtable-set! table round l)
    (hashtable-delete! table (- round 2))
    (unless (good? l 10000) (display "broken\n"))))
(define (depth n) (if (= n 0) 0 (+ 1 (depth (- n 1)))))
(write (list (good? keep 30000) (good? (hashtable-ref table 9 '()) 10000) (depth 100000)
             (bitwise-length (expt 7 5000))))
S
cat >trap.sps <<'S'
(import (rnrs) (only (loko core primitives) %object-ref))
;; Invalid accesses become conditions, again and again, and below frames that go on.
(define (message thunk)
  (call/cc (lambda (k) (with-exception-handler (lambda (c) (k (condition-message c))) thunk))))
(define wild (string->number "123456789012345"))
(define low (string->number "12345"))
(define (deep d) (if (= d 0) (%object-ref wild 0) (+ 1 (deep (- d 1)))))
(define (count n sum)
  (if (= n 0) sum (count (- n 1) (if (string=? (message (lambda () (deep 100))) "invalid memory access") (+ sum 1) sum))))
(define (rounded s) (let ((x (string->number s))) (list (floor x) (ceiling x) (truncate x) (round x))))
(write (list (count 50 0) (message (lambda () (%object-ref low 0))) (sqrt 2.25) (rounded "-2.5") (rounded "0.75")
             (map bitwise-bit-count (list low wild 0 -1))))
(exit 9)
S
cat >facts.sps <<'S'
(import (rnrs) (only (scheme process-context) get-environment-variable))
(write (list (cdr (command-line)) (get-environment-variable "VAR")
             (call-with-input-file "/boot/data.txt" get-line) (file-exists? "data.txt") (file-exists? "/boot/nothing")
             (guard (c ((i/o-filename-error? c) 'read-only)) (open-file-output-port "new"))))
S
printf 'first line\nsecond line\n' >data.txt
for program in hello stress trap; do compile $program; done

boot -kernel hello </dev/null >out; result "hello" $? 0 "Hello, world!"
boot -kernel stress </dev/null >out; result "collector" $? 0 "(#t #t 100000 14037)"
boot -kernel trap </dev/null >out; result "traps" $? 9 '(50 "page fault" 1.5 (-3.0 -2.0 -2.0 -2.0) (0.0 1.0 0.0 1.0) (6 23 0 -1))'
boot -kernel "$build/loko" -append 'VAR=abc CONSOLE=debug -- --program facts.sps x -y' -initrd facts.sps,data.txt </dev/null >out
result "command line, environment, files" $? 0 '(("x" "-y") "abc" "first line" #t #f read-only)'

{ sleep 1; printf '(+ 1 2)\r(car 7)\n(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))\n(fib 20)\n(exit 4)\n'; sleep 30 & wait_for=$!
  while [ ! -e stop ] && kill -0 $wait_for; do sleep 0.2; done; kill $wait_for; } 2>/dev/null | { boot -kernel "$build/loko" -append CONSOLE=debug >out; echo $? >status; touch stop; }
grep -Eo '^(> )*(3|6765|.*expected a pair.*)$' out | tr -d '> ' >lines; cp lines out
result "REPL" "$(cat status)" 4 '3
3.&message:"expectedapair"
6765'

# Interrupts as messages, time slices, I/O ports, PCI: the libraries of drivers
cat >slices.sps <<'S'
(import (rnrs) (loko system fibers) (loko system irq) (loko system unsafe) (loko drivers pci) (only (loko) machine-type))
;; A fiber that computes for ever does not keep the others from running, and no request comes from an idle port.
(define rounds 0)
(spawn-fiber (lambda () (let loop () (set! rounds (+ rounds 1)) (loop))))
(define irq (irq-open 3))
(define quiet (irq-wait irq 0.05))
(define both (perform-operation (choice-operation (wrap-operation (irq-operation irq) (lambda (n) 'irq))
                                                  (wrap-operation (sleep-operation 0.05) (lambda () 'time)))))
(define taken (guard (c ((error? c) (condition-message c))) (irq-open 3)))
(irq-close irq)
(define again (irq? (irq-open 3)))
(define screen (map-physical-memory #xB8000 4096))
(put-mem-u16 screen #x0741)
(define (host? d) (= 6 (pci-device-class d)))
(write (list quiet both taken again (> rounds 0) (get-mem-u16 screen) (get-mem-u8 (+ screen 1))
             (begin (put-i/o-u8 #x70 #x0D) (get-i/o-u8 #x71))       ; the clock's battery is good
             (pci-device-vendor (car (pci-devices))) (exists (lambda (d) (= 3 (pci-device-class d))) (pci-devices))
             (cdr (assq 'os (list (cons 'os (vector-ref (machine-type) 1)))))))
(exit 3)
S
cat >echo.sps <<'S'
(import (rnrs) (loko system fibers) (loko drivers uart))
(define n (string->number (cadr (command-line))))
(define u (uart-open #x2F8 3))
(define out (uart-output-port u))
(put-bytevector out (string->utf8 "ready"))
(flush-output-port out)
(let loop ((left n))
  (when (> left 0)
    (let ((bv (get-bytevector-some (uart-input-port u))))
      (put-bytevector out bv)
      (flush-output-port out)
      (loop (- left (bytevector-length bv))))))
(uart-close u)
S
compile slices; compile echo
memory=128
boot -kernel slices </dev/null >out; result "interrupts, slices, ports, PCI" $? 3 '(#f time "the interrupt request is taken" #t #t 1857 7 128 32902 #t pc)'
bytes=60000; [ "${LOKO_TEST_LONG:-}" ] && bytes=1000000
if timeout 200 python3 "$tests/serial_echo.py" $bytes echo >err 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: serial port"; cat err; fi
# The console's driver is a fiber: pasted lines beside a fiber that computes, the interrupt key within one long primitive
cat >paste.sps <<'S'
(import (rnrs) (loko system fibers))
(define turns 0)
(spawn-fiber (lambda () (let loop () (set! turns (+ turns 1)) (loop))))
(display "ready\n")
(let loop ((count 0) (sum 0))
  (let ((line (get-line (current-input-port))))
    (if (string=? line "end")
        (begin
          (display count) (display " ") (display sum) (newline)
          (display (if (> turns 0) "computing\n" "no turns\n")))
        (loop (+ count (string-length line))
              (let next ((i 0) (sum sum))
                (if (= i (string-length line)) sum
                    (next (+ i 1) (mod (+ (* sum 31) (char->integer (string-ref line i))) 1000003))))))))
(let ((n (expt 3 20000000)))
  (let loop () (* n n) (loop)))
S
cat >blocked.sps <<'S'
(import (rnrs) (loko system fibers))
(spawn-fiber (lambda () (get-message (make-channel))) 'stuck)
(write (guard (c (#t (condition-message c))) (get-message (make-channel))))
(put-string (current-output-port) (make-string 40000 #\z))
(exit 3)
S
compile paste; compile blocked; memory=128
bytes=20000; [ "${LOKO_TEST_LONG:-}" ] && bytes=300000
if timeout 200 python3 "$tests/console_paste.py" $bytes paste >err 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: console"; cat err; fi
boot -kernel blocked </dev/null >out; result "the driver does not hide a deadlock; output at the end" $? 3 "\"deadlock: no fiber can ever run again\"$(printf %40000s | tr ' ' z)"
cat >loci.sps <<'S'
(import (rnrs) (loko loci) (loko loci pool))
(define (refused thunk)
  (guard (c ((implementation-restriction-violation? c) (list (condition-who c) (condition-message c)))) (thunk)))
(write (list (locus-enabled?) (processor-count) (refused (lambda () (locus ch 0))) (refused (lambda () (locus-map + '(1 2))))))
S
compile loci
boot -kernel loci </dev/null >out; result "there are no loci" $? 0 '(#f 1 (locus "there are no loci on this system") (locus "there are no loci on this system"))'
"$build/loko" --compile "$tests/../../samples/clock/clock.sps" --output clock && boot -kernel clock </dev/null >out
if [ "$(grep -c 'and the other fiber ran' out)" = 3 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: clock"; cat out; fi
"$build/loko" --compile "$tests/../../samples/lspci/lspci.sps" --output lspci && boot -kernel lspci </dev/null >out
if grep -q '^00:00.0 host bridge .8086:1237.' out; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: lspci"; cat out; fi

memory=32; boot -kernel hello </dev/null >out; result "32 MB" $? 0 "Hello, world!"
memory=$((($(stat -Lc %s "$build/loko") >> 20) + 5)); boot -kernel "$build/loko" -append CONSOLE=debug </dev/null >out; result "too little memory" $? 70 ""
log_has "too little memory" "too little memory"
# nothing to talk to: the program runs all the same; an empty file is a file
memory=64; timeout 40 qemu-system-x86_64 -m 64 -display none -serial none -monitor none -no-reboot -debugcon file:log \
  -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel hello 2>err >out </dev/null; result "no serial port" $? 0 ""
printf '(import (rnrs))\n(write (call-with-port (open-file-input-port "/boot/empty") get-bytevector-all))\n' >empty.sps; : >empty
boot -kernel "$build/loko" -append 'CONSOLE=debug -- --program empty.sps' -initrd empty.sps,empty </dev/null >out
result "empty module" $? 0 "#!eof"
memory=6G; boot -kernel stress </dev/null >out; result "6 GB" $? 0 "(#t #t 100000 14037)"
memory=64; boot -kernel "$build/loko" -append 'CONSOLE=debug -- --program nowhere.sps' </dev/null >out; status=$?
grep -q 'nowhere.sps' out && : >out; result "no such program" $status 66 ""

if command -v grub-mkrescue >/dev/null && command -v xorriso >/dev/null && [ -d /usr/lib/grub/i386-pc ]; then
  memory=256
  mkdir -p iso/boot/grub; cp "$build/loko" facts.sps data.txt iso/
  cat >iso/boot/grub/grub.cfg <<'S'
set timeout=0
menuentry "facts" {
  multiboot /loko loko VAR=abc CONSOLE=debug -- --program /boot/facts.sps x -y
  module /facts.sps facts.sps
  module /data.txt data.txt
}
S
  if grub-mkrescue -d /usr/lib/grub/i386-pc -o boot.iso iso >err 2>&1; then
    boot -cdrom boot.iso </dev/null >out; result "GRUB" $? 0 '(("x" "-y") "abc" "first line" #t #f read-only)'
  fi
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
