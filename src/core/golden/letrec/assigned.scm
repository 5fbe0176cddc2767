;; SPDX-License-Identifier: MIT
;; An assigned lambda is no letrec binding.
(letrec* ((f (lambda f (clause () (call f))))) (begin (set! f 1) (call f)))
;; =>
(let ((f.0 (quote #<unbound>)))
  (begin (set! f.0 (lambda f (clause () (call f.0)))) (set! f.0 (quote 1)) (call f.0)))
