;; SPDX-License-Identifier: MIT
;; A result that nobody needs is not made, nor what it is made from; the recursion's effects remain.
(lambda f (clause (l p)
  (letrec ((each (lambda each (clause (x r) (if (prim null? x) r (prim cons (call p (prim car x)) (call each (prim cdr x) (prim cons r r))))))))
    (begin (call each l (quote ())) l))))
;; =>
(lambda f
  (clause
    (l.0 p.1)
    (letrec ((each.2
               (lambda each
                 (clause
                   (x.3)
                   (if
                     (prim null? x.3)
                     (quote #<void>)
                     (begin (call p.1 (prim car x.3)) (call each.2 (prim cdr x.3))))))))
      (begin (call each.2 l.0) l.0))))
