;; SPDX-License-Identifier: MIT
;; i is anything in the first round and a flonum after (- i 1.0), since < lets only reals pass.
(lambda run (clause (n)
  (letrec ((loop (lambda loop (clause (i s)
             (if (prim < i 0.0) s (call loop (prim - i 1.0) (prim + i s)))))))
    (call loop n 0.0))))
;; =>
(lambda run
  (clause
    (n.0)
    (letrec ((loop.1
               (lambda loop
                 (clause
                   (i.2 s.3)
                   (if
                     (prim < i.2 (quote 0.0))
                     s.3
                     (call loop.4 (prim - i.2 (quote 1.0)) (prim + i.2 s.3))))))
             (loop.4
               (lambda loop
                 (clause
                   (i.5 s.6)
                   (if
                     (prim < i.5 (quote 0.0))
                     s.6
                     (call loop.4 (prim - i.5 (quote 1.0)) (prim + i.5 s.6)))))))
      (call loop.1 n.0 (quote 0.0)))))
