;; SPDX-License-Identifier: MIT
;; A protocol that is in sight makes the constructor; one that isn't leaves the call.
(lambda f (clause (p)
  (let ((t (call (global make-record-type-descriptor "(loko base records)") (quote t) (quote #f) (quote #f) (quote #f) (quote #f) (quote #((mutable x))))))
    (let ((known (call (global make-record-constructor-descriptor "(loko base records)") t (quote #f) (lambda protocol (clause (new) (lambda make (clause (a) (call new (prim list a))))))))
          (other (call (global make-record-constructor-descriptor "(loko base records)") t (quote #f) p)))
      (prim list (call (global record-constructor "(loko base records)") known) (call (global record-constructor "(loko base records)") other))))))
;; =>
(lambda f
  (clause
    (p.0)
    (let ((t.1
            (call
              (global make-record-type-descriptor)
              (quote t)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #((mutable x))))))
      (let ((known.2
              (call
                (global make-record-constructor-descriptor)
                t.1
                (quote #f)
                (lambda protocol
                  (clause (new.3) (lambda make (clause (a.4) (call new.3 (prim list a.4))))))))
            (other.5 (call (global make-record-constructor-descriptor) t.1 (quote #f) p.0)))
        (prim list
          (call
            (lambda protocol
              (clause (new.6) (lambda make (clause (a.7) (call new.6 (prim list a.7))))))
            (lambda make-t (clause (field.8) (prim %record t.1 field.8))))
          (call (global record-constructor) other.5))))))
