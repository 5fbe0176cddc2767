;; SPDX-License-Identifier: MIT
;;
;; Clocks as time objects: a point or an amount of time in seconds and nanoseconds, with the resolution of its clock.
(library (loko system time)
  (export current-time monotonic-time cumulative-process-time
          time? make-time time-second time-nanosecond time-resolution)
  (import (rnrs base) (rnrs records syntactic)
          (only (loko core primitives) %os-clock))

  ;; (make-time second nanosecond resolution): resolution is in nanoseconds.
  (define-record-type time (fields second nanosecond resolution))

  (define (clock which)
    (let ((t (%os-clock which)))
      (make-time (car t) (cdr t) 1)))

  ;; (current-time): UTC since 1970.
  (define (current-time) (clock 0))

  ;; (monotonic-time): since some point in the past; it never goes back.
  (define (monotonic-time) (clock 1))

  ;; (cumulative-process-time): processor time that this process has used.
  (define (cumulative-process-time) (clock 2)))
