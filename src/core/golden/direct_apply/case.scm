;; SPDX-License-Identifier: MIT
;; The clause that fits is taken.
(call (lambda (clause () 0) (clause (a) a)) 1)
;; =>
(let ((a.0 (quote 1))) a.0)
