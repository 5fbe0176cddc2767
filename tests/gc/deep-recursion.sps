;; SPDX-License-Identifier: MIT
;; Deep recursions with collections: frames become objects that age, so collections scan each frame a few times, however many
;; collections there are. Counted by the collector, not timed.
(import (rnrs) (loko) (only (loko base time) collection-statistics) (only (scheme process-context) get-environment-variable) (tests support checks))

(define (statistic name) (cdr (assq name (collection-statistics))))

(define (gauge thunk)
  (let ((frames (statistic 'frames-scanned)) (minor (statistic 'minor-collections)))
    (let ((value (thunk)))
      (list value (- (statistic 'frames-scanned) frames) (- (statistic 'minor-collections) minor)))))

;; Allocates at every level, so that there is a collection for some ten thousand frames.
(define (build n)
  (if (= n 0)
      '()
      (let* ((v (make-vector 20 n)) (rest (build (- n 1))))
        (cons (vector-ref v 0) rest))))

(define depth 1000000)

(let* ((r (gauge (lambda () (length (build depth))))) (collections (caddr r)))
  (check (car r) => depth)
  (check-true (> collections 10))
  ;; Once on the stack, twice as a young object, and as often as there are full collections.
  (check-true (< (cadr r) (* depth (+ 4 (statistic 'full-collections))))))

;; A shallow loop that allocates on top of a deep stack: the deep frames are scanned once or twice, not at each of many collections.
(define (churn n) (let loop ((i 0) (x #f)) (if (< i n) (loop (+ i 1) (make-vector 100 i)) (vector-ref x 0))))
(define (deep n) (if (= n 0) (churn 400000) (+ 1 (deep (- n 1)))))

(for-each
 (lambda (depth)
   (let* ((r (gauge (lambda () (deep depth)))) (collections (caddr r)))
     (check (car r) => (+ depth 399999))
     (check-true (> collections 30))
     (check-true (< (cadr r) (+ (* 4 depth) (* collections 4000))))))
 '(10000 40000 1000000))

(when (get-environment-variable "LOKO_TEST_LONG")
  (let ((depth 10000000))
    (check (length (build depth)) => depth)))

(finish)
