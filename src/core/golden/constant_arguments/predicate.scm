;; SPDX-License-Identifier: MIT
;; A predicate that is passed round is called directly; what varies stays.
(begin
  (define-global! keep (lambda keep (clause (p l n) (if (prim null? l) (quote ()) (if (call p (prim car l)) (prim cons n (call (global keep) p (prim cdr l) (quote 2))) (call (global keep) p (prim cdr l) (quote 1)))))))
  (lambda f (clause (l) (call (global keep) (primref pair?) l (quote 1)))))
;; =>
(begin
  (define-global! keep
    (lambda keep
      (clause
        (p.0 l.1 n.2)
        (if
          (prim null? l.1)
          (quote ())
          (if
            (call (primref pair?) (prim car l.1))
            (prim cons n.2 (call (global keep) (primref pair?) (prim cdr l.1) (quote 2)))
            (call (global keep) (primref pair?) (prim cdr l.1) (quote 1)))))))
  (lambda f (clause (l.3) (call (global keep) (primref pair?) l.3 (quote 1)))))
