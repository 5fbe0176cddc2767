;; SPDX-License-Identifier: MIT
;;
;; Logging: the exchange of SRFI 215, and a callback for it that writes lines of text.
(library (loko system logging)
  (export send-log current-log-fields current-log-callback
          EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG
          make-port-logger)
  (import (rnrs) (srfi :215 logging)
          (only (loko base backtraces) condition-report-string)
          (only (loko system time) current-date date->string))

  (define names '#("EMERGENCY" "ALERT" "CRITICAL" "ERROR" "WARNING" "NOTICE" "INFO" "DEBUG"))

  ;; (make-port-logger port [severity]): a value for current-log-callback that writes a line for each message as severe as that or more
  ;; (default: all) to the textual port, and flushes it: time in UTC, severity, message, and the fields as KEY=value. Messages with control characters,
  ;; and values with anything but visible ASCII characters, are written as literals, so that each is one line and one word. Each line is one operation of the port: lines of
  ;; several fibers don't mix.
  (define make-port-logger
    (case-lambda
      ((port) (make-port-logger port DEBUG))
      ((port severity)
       (unless (and (output-port? port) (textual-port? port))
         (assertion-violation 'make-port-logger "expected a textual output port" port))
       (unless (and (memv severity '(0 1 2 3 4 5 6 7)) #t)
         (assertion-violation 'make-port-logger "expected a severity, 0 to 7" severity))
       (lambda (message)
         (when (<= (cdr (assq 'SEVERITY message)) severity)
           (put-string port (line message))
           (flush-output-port port))))))

  (define (line message)
    (call-with-string-output-port
     (lambda (out)
       (put-string out (date->string (current-date) "~Y-~m-~dT~H:~M:~SZ "))
       (put-string out (vector-ref names (cdr (assq 'SEVERITY message))))
       (put-char out #\space)
       (put-text out (cdr (assq 'MESSAGE message)) plain-message?)
       (for-each
        (lambda (field)
          (unless (memq (car field) '(SEVERITY MESSAGE))
            (put-char out #\space)
            (put-string out (symbol->string (car field)))
            (put-char out #\=)
            (let ((value (cdr field)))
              (cond ((string? value) (put-text out value plain-word?))
                    ((condition? value) (put-text out (condition-report-string value) plain-word?))
                    (else (write value out))))))
        message)
       (put-char out #\newline))))

  (define (visible? c) (char<? #\space c #\delete))
  (define (every-char? ok? s)
    (let loop ((i 0))
      (or (= i (string-length s))
          (and (ok? (string-ref s i)) (loop (+ i 1))))))
  (define (plain-message? s)
    (and (> (string-length s) 0)
         (not (char=? (string-ref s 0) #\"))
         (every-char? (lambda (c) (and (char>=? c #\space) (not (char<=? #\delete c #\x9F)) (not (memv c '(#\x2028 #\x2029))))) s)))
  (define (plain-word? s)
    (and (> (string-length s) 0) (every-char? (lambda (c) (and (visible? c) (not (memv c '(#\" #\=))))) s)))

  (define (put-text out s plain?)
    (if (plain? s) (put-string out s) (write s out))))
