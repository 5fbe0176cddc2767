;; SPDX-License-Identifier: MIT
;; All calls of more come where m is not 0, also the one that passes m on; of n nothing is known.
(begin
  (define-global! more (lambda more (clause (m n) (if (prim = m 0) n (if (prim = n 0) (call (global more) m (prim + n 1)) (let ((k (prim - m 1))) (if (prim = k 0) 5 (call (global more) k n))))))))
  (lambda f (clause (a) (if (prim = a 0) 1 (call (global more) a 7)))))
;; =>
(begin
  (define-global! more
    (lambda more
      (clause
        (m.0 n.1)
        (if
          (prim = n.1 (quote 0))
          (call (global more) m.0 (prim + n.1 (quote 1)))
          (let ((k.2 (prim - m.0 (quote 1))))
            (if (prim = k.2 (quote 0)) (quote 5) (call (global more) k.2 n.1)))))))
  (lambda f (clause (a.3) (if (prim = a.3 (quote 0)) (quote 1) (call (global more) a.3 (quote 7))))))
