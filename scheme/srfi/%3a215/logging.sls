;; SPDX-License-Identifier: MIT
;;
;; SRFI 215: central log exchange. Libraries send messages, the application says what becomes of them; what is sent before
;; it does so waits in a buffer.
(library (srfi :215 logging)
  (export send-log current-log-fields current-log-callback
          EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG)
  (import (rnrs) (only (loko) make-parameter) (only (loko base process-state) %state-changed!))

  (define EMERGENCY 0) (define ALERT 1) (define CRITICAL 2) (define ERROR 3)
  (define WARNING 4) (define NOTICE 5) (define INFO 6) (define DEBUG 7)

  ;;; Fields: keys and values in turn become an alist

  (define (exact-integer? x) (and (integer? x) (exact? x)))

  ;; What a message may hold stays; anything else becomes what write makes of it.
  (define (plain x)
    (if (or (string? x) (exact-integer? x) (bytevector? x) (condition? x))
        x
        (call-with-string-output-port (lambda (port) (write x port)))))

  (define (fields->alist who l)
    (cond ((null? l) '())
          ((not (and (pair? l) (pair? (cdr l))))
           (assertion-violation who "expected keys and values in turn" l))
          ((not (symbol? (car l))) (assertion-violation who "expected a symbol as key" (car l)))
          (else (cons (cons (car l) (plain (cadr l))) (fields->alist who (cddr l))))))

  ;; A parameter: a list of keys and values that go with every message.
  (define current-log-fields
    (make-parameter '()
      (lambda (l)
        (fields->alist 'current-log-fields l)
        l)))

  ;;; The callback

  (define most-waiting 256)
  (define waiting '())         ; messages without a callback, the last first

  (define (keep message)
    (%state-changed!)
    (set! waiting (cons message (if (< (length waiting) most-waiting)
                                    waiting
                                    (list-head waiting (- most-waiting 1))))))
  (define (list-head l n) (if (= n 0) '() (cons (car l) (list-head (cdr l) (- n 1)))))

  ;; A parameter: the procedure that gets each message. A new one first gets those that waited.
  (define current-log-callback
    (make-parameter keep
      (lambda (callback)
        (unless (procedure? callback)
          (assertion-violation 'current-log-callback "expected a procedure" callback))
        (unless (eq? callback keep)
          (let ((messages (reverse waiting)))
            (set! waiting '())
            (for-each callback messages)))
        callback)))

  ;; (send-log severity message [key value] ...)
  (define (send-log severity message . fields)
    (unless (and (exact-integer? severity) (<= EMERGENCY severity DEBUG))
      (assertion-violation 'send-log "expected a severity, 0 to 7" severity))
    (unless (string? message) (assertion-violation 'send-log "expected a string as message" message))
    ((current-log-callback)
     (cons* (cons 'SEVERITY severity) (cons 'MESSAGE message)
            (append (fields->alist 'send-log fields)
                    (fields->alist 'current-log-fields (current-log-fields)))))))
