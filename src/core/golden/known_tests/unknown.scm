;; SPDX-License-Identifier: MIT
;; One call where nothing is known, or the contrary, and the test stays.
(begin
  (define-global! p (lambda p (clause (m) (if (prim null? m) 1 2))))
  (define-global! q (lambda q (clause (m) (if (prim null? m) 1 2))))
  (lambda f (clause (a b) (if (prim null? a) (call (global p) a) (call (global q) a))))
  (lambda g (clause (a b) (if (prim null? b) (call (global q) b) (call (global p) a)))))
;; =>
(begin
  (define-global! p (lambda p (clause (m.0) (if (prim null? m.0) (quote 1) (quote 2)))))
  (define-global! q (lambda q (clause (m.1) (if (prim null? m.1) (quote 1) (quote 2)))))
  (lambda f (clause (a.2 b.3) (if (prim null? a.2) (call (global p) a.2) (call (global q) a.2))))
  (lambda g (clause (a.4 b.5) (if (prim null? b.5) (call (global q) b.5) (call (global p) a.4)))))
