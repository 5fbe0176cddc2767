;; SPDX-License-Identifier: MIT
;;
;; Memory that processes share: bytevectors whose bytes all holders see and change, atomic operations on their words, vectors of
;; flonums. Sent through a channel, or seen by a locus that is created, they are not copied. On the PC there are none.
(library (loko loci shared)
  (export make-shared-bytevector shared-bytevector?
          bytevector-atomic-ref bytevector-atomic-set! bytevector-atomic-exchange! bytevector-atomic-add!
          bytevector-atomic-and! bytevector-atomic-or! bytevector-atomic-xor! bytevector-atomic-compare-and-swap!
          make-flvector make-shared-flvector flvector shared-flvector flvector? flvector-length flvector-ref flvector-set!
          flvector-fill! flvector-copy flvector->list list->flvector flvector-bytes)
  (import (rnrs)
          (only (loko core primitives) %make-shared-bytevector %shared-bytevector?
                bytevector-atomic-ref bytevector-atomic-set! bytevector-atomic-exchange! bytevector-atomic-add!
                bytevector-atomic-and! bytevector-atomic-or! bytevector-atomic-xor! bytevector-atomic-compare-and-swap!)
          (only (loko base io-conditions) raise-os-error))

  ;; (make-shared-bytevector n [fill]): a bytevector whose bytes other processes can share. &i/o if the system gives none.
  (define make-shared-bytevector
    (case-lambda
      ((n)
       (let ((r (%make-shared-bytevector n)))
         (if (fixnum? r)
             (raise-os-error 'make-shared-bytevector r n))
         r))
      ((n fill)
       (let ((bv (make-shared-bytevector n)))
         (bytevector-fill! bv fill)
         bv))))

  ;; (shared-bytevector? object)
  (define (shared-bytevector? x) (%shared-bytevector? x))

  ;;; Vectors of flonums

  (define-record-type (flvector-record %make-flvector flvector?)
    (fields (immutable bytes flvector-bytes))
    (nongenerative loko-flvector-1)
    (sealed #t))

  ;; An element whose index is out of range, or that is none, is an &assertion of the bytevector operation below; these say it better.
  (define (check who v i)
    (if (not (flvector? v)) (assertion-violation who "expected an flvector" v))
    (if (not (and (fixnum? i) (fx>=? i 0) (fx<? i (flvector-length v)))) (assertion-violation who "index is out of range" i v)))

  (define (check-length who n)
    (if (not (and (fixnum? n) (fx<=? 0 n #x7fffffffffff))) (assertion-violation who "expected a length" n)))

  (define (filled v x)
    (if (not (eqv? x 0.0)) (flvector-fill! v x))
    v)

  ;; (make-flvector n [x]): n flonums x, 0.0 by default.
  (define make-flvector
    (case-lambda
      ((n) (make-flvector n 0.0))
      ((n x)
       (check-length 'make-flvector n)
       (filled (%make-flvector (make-bytevector (fx* 8 n) 0)) x))))

  ;; (make-shared-flvector n [x]): the same in shared memory.
  (define make-shared-flvector
    (case-lambda
      ((n) (make-shared-flvector n 0.0))
      ((n x)
       (check-length 'make-shared-flvector n)
       (filled (%make-flvector (make-shared-bytevector (fx* 8 n))) x))))

  ;; (flvector-length v)
  (define (flvector-length v) (fxarithmetic-shift-right (bytevector-length (flvector-bytes v)) 3))

  ;; (flvector-ref v i)
  (define (flvector-ref v i)
    (check 'flvector-ref v i)
    (bytevector-ieee-double-native-ref (flvector-bytes v) (fx* 8 i)))

  ;; (flvector-set! v i x): x is a real number.
  (define (flvector-set! v i x)
    (check 'flvector-set! v i)
    (bytevector-ieee-double-native-set! (flvector-bytes v) (fx* 8 i) x))

  ;; (flvector-fill! v x)
  (define (flvector-fill! v x)
    (let ((bv (flvector-bytes v)))
      (do ((i 0 (fx+ i 8))) ((fx=? i (bytevector-length bv)))
        (bytevector-ieee-double-native-set! bv i x))))

  (define (fill-from-list! v l)
    (let loop ((i 0) (l l))
      (if (pair? l)
          (begin
            (flvector-set! v i (car l))
            (loop (fx+ i 1) (cdr l)))
          v)))

  ;; (flvector x ...), (shared-flvector x ...)
  (define (flvector . l) (list->flvector l))
  (define (shared-flvector . l) (fill-from-list! (make-shared-flvector (length l)) l))

  ;; (flvector-copy v): not shared.
  (define (flvector-copy v) (%make-flvector (bytevector-copy (flvector-bytes v))))

  ;; (list->flvector list)
  (define (list->flvector l) (fill-from-list! (make-flvector (length l)) l))

  ;; (flvector->list v)
  (define (flvector->list v)
    (let loop ((i (fx- (flvector-length v) 1)) (l '()))
      (if (fx<? i 0) l (loop (fx- i 1) (cons (flvector-ref v i) l))))))
