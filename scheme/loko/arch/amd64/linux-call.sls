;; SPDX-License-Identifier: MIT
;;
;; How the wrappers of (loko arch amd64 linux-syscalls) call the kernel. Arguments as in the manual pages, section 2: exact
;; integers, and bytevectors for memory (their address is passed). A string stands for its UTF-8 with a NUL behind it.
;; The result is what the kernel returns; errors are raised. A call that a signal interrupts is not repeated (EINTR).
(library (loko arch amd64 linux-call)
  (export define-system-call &syscall make-syscall-error syscall-error? syscall-error-name syscall-error-number)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base conditions)
          (only (loko base io-conditions) %errno-message os-condition)
          (only (loko arch amd64 linux-numbers) linux-error-name))

  ;; name: the symbol of the error, as ENOENT, or #f; number: positive.
  (define-condition-type &syscall &error make-syscall-error syscall-error?
    (name syscall-error-name)
    (number syscall-error-number))

  (define (convert who x)
    (cond ((or (fixnum? x) (bytevector? x)) x)
          ((string? x) (string->utf8 (%string-append x "\x0;")))
          ((and (number? x) (exact? x) (integer? x) (<= 0 x #xffffffffffffffff))
           ;; words above the fixnums go by their bytes
           (let ((b (make-bytevector 8 0)))
             (bytevector-u64-set! b 0 x 'little)
             (%box b)))
          (else (%type-violation who "an exact integer, a bytevector or a string" x))))

  (define (call who number arguments)
    (let ((v (make-vector 6 0)))
      (let loop ((l arguments) (i 0))
        (if (pair? l)
            (begin
              (if (fx=? i 6) (assertion-violation who "too many arguments" arguments))
              (vector-set! v i (convert who (car l)))
              (loop (cdr l) (fx+ i 1)))))
      (let ((r (%os-system-call number v)))
        (if (and (< r 0) (< -4096 r))
            (raise (os-condition (make-syscall-error (linux-error-name (- r)) (- r)) who (%errno-message (- r)) arguments (- r)))
            r))))

  ;; (define-system-call sys_name name number)
  (define-syntax define-system-call
    (syntax-rules ()
      ((_ wrapper name number)
       (define (wrapper . arguments) (call 'wrapper number arguments))))))
