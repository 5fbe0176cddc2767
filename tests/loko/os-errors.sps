;; SPDX-License-Identifier: MIT
;; Errors of the system, whoever met them: each condition has &i/o, &os-error with number and name, &who, a message, and what it was about.
(import (rnrs) (loko system file-system) (loko system process) (loko system net sockets) (loko system net addresses) (loko system signals)
        (only (loko) port-file-descriptor-set!)
        (only (loko base io-conditions) raise-os-error)
        (only (loko arch amd64 linux-syscalls) sys_close syscall-error? syscall-error-name)
        (rename (only (tests support checks) check-equal finish) (check-equal check)))

;; What is raised: number, name, who, message, irritants; the types of R6RS in front.
(define-syntax told
  (syntax-rules ()
    ((_ e)
     (guard (c ((and (i/o-error? c) (os-error? c) (who-condition? c) (message-condition? c) (irritants-condition? c))
                (list (cond ((i/o-file-does-not-exist-error? c) 'file-does-not-exist)
                            ((i/o-file-already-exists-error? c) 'file-already-exists)
                            ((i/o-file-protection-error? c) 'file-protection)
                            ((i/o-filename-error? c) 'filename)
                            ((i/o-read-error? c) 'read)
                            ((i/o-write-error? c) 'write)
                            (else 'i/o))
                      (os-error-number c) (os-error-name c) (condition-who c) (condition-message c)))
               ((condition? c) (list 'other (and (message-condition? c) (condition-message c)))))
       e
       'nothing))))

;; files
(check (told (open-file-input-port "/no/such")) '(file-does-not-exist 2 ENOENT open-file-input-port "no such file or directory"))
(check (told (open-input-file "/etc")) '(file-protection 21 EISDIR open-input-file "is a directory"))
(check (told (open-file-output-port "/etc/passwd")) '(file-already-exists 17 EEXIST open-file-output-port "file exists"))
(check (told (delete-file "/no/such")) '(file-does-not-exist 2 ENOENT delete-file "no such file or directory"))
(check (told (directory-files "/etc/passwd")) '(file-does-not-exist 20 ENOTDIR open-directory "not a directory"))
(check (told (read-symlink "/etc")) '(filename 22 EINVAL read-symlink "invalid argument"))
(check (told (open-file-input-port (make-string 5000 #\a))) '(filename 36 ENAMETOOLONG open-file-input-port "file name too long"))
(check (guard (c (#t (list (i/o-error-filename c) (condition-irritants c)))) (open-file-input-port "/no/such")) '("/no/such" ("/no/such")))
;; ports
(let ((p (open-file-output-port "/dev/full" (file-options no-create no-truncate))))
  (check (told (begin (put-u8 p 1) (flush-output-port p))) '(write 28 ENOSPC write "no space left on device"))
  (check (told (close-port p)) '(write 28 ENOSPC write "no space left on device")))
(let ((p (open-file-input-port "/dev/null")))
  (port-file-descriptor-set! p 1000000)
  (check (told (get-u8 p)) '(read 9 EBADF read "bad file descriptor")))
;; sockets
(define nobody (let ((l (open-listener (string->ip-address "127.0.0.1" 0)))) (let ((a (socket-local-address l))) (socket-close l) a)))
(check (told (connect-address nobody)) '(i/o 111 ECONNREFUSED connect-address "connection refused"))
(let ((l (open-listener (string->ip-address "127.0.0.1" 0))))
  (check (told (open-listener (socket-local-address l))) '(i/o 98 EADDRINUSE open-listener "address already in use"))
  (check (told (socket-peer-address l)) '(i/o 107 ENOTCONN socket-peer-address "not connected"))
  (socket-close l))
;; processes and signals
(check (told (spawn-process "/no/such" '())) '(file-does-not-exist 2 ENOENT spawn-process "no such file or directory"))
(check (told (spawn-process "no-such-program-at-all" '())) '(file-does-not-exist 2 ENOENT spawn-process "no such file or directory"))
(check (told (spawn-process "/etc/passwd" '())) '(file-protection 13 EACCES spawn-process "permission denied"))
;; system calls
(check (guard (c ((and (syscall-error? c) (os-error? c)) (list (syscall-error-name c) (os-error-number c) (os-error-name c) (condition-who c) (condition-irritants c))))
         (sys_close 1000000))
       '(EBADF 9 EBADF sys_close (1000000)))
;; numbers without a name of ours
(check (told (raise-os-error 'call -4000 'x)) '(i/o 4000 #f call "error of the operating system, number 4000"))
(finish)
