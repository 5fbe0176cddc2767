;; SPDX-License-Identifier: MIT
;; A continuation that escapes is captured, but a call of it that ends the body returns: one value, several, and an operand that may give another number.
(lambda f (clause (a g) (prim %call/cc-procedure (global prototype) (lambda (clause (k)
  (begin (call g k) (if a (call k a) (if g (call k a g) (let ((x (call a))) (call k (call g x)))))))))))
;; =>
(lambda f
  (clause
    (a.0 g.1)
    (prim %call/cc-procedure
      (global prototype)
      (lambda
        (clause
          (k.2)
          (begin
            (call g.1 k.2)
            (if a.0
              a.0
              (if g.1
                (prim values a.0 g.1)
                (let ((x.3 (call a.0))) (let ((x.4 (call g.1 x.3))) x.4))))))))))
