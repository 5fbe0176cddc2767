;; SPDX-License-Identifier: MIT
;;
;; The decoder of messages against damaged bytes: changed, removed, inserted, exchanged, two messages spliced. Arguments: seconds, seed. Each
;; is read as a datum, and sent as a frame through a channel of its own. Wanted: a datum, whose form can be read again to give the same
;; form, or a condition of reading; never an end of this process, a wait without end, or descriptors that stay open.
(import (rnrs) (rnrs mutable-pairs) (loko loci) (loko fasl) (loko system fibers) (descriptors)
        (only (loko loci streams) ch-fd) (only (loko core primitives) %os-write %collect)
        (tests support checks))

(define (argument n default)
  (let ((l (command-line))) (if (> (length l) n) (string->number (list-ref l n)) default)))
(define seconds (argument 1 2))
(define seed (argument 2 1))
(define (random n)
  (set! seed (mod (+ (* seed 6364136223846793005) 1442695040888963407) 18446744073709551616))
  (mod (div seed 4294967296) n))

;;; Good messages
(define-record-type point (fields x y) (nongenerative loko-fuzz-point-1))
(define cycle (let ((l (list 1 2 3))) (set-cdr! (cddr l) l) l))
(define table (let ((t (make-hashtable equal-hash equal?))) (hashtable-set! t '(1) 'one) (hashtable-set! t "two" #(2)) t))
(define tables
  (list (let ((t (make-eq-hashtable))) (hashtable-set! t 'a 1) t)
        (let ((t (make-hashtable string-hash string=?))) (hashtable-set! t "a" 1) t)))
(define integers (let loop ((i 300) (l '())) (if (= i 0) l (loop (- i 1) (cons (* i (expt -3 (mod i 40))) l)))))
(define goods
  (vector-map datum->fasl
              (vector 1 'symbol "text λ🙂" (list 1 2.5 1/3 (expt 7 90) (- (expt 2 61)) +nan.0) (vector 'a "b" #\c '() #t) cycle table tables
                      (let ((s (list 1))) (list s s (vector s))) (make-point 1 (make-point 'a "b")) (make-bytevector 100 7) integers
                      (list->vector integers) (map (lambda (i) (mod i 100)) integers) (append '(x) (map (lambda (i) (mod i 1000)) integers) 'y) '(a (b (c (d . e) . f) . g) . h) (string->list "many characters") '(1 . 2))))

;;; Damage
(define (bytes-append a b)
  (let* ((n (bytevector-length a)) (m (bytevector-length b)) (bv (make-bytevector (+ n m))))
    (bytevector-copy! a 0 bv 0 n)
    (bytevector-copy! b 0 bv n m)
    bv))
(define (part bv from to)
  (let ((new (make-bytevector (- to from))))
    (bytevector-copy! bv from new 0 (- to from))
    new))
(define (place bv) (+ 16 (random (max 1 (- (bytevector-length bv) 16)))))
(define interesting '#(0 1 127 128 255 17 18 19 21 22 23 24 25 26 27 14 7 8))
(define (damaged bv)
  (let* ((n (bytevector-length bv)) (i (min n (place bv))) (j (min n (place bv))))
    (case (random 7)
      ((0 1) (let ((b (bytevector-copy bv))) (if (< i n) (bytevector-u8-set! b i (random 256))) b))
      ((2) (let ((b (bytevector-copy bv))) (if (< i n) (bytevector-u8-set! b i (vector-ref interesting (random 18)))) b))
      ((3) (bytes-append (part bv 0 (min i j)) (part bv (max i j) n)))
      ((4) (bytes-append (part bv 0 i) (bytes-append (part bv (min i j) (max i j)) (part bv i n))))
      ((5) (bytes-append (part bv 0 i) (bytes-append (make-bytevector (random 12) (vector-ref interesting (random 18))) (part bv i n))))
      (else (let ((other (vector-ref goods (random (vector-length goods))))) (bytes-append (part bv 0 i) (part other (min (place other) (bytevector-length other)) (bytevector-length other))))))))
(define (with-length bv)                       ; most damage should get past the header
  (if (> (random 20) 0) (bytevector-u64-set! bv 8 (- (bytevector-length bv) 16) 'little))
  bv)
(define (bad-message)
  (let loop ((k (random 4)) (bv (damaged (vector-ref goods (random (vector-length goods))))))
    (if (= k 0) (with-length bv) (loop (- k 1) (damaged bv)))))

;;; Reading
;; Does it hold a hash table, as far as a few thousand steps tell? Their order may change, and with it the runs of fixnums that are packed.
(define (may-hold-table? x)
  (let ((steps 0))
    (let holds? ((x x))
      (set! steps (+ steps 1))
      (or (> steps 3000)
          (hashtable? x)
          (and (pair? x) (or (holds? (car x)) (holds? (cdr x))))
          (and (vector? x) (exists holds? (vector->list x)))
          (record? x)))))
(define good 0)
(define refused 0)
(define (read-directly bv)
  (guard (c ((i/o-read-error? c) (set! refused (+ refused 1))))
    (let ((x (fasl->datum bv)))
      (set! good (+ good 1))
      (let ((form (datum->fasl x)))
        (if (and (< (bytevector-length form) 3000) (not (may-hold-table? x)))
            (let ((again (datum->fasl (fasl->datum form))))
              (if (not (= (bytevector-length again) (bytevector-length form))) (count-check #f 'same-form (list bv form again) 'equal))))))))

;; What comes out of a channel into which the bytes are written, and then its end.
(define ends 0)
(define (read-through-channel bv)
  (let-values (((a b) (locus-channel)))
    (if (= 0 (random 3)) (bytevector-u8-set! bv (+ 4 (random 4)) (random 4)))
    (%os-write (ch-fd a) bv 0 (bytevector-length bv))
    (locus-channel-close a)
    (let loop ((left 100) (refusals 0))           ; what is no message ends a channel with a condition, which stays
      (let ((x (guard (c ((i/o-read-error? c) 'refused)) (locus-channel-get b))))
        (cond ((or (eof-object? x) (= refusals 3)) (set! ends (+ ends 1)))
              ((= left 0) (count-check #f 'ends bv 'end))
              (else (loop (- left 1) (if (eq? x 'refused) (+ refusals 1) 0))))))
    (locus-channel-close b)))

(read-through-channel (bytevector-copy (vector-ref goods 0)))
(define before (descriptors))
(define end (+ (internal-time) (* seconds 1000000000)))
(let loop ((n 0))
  (if (< (internal-time) end)
      (begin
        (do ((i 0 (+ i 1))) ((= i 50)) (read-directly (bad-message)))
        (read-through-channel (bad-message))
        (loop (+ n 51)))
      (begin (display (list n 'messages good 'read refused 'refused ends 'channels)) (newline))))
(check-true (> good 100))
(check-true (> refused 100))
(check-true (> ends 20))
(let wait () (if (> (descriptors) before) (begin (%collect #t) (sleep 0.001) (wait))))
(finish)
