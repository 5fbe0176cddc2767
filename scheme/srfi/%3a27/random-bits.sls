;; SPDX-License-Identifier: MIT
;;
;; SRFI 27: a random source is a record around a random state of (loko system random), xoshiro256**. Each new source gives
;; the same numbers, the default one too, until it is randomized. A state's external form is a list: the
;; symbol xoshiro256** and the state as an exact integer.
(library (srfi :27 random-bits)
  (export random-integer random-real default-random-source make-random-source random-source?
          random-source-state-ref random-source-state-set! random-source-randomize!
          random-source-pseudo-randomize! random-source-make-integers random-source-make-reals)
  (import (rnrs)
          (only (loko base process-state) %state-changed!)
          (prefix (loko system random) r:))

  (define-record-type (random-source new-random-source random-source?)
    (fields (mutable state random-source-state random-source-replace!))
    (sealed #t) (opaque #t))

  ;; (make-random-source): all begin alike.
  (define (make-random-source) (new-random-source (r:make-random-state 27)))

  (define (check who s)
    (unless (random-source? s) (assertion-violation who "expected a random source" s)))

  (define (replace! s state)
    (note-use s)
    (random-source-replace! s state))

  ;; Using the default source changes it for the rest of the process.
  (define (note-use s) (when (eq? s default-random-source) (%state-changed!)))

  ;; (random-source-state-ref s): the present state, as a datum.
  (define (random-source-state-ref s)
    (check 'random-source-state-ref s)
    (list 'xoshiro256** (bytevector-uint-ref (r:random-state->bytevector (random-source-state s)) 0 (endianness little) 32)))

  ;; (random-source-state-set! s state): goes on from a state that random-source-state-ref gave.
  (define (random-source-state-set! s state)
    (check 'random-source-state-set! s)
    (unless (and (pair? state) (eq? (car state) 'xoshiro256**) (pair? (cdr state)) (null? (cddr state))
                 (integer? (cadr state)) (exact? (cadr state)) (< 0 (cadr state) (expt 2 256)))
      (assertion-violation 'random-source-state-set! "expected the state of a random source" state))
    (let ((bv (make-bytevector 32)))
      (bytevector-uint-set! bv 0 (cadr state) (endianness little) 32)
      (replace! s (r:bytevector->random-state bv))))

  ;; (random-source-randomize! s): a truly random state, from the kernel.
  (define (random-source-randomize! s)
    (check 'random-source-randomize! s)
    (replace! s (r:make-random-state)))

  ;; (random-source-pseudo-randomize! s i j): the state that belongs to i and j, natural numbers.
  (define (random-source-pseudo-randomize! s i j)
    (define (natural? n) (and (integer? n) (exact? n) (>= n 0)))
    (check 'random-source-pseudo-randomize! s)
    (unless (natural? i) (assertion-violation 'random-source-pseudo-randomize! "expected a natural number" i))
    (unless (natural? j) (assertion-violation 'random-source-pseudo-randomize! "expected a natural number" j))
    ;; A pair of natural numbers as one (Cantor), distinct from the seed of new sources.
    (replace! s (r:make-random-state (- -1 (+ (div (* (+ i j) (+ i j 1)) 2) j)))))

  ;; (random-source-make-integers s): a procedure that takes n and gives an integer, 0 <= it < n.
  (define (random-source-make-integers s)
    (check 'random-source-make-integers s)
    (note-use s)
    (lambda (n) (r:random-integer n (random-source-state s))))

  ;; (random-source-make-reals s [unit]): a procedure without arguments that gives a number between 0 and 1, both excluded;
  ;; with a unit, 0 < unit < 1, a multiple of it, of its exactness.
  (define random-source-make-reals
    (case-lambda
      ((s)
       (check 'random-source-make-reals s)
       (note-use s)
       (lambda () (r:random-real (random-source-state s))))
      ((s unit)
       (check 'random-source-make-reals s)
       (note-use s)
       (unless (and (real? unit) (< 0 unit 1))
         (assertion-violation 'random-source-make-reals "expected a number between 0 and 1" unit))
       (if (and (inexact? unit) (<= unit 1.1102230246251565e-16))
           (lambda () (r:random-real (random-source-state s)))  ; no flonum steps are finer
           (let* ((count (- (exact (floor (/ 1 (exact unit)))) 1)) (count (if (> count 0) count 1)))
             (lambda () (* unit (+ 1 (r:random-integer count (random-source-state s))))))))))

  ;; The source of random-integer and random-real.
  (define default-random-source (make-random-source))

  ;; (random-integer n): 0 <= it < n, from the default source.
  (define (random-integer n)
    (%state-changed!)
    (r:random-integer n (random-source-state default-random-source)))
  ;; (random-real): 0 < it < 1, from the default source.
  (define (random-real)
    (%state-changed!)
    (r:random-real (random-source-state default-random-source))))
