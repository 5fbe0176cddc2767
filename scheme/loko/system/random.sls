;; SPDX-License-Identifier: MIT
;;
;; Random numbers. get-random-… are bytes of the kernel: for keys, tokens, seeds. The others are xoshiro256**
;; (Blackman, Vigna), fast and good for simulations and games, but who sees some of them can compute the next ones.
;; A random state is an opaque record around the generator's 32 bytes; a state of one's own is repeatable by its seed.
(library (loko system random)
  (export %forget-own-random-state! get-random-u8 get-random-bytevector get-random-bytevector!
          (rename (make-random-state* make-random-state)) random-state? random-state-copy random-state->bytevector bytevector->random-state
          random-integer random-real random-bits)
  (import (rnrs base) (rnrs control) (rnrs bytevectors) (rnrs records syntactic)
          (only (loko core primitives) %os-syscall %random-seed! %random-integer %random-real %random-bits))

  ;;; The kernel's

  ;; (get-random-bytevector! bytevector): fills it with random bytes.
  (define (get-random-bytevector! bv)
    (unless (bytevector? bv)
      (assertion-violation 'get-random-bytevector! "expected a bytevector" bv))
    ;; getrandom(2) gives up to 256 bytes at once, uninterrupted
    (let ((n (bytevector-length bv)) (piece (make-bytevector 256)))
      (let loop ((at 0))
        (when (< at n)
          (let* ((count (min 256 (- n at))) (got (%os-syscall 318 piece count 0)))
            (unless (eqv? got count)
              (error 'get-random-bytevector! "the kernel gives no random bytes" got))
            (bytevector-copy! piece 0 bv at count)
            (loop (+ at count)))))))

  ;; (get-random-bytevector n): a fresh bytevector of n random bytes.
  (define (get-random-bytevector n)
    (let ((bv (make-bytevector n)))
      (get-random-bytevector! bv)
      bv))

  ;; (get-random-u8): a random byte.
  (define (get-random-u8)
    (bytevector-u8-ref (get-random-bytevector 1) 0))

  ;;; Generators

  (define-record-type (random-state make-random-state random-state?)
    (fields bytes)
    (opaque #t) (sealed #t) (nongenerative))

  ;; (make-random-state), (make-random-state seed): a generator, seeded by the kernel or by an exact integer.
  (define make-random-state*
    (case-lambda
      (() (make-random-state* (bytevector-uint-ref (get-random-bytevector 32) 0 (endianness little) 32)))
      ((seed)
       (let ((bytes (make-bytevector 32)))
         (%random-seed! bytes seed)
         (make-random-state bytes)))))

  (define (bytes-of who state)
    (if (random-state? state)
        (random-state-bytes state)
        (assertion-violation who "expected a random state" state)))

  ;; (random-state-copy state): a generator that will give the same numbers.
  (define (random-state-copy state)
    (make-random-state (bytevector-copy (bytes-of 'random-state-copy state))))

  ;; (random-state->bytevector state): its 32 bytes, to be kept.
  (define (random-state->bytevector state)
    (bytevector-copy (bytes-of 'random-state->bytevector state)))

  ;; (bytevector->random-state bytevector): the generator with these 32 bytes, not all of them 0.
  (define (bytevector->random-state bv)
    (unless (and (bytevector? bv) (= (bytevector-length bv) 32) (not (bytevector=? bv (make-bytevector 32 0))))
      (assertion-violation 'bytevector->random-state "expected 32 bytes, not all of them 0" bv))
    (make-random-state (bytevector-copy bv)))

  ;; What is used without a state: one for each process, seeded by the kernel when it is needed.
  (define own #f)
  (define (own-bytes)
    (unless own (set! own (make-random-state*)))
    (random-state-bytes own))

  ;; For a forked process: its numbers must not be those of its creator and its siblings.
  (define (%forget-own-random-state!) (set! own #f))

  ;; (random-integer n [state]): an exact integer, 0 <= it < n, all equally likely.
  (define random-integer
    (case-lambda
      ((n) (%random-integer (own-bytes) n))
      ((n state) (%random-integer (bytes-of 'random-integer state) n))))

  ;; (random-real [state]): a flonum, 0 < it < 1.
  (define (positive-real bytes)
    (let ((x (%random-real bytes)))
      (if (= x 0.0) (positive-real bytes) x)))
  (define random-real
    (case-lambda
      (() (positive-real (own-bytes)))
      ((state) (positive-real (bytes-of 'random-real state)))))

  ;; (random-bits k [state]): an exact integer of k random bits.
  (define random-bits
    (case-lambda
      ((k) (%random-bits (own-bytes) k))
      ((k state) (%random-bits (bytes-of 'random-bits state) k)))))
