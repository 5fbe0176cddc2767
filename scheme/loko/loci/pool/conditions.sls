;; SPDX-License-Identifier: MIT
;;
;; What pools raise, and how conditions travel. In: an object that was raised in a worker. Out: data; and from these in the
;; creator an object like the first. Condition types are generative, so standard ones go by their place in a table, types that
;; were registered by their number; of others goes the nearest ancestor that can, and names and fields as data.
(library (loko loci pool conditions)
  (export &task make-task-condition task-condition? task-condition-index task-condition-form
          &worker-died make-worker-died worker-died? worker-died-reason
          &task-timeout make-task-timeout task-timeout? task-timeout-seconds
          &task-cancelled make-task-cancelled task-cancelled?
          &remote make-remote-condition remote-condition? remote-condition-process remote-condition-backtrace
          remote-condition-others
          register-condition-type! freeze-condition-types!
          encode-raised decode-raised abbreviate)
  (import (rnrs) (loko loci channels) (only (loko base conditions) program-counter-condition?))

  ;; Which task: the index of its item in a map (a pair of the first and last one if it is not known better) or the number of the
  ;; future; and the call, shortened.
  (define-condition-type &task &condition make-task-condition task-condition?
    (index task-condition-index) (form task-condition-form))
  ;; reason: (signal number), (exit value) or (limit what).
  (define-condition-type &worker-died &error make-worker-died worker-died? (reason worker-died-reason))
  (define-condition-type &task-timeout &error make-task-timeout task-timeout? (seconds task-timeout-seconds))
  (define-condition-type &task-cancelled &error make-task-cancelled task-cancelled?)
  ;; Where a condition comes from: the number of the process, the backtrace (a string), and components whose types could not be
  ;; sent: a list of (type-name (field . value) ...).
  (define-condition-type &remote &condition make-remote-condition remote-condition?
    (process remote-condition-process) (backtrace remote-condition-backtrace) (others remote-condition-others))

  ;;; Types that can be named

  (define-syntax rtds (syntax-rules () ((_ name ...) (list (record-type-descriptor name) ...))))

  (define named
    (rtds &condition &message &warning &serious &error &violation &assertion &irritants &who &non-continuable
          &implementation-restriction &lexical &syntax &undefined &no-infinities &no-nans
          &i/o &i/o-read &i/o-write &i/o-invalid-position &i/o-filename &i/o-file-protection &i/o-file-is-read-only
          &i/o-file-already-exists &i/o-file-does-not-exist &i/o-port &i/o-decoding &i/o-encoding
          &task &worker-died &task-timeout &task-cancelled &remote))

  ;; (register-condition-type! rtd): conditions of this type come back from workers that are started later as what they are.
  ;; Types that are nongenerative need it not.
  (define (register-condition-type! rtd)
    (if (not (record-type-descriptor? rtd))
        (assertion-violation 'register-condition-type! "expected a record-type descriptor" rtd))
    (if (not (memq rtd named)) (set! named (append named (list rtd)))))

  (define frozen #f)

  ;; In a worker: only the types that are registered now, which its creator knows too, have numbers.
  (define (freeze-condition-types!) (set! frozen (length named)))

  (define (number-of rtd)
    (let loop ((l named) (i 0))
      (cond ((or (null? l) (eqv? i frozen)) #f)
            ((eq? (car l) rtd) i)
            (else (loop (cdr l) (+ i 1))))))

  ;;; Values that can't be sent become text

  (define (text-of x)
    (guard (c (#t "an object that can't be written"))
      (call-with-string-output-port (lambda (port) (write x port)))))

  (define (sendable x)
    (cond ((locus-message-allowed? x) x)
          ((list? x) (map sendable x))
          (else (text-of x))))

  ;; The values of the fields of r as a record of the type, those of its ancestors first.
  (define (field-values r rtd)
    (if rtd
        (let ((own (let loop ((i 0))
                     (if (= i (vector-length (record-type-field-names rtd)))
                         '()
                         (cons (sendable ((record-accessor rtd i) r)) (loop (+ i 1)))))))
          (append (field-values r (record-type-parent rtd)) own))
        '()))

  (define (field-names rtd)
    (if rtd
        (append (field-names (record-type-parent rtd)) (vector->list (record-type-field-names rtd)))
        '()))

  ;;; Encoding

  ;; A simple condition: the record itself, or (number-of-type value ...); others get what would be lost: (k component other).
  (define (encode-simple c k)
    (let ((rtd (and (record? c) (record-rtd c))))
      (cond ((not rtd) (k #f (list (text-of c))))
            ((number-of rtd) => (lambda (n) (k (cons n (field-values c rtd)) #f)))
            ((program-counter-condition? c) (k #f #f))        ; the backtrace tells
            ((locus-message-allowed? c) (k c #f))
            (else
             (let ((ancestor (let find ((t rtd)) (if (number-of t) t (find (record-type-parent t))))))
               (k (if (eq? ancestor (car named)) #f (cons (number-of ancestor) (field-values c ancestor)))
                  (cons (record-type-name rtd) (map cons (field-names rtd) (field-values c rtd)))))))))

  ;; (encode-raised object backtrace pid): data for what was raised; backtrace is a string.
  (define (encode-raised x backtrace pid)
    (if (condition? x)
        (let loop ((l (simple-conditions x)) (components '()) (others '()))
          (if (null? l)
              (vector 'condition (reverse components) backtrace pid (reverse others))
              (encode-simple (car l)
                (lambda (component other)
                  (loop (cdr l)
                        (if component (cons component components) components)
                        (if other (cons other others) others))))))
        (vector 'object (sendable x))))

  ;; (decode-raised data where): the object; conditions get the components of &remote and `where`, a condition, too.
  (define (decode-raised data where)
    (if (eq? (vector-ref data 0) 'condition)
        (apply condition
               (append (map decode-simple (vector-ref data 1))
                       (list where
                             (make-remote-condition (vector-ref data 3) (vector-ref data 2) (vector-ref data 4)))))
        (vector-ref data 1)))

  (define (decode-simple x)
    (if (pair? x)
        (apply (record-constructor (make-record-constructor-descriptor (list-ref named (car x)) #f #f)) (cdr x))
        x))

  ;;; For people

  (define most-elements 6)
  (define most-characters 60)

  ;; A small copy of the object: what is long or deep ends with an ellipsis.
  (define (abbreviate x)
    (let shorten ((x x) (depth 3))
      (cond ((pair? x)
             (if (= depth 0)
                 '…
                 (let loop ((l x) (n most-elements))
                   (cond ((not (pair? l)) (if (null? l) '() (shorten l (- depth 1))))
                         ((= n 0) '(…))
                         (else (cons (shorten (car l) (- depth 1)) (loop (cdr l) (- n 1))))))))
            ((vector? x)
             (if (= depth 0)
                 '…
                 (list->vector
                  (let loop ((i 0))
                    (cond ((= i (vector-length x)) '())
                          ((= i most-elements) '(…))
                          (else (cons (shorten (vector-ref x i) (- depth 1)) (loop (+ i 1)))))))))
            ((and (string? x) (> (string-length x) most-characters))
             (string-append (substring x 0 most-characters) "…"))
            ((and (bytevector? x) (> (bytevector-length x) most-elements)) 'bytevector…)
            (else x)))))
