;; SPDX-License-Identifier: MIT
;;
;; How many processors this process may use.
(library (loko loci processors)
  (export processor-count)
  (import (rnrs) (only (loko core primitives) %os-syscall))

  (define most-bytes 65536)

  (define (count-bits mask n)
    (let loop ((i 0) (bits 0))
      (if (fx=? i n)
          bits
          (loop (fx+ i 1) (fx+ bits (fxbit-count (bytevector-u8-ref mask i)))))))

  ;; (processor-count): the number of processors in the affinity mask of the process (taskset(1), cpusets), at least 1.
  (define (processor-count)
    (let loop ((size 128))
      (let* ((mask (make-bytevector size 0)) (n (%os-syscall 204 0 size mask)))   ; sched_getaffinity
        (cond ((and (= n -22) (< size most-bytes)) (loop (* 2 size)))             ; EINVAL: the system's mask is longer
              ((< n 0) 1)
              (else (max 1 (count-bits mask n))))))))
