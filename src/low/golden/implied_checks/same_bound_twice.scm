;; SPDX-License-Identifier: MIT
;; The second test of an index against the same length is implied, also in its opposite form.
(function "f" (params (v0 tagged) (v1 raw))
  (block b0 () (branch below v0 v1 b1 (cold b3)))
  (block b1 () (branch above-eq v0 v1 (cold b3) b2))
  (block b2 () (return v0))
  (block b3 cold () (unreachable)))
;; =>
(function "f" (params (v0 tagged) (v1 raw)) no-entry-check
  (block b0 ()
    (branch below v0 v1 b1 (cold b2)))
  (block b1 ()
    (return v0))
  (block b2 cold ()
    (unreachable)))
