;; SPDX-License-Identifier: MIT
;;
;; Clocks (R7RS 6.14) and the measuring forms of the manual 3.2: time, time-it, time-it*.
(library (loko base time)
  (export current-second current-jiffy jiffies-per-second
          current-time-of-day cpu-time time time-it time-it* collections bytes-allocated
          collection-statistics)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base lists) for-each) (only (loko base sorting) vector-sort) (only (loko base control) call-with-values)
          (loko base numbers)
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

  ;; (collection-statistics): association list of what the collector has done and holds; times are in
  ;; nanoseconds, sizes in bytes.
  (define (collection-statistics)
    (let ((v (%memory-statistics)))
      (let loop ((names '(minor-collections full-collections bytes-allocated bytes-in-use bytes-live limit
                          time longest-pause in-place-collections frames-scanned bytes-of-evaluated-code))
                 (i 0))
        (if (pair? names)
            (cons (cons (car names) (vector-ref v i)) (loop (cdr names) (fx+ i 1)))
            '()))))

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

  ;;; Statistics of many calls

  ;; Samples are times per call, in nanoseconds, of batches that are long enough for the resolution of the clock.
  (define batch-time 2000)
  (define most-samples 100000)

  ;; (time-it* what iterations thunk): calls thunk at least `iterations` times (rounded up to a multiple of the batch)
  ;; and prints statistics of the time per call. Samples above the upper fence of Tukey (three interquartile ranges over
  ;; the third quartile) are outliers: the process was interrupted there.
  (define (time-it* what iterations thunk)
    (if (and (fixnum? iterations) (fx>? iterations 0)) #t (%type-violation 'time-it* "a positive number of iterations" iterations))
    (if (procedure? thunk) #t (%type-violation 'time-it* "a procedure" thunk))
    (let* ((port (current-output-port))
           (batch (fxmax (batch-size thunk) (fxdiv (fx+ iterations (fx- most-samples 1)) most-samples)))
           (batches (fxdiv (fx+ iterations (fx- batch 1)) batch))
           (samples (make-vector batches 0.0)))
      (display "Timing " port)
      (display what port)
      (display " to find the minimum time per call:\n" port)
      (let loop ((i 0) (least #f))
        (if (fx<? i batches)
            (let ((x (/ (inexact (run-batch thunk batch)) (inexact batch))))
              (vector-set! samples i x)
              (loop (fx+ i 1)
                    (if (or (not least) (< x least))
                        (begin
                          (put-line port "New minimum is " (decimals x) " ns with " (fx* batch (fx- (fx- batches i) 1))
                                    " iterations to go.")
                          x)
                        least)))))
      (report-samples port (vector-sort (lambda (a b) (< a b)) samples) batch)))

  (define (put-line port . parts)
    (for-each (lambda (x) (display x port)) parts)
    (newline port))

  ;; x with two decimals.
  (define (decimals x)
    (let* ((n (exact (round (* x 100.0)))) (s (number->string (mod n 100) 10)))
      (%string-append (number->string (div n 100) 10)
                      (%string-append (if (fx<? (mod n 100) 10) ".0" ".") s))))

  (define (report-samples port sorted batch)
    (let* ((n (vector-length sorted))
           (quartile (lambda (k) (vector-ref sorted (fxdiv (fx* k (fx- n 1)) 4))))
           (fence (+ (quartile 3) (* 3.0 (- (quartile 3) (quartile 1)))))
           (used (let loop ((i n)) (if (> (vector-ref sorted (fx- i 1)) fence) (loop (fx- i 1)) i)))
           (sum (lambda (f) (let loop ((i 0) (s 0.0)) (if (fx<? i used) (loop (fx+ i 1) (+ s (f (vector-ref sorted i)))) s))))
           (count (inexact used))
           (mean (/ (sum (lambda (x) x)) count))
           (variance (/ (sum (lambda (x) (* (- x mean) (- x mean)))) count))
           (deviation (sqrt variance)))
      (newline port)
      (put-line port "  The time varied between " (decimals (vector-ref sorted 0)) " and "
                (decimals (vector-ref sorted (fx- n 1))) " ns")
      (put-line port "  (Arithmetic mean)      µ  = " (decimals mean))
      (put-line port "  (Standard deviation)   σ  = " (decimals deviation))
      (put-line port "  (Population variance)  σ² = " (decimals variance))
      (if (> deviation 0.0)
          (put-line port "                    min x_i = µ-" (decimals (/ (- mean (vector-ref sorted 0)) deviation)) "σ"))
      (put-line port "  Used " (fx* used batch) " samples in batches of " batch " (" (fx* (fx- n used) batch) " outliers discarded).")))

  (define (run-batch thunk n)
    (let ((start (current-jiffy)))
      (let loop ((i 0))
        (if (fx<? i n)
            (begin
              (thunk)
              (loop (fx+ i 1)))
            (fx- (current-jiffy) start)))))

  ;; So many calls that a batch takes long enough.
  (define (batch-size thunk)
    (let loop ((n 1))
      (if (or (fx>? (run-batch thunk n) batch-time) (fx>? n 1000000))
          n
          (loop (fx* n 2))))))
