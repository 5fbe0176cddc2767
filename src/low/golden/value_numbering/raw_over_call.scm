;; SPDX-License-Identifier: MIT
;; The collector may move v0 in the call: an address made from it is made again.
(function "f" (params (v0 tagged))
  (block b0 () (v1 raw (lea (at v0 -7))) (store (at v1 8) v0) (call-closure :procedure v0 :ignore-values)
    (v2 raw (lea (at v0 -7))) (v3 raw (lea (at v0 -7))) (store (at v2 8) v0) (store (at v3 16) v0) (return v0)))
;; =>
(function "f" (params (v0 tagged))
  (block b0 ()
    (store (at v0 1) v0)
    (call-closure :procedure v0 :ignore-values)
    (store (at v0 1) v0)
    (store (at v0 9) v0)
    (return v0)))
