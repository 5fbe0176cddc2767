;; SPDX-License-Identifier: MIT
;;
;; Raising the conditions of input and output (R6RS libraries 8.1, 8.2.4).
;; System calls answer -errno; %raise-os-error turns that number into the right type.
(library (loko base io-conditions)
  (export %raise-file-error %raise-port-error %raise-closed %raise-decoding-error
          %raise-encoding-error %raise-invalid-position %errno-message
          &os-error make-os-error os-error? os-error-number)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base conditions))

  ;; number: the system's positive error number. Part of the conditions for errors of the system, beside the type of R6RS.
  (define-condition-type &os-error &condition make-os-error os-error?
    (number os-error-number))

  ;; The text for an error number of Linux (without its sign).
  (define (%errno-message n)
    (case n
      ((1) "operation not permitted")
      ((2) "no such file or directory")
      ((4) "interrupted")
      ((5) "input/output error")
      ((6) "no such device or address")
      ((9) "bad file descriptor")
      ((11) "resource temporarily unavailable (EAGAIN)")
      ((12) "out of memory")
      ((13) "permission denied")
      ((16) "busy")
      ((17) "file exists")
      ((19) "no such device")
      ((20) "not a directory")
      ((21) "is a directory")
      ((22) "invalid argument")
      ((23) "too many open files in the system")
      ((24) "too many open files")
      ((26) "text file busy")
      ((27) "file too large")
      ((28) "no space left on device")
      ((29) "illegal seek")
      ((30) "read-only file system")
      ((31) "too many links")
      ((32) "broken pipe")
      ((36) "file name too long")
      ((39) "directory not empty")
      ((40) "too many levels of symbolic links")
      ((92) "protocol option not available")
      ((93) "protocol not supported")
      ((97) "address family not supported")
      ((98) "address already in use")
      ((99) "address not available")
      ((100) "network is down")
      ((101) "network is unreachable")
      ((103) "connection aborted")
      ((104) "connection reset by peer")
      ((105) "no buffer space")
      ((106) "already connected")
      ((107) "not connected")
      ((110) "timed out")
      ((111) "connection refused")
      ((112) "host is down")
      ((113) "no route to host")
      (else "operating system error")))

  ;; Raises the condition for a failed operation on a file name; errno is positive.
  (define (%raise-file-error who filename errno)
    (raise
     (condition
      (case errno
        ((2 20) (make-i/o-file-does-not-exist-error filename))
        ((17) (make-i/o-file-already-exists-error filename))
        ((30) (make-i/o-file-is-read-only-error filename))
        ((1 13 21 26) (make-i/o-file-protection-error filename))
        (else (make-i/o-filename-error filename)))
      (make-os-error errno)
      (make-who-condition who)
      (make-message-condition (%errno-message errno))
      (make-irritants-condition (list filename)))))

  ;; Raises &i/o-read or &i/o-write (mode is the symbol read or write) with the port. The message may be an error number.
  (define (%raise-port-error mode who port message . irritants)
    (let ((c (condition
              (if (eq? mode 'read) (make-i/o-read-error) (make-i/o-write-error))
              (make-i/o-port-error port)
              (make-who-condition who)
              (make-message-condition (if (fixnum? message) (%errno-message message) message))
              (make-irritants-condition (if (null? irritants) (list port) irritants)))))
      (raise (if (fixnum? message) (condition c (make-os-error message)) c))))

  ;; The port is closed: an assertion that names it.
  (define (%raise-closed who port)
    (raise
     (condition
      (make-assertion-violation)
      (make-i/o-port-error port)
      (make-who-condition who)
      (make-message-condition "the port is closed")
      (make-irritants-condition (list port)))))

  ;; Raises &i/o-decoding.
  (define (%raise-decoding-error who port)
    (raise
     (condition
      (make-i/o-decoding-error port)
      (make-who-condition who)
      (make-message-condition "invalid character encoding")
      (make-irritants-condition (list port)))))

  ;; Raises &i/o-encoding.
  (define (%raise-encoding-error who port char)
    (raise
     (condition
      (make-i/o-encoding-error port char)
      (make-who-condition who)
      (make-message-condition "the codec of the port has no such character")
      (make-irritants-condition (list port char)))))

  ;; Raises &i/o-invalid-position.
  (define (%raise-invalid-position who port position)
    (raise
     (condition
      (make-i/o-invalid-position-error position)
      (make-i/o-port-error port)
      (make-who-condition who)
      (make-message-condition "invalid port position")
      (make-irritants-condition (list port position))))))
