;; SPDX-License-Identifier: MIT
;;
;; Random calls: every procedure that the libraries export gets arguments of every sort, right and wrong ones, in any number. It may
;; return or raise what it likes, but a trap (a page fault, an invalid instruction) is a fault of ours, as is the end of the process.
;; usage: calls.sps SEED COUNT [verbose]
(import (rnrs) (rnrs eval) (rnrs mutable-pairs) (rnrs mutable-strings)
        (only (loko core primitives) %library-exports) (only (loko) make-parameter) (only (srfi :111) box) (only (rnrs r5rs) delay) (only (scheme process-context) emergency-exit)
        (loko system fibers) (prefix (loko system time) t:))

(define seed (string->number (cadr (command-line))))
(define count (string->number (caddr (command-line))))
(define verbose? (pair? (cdddr (command-line))))

(define libraries
  '((rnrs) (rnrs r5rs) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval) (scheme base) (scheme char) (scheme inexact)
    (scheme complex) (scheme cxr) (scheme lazy) (scheme write)
    (srfi :1) (srfi :13) (srfi :14) (srfi :19) (srfi :25) (srfi :27) (srfi :41) (srfi :43) (srfi :45) (srfi :60) (srfi :67) (srfi :69)
    (srfi :111) (srfi :113) (srfi :115) (srfi :117) (srfi :125) (srfi :126) (srfi :127) (srfi :128) (srfi :130) (srfi :132) (srfi :133)
    (srfi :141) (srfi :143) (srfi :151) (srfi :152) (srfi :158)
    (loko) (loko match) (loko fasl) (loko queues) (loko unicode) (loko system fibers) (loko system time) (loko system random)
    (loko system logging)))

;; What ends the process or waits for something that never comes, and what takes time without bound for wrong arguments.
(define left-out
  '(exit emergency-exit run-fibers exit-current-task repl disassemble
    read read-char peek-char read-line read-string read-u8 peek-u8 read-bytevector read-bytevector!
    standard-output-port standard-error-port standard-input-port close-port close-input-port close-output-port
    current-output-port current-error-port current-input-port
    sleep get-message put-message perform-operation wait fiber-join mailbox-get wait-for-signal await-fiber
    delete-file open-file-output-port open-output-file open-file-input/output-port with-output-to-file call-with-output-file
    open-binary-output-file load load-program compile-program
    make-vector make-string make-bytevector make-list iota vector-unfold expt exact-integer-sqrt
    bitwise-arithmetic-shift-left bitwise-arithmetic-shift ash arithmetic-shift fxarithmetic-shift-left
    stream-iterate circular-list))

(define procedures
  (list->vector
   (apply append
          (map (lambda (library)
                 (let ((env (environment library)))
                   (fold-left (lambda (found name)
                                (let ((p (and (not (memq name left-out)) (guard (c (#t #f)) (eval name env)))))
                                  (if (procedure? p) (cons (list library name p) found) found)))
                              '() (%library-exports library))))
               libraries))))

;;; Numbers by a linear congruential generator, as runs must be repeatable.

(define state (+ 1 (* 7919 seed)))
(define (random n)
  (set! state (mod (+ (* state 1103515245) 12345) (expt 2 31)))
  (mod (div state 64) n))
(define (pick v) (vector-ref v (random (vector-length v))))

;;; Objects

(define-record-type point (fields x (mutable y)))

(define (circle) (let ((l (list 1 2 3))) (set-cdr! (cddr l) l) l))

(define makers
  (vector (lambda () 0) (lambda () 1) (lambda () -1) (lambda () 7) (lambda () (greatest-fixnum)) (lambda () (least-fixnum))
          (lambda () (expt 2 70)) (lambda () (- (expt 3 50))) (lambda () 2/3) (lambda () 1.5) (lambda () -0.0) (lambda () +nan.0)
          (lambda () +inf.0) (lambda () 1e300) (lambda () 1+2i) (lambda () 1.0+2.0i)
          (lambda () #t) (lambda () #f) (lambda () '()) (lambda () (eof-object)) (lambda () (if #f #f))
          (lambda () #\a) (lambda () #\x10FFFF) (lambda () 'symbol) (lambda () (car (generate-temporaries '(a))))
          (lambda () (string-copy "text")) (lambda () "literal") (lambda () "") (lambda () (string #\x3bb #\x1F600))
          (lambda () (list 1 2 3)) (lambda () '(a . b)) (lambda () (list #\a #\b)) (lambda () (list (cons 1 2) (cons 'a "b"))) circle
          (lambda () (vector 1 2 3)) (lambda () (vector)) (lambda () '#(a b c)) (lambda () (vector 3.5 'x "y"))
          (lambda () (u8-list->bytevector (list 1 2 3 4 5 6 7 8))) (lambda () #vu8()) (lambda () #vu8(255 254))
          (lambda () car) (lambda () (lambda x x)) (lambda () (lambda (x) x)) (lambda () <) (lambda () (lambda (a b) a))
          (lambda () values) (lambda () (lambda (x y . z) z)) (lambda () (lambda () (raise 'thunk)))
          (lambda () (make-eq-hashtable)) (lambda () (make-hashtable equal-hash equal?))
          (lambda () (make-point 1 2)) (lambda () (record-type-descriptor point)) (lambda () (record-constructor-descriptor point))
          (lambda () (make-message-condition "m")) (lambda () (condition (make-error) (make-irritants-condition '(1))))
          (lambda () (open-string-input-port "some text")) (lambda () (open-bytevector-input-port #vu8(1 2 3)))
          (lambda () (call-with-values open-string-output-port (lambda (p get) p)))
          (lambda () (call-with-values open-bytevector-output-port (lambda (p get) get)))
          (lambda () (make-transcoder (utf-8-codec))) (lambda () (native-transcoder)) (lambda () (utf-16-codec))
          (lambda () (make-enumeration '(a b c))) (lambda () (file-options no-create)) (lambda () (environment '(rnrs)))
          (lambda () (delay 1)) (lambda () (make-parameter 1)) (lambda () (box 1))
          (lambda () (make-channel)) (lambda () (make-cvar)) (lambda () (spawn-fiber (lambda () 1)))
          (lambda () (sleep-operation 0)) (lambda () (choice-operation)) (lambda () (t:current-time)) (lambda () (t:make-time 'time-utc 0 5))
          (lambda () (t:current-date 0)) (lambda () #'syntax)))

;; What calls returned, for other calls.
(define found (make-vector 200 #f))
(define (object) (if (= 0 (random 4)) (pick found) ((pick makers))))

(define (arguments)
  (let loop ((n (random 5)) (l '()))
    (if (= n 0) l (loop (- n 1) (cons (object) l)))))

(define (trap? c)
  (and (condition? c) (who-condition? c) (eq? (condition-who c) 'trap)))

(define traps 0)

;; In a fiber of its own, which is cancelled if it waits for what never comes, or does not end.
(define (call! procedure l)
  (when verbose?
    (write (list (car procedure) (cadr procedure) l) (current-error-port))
    (newline (current-error-port)))
  (let ((f (spawn-fiber
            (lambda ()
              (guard (c ((trap? c)
                         (set! traps (+ traps 1))
                         (display (list "FAIL: a trap in" (cadr procedure) 'of (car procedure) 'seed seed))
                         (newline))
                        (#t #f))
                (call-with-values (lambda () (apply (caddr procedure) l))
                  (lambda results
                    (when (pair? results)
                      (vector-set! found (random (vector-length found)) (car results))))))))))
    (perform-operation/timeout (wrap-operation (fiber-dead-operation f) (lambda x #f)) 0.1 (lambda () #f))
    (fiber-cancel! f)))

(do ((i 0 (+ i 1))) ((= i count))
  (let ((procedure (pick procedures)))
    (call! procedure (arguments))))

(newline)
(for-each (lambda (x) (display x)) (list (- count traps) " passed, " traps " failed"))
(newline)
(flush-output-port (current-output-port))
(emergency-exit (if (= traps 0) 0 1))
