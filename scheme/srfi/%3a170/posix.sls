;; SPDX-License-Identifier: MIT
;;
;; SRFI 170: POSIX API, over (loko system file-system), (loko system users) and (loko system time).
;; Time objects are those of (loko system time). Errors are conditions with &os-error; those about files are &i/o-filename, too.
(library (srfi :170 posix)
  (export posix-error? posix-error-name posix-error-message
          binary-input textual-input binary-output textual-output binary-input/output
          buffer-none buffer-block buffer-line
          open/append open/create open/exclusive open/nofollow open/truncate
          open-file fd->port
          create-directory create-fifo create-hard-link create-symlink read-symlink rename-file delete-directory
          set-file-owner set-file-times owner/unchanged group/unchanged time/now time/unchanged truncate-file
          file-info file-info?
          file-info:device file-info:inode file-info:mode file-info:nlinks file-info:uid file-info:gid file-info:rdev
          file-info:size file-info:blksize file-info:blocks file-info:atime file-info:mtime file-info:ctime
          file-info-directory? file-info-fifo? file-info-symlink? file-info-regular? file-info-socket? file-info-device?
          set-file-mode directory-files make-directory-files-generator open-directory read-directory close-directory
          real-path file-space temp-file-prefix create-temp-file call-with-temporary-filename
          umask set-umask! current-directory set-current-directory! pid nice
          user-uid user-gid user-effective-uid user-effective-gid user-supplementary-gids
          user-info user-info? user-info:name user-info:uid user-info:gid user-info:home-dir user-info:shell
          user-info:full-name user-info:parsed-full-name
          group-info group-info? group-info:name group-info:gid
          posix-time monotonic-time
          set-environment-variable! delete-environment-variable! terminal?)
  (import (rnrs)
          (only (loko arch amd64 linux-numbers) linux-error-name)
          (only (loko core primitives) %os-system-call)
          (only (loko base io-conditions) %raise-file-error)
          (only (loko base files) %open-file %open-descriptor)
          (loko system file-system)
          (loko system users)
          (only (loko system time) current-time monotonic-time))

  ;;; Errors

  ;; (posix-error? object)
  (define (posix-error? x) (os-error? x))

  ;; (posix-error-name condition): the symbol of the error, as ENOENT.
  (define (posix-error-name c)
    (let ((n (os-error-number c)))
      (or (linux-error-name n) (string->symbol (string-append "E" (number->string n))))))

  ;; (posix-error-message condition)
  (define (posix-error-message c)
    (unless (posix-error? c) (assertion-violation 'posix-error-message "expected a POSIX error" c))
    (if (message-condition? c) (condition-message c) (symbol->string (posix-error-name c))))

  ;;; Ports

  (define binary-input 'binary-input)
  (define textual-input 'textual-input)
  (define binary-output 'binary-output)
  (define textual-output 'textual-output)
  (define binary-input/output 'binary-input/output)

  (define buffer-none (buffer-mode none))
  (define buffer-block (buffer-mode block))
  (define buffer-line (buffer-mode line))

  (define open/append #x400)
  (define open/create #x40)
  (define open/exclusive #x80)
  (define open/nofollow #x20000)
  (define open/truncate #x200)

  (define (check-type who type)
    (unless (memq type '(binary-input textual-input binary-output textual-output binary-input/output))
      (assertion-violation who "expected a port type" type)))

  (define (port-on who fd name type mode)
    (%open-descriptor who fd name
                      (and (memq type '(binary-input textual-input binary-input/output)) #t)
                      (and (memq type '(binary-output textual-output binary-input/output)) #t)
                      mode
                      (and (memq type '(textual-input textual-output)) (native-transcoder))))

  ;; (open-file filename port-type flags [permission-bits [buffer-mode]])
  (define open-file
    (case-lambda
      ((filename type flags) (open-file filename type flags #o666 buffer-block))
      ((filename type flags bits) (open-file filename type flags bits buffer-block))
      ((filename type flags bits mode)
       (check-type 'open-file type)
       (unless (and (fixnum? flags) (= 0 (bitwise-and flags (bitwise-not (+ open/append open/create open/exclusive open/nofollow open/truncate)))))
         (assertion-violation 'open-file "expected a sum of flags" flags))
       (let ((access (case type ((binary-input textual-input) 0) ((binary-output textual-output) 1) (else 2))))
         (port-on 'open-file (%open-file 'open-file filename (bitwise-ior access flags) bits) filename type mode)))))

  ;; (fd->port fd port-type [buffer-mode]): closing the port closes the descriptor.
  (define fd->port
    (case-lambda
      ((fd type) (fd->port fd type buffer-block))
      ((fd type mode)
       (check-type 'fd->port type)
       (unless (and (fixnum? fd) (>= fd 0)) (assertion-violation 'fd->port "expected a file descriptor" fd))
       (let ((n (%os-system-call 72 (vector fd 3 0 0 0 0))))       ; F_GETFL
         (if (< n 0) (%raise-file-error 'fd->port (number->string fd) (- n))))
       (port-on 'fd->port fd (string-append "descriptor " (number->string fd)) type mode))))

  ;;; Time

  ;; (posix-time): as a time object, since the beginning of 1970.
  (define (posix-time) (current-time))

  ;;; Directories

  ;; (make-directory-files-generator directory [dot-files?])
  (define make-directory-files-generator
    (case-lambda
      ((directory) (make-directory-files-generator directory #f))
      ((directory dots?)
       (let ((d (open-directory directory dots?)))
         (lambda ()
           (let ((name (if d (read-directory d) (eof-object))))
             (when (and d (eof-object? name))
               (close-directory d)
               (set! d #f))
             name)))))))
