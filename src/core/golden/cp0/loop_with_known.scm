;; SPDX-License-Identifier: MIT
;; A procedure that is given to a loop becomes part of it.
(let ((each (lambda each (clause (p l) (letrec ((loop (lambda loop (clause (l) (if (prim pair? l) (begin (call p (prim car l)) (call loop (prim cdr l))) (quote 0)))))) (call loop l)))))) (begin (call each (lambda (clause (x) (call (global show) x x))) (global a)) (call each (lambda (clause (y) (call (global show) 1 y))) (global b))))
;; =>
(begin
  (let ((l.0 (global a)))
    (letrec ((loop.1
               (lambda loop
                 (clause
                   (l.2)
                   (if
                     (prim pair? l.2)
                     (begin
                       (let ((x.3 (prim car l.2))) (call (global show) x.3 x.3))
                       (call loop.1 (prim cdr l.2)))
                     (quote 0))))))
      (call loop.1 l.0)))
  (let ((l.4 (global b)))
    (letrec ((loop.5
               (lambda loop
                 (clause
                   (l.6)
                   (if
                     (prim pair? l.6)
                     (begin
                       (let ((y.7 (prim car l.6))) (call (global show) (quote 1) y.7))
                       (call loop.5 (prim cdr l.6)))
                     (quote 0))))))
      (call loop.5 l.4))))
