;; SPDX-License-Identifier: MIT
;;
;; Files while other fibers run: what may wait for a disk, or for the other end of a FIFO, is done aside.
(import (rnrs) (only (loko) iota file-size) (loko system fibers) (loko system unsafe) (tests support checks)
        (only (loko system fibers devices) force-calls-aside!) (only (loko core primitives) %blocking-call-event))

(define directory (string-append "/tmp/loko-files-" (number->string (syscall 39)) "-" (number->string (mod (internal-time) 1000000))))
(define (path name) (string-append directory "/" name))
(define (c-path name) (string->utf8 (string-append (path name) "\x0;")))
(syscall 83 (string->utf8 (string-append directory "\x0;")) #o700)

(define turns 0)
(define stop #f)
(define counter (spawn-fiber (lambda () (let loop () (if (not stop) (begin (set! turns (+ turns 1)) (sleep 1/1000) (loop)))))))

;; To open a FIFO waits for its other end: only this fiber.
(syscall 133 (c-path "fifo") #o010600 0)
(let* ((got #f)
       (reader (spawn-fiber (lambda () (let ((p (open-input-file (path "fifo")))) (set! got (get-string-all p)) (close-port p))))))
  (let ((before turns))
    (sleep 1/50)
    (check-true (> turns before))
    (check-equal got #f)
    (check-equal (fiber-state reader) 'waiting))
  (let ((p (open-file-output-port (path "fifo") (file-options no-fail no-truncate) 'block (native-transcoder))))
    (put-string p "through a FIFO")
    (close-port p))
  (fiber-join reader)
  (check-equal got "through a FIFO"))

;; Opening can be given up; nothing stays open then.
(let ((reader (spawn-fiber (lambda () (open-input-file (path "fifo"))))))
  (sleep 1/100)
  (fiber-cancel! reader)
  (perform-operation (fiber-dead-operation reader))
  (check-equal (fiber-state reader) 'cancelled)
  (let loop ((n 0))                                        ; the thread hears of it soon
    (let ((fd (syscall 2 (c-path "fifo") #x801 0)))        ; O_WRONLY, O_NONBLOCK: ENXIO without a reader
      (if (>= fd 0) (syscall 3 fd))
      (if (and (>= fd 0) (< n 100))
          (begin
            (sleep 1/100)
            (if (file-exists? (path "none")) #t)
            (call-with-port (open-file-output-port (path "other") (file-options no-fail)) (lambda (p) #t))
            (loop (+ n 1)))
          (check-equal fd -6)))))
(check-equal (guard (e ((i/o-file-does-not-exist-error? e) 'none)) (open-input-file (path "missing"))) 'none)

;; More fibers than threads, each with its own file: all bytes arrive, in order, once.
(define (copies)
  (let* ((size 200000) (bytes (make-bytevector size)))
    (do ((i 0 (+ i 1))) ((= i size)) (bytevector-u8-set! bytes i (mod (* i 31) 251)))
    (call-with-scope
     (lambda (scope)
       (for-each
        (lambda (k)
          (spawn-fiber
           (lambda ()
             (let ((name (path (number->string k))))
               (call-with-port (open-file-output-port name (file-options no-fail))
                 (lambda (p)
                   (put-bytevector p bytes 0 (+ 1000 k))
                   (flush-output-port p)
                   (put-bytevector p bytes (+ 1000 k))))
               (check-equal (call-with-port (open-file-input-port name) get-bytevector-all) bytes)
               (call-with-port (open-file-input-port name)
                 (lambda (p)
                   (set-port-position! p 150000)
                   (check-equal (list (get-u8 p) (port-position p)) (list (bytevector-u8-ref bytes 150000) 150001))))
               (call-with-port (open-file-output-port name (file-options no-create append))
                 (lambda (p) (put-u8 p 7)))
               (check-equal (file-size name) (+ size 1))
               (delete-file name)))))
        (iota 24))))))
(copies)
(force-calls-aside! #t)
(check-true (>= (%blocking-call-event) 0))
(let ((before turns))
  (copies)
  (check-true (> turns before)))
(let ((p (open-file-output-port "/dev/full" (file-options no-fail))))
  (put-u8 p 1)
  (check-message (flush-output-port p) => '(raised "no space left on device"))
  (guard (e (#t #f)) (close-port p)))

;; A fiber that is cancelled in the middle of a transfer: its bytes are there once, or not at all.
(for-each
 (lambda (k)
   (let* ((p (open-file-output-port (path "cut") (file-options no-fail)))
          (writer (spawn-fiber (lambda () (let loop ((i 0)) (if (< i 20) (begin (put-bytevector p (make-bytevector 1000 i)) (flush-output-port p) (loop (+ i 1)))))))))
     (let wait ((i 0)) (if (< i k) (begin (yield-current-task) (wait (+ i 1)))))
     (sleep (/ k 20000))
     (fiber-cancel! writer)
     (guard (e (#t #f)) (fiber-join writer))
     (close-port p)
     (let ((all (call-with-port (open-file-input-port (path "cut")) get-bytevector-all)))
       (check-true
        (or (eof-object? all)
            (and (= 0 (mod (bytevector-length all) 1000))
                 (let loop ((i 0))
                   (or (= i (bytevector-length all))
                       (and (= (bytevector-u8-ref all i) (div i 1000)) (loop (+ i 1)))))))))))
 (iota 12))

;; A port that is closed while another fiber reads it: what was asked for arrives, or a condition.
(call-with-port (open-file-output-port (path "closed") (file-options no-fail)) (lambda (p) (put-bytevector p (make-bytevector 100000 1))))
(for-each
 (lambda (k)
   (let* ((p (open-file-input-port (path "closed")))
          (reader (spawn-fiber (lambda () (guard (e ((i/o-error? e) 'closed) ((assertion-violation? e) 'closed)) (get-bytevector-n p 100000) 'read)))))
     (let wait ((i 0)) (if (< i k) (begin (yield-current-task) (wait (+ i 1)))))
     (close-port p)
     (check-true (memq (fiber-join reader) '(closed read)))))
 (iota 10))
(force-calls-aside! #f)

;; A pipe that is not O_NONBLOCK and full: the writer waits, the reader goes on.
(let ((fds (make-bytevector 8)))
  (syscall 293 fds #x80000)
  (let* ((name (lambda (k) (string-append "/dev/fd/" (number->string (bytevector-u32-native-ref fds k)))))
         (in (open-file-input-port (name 0)))
         (out (open-file-output-port (name 4) (file-options no-fail no-truncate)))
         (size 400000) (written #f))
    (syscall 3 (bytevector-u32-native-ref fds 0))
    (syscall 3 (bytevector-u32-native-ref fds 4))
    (spawn-fiber (lambda () (put-bytevector out (make-bytevector size 5)) (close-port out) (set! written #t)))
    (sleep 1/100)
    (check-equal written #f)
    (check-equal (bytevector-length (get-bytevector-all in)) size)
    (sleep 1/100)
    (check-equal written #t)))

;; A forked child has threads of its own.
(force-calls-aside! #t)
(let ((pid (syscall 57)))
  (if (= pid 0)
      (begin
        (spawn-fiber (lambda () (sleep 1000)))
        (call-with-port (open-file-output-port (path "child") (file-options no-fail)) (lambda (p) (put-u8 p 65)))
        (syscall 231 0))
      (begin
        (syscall 61 pid 0 0 0)
        (check-equal (call-with-port (open-file-input-port (path "child")) get-bytevector-all) #vu8(65)))))
(force-calls-aside! #f)

(set! stop #t)
(fiber-join counter)
(for-each (lambda (name) (delete-file (path name))) '("fifo" "cut" "closed" "child"))
(if (file-exists? (path "other")) (delete-file (path "other")))
(syscall 84 (string->utf8 (string-append directory "\x0;")))
(finish)
