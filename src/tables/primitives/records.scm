;; SPDX-License-Identifier: MIT
;;
;; Records: construction, type tests, fields.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive %record?
  (takes    (x any)) (gives boolean)
  (effects reads) (low is_record)
  (doc "True if x is a record of any type, opaque ones included."))

(primitive %record-rtd
  (takes    (r record)) (gives record)
  (effects reads raises) (low record_rtd)
  (doc "The type of a record."))

(primitive %record
  (takes    (rtd record) (rest x any)) (gives record)
  (effects allocates) (low record)
  (doc "A new record with these fields."))

(primitive %record-ref
  (takes    (r record) (k fixnum)) (gives any)
  (effects reads raises) (low record_ref)
  (doc "Field k of a record, inherited ones counted; the index is not checked."))

(primitive %record-set!
  (takes    (r record) (k fixnum) (v any)) (gives void)
  (effects writes raises) (low record_set)
  (doc "Stores v in field k of a record; the index is not checked."))

(primitive %record-is-a?
  (takes    (x any) (rtd record)) (gives boolean)
  (effects reads) (low record_is_a)
  (doc "True if x is a record of this type or of one that extends it."))

(primitive %record-ref-checked
  (takes    (r any) (rtd record) (k fixnum) (who symbol)) (gives any)
  (effects reads raises) (low record_ref_checked)
  (doc "Field k of a record that must be of the given type; who is the accessor."))

(primitive %record-set-checked!
  (takes    (r any) (rtd record) (k fixnum) (v any) (who symbol)) (gives void)
  (effects writes raises) (low record_set_checked)
  (doc "Stores v in field k of a record that must be of the given type; who is the mutator."))
