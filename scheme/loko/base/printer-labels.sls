;; SPDX-License-Identifier: MIT
;;
;; Datum labels of what is printed (R7RS 2.4, 6.13.3): which objects need one, and their numbers in order of printing.
(library (loko base printer-labels)
  (export labels-for put-label)
  (import (loko core syntax) (loko core primitives)
          (only (loko base record-writers) %record-writers) (loko base hashtables)
          (only (loko base textual-ports) %put-byte) (only (loko base printer-atoms) put-fixnum))

  ;; A table of the parts of x that need a label, how is 'cycles or 'shared, or #f if there are none: each is mapped to #t, and to
  ;; its number once it is printed.
  (define (labels-for x how)
    (let ((parts (case how
                   ((simple) '())
                   ((shared) (%shared-parts x #t (%record-writers)))
                   (else (%shared-parts x #f (%record-writers))))))
      (if (pair? parts)
          (let ((labels (make-eq-hashtable)))
            (let loop ((l parts))
              (if (pair? l)
                  (begin
                    (hashtable-set! labels (car l) #t)
                    (loop (cdr l)))))
            (hashtable-set! labels counter 0)
            labels)
          #f)))

  ;; Key of the next number in a table of labels.
  (define counter (list 'next-label))

  ;; Writes #n# and answers #t if x was printed before; else writes #n= if x has a label.
  (define (put-label p x labels)
    (let ((label (hashtable-ref labels x #f)))
      (cond ((not label) #f)
            ((eq? label #t)
             (let ((n (hashtable-ref labels counter 0)))
               (hashtable-set! labels counter (fx+ n 1))
               (hashtable-set! labels x n)
               (%put-byte p 35)
               (put-fixnum p n)
               (%put-byte p 61)
               #f))
            (else
             (%put-byte p 35)
             (put-fixnum p label)
             (%put-byte p 35)
             #t)))))
