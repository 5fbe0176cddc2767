;; SPDX-License-Identifier: MIT
;;
;; SRFI 111: boxes.
(library (srfi :111 boxes)
  (export box box? unbox set-box!)
  (import (loko core syntax) (loko core primitives))

  ;; (box object)
  (define (box x) (%box x))
  ;; (box? object)
  (define (box? x) (%box? x))
  ;; (unbox box)
  (define (unbox b) (%unbox b))
  ;; (set-box! box object)
  (define (set-box! b x) (%set-box! b x)))
