;; SPDX-License-Identifier: MIT
;; One variable is the closure itself, two are a pair, more a procedure without use for its code; an assigned variable's box counts as one.
(lambda f (clause (a b c)
  (begin (set! c a)
  (letrec ((one (lambda one (clause (x . r) (prim list a (call one x x)))))
           (box (lambda box (clause (x . r) (prim list c (call box x x)))))
           (two (lambda two (clause (x . r) (prim list a b (call two x) (call one x)))))
           (three (lambda three (clause (x . r) (prim list a b c (call three x) (call two x))))))
    (prim list (call one a) (call box a) (call two a) (call three a) (lambda all (clause () (call one (call two a)))))))))
;; =>
(f escapes static)
(one known (variable a))
(box known (variable c))
(two known (pair a b))
(three known (closure a b c two))
(all escapes (closure a two))
