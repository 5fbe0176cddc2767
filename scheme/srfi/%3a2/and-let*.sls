;; SPDX-License-Identifier: MIT
;;
;; SRFI 2: and-let*.
(library (srfi :2 and-let*)
  (export and-let*)
  (import (loko core syntax))

  ;; (and-let* (clause ...) body ...): a clause is (variable expression), (expression) or a variable; the
  ;; evaluation ends with #f at the first false one.
  (define-syntax and-let*
    (syntax-rules ()
      ((_ ()) #t)
      ((_ () body ...) (let () body ...))
      ((_ ((variable expression))) (let ((variable expression)) variable))
      ((_ ((expression))) expression)
      ((_ (variable)) variable)
      ((_ ((variable expression) clause ...) body ...)
       (let ((variable expression))
         (if variable (and-let* (clause ...) body ...) #f)))
      ((_ ((expression) clause ...) body ...)
       (if expression (and-let* (clause ...) body ...) #f))
      ((_ (variable clause ...) body ...)
       (if variable (and-let* (clause ...) body ...) #f)))))
