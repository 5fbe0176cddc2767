;; SPDX-License-Identifier: MIT
;;
;; (descriptors): the number of this process's open file descriptors.
(library (descriptors)
  (export descriptors)
  (import (rnrs))

  (define (descriptors)
    (let loop ((i 0) (n 0))
      (if (= i 512)
          n
          (loop (+ i 1) (if (file-exists? (string-append "/proc/self/fd/" (number->string i))) (+ n 1) n))))))
