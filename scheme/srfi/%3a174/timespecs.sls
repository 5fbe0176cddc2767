;; SPDX-License-Identifier: MIT
;;
;; SRFI 174: POSIX timespecs: seconds and nanoseconds, 0 to 999,999,999.
(library (srfi :174 timespecs)
  (export timespec timespec? timespec-seconds timespec-nanoseconds
          inexact->timespec timespec->inexact timespec=? timespec<? timespec-hash)
  (import (rnrs))

  (define-record-type (<timespec> make timespec?)
    (fields (immutable seconds timespec-seconds) (immutable nanoseconds timespec-nanoseconds))
    (nongenerative srfi-174-timespec)
    (sealed #t))

  ;; (timespec seconds nanoseconds)
  (define (timespec seconds nanoseconds)
    (unless (and (integer? seconds) (exact? seconds))
      (assertion-violation 'timespec "expected an exact integer of seconds" seconds))
    (unless (and (integer? nanoseconds) (exact? nanoseconds) (<= 0 nanoseconds 999999999))
      (assertion-violation 'timespec "expected 0 to 999999999 nanoseconds" nanoseconds))
    (make seconds nanoseconds))

  (define billion 1000000000)
  ;; (inexact->timespec seconds): rounded down, also below zero.
  (define (inexact->timespec x)
    (let-values (((s ns) (div-and-mod (exact (floor (* (exact x) billion))) billion)))
      (timespec s ns)))
  (define (timespec->inexact t)
    (inexact (+ (timespec-seconds t) (/ (timespec-nanoseconds t) billion))))

  (define (timespec=? a b)
    (and (= (timespec-seconds a) (timespec-seconds b))
         (= (timespec-nanoseconds a) (timespec-nanoseconds b))))
  (define (timespec<? a b)
    (or (< (timespec-seconds a) (timespec-seconds b))
        (and (= (timespec-seconds a) (timespec-seconds b))
             (< (timespec-nanoseconds a) (timespec-nanoseconds b)))))
  (define (timespec-hash t)
    (equal-hash (+ (* billion (timespec-seconds t)) (timespec-nanoseconds t)))))
