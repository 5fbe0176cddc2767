;; SPDX-License-Identifier: MIT
;;
;; Clocks (R7RS 6.14) and the measuring forms of the manual 3.2: time, time-it, time-it*.
(library (loko base time)
  (export current-second current-jiffy jiffies-per-second
          current-time-of-day cpu-time time time-it time-it* collections bytes-allocated)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (loko base printer) (loko base stdio))

  ;; Seconds since 1970 in TAI run ahead of UTC by the leap seconds so far.
  (define leap-seconds 37.0)

  ;; (current-second): TAI seconds since 1970 as a flonum (R7RS).
  (define (current-second)
    (let ((t (%os-clock 0)))
      (+ (+ (inexact (car t)) leap-seconds) (/ (inexact (cdr t)) 1e9))))

  ;; (current-time-of-day): UTC seconds since 1970 and nanoseconds.
  (define (current-time-of-day)
    (let ((t (%os-clock 0)))
      (values (car t) (cdr t))))

  (define (nanoseconds which)
    (let ((t (%os-clock which)))
      (fx+ (fx* (car t) 1000000000) (cdr t))))

  ;; (jiffies-per-second): nanoseconds.
  (define (jiffies-per-second) 1000000000)

  ;; (current-jiffy): nanoseconds of a clock that never goes back.
  (define (current-jiffy) (nanoseconds 1))

  ;; (cpu-time): nanoseconds of processor time that the process has used.
  (define (cpu-time) (nanoseconds 2))

  ;; (collections): number of garbage collections so far.
  (define (collections) (%collections))

  ;; (bytes-allocated): number of bytes allocated so far.
  (define (bytes-allocated) (vector-ref (%memory-statistics) 2))

  ;; n / 10^digits, to three decimals, without floating point.
  (define (write-milliseconds ns port)
    (let* ((us (fxquotient ns 1000)) (ms (fxquotient us 1000)) (rest (fxremainder us 1000)))
      (display ms port)
      (display "." port)
      (if (fx<? rest 100) (display "0" port))
      (if (fx<? rest 10) (display "0" port))
      (display rest port)
      (display " ms" port)))

  ;; (time-it what thunk): calls thunk once, prints what it cost, and returns its values.
  (define (time-it what thunk)
    (let ((collections (%collections)) (bytes (bytes-allocated)) (cpu (cpu-time)) (start (current-jiffy)))
      (call-with-values thunk
        (lambda results
          (let ((elapsed (fx- (current-jiffy) start))
                (used (fx- (cpu-time) cpu))
                (bytes (fx- (bytes-allocated) bytes))
                (collections (fx- (%collections) collections))
                (port (current-output-port)))
            (display "Timing " port)
            (write what port)
            (display ":\n  elapsed time  " port)
            (write-milliseconds elapsed port)
            (display "\n  processor     " port)
            (write-milliseconds used port)
            (display "\n  allocated     " port)
            (display bytes port)
            (display " bytes\n  collections   " port)
            (display collections port)
            (newline port)
            (%values-list results))))))

  ;; (time expression): the values of the expression; prints what its evaluation cost.
  (define-syntax time
    (syntax-rules ()
      ((_ expression) (time-it 'expression (lambda () expression)))))

  ;; (time-it* what iterations thunk): calls thunk in batches and prints statistics of the time per call.
  (define (time-it* what iterations thunk)
    (let* ((batch (batch-size thunk)) (batches (fxmax 1 (fxquotient (fx+ iterations (fx- batch 1)) batch))))
      (let loop ((i 0) (sum 0.0) (squares 0.0) (least 0) (most 0))
        (if (fx<? i batches)
            (let* ((ns (run-batch thunk batch)) (x (/ (inexact ns) (inexact batch))))
              (loop (fx+ i 1) (+ sum x) (+ squares (* x x))
                    (if (fx=? i 0) ns (fxmin least ns))
                    (fxmax most ns)))
            (let* ((n (inexact batches)) (mean (/ sum n))
                   (variance (max 0.0 (- (/ squares n) (* mean mean))))
                   (port (current-output-port)))
              (display "Timing " port)
              (display what port)
              (display " (nanoseconds per call, in batches of " port)
              (display batch port)
              (display "):\n  minimum  " port)
              (display (/ (inexact least) (inexact batch)) port)
              (display "\n  maximum  " port)
              (display (/ (inexact most) (inexact batch)) port)
              (display "\n  mean     " port)
              (display mean port)
              (display "\n  standard deviation " port)
              (display (sqrt variance) port)
              (newline port))))))

  (define (run-batch thunk n)
    (let ((start (current-jiffy)))
      (let loop ((i 0))
        (if (fx<? i n)
            (begin
              (thunk)
              (loop (fx+ i 1)))
            (fx- (current-jiffy) start)))))

  ;; So many calls that a batch takes 20 microseconds or more.
  (define (batch-size thunk)
    (let loop ((n 1))
      (if (or (fx>? (run-batch thunk n) 20000) (fx>? n 1000000))
          n
          (loop (fx* n 2))))))
