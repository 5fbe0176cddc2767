;; SPDX-License-Identifier: MIT
;;
;; SRFI 95: sorting and merging of lists and vectors, stable, with an optional key procedure.
(library (srfi :95 sorting-and-merging)
  (export sorted? merge merge! sort sort!)
  (import (rnrs) (rnrs mutable-pairs) (only (srfi :132 sorting) list-sorted? vector-sorted? list-merge))

  ;; less? on keys
  (define (by less? key) (lambda (a b) (less? (key a) (key b))))

  ;; (sorted? sequence less? [key])
  (define sorted?
    (case-lambda
      ((s less? key) (sorted? s (by less? key)))
      ((s less?)
       (cond ((vector? s) (vector-sorted? less? s))
             ((list? s) (list-sorted? less? s))
             (else (assertion-violation 'sorted? "expected a list or a vector" s))))))

  ;; (merge list1 list2 less? [key])
  (define merge
    (case-lambda
      ((a b less? key) (list-merge (by less? key) a b))
      ((a b less?) (list-merge less? a b))))
  (define merge! merge)

  ;; Pairs each element with its key, so that key is called once for each.
  (define (sort-by-key s less? key)
    (map cdr (list-sort (lambda (a b) (less? (car a) (car b)))
                        (map (lambda (x) (cons (key x) x)) s))))

  ;; (sort sequence less? [key])
  (define sort
    (case-lambda
      ((s less?)
       (cond ((vector? s) (vector-sort less? s))
             ((list? s) (list-sort less? s))
             (else (assertion-violation 'sort "expected a list or a vector" s))))
      ((s less? key)
       (cond ((vector? s) (list->vector (sort-by-key (vector->list s) less? key)))
             ((list? s) (sort-by-key s less? key))
             (else (assertion-violation 'sort "expected a list or a vector" s))))))

  ;; (sort! sequence less? [key]): a vector is sorted in place; of a list the result must be used.
  (define (sort! s less? . key)
    (let ((sorted (apply sort s less? key)))
      (cond ((vector? s)
             (do ((i 0 (+ i 1))) ((= i (vector-length s)) s)
               (vector-set! s i (vector-ref sorted i))))
            ((pair? s)
             ;; The pairs keep their places, so that the variable that held the list still does.
             (do ((to s (cdr to)) (from sorted (cdr from))) ((null? to) s)
               (set-car! to (car from))))
            (else sorted)))))
