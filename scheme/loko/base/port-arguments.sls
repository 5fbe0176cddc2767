;; SPDX-License-Identifier: MIT
;;
;; Checks of what the procedures on ports are given: counts, parts of strings and bytevectors, procedures of custom ports.
(library (loko base port-arguments)
  (export %count %check-part %check-range %check-custom)
  (import (loko core syntax) (loko core primitives) (loko base violations))

  ;; (%count who n): the number of items that are wanted, a fixnum: more than that there can't be.
  (define (%count who n)
    (cond ((and (fixnum? n) (fx>=? n 0)) n)
          ((and (exact-integer? n) (positive? n)) (greatest-fixnum))
          (else (%type-violation who "a non-negative exact integer" n))))

  ;; (%check-part who object length start count): count items from start on are inside of an object of that length.
  (define (%check-part who object length start count)
    (if (and (fixnum? start) (fx>=? start 0)) #t (%type-violation who "a non-negative exact integer" start))
    (if (and (fixnum? count) (fx<=? start length) (fx>=? count 0) (fx<=? count (fx- length start)))
        #t
        (if (exact-integer? count)
            (%range-violation who object start count)
            (%type-violation who "a non-negative exact integer" count))))

  ;; (%check-range who object length start end): 0 <= start <= end <= length.
  (define (%check-range who object length start end)
    (if (and (fixnum? start) (fx>=? start 0)) #t (%type-violation who "a non-negative exact integer" start))
    (if (and (fixnum? end) (fx>=? end 0)) #t (%type-violation who "a non-negative exact integer" end))
    (if (and (fx<=? start end) (fx<=? end length)) #t (%range-violation who object start end)))

  ;; (%check-custom who id transfers procedure ...): a string, a list of procedures, and procedures or #f.
  (define (%check-custom who id transfers . procedures)
    (if (string? id) #t (%type-violation who "a string" id))
    (let loop ((l transfers))
      (if (pair? l)
          (if (procedure? (car l))
              (loop (cdr l))
              (%type-violation who "a procedure" (car l)))))
    (let loop ((l procedures))
      (if (pair? l)
          (if (or (not (car l)) (procedure? (car l)))
              (loop (cdr l))
              (%type-violation who "a procedure or #f" (car l)))))))
