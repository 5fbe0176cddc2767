;; SPDX-License-Identifier: MIT
;; What passes #f goes where the join would send it; the other way in keeps the test.
(function "f" (params (v0 raw) (v1 raw) (v2 tagged))
  (block b0 () (branch below v0 v1 b1 b2))
  (block b1 () (v3 tagged (set-bool eq v0 v1)) (jump (b3 v3)))
  (block b2 () (v4 tagged (imm 2)) (jump (b3 v4)))
  (block b3 ((v5 tagged)) (v6 tagged (imm 2)) (branch eq v5 v6 b4 b5))
  (block b4 () (return v2))
  (block b5 () (return v5)))
;; =>
(function "f" (params (v0 raw) (v1 raw) (v2 tagged)) no-entry-check
  (block b0 ()
    (branch below v0 v1 b1 b3))
  (block b1 ()
    (v3 tagged (set-bool eq v0 v1))
    (v4 tagged (imm 2))
    (branch eq v3 v4 b3 b2))
  (block b2 ()
    (return v3))
  (block b3 ()
    (return v2)))
