;; SPDX-License-Identifier: MIT
;;
;; (scheme cxr): R7RS 6.4.
(define-library (scheme cxr)
  (export caaaar caaadr caaar caadar caaddr caadr cadaar cadadr cadar caddar cadddr caddr cdaaar cdaadr cdaar
          cdadar cdaddr cdadr cddaar cddadr cddar cdddar cddddr cdddr)
  (import (only (loko base lists) caaaar caaadr caaar caadar caaddr caadr cadaar cadadr cadar caddar cadddr caddr cdaaar cdaadr cdaar
                cdadar cdaddr cdadr cddaar cddadr cddar cdddar cddddr cdddr)))
