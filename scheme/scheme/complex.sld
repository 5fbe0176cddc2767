;; SPDX-License-Identifier: MIT
;;
;; (scheme complex): R7RS 6.2.
(define-library (scheme complex)
  (export angle imag-part magnitude make-polar make-rectangular real-part)
  (import (only (loko base numbers) angle imag-part magnitude make-polar make-rectangular real-part)))
