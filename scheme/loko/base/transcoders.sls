;; SPDX-License-Identifier: MIT
;;
;; Codecs, end-of-line styles, error-handling modes and transcoders (R6RS libraries 8.2.4).
;; A codec is a record with a symbol: utf-8, utf-16, latin-1.
(library (loko base transcoders)
  (export latin-1-codec utf-8-codec utf-16-codec %codec-name codec?
          eol-style native-eol-style error-handling-mode buffer-mode buffer-mode?
          make-transcoder native-transcoder transcoder?
          transcoder-codec transcoder-eol-style transcoder-error-handling-mode
          %direct-transcoder?)
  (import (for (loko core syntax) run expand)
          (for (loko core primitives) run expand)
          (loko base violations)
          (for (only (loko base lists) memq) expand)
          (only (loko base records) make-record-type-descriptor))

  (define codec-rtd
    (make-record-type-descriptor 'codec #f #f #t #f '#((immutable name))))

  (define (make-codec name) (%record codec-rtd name))

  ;; (codec? object)
  (define (codec? x) (%record-is-a? x codec-rtd))

  ;; The symbol of a codec.
  (define (%codec-name codec)
    (%record-ref-checked codec codec-rtd 0 '%codec-name))

  (define utf-8 (make-codec 'utf-8))
  (define utf-16 (make-codec 'utf-16))
  (define latin-1 (make-codec 'latin-1))

  ;; (utf-8-codec): the codec of UTF-8.
  (define (utf-8-codec) utf-8)
  ;; (utf-16-codec): UTF-16; input honours a byte order mark, output writes one.
  (define (utf-16-codec) utf-16)
  ;; (latin-1-codec): ISO 8859-1.
  (define (latin-1-codec) latin-1)

  ;; (eol-style symbol): the symbol; wrong ones are syntax violations.
  (define-syntax eol-style
    (lambda (x)
      (syntax-case x ()
        ((_ name)
         (if (memq (syntax->datum #'name) '(lf cr crlf nel crnel ls none))
             #''name
             (syntax-violation 'eol-style "expected lf, cr, crlf, nel, crnel, ls or none" x #'name))))))

  ;; (error-handling-mode symbol): ignore, raise or replace.
  (define-syntax error-handling-mode
    (lambda (x)
      (syntax-case x ()
        ((_ name)
         (if (memq (syntax->datum #'name) '(ignore raise replace))
             #''name
             (syntax-violation 'error-handling-mode "expected ignore, raise or replace" x #'name))))))

  ;; (buffer-mode symbol): none, line or block.
  (define-syntax buffer-mode
    (lambda (x)
      (syntax-case x ()
        ((_ name)
         (if (memq (syntax->datum #'name) '(none line block))
             #''name
             (syntax-violation 'buffer-mode "expected none, line or block" x #'name))))))

  ;; (buffer-mode? object): true of none, line and block.
  (define (buffer-mode? x)
    (or (eq? x 'none) (eq? x 'line) (eq? x 'block)))

  ;; (native-eol-style): none, so that no conversion takes place.
  (define (native-eol-style) 'none)

  (define transcoder-rtd
    (make-record-type-descriptor
     'transcoder #f #f #t #f
     '#((immutable codec) (immutable eol-style) (immutable error-handling-mode))))

  (define (%make-transcoder codec eol mode) (%record transcoder-rtd codec eol mode))

  ;; (transcoder? object)
  (define (transcoder? x) (%record-is-a? x transcoder-rtd))

  ;; (transcoder-codec transcoder)
  (define (transcoder-codec t)
    (%record-ref-checked t transcoder-rtd 0 'transcoder-codec))
  ;; (transcoder-eol-style transcoder)
  (define (transcoder-eol-style t)
    (%record-ref-checked t transcoder-rtd 1 'transcoder-eol-style))
  ;; (transcoder-error-handling-mode transcoder)
  (define (transcoder-error-handling-mode t)
    (%record-ref-checked t transcoder-rtd 2 'transcoder-error-handling-mode))

  ;; (make-transcoder codec [eol-style [handling-mode]])
  (define make-transcoder
    (case-lambda
      ((codec) (make-transcoder codec 'none 'replace))
      ((codec eol) (make-transcoder codec eol 'replace))
      ((codec eol mode)
       (if (codec? codec) #t (%type-violation 'make-transcoder "a codec" codec))
       (case eol
         ((lf cr crlf nel crnel ls none) #t)
         (else (%type-violation 'make-transcoder "an end-of-line style" eol)))
       (case mode
         ((ignore raise replace) #t)
         (else (%type-violation 'make-transcoder "an error-handling mode" mode)))
       (%make-transcoder codec eol mode))))

  (define native (%make-transcoder utf-8 'none 'replace))

  ;; (native-transcoder): UTF-8 without conversion of line ends; invalid bytes become U+FFFD.
  (define (native-transcoder) native)

  ;; True if the bytes of a port with this transcoder can be used as they are, in the given direction.
  (define (%direct-transcoder? tc input?)
    (and (eq? (transcoder-codec tc) utf-8)
         (let ((eol (transcoder-eol-style tc)))
           (or (eq? eol 'none)
               (and (eq? eol 'lf) (not input?)))))))
