;; SPDX-License-Identifier: MIT
;; Types that are not in sight, that change, or whose making raises, keep their calls.
(lambda f (clause (n parent)
  (let ((a (call (global make-record-type-descriptor "(loko base records)") n (quote #f) (quote #f) (quote #f) (quote #f) (quote #((mutable x)))))
        (b (call (global make-record-type-descriptor "(loko base records)") (quote b) parent (quote #f) (quote #f) (quote #f) (quote #((mutable x)))))
        (c (call (global make-record-type-descriptor "(loko base records)") (quote c) (quote #f) (quote #f) (quote #f) (quote #f) (quote #((fickle x)))))
        (d (call (global make-record-type-descriptor "(loko base records)") (quote d) (quote #f) (quote #f) (quote #f) (quote #f) (quote #((mutable x))))))
    (begin (set! d n)
      (prim list (call (global record-accessor "(loko base records)") a (quote 0)) (call (global record-accessor "(loko base records)") b (quote 0)) (call (global record-predicate "(loko base records)") c) (call (global record-predicate "(loko base records)") d))))))
;; =>
(lambda f
  (clause
    (n.0 parent.1)
    (let ((a.2
            (call
              (global make-record-type-descriptor)
              n.0
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #((mutable x)))))
          (b.3
            (call
              (global make-record-type-descriptor)
              (quote b)
              parent.1
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #((mutable x)))))
          (c.4
            (call
              (global make-record-type-descriptor)
              (quote c)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #((fickle x)))))
          (d.5
            (call
              (global make-record-type-descriptor)
              (quote d)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #f)
              (quote #((mutable x))))))
      (begin
        (set! d.5 n.0)
        (prim list
          (call (global record-accessor) a.2 (quote 0))
          (call (global record-accessor) b.3 (quote 0))
          (call (global record-predicate) c.4)
          (call (global record-predicate) d.5))))))
