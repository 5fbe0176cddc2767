;; SPDX-License-Identifier: MIT
;; text: building, searching and cutting strings
(import (scheme base) (scheme char) (scheme write))
(define (find s part) (let ((n (string-length s)) (m (string-length part))) (let loop ((i 0)) (cond ((> (+ i m) n) #f) ((string=? (substring s i (+ i m)) part) i) (else (loop (+ i 1)))))))
(define (words n) (let loop ((i 0) (s "")) (if (= i n) s (loop (+ i 1) (string-append s (if (even? i) "alpha " "beta "))))))
(do ((i 0 (+ i 1)) (r 0 (+ r (let ((s (string-append (words 300) "needle"))) (+ (find s "needle") (string-length (string-upcase s))))))) ((= i 1500) (display r)))
