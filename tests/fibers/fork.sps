;; SPDX-License-Identifier: MIT
;;
;; The manual's example of a raw fork (3.5) while fibers exist: only the forking fiber goes on in the child, with its
;; own timers and descriptors.
(import (rnrs) (loko system fibers) (loko system unsafe) (loko system process))
(define others 0)
(spawn-fiber (lambda () (sleep 0.005) (set! others (+ others 1))))
(sleep 0.001)
(let ((pid (syscall 57)))
  (when (zero? pid)
    (sleep 0.01)
    (exit (if (= others 0) 7 8)))
  (let ((status (make-bytevector 4 0)))
    (let wait () (if (zero? (syscall 61 pid status 1 0)) (begin (sleep 0.002) (wait))))
    (sleep 0.01)
    (display (if (and (= others 1) (= (bytevector-u8-ref status 1) 7)) "1 passed, 0 failed\n" "0 passed, 1 failed\n"))))
