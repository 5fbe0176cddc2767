;; SPDX-License-Identifier: MIT
;;
;; (descriptors): the number of this process's open file descriptors, but for the two that the scheduler of fibers opens once, when it
;; waits for a descriptor first (epoll) and when it makes a call aside first (an eventfd).
;; (descriptor-names): what they are, for a message.
(library (descriptors)
  (export descriptors descriptor-names)
  (import (rnrs) (only (loko system unsafe) syscall))

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

  (define (descriptors)
    (let ((names (descriptor-names)))
      (- (length names)
         (if (member "anon_inode:[eventpoll]" names) 1 0)
         (if (member "anon_inode:[eventfd]" names) 1 0)))))
