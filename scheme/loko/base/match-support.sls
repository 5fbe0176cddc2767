;; SPDX-License-Identifier: MIT
;;
;; What expansions of (loko match) call at run time.
(library (loko base match-support)
  (export %has-fields? %record-field %sequence-length %match-failure)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base records) %rtd-size record-type-parent record-type-field-names record-type-name))

  ;; Has the type at least n fields? A pattern that asks for more is a mistake.
  (define (%has-fields? rtd n)
    (if (fx<=? n (%rtd-size rtd))
        #t
        (assertion-violation 'match "the pattern has more fields than the record type" rtd n)))

  ;; The value of the field `name` of a record of type rtd; the youngest field of this name counts.
  (define (%record-field record rtd name)
    (let next ((type rtd))
      (if type
          (let* ((names (record-type-field-names type)) (n (vector-length names)))
            (let loop ((i (fx- n 1)))
              (cond ((fx<? i 0) (next (record-type-parent type)))
                    ((eq? (vector-ref names i) name)
                     (%record-ref record (fx+ i (fx- (%rtd-size type) n))))
                    (else (loop (fx- i 1))))))
          (assertion-violation 'match "the record type has no such field" rtd name))))

  ;; The number of pairs of the list (proper or not) x without the last k ones; #f if there are fewer, or for a
  ;; circular list.
  (define (%sequence-length x k)
    (let loop ((slow x) (fast x) (n 0))
      (if (pair? fast)
          (let ((fast (cdr fast)))
            (if (pair? fast)
                (let ((fast (cdr fast)) (slow (cdr slow)))
                  (if (eq? fast slow) #f (loop slow fast (fx+ n 2))))
                (remaining (fx+ n 1) k)))
          (remaining n k))))

  (define (remaining n k)
    (if (fx>=? n k) (fx- n k) #f))

  ;; No clause matches.
  (define (%match-failure object)
    (assertion-violation 'match "no clause matches" object)))
