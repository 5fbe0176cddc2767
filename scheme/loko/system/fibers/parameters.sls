;; SPDX-License-Identifier: MIT
;;
;; What fibers have assigned to parameters that nothing binds (ADR 16). A fiber's values are an immutable list that its offspring shares: () or
;; (room entry ...), newest first. Entries are ephemerons of a parameter and its value, so that they keep no parameter alive; when there
;; is no more room dead ones are dropped.
(library (loko system fibers parameters)
  (export %parameters-per-fiber! own-value own-value! assigned-values main-assigned-values!)
  (import (loko core syntax) (loko core primitives)
          (only (loko base lists) length)
          (only (loko base parameters) %parameters-per-fiber!)
          (only (loko base process-state) %state-changed!)
          (only (loko system fibers records) f-assigned f-assigned!))

  (define main-values '())       ; those of the main program

  ;; (assigned-values end): the values of the fiber whose bindings end so: with itself, or with () in the main program.
  (define (assigned-values end)
    (if (null? end) main-values (f-assigned end)))

  ;; (main-assigned-values! values): the main program goes on with these, after a fork in another fiber.
  (define (main-assigned-values! values) (set! main-values values))

  ;; As get of %parameters-per-fiber!.
  (define (own-value parameter default end)
    (let ((assigned (assigned-values end)))
      (let loop ((l (if (pair? assigned) (cdr assigned) '())))
        (cond ((null? l) default)
              ((eq? (%ephemeron-key (car l)) parameter) (%ephemeron-value (car l)))
              (else (loop (cdr l)))))))

  ;; As set of %parameters-per-fiber!. Without an entry to be replaced it searches nothing.
  (define (own-value! parameter value new? end)
    (%state-changed!)                  ; what a fiber has is no part of the parameter
    (let* ((assigned (assigned-values end))
           (room (if (pair? assigned) (car assigned) 32))
           (old (if (pair? assigned) (cdr assigned) '()))
           (entry (%make-ephemeron parameter value))
           (all (cond ((eq? room 0)
                       (let ((rest (others parameter old #t)))
                         (cons (fx+ 32 (fx* 2 (length rest))) (cons entry rest))))
                      (else
                       (cons (fx- room 1) (cons entry (if new? old (others parameter old #f))))))))
      (if (null? end) (set! main-values all) (f-assigned! end all))))

  ;; The entries of other parameters; those of dead ones are dropped if sweep?.
  (define (others parameter l sweep?)
    (cond ((null? l) '())
          ((eq? (%ephemeron-key (car l)) parameter)
           (if sweep? (others parameter (cdr l) #t) (cdr l)))
          ((and sweep? (%deleted? (%ephemeron-key (car l)))) (others parameter (cdr l) #t))
          (else (cons (car l) (others parameter (cdr l) sweep?))))))
