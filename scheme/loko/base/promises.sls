;; SPDX-License-Identifier: MIT
;;
;; Promises with iterative forcing (R7RS 4.2.5, R6RS libraries 19). A promise refers to a cell
;; (state . content) that chains of delay-force come to share; state 0: content is a thunk that gives
;; the value, 1: a thunk that gives a promise, 2: the value.
(library (loko base promises)
  (export %promise-rtd delay delay-force make-promise promise? force)
  (import (loko core syntax) (loko core primitives)
          (loko base record-syntax))

  (define-record-type (promise new-promise promise?)
    (fields (mutable cell promise-cell promise-cell-set!))
    (sealed #t) (opaque #t))
  (define %promise-rtd (record-type-descriptor promise))

  (define (%delay state thunk) (new-promise (cons state thunk)))

  ;; (delay expression): a promise of the value of expression.
  (define-syntax delay
    (syntax-rules () ((_ expression) (%delay 0 (lambda () expression)))))

  ;; (delay-force expression): a promise of what the promise that is the value of expression promises.
  (define-syntax delay-force
    (syntax-rules () ((_ expression) (%delay 1 (lambda () expression)))))

  ;; (make-promise object): a promise that is forced already; promises are returned.
  (define (make-promise object)
    (if (promise? object) object (new-promise (cons 2 object))))

  ;; (force promise): its value, computed at most once; other objects are returned.
  (define (force promise)
    (if (promise? promise)
        (let loop ()
          (let* ((cell (promise-cell promise)) (state (car cell)))
            (case state
              ((2) (cdr cell))
              ((0)
               (let* ((value ((cdr cell))) (cell (promise-cell promise)))
                 ;; a recursive force may have been faster
                 (if (eq? (car cell) 2)
                     (cdr cell)
                     (begin
                       (set-car! cell 2)
                       (set-cdr! cell value)
                       value))))
              (else
               (let* ((next ((cdr cell))) (cell (promise-cell promise)))
                 (if (eq? (car cell) 2)
                     (cdr cell)
                     (if (promise? next)
                         (let ((next-cell (promise-cell next)))
                           (set-car! cell (car next-cell))
                           (set-cdr! cell (cdr next-cell))
                           (promise-cell-set! next cell)
                           (loop))
                         (begin
                           (set-car! cell 2)
                           (set-cdr! cell next)
                           next))))))))
        promise)))
