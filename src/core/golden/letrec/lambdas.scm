;; SPDX-License-Identifier: MIT
;; Mutually recursive lambdas stay together; others become let.
(letrec* ((even (lambda even (clause (n) (if (prim eq? n 0) #t (call odd (prim - n 1)))))) (k 10) (odd (lambda odd (clause (n) (if (prim eq? n 0) #f (call even (prim - n 1))))))) (call even k))
;; =>
(letrec ((even.0
           (lambda even
             (clause
               (n.1)
               (if (prim eq? n.1 (quote 0)) (quote #t) (call odd.2 (prim - n.1 (quote 1)))))))
         (odd.2
           (lambda odd
             (clause
               (n.3)
               (if (prim eq? n.3 (quote 0)) (quote #f) (call even.0 (prim - n.3 (quote 1))))))))
  (let ((k.4 (quote 10))) (call even.0 k.4)))
