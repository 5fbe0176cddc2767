;; SPDX-License-Identifier: MIT
;;
;; The ports of a parent in a process that was forked from it. In: what the parent had open. Out: ports that are closed here, but for those
;; that the child keeps.
(library (loko base inherited-ports)
  (export %disown-ports! %adopt-port!)
  (import (loko core syntax) (loko core primitives)
          (loko base port-records) (loko base port-registry))

  ;; Makes a port on a descriptor that came from the parent of this process one of its own: it is flushed at the end.
  (define (%adopt-port! p)
    (%guard! p)
    (%register! p)
    (if (p-inner p) (%guard! (p-inner p))))

  ;; Closes the ports of the parent, without their descriptors and what is in their buffers, but for those in the list, and
  ;; those that they convert for. The list of those on the standard descriptors, which stay open.
  (define (%disown-ports! kept)
    (define (kept? p)
      (let loop ((l kept)) (and (pair? l) (or (eq? p (car l)) (eq? p (p-inner-of (car l))) (loop (cdr l))))))
    (let loop ((l (%open-ports)) (standard '()))
      (if (%weak-pair? l)
          (let ((p (%weak-car l)) (rest (%weak-cdr l)))
            (cond ((or (not (port? p)) (kept? p)) (loop rest standard))
                  ((and (p-fd p) (fx<=? (p-fd p) 2))
                   (p-ipos! p 0)
                   (p-iend! p 0)
                   (p-opos! p 0)
                   (loop rest (cons p standard)))
                  (else
                   (flag-off! p (fxior IN-OPEN OUT-OPEN))
                   (p-ipos! p 0)
                   (p-iend! p 0)
                   (p-opos! p 0)
                   (p-olimit! p 0)
                   (p-fd! p #f)
                   (loop rest standard))))
          standard)))

  (define (p-inner-of x) (and (port? x) (p-inner x))))
