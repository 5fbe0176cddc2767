;; SPDX-License-Identifier: MIT
;;
;; Control: continuations with winders, multiple values, apply. R6RS base 11.15, R7RS 6.10.
;; `winders` is a list in the context; a winder is a vector #(before after handlers params): its
;; thunks run in the dynamic state of the call of dynamic-wind.
;; INVARIANT(winders): a continuation procedure brings `winders` to the list of its capture, thunk
;; by thunk through the nearest common tail, before the frames are reinstated.
(library (loko base control)
  (export apply values call-with-values call/cc call-with-current-continuation dynamic-wind
          procedure? %rewind! %unwind-all! exit emergency-exit %add-exit-procedure! %run-exit-procedures %forget-exit-procedures! %set-exit-status!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations))

  ;; (apply proc object ... list): calls proc with the objects and the elements of list.
  (define apply
    (case-lambda
      ((proc l) (%apply proc l))
      ((proc x l) (%apply proc (cons x l)))
      ((proc x y l) (%apply proc (cons x (cons y l))))
      ((proc x . rest)
       (%apply proc
               (let loop ((x x) (rest rest))
                 (if (pair? rest)
                     (cons x (loop (car rest) (cdr rest)))
                     x))))))

  ;; (values object ...): returns its arguments.
  (define-primitive-procedure values
    (case-lambda
      ((x) x)
      (objects (%values-list objects))))

  ;;; Winders

  (define (depth winders)
    (let loop ((l winders) (n 0))
      (if (pair? l) (loop (cdr l) (fx+ n 1)) n)))

  (define (drop l n)
    (if (fx>? n 0) (drop (cdr l) (fx- n 1)) l))

  ;; The longest common tail of two lists of winders.
  (define (common-tail a b)
    (let ((m (depth a)) (n (depth b)))
      (let loop ((a (drop a (fx- m n))) (b (drop b (fx- n m))))
        (if (pair? a)
            (if (eq? a b) a (loop (cdr a) (cdr b)))
            a))))

  (define (enter-state! winder winders)
    (%set-winders! winders)
    (%set-handlers! (vector-ref winder 2))
    (%set-params! (vector-ref winder 3)))

  ;; Runs the after thunks from the present winders out to `common`.
  (define (unwind! winders common)
    (if (and (pair? winders) (not (eq? winders common)))
        (let ((winder (car winders)) (outer (cdr winders)))
          (enter-state! winder outer)
          ((vector-ref winder 1))
          (unwind! outer common))))

  ;; Runs the before thunks from `common` in to `winders`.
  (define (wind! winders common)
    (if (and (pair? winders) (not (eq? winders common)))
        (let ((winder (car winders)) (outer (cdr winders)))
          (wind! outer common)
          (enter-state! winder outer)
          ((vector-ref winder 0))
          (%set-winders! winders))))

  ;; What a list of winders ends with: '() in the main program, else the fiber that it belongs to.
  (define (owner winders)
    (cond ((null? winders) '())
          ((vector? (car winders)) (owner (cdr winders)))
          (else (car winders))))

  ;; (%rewind! winders): leaves and enters dynamic extents until `winders` is the present list, which must be one of the
  ;; running fiber.
  (define (%rewind! winders)
    (let ((here (%winders)))
      (if (not (eq? here winders))
          (let ((common (common-tail here winders)))
            (if (and (null? common) (not (eq? (owner here) (owner winders))))
                (assertion-violation 'continuation "the continuation belongs to another fiber" (owner winders)))
            (unwind! here common)
            (wind! winders common)
            (%set-winders! winders)))))

  ;; (%unwind-all!): leaves all dynamic extents of the running fiber.
  (define (%unwind-all!)
    (let ((winders (%winders)))
      (if (and (pair? winders) (vector? (car winders)))
          (begin
            (unwind! winders (cdr winders))
            (%set-winders! (cdr winders))
            (%unwind-all!)))))

  ;; (dynamic-wind before thunk after): the values of thunk; before is called whenever the dynamic
  ;; extent of thunk is entered and after whenever it is left.
  (define (dynamic-wind before thunk after)
    (if (procedure? before) #t (%type-violation 'dynamic-wind "a procedure" before))
    (if (procedure? thunk) #t (%type-violation 'dynamic-wind "a procedure" thunk))
    (if (procedure? after) #t (%type-violation 'dynamic-wind "a procedure" after))
    (before)
    (let ((outer (%winders)))
      (%set-winders! (cons (vector before after (%handlers) (%params)) outer))
      (call-with-values thunk
        (case-lambda
          ((x) (%set-winders! outer) (after) x)
          (results (%set-winders! outer) (after) (%values-list results))))))

  ;; The procedure that a raw continuation is to programs; its free variable is k alone.
  (define (continuation-procedure k)
    (case-lambda
      ((x)
       (if (eq? (%winders) (%object-ref k 1))
           (%continue k x)
           (begin (%rewind! (%object-ref k 1)) (%continue k x))))
      (results
       (if (eq? (%winders) (%object-ref k 1)) #t (%rewind! (%object-ref k 1)))
       (%reinstate k results))))

  ;; What %call/cc-procedure copies.
  (define prototype (continuation-procedure (%winders)))

  ;; (call/cc proc): calls proc with the current continuation as a procedure of any number of values.
  (define (call/cc proc)
    (if (procedure? proc) #t (%type-violation 'call/cc "a procedure" proc))
    (%call/cc-procedure prototype proc))

  ;; (call-with-current-continuation proc): the same.
  (define call-with-current-continuation call/cc)

  ;;; Leaving the process

  (define exit-procedures '())

  ;; Registers a thunk that runs when the process ends normally (flushing of ports).
  (define (%add-exit-procedure! thunk)
    (set! exit-procedures (cons thunk exit-procedures)))

  ;; Runs the registered thunks, each at most once, the latest first.
  (define (%run-exit-procedures)
    (if (pair? exit-procedures)
        (let ((thunk (car exit-procedures)))
          (set! exit-procedures (cdr exit-procedures))
          (thunk)
          (%run-exit-procedures))))

  ;; Forgets the registered thunks: in a forked child they are the parent's business.
  (define (%forget-exit-procedures!) (set! exit-procedures '()))

  ;; How the argument of exit becomes the status of the process, a fixnum; a locus has another rule.
  (define (%set-exit-status! procedure) (set! status procedure))

  (define (status object)
    (cond ((fixnum? object) (fxand object 255))
          ((eq? object #f) 1)
          (else 0)))

  ;; (exit [object]): leaves all dynamic extents and ends the process. The status is 0 for no argument
  ;; or a true object, 1 for #f, else the integer (R6RS libraries 10, R7RS 6.14).
  (define exit
    (case-lambda
      (() (exit #t))
      ((object)
       (%unwind-all!)
       (%run-exit-procedures)
       (%exit (status object)))))

  ;; (emergency-exit [object]): ends the process at once (R7RS 6.14).
  (define emergency-exit
    (case-lambda
      (() (%exit 0))
      ((object) (%exit (status object))))))
