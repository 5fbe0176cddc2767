;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic fixnums) above the primitives: R6RS libraries 11.2. Wrong types and ranges raise &assertion
;; (in the primitives or in check-index), results that are no fixnums &implementation-restriction.
(library (loko base fixnums)
  (export fixnum? fixnum-width least-fixnum greatest-fixnum
          fx=? fx>? fx<? fx>=? fx<=? fxzero? fxpositive? fxnegative? fxodd? fxeven? fxmax fxmin
          fx+ fx* fx- fxdiv-and-mod fxdiv fxmod fxdiv0-and-mod0 fxdiv0 fxmod0
          fx+/carry fx-/carry fx*/carry
          fxnot fxand fxior fxxor fxif fxbit-count fxlength fxfirst-bit-set
          fxbit-set? fxcopy-bit fxbit-field fxcopy-bit-field
          fxarithmetic-shift fxarithmetic-shift-left fxarithmetic-shift-right
          fxrotate-bit-field fxreverse-bit-field
          fxquotient fxremainder fxmodulo fxabs)
  (import (loko core syntax) (loko core primitives))

  ;;; Comparison

  (define-syntax define-comparison
    (syntax-rules ()
      ((_ compare)
       (define-primitive-procedure compare
         (case-lambda
           ((a b) (compare a b))
           ((a) (begin (compare a 0) #t))
           ((a b . rest)
            (let loop ((holds (compare a b)) (b b) (rest rest))
              (if (pair? rest)
                  (let ((c (car rest)))
                    (loop (if (compare b c) holds #f) c (cdr rest)))
                  holds))))))))

  ;; (fx=? fx1 fx2 fx3 ...) …: whether each operand and the next one compare so.
  (define-comparison fx=?)
  (define-comparison fx>?)
  (define-comparison fx<?)
  (define-comparison fx>=?)
  (define-comparison fx<=?)

  ;; (op fx ...) for associative operators; `unit` is the value of no operands, if there is one.
  (define-syntax define-associative
    (syntax-rules ()
      ((_ op)
       (define-primitive-procedure op
         (case-lambda
           ((a b) (op a b))
           ((a) (op a a))
           ((a b . rest)
            (let loop ((value (op a b)) (rest rest))
              (if (pair? rest) (loop (op value (car rest)) (cdr rest)) value))))))
      ((_ op unit)
       (define-primitive-procedure op
         (case-lambda
           ((a b) (op a b))
           ((a) (op a unit))
           (() unit)
           ((a b . rest)
            (let loop ((value (op a b)) (rest rest))
              (if (pair? rest) (loop (op value (car rest)) (cdr rest)) value))))))))

  ;; (fxmax fx1 fx2 ...), (fxmin fx1 fx2 ...)
  (define-associative fxmax)
  (define-associative fxmin)

  ;; (fxand fx ...), (fxior fx ...), (fxxor fx ...)
  (define-associative fxand -1)
  (define-associative fxior 0)
  (define-associative fxxor 0)

  ;;; Division

  ;; (fxdiv-and-mod fx1 fx2)
  (define (fxdiv-and-mod fx1 fx2)
    (let ((n (fxdiv fx1 fx2)))
      (values n (fxmod fx1 fx2))))

  ;; (fxdiv0-and-mod0 fx1 fx2)
  (define (fxdiv0-and-mod0 fx1 fx2)
    (let ((n (fxdiv0 fx1 fx2)))
      (values n (fxmod0 fx1 fx2))))

  ;; (fxabs fx): the absolute value.
  (define (fxabs fx) (if (fxnegative? fx) (fx- 0 fx) fx))

  ;;; Carries

  (define (check-fixnum who x)
    (if (fixnum? x) x (%raise-assertion who "expected a fixnum" (cons x '()))))

  ;; A number as two fixnums: the low bits (a signed digit) and the rest.
  (define (split n)
    (if (fixnum? n)
        (values n 0)
        (let ((base (bitwise-arithmetic-shift-left 1 (fixnum-width))))
          (let ((low (mod0 n base)))
            (values low (div0 n base))))))

  ;; (fx+/carry fx1 fx2 fx3): fx1 + fx2 + fx3 as low digit and carry.
  (define (fx+/carry fx1 fx2 fx3)
    (check-fixnum 'fx+/carry fx1)
    (check-fixnum 'fx+/carry fx2)
    (check-fixnum 'fx+/carry fx3)
    (split (+ (+ fx1 fx2) fx3)))

  ;; (fx-/carry fx1 fx2 fx3): fx1 - fx2 - fx3 as low digit and carry.
  (define (fx-/carry fx1 fx2 fx3)
    (check-fixnum 'fx-/carry fx1)
    (check-fixnum 'fx-/carry fx2)
    (check-fixnum 'fx-/carry fx3)
    (split (- (- fx1 fx2) fx3)))

  ;; (fx*/carry fx1 fx2 fx3): fx1 * fx2 + fx3 as low digit and carry.
  (define (fx*/carry fx1 fx2 fx3)
    (check-fixnum 'fx*/carry fx1)
    (check-fixnum 'fx*/carry fx2)
    (check-fixnum 'fx*/carry fx3)
    (split (+ (* fx1 fx2) fx3)))

  ;;; Bits and fields

  ;; A bit position: 0 <= k < (fixnum-width).
  (define (check-index who k)
    (if (if (fixnum? k) (if (fx>=? k 0) (fx<? k (fixnum-width)) #f) #f)
        k
        (%raise-assertion who "expected a bit position" (cons k '()))))

  (define (check-field who start end)
    (check-index who start)
    (check-index who end)
    (if (fx<=? start end)
        #t
        (%raise-assertion who "the field ends before its start" (cons start (cons end '())))))

  ;; (fxif mask a b): the bits of a where mask has ones, those of b elsewhere.
  (define (fxif mask a b)
    (fxior (fxand mask a) (fxand (fxnot mask) b)))

  ;; (fxbit-set? fx k): whether bit k is one.
  (define (fxbit-set? fx k)
    (check-index 'fxbit-set? k)
    (fx=? 1 (fxand 1 (fxarithmetic-shift-right fx k))))

  ;; (fxcopy-bit fx k bit): fx with bit k replaced.
  (define (fxcopy-bit fx k bit)
    (check-index 'fxcopy-bit k)
    (check-fixnum 'fxcopy-bit fx)
    (let ((mask (%fxsll 1 k)))
      (cond
        ((eq? bit 0) (fxand fx (fxnot mask)))
        ((eq? bit 1) (fxior fx mask))
        (else (%raise-assertion 'fxcopy-bit "expected 0 or 1" (cons bit '()))))))

  ;; Ones from bit 0 to before bit k.
  (define (ones k) (fxnot (%fxsll -1 k)))

  ;; (fxbit-field fx start end): the bits from start to before end, as a number.
  (define (fxbit-field fx start end)
    (check-field 'fxbit-field start end)
    (fxarithmetic-shift-right (fxand fx (ones end)) start))

  ;; (fxcopy-bit-field to start end from): to with the bits from start to before end replaced by the low ones of from.
  (define (fxcopy-bit-field to start end from)
    (check-field 'fxcopy-bit-field start end)
    (check-fixnum 'fxcopy-bit-field from)
    (fxif (fxand (ones end) (fxnot (ones start))) (%fxsll from start) to))

  ;; (fxrotate-bit-field fx start end count): the field moved cyclically towards the more significant bits.
  (define (fxrotate-bit-field fx start end count)
    (check-field 'fxrotate-bit-field start end)
    (check-index 'fxrotate-bit-field count)
    (let ((width (fx- end start)))
      (cond
        ((fx>? count width)
         (%raise-assertion 'fxrotate-bit-field "the count exceeds the width of the field" (cons count '())))
        ((fxzero? width) (check-fixnum 'fxrotate-bit-field fx))
        (else
         (let* ((field (fxbit-field fx start end))
                (up (%fxsll (fxand field (ones (fx- width count))) count))
                (down (fxarithmetic-shift-right field (fx- width count))))
           (fxcopy-bit-field fx start end (fxior up down)))))))

  ;; (fxreverse-bit-field fx start end): fx with the order of the bits from start to before end reversed.
  (define (fxreverse-bit-field fx start end)
    (check-field 'fxreverse-bit-field start end)
    (let loop ((field (fxbit-field fx start end)) (left (fx- end start)) (reversed 0))
      (if (fxzero? left)
          (fxcopy-bit-field fx start end reversed)
          (loop (fxarithmetic-shift-right field 1)
                (fx- left 1)
                (fxior (%fxsll reversed 1) (fxand field 1)))))))
