;; SPDX-License-Identifier: MIT
;; v0 was a fixnum on the way to b2; of the joint test of v0 and v1 that of v1 remains.
(function "f" (params (v0 tagged) (v1 tagged))
  (block b0 () (v2 raw (imm 7)) (branch zero v0 v2 b1 (cold b5)))
  (block b1 () (v3 raw (imm 7)) (branch zero v0 v3 b2 (cold b5)))
  (block b2 () (v4 raw (or v0 v1)) (v5 raw (imm 7)) (branch zero v4 v5 b3 (cold b5)))
  (block b3 () (branch-ovf (v6 tagged) add v0 v1 b4 (cold b5)))
  (block b4 () (return v6))
  (block b5 cold () (v7 tagged (call-runtime v0 v1 :entry 147)) (return v7)))
;; =>
(function "f" (params (v0 tagged) (v1 tagged)) no-entry-check
  (block b0 ()
    (v2 raw (imm 7))
    (branch zero v0 v2 b1 (cold b4)))
  (block b1 ()
    (v3 raw (imm 7))
    (branch zero v1 v3 b2 (cold b4)))
  (block b2 ()
    (branch-ovf (v4 tagged) add v0 v1 b3 (cold b4)))
  (block b3 ()
    (return v4))
  (block b4 cold ()
    (v5 tagged (call-runtime v0 v1 :entry 147))
    (return v5)))
