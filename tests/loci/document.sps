;; SPDX-License-Identifier: MIT
;;
;; The document of loci and the table of what was observed of the original, sentence by sentence, where interface.sps and
;; faults.sps don't ask already. Not about time: who waits, waits for events.
(import (rnrs) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval) (only (loko) parameterize) (only (srfi :111) box unbox set-box!)
        (only (scheme process-context) get-environment-variable emergency-exit)
        (loko loci) (loko system fibers) (only (loko system unsafe) syscall) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))

(define-record-type agreed (nongenerative loci-test-agreed) (fields a (mutable b)))
(define-record-type generative (fields a))
(define-record-type hidden (nongenerative loci-test-hidden) (opaque #t) (fields a))
(define echo (locus ch (let loop () (locus-channel-put ch (locus-channel-get ch)) (loop))))
(define (send x) (locus-channel-put/get echo x))
;; What the thunk writes to string ports that are the output and error ports, and its value.
(define (outputs thunk)
  (let-values (((out out-text) (open-string-output-port)) ((err err-text) (open-string-output-port)))
    (let ((value (parameterize ((current-output-port out) (current-error-port err)) (thunk))))
      (list value (out-text) (err-text)))))
(define (contains? s part)
  (let ((n (string-length part)))
    (let loop ((i 0)) (and (<= (+ i n) (string-length s)) (or (string=? part (substring s i (+ i n))) (loop (+ i 1)))))))

;;; "locus binding": the forms
(define (refused? form) (guard (c ((syntax-violation? c) #t)) (eval form (environment '(rnrs) '(loko loci))) #f))
(check (map refused? '((locus ch) (locus) (locus 5 1) (locus "ch" 1) (locus/context ch) (locus/context (ch) 1))) => '(#t #t #t #t #t #t))
(check (let ((l (locus ch (define x 20) (define (f y) (* x y)) (locus-channel-put ch (f 2))))) (locus-channel-get l)) => 40)
(check (let ((l (locus ch (let ((ch 'shadowed)) ch) (locus-channel-put ch (locus-channel? ch))))) (locus-channel-get l)) => #t)
;; the descriptor is returned at once: the locus has not got what it waits for
(check (let ((l (locus ch (locus-channel-get ch) (exit 6)))) (let ((running (locus-running? l))) (locus-channel-put l 'go) (list running (locus-wait l)))) => '(#t 6))

;;; "exit": completion values
(check (map locus-wait (list (locus ch (emergency-exit 7)) (locus ch (spawn-fiber (lambda () (exit 5))) (sleep 1000))
                             (locus ch (dynamic-wind (lambda () #f) (lambda () (exit 8)) (lambda () #f)))
                             (locus ch (guard (c (#t (exit 9))) (raise 'x)))
                             (locus ch (with-exception-handler (lambda (c) (exit 10)) (lambda () (error 'x "y"))))
                             (locus ch (exit (expt 2 70))) (locus ch (exit 3/2)) (locus ch (exit 1 2))))
       => '(7 5 8 9 10 0 0 1))
(check (locus-wait (dynamic-locus '(rnrs) 'cons)) => 1)          ; one argument is too few for it
(check (car (outputs (lambda () (locus-wait (locus ch (raise 'no-condition)))))) => 1)
(check (outputs (lambda () (locus-wait (locus ch "not printed")))) => '(0 "" ""))
(check (let ((o (outputs (lambda () (locus-wait (locus ch (define (inner x) (vector-ref x 5)) (list (inner (vector 1)))))))))
         (list (car o) (cadr o) (contains? (caddr o) "vector-ref") (contains? (caddr o) "Backtrace")))
       => '(1 "" #t #t))
;; no handler, winder or parameterization of the creator is the locus's
(define p (open-string-input-port "creator's"))
(check (let ((where '()))
         (dynamic-wind
          (lambda () #f)
          (lambda () (outputs (lambda () (locus-wait (locus ch (raise 'outside))))))
          (lambda () (set! where (cons 'left where))))
         where) => '(left))
(check (guard (c (#t 'caught-here)) (car (outputs (lambda () (locus-wait (locus ch (raise 'there))))))) => 1)

;;; "current-input-port is an empty input port"
(check (let ((l (parameterize ((current-input-port p)) (locus ch (locus-channel-put ch (list (read) (get-string-n (current-input-port) 5) (get-u8 (standard-input-port))))))))
         (map eof-object? (locus-channel-get l))) => '(#t #t #t))
;;; Output and error: in the order of each stream, all of it there when locus-wait returns
(define (print n port) (let loop ((i 0)) (if (< i n) (begin (display i port) (newline port) (loop (+ i 1))))))
(define printed (call-with-string-output-port (lambda (port) (print 20000 port))))
(check (let ((o (outputs (lambda () (locus-wait (locus ch (print 20000 (current-output-port)) (print 10 (current-error-port))))))))
         (list (car o) (string=? (cadr o) printed) (caddr o))) => '(0 #t "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"))
(define custom '())
(define custom-port
  (make-custom-textual-output-port "custom" (lambda (s start n) (set! custom (append custom (string->list (substring s start (+ start n))))) n) #f #f #f))
(check (let ((value (locus-wait (parameterize ((current-output-port custom-port)) (locus ch (display "to a custom port")))))) (flush-output-port custom-port) (list value (list->string custom)))
       => '(0 "to a custom port"))
;; a port that is closed meanwhile: the rest is dropped, the locus ends as ever
(check (let* ((port (let-values (((port text) (open-string-output-port))) port))
              (l (parameterize ((current-output-port port)) (locus ch (locus-channel-get ch) (print 20000 (current-output-port)) (exit 4)))))
         (close-port port)
         (locus-channel-put l 'go)
         (locus-wait l)) => 4)
;; a port on a descriptor: the locus writes to the same place, behind what the creator had in its buffer
(define file (string-append "/tmp/loko-loci-test-" (number->string (syscall 39))))
(check (begin
         (call-with-output-file file
           (lambda (port)
             (display "creator " port)
             (parameterize ((current-output-port port)) (locus-wait (locus ch (display "locus "))))
             (display "creator" port)))
         (call-with-input-file file get-string-all)) => "creator locus creator")
(delete-file file)

;;; Directory and environment are the creator's at the creation
(define (directory) (let* ((bv (make-bytevector 1000 0)) (n (syscall 79 bv 1000))) (let ((t (make-bytevector (- n 1)))) (bytevector-copy! bv 0 t 0 (- n 1)) (utf8->string t))))
(define here (directory))
(define (in-locus) (locus ch (locus-channel-get ch) (locus-channel-put ch (list (directory) (get-environment-variable "PATH")))))
(define before (in-locus))
(syscall 80 (string->utf8 "/usr\x0;"))
(define after (in-locus))
(syscall 80 (string->utf8 (string-append here "\x0;")))
(for-each (lambda (l) (locus-channel-put l 'go)) (list before after))
(check (list (locus-channel-get before) (locus-channel-get after)) => (let ((path (get-environment-variable "PATH"))) (list (list here path) (list "/usr" path))))

;;; Values are copies, of the time of the creation
(define (later v) (locus/context ch (locus-channel-get ch) (vector-set! v 1 'locus) (locus-channel-put ch v)))
(check (let* ((v (vector 'old 'old)) (l (later v))) (vector-set! v 0 'new) (locus-channel-put l 'go) (list (locus-channel-get l) v)) => '(#(old locus) #(new old)))
(define top (list 'old))
(check (let ((l (locus ch (locus-channel-get ch) (locus-channel-put ch top)))) (set-car! top 'new) (set! top 'other) (locus-channel-put l 'go) (locus-channel-get l)) => '(old))
(define (loops n) (let loop ((i n) (l '())) (if (= i 0) (map locus-channel-get l) (loop (- i 1) (cons (locus/context ch (locus-channel-put ch (* i n))) l)))))
(check (loops 4) => '(4 8 12 16))

;;; Waiting and killing
(check (let* ((l (locus ch (exit (locus-channel-get ch)))) (fibers (map (lambda (i) (spawn-fiber (lambda () (locus-wait l)))) '(1 2 3))))
         (yield-current-task)
         (locus-channel-put l 11)
         (map fiber-join fibers)) => '(11 11 11))
(check (let ((l (locus ch (let loop () (loop))))) (locus-kill l) (list (syscall 62 (locus-pid l) 0) (locus-exit-code l) (locus-status l))) => '(-3 1 -9))
(check (let ((l (locus ch (exit 12)))) (locus-wait l) (list (locus-exit-code l) (locus-status l) (locus-running? l))) => '(12 12 #f))
(check (let* ((l (locus ch 0)) (evt (locus-dead-evt l))) (map (lambda (i) (eq? evt (perform-operation evt))) '(1 2 3))) => '(#t #t #t))
(check (let ((l (locus ch (exit 3)))) (locus-wait l) (locus-break l) (locus-break l 'terminate) (locus-kill l) (locus-wait l)) => 3)

;;; Channels: what arrives
(check (let ((s (send (string #\a #\b)))) (string-set! s 0 #\x) s) => "xb")
(check (hashtable-mutable? (send (hashtable-copy (make-eqv-hashtable) #f))) => #f)
(check (let ((t (make-eq-hashtable))) (hashtable-set! t 'self t) (let ((r (send t))) (eq? r (hashtable-ref r 'self #f)))) => #t)
(check (let ((v (vector 1 2 3))) (vector-set! v 1 v) (let ((r (send v))) (eq? r (vector-ref r 1)))) => #t)
(check (let ((b (box 1))) (set-box! b b) (let ((r (send b))) (eq? r (unbox r)))) => #t)
(check (let* ((x (list 1)) (r (send (vector x x (list x))))) (list (eq? (vector-ref r 0) (vector-ref r 1)) (eq? (vector-ref r 0) (car (vector-ref r 2))))) => '(#t #t))
(check (let ((r (send (make-agreed 1 '(2))))) (agreed-b-set! r 3) (list (agreed? r) (agreed-a r) (agreed-b r))) => '(#t 1 3))
(check (map locus-message-allowed? (list (make-agreed 1 2) (make-generative 1) (make-hidden 1) (call/cc (lambda (k) k)) (make-agreed 1 car) (lambda () 1) (if #f #f) (eof-object)))
       => '(#t #f #f #f #f #f #t #t))
(check (guard (c (#t (list (assertion-violation? c) (condition-irritants c)))) (locus-channel-put echo (list 1 (make-agreed 2 cdr)))) => (list #t (list cdr)))
(check (send 'usable) => 'usable)
(check (send 5e-324) => 5e-324)
;; many messages that nobody takes yet, in order
(define (puts n) (do ((i 0 (+ i 1))) ((= i n)) (locus-channel-put echo i)))
(puts 20000)
(check (let loop ((i 0)) (cond ((= i 20000) 'in-order) ((eqv? i (locus-channel-get echo)) (loop (+ i 1))) (else i))) => 'in-order)

;;; Channels of the dead
(define ended (locus ch (locus-channel-put ch 'last) (exit 3)))
(locus-wait ended)
(check (let* ((a (locus-channel-get ended)) (b (locus-channel-get ended))) (list a (eof-object? b))) => '(last #t))
(check (guard (c (#t (list (i/o-error? c) (condition-who c) (condition-message c) (eq? ended (car (condition-irritants c))))))
         (locus-channel-put ended 1)) => '(#t locus-channel-put "the locus is dead: it ended with value 3" #t))
(check (locus-channel-put/get ended 1) => '(raised "the locus is dead: it ended with value 3"))
(check (eof-object? (perform-operation (locus-channel-get-operation ended))) => #t)
;; who waits when the other one dies
(define doomed (locus ch (locus-channel-get ch)))
(define waiting (spawn-fiber (lambda () (locus-channel-get doomed))))
(yield-current-task)
(locus-kill doomed)
(check (eof-object? (fiber-join waiting)) => #t)

;;; The time limit is the other branch; the message is not lost
(check (perform-operation/timeout (locus-channel-get-operation echo) 0.001 (lambda () 'other-branch)) => 'other-branch)
(check (send 'not-lost) => 'not-lost)
(locus-kill echo)
(finish)
