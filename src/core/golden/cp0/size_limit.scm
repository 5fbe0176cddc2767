;; SPDX-License-Identifier: MIT
;; What is too large stays where it is.
(let ((f (lambda f (clause (x) (prim list (call (global a) x) (call (global b) x) (call (global c) x) (call (global d) x) (call (global e) x) (call (global f) x) (call (global g) x) (call (global h) x) (call (global i) x) (call (global j) x) (call (global k) x) (call (global l) x) (call (global m) x) (call (global n) x) (call (global o) x) (call (global p) x) (call (global q) x)))))) (prim cons (call f 1) (call f 2)))
;; =>
(let ((f.0
        (lambda f
          (clause
            (x.1)
            (prim list
              (call (global a) x.1)
              (call (global b) x.1)
              (call (global c) x.1)
              (call (global d) x.1)
              (call (global e) x.1)
              (call (global f) x.1)
              (call (global g) x.1)
              (call (global h) x.1)
              (call (global i) x.1)
              (call (global j) x.1)
              (call (global k) x.1)
              (call (global l) x.1)
              (call (global m) x.1)
              (call (global n) x.1)
              (call (global o) x.1)
              (call (global p) x.1)
              (call (global q) x.1))))))
  (prim cons (call f.0 (quote 1)) (call f.0 (quote 2))))
