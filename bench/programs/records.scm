;; SPDX-License-Identifier: MIT
;; records: accounts and transfers
(import (scheme base) (scheme write))
(define-record-type account (make-account id balance count) account? (id account-id) (balance balance set-balance!) (count transfers set-transfers!))
(define accounts (let ((v (make-vector 1000 #f))) (do ((i 0 (+ i 1))) ((= i 1000) v) (vector-set! v i (make-account i 1000 0)))))
(define (transfer! from to amount)
  (when (<= amount (balance from))
    (set-balance! from (- (balance from) amount)) (set-balance! to (+ (balance to) amount))
    (set-transfers! from (+ 1 (transfers from)))))
(let loop ((i 0) (x 1))
  (if (= i 10000000)
      (display (list (balance (vector-ref accounts 7)) (transfers (vector-ref accounts 7))))
      (let ((y (modulo (+ (* x 69069) 5) 4194304))) (transfer! (vector-ref accounts (modulo x 1000)) (vector-ref accounts (modulo y 1000)) (modulo y 50)) (loop (+ i 1) y))))
