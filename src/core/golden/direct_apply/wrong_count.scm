;; SPDX-License-Identifier: MIT
;; A wrong count is left for run time.
(call (lambda (clause (y) y)))
;; =>
(call (lambda (clause (y.0) y.0)))
