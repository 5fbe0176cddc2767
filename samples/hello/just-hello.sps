;; SPDX-License-Identifier: MIT
;; The smallest program: no ports, no standard library, only the core forms and primitives.
;; loko -ffreestanding --compile just-hello.sps && ./just-hello
(import (loko core syntax) (loko core primitives))

(define message "Hello, world!\n")

;; The characters of an ASCII string as bytes.
(define (ascii s)
  (let* ((n (string-length s)) (bytes (make-bytevector n 0)))
    (let loop ((i 0))
      (if (fx<? i n)
          (begin
            (bytevector-u8-set! bytes i (char->integer (string-ref s i)))
            (loop (fx+ i 1)))
          bytes))))

(%os-write 1 (ascii message) 0 (string-length message))
(%exit 0)
