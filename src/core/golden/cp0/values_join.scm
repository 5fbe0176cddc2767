;; SPDX-License-Identifier: MIT
;; Several ends of a producer call one copy of the consumer; a loop's ends are those of the loop.
(lambda f (clause (a) (prim call-with-values (lambda (clause () (letrec ((loop (lambda loop (clause (i) (if (prim pair? i) (call loop (prim cdr i)) (if (prim null? i) (prim values 1 i) (prim values i 2))))))) (call loop a)))) (lambda (clause (x y) (call (global k) y x))))))
;; =>
(lambda f
  (clause
    (a.0)
    (letrec ((loop.1
               (lambda loop
                 (clause
                   (i.2)
                   (if
                     (prim pair? i.2)
                     (call loop.1 (prim cdr i.2))
                     (if
                       (prim null? i.2)
                       (call (global k) i.2 (quote 1))
                       (call (global k) (quote 2) i.2)))))))
      (call loop.1 a.0))))
