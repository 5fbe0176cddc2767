;; SPDX-License-Identifier: MIT
;;
;; What a locus gone mad may send: frames with wrong attachments, descriptors that nobody claims, memory files that are not what they
;; should be. Each is a condition or a datum; nothing hangs, no descriptor stays. Also what goes wrong in good messages.
(import (rnrs) (loko loci) (loko loci shared) (loko fasl) (loko system fibers) (only (loko system unsafe) syscall) (only (loko core primitives) %os-sendmsg %collect) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))

;; A frame as the locus would write it: the datum, descriptions, and how many descriptors it claims.
(define (frame x descriptions count)
  (let* ((d (datum->fasl x)) (m (datum->fasl descriptions)) (n (bytevector-length d)) (k (bytevector-length m)) (bv (make-bytevector (+ n k 8))))
    (bytevector-copy! d 0 bv 0 n)
    (bytevector-copy! m 0 bv n k)
    (bytevector-u64-set! bv (+ n k) k 'little)
    (header! bv count)))
(define (header! bv count)
  (bytevector-u8-set! bv 5 count)
  (bytevector-u8-set! bv 6 1)
  (bytevector-u64-set! bv 8 (- (bytevector-length bv) 16) 'little)
  bv)
;; the datum is the first attachment
(define (frame-of description count)
  (let* ((m (datum->fasl (list description))) (k (bytevector-length m)) (bv (make-bytevector (+ 18 k 8) 0)))
    (bytevector-copy! '#vu8(#xb1 #x4c #x4b #x46 1) 0 bv 0 5)
    (bytevector-u8-set! bv 16 26)
    (bytevector-copy! m 0 bv 18 k)
    (bytevector-u64-set! bv (+ 18 k) k 'little)
    (header! bv count)))
(define (open-null) (syscall 2 (string->utf8 "/dev/null\x0;") #x80002 0))
(define (memory-file size seals)
  (let ((fd (syscall 319 (string->utf8 "x\x0;") 3)))
    (syscall 77 fd size)
    (if (> seals 0) (syscall 72 fd 1033 seals))
    fd))

;; What arrives of the bytes with these descriptors: a datum, refused (a condition), lost or end.
(define (arrival bytes . open)
  (let* ((l (locus/context ch (%os-sendmsg 3 bytes 0 (bytevector-length bytes) (map (lambda (f) (if (pair? f) (apply memory-file f) (open-null))) open)) (locus-channel-get ch)))
         (x (guard (c ((i/o-error? c) (if (i/o-read-error? c) 'refused (condition-message c)))) (locus-channel-get l))))
    (locus-kill l)
    (cond ((port? x) (close-port x) 'port)
          ((bytevector? x) (list 'bytes (bytevector-length x)))
          ((locus-channel? x) (locus-channel-close x) 'channel)
          (else x))))
(arrival (frame 1 '() 0))
(define before (descriptors))
(check (arrival (frame 1 '() 0)) => 1)
(check (arrival (frame 1 '() 1)) => 'refused)                              ; claims what did not come
(check (arrival (frame 1 '() 1) 'null) => 'refused)                        ; more than its parts take
(check (arrival (frame 1 '() 0) 'null) => 1)                               ; unclaimed: kept until the next, then the end
(check (arrival (frame-of '(bytevector 8 #t) 1) 'null) => 'refused)        ; not a memory file
(check (arrival (frame-of '(bytevector 8 #t) 1) '(8 6)) => '(bytes 8))
(check (arrival (frame-of '(bytevector 0 #t) 1) '(8 6)) => '(bytes 0))
(check (arrival (frame-of '(bytevector 8 #t) 1) '(8 0)) => 'refused)       ; could shrink under our feet
(check (arrival (frame-of '(bytevector 9 #t) 1) '(8 6)) => 'refused)       ; shorter than it says
(check (arrival (frame-of '(bytevector 1000000 #f) 1) '(1000008 6)) => 'refused)       ; could be changed
(check (arrival (frame-of '(bytevector 1000000 #f) 1) '(1000008 14)) => 'refused)      ; its header is wrong
(check (arrival (frame-of '(bytevector 1000000 ()) 1) '(1000000 22)) => '(bytes 1000000))
(check (arrival (frame-of '(bytevector 300000 ()) 1) '(1000000 22)) => '(bytes 300000))
(check (arrival (frame-of '(bytevector 5 ()) 1) '(8 22)) => '(bytes 5))
(check (arrival (frame-of '(bytevector 1000000 ()) 1) '(1000000 0)) => 'refused)       ; nothing is sealed
(check (arrival (frame-of '(bytevector 1000000 ()) 1) '(1000000 6)) => 'refused)       ; anybody could change it
(check (arrival (frame-of '(bytevector 1000000 ()) 1) '(1000000 20)) => 'refused)      ; could shrink
(check (arrival (frame-of '(bytevector 1000001 ()) 1) '(1000000 22)) => 'refused)      ; too short
(check (arrival (frame-of '(bytevector 20000000 ()) 1) '(20000000 22)) => 'refused)    ; nobody lends so much
(check (arrival (frame-of '(bytevector 8 ()) 1) 'null) => 'refused)
(check (arrival (frame-of '(bytevector 8 lent) 1) '(8 22)) => 'refused)
(check (arrival (frame-of '(bytevector 8 #t) 1) '(8 22)) => 'refused)                  ; can't be shared
(check (arrival (frame-of '(bytevector 1152921504606846975 ()) 1) '(8 22)) => "out of memory")
(check (arrival (frame-of '(bytevector 1152921504606846975 #t) 1) '(8 6)) => "out of memory")
(check (arrival (frame-of '(bytevector -1 #t) 1) '(8 6)) => 'refused)
(check (arrival (frame-of '(bytevector x #t) 1) '(8 6)) => 'refused)
(check (arrival (frame-of '(bytevector 8) 1) '(8 6)) => 'refused)
(check (arrival (frame-of '(bytes #vu8(1 2)) 0)) => '(bytes 2))
(check (arrival (frame-of '(bytes "ab") 0)) => 'refused)
(check (arrival (frame-of '(port "x" 4 #f block #f) 1) 'null) => 'port)
(check (arrival (frame-of '(port "x" 4 (utf-8 none raise) block #vu8(65)) 1) 'null) => 'port)
(check (arrival (frame-of '(port "x" 8 (latin-1 crlf replace) line #f) 1) 'null) => 'port)
(check (arrival (frame-of '(port "x" 0 #f block #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(port "x" 4 (utf-9 none raise) block #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(port "x" 4 #f huge #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(port "x" 4 #f block #f) 0)) => 'refused)
(check (arrival (frame-of '(channel () () 0 #vu8() #f 0 () #f) 1) 'null) => 'channel)
(check (arrival (frame-of '(channel () () 1 #vu8() #f 0 () #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(channel ((#vu8(1))) () 0 #vu8() #f 0 () #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(channel () () 0 #vu8(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18) #f 0 () #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(channel () () 0 #vu8() #vu8(1 2) 99999999999999999 () #f) 1) 'null) => 'channel)
(check (arrival (frame-of '(channel () () 0 #vu8() #vu8(1 2) 1 () #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(channel (x . y) () 0 #vu8() #f 0 () #f) 1) 'null) => 'refused)
(check (arrival (frame-of '(locus) 0)) => 'refused)
(check (arrival (frame-of 5 0)) => 'refused)
(check (arrival (frame 1 5 0)) => 'refused)
(check (arrival (frame 1 '(a . b) 0)) => 'refused)
(check (arrival (let ((b (frame 1 '() 0))) (bytevector-u64-set! b (- (bytevector-length b) 8) 1000000 'little) b)) => 'refused)
(check (arrival (let ((b (frame 1 '() 0))) (bytevector-u64-set! b (- (bytevector-length b) 8) #xffffffffffffffff 'little) b)) => 'refused)
(check (arrival (header! (bytevector-copy '#vu8(#xb1 #x4c #x4b #x46 1 0 1 0 0 0 0 0 0 0 0 0)) 0)) => 'refused)
(check (arrival (let ((b (frame 1 '() 0))) (bytevector-u8-set! b 5 254) b)) => 'refused)
(check (arrival (let ((b (frame 1 '() 0))) (bytevector-u8-set! b 7 1) b)) => 'refused)

;; bytes changed at random in good frames of every kind
(define seed 4711)
(define (random n) (set! seed (mod (+ (* seed 1103515245) 12345) 2147483648)) (mod (div seed 65536) n))
(define goods
  (list (frame-of '(bytevector 8 #t) 1) (frame-of '(port "x" 12 (utf-8 none raise) block #vu8(65)) 1)
        (frame-of '(channel ((#vu8(#xb1 #x4c #x4b #x46 1 0 0 0 1 0 0 0 0 0 0 0 200))) () 0 #vu8(1 2) #vu8(3) 100 () #f) 1)
        (frame '(1 2 "abc" x) '((bytes #vu8(1))) 0)))
(define fuzzer
  (locus ch
    (do ((i 0 (+ i 1))) ((= i 400))
      (let ((b (bytevector-copy (list-ref goods (random 4)))))
        (do ((j (random 4) (- j 1))) ((< j 0)) (bytevector-u8-set! b (+ 16 (random (- (bytevector-length b) 16))) (random 256)))
        (let ((fds (if (= 1 (bytevector-u8-ref b 5)) (list (memory-file 8 6)) '())))
          (let again () (if (< (%os-sendmsg 3 b 0 (bytevector-length b) fds) 0) (begin (sleep 0.001) (again))))
          (for-each (lambda (fd) (syscall 3 fd)) fds))))))
(define (take-anything)
  (guard (c ((i/o-error? c) 'refused))
    (let ((x (locus-channel-get fuzzer)))
      (cond ((port? x) (close-port x)) ((locus-channel? x) (locus-channel-close x)))
      (if (eof-object? x) 'end 'taken))))
(check (let loop ((n 0) (refused 0)) (case (take-anything) ((end) (list n (> refused 50) (locus-wait fuzzer))) ((refused) (loop (+ n 1) (+ refused 1))) (else (loop (+ n 1) refused)))) => '(400 #t 0))

;; descriptors with every byte, claimed by nobody: the channel ends, and they are closed
(define flood
  (locus ch
    (do ((i 0 (+ i 1))) ((= i 50)) (let ((fd (open-null))) (%os-sendmsg 3 '#vu8(#xb1) 0 1 (list fd fd fd)) (syscall 3 fd)))
    (locus-channel-get ch)))
(check (guard (c ((i/o-read-error? c) 'refused)) (locus-channel-get flood)) => 'refused)
(locus-kill flood)

;;; Good messages: a receiver without numbers, death with descriptors on their way
(define poor
  (locus ch
    (let ((limit (make-bytevector 16 0)))
      (define (numbers n) (bytevector-u64-native-set! limit 0 n) (bytevector-u64-native-set! limit 8 40) (syscall 160 7 limit))
      (locus-channel-put ch 'ready)
      (locus-channel-get ch)
      (numbers 8)
      (locus-channel-put ch 'poor)
      (let* ((a (guard (c ((i/o-error? c) (condition-message c))) (locus-channel-get ch))) (b (locus-channel-get ch)))
        (numbers 40)
        (locus-channel-put ch (list a b))
        (locus-channel-put ch (length (locus-channel-get ch)))
        (exit 5)))))
(define (shared n) (vector->list (vector-map (lambda (x) (make-shared-bytevector 8)) (make-vector n 0))))
(locus-channel-get poor)
(locus-channel-put/get poor 'go)
(locus-channel-put poor (shared 20))
(locus-channel-put poor 'next)
(check (locus-channel-get poor) => '("the file descriptors of a message are lost: too many open files" next))
(locus-channel-put poor (shared 5))
(check (list (locus-channel-get poor) (locus-wait poor)) => '(5 5))
(define dying (locus ch (locus-channel-get ch) (exit 1)))
(guard (c ((i/o-error? c) 'dead))
  (do ((i 0 (+ i 1))) ((= i 30)) (locus-channel-put dying (list (make-shared-bytevector 8) (make-bytevector 300000)))))
(check (locus-wait dying) => 1)
;; with no numbers left a large bytevector travels by its bytes, a shared one is refused
(define bare
  (locus ch
    (let ((limit (make-bytevector 16 0)))
      (locus-channel-get ch)
      (let ((sh (make-shared-bytevector 8)))
        (bytevector-u64-native-set! limit 0 (+ 1 (syscall 72 0 0 3)))
        (bytevector-u64-native-set! limit 0 3)
        (bytevector-u64-native-set! limit 8 100)
        (syscall 160 7 limit)
        (locus-channel-put ch (make-bytevector 500000 6))
        (locus-channel-put ch (guard (c ((i/o-error? c) 'refused)) (locus-channel-put ch sh) 'sent))))))
(locus-channel-put bare 'go)
(check (let* ((a (locus-channel-get bare)) (b (locus-channel-get bare))) (list (bytevector-length a) (bytevector-u8-ref a 499999) b (locus-wait bare))) => '(500000 6 refused 0))

(define (settle n) (%collect #t) (sleep 0.01) (if (and (> (descriptors) before) (> n 0)) (settle (- n 1)) (- (descriptors) before)))
(check (settle 100) => 0)
(finish)
