;; SPDX-License-Identifier: MIT
;;
;; The ports on descriptors of this process: in a list of weak pairs, to be flushed at exit and closed in a forked child; and in a
;; guardian, which gives back those that nobody refers to any more. What is done with them is in (loko base ports).
(library (loko base port-registry)
  (export %guard! %register! %unregister! %open-ports %next-forgotten %forget-registered! %without-guardian)
  (import (loko core syntax) (loko core primitives) (loko base control))

  ;; Ports on descriptors: a list of weak pairs. Closed ones are removed.
  (define open-ports '())

  ;; Ports on descriptors that nobody refers to any more come back from this guardian; #f in
  ;; images, which can't contain one.
  (define guardian #f)

  (define (%guard! p)
    (if guardian (%guardian-register! guardian p p)))

  (define (%register! p)
    (set! open-ports (%weak-cons p open-ports)))

  (define (%unregister! p)
    (set! open-ports
      (let loop ((l open-ports))
        (cond ((null? l) '())
              ((eq? (%weak-car l) p) (loop (%weak-cdr l)))
              ((%deleted? (%weak-car l)) (loop (%weak-cdr l)))
              (else (%weak-cons (%weak-car l) (loop (%weak-cdr l))))))))

  ;; The value of (thunk), which writes an image: the guardian is not in it.
  (define (%without-guardian thunk)
    (let ((g guardian))
      (dynamic-wind
       (lambda () (set! guardian #f))
       thunk
       (lambda () (set! guardian g)))))

  ;; The list of weak pairs.
  (define (%open-ports) open-ports)

  ;; A port that nobody refers to, each once; #f if there is none.
  (define (%next-forgotten)
    (and guardian
         (let ((p (%guardian-get! guardian)))
           (if (%deleted? p) #f p))))

  ;; What was registered belongs to a process that is gone.
  (define (%forget-registered!)
    (set! open-ports '())
    (set! guardian (%make-guardian))))
