;; SPDX-License-Identifier: MIT
;;
;; dynamic-locus of literals in a compiled program without the compiler: the library is linked in. What isn't literal, or wasn't found, needs the
;; compiler: a condition, at the creation.
(import (rnrs) (loko loci) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))

(define before (descriptors))
(define (value-of l) (let ((x (locus-channel-get l))) (list x (locus-wait l))))
(check (value-of (dynamic-locus '(checks worker) 'main)) => '(worked 0))
(check (value-of (dynamic-locus '(checks worker) 'main 'here)) => '(worked 0))
(check (let-values (((l in out err) (dynamic-locus* '(checks worker) 'speak #f #f #f))) (let* ((a (get-string-all out)) (b (get-string-all err))) (close-port in) (close-port out) (close-port err) (list a b (locus-wait l))))
       => '("spoken" "an error" 0))
;; a primitive of a library in the image: it gets the channel
(check (locus-wait (dynamic-locus '(rnrs base (6)) 'list)) => 0)
(define (failure thunk) (guard (c (#t (list (violation? c) (condition-message c)))) (locus-wait (thunk))))
(define no-compiler '(#t "this program was compiled without the compiler (use -feval)"))
(check (failure (lambda () (dynamic-locus '(checks worker) 'no-procedure))) => '(#t "the export is not a procedure"))
(check (failure (lambda () (dynamic-locus '(checks worker) 'absent))) => no-compiler)
(check (failure (lambda () (dynamic-locus '(checks absent) 'main))) => no-compiler)
(check (failure (lambda () (dynamic-locus '(rnrs base (7)) 'list))) => no-compiler)
(check (failure (lambda () (apply dynamic-locus (list (list 'checks 'worker) 'main)))) => no-compiler)
(check (failure (lambda () (dynamic-locus '(checks worker) 5))) => '(#t "expected a symbol"))
(check (failure (lambda () (dynamic-locus '(checks worker) 'main 'nowhere))) => '(#t "nothing can start loci at this location"))
(check (> (descriptors) before) => #f)        ; one less: who asks for libraries has no early server
(finish)
