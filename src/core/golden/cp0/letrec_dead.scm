;; SPDX-License-Identifier: MIT
;; Unused members of a letrec go.
(letrec ((f (lambda f (clause () (call g)))) (g (lambda g (clause () (call f)))) (h (lambda h (clause (n) (call h n))))) (call h 1))
;; =>
(letrec ((h.0 (lambda h (clause (n.1) (call h.0 n.1))))) (call h.0 (quote 1)))
