;; SPDX-License-Identifier: MIT
(library (scheme complex) (export angle imag-part magnitude make-polar make-rectangular real-part)
  (import (only (chezscheme) angle imag-part magnitude make-polar make-rectangular real-part)))
