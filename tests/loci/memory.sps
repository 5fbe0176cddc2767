;; SPDX-License-Identifier: MIT
;;
;; The system has no room for another process, or for a memory file: conditions, or another way; what exists goes on. And how much
;; memory of its own a locus has at its first message.
(import (rnrs) (loko loci) (loko system fibers) (only (loko system file-system) os-error? os-error-number) (only (loko) parameterize) (only (loko system unsafe) syscall) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))
(define (limit-of! pid resource n)               ; prlimit64; 0: this process
  (let ((limit (make-bytevector 16 0)))
    (bytevector-u64-native-set! limit 0 n)
    (bytevector-u64-native-set! limit 8 n)
    (syscall 302 pid resource limit 0)))
(define (limit! resource n) (limit-of! 0 resource n))
(define RLIMIT_FSIZE 1)
(define RLIMIT_NPROC 6)
(define RLIMIT_NOFILE 7)
(define RLIMIT_AS 9)
;; What a creation that fails says, with the system's number, and who.
(define (failure make)
  (guard (c ((and (i/o-error? c) (os-error? c)) (list (condition-who c) (condition-message c) (os-error-number c)))) (make) 'made))
(define no-process '(locus "can't make a process: resource temporarily unavailable" 11))
(define l
  (locus ch
    (let ((brother (locus c (let loop () (let ((x (locus-channel-get c))) (if (not (eof-object? x)) (begin (locus-channel-put c x) (loop))))))))
      (locus-channel-put/get brother 1)
      (syscall 105 65534)                          ; setuid: the superuser has no limits
      (limit! RLIMIT_NPROC 1)
      (let* ((before (descriptors)) (failed (failure (lambda () (locus c 0)))))
        (locus-channel-put ch (list failed (- (descriptors) before) (locus-channel-put/get brother 'still)))))))
(check (list (locus-channel-get l) (locus-wait l)) => (list (list no-process 0 'still) 0))
;; the same of a fork server, which goes on
(define served
  (locus ch
    (syscall 105 65534)
    (let ((server (make-locus-server (lambda (c x) (locus-channel-put c (* 2 x))))))
      (define (room! n) (limit-of! (locus-pid (locus-server-process server)) RLIMIT_NPROC n))
      (locus-wait (start-locus server 1))
      (room! 1)
      (let* ((before (descriptors)) (failed (failure (lambda () (start-locus server 2)))) (left (max 0 (- (descriptors) before))))
        (locus-channel-put ch (list failed left (perform-operation/timeout (locus-dead-evt (locus-server-process server)) 0 (lambda () 'alive))))))))
(check (list (locus-channel-get served) (locus-wait served)) => (list (list no-process 0 'alive) 0))
;; a memory file can't be written: the bytes take the stream
(define m
  (locus ch
    (limit! RLIMIT_FSIZE 1000)
    (syscall 13 25 (let ((action (make-bytevector 32 0))) (bytevector-u64-native-set! action 0 1) action) 0 8)     ; SIGXFSZ is ignored
    (locus-channel-put ch (list 'big (make-bytevector 400000 5)))))
(check (let ((r (locus-channel-get m))) (list (bytevector-length (cadr r)) (bytevector-u8-ref (cadr r) 399999) (locus-wait m))) => '(400000 5 0))

;;; The system gives no more memory (ENOMEM): what needs it is a condition, the channel goes on; a heap that must grow ends the locus, and its
;;; creator sees that
(define (without-memory errors)
  (parameterize ((current-error-port errors))
    (locus ch
      (define (message make) (guard (c ((i/o-error? c) (condition-message c))) (make) 'made))
      (locus-channel-get ch)
      (limit! RLIMIT_AS 0)
      (let* ((large (message (lambda () (locus-channel-get ch)))) (small (locus-channel-get ch)))
        (locus-channel-put ch (list large small (message (lambda () (make-shared-bytevector 100000))))))
      (let loop ((l '())) (loop (cons (make-vector 10000 l) l))))))
(let*-values (((errors text) (open-string-output-port)) ((l) (without-memory errors)))
  (locus-channel-put l 'go)
  (locus-channel-put l (make-bytevector 1000000 4))
  (locus-channel-put l 'small)
  (check (locus-channel-get l) => '("out of memory" small "out of memory"))
  (check (eof-object? (locus-channel-get l)) => #t)
  (check (list (locus-wait l) (locus-death l)) => '(1 (value 1)))
  (let ((report (text))) (check (substring report 0 (min 20 (string-length report))) => "loko: out of memory:")))

;;; A fork server without numbers for descriptors: a condition, no descriptor is left, and it goes on when it has some
(define doubles (make-locus-server (lambda (ch x) (locus-channel-put ch (* 2 x)))))
(define (numbers! n)
  (let ((limit (make-bytevector 16 0)))
    (bytevector-u64-native-set! limit 0 n)
    (bytevector-u64-native-set! limit 8 200)
    (syscall 302 (locus-pid (locus-server-process doubles)) RLIMIT_NOFILE limit 0)))
(locus-wait (start-locus doubles 1))
(define open (descriptors))
(numbers! 5)
(check (failure (lambda () (start-locus doubles 2))) => '(locus "can't make a process: too many open files" 24))
(check (max 0 (- (descriptors) open)) => 0)
(numbers! 200)
(check (let* ((l (start-locus doubles 2)) (m (locus-channel-get l))) (list m (locus-wait l))) => '(4 0))

;;; A locus is a copy of its creator that shares its memory: what it has for itself at its first message, in kilobytes, is little, however large the creator.
(define (private-dirty pid)
  (call-with-input-file (string-append "/proc/" (number->string pid) "/smaps_rollup")
    (lambda (p)
      (let loop ()
        (let* ((line (get-line p)) (n (string-length line)))
          (if (and (> n 14) (string=? (substring line 0 14) "Private_Dirty:"))
              (get-datum (open-string-input-port (substring line 14 n)))
              (loop)))))))
(define (at-first-message l)
  (locus-channel-get l)
  (let ((n (private-dirty (locus-pid l))))
    (locus-kill l)
    (< 0 n 3000)))
(define small (make-locus-server (lambda (ch) (locus-channel-put ch 'here) (locus-channel-get ch))))
(define (forked) (locus ch (locus-channel-put ch 'here) (locus-channel-get ch)))
(check (list (at-first-message (forked)) (at-first-message (start-locus small))) => '(#t #t))
(define heap (make-vector 8000000 0))
(check (list (at-first-message (forked)) (at-first-message (start-locus small)) (vector-length heap)) => '(#t #t 8000000))
(finish)
