;; SPDX-License-Identifier: MIT
;;
;; A service that survives its own faults: a locus evaluates arithmetic for clients; some requests crash its process. A supervisor starts it
;; again, and with it the log that depends on it; a client that sees the end of the channel asks the new process once more.
(import (rnrs) (loko loci) (loko loci supervise) (loko system fibers))

;; In the locus: an expression, or a poisonous one that ends the process.
(define (calculate e)
  (cond ((number? e) e)
        ((eq? e 'poison) (exit 13))
        (else (apply (case (car e) ((+) +) ((*) *) (else -)) (map calculate (cdr e))))))

(define (start-calculator)
  (locus ch
    (let loop ()
      (let ((request (locus-channel-get ch)))
        (if (not (eof-object? request))
            (begin
              (locus-channel-put ch (calculate request))
              (loop)))))))

(define (start-log)
  (locus ch
    (let loop ((n 1))
      (let ((line (locus-channel-get ch)))
        (if (not (eof-object? line))
            (begin
              (display (list n line)) (newline)
              (flush-output-port (current-output-port))
              (locus-channel-put ch 'written)
              (loop (+ n 1))))))))

(define (report event)
  (case (car event)
    ((started) (display (list 'started (cadr event))) (newline))
    ((ended) (display event) (newline)))
  (flush-output-port (current-output-port)))

(define services
  (start-supervisor (list (child-spec 'calculator start-calculator) (child-spec 'log start-log))
                    'strategy 'rest-for-one 'intensity 2 'period 60 'on-event report))

;; The child, once it runs and is not `old`.
(define (service id old)
  (let ((l (supervisor-child services id)))
    (if (and l (not (eq? l old)))
        l
        (begin
          (sleep 0.001)
          (service id old)))))

;; What the service answers; the end-of-file object if it dies.
(define (ask l request)
  (guard (c ((i/o-error? c) (eof-object)))
    (locus-channel-put/get l request)))

;; A request whose process dies is tried once more, then given up.
(define (calculated request)
  (let try ((l (service 'calculator #f)) (left 2))
    (let ((answer (ask l request)))
      (if (eof-object? answer)
          (let ((next (service 'calculator l)))
            (if (= left 1) 'failed (try next (- left 1))))
          answer))))

(define (write-line line)
  (if (eof-object? (ask (service 'log #f) line)) (write-line line)))

(write-line (list 'sum (calculated '(+ 1 2 3))))
(write-line (list 'poisoned (calculated '(* 2 poison))))
(write-line (list 'product (calculated '(* 2 3 (- 7)))))
(supervisor-stop services)
