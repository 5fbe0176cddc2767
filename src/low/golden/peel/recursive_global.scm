;; SPDX-License-Identifier: MIT
;; A recursive procedure of a program: the copy is private, its argument and its result are flonums.
(begin
  (define-global! fibfp (lambda fibfp (clause (n)
    (if (prim < n 2.0) n (prim + (call (global fibfp) (prim - n 1.0)) (call (global fibfp) (prim - n 2.0)))))))
  (call (global fibfp) (call (global read))))
;; =>
(begin
  (begin
    (define-global! fibfp%again
      (lambda fibfp
        (clause
          (n.0)
          (if
            (prim < n.0 (quote 2.0))
            n.0
            (prim +
              (call (global fibfp%again) (prim - n.0 (quote 1.0)))
              (call (global fibfp%again) (prim - n.0 (quote 2.0))))))))
    (define-global! fibfp
      (lambda fibfp
        (clause
          (n.1)
          (if
            (prim < n.1 (quote 2.0))
            n.1
            (prim +
              (call (global fibfp%again) (prim - n.1 (quote 1.0)))
              (call (global fibfp%again) (prim - n.1 (quote 2.0)))))))))
  (call (global fibfp) (call (global read))))
