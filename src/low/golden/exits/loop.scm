;; SPDX-License-Identifier: MIT
;; A search: the continuation is called by a loop with something after it.
(lambda f (clause (l) (prim %call/cc-procedure (global prototype) (lambda (clause (k) (begin (letrec ((loop (lambda loop (clause (l) (if (prim pair? l) (begin (if (prim car l) (call k (prim car l)) (quote 0)) (call loop (prim cdr l))) (quote 1)))))) (call loop l)) (quote none)))))))
;; =>
(lambda f
  (clause
    (l.0)
    (let-exit ((k.1 (lambda k (clause (x.2) x.2))))
      (begin
        (letrec ((loop.3
                   (lambda loop
                     (clause
                       (l.4)
                       (if
                         (prim pair? l.4)
                         (begin
                           (if (prim car l.4) (call k.1 (prim car l.4)) (quote 0))
                           (call loop.3 (prim cdr l.4)))
                         (quote 1))))))
          (call loop.3 l.0))
        (quote none)))))
