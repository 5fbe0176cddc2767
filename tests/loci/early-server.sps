;; SPDX-License-Identifier: MIT
;;
;; The early server as a process: it is there while it can be of use, holds nothing open, and its end is no harm.
(import (rnrs) (loko loci) (loko loci early) (loko system fibers)
        (only (loko core primitives) %os-syscall)
        (rename (only (tests support checks) check-message check-true finish) (check-message check)))

(define k (list 1 2))
(define (create) (locus ch (locus-channel-put ch k)))
(define (use l) (let ((x (locus-channel-get l))) (list x (locus-wait l))))
(define server (%early-server))
(check-true (fixnum? server))

;; its descriptors: nothing of the creator's
(define (link name)
  (let* ((bv (make-bytevector 200)) (n (%os-syscall 89 (string->utf8 (string-append name "\x0;")) bv 200)))       ; readlink
    (and (> n 0) (let ((s (make-bytevector n))) (bytevector-copy! bv 0 s 0 n) (utf8->string s)))))
(define (of-server what) (string-append "/proc/" (number->string server) "/" what))
(check (use (locus ch (sleep 0.05) (locus-channel-put ch k))) => '((1 2) 0))        ; the creator waits, for which it opens a descriptor
(check (map (lambda (fd) (link (of-server (string-append "fd/" fd)))) '("0" "1" "2")) => '("/dev/null" "/dev/null" "/dev/null"))
(check (link (of-server "cwd")) => "/")
(define (count-descriptors of)
  (let loop ((i 0) (n 0)) (if (= i 100) n (loop (+ i 1) (if (link (string-append "/proc/" of "/fd/" (number->string i))) (+ n 1) n)))))
(define (open-descriptors) (count-descriptors "self"))
(check (count-descriptors (number->string server)) => 4)

;; no descriptor is left by creations, here or there
(define before (open-descriptors))
(do ((i 0 (+ i 1))) ((= i 50)) (use (create)))
(check (open-descriptors) => before)
(check (%early-count) => 51)
(check (count-descriptors (number->string server)) => 4)

;; many at once, from many fibers
(define all (map (lambda (i) (locus ch (let loop () (let ((x (locus-channel-get ch))) (if (not (eof-object? x)) (begin (locus-channel-put ch (+ x 1)) (loop)))))))
                 (vector->list (make-vector 20 0))))
(check (map (lambda (l) (locus-channel-put/get l 1)) all) => (map (lambda (l) 2) all))
(for-each locus-kill all)
(check (%early-count) => 71)

;; a large one goes through a file
(define text (make-string 200000 #\x))
(define l (locus ch (locus-channel-put ch (string-length text))))
(check (use l) => '(200000 0))
(check (%early-count) => 72)

;; stopped, it is given up; killed, it is missed by nobody
(%os-syscall 62 server 19)                   ; SIGSTOP
(check (use (create)) => '((1 2) 0))
(check (%early-server) => #f)
(check (%early-count) => 72)
(check (use (create)) => '((1 2) 0))
(check (%os-syscall 61 -1 0 1 0) => -10)     ; wait4: no child is left
(check (open-descriptors) => (- before 1))
(finish)
