;; SPDX-License-Identifier: MIT
;;
;; SRFI 26: cut and cute.
(library (srfi :26 cut)
  (export cut cute <> <...>)
  (import (for (loko core syntax) run expand)
          (only (loko base control) apply))

  ;; The slots of cut and cute.
  (define-syntax <>
    (lambda (x) (syntax-case x () (_ #'(syntax-error "<> outside of cut")))))
  (define-syntax <...>
    (lambda (x) (syntax-case x () (_ #'(syntax-error "<...> outside of cut")))))

  ;; (cut slot-or-expression ...): a procedure whose arguments go to the slots <>, the rest to <...>.
  (define-syntax cut
    (syntax-rules () ((_ . parts) (cut-parts () () . parts))))

  ;; (cut-parts (parameter ...) (part ...) remaining ...)
  (define-syntax cut-parts
    (syntax-rules (<> <...>)
      ((_ (parameter ...) (proc part ...))
       (lambda (parameter ...) ((begin proc) part ...)))
      ((_ (parameter ...) (proc part ...) <...>)
       (lambda (parameter ... . rest) (apply proc part ... rest)))
      ((_ (parameter ...) (part ...) <> . more)
       (cut-parts (parameter ... x) (part ... x) . more))
      ((_ (parameter ...) (part ...) expression . more)
       (cut-parts (parameter ...) (part ... expression) . more))))

  ;; (cute ...): like cut, but the expressions are evaluated once, when the procedure is made.
  (define-syntax cute
    (syntax-rules () ((_ . parts) (cute-parts () () () . parts))))

  ;; (cute-parts (parameter ...) ((variable expression) ...) (part ...) remaining ...)
  (define-syntax cute-parts
    (syntax-rules (<> <...>)
      ((_ (parameter ...) (binding ...) (proc part ...))
       (let (binding ...) (lambda (parameter ...) (proc part ...))))
      ((_ (parameter ...) (binding ...) (proc part ...) <...>)
       (let (binding ...) (lambda (parameter ... . rest) (apply proc part ... rest))))
      ((_ (parameter ...) (binding ...) (part ...) <> . more)
       (cute-parts (parameter ... x) (binding ...) (part ... x) . more))
      ((_ (parameter ...) (binding ...) (part ...) expression . more)
       (cute-parts (parameter ...) (binding ... (x expression)) (part ... x) . more)))))
