;; SPDX-License-Identifier: MIT
;;
;; A safepoint that atomic libraries call between two of their steps, where all that fibers share is consistent: long work of
;; theirs (printing, copying from port to port) lets other fibers run there. The code of this library is not atomic and is
;; never copied into other code (src/pipeline/atomicity.cpp).
(library (loko base preemption)
  (export %let-others-run)
  (import (loko core syntax) (loko core primitives))

  ;; (%let-others-run n): passes n safepoints, at which the timer may switch fibers.
  (define (%let-others-run n)
    (%trip-pending)
    (pass n))

  (define (pass n)
    (if (fx>? n 0)
        (pass (fx- n 1))
        #t)))
