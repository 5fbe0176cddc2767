;; SPDX-License-Identifier: MIT
;;
;; What (loko) offers about the system (manual 3.2).
(library (loko base system)
  (export loko-version machine-type cp0-size-limit cp0-effort-limit %version)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base parameters))

  (define %version "0.12.1")

  ;; (loko-version): a SemVer string.
  (define (loko-version) %version)

  ;; (machine-type): processor and system, as a vector. The kernel of the PC calls itself Loko in uname(2).
  (define (machine-type)
    (let ((names (make-bytevector 400 0)))
      (%os-syscall 63 names)
      (vector 'amd64 (if (fx=? (bytevector-u8-ref names 1) #x6F) 'pc 'linux))))   ; "Loko", "Linux"

  ;; The compiler has its own defaults until a program says something else.
  (define ready? #f)

  (define (limit who)
    (lambda (n)
      ((%limit who) n)
      (if ready? (%set-compiler-option! who n))
      n))

  ;; (cp0-size-limit [n]): how much the source-level optimizer may let code grow.
  (define cp0-size-limit (make-parameter 16 (limit 'cp0-size-limit)))

  ;; (cp0-effort-limit [n]): how much effort it may spend.
  (define cp0-effort-limit (make-parameter 50 (limit 'cp0-effort-limit)))

  (set! ready? #t))
