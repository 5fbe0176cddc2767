;; SPDX-License-Identifier: MIT
;;
;; Bytevectors: R6RS libraries 2, R7RS 6.9. Most of it is primitive (src/runtime/data). The reports differ on
;; bytevector-copy! and on strings as UTF-8, hence two names for one.
(library (loko base bytevectors)
  (export endianness native-endianness bytevector? make-bytevector bytevector bytevector-length bytevector=?
          bytevector-fill! r6:bytevector-copy! r7:bytevector-copy! bytevector-copy bytevector-append
          bytevector-u8-ref bytevector-s8-ref bytevector-u8-set! bytevector-s8-set!
          bytevector->u8-list u8-list->bytevector
          bytevector-uint-ref bytevector-sint-ref bytevector-uint-set! bytevector-sint-set!
          bytevector->uint-list bytevector->sint-list uint-list->bytevector sint-list->bytevector
          bytevector-u16-ref bytevector-s16-ref bytevector-u16-native-ref bytevector-s16-native-ref
          bytevector-u16-set! bytevector-s16-set! bytevector-u16-native-set! bytevector-s16-native-set!
          bytevector-u32-ref bytevector-s32-ref bytevector-u32-native-ref bytevector-s32-native-ref
          bytevector-u32-set! bytevector-s32-set! bytevector-u32-native-set! bytevector-s32-native-set!
          bytevector-u64-ref bytevector-s64-ref bytevector-u64-native-ref bytevector-s64-native-ref
          bytevector-u64-set! bytevector-s64-set! bytevector-u64-native-set! bytevector-s64-native-set!
          bytevector-ieee-single-native-ref bytevector-ieee-single-ref
          bytevector-ieee-double-native-ref bytevector-ieee-double-ref
          bytevector-ieee-single-native-set! bytevector-ieee-single-set!
          bytevector-ieee-double-native-set! bytevector-ieee-double-set!
          string->utf8 string->utf16 string->utf32 utf8->string utf16->string utf32->string)
  (import (for (loko core syntax) run expand)
          (for (loko core primitives) run expand)
          (loko base violations) (loko base lists))

  ;; (endianness big) and (endianness little): the symbol.
  (define-syntax endianness
    (lambda (form)
      (syntax-case form ()
        ((_ name)
         (memv (syntax->datum #'name) '(big little))
         #'(quote name))
        (_ (syntax-violation 'endianness "expected big or little" form)))))

  ;; (native-endianness): little.
  (define (native-endianness) 'little)

  ;; (bytevector byte ...): R7RS.
  (define (bytevector . bytes) (u8-list->bytevector bytes))

  ;; (bytevector-append bytevector ...): R7RS.
  (define bytevector-append
    (case-lambda
      ((a b) (%bytevector-append a b))
      (bytevectors (%bytevector-append-list bytevectors))))

  ;; (r6:bytevector-copy! source source-start target target-start count): ranges may overlap.
  (define (r6:bytevector-copy! source source-start target target-start count)
    (%bytevector-copy! source source-start target target-start count))

  ;; (r7:bytevector-copy! to at from [start [end]]): ranges may overlap.
  (define r7:bytevector-copy!
    (case-lambda
      ((to at from) (%bytevector-copy-range! to at from))
      ((to at from start) (%bytevector-copy-range! to at from start))
      ((to at from start end) (%bytevector-copy-range! to at from start end))))

  (define (check-size who b size)
    (if (and (fixnum? size) (fx>? size 0)) #t (%type-violation who "a positive size" size))
    (if (fx=? (fxmodulo (bytevector-length b) size) 0)
        #t
        (assertion-violation who "the length is not a multiple of the size" b size)))

  (define-syntax define-to-list
    (syntax-rules ()
      ((_ name ref)
       (define (name b order size)
         (check-size 'name b size)
         (let loop ((i (fx- (bytevector-length b) size)) (l '()))
           (if (fx<? i 0)
               l
               (loop (fx- i size) (cons (ref b i order size) l))))))))

  ;; (bytevector->uint-list bytevector endianness size): the list of unsigned integers of `size` bytes.
  (define-to-list bytevector->uint-list bytevector-uint-ref)
  ;; (bytevector->sint-list bytevector endianness size): likewise, signed.
  (define-to-list bytevector->sint-list bytevector-sint-ref)

  (define-syntax define-from-list
    (syntax-rules ()
      ((_ name set)
       (define (name l order size)
         (if (and (fixnum? size) (fx>? size 0)) #t (%type-violation 'name "a positive size" size))
         (let ((b (make-bytevector (fx* size (length l)))))
           (let loop ((i 0) (l l))
             (if (pair? l)
                 (begin
                   (set b i (car l) order size)
                   (loop (fx+ i size) (cdr l)))
                 b)))))))

  ;; (uint-list->bytevector list endianness size): the integers one after the other.
  (define-from-list uint-list->bytevector bytevector-uint-set!)
  ;; (sint-list->bytevector list endianness size): likewise, signed.
  (define-from-list sint-list->bytevector bytevector-sint-set!))
