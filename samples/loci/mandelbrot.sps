;; SPDX-License-Identifier: MIT
;;
;; The Mandelbrot set, a row for each task: `locus-map` is all that makes it parallel. Arguments: width (76), workers (one for each
;; processor). Prints characters.
(import (rnrs) (loko loci pool))

(define (argument n default)
  (let ((l (command-line)))
    (if (> (length l) n) (string->number (list-ref l n)) default)))

(define width (argument 1 76))
(define workers (argument 2 (processor-count)))
(define height (div (* width 4) 10))
(define limit 200)
(define shades " .:-=+*#%@")

;; After how many steps the point leaves the circle.
(define (steps cx cy)
  (let loop ((x 0.0) (y 0.0) (n 0))
    (let ((xx (fl* x x)) (yy (fl* y y)))
      (if (or (fx=? n limit) (fl>? (fl+ xx yy) 4.0))
          n
          (loop (fl+ (fl- xx yy) cx) (fl+ (fl* 2.0 (fl* x y)) cy) (fx+ n 1))))))

(define (shade n)
  (string-ref shades (if (= n limit) 9 (min 8 (exact (floor (* 2.2 (log (+ 1 n)))))))))

(define (row j)
  (let ((cy (inexact (/ (* 2.4 (- j (/ height 2))) height))))
    (list->string
     (map (lambda (i) (shade (steps (inexact (- (/ (* 3.2 i) width) 2.2)) cy)))
          (numbers width)))))

(define (numbers n) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))

(for-each (lambda (line) (display line) (newline))
          (locus-map row (numbers height) 'workers workers))
