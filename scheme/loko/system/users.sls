;; SPDX-License-Identifier: MIT
;;
;; Users and groups: the records of /etc/passwd and /etc/group, with the names of SRFI 170. The files are read at each call, by
;; ourselves: static programs have no name service switch, so users who are only in a directory service are not found.
(library (loko system users)
  (export user-info user-info? user-info:name user-info:uid user-info:gid user-info:home-dir user-info:shell
          user-info:full-name user-info:parsed-full-name
          group-info group-info? group-info:name group-info:gid group-info:members user-supplementary-gids)
  (import (rnrs)
          (only (loko core primitives) %os-system-call)
          (only (loko base io-conditions) %raise-file-error)
          (only (loko base strings) %string-split))

  (define-record-type (user make-user user-info?)
    (fields (immutable name user-info:name) (immutable uid user-info:uid) (immutable gid user-info:gid)
            (immutable home-dir user-info:home-dir) (immutable shell user-info:shell) (immutable full-name user-info:full-name)))

  (define-record-type (group make-group group-info?)
    (fields (immutable name group-info:name) (immutable gid group-info:gid) (immutable members group-info:members)))

  ;; A number of the file; #f for damaged ones.
  (define (number s)
    (let ((n (string->number s 10)))
      (and n (exact? n) (integer? n) (>= n 0) n)))

  ;; The first line of the file for which (make fields) is true and is what is wanted, as (make fields); else #f. Without a file
  ;; nobody is known.
  (define (find-entry file make wanted?)
    (if (file-exists? file)
        (call-with-port
         (open-file-input-port file (file-options) (buffer-mode block)
                               (make-transcoder (utf-8-codec) (eol-style lf) (error-handling-mode replace)))
         (lambda (p)
           (let loop ()
             (let ((line (get-line p)))
               (if (eof-object? line)
                   #f
                   (let ((entry (and (not (string=? line "")) (not (memv (string-ref line 0) '(#\# #\+ #\-))) (make (%string-split line #\:)))))
                     (if (and entry (wanted? entry)) entry (loop))))))))
        #f))

  ;; Is the entry the one of that number or name?
  (define (selector who key number-of name-of)
    (cond ((string? key) (lambda (entry) (string=? key (name-of entry))))
          ((and (integer? key) (exact? key)) (lambda (entry) (= key (number-of entry))))
          (else (assertion-violation who "expected an exact integer or a string" key))))

  ;; (user-info uid-or-name): the record of that user, or #f.
  (define (user-info key)
    (find-entry "/etc/passwd"
                (lambda (f)
                  (and (= (length f) 7)
                       (let ((uid (number (caddr f))) (gid (number (cadddr f))) (rest (cddr (cddr f))))
                         (and uid gid (make-user (car f) uid gid (cadr rest) (caddr rest) (car rest))))))
                (selector 'user-info key user-info:uid user-info:name)))

  ;; (user-info:parsed-full-name user-info): the full name's parts between commas; & in the first is the user's name with a capital.
  (define (user-info:parsed-full-name u)
    (let ((parts (%string-split (user-info:full-name u) #\,)))
      (cons (replace-ampersands (car parts) (capitalized (user-info:name u))) (cdr parts))))

  (define (capitalized s)
    (if (and (> (string-length s) 0) (char<=? #\a (string-ref s 0) #\z))
        (string-append (string (char-upcase (string-ref s 0))) (substring s 1 (string-length s)))
        s))

  (define (replace-ampersands s by)
    (let ((parts (%string-split s #\&)))
      (fold-left (lambda (text part) (string-append text by part)) (car parts) (cdr parts))))

  ;; (group-info gid-or-name): the record of that group, or #f.
  (define (group-info key)
    (find-entry "/etc/group"
                (lambda (f)
                  (and (= (length f) 4)
                       (let ((gid (number (caddr f))))
                         (and gid (make-group (car f) gid (filter (lambda (s) (not (string=? s ""))) (%string-split (cadddr f) #\,)))))))
                (selector 'group-info key group-info:gid group-info:name)))

  ;; (user-supplementary-gids): the further groups of this process.
  (define (user-supplementary-gids)
    (define (getgroups size buffer)
      (let ((n (%os-system-call 115 (vector size buffer 0 0 0 0))))
        (if (< n 0) (%raise-file-error 'user-supplementary-gids "" (- n)) n)))
    (let* ((b (make-bytevector 262144)) (n (getgroups 65536 b)))
      (let loop ((i (- n 1)) (l '()))
        (if (< i 0) l (loop (- i 1) (cons (bytevector-u32-native-ref b (* 4 i)) l)))))))
