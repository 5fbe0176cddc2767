;; SPDX-License-Identifier: MIT
;; Loops are left alone.
(define-global! loop (lambda loop (clause (n) (if (prim eq? n 0) 1 (call (global loop) (prim - n 1))))))
;; =>
(define-global! loop
  (lambda loop
    (clause
      (n.0)
      (if (prim eq? n.0 (quote 0)) (quote 1) (call (global loop) (prim - n.0 (quote 1)))))))
