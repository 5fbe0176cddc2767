(import (scheme base) (scheme write))

(define-record-type point
  (make-point x y)
  point?
  (x point-x)
  (y point-y set-point-y!))

(define-values (q r) (floor/ 7 2))

(write (string-map char-upcase "abc"))
(write (string-foldcase "ABC"))
(write '|a b|)
