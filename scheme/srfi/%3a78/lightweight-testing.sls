;; SPDX-License-Identifier: MIT
;;
;; SRFI 78: lightweight testing. Results are printed as they come and counted; check-ec quantifies by SRFI 42's qualifiers.
(library (srfi :78 lightweight-testing)
  (export check check-ec check-report check-set-mode! check-reset! check-passed?)
  (import (rnrs) (only (loko) pretty-print) (srfi :42 eager-comprehensions) (only (loko base process-state) %state-changed!))

  (define correct 0)
  (define failed '())   ; descriptions, last first
  (define mode 'report)

  ;; (check-set-mode! 'off | 'summary | 'report-failed | 'report)
  (define (check-set-mode! m)
    (unless (memq m '(off summary report-failed report))
      (assertion-violation 'check-set-mode! "expected off, summary, report-failed or report" m))
    (%state-changed!)
    (set! mode m))

  (define (check-reset!)
    (%state-changed!)
    (set! correct 0)
    (set! failed '()))

  (define (show . xs) (for-each display xs))

  (define (show-expression expression bindings)
    (newline)
    (pretty-print expression)
    (for-each (lambda (b) (show "  with " (car b) " = ") (write (cdr b)) (newline)) bindings)
    (display " => "))

  (define (report expression bindings actual expected ok?)
    (when (or (eq? mode 'report) (and (eq? mode 'report-failed) (not ok?)))
      (show-expression expression bindings)
      (write actual)
      (cond (ok? (show " ; correct\n"))
            (else
             (show " ; *** failed ***\n ; expected result: ")
             (write expected)
             (newline)))))

  (define (note-passed!)
    (%state-changed!)
    (set! correct (+ correct 1)))
  (define (note-failed! expression bindings actual expected)
    (%state-changed!)
    (set! failed (cons (list expression bindings actual expected) failed)))

  (define (check-one expression thunk same? expected-thunk)
    (unless (eq? mode 'off)
      (let* ((actual (thunk)) (expected (expected-thunk)) (ok? (same? actual expected)))
        (if ok? (note-passed!) (note-failed! expression '() actual expected))
        (report expression '() actual expected ok?))))

  ;; (check expression (=> equal?) expected), (check expression => expected)
  (define-syntax check
    (syntax-rules (=>)
      ((_ e => expected) (check e (=> equal?) expected))
      ((_ e (=> same?) expected) (check-one 'e (lambda () e) same? (lambda () expected)))))

  ;; (check-ec qualifier ... expression (=> equal?) expected [(variable ...)]): true for all; the variables are shown.
  (define-syntax check-ec
    (lambda (x)
      (define (arrow? s)
        (syntax-case s (=>)
          (=> #t)
          ((=> same?) #t)
          (_ #f)))
      (define (same s)
        (syntax-case s (=>)
          (=> #'equal?)
          ((=> same?) #'same?)))
      (syntax-case x ()
        ((_ part ...)
         (let loop ((before '()) (rest #'(part ...)))
           (syntax-case rest ()
             ((arrow expected argument ...)
              (arrow? #'arrow)
              (with-syntax (((q ...) (reverse (cdr before))) (e (car before)) (same? (same #'arrow))
                            ((variable ...) (syntax-case #'(argument ...) () (((v ...)) #'(v ...)) (() #'()))))
                #'(check-all 'e
                             (lambda (return)
                               (do-ec q ...
                                      (let ((actual e) (wanted expected))
                                        (if (not (same? actual wanted))
                                            (return (list (list (cons 'variable variable) ...) actual wanted)))))
                               #f))))
             ((p . rest) (loop (cons #'p before) #'rest))))))))

  (define (check-all expression find-failure)
    (unless (eq? mode 'off)
      (let ((failure (call/cc find-failure)))
        (cond (failure
               (apply note-failed! expression failure)
               (report expression (car failure) (cadr failure) (caddr failure) #f))
              (else
               (note-passed!)
               (when (eq? mode 'report)
                 (show-expression expression '())
                 (show "correct\n")))))))

  ;; (check-report): the summary and the first failure.
  (define (check-report)
    (unless (eq? mode 'off)
      (show "\n; *** checks *** : " correct " correct, " (length failed) " failed.")
      (if (or (null? failed) (eq? mode 'summary))
          (newline)
          (let ((first (car (reverse failed))))
            (show " First failed example:\n")
            (show-expression (car first) (cadr first))
            (write (caddr first))
            (show " ; *** failed ***\n ; expected result: ")
            (write (cadddr first))
            (newline)))))

  ;; (check-passed? n): whether there were n checks and all passed.
  (define (check-passed? n) (and (null? failed) (= correct n))))
