;; SPDX-License-Identifier: MIT
;; The tests of a vector's tag and of an index go, and the sum that must not overflow is a plain one; the branch between two results stays.
(function "f" (params (v0 tagged) (v1 tagged))
  (block b0 () (v2 raw (imm 7)) (v3 raw (lea (at v0 -7))) (branch zero v3 v2 b1 (cold b5)))
  (block b1 () (v4 raw (load (at v0 -7) :fixed)) (v5 raw (imm 5)) (v6 raw (shr v4 v5)) (branch below v1 v6 b2 (cold b6)))
  (block b2 () (v7 tagged (load (at v0 v1 1 1))) (v8 tagged (imm 8)) (branch-ovf (v9 tagged) add v7 v8 b3 (cold b5)))
  (block b3 () (branch lt v9 v8 b4 b7))
  (block b4 () (return v9))
  (block b5 cold () (v10 tagged (call-stub v0 v1 :entry 6 :procedure v0)) (unreachable))
  (block b6 cold () (jump b5))
  (block b7 () (return v8)))
;; =>
(function "f" (params (v0 tagged) (v1 tagged)) no-entry-check
  (block b0 ()
    (v2 tagged (load (at v0 v1 1 1)))
    (v3 tagged (imm 8))
    (v4 tagged (add v2 v3 :exact))
    (branch lt v4 v3 b1 b2))
  (block b1 ()
    (return v4))
  (block b2 ()
    (return v3)))
