;; SPDX-License-Identifier: MIT
;; The test and the base case become a procedure of their own.
(define-global! fib (lambda fib (clause (n) (if (prim < n 2) n (prim + (call (global fib) (prim - n 1)) (call (global fib) (prim - n 2)))))))
;; =>
(begin
  (define-global! fib%more
    (lambda fib
      (clause
        (n.0)
        (prim +
          (call (global fib) (prim - n.0 (quote 1)))
          (call (global fib) (prim - n.0 (quote 2)))))))
  (define-global! fib
    (lambda fib (clause (n.1) (if (prim < n.1 (quote 2)) n.1 (call (global fib%more) n.1))))))
