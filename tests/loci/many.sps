;; SPDX-License-Identifier: MIT
;;
;; Loci in numbers. Arguments: how many are alive at once, how many are created one after another, megabytes that two send each other at
;; once. Nothing is left, and memory does not grow.
(import (rnrs) (loko loci) (loko system fibers) (only (loko system unsafe) syscall) (only (loko core primitives) %collect) (descriptors)
        (rename (only (tests support checks) check-message finish) (check-message check)))
(define (argument i) (string->number (list-ref (command-line) i)))
(define alive (argument 1))
(define in-turn (argument 2))
(define megabytes (argument 3))

(define (resident)                       ; kilobytes
  (let ((p (open-input-file "/proc/self/statm")))
    (read-number p)
    (let ((n (read-number p)))
      (close-port p)
      (* 4 n))))
(define (read-number p) (let loop ((n 0)) (let ((c (get-char p))) (if (char<=? #\0 c #\9) (loop (+ (* 10 n) (char->integer c) -48)) n))))
(define (short-lived n) (do ((i 0 (+ i 1))) ((= i n)) (locus-wait (locus ch (exit 3)))))
(define (settle before n) (if (and (> (descriptors) before) (> n 0)) (begin (sleep 0.01) (settle before (- n 1))) (- (descriptors) before)))

(short-lived 20)
(define before (descriptors))
(define all (let loop ((i 0) (l '())) (if (= i alive) l (loop (+ i 1) (cons (let ((n i)) ((lambda (n) (locus/context ch (locus-channel-put ch (+ n (locus-channel-get ch))) (exit (mod n 256)))) n)) l)))))
(for-each (lambda (l) (locus-channel-put l 1)) all)
(check (apply + (map locus-channel-get all)) => (div (* alive (+ alive 1)) 2))
(check (apply + (map locus-wait all)) => (let loop ((i 0) (s 0)) (if (= i alive) s (loop (+ i 1) (+ s (mod i 256))))))
(set! all #f)
(check (settle before 300) => 0)
(short-lived (div in-turn 10))
(%collect #t)
(define start (resident))
(short-lived in-turn)
(%collect #t)
(check (< (- (resident) start) 20000) => #t)
(check (settle before 300) => 0)
(check (syscall 61 -1 0 1 0) => -10)     ; no children, also no zombies

;; both send before either gets, by the bytes of the stream: a string is no large bytevector
(define size (* megabytes 1000000))
(define (sum text) (let loop ((i 0) (s 0)) (if (= i (string-length text)) s (loop (+ i 1000) (+ s (char->integer (string-ref text i)))))))
(define other
  (locus ch
    (locus-channel-put ch (make-string size #\a))
    (locus-channel-put ch (sum (locus-channel-get ch)))))
(locus-channel-put other (make-string size #\b))
(check (sum (locus-channel-get other)) => (* megabytes 1000 97))
(check (list (locus-channel-get other) (locus-wait other)) => (list (* megabytes 1000 98) 0))
(finish)
