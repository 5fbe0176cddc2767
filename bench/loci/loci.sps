;; SPDX-License-Identifier: MIT
;;
;; Figures of loci: creation to the first message, round trips of small and large messages. Wall time, minimum of several runs.
(import (rnrs) (loko loci) (only (loko system fibers) internal-time))

(define (minimum runs thunk)
  (let loop ((i 0) (best #f))
    (if (= i runs)
        best
        (let ((start (internal-time)))
          (thunk)
          (let ((time (- (internal-time) start)))
            (loop (+ i 1) (if best (min best time) time)))))))

(define (show what ns)
  (display what)
  (display ": ")
  (display (/ (round (/ ns 100.0)) 10.0))
  (display " µs")
  (newline))

(define (echo ch)
  (let loop ()
    (locus-channel-put ch (locus-channel-get ch))
    (loop)))

(show "create a locus, to its first message"
      (minimum 50 (lambda ()
                    (let ((l (locus ch (locus-channel-put ch 'here) (locus-channel-get ch))))
                      (locus-channel-get l)
                      (locus-channel-put l 'end)))))
(show "create a locus, to its end" (minimum 50 (lambda () (locus-wait (locus ch 0)))))

(define l (locus ch (echo ch)))
(define (round-trips n x)
  (do ((i 0 (+ i 1))) ((= i n)) (locus-channel-put/get l x)))
(show "small round trip" (/ (minimum 10 (lambda () (round-trips 1000 'x))) 1000))
(define bytes (make-bytevector 1000000 1))
(show "1 MB echo" (minimum 20 (lambda () (round-trips 1 bytes))))
(define (changed-trip)
  (bytevector-u8-set! bytes 500000 (mod (+ 1 (bytevector-u8-ref bytes 500000)) 256))
  (locus-channel-put l bytes)
  (bytevector-u8-ref (locus-channel-get l) 500000))
(show "1 MB echo, changed before each" (minimum 20 changed-trip))
(show "1 MB echo, a new one each time" (minimum 20 (lambda () (bytevector-u8-ref (locus-channel-put/get l (make-bytevector 1000000 7)) 500000))))
(define shared (make-shared-bytevector 1000000))
(show "1 MB shared, echo" (minimum 20 (lambda () (round-trips 1 shared))))
(define integers (let loop ((i 0) (r '())) (if (= i 100000) r (loop (+ i 1) (cons i r)))))
(show "list of 100,000 integers, echo" (minimum 20 (lambda () (round-trips 1 integers))))
(locus-kill l)
