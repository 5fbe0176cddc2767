;; SPDX-License-Identifier: MIT
;;
;; (descriptors): the number of this process's open file descriptors, but for the two that the scheduler of fibers opens once, when it
;; waits for a descriptor first (epoll) and when it makes a call aside first (an eventfd), and for the memory files that it lends again and
;; again (what it has lent counts: that is opened for reading only).
;; (lent-files): how many of these there are.
;; (descriptor-names): what they are, for a message.
(library (descriptors)
  (export descriptors descriptor-names lent-files)
  (import (rnrs) (rename (only (loko core primitives) %os-syscall) (%os-syscall syscall)))

  (define (name-of fd)
    (let* ((path (string->utf8 (string-append "/proc/self/fd/" (number->string fd) "\x0;"))) (buffer (make-bytevector 100))
           (n (syscall 89 path buffer 100)))                       ; readlink
      (and (> n 0)
           (let ((name (make-bytevector n)))
             (bytevector-copy! buffer 0 name 0 n)
             (utf8->string name)))))

  (define (descriptor-names)
    (let loop ((i 511) (names '()))
      (if (< i 0)
          names
          (loop (- i 1) (let ((name (name-of i))) (if name (cons name names) names))))))

  (define (lent-files)
    (let loop ((i 511) (n 0))
      (if (< i 0)
          n
          (loop (- i 1)
                (if (and (equal? "/memfd:loko-lent (deleted)" (name-of i)) (= 2 (bitwise-and 3 (syscall 72 i 3 0)))) (+ n 1) n)))))   ; F_GETFL, O_RDWR

  (define (descriptors)
    (let ((names (descriptor-names)))
      (- (length names)
         (lent-files)
         (if (member "anon_inode:[eventpoll]" names) 1 0)
         (if (member "anon_inode:[eventfd]" names) 1 0)))))
