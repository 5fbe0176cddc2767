;; SPDX-License-Identifier: MIT
;;
;; Figures of pools of two workers: a task and its result, maps with small chunks and large, a pool for one map. Wall time, minimum of
;; several runs; pool.py is the same for Python's multiprocessing.
(import (rnrs) (loko loci pool) (only (loko system fibers) internal-time))

(define (show what runs n thunk)
  (let loop ((i 0) (best #f))
    (if (= i runs)
        (begin
          (display what) (display ": ")
          (display (inexact (/ (round (/ best n 10)) 100)))
          (display " µs\n"))
        (let ((start (internal-time)))
          (thunk)
          (let ((t (- (internal-time) start)))
            (loop (+ i 1) (if best (min t best) t)))))))

(define (inc x) (+ x 1))
(define (numbers n) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))
(define small (numbers 2000))
(define large (numbers 100000))

(define pool (make-pool 'workers 2))
(show "a task and its result" 10 1000
      (lambda () (do ((i 0 (+ i 1))) ((= i 1000)) (touch (pool-submit pool inc 1)))))
(show "map, an item in each message" 10 2000 (lambda () (pool-map pool inc small 'chunk 1)))
(show "map, 100 items in each message" 10 100000 (lambda () (pool-map pool inc large 'chunk 100)))
(show "map of 100,000 items" 10 100000 (lambda () (pool-map pool inc large)))
(show "a pool for a map of ten items" 20 1 (lambda () (locus-map inc '(1 2 3 4 5 6 7 8 9 10) 'workers 2)))
(pool-shutdown pool)
