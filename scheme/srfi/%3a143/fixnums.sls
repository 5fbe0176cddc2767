;; SPDX-License-Identifier: MIT
;;
;; SRFI 143: fixnums. The procedures are those of (rnrs arithmetic fixnums) where both say the same.
(library (srfi :143 fixnums)
  (export fx-width fx-greatest fx-least
          fixnum? fx=? fx<? fx>? fx<=? fx>=? fxzero? fxpositive? fxnegative? fxodd? fxeven? fxmax fxmin
          (rename (add fx+) (subtract fx-) (multiply fx*)) fxneg fxquotient fxremainder fxabs fxsquare fxsqrt
          fx+/carry fx-/carry fx*/carry
          fxnot fxand fxior fxxor fxarithmetic-shift fxarithmetic-shift-left fxarithmetic-shift-right
          (rename (bit-count fxbit-count)) fxlength fxif (rename (bit-set? fxbit-set?) (copy-bit fxcopy-bit))
          fxfirst-set-bit (rename (bit-field fxbit-field)) fxbit-field-rotate fxbit-field-reverse)
  (import (rnrs) (only (loko core primitives) fxquotient fxremainder))

  ;; The number of bits of a fixnum, the greatest, the least.
  (define fx-width (fixnum-width))
  (define fx-greatest (greatest-fixnum))
  (define fx-least (least-fixnum))

  (define (add i j) (fx+ i j))
  (define (subtract i j) (fx- i j))
  (define (multiply i j) (fx* i j))
  (define (fxneg i) (fx- i))
  (define (fxabs i) (if (fx<? i 0) (fx- i) i))
  (define (fxsquare i) (fx* i i))
  ;; (fxsqrt i): root and remainder.
  (define (fxsqrt i) (exact-integer-sqrt i))

  ;; (fxbit-count i): the ones of i, or the zeros if it is negative.
  (define (bit-count i) (if (fx<? i 0) (fxbit-count (fxnot i)) (fxbit-count i)))
  ;; (fxbit-set? index i): any index; beyond the width it is the sign.
  (define (bit-set? index i)
    (if (fx<? index (fx- (fixnum-width) 1)) (fxbit-set? i index) (fx<? i 0)))
  (define (copy-bit index i on?) (fxcopy-bit i index (if on? 1 0)))
  (define (fxfirst-set-bit i) (fxfirst-bit-set i))
  (define (bit-field i start end) (fxbit-field i start end))
  ;; (fxbit-field-rotate i k start end): k may be negative.
  (define (fxbit-field-rotate i k start end)
    (if (fx=? start end) i (fxrotate-bit-field i start end (mod k (fx- end start)))))
  (define (fxbit-field-reverse i start end) (fxreverse-bit-field i start end)))
