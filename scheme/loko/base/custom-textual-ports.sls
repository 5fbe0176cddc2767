;; SPDX-License-Identifier: MIT
;;
;; Textual ports on procedures that read and write parts of strings (R6RS libraries 8.2.7, 8.2.10, 8.2.13). With a get-position
;; procedure nothing is read ahead or kept back.
(library (loko base custom-textual-ports)
  (export make-custom-textual-input-port make-custom-textual-output-port make-custom-textual-input/output-port)
  (import (loko core syntax) (loko core primitives)
          (loko base port-arguments) (loko base port-records) (loko base io-conditions) (loko base utf-8) (loko base ports) (only (loko base port-devices) %raise-write-count))

  ;; A read! on the buffer by one on strings. `mark!`, if not #f, is called before each; then one character is read at a time.
  (define (string-reader read! mark! port)
    (lambda (bv start count)
      (if mark! (mark!))
      (let* ((n (if mark! 1 (fxmin 1024 (fxdiv count 4))))
             (s (make-string n))
             (m (read! s 0 n)))
        (if (and (fixnum? m) (fx>=? m 0) (fx<=? m n))
            (let loop ((i 0) (o start))
              (if (fx=? i m)
                  (fx- o start)
                  (loop (fx+ i 1) (%encode-utf-8! bv o (char->integer (string-ref s i))))))
            (%raise-port-error 'read 'read (port) "read! returned a wrong count" (port) m)))))

  ;; Index behind the m characters of UTF-8 from i on.
  (define (skip-characters bv i m)
    (if (eq? m 0)
        i
        (let ((b (bytevector-u8-ref bv i)))
          (skip-characters bv (fx+ i (cond ((fx<? b #x80) 1) ((fx<? b #xe0) 2) ((fx<? b #xf0) 3) (else 4))) (fx- m 1)))))

  ;; A writer on the buffer by one on strings, called until all is taken. If write! raises something, the next flush goes on
  ;; where it stopped.
  (define (string-writer write! p)
    (lambda (bv start count)
      (let* ((at (fx+ start (p-sent p))) (s (utf8->string bv at (fx+ start count))) (n (string-length s)))
        (let loop ((i 0) (at at))
          (p-sent! p (fx- at start))
          (if (fx<? i n)
              (let ((m (write! s i (fx- n i))))
                (if (and (fixnum? m) (fx>? m 0) (fx<=? m (fx- n i)))
                    (loop (fx+ i m) (skip-characters bv at m))
                    (%raise-write-count p m)))
              (begin
                (p-sent! p 0)
                count))))))

  (define (custom id read! write! getpos setpos close)
    (let ((p (%make-port textual-port-rtd 0 id)) (mark #f))
      ;; a position may be any object: that of a character which was only looked at is what get-position said before it was read
      (if getpos (p-getpos! p (lambda () (if (fx<? (p-ipos p) (p-iend p)) mark (getpos)))))
      (p-setpos! p setpos)
      (p-closer! p close)
      (if read!
          (begin
            (p-reader! p (string-reader read! (and getpos (lambda () (set! mark (getpos)))) (lambda () p)))
            (%init-input! p (make-bytevector 4096 0))))
      (if write!
          (begin
            (if getpos (flag-on! p UNBUFFERED))
            (p-writer! p (string-writer write! p))
            (%init-output! p (make-bytevector 4096 0))))
      p))

  ;; (make-custom-textual-input-port id read! get-position set-position! close)
  (define (make-custom-textual-input-port id read! getpos setpos close)
    (%check-custom 'make-custom-textual-input-port id (list read!) getpos setpos close)
    (custom id read! #f getpos setpos close))

  ;; (make-custom-textual-output-port id write! get-position set-position! close)
  (define (make-custom-textual-output-port id write! getpos setpos close)
    (%check-custom 'make-custom-textual-output-port id (list write!) getpos setpos close)
    (custom id #f write! getpos setpos close))

  ;; (make-custom-textual-input/output-port id read! write! get-position set-position! close)
  (define (make-custom-textual-input/output-port id read! write! getpos setpos close)
    (%check-custom 'make-custom-textual-input/output-port id (list read! write!) getpos setpos close)
    (custom id read! write! getpos setpos close)))
