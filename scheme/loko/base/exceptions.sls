;; SPDX-License-Identifier: MIT
;;
;; guard (R6RS libraries 7.1, R7RS 4.2.7) and the error objects of R7RS 6.11.
(library (loko base exceptions)
  (export guard with-exception-handler raise raise-continuable error assertion-violation r7:error
          error-object? error-object-message error-object-irritants read-error? file-error?
          %call-guarded %call-guarded/reraise)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base conditions))

  ;; Calls thunk; an object raised in it is passed to handle, in the dynamic environment of this call.
  (define (%call-guarded handle thunk)
    ((call/cc
      (lambda (leave)
        (let ((outer (%handlers)))
          (%set-handlers! (cons (lambda (object) (leave (lambda () (handle object)))) outer))
          (call-with-values thunk
            (case-lambda
              ((x) (%set-handlers! outer) (lambda () x))
              (xs (%set-handlers! outer) (lambda () (%values-list xs))))))))))

  ;; Likewise, but handle also gets a thunk that raises the object again in the dynamic environment
  ;; of the raise, with the handler of the guard.
  (define (%call-guarded/reraise handle thunk)
    ((call/cc
      (lambda (leave)
        (let ((outer (%handlers)))
          (%set-handlers!
           (cons (lambda (object)
                   ((call/cc
                     (lambda (resume)
                       (leave
                        (lambda ()
                          (handle object
                                  (lambda ()
                                    (resume (lambda () (raise-continuable object)))))))))))
                 outer))
          (call-with-values thunk
            (case-lambda
              ((x) (%set-handlers! outer) (lambda () x))
              (xs (%set-handlers! outer) (lambda () (%values-list xs))))))))))

  ;; (guard (variable cond-clause ...) body ...).
  (define-syntax guard
    (syntax-rules (else)
      ((_ (variable clause ... (else e1 e2 ...)) b1 b2 ...)
       (%call-guarded (lambda (variable) (cond clause ... (else e1 e2 ...)))
                      (lambda () b1 b2 ...)))
      ((_ (variable clause ...) b1 b2 ...)
       (%call-guarded/reraise (lambda (variable reraise) (cond clause ... (else (reraise))))
                              (lambda () b1 b2 ...)))))

  ;; (error-object? object): true of conditions.
  (define (error-object? object) (condition? object))

  ;; (error-object-message condition): its message, "" if there is none.
  (define (error-object-message c)
    (if (condition? c) #t (%type-violation 'error-object-message "an error object" c))
    (if (message-condition? c) (condition-message c) ""))

  ;; (error-object-irritants condition): list, empty if there are none.
  (define (error-object-irritants c)
    (if (condition? c) #t (%type-violation 'error-object-irritants "an error object" c))
    (if (irritants-condition? c) (condition-irritants c) '()))

  ;; (read-error? object): raised by read on invalid text.
  (define (read-error? object)
    (or (lexical-violation? object) (i/o-read-error? object)))

  ;; (file-error? object): raised when a file cannot be opened or deleted.
  (define (file-error? object) (i/o-filename-error? object)))
