;; SPDX-License-Identifier: MIT
;; The procedures of a type and of one that extends it. What raises stays: an immutable field's mutator, a field that there is none of.
(begin
  (define-global! point (call (global make-record-type-descriptor "(loko base records)") (quote point) (quote #f) (quote #f) (quote #f) (quote #f) (quote #((mutable x) (immutable y)))))
  (define-global! x (call (global record-accessor "(loko base records)") (global point) (quote 0)))
  (define-global! x! (call (global record-mutator "(loko base records)") (global point) (quote 0)))
  (define-global! y! (call (global record-mutator "(loko base records)") (global point) (quote 1)))
  (define-global! none (call (global record-accessor "(loko base records)") (global point) (quote 2)))
  (define-global! point? (call (global record-predicate "(loko base records)") (global point)))
  (define-global! point-rcd (call (global make-record-constructor-descriptor "(loko base records)") (global point) (quote #f) (quote #f)))
  (define-global! make (call (global record-constructor "(loko base records)") (global point-rcd)))
  (define-global! spot (call (global make-record-type-descriptor "(loko base records)") (quote spot) (global point) (quote #f) (quote #t) (quote #f) (quote #((immutable colour)))))
  (define-global! colour (call (global record-accessor "(loko base records)") (global spot) (quote 0)))
  (define-global! make-spot (call (global record-constructor "(loko base records)") (call (global make-record-constructor-descriptor "(loko base records)") (global spot) (global point-rcd) (quote #f)))))
;; =>
(begin
  (define-global! point
    (call
      (global make-record-type-descriptor)
      (quote point)
      (quote #f)
      (quote #f)
      (quote #f)
      (quote #f)
      (quote #((mutable x) (immutable y)))))
  (define-global! x
    (lambda point-x
      (clause
        (record.0)
        (prim %record-ref-checked record.0 (global point) (quote 0) (quote point-x)))))
  (define-global! x!
    (lambda point-x-set!
      (clause
        (record.1 object.2)
        (prim %record-set-checked! record.1 (global point) (quote 0) object.2 (quote point-x-set!)))))
  (define-global! y! (call (global record-mutator) (global point) (quote 1)))
  (define-global! none (call (global record-accessor) (global point) (quote 2)))
  (define-global! point? (lambda (clause (object.3) (prim %record-is-a? object.3 (global point)))))
  (define-global! point-rcd
    (call (global make-record-constructor-descriptor) (global point) (quote #f) (quote #f)))
  (define-global! make
    (lambda make-point (clause (field.4 field.5) (prim %record (global point) field.4 field.5))))
  (define-global! spot
    (call
      (global make-record-type-descriptor)
      (quote spot)
      (global point)
      (quote #f)
      (quote #t)
      (quote #f)
      (quote #((immutable colour)))))
  (define-global! colour
    (lambda spot-colour
      (clause
        (record.6)
        (prim %record-ref-checked record.6 (global spot) (quote 2) (quote spot-colour)))))
  (define-global! make-spot
    (lambda make-spot
      (clause (field.7 field.8 field.9) (prim %record (global spot) field.7 field.8 field.9)))))
