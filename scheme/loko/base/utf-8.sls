;; SPDX-License-Identifier: MIT
;;
;; One character in UTF-8, to and from the bytes of a bytevector (Unicode 3.9, table 3-7). Bulk work is C++'s
;; (src/runtime/io/port_text.cpp).
(library (loko base utf-8)
  (export %decode-utf-8 %encode-utf-8!)
  (import (loko core syntax) (loko core primitives))

  (define-syntax continuation-byte?
    (syntax-rules () ((_ b) (fx=? (fxand b #xc0) #x80))))

  ;; The character at index i: code point * 8 + number of bytes; 0 if its bytes go on behind `end`;
  ;; -n if the n bytes there are no character.
  (define (%decode-utf-8 buf i end)
    (let ((b0 (bytevector-u8-ref buf i)))
      (cond ((fx<? b0 #x80) (fx+ (fx* b0 8) 1))
            ((fx<? b0 #xc2) -1)
            ((fx>=? b0 #xf5) -1)
            ((fx>=? (fx+ i 1) end) 0)
            (else
             (let ((b1 (bytevector-u8-ref buf (fx+ i 1))))
               (cond ((not (continuation-byte? b1)) -1)
                     ((fx<? b0 #xe0)
                      (fx+ (fx* (fx+ (fx* (fxand b0 #x1f) 64) (fxand b1 #x3f)) 8) 2))
                     ((fx<? b0 #xf0)
                      (cond ((and (fx=? b0 #xe0) (fx<? b1 #xa0)) -1)
                            ((and (fx=? b0 #xed) (fx>=? b1 #xa0)) -1)
                            ((fx>=? (fx+ i 2) end) 0)
                            (else
                             (let ((b2 (bytevector-u8-ref buf (fx+ i 2))))
                               (if (continuation-byte? b2)
                                   (fx+ (fx* (fx+ (fx* (fx+ (fx* (fxand b0 #x0f) 64) (fxand b1 #x3f)) 64)
                                                  (fxand b2 #x3f))
                                             8)
                                        3)
                                   -2)))))
                     ((and (fx=? b0 #xf0) (fx<? b1 #x90)) -1)
                     ((and (fx=? b0 #xf4) (fx>=? b1 #x90)) -1)
                     ((fx>=? (fx+ i 2) end) 0)
                     (else
                      (let ((b2 (bytevector-u8-ref buf (fx+ i 2))))
                        (cond ((not (continuation-byte? b2)) -2)
                              ((fx>=? (fx+ i 3) end) 0)
                              (else
                               (let ((b3 (bytevector-u8-ref buf (fx+ i 3))))
                                 (if (continuation-byte? b3)
                                     (fx+ (fx* (fx+ (fx* (fx+ (fx* (fx+ (fx* (fxand b0 7) 64) (fxand b1 #x3f)) 64)
                                                              (fxand b2 #x3f))
                                                         64)
                                                    (fxand b3 #x3f))
                                               8)
                                          4)
                                     -3))))))))))))

  ;; Stores code point n at index o; answers the index behind it.
  (define (%encode-utf-8! buf o n)
    (cond ((fx<? n #x80)
           (bytevector-u8-set! buf o n)
           (fx+ o 1))
          ((fx<? n #x800)
           (bytevector-u8-set! buf o (fxior #xc0 (%fxsra n 6)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand n #x3f)))
           (fx+ o 2))
          ((fx<? n #x10000)
           (bytevector-u8-set! buf o (fxior #xe0 (%fxsra n 12)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand (%fxsra n 6) #x3f)))
           (bytevector-u8-set! buf (fx+ o 2) (fxior #x80 (fxand n #x3f)))
           (fx+ o 3))
          (else
           (bytevector-u8-set! buf o (fxior #xf0 (%fxsra n 18)))
           (bytevector-u8-set! buf (fx+ o 1) (fxior #x80 (fxand (%fxsra n 12) #x3f)))
           (bytevector-u8-set! buf (fx+ o 2) (fxior #x80 (fxand (%fxsra n 6) #x3f)))
           (bytevector-u8-set! buf (fx+ o 3) (fxior #x80 (fxand n #x3f)))
           (fx+ o 4)))))
