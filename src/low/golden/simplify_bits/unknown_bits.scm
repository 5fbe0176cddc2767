;; SPDX-License-Identifier: MIT
;; Shifts of whole words lose bits, a sign-extended byte has its upper bits: nothing changes.
(function "f" (params (v0 tagged) (v1 raw))
  (block b0 () (v2 raw (load (at v0 v1 1 1) :width 1 :signed)) (v3 raw (imm 128)) (branch below v2 v3 b1 (cold b2)))
  (block b1 () (v4 raw (imm 8)) (v5 raw (shl v1 v4)) (v6 raw (shr v5 v4)) (v7 raw (imm 255)) (v8 raw (and v2 v7)) (branch eq v6 v8 b2 b3))
  (block b2 () (return v0))
  (block b3 () (unreachable)))
;; =>
(function "f" (params (v0 tagged) (v1 raw)) no-entry-check
  (block b0 ()
    (v2 raw (load (at v0 v1 1 1) :width 1 :signed))
    (v3 raw (imm 128))
    (branch below v2 v3 b1 (cold b3)))
  (block b1 ()
    (v4 raw (imm 8))
    (v5 raw (shl v1 v4))
    (v6 raw (shr v5 v4))
    (v7 raw (imm 255))
    (v8 raw (and v2 v7))
    (branch eq v6 v8 b3 b2))
  (block b2 ()
    (unreachable))
  (block b3 ()
    (return v0)))
