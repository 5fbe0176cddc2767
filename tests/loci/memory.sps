;; SPDX-License-Identifier: MIT
;;
;; The system has no room for another process, or for a memory file: conditions, or another way; what exists goes on.
(import (rnrs) (loko loci) (loko system fibers) (only (loko system unsafe) syscall) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))
(define (limit! resource n)
  (let ((limit (make-bytevector 16 0)))
    (bytevector-u64-native-set! limit 0 n)
    (bytevector-u64-native-set! limit 8 n)
    (syscall 160 resource limit)))
(define RLIMIT_FSIZE 1)
(define RLIMIT_NPROC 6)
(define l
  (locus ch
    (let ((brother (locus c (let loop () (let ((x (locus-channel-get c))) (if (not (eof-object? x)) (begin (locus-channel-put c x) (loop))))))))
      (locus-channel-put/get brother 1)
      (syscall 105 65534)                          ; setuid: the superuser has no limits
      (limit! RLIMIT_NPROC 1)
      (let* ((before (descriptors)) (failed (guard (c ((i/o-error? c) (condition-message c))) (locus c 0) 'made)))
        (locus-channel-put ch (list failed (- (descriptors) before) (locus-channel-put/get brother 'still)))))))
(check (list (locus-channel-get l) (locus-wait l)) => '(("would block" 0 still) 0))
;; a memory file can't be written: the bytes take the stream
(define m
  (locus ch
    (limit! RLIMIT_FSIZE 1000)
    (syscall 13 25 (let ((action (make-bytevector 32 0))) (bytevector-u64-native-set! action 0 1) action) 0 8)     ; SIGXFSZ is ignored
    (locus-channel-put ch (list 'big (make-bytevector 400000 5)))))
(check (let ((r (locus-channel-get m))) (list (bytevector-length (cadr r)) (bytevector-u8-ref (cadr r) 399999) (locus-wait m))) => '(400000 5 0))
(finish)
