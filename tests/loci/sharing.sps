;; SPDX-License-Identifier: MIT
;;
;; What processes share and pass on: shared bytevectors, atomic words, flvectors, large bytevectors, ports, ends of channels.
(import (rnrs) (loko loci) (loko loci shared) (loko system fibers) (only (loko system unsafe) syscall) (only (loko core primitives) %collect) (only (scheme base) define-values) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))

(define (echo-locus) (locus ch (let loop () (let ((x (locus-channel-get ch))) (if (not (eof-object? x)) (begin (locus-channel-put ch x) (loop)))))))
(define echo (echo-locus))
(define (send x) (locus-channel-put/get echo x))
(define before (descriptors))

;;; Shared bytevectors
(define sh (make-shared-bytevector 64))
(check (list (bytevector? sh) (shared-bytevector? sh) (shared-bytevector? (make-bytevector 8)) (shared-bytevector? 'x) (bytevector-length sh) (bytevector-u8-ref sh 63)) => '(#t #t #f #f 64 0))
(check (let ((r (send sh))) (bytevector-u8-set! r 5 77) (bytevector-u8-set! sh 6 78) (list (eq? r sh) (shared-bytevector? r) (bytevector-u8-ref sh 5) (bytevector-u8-ref r 6))) => '(#f #t 77 78))
(check (let* ((r (send (vector sh (list sh)))) (a (vector-ref r 0))) (list (eq? a (car (vector-ref r 1))) (bytevector=? a sh))) => '(#t #t))
(check (bytevector-length (send (make-shared-bytevector 0))) => 0)
(check (bytevector-length (send (make-shared-bytevector 4097 9))) => 4097)
(check (let ((r (send (make-shared-bytevector 4097 9)))) (list (bytevector-u8-ref r 4096) (bytevector-u8-ref r 0))) => '(9 9))
(check (make-shared-bytevector -1) => '(raised "expected a nonnegative fixnum"))
(check (guard (c (#t (i/o-error? c))) (make-shared-bytevector (expt 2 50))) => #t)
(check (utf8->string (let ((b (make-shared-bytevector 4))) (bytevector-copy! (string->utf8 "λμ") 0 b 0 4) b)) => "λμ")
(check (let ((b (make-shared-bytevector 4))) (bytevector-copy! (string->utf8 "abcd") 0 b 0 4) (get-line (transcoded-port (open-bytevector-input-port b) (native-transcoder)))) => "abcd")
;; seen by a locus that is created, and passed on by it
(define counter (make-shared-bytevector 16))
(check (begin
         (for-each locus-wait
                   (map (lambda (i) (locus ch (do ((i 0 (+ i 1))) ((= i 10000)) (bytevector-atomic-add! counter 8 1)))) '(1 2 3 4)))
         (bytevector-atomic-ref counter 8)) => 40000)
(define (incrementer bv) (locus/context ch (bytevector-u8-set! bv 0 (+ 1 (bytevector-u8-ref bv 0))) (locus-channel-put ch bv) (locus-channel-get ch)))
(check (let* ((l (incrementer counter)) (r (locus-channel-get l))) (locus-kill l) (bytevector-u8-set! r 1 55) (list (bytevector-u8-ref counter 0) (bytevector-u8-ref counter 1))) => '(1 55))
;; they survive collections, and many don't use up descriptors
(check (begin (do ((i 0 (+ i 1))) ((= i 300)) (send (make-shared-bytevector 100 (mod i 256)))) (%collect #t) (%collect #t) (bytevector-u8-ref sh 5)) => 77)

;;; Atomic words
(define w (make-bytevector 24 0))
(define m (expt 2 63))
(check (list (bytevector-atomic-add! w 8 5) (bytevector-atomic-add! w 8 -7) (bytevector-atomic-ref w 8)) => '(0 5 -2))
(check (begin (bytevector-atomic-set! w 0 (- m 1)) (list (bytevector-atomic-add! w 0 1) (bytevector-atomic-ref w 0))) => (list (- m 1) (- m)))
(check (list (bytevector-atomic-exchange! w 8 9) (bytevector-atomic-compare-and-swap! w 8 9 10) (bytevector-atomic-compare-and-swap! w 8 9 11) (bytevector-atomic-ref w 8)) => '(-2 9 10 10))
(check (list (bytevector-atomic-and! w 8 2) (bytevector-atomic-or! w 8 5) (bytevector-atomic-xor! w 8 1) (bytevector-atomic-ref w 8)) => '(10 2 7 6))
(check (bytevector-s64-native-ref w 8) => 6)
(check (bytevector-atomic-ref w 17) => '(raised "index is out of range"))
(check (bytevector-atomic-ref w 12) => '(raised "index is not aligned"))
(check (bytevector-atomic-ref w -8) => '(raised "index is out of range"))
(check (bytevector-atomic-ref (make-bytevector 7) 0) => '(raised "index is out of range"))
(check (bytevector-atomic-ref (car (list "x")) 0) => '(raised "expected a bytevector"))
(check (bytevector-atomic-set! w 0 m) => '(raised "integer does not fit"))
(check (bytevector-atomic-add! w 0 (- -1 m)) => '(raised "integer does not fit"))
(check (bytevector-atomic-add! w 0 1.0) => '(raised "expected an exact integer"))

;;; flvectors
(define fl (make-shared-flvector 5 1.5))
(check (let ((l (locus/context ch (flvector-set! fl 4 -0.0) (flvector-set! fl 0 (flvector-length fl)) (exit 3)))) (list (locus-wait l) (flvector->list fl))) => '(3 (5.0 1.5 1.5 1.5 -0.0)))
(check (let ((r (send fl))) (flvector-set! r 1 2.5) (list (flvector? r) (flvector-ref fl 1) (shared-bytevector? (flvector-bytes r)))) => '(#t 2.5 #t))
(check (let ((r (send (flvector 1.0 2.0)))) (list (flvector->list r) (shared-bytevector? (flvector-bytes r)))) => '((1.0 2.0) #f))
(check (flvector->list (shared-flvector 1.0 2)) => '(1.0 2.0))
(check (flvector->list (make-flvector 2)) => '(0.0 0.0))
(check (flvector-ref fl 5) => '(raised "index is out of range"))
(check (flvector-ref '#(1.0) 0) => '(raised "expected an flvector"))
(check (let ((c (flvector-copy fl))) (flvector-set! c 0 9.0) (flvector-ref fl 0)) => 5.0)

;;; Large bytevectors: copies, whatever is done to them on either side
(define big (make-bytevector 1000000 7))
(define (changed-echo change!)
  (change! big)
  (let* ((r (send big)) (same? (bytevector=? r big)))
    (bytevector-u8-set! r 500000 99)
    (let ((again (send r))) (list same? (eq? r big) (bytevector-u8-ref big 500000) (bytevector-u8-ref again 500000) (bytevector=? r again)))))
(define (keep! b) b)
(check (let loop ((i 0) (r '())) (if (= i 4) r (loop (+ i 1) (cons (changed-echo keep!) r)))) => '((#t #f 7 99 #t) (#t #f 7 99 #t) (#t #f 7 99 #t) (#t #f 7 99 #t)))
(check (let loop ((i 0) (ok #t)) (if (= i 6) ok (loop (+ i 1) (and ok (equal? (changed-echo (lambda (b) (bytevector-u8-set! b (* i 150000) i))) '(#t #f 7 99 #t)))))) => #t)
(check (let ((r (send (list big big 'x)))) (list (eq? (car r) (cadr r)) (bytevector=? (car r) big) (caddr r))) => '(#t #t x))
(check (map (lambda (n) (let ((r (send (make-bytevector n 3)))) (list (= n (bytevector-length r)) (bytevector-u8-ref r (- n 1))))) '(262143 262144 262145 262152 3000001)) => '((#t 3) (#t 3) (#t 3) (#t 3) (#t 3)))
;; a shared one is no copy, also when it is large; an image of a library's literal is sent as well
(check (let* ((b (make-shared-bytevector 1000000)) (r (send b))) (bytevector-u8-set! r 999999 5) (bytevector-u8-ref b 999999)) => 5)
;; received ones are kept in numbers
(define many (map (lambda (i) (let ((b (make-bytevector 300000 i))) (send b))) '(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19)))
(check (map (lambda (b) (bytevector-u8-ref b 299999)) many) => '(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19))

;; where one was that is garbage, new ones are what they should be (with collections: its pages are overwritten then)
(define (zeros? b) (let loop ((i 0)) (or (>= i (bytevector-length b)) (and (eqv? 0 (bytevector-u8-ref b i)) (loop (+ i 997))))))
(check (let loop ((i 0)) (or (= i 20) (begin (send (make-bytevector 300000 i)) (%collect #t) (and (zeros? (make-bytevector 300000 0)) (loop (+ i 1)))))) => #t)

;;; Ends of channels
(define-values (a b) (locus-channel))
(locus-channel-put a 'early)
(define holder (locus ch (let ((end (locus-channel-get ch))) (locus-channel-put end 'from-the-holder) (locus-channel-put ch (locus-channel-get end)) (locus-channel-get end))))
(check (begin (locus-channel-put holder b) (list (locus-channel-get a) (locus-channel-get holder))) => '(from-the-holder early))
(check (locus-channel-put b 1) => '(raised "this end of the channel was sent to another locus"))
(check (locus-channel-get b) => '(raised "this end of the channel was sent to another locus"))
(check (locus-channel-put echo b) => '(raised "this end of a channel has ended"))
(check (begin (locus-channel-put a 'bye) (list (locus-wait holder) (eof-object? (locus-channel-get a)))) => '(0 #t))
;; what was read ahead and what was not written yet travel with the end: large messages, with descriptors in them, and half a message
(define-values (c d) (locus-channel))
(for-each (lambda (i) (locus-channel-put c (list i sh (make-string 100000 #\a)))) '(1 2 3 4 5 6 7 8))
(for-each (lambda (i) (locus-channel-put d (list i (make-vector 100000 'back)))) '(1 2 3 4 5 6 7 8))
(yield-current-task)
(define reader
  (locus ch
    (let ((end (locus-channel-get ch)))
      (let loop ((i 0) (l '()))
        (if (< i 8)
            (let ((m (locus-channel-get end))) (loop (+ i 1) (cons (list (car m) (bytevector-u8-ref (cadr m) 5) (string-length (caddr m))) l)))
            (locus-channel-put ch (reverse l)))))))
(locus-channel-put reader d)
(check (locus-channel-get reader) => '((1 77 100000) (2 77 100000) (3 77 100000) (4 77 100000) (5 77 100000) (6 77 100000) (7 77 100000) (8 77 100000)))
(check (map (lambda (i) (car (locus-channel-get c))) '(1 2 3 4 5 6 7 8)) => '(1 2 3 4 5 6 7 8))
(check (locus-wait reader) => 0)
;; an end goes through several hands, and two loci talk over a channel of their own
(define-values (e f) (locus-channel))
(define (talker e) (locus/context ch (locus-channel-put e '(from left)) (locus-channel-put ch (locus-channel-get e))))
(define left (talker e))
(define right (locus ch (let ((f (locus-channel-get ch))) (let ((got (locus-channel-get f))) (locus-channel-put f (list 'back got)) (exit 7)))))
(locus-channel-put right (send f))
(check (list (locus-channel-get left) (locus-wait left) (locus-wait right)) => '((back (from left)) 0 7))
;; in a variable of the program an end or a port stays its creator's
(define-values (o p) (locus-channel))
(define file "/tmp/loko-loci-sharing")
(define held (open-file-output-port file (file-options no-fail)))
(define old-output (current-output-port))
(define stranger
  (locus ch
    (locus-channel-put ch (map (lambda (thunk) (guard (c (#t (condition-message c))) (thunk)))
                               (list (lambda () (locus-channel-put o 1)) (lambda () (locus-channel-get p)) (lambda () (put-u8 held 1) (close-port held)))))
    (display "" old-output)))
(check (locus-channel-get stranger) => '("this end of the channel belongs to another process" "this end of the channel belongs to another process" "the port is closed"))
(check (begin (locus-channel-put o 'still) (list (locus-channel-get p) (locus-wait stranger))) => '(still 0))
(close-port held)
(for-each locus-channel-close (list o p))
;; a descriptor of a locus is an end, too; the locus is still waited for here
(define far (locus ch (locus-channel-put ch (list 'got (locus-channel-get ch))) (exit 4)))
(define proxy (locus ch (let ((end (locus-channel-get ch))) (locus-channel-put ch (locus-channel-put/get end 'x)))))
(check (begin (locus-channel-put proxy far) (list (locus-channel-get proxy) (locus-wait far) (locus-wait proxy))) => '((got x) 4 0))
;; refused
(define-values (g h) (locus-channel))
(check (locus-channel-put g g) => '(raised "an end of a channel can't be sent through itself"))
(define waiter (spawn-fiber (lambda () (locus-channel-get h))))
(yield-current-task)
(check (locus-channel-put echo (list 1 h)) => '(raised "a fiber waits at this end of a channel"))
(check (map locus-message-allowed? (list g h)) => '(#t #f))
(check (begin (locus-channel-put g 'done) (fiber-join waiter)) => 'done)
(check (begin (locus-channel-close g) (list (eof-object? (locus-channel-get h)) (eof-object? (locus-channel-get g)))) => '(#t #t))
(check (locus-channel-put g 1) => '(raised "the other end of the channel is closed"))
(check (locus-channel-put echo h) => '(raised "this end of a channel has ended"))
(locus-channel-close h)

;;; Ports
(define (contents) (call-with-input-file file get-string-all))
(define out (open-file-output-port file (file-options no-fail)))
(put-bytevector out (string->utf8 "before "))
(define writer (locus ch (let ((p (locus-channel-get ch))) (put-bytevector p (string->utf8 "inside ")) (close-port p) (locus-channel-put ch (list (binary-port? p) (output-port? p) (input-port? p))))))
(locus-channel-put writer out)
(check (locus-channel-get writer) => '(#t #t #f))
(put-bytevector out (string->utf8 "after"))
(close-port out)
(check (contents) => "before inside after")
(check (locus-channel-put echo out) => '(raised "a port without a file descriptor can't be sent"))
;; a file's position, also when it was read ahead; transcoders
(define in (open-file-input-port file (file-options) 'block (make-transcoder (utf-8-codec) 'none 'raise)))
(check (get-string-n in 7) => "before ")
(define taker (locus ch (let ((p (locus-channel-get ch))) (locus-channel-put ch (list (textual-port? p) (get-string-n p 6) (error-handling-mode raise) (transcoder-error-handling-mode (port-transcoder p)))))))
(locus-channel-put taker in)
(check (locus-channel-get taker) => '(#t "inside" raise raise))
(check (eof-object? (get-string-all in)) => #t)          ; the position is shared, and the taker has read ahead
(close-port in)
;; what was read ahead of a pipe goes along; Latin-1
(define (words codec) (let-values (((l to from err) (locus* (#f #f #f) ch (display "one two") (flush-output-port (current-output-port)) (locus-channel-get ch)))) (values l from)))
(let-values (((l from) (words 'utf-8)))
  (check (get-string-n from 3) => "one")
  (let ((taker (locus/context ch (locus-channel-put ch (get-string-n from 4)) (exit 6))))
    (check (list (locus-channel-get taker) (locus-wait taker)) => '(" two" 6)))
  (locus-kill l)
  (close-port from))
(define latin (open-file-output-port file (file-options no-fail) 'block (make-transcoder (latin-1-codec) 'crlf 'replace)))
(locus-wait (let ((l (locus ch (let ((p (locus-channel-get ch))) (put-string p "ä\n") (close-port p))))) (locus-channel-put l latin) l))
(close-port latin)
(check (call-with-port (open-file-input-port file) get-bytevector-all) => '#vu8(#xe4 13 10))
(delete-file file)
(check (locus-message-allowed? (open-string-input-port "")) => #f)
(check (locus-message-allowed? (list (current-output-port) (current-input-port))) => #t)
;; a port in a variable is the child's, and flushed at its end
(define log-port (open-file-output-port file (file-options no-fail) 'block (native-transcoder)))
(put-string log-port "a")
(define (logger port) (locus/context ch (put-string port "b") (exit 2)))
(check (let ((l (logger log-port))) (locus-wait l)) => 2)
(put-string log-port "c")
(close-port log-port)
(check (contents) => "abc")
(delete-file file)
;; too many descriptors for one message: refused, nothing is left open
(define here (descriptors))
(check (locus-channel-put echo (map (lambda (i) (make-shared-bytevector 8)) (vector->list (make-vector 254 0)))) => '(raised "too many file descriptors for one message"))
(check (send 'still-usable) => 'still-usable)

;;; Nothing is left: closed descriptors everywhere
(set! many #f)
(define (settle n) (%collect #t) (%collect #t) (sleep 0.01) (if (and (> (descriptors) before) (> n 0)) (settle (- n 1)) (descriptors)))
(set! sh #f) (set! counter #f) (set! fl #f) (set! big #f)
(locus-kill echo)
(check (- (settle 50) before) => -2)              ; those of the locus from before
(finish)
