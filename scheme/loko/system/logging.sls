;; SPDX-License-Identifier: MIT
;;
;; The log exchange of SRFI 215: producers call send-log, the program says in current-log-callback what becomes of the
;; messages. Until it does, they are kept.
(library (loko system logging)
  (export send-log current-log-fields current-log-callback
          EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG)
  (import (rnrs)
          (only (loko base parameters) make-parameter)
          (only (loko base violations) %type-violation))

  ;; The severities of RFC 5424, the most severe first.
  (define EMERGENCY 0)
  (define ALERT 1)
  (define CRITICAL 2)
  (define ERROR 3)
  (define WARNING 4)
  (define NOTICE 5)
  (define INFO 6)
  (define DEBUG 7)

  ;; Strings, exact integers, bytevectors and conditions are sent as they are, other objects as they are written.
  (define (field-value x)
    (if (or (string? x) (bytevector? x) (condition? x) (and (number? x) (exact? x) (integer? x)))
        x
        (call-with-string-output-port (lambda (p) (write x p)))))

  ;; key value ... as an association list; fields whose value is #f are left out.
  (define (fields->alist who fields)
    (let loop ((l fields))
      (cond ((null? l) '())
            ((not (and (pair? l) (pair? (cdr l)))) (assertion-violation who "a key without a value" fields))
            ((not (symbol? (car l))) (%type-violation who "a symbol as key" (car l)))
            ((not (cadr l)) (loop (cddr l)))
            (else (cons (cons (car l) (field-value (cadr l))) (loop (cddr l)))))))

  ;; Parameter: fields (key value ...) that are added to every message.
  (define current-log-fields
    (make-parameter '() (lambda (fields) (fields->alist 'current-log-fields fields) fields)))

  ;; Messages that nobody wanted yet, the last one first.
  (define kept '())

  (define (keep message) (set! kept (cons message kept)))

  ;; Parameter: a procedure that gets each message, an association list with SEVERITY and MESSAGE in front. The first
  ;; one that is installed gets the messages that were kept until then.
  (define current-log-callback
    (make-parameter
     keep
     (lambda (callback)
       (if (not (procedure? callback)) (%type-violation 'current-log-callback "a procedure" callback))
       (if (not (eq? callback keep))
           (let ((messages (reverse kept)))
             (set! kept '())
             (for-each callback messages)))
       callback)))

  ;; (send-log severity message key value ...): sends a message to the callback.
  (define (send-log severity message . fields)
    (if (not (and (fixnum? severity) (<= EMERGENCY severity DEBUG)))
        (%type-violation 'send-log "a severity from 0 to 7" severity))
    (if (not (string? message)) (%type-violation 'send-log "a string" message))
    ((current-log-callback)
     (cons* (cons 'SEVERITY severity) (cons 'MESSAGE message)
            (append (fields->alist 'send-log fields)
                    (fields->alist 'send-log (current-log-fields)))))))
