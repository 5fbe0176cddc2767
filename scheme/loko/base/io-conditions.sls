;; SPDX-License-Identifier: MIT
;;
;; Raising the conditions of input and output (R6RS libraries 8.1, 8.2.4).
;; System calls answer -errno; %raise-os-error turns that number into the right type.
(library (loko base io-conditions)
  (export %raise-file-error %raise-port-error %raise-closed %raise-port-violation %raise-decoding-error
          %raise-encoding-error %raise-invalid-position %errno-message
          raise-os-error raise-os-error/table os-condition &os-error os-error? os-error-number os-error-name)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base conditions))

  ;; number: the system's positive error number; name: its symbol, as ENOENT, or #f. Part of every condition for an error of
  ;; the system, beside the type of R6RS; &who is the call, the irritants what it was about.
  (define-condition-type &os-error &condition make-os-error os-error?
    (number os-error-number)
    (name os-error-name))

  ;; Number, name and text of Linux' errors that files and ports may meet. One string, since each program has it.
  (define descriptions
    "1 EPERM operation not permitted\n\
     2 ENOENT no such file or directory\n\
     3 ESRCH no such process\n\
     4 EINTR interrupted\n\
     5 EIO input/output error\n\
     6 ENXIO no such device or address\n\
     8 ENOEXEC not an executable file\n\
     9 EBADF bad file descriptor\n\
     11 EAGAIN resource temporarily unavailable\n\
     12 ENOMEM out of memory\n\
     13 EACCES permission denied\n\
     16 EBUSY busy\n\
     17 EEXIST file exists\n\
     18 EXDEV on another file system\n\
     19 ENODEV no such device\n\
     20 ENOTDIR not a directory\n\
     21 EISDIR is a directory\n\
     22 EINVAL invalid argument\n\
     23 ENFILE too many open files in the system\n\
     24 EMFILE too many open files\n\
     26 ETXTBSY text file busy\n\
     27 EFBIG file too large\n\
     28 ENOSPC no space left on device\n\
     29 ESPIPE illegal seek\n\
     30 EROFS read-only file system\n\
     31 EMLINK too many links\n\
     32 EPIPE broken pipe\n\
     36 ENAMETOOLONG file name too long\n\
     38 ENOSYS no such system call\n\
     39 ENOTEMPTY directory not empty\n\
     40 ELOOP too many levels of symbolic links\n\
     104 ECONNRESET connection reset by peer\n\
     110 ETIMEDOUT timed out\n\
     111 ECONNREFUSED connection refused\n\
     113 EHOSTUNREACH no route to host\n")

  ;; Name and text of error number n, or #f.
  (define (line-of n table)
    (let loop ((i 0) (number 0))
      (if (fx=? i (string-length table))
          #f
          (let ((c (fx- (char->integer (string-ref table i)) 48)))
            (if (fx<? c 0)
                (let ((end (%string-index table #\newline i)))
                  (if (eqv? number n)
                      (substring table (fx+ i 1) end)
                      (loop (fx+ end 1) 0)))
                (loop (fx+ i 1) (fx+ (fx* 10 number) c)))))))

  (define (text-of line n)
    (if line
        (substring line (fx+ (%string-index line #\space) 1) (string-length line))
        (%string-append "error of the operating system, number " (number->string n))))

  (define (name-of line)
    (and line (string->symbol (substring line 0 (%string-index line #\space)))))

  ;; (%errno-message n): the text for an error number (without its sign).
  (define (%errno-message n) (text-of (line-of n descriptions) n))

  ;; (raise-os-error who n . irritants): raises &i/o with &os-error for the negative error number that a system call gave and that
  ;; is about neither a file nor a port: for those are %raise-file-error and %raise-port-error.
  (define (raise-os-error who n . irritants)
    (raise (os-condition (make-i/o-error) who (%errno-message (fx- 0 n)) irritants (fx- 0 n))))

  ;; (raise-os-error/table table who n . irritants): likewise; the error may be one of another table like that above.
  (define (raise-os-error/table table who n . irritants)
    (let* ((n (fx- 0 n)) (line (or (line-of n table) (line-of n descriptions))))
      (raise (condition (make-i/o-error) (make-os-error n (name-of line))
                        (make-who-condition who) (make-message-condition (text-of line n)) (make-irritants-condition irritants)))))

  ;; (os-condition kind who message irritants n): the maker of all conditions for errors of the system; kind is a condition of R6RS.
  (define (os-condition kind who message irritants n)
    (condition kind (make-os-error n (name-of (line-of n descriptions))) (make-who-condition who) (make-message-condition message) (make-irritants-condition irritants)))

  ;; Raises the condition for a failed operation on a file name; errno is positive.
  (define (%raise-file-error who filename errno)
    (raise
     (os-condition
      (case errno
        ((2 20) (make-i/o-file-does-not-exist-error filename))
        ((17) (make-i/o-file-already-exists-error filename))
        ((30) (make-i/o-file-is-read-only-error filename))
        ((1 13 21 26) (make-i/o-file-protection-error filename))
        (else (make-i/o-filename-error filename)))
      who (%errno-message errno) (list filename) errno)))

  ;; Raises &i/o-read or &i/o-write (mode is the symbol read or write) with the port. The message may be an error number.
  (define (%raise-port-error mode who port message . irritants)
    (let ((kind (condition
                 (if (eq? mode 'read) (make-i/o-read-error) (make-i/o-write-error))
                 (make-i/o-port-error port)))
          (irritants (if (null? irritants) (list port) irritants)))
      (raise
       (if (fixnum? message)
           (os-condition kind who (%errno-message message) irritants message)
           (condition kind (make-who-condition who) (make-message-condition message) (make-irritants-condition irritants))))))

  ;; The port can't be used so: an assertion that names it.
  (define (%raise-port-violation who port message)
    (raise
     (condition
      (make-assertion-violation)
      (make-i/o-port-error port)
      (make-who-condition who)
      (make-message-condition message)
      (make-irritants-condition (list port)))))

  ;; The port is closed.
  (define (%raise-closed who port)
    (%raise-port-violation who port "the port is closed"))

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
