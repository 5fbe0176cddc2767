;; SPDX-License-Identifier: MIT
;;
;; The early server (docs/adr/0017): a process that is forked when a program begins which creates loci, and forks these. In: tasks whose procedure
;; reaches only what a snapshot can hold (%take-snapshot). Out: process numbers of children of this process, which have made the snapshot's
;; objects anew; or #f, and then this process is forked (launcher.sls): nobody but the clock can tell which it was.
;; A creation is one message each way: a request with the descriptors of the new process and its snapshot, or a memory file with this
;; if it is large; the answer is the process number, or a negative error number.
;; INVARIANT(early): the server runs none of the program. It has no descriptors but its socket and no working directory of its own, and dies with its
;; creator.
(library (loko loci early)
  (export %begin-early-server! %early-server %early-count %why-no-snapshot)
  (import (rnrs)
          (only (loko core primitives) %os-syscall %os-close %os-poll %os-read %os-write %os-sendmsg %os-recvmsg %exit %bytevector-copy!
                %take-snapshot %restore-snapshot %base-rtd)
          (only (loko base process-state) %set-at-change! %ignore-change)
          (only (loko base process) get-environment-variable get-environment-variables %environment-list)
          (only (loko base symbols) %gensym-count %set-gensym-count!)
          (only (loko base records) %nongenerative-types %set-nongenerative-types! %rcd-rtd)
          (only (loko base hashtables) hashtable-rtd)
          (only (loko base conditions) %compound-condition-rtd)
          (only (loko base promises) %promise-rtd)
          (only (loko base enums) %enumeration-rtds)
          (only (loko base control) %add-exit-procedure!)
          (only (loko system fibers scheduler) %reset-scheduler!)
          (loko loci launcher))

  ;; Records of the system that are plain data: their types, and those below them.
  (define plain-types
    (cons* (%base-rtd) %rcd-rtd hashtable-rtd %compound-condition-rtd (record-type-descriptor &condition) %promise-rtd %enumeration-rtds))

  (define room 32768)              ; of a request
  (define header 8)                ; its first bytes: length of the snapshot in the request, or -1; is there an input?

  ;;; The server

  (define (serve socket creator)
    (%os-syscall 157 1 9)                                               ; PR_SET_PDEATHSIG, SIGKILL
    (if (not (= (%os-syscall 110) creator)) (%exit 0))
    (%reset-scheduler!)
    (let ((socket (keep-only socket)) (buffer (make-bytevector room)) (answer (make-bytevector 8)))
      (%os-syscall 80 (string->utf8 "/\x0;"))                           ; chdir
      (let loop ()
        (%os-poll socket #f -1)
        (let ((r (%os-recvmsg socket buffer 0 room)))
          (cond ((pair? r)
                 (bytevector-s64-native-set! answer 0 (create buffer (cdr r) creator))
                 (for-each %os-close (filter values (cdr r)))
                 (%os-write socket answer 0 8)
                 (loop))
                ((memv r '(-4 -11)) (loop))
                (else (%exit 0)))))))

  ;; Closes all descriptors but the socket, whose number is the result; 0, 1 and 2 are empty, so that nobody waits for the end of what they
  ;; were.
  (define (keep-only socket)
    (let ((socket (%os-syscall 72 socket 1030 3)))                      ; F_DUPFD_CLOEXEC
      (%os-syscall 436 0 2 0)                                           ; close_range
      (%os-syscall 2 (string->utf8 "/dev/null\x0;") 2 0)
      (%os-syscall 33 0 1)
      (%os-syscall 33 0 2)
      (if (> socket 3) (%os-syscall 436 3 (- socket 1) 0))
      (%os-syscall 436 (+ socket 1) #xffffffff 0)
      socket))

  ;; Forks for a request: the number of the new process, a child of the creator.
  (define (create request fds creator)
    (if (memv #f fds)
        -24                                                             ; EMFILE: some were lost
        (let ((in? (eqv? 1 (bytevector-s32-native-ref request 4))) (snapshot #f))
          (fork-task (make-task (lambda (ch) (run-snapshot snapshot ch)) #f #f '() no-limits)
                     '() (car fds) (and in? (list-ref fds 4)) (list-ref fds 2) (list-ref fds 3)
                     (lambda ()
                       (%os-syscall 81 (cadr fds))                      ; fchdir
                       (set! snapshot (snapshot-of request fds)))
                     creator))))

  (define (snapshot-of request fds)
    (let ((n (bytevector-s32-native-ref request 0)))
      (if (>= n 0)
          (let ((bv (make-bytevector n)))
            (%bytevector-copy! request header bv 0 n)
            bv)
          (read-file (car (reverse fds))))))

  (define (read-file fd)
    (let* ((n (%os-syscall 8 fd 0 2)) (bv (make-bytevector n)))         ; lseek, SEEK_END
      (%os-syscall 8 fd 0 0)
      (let loop ((at 0))
        (if (< at n)
            (let ((k (%os-read fd bv at (- n at))))
              (if (<= k 0) (%exit 1))
              (loop (+ at k)))))
      bv))

  ;; In the new process.
  (define (run-snapshot snapshot ch)
    (let ((r (%restore-snapshot snapshot (%nongenerative-types) hashtable-rtd)))
      (let-values (((proc variables gensyms types cpu wall) (apply values (vector->list r))))
        (%set-nongenerative-types! types)
        (%set-gensym-count! gensyms)
        (if variables (set-environment! variables))
        (use-limits! (make-locus-limits #f cpu wall))
        (proc ch))))

  ;;; The creator

  (define server #f)               ; its process number
  (define socket #f)
  (define environment #f)          ; the list of variables that the server has
  (define why #f)
  (define count 0)

  ;; For tests: the server's process number or #f; how many processes it has made; why the last creation that could not be its was not, or #f.
  (define (%early-server) server)
  (define (%early-count) count)
  (define (%why-no-snapshot) why)

  ;; (%begin-early-server!): the program begins. Without processes, or if one can't be had, there is no server.
  (define (%begin-early-server!)
    (if (not (equal? (get-environment-variable "LOKO_LOCI") "fork"))
        (let* ((fds (make-bytevector 8 0)) (creator (%os-syscall 39)))
          (if (= 0 (%os-syscall 53 1 #x80005 0 fds))                    ; socketpair, SOCK_SEQPACKET | SOCK_CLOEXEC
              (let* ((ours (above-standard (bytevector-u32-native-ref fds 0))) (theirs (above-standard (bytevector-u32-native-ref fds 4)))
                     (pid (fork-without-signals (lambda () (serve theirs creator)) #f)))
                (%os-close theirs)
                (if (< pid 0)
                    (%os-close ours)
                    (begin
                      (set! server pid)
                      (set! socket ours)
                      (set! environment (%environment-list))
                      (%set-early-start! start)
                      (let ((end (lambda () (if (eqv? creator (%os-syscall 39)) (end-server!)))))
                        (%set-at-change! end)
                        (%add-exit-procedure! end)))))))))

  ;; The descriptor, or another one in its place if it took the number of a standard port that is closed.
  (define (above-standard fd)
    (if (> fd 2)
        fd
        (let ((copy (%os-syscall 72 fd 1030 3)))                        ; F_DUPFD_CLOEXEC
          (%os-close fd)
          copy)))

  ;; It is of no use any more, or the process ends: it is gone when this returns.
  (define (end-server!)
    (if server
        (let ((pid server))
          (set! server #f)
          (%set-early-start! #f)
          (%set-at-change! %ignore-change)
          (%os-syscall 62 pid 9)
          (%os-syscall 61 pid 0 0 0)                                    ; wait4
          (%os-close socket))))

  ;; The number of a process that does the task, whose end of the channel is `channel`; #f if that must be a copy of this one.
  (define (start task channel in out err)
    (let ((l (task-limits task)))
      (if (or (limits-memory l) (pair? (task-context task)))
          #f
          (let ((snapshot (%take-snapshot (vector (task-procedure task)
                                                  (and (not (eq? (%environment-list) environment)) (get-environment-variables))
                                                  (%gensym-count)
                                                  (%nongenerative-types)
                                                  (limits-cpu-time l)
                                                  (limits-wall-time l))
                                          plain-types)))
            (if (bytevector? snapshot)
                (request snapshot channel in out err)
                (begin
                  (set! why snapshot)
                  #f))))))

  (define (request snapshot channel in out err)
    (let* ((n (bytevector-length snapshot)) (here? (<= n (- room header)))
           (file (if here? #f (make-file snapshot)))
           (directory (%os-syscall 2 (string->utf8 ".\x0;") #x290000 0))                ; open, O_PATH | O_DIRECTORY | O_CLOEXEC
           (message (make-bytevector (if here? (+ header n) header))))
      (bytevector-s32-native-set! message 0 (if here? n -1))
      (bytevector-s32-native-set! message 4 (if in 1 0))
      (if here? (%bytevector-copy! snapshot 0 message header n))
      (let ((pid (if (or (< directory 0) (and file (< file 0)))
                     #f
                     (ask message (append (list channel directory out err) (if in (list in) '()) (if file (list file) '()))))))
        (if (>= directory 0) (%os-close directory))
        (if (and file (>= file 0)) (%os-close file))
        pid)))

  ;; A memory file with these bytes; a negative number if there is none to be had.
  (define (make-file bytes)
    (let ((fd (%os-syscall 319 (string->utf8 "snapshot\x0;") 1)) (n (bytevector-length bytes)))     ; memfd_create, MFD_CLOEXEC
      (let loop ((at 0))
        (cond ((or (< fd 0) (= at n)) fd)
              (else
               (let ((k (%os-write fd bytes at (- n at))))
                 (if (> k 0)
                     (loop (+ at k))
                     (begin
                       (%os-close fd)
                       -1))))))))

  ;; The answer to a request, or #f: the server can't. A server that does not answer is ended; if it had made a process, that ends with
  ;; its channel, before the procedure was called.
  (define (ask message fds)
    (if (= (bytevector-length message) (%os-sendmsg socket message 0 (bytevector-length message) fds))
        (let ((answer (make-bytevector 8 0)))
          (let loop ((patience 20))
            (%os-poll socket #f 100)
            (let ((n (%os-recvmsg socket answer 0 8)))
              (cond ((eqv? n 8)
                     (let ((pid (bytevector-s64-native-ref answer 0)))
                       (and (> pid 0)
                            (begin
                              (set! count (+ count 1))
                              pid))))
                    ((memv n '(-4 -11))
                     (if (= patience 0) (%os-syscall 62 server 9))
                     (loop (- patience 1)))
                    (else (end-server!) #f)))))
        (begin
          (end-server!)
          #f))))
