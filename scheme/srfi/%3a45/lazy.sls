;; SPDX-License-Identifier: MIT
;;
;; SRFI 45: primitives for expressing iterative lazy algorithms. lazy is R7RS's delay-force, eager its make-promise.
(library (srfi :45 lazy)
  (export delay lazy force eager promise?)
  (import (loko core syntax)
          (rename (only (loko base promises) delay delay-force force make-promise promise?)
                  (delay-force lazy) (make-promise r7:make-promise)))

  ;; (eager object): a promise of object, also if that is a promise.
  (define (eager x) (let ((value x)) (if (promise? value) (delay value) (r7:make-promise value)))))
