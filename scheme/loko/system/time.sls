;; SPDX-License-Identifier: MIT
;;
;; Clocks as time objects: a point or an amount of time in seconds and nanoseconds, with the resolution of its clock; and
;; dates in the proleptic Gregorian calendar, with the names of SRFI 19. Days are counted as in Howard Hinnant's "chrono-Compatible
;; Low-Level Date Algorithms": years begin in March, so that the day of the leap year is the last.
(library (loko system time)
  (export current-time monotonic-time cumulative-process-time
          time? make-time time-second time-nanosecond time-resolution
          time=? time<? time<=? time>? time>=? time-difference add-duration subtract-duration
          make-date date? date-nanosecond date-second date-minute date-hour date-day date-month date-year date-zone-offset
          date-week-day date-year-day current-date time-utc->date date->time-utc date->string string->date)
  (import (rnrs)
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
  (define (cumulative-process-time) (clock 2))

  ;;; Arithmetic

  (define billion 1000000000)
  (define (nanoseconds t) (+ (* billion (time-second t)) (time-nanosecond t)))
  (define (from-nanoseconds n resolution) (make-time (div n billion) (mod n billion) resolution))

  ;; (time=? time time) and so on.
  (define (time=? a b) (= (nanoseconds a) (nanoseconds b)))
  (define (time<? a b) (< (nanoseconds a) (nanoseconds b)))
  (define (time<=? a b) (<= (nanoseconds a) (nanoseconds b)))
  (define (time>? a b) (> (nanoseconds a) (nanoseconds b)))
  (define (time>=? a b) (>= (nanoseconds a) (nanoseconds b)))

  (define (coarser a b) (max (time-resolution a) (time-resolution b)))
  ;; (time-difference time time): an amount, perhaps negative (then its nanoseconds count forward).
  (define (time-difference a b) (from-nanoseconds (- (nanoseconds a) (nanoseconds b)) (coarser a b)))
  ;; (add-duration time amount), (subtract-duration time amount)
  (define (add-duration t d) (from-nanoseconds (+ (nanoseconds t) (nanoseconds d)) (coarser t d)))
  (define (subtract-duration t d) (time-difference t d))

  ;;; Dates

  ;; (make-date nanosecond second minute hour day month year zone-offset): the offset is in seconds east of UTC.
  (define-record-type date
    (fields nanosecond second minute hour day month year zone-offset)
    (protocol
     (lambda (new)
       (lambda (nanosecond second minute hour day month year offset)
         (define (check name x least most)
           (unless (and (integer? x) (exact? x) (<= least x most))
             (assertion-violation 'make-date (string-append "invalid " name) x)))
         (check "nanosecond" nanosecond 0 999999999)
         (check "second" second 0 60)
         (check "minute" minute 0 59)
         (check "hour" hour 0 24)
         (check "month" month 1 12)
         (check "year" year -1000000 1000000)
         (check "day" day 1 (month-length year month))
         (check "zone offset" offset -86400 86400)
         (new nanosecond second minute hour day month year offset)))))

  (define (leap-year? y) (and (= 0 (mod y 4)) (or (not (= 0 (mod y 100))) (= 0 (mod y 400)))))
  (define (month-length y m)
    (case m
      ((4 6 9 11) 30)
      ((2) (if (leap-year? y) 29 28))
      (else 31)))

  ;; Days since 1970-01-01.
  (define (day-number year month day)
    (let* ((y (if (<= month 2) (- year 1) year)) (era (div y 400)) (yoe (mod y 400))
           (doy (+ (div (+ (* 153 (mod (+ month 9) 12)) 2) 5) (- day 1)))
           (doe (+ (* yoe 365) (div yoe 4) (- (div yoe 100)) doy)))
      (+ (* era 146097) doe -719468)))

  ;; Year, month and day of a day number.
  (define (civil days)
    (let* ((z (+ days 719468)) (era (div z 146097)) (doe (mod z 146097))
           (yoe (div (- doe (div doe 1460) (- (div doe 36524)) (div doe 146096)) 365))
           (doy (- doe (- (+ (* 365 yoe) (div yoe 4)) (div yoe 100))))
           (mp (div (+ (* 5 doy) 2) 153))
           (month (if (< mp 10) (+ mp 3) (- mp 9))))
      (values (+ yoe (* era 400) (if (<= month 2) 1 0)) month (+ 1 (- doy (div (+ (* 153 mp) 2) 5))))))

  ;; (date-week-day date): 0 is Sunday. (date-year-day date): 1 is the first of January.
  (define (date-week-day d) (mod (+ 4 (day-number (date-year d) (date-month d) (date-day d))) 7))
  (define (date-year-day d)
    (+ 1 (- (day-number (date-year d) (date-month d) (date-day d)) (day-number (date-year d) 1 1))))

  ;; (time-utc->date time [zone-offset]): the offset defaults to 0.
  (define time-utc->date
    (case-lambda
      ((t) (time-utc->date t 0))
      ((t offset)
       (let* ((s (+ (time-second t) offset)) (rest (mod s 86400)))
         (call-with-values
          (lambda () (civil (div s 86400)))
          (lambda (year month day)
            (make-date (time-nanosecond t) (mod rest 60) (mod (div rest 60) 60) (div rest 3600) day month year offset)))))))

  ;; (date->time-utc date)
  (define (date->time-utc d)
    (make-time (- (+ (* 86400 (day-number (date-year d) (date-month d) (date-day d)))
                     (* 3600 (date-hour d)) (* 60 (date-minute d)) (date-second d))
                  (date-zone-offset d))
               (date-nanosecond d) 1))

  ;; (current-date [zone-offset])
  (define current-date
    (case-lambda
      (() (current-date 0))
      ((offset) (time-utc->date (current-time) offset))))

  (define days '#("Sunday" "Monday" "Tuesday" "Wednesday" "Thursday" "Friday" "Saturday"))
  (define months '#("January" "February" "March" "April" "May" "June" "July" "August" "September" "October" "November" "December"))

  (define (pad n width char)
    (let ((s (number->string (abs n))))
      (string-append (if (< n 0) "-" "") (make-string (max 0 (- width (string-length s))) char) s)))

  (define (offset-text offset colon)
    (let ((m (div (abs offset) 60)))
      (string-append (if (< offset 0) "-" "+") (pad (div m 60) 2 #\0) colon (pad (mod m 60) 2 #\0))))

  ;; (date->string date [format]): the directives of SRFI 19 that need no locale: ~~ ~a ~A ~b ~B ~d ~e ~f ~H ~I ~j ~k ~m ~M ~n ~N ~p
  ;; ~s ~S ~t ~T ~w ~y ~Y ~z ~1 ~2 ~3 ~4 ~5; the default is ~4 (ISO 8601).
  (define date->string
    (case-lambda
      ((d) (date->string d "~4"))
      ((d format)
       (let ((n (string-length format)))
         (let loop ((i 0) (parts '()))
           (cond ((>= i n) (apply string-append (reverse parts)))
                 ((not (char=? #\~ (string-ref format i))) (loop (+ i 1) (cons (string (string-ref format i)) parts)))
                 ((= (+ i 1) n) (assertion-violation 'date->string "the format ends with a tilde" format))
                 (else (loop (+ i 2) (cons (directive d (string-ref format (+ i 1)) format) parts)))))))))

  (define (directive d c format)
    (define hour12 (let ((h (mod (date-hour d) 12))) (if (= h 0) 12 h)))
    (define (short s) (substring s 0 3))
    (case c
      ((#\~) "~")
      ((#\a) (short (vector-ref days (date-week-day d))))
      ((#\A) (vector-ref days (date-week-day d)))
      ((#\b #\h) (short (vector-ref months (- (date-month d) 1))))
      ((#\B) (vector-ref months (- (date-month d) 1)))
      ((#\d) (pad (date-day d) 2 #\0))
      ((#\e) (pad (date-day d) 2 #\space))
      ((#\f) (string-append (pad (date-second d) 2 #\0) "." (pad (date-nanosecond d) 9 #\0)))
      ((#\H) (pad (date-hour d) 2 #\0))
      ((#\I) (pad hour12 2 #\0))
      ((#\j) (pad (date-year-day d) 3 #\0))
      ((#\k) (pad (date-hour d) 2 #\space))
      ((#\m) (pad (date-month d) 2 #\0))
      ((#\M) (pad (date-minute d) 2 #\0))
      ((#\n) "\n")
      ((#\N) (pad (date-nanosecond d) 9 #\0))
      ((#\p) (if (< (date-hour d) 12) "AM" "PM"))
      ((#\s) (number->string (time-second (date->time-utc d))))
      ((#\S) (pad (date-second d) 2 #\0))
      ((#\t) "\t")
      ((#\T) (date->string d "~H:~M:~S"))
      ((#\w) (number->string (date-week-day d)))
      ((#\y) (pad (mod (date-year d) 100) 2 #\0))
      ((#\Y) (pad (date-year d) 4 #\0))
      ((#\z) (if (= 0 (date-zone-offset d)) "Z" (offset-text (date-zone-offset d) "")))
      ((#\1) (date->string d "~Y-~m-~d"))
      ((#\2) (date->string d "~H:~M:~S~z"))
      ((#\3) (date->string d "~H:~M:~S"))
      ((#\4) (date->string d "~Y-~m-~dT~H:~M:~S~z"))
      ((#\5) (date->string d "~Y-~m-~dT~H:~M:~S"))
      (else (assertion-violation 'date->string "unknown directive" c format))))

  ;; (string->date string): YYYY-MM-DD, with Thh:mm:ss, a fraction, and Z or an offset behind it if they are there; #f for other text.
  (define (string->date s)
    (define n (string-length s))
    (define (digits i k)
      (and (<= (+ i k) n)
           (let loop ((j i)) (or (= j (+ i k)) (and (char<=? #\0 (string-ref s j) #\9) (loop (+ j 1)))))
           (string->number (substring s i (+ i k)))))
    (define (at? i c) (and (< i n) (char=? c (string-ref s i))))
    (define (fraction i)
      (let loop ((j i) (value 0) (unit 100000000))
        (if (and (< j n) (char<=? #\0 (string-ref s j) #\9))
            (loop (+ j 1) (+ value (* unit (digits j 1))) (div unit 10))
            (values j value))))
    (define (zone i)
      (cond ((= i n) 0)
            ((and (at? i #\Z) (= n (+ i 1))) 0)
            ((or (at? i #\+) (at? i #\-))
             (let* ((h (digits (+ i 1) 2)) (j (if (at? (+ i 3) #\:) (+ i 4) (+ i 3))) (m (digits j 2)))
               (and h m (= n (+ j 2)) (* (if (at? i #\-) -60 60) (+ (* 60 h) m)))))
            (else #f)))
    (guard (c ((assertion-violation? c) #f))
      (let ((year (digits 0 4)) (month (digits 5 2)) (day (digits 8 2)))
        (and year month day (at? 4 #\-) (at? 7 #\-)
             (if (= n 10)
                 (make-date 0 0 0 0 day month year 0)
                 (let ((hour (digits 11 2)) (minute (digits 14 2)) (second (digits 17 2)))
                   (and hour minute second (or (at? 10 #\T) (at? 10 #\space)) (at? 13 #\:) (at? 16 #\:)
                        (let-values (((end ns) (if (at? 19 #\.) (fraction 20) (values 19 0))))
                          (let ((offset (zone end)))
                            (and offset (make-date ns second minute hour day month year offset))))))))))))
