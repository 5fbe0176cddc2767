;; SPDX-License-Identifier: MIT
;;
;; What procedures know of variables of the top level: those defined before anything can call a procedure have values; a use of the others
;; before their definition is noticed.
(import (rnrs) (rename (only (tests support checks) check-who finish) (check-who check)))

(define first (make-vector 3 'a))   ; nothing can call anything before
(define (first-ref i) (vector-ref first i))
(define (first-set! i x) (vector-set! first i x))
(define bytes (make-bytevector 2 7))
(define (byte i) (bytevector-u8-ref bytes i))
(define count 0)
(define (count!) (set! count (+ count 1)) count)
(define (later-ref i) (vector-ref later i))
(define (later-length) (vector-length later))
(define stored (list later-length))   ; no call, but somebody has it

(define before (guard (e (#t 'unbound)) (later-ref 0)))
(define before-too (guard (e (#t 'unbound)) ((car stored))))
(define again 0)
(define jump #f)
(define later (call/cc (lambda (k) (set! jump k) (make-vector 2 'b))))
(define (later-first) (vector-ref later 0))

(check before => 'unbound)
(check before-too => 'unbound)
(check (later-ref 1) => (if (= again 0) 'b 'c))
(check (later-ref 2) => (list 'raised 'vector-ref (list later 2)))
(check (later-length) => 2)
(check (later-first) => (if (= again 0) 'b 'c))
(set! again (+ again 1))
(if (= again 1) (jump (vector 'c 'c)))
(check (later-length) => 2)

(check (map first-ref '(0 1 2)) => '(a a a))
(check (first-ref 3) => '(raised vector-ref (#(a a a) 3)))
(check (first-ref -1) => '(raised vector-ref (#(a a a) -1)))
(check (first-ref 1.) => '(raised vector-ref (#(a a a) 1.)))
(first-set! 1 'z)
(check first => '#(a z a))
(check (first-set! 3 'z) => '(raised vector-set! (#(a z a) 3 z)))
(check (list (byte 0) (byte 1)) => '(7 7))
(check (byte 2) => '(raised bytevector-u8-ref (#vu8(7 7) 2)))
(check (list (count!) (count!)) => '(1 2))
(finish)
